"""FACTS: which script a text is written in."""

from __future__ import annotations

import regex

_SCRIPTS = {
    name: regex.compile(rf"\p{{{name}}}")
    for name in ("Latin", "Greek", "Cyrillic", "Arabic", "Han", "Devanagari", "Thai", "Georgian", "Hebrew", "Armenian")
}


def script(text: str) -> str:
    """The script most letters of ``text`` belong to, of those known here; empty where there is none.

    >>> script("Le port de Αθήνα est ouvert"), script("Где?"), script("2023")
    ('Latin', 'Cyrillic', '')
    """
    counts = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else ""
