"""FACTS: the few sentences the product says itself, in the asker's language, from ``phrases.json``."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

FALLBACK = "en"
_SAME = {"nb": "no", "nn": "no"}


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    text = Path(__file__).with_name("phrases.json").read_text(encoding="utf-8")
    catalogue: dict[str, dict[str, str]] = json.loads(text)
    return catalogue


def _of(language: str) -> dict[str, str]:
    """The phrases of a language, or of the one it is a form of, else the English ones."""
    catalogue, plain = _catalogue(), language.partition("-")[0]
    return catalogue.get(_SAME.get(plain, plain), catalogue[FALLBACK])


def phrase(key: str, language: str, **values: object) -> str:
    """The phrase called ``key`` in ``language``, in English where there is none; ``values`` fill its places.

    >>> phrase("refusal_not_in_documents", "fr").startswith("Les documents")
    True
    """
    return _of(language)[key].format(**values)


def language_name(tag: str, language: str) -> str:
    """The name of the language ``tag`` in ``language``; the tag itself where it has none.

    >>> language_name("de", "fr")
    'allemand'
    """
    return _of(language).get(f"language_{tag}", tag)


def phrase_languages() -> tuple[str, ...]:
    """The languages that have phrases."""
    return tuple(_catalogue())
