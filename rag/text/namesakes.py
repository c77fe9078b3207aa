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
from rag.text.han import as_heard, parts, runs
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
_MOST_PARTS = 6
# Most words that are only nearly alike are two names: chosen among 1, 3, 4 and 6 on the questions of the fits.
_DOUBT = 4
_ENOUGH = 2.0
"""So many rare names that both have are as much as there can be."""


def name_shares(question: str, language: str, texts: Sequence[tuple[str, str]], rarity: Rarity) -> Scores:
    """For each text, with its language, how much of the names and numbers of ``question`` it has, 0..1.

    Each counts by how alike the two spellings are and how rare the word is in the documents; two that are the same and
    stand nowhere else are enough for 1. Texts in the question's own script have 0.
    """
    own, numbers = script(question), _numbers(question)
    names = [readings for word in _names(question, language) if (readings := _readings(word))]
    # most words of an Arabic question are no names, and Chinese syllables are easily like one of them
    heard = [tuple(other for reading in readings for other in as_heard(reading)) for readings in names]
    heard = [] if own == "Arabic" else heard
    found = np.zeros(len(texts), np.float32)
    if not (names or numbers):
        return found
    for place, (text, other) in enumerate(texts):
        theirs = _script_of(text)
        if theirs != own:
            words, figures = _written(text, other, own == "Han")
            total = sum(rarity(figures[number], other) for number in numbers if number in figures)
            for readings in heard if theirs == "Han" else names:
                best, word = max(_nearest(reading, words) for reading in readings)
                total += best**_DOUBT * rarity(word, other) if best else 0.0
            found[place] = min(total, _ENOUGH) / _ENOUGH
    return found


def _nearest(reading: str, words: Words) -> tuple[float, str]:
    """How alike the likest word is, and the word."""
    beside = words.get(family(reading[0]), ())
    return max(((alike(reading, other), word) for other, word in beside), default=(0.0, ""))


@lru_cache(maxsize=8_192)
def _script_of(text: str) -> str:
    return script(text[:200])


def _names(text: str, language: str) -> list[str]:
    """The words of a text that may be names: those with a capital, in Arabic every word, in Chinese runs of signs."""
    little = stop_words(language)
    words = dict.fromkeys(_CAPITAL.findall(text) + _ARABIC.findall(text))
    return [word for word in words if fold(word) not in little] + runs(text)


def _readings(name: str) -> tuple[str, ...]:
    """The consonants of a name, of a run of Chinese signs with and without those at its edges."""
    long = parts(name)[:_MOST_PARTS] if runs(name) == [name] else [name]
    return tuple(reading for part in long for reading in consonants(part) if len(reading) >= LEAST_CONSONANTS)


@lru_cache(maxsize=2_048)
def _written(text: str, language: str, for_han: bool) -> tuple[Words, dict[str, str]]:
    """The names of a text, and its numbers as they are written; the names as Chinese hears them where it is asked."""
    words: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for name in _names(text, language):
        for part in parts(name) if runs(name) == [name] else [name]:
            for reading in consonants(part):
                for heard in as_heard(reading) if for_han else (reading,):
                    if len(heard) >= LEAST_CONSONANTS:
                        words[family(heard[0])].append((heard, part))
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
