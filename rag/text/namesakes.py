"""FACTS: the names and numbers of a question that texts in another script have too, spelled in their own way."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import regex

from rag.schema import Scores
from rag.text.analysis import fold, stop_words
from rag.text.scripts import script
from rag.text.spelling import LEAST_CONSONANTS, alike, consonants, family

Rarity = Callable[[str, str], float]
"""How rare a word of a language is in the documents, 0..1."""

Words = dict[int, tuple[tuple[str, str], ...]]
"""The consonants of words and the words, by the family of the first consonant."""

_CAPITAL = regex.compile(r"\p{Lu}[\p{L}\p{M}]{2,}")
_ARABIC = regex.compile(r"\p{Arabic}{3,}")
_NUMBER = regex.compile(r"\p{Nd}+(?:[ \u00a0\u202f.,٬'’]\p{Nd}{3})*(?!\p{Nd})")
_PARTED = regex.compile(r"[^\p{Nd}]")
_ENOUGH = 2.0
"""So many rare names that both have are as much as there can be."""


def name_shares(question: str, language: str, texts: Sequence[tuple[str, str]], rarity: Rarity) -> Scores:
    """For each text, with its language, how much of the names and numbers of ``question`` it has, 0..1.

    Each counts by how alike the two spellings are and how rare the word is in the documents; two that are the same and
    stand nowhere else are enough for 1. Texts in the question's own script have 0.
    """
    own = script(question)
    names = [reading for word in _names(question, language) for reading in [consonants(word)] if reading]
    numbers = _numbers(question)
    foreign = [i for i, (text, _) in enumerate(texts) if _script_of(text) != own]
    found = np.zeros(len(texts), np.float32)
    if not (names or numbers) or not foreign:
        return found
    for i in foreign:
        text, other = texts[i]
        words, figures = _written(text, other)
        total = sum(rarity(figures[number], other) for number in numbers if number in figures)
        for readings in names:
            best, word = max((_nearest(reading, words) for reading in readings), default=(0.0, ""))
            if best:
                total += best * rarity(word, other)
        found[i] = min(total, _ENOUGH) / _ENOUGH
    return found


def _nearest(reading: str, words: Words) -> tuple[float, str]:
    """How alike the likest word is, and the word."""
    beside = words.get(family(reading[0]), ()) if reading else ()
    return max(((alike(reading, other), word) for other, word in beside), default=(0.0, ""))


@lru_cache(maxsize=8_192)
def _script_of(text: str) -> str:
    return script(text[:200])


def _names(text: str, language: str) -> list[str]:
    """The words of a text that may be names: those with a capital, and in Arabic every word."""
    little = stop_words(language)
    words = dict.fromkeys(_CAPITAL.findall(text) + _ARABIC.findall(text))
    return [word for word in words if fold(word) not in little]


@lru_cache(maxsize=2_048)
def _written(text: str, language: str) -> tuple[Words, dict[str, str]]:
    """The names of a text, and its numbers as they are written."""
    words: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for word in _names(text, language):
        for reading in consonants(word):
            if len(reading) >= LEAST_CONSONANTS:
                words[family(reading[0])].append((reading, word))
    return {first: tuple(found) for first, found in words.items()}, _numbers(text)


def _numbers(text: str) -> dict[str, str]:
    """The numbers of two digits and more, in plain digits, each as it is written.

    >>> _numbers("١٩٤٥, 1 234 and 7")
    {'1945': '١٩٤٥', '1234': '1 234'}
    """
    found = {}
    for written in _NUMBER.findall(text):
        digits = "".join(str(unicodedata.digit(sign)) for sign in _PARTED.sub("", written))
        if len(digits) > 1:
            found[digits] = written
    return found
