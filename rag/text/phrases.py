"""FACTS: the few sentences the product says itself, in the asker's language, from ``phrases.json``."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

FALLBACK = "en"


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    text = Path(__file__).with_name("phrases.json").read_text(encoding="utf-8")
    catalogue: dict[str, dict[str, str]] = json.loads(text)
    return catalogue


def phrase(key: str, language: str, **values: object) -> str:
    """The phrase called ``key`` in ``language``, in English where there is none; ``values`` fill its places.

    >>> phrase("refusal_not_in_documents", "fr").startswith("Les documents")
    True
    """
    catalogue = _catalogue()
    return catalogue.get(language, catalogue[FALLBACK])[key].format(**values)


def language_name(tag: str, language: str) -> str:
    """The name of the language ``tag`` in ``language``; the tag itself where it has none.

    >>> language_name("de", "fr")
    'allemand'
    """
    catalogue = _catalogue()
    return catalogue.get(language, catalogue[FALLBACK]).get(f"language_{tag}", tag)


def phrase_languages() -> tuple[str, ...]:
    """The languages that have phrases."""
    return tuple(_catalogue())
