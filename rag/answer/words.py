"""STAGE: a sentence as the whole words a short answer may begin and end with, each with the reader's logits.

What is written as one stays one: "27 000", "45 %", "19 March", "Saint-Denis". In scripts without spaces a word is a
piece of the reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import regex
from numpy.typing import NDArray

from rag.answer.network import Floats
from rag.answer.reader import Reading
from rag.text.analysis import fold, stop_words
from rag.text.dates import flatten
from rag.text.months import months_of
from rag.text.numerals import spelled_numbers

_UNIT = regex.compile(
    r"\p{Nd}{1,3}(?:[ \u00a0\u2009\u202f]\p{Nd}{3})+(?!\p{Nd})(?:[.,]\p{Nd}+)?|\p{Nd}+(?:[.,:]\p{Nd}+)*"
    r"|(?:(?!\p{Han})[\p{L}\p{M}])+(?:[-‐‑](?:(?!\p{Han})[\p{L}\p{M}])+)*"
)
_AFTER_NUMBER = regex.compile(
    r"[ \u00a0\u202f]?[%‰€$£¥°]|[\p{Latin}\p{Greek}\p{Cyrillic}]{1,3}(?![\p{L}\p{M}])|\.?[º°ª]"
)
_BEFORE_NUMBER = regex.compile(r"[€$£¥][ \u00a0\u202f]?$")
_DAY = regex.compile(r"\p{Nd}{1,2}(?:er|st|nd|rd|th|º|°|\.)?")
_YEAR = regex.compile(r"(?:1\p{Nd}|20)\p{Nd}{2}")
_CAPITAL_MONTHS = frozenset({"en", "de"})
"""Languages in which a month is written with a capital: "may" is none in English."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a sentence in order: where each stands in the passage's text, and what it is.

    ``starts`` and ``ends`` are the reader's logits of an answer that begins or ends with it.
    """

    spans: NDArray[np.int64]
    starts: Floats
    ends: Floats
    folded: tuple[str, ...]
    stops: NDArray[np.bool_]
    capitals: NDArray[np.bool_]
    numbers: NDArray[np.bool_]
    times: NDArray[np.bool_]
    signs: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.folded)


def words_of(text: str, language: str, reading: Reading, start: int, end: int) -> Words | None:
    """The words of ``text[start:end]`` that the reader has seen whole; None where there is none."""
    owners = _owners(reading, start, end)
    months = _months(language)
    spans = _joined(text, _whole(text, start, end, owners), months)
    spans = [(low, high) for low, high in spans if owners[low - start] >= 0 and owners[high - 1 - start] >= 0]
    if not spans:
        return None
    written = [text[low:high] for low, high in spans]
    folded = tuple(fold(word) for word in written)
    stopped = stop_words(language)
    return Words(
        np.array(spans, np.int64),
        reading.starts[[owners[low - start] for low, _ in spans]],
        reading.ends[[owners[high - 1 - start] for _, high in spans]],
        folded,
        np.array([word.lower() in stopped for word in written]),
        np.array([word[:1].isupper() for word in written]),
        np.array([_is_number(word, language) for word in written]),
        np.array([_is_time(word, months, language) for word in written]),
        np.array([not any(sign.isalnum() for sign in word) for word in written]),
    )


def _owners(reading: Reading, start: int, end: int) -> NDArray[np.int64]:
    """Which piece each sign of the sentence belongs to, -1 for one that belongs to none."""
    owners = np.full(end - start, -1, np.int64)
    for piece in np.flatnonzero((reading.spans[:, 1] > start) & (reading.spans[:, 0] < end)):
        low, high = reading.spans[piece]
        owners[max(low - start, 0) : high - start] = piece
    return owners


def _whole(text: str, start: int, end: int, owners: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Words by their letters, and what the reader's pieces have beside them."""
    found = [match.span() for match in _UNIT.finditer(text, start, end)]
    rest = owners.copy()
    for low, high in found:
        rest[low - start : high - start] = -1
    edges = np.flatnonzero(np.diff(rest, prepend=-1, append=-1))
    others = [(start + int(low), start + int(high)) for low, high in pairwise(edges) if rest[low] >= 0]
    return sorted([*found, *others])


def _joined(text: str, spans: Sequence[tuple[int, int]], months: frozenset[str]) -> list[tuple[int, int]]:
    """The spans with units joined to their numbers, and the days of a month to its name."""
    kept: list[tuple[int, int]] = []
    for low, high in spans:
        if kept and low < kept[-1][1]:
            continue
        if text[high - 1].isdecimal():
            unit = _AFTER_NUMBER.match(text, high)
            high = unit.end() if unit else high
            sign = _BEFORE_NUMBER.search(text, max(0, low - 2), low)
            if sign and kept and kept[-1][0] == sign.start():
                low = kept.pop()[0]
        day = 2 if len(kept) > 1 and text[slice(*kept[-1])] == "." else 1  # "19. März": the full stop stands alone
        if len(kept) >= day and _is_day(text[kept[-day][0] : high], months):
            low = kept[-day][0]
            del kept[-day:]
        kept.append((low, high))
    return kept


def _is_day(text: str, months: frozenset[str]) -> bool:
    """Whether the text is the day of a month and nothing else: "19 mars", "March 19", "19. März"."""
    words = text.split()
    if len(words) != 2:
        return False
    return any(bool(_DAY.fullmatch(day)) and flatten(month) in months for day, month in (words, words[::-1]))


def _is_number(word: str, language: str) -> bool:
    return any(sign.isdecimal() for sign in word) or bool(spelled_numbers([fold(word)], language))


def _is_time(word: str, months: frozenset[str], language: str) -> bool:
    if _YEAR.fullmatch(word):
        return True
    named = not months.isdisjoint(flatten(word).split())
    return named and (language not in _CAPITAL_MONTHS or any(sign.isupper() for sign in word))


@cache
def _months(language: str) -> frozenset[str]:
    return frozenset(flatten(name) for name, _ in months_of(language))
