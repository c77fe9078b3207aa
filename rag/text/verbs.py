"""FACTS: verbs of saying, thinking and asking, and the most common others: a question has them, its answer need not.

Their forms stand in ``verbs.json``, by language; a form of the same stem counts as well. Written for this project.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from rag.text.analysis import fold, terms


def is_common_verb(word: str, language: str) -> bool:
    """Whether a word, as it is written, is a form of one of those verbs.

    >>> is_common_verb("pense", "fr"), is_common_verb("Meint", "de"), is_common_verb("budget", "fr")
    (True, True, False)
    """
    forms, stems = _verbs(language.replace("_", "-").split("-")[0].lower())
    own = terms(word, language)
    return fold(word) in forms or (len(own) == 1 and own[0] in stems)


@cache
def _verbs(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """The folded forms of a language, and their stems."""
    forms = _table().get({"nb": "no", "nn": "no"}.get(language, language), "").split()
    return frozenset(map(fold, forms)), frozenset(stem for form in forms for stem in terms(form, language))


@cache
def _table() -> dict[str, str]:
    table: dict[str, str] = json.loads(Path(__file__).with_name("verbs.json").read_text(encoding="utf-8"))
    return table
