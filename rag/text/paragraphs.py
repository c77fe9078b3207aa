"""FACTS: where paragraphs, headings, list items and table rows begin and end, whatever the language.

Headings, list items, table rows and lines that merely stand under one another are kept apart, lines wrapped by a text
editor or a page are joined.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from rag.schema import Span

NARROW_CHARS, WIDE_CHARS = 40, 200
"""Lines wrapped by a page are this long: shorter ones are items, longer ones are whole paragraphs."""

LINE = re.compile(r"[^\n\f\v\x85\u2028\u2029]+")
"""A line without what ends it."""

_BULLET = r"[-*+•–—·▪▫◦‣⁃●○■□➢➤✓✔]"
_NUMBER = r"\(?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[a-zA-Zα-ωа-я]|[ivxIVX]{1,5})"
_ITEM = re.compile(rf"(?:{_BULLET}\s+(?=\S)|{_NUMBER}\)\s+(?=\S))")
_NUMBERED_ITEM = re.compile(r"(?:\*\*)?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-Z]|[ivxIVX]{1,5})\.\s+(?=[^\W\d_]|[*_«\"“„(])")
_ALONE = re.compile(r"#{1,6}\s|\||>|\W*$")
_MONTHS = "Jan|Jän|Feb|März|April?|Mai|May|Jun|Jul|Aug|Sept|Okt|Oct|Nov|De[zc]"
ORDINAL_DATE = re.compile(rf"\d{{1,2}}\. (?:{_MONTHS})[a-z]*\b")
"""A number with a full stop that is a day before a month, and begins no list item."""
_FIRST_WORD = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]|\S{1,20}")
_LAST_WORD = re.compile(r"[\s'’(]([^\W\d_]{1,3})$")


def paragraphs(text: str) -> list[Span]:
    """The paragraphs, headings, list items and table rows of ``text`` in order, trimmed.

    Lines stay together where the next one carries the sentence on: the first word of it would not have fitted any
    more (a wrapped line), or it begins with a small letter.
    """
    spans: list[Span] = []
    for block in _blocks(text):
        width = _width(text, block)
        start, end = block[0]
        for before, after in itertools.pairwise(block):
            if _parts(text, before, after, width):
                spans.append((start, end))
                start = after[0]
            end = after[1]
        spans.append((start, end))
    return spans


def _blocks(text: str) -> Iterator[list[Span]]:
    """Runs of trimmed lines between blank lines."""
    block: list[Span] = []
    previous_end = -1
    for match in LINE.finditer(text):
        line = trimmed(text, match.start(), match.end())
        if block and (not line or match.start() - previous_end > 1):
            yield block
            block = []
        block += line
        previous_end = match.end()
    if block:
        yield block


def _width(text: str, block: list[Span]) -> int:
    """The width to which the lines of ``block`` were wrapped, 0 if they were not."""
    width = max(end - start for start, end in block)
    if not NARROW_CHARS <= width <= WIDE_CHARS or len(block) < 2:
        return 0
    if len(block) == 2:
        return width if block[0][1] - block[0][0] >= 1.5 * NARROW_CHARS else 0
    carried_on = any(text[start].islower() for start, _ in block[1:])
    full = all(_reach(text, *lines) > 0.9 * width for lines in itertools.pairwise(block))
    return width if carried_on or full else 0


def _reach(text: str, before: Span, after: Span) -> int:
    """How long a line would be with the first word of the next."""
    word = _FIRST_WORD.match(text, *after)
    return before[1] - before[0] + 1 + (len(word[0]) if word else 0)


def _parts(text: str, before: Span, after: Span, width: int) -> bool:
    """Whether two lines that follow one another belong to different paragraphs."""
    if _ALONE.match(text, *before) or _ALONE.match(text, *after) or _ITEM.match(text, *after):
        return True
    last, first = text[before[1] - 1], text[after[0]]
    ended = last in ".!?…:;。！？।॥؟۔»”\"*)"
    wrapped = width > 0 and _reach(text, before, after) > 0.9 * width
    if _NUMBERED_ITEM.match(text, *after) and not ORDINAL_DATE.match(text, after[0]):
        return ended or not wrapped
    if wrapped:
        return False
    if first.islower():
        return last == ";" or (last == ":" and text[after[1] - 1] == ";") or (last in ".!?…" and not width)
    word = _LAST_WORD.search(text, max(before[0], before[1] - 6), before[1])
    return ended or not (last in "،、-" or (word and (word[1].islower() or (len(word[1]) == 1 and first.isdigit()))))


def trimmed(text: str, start: int, end: int) -> list[Span]:
    """The span without the white space at its ends, nothing where nothing is left."""
    if start < end and not text[start].isspace() and not text[end - 1].isspace():
        return [(start, end)]
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = start + len(piece.rstrip())
    return [(left, right)] if left < right else []
