"""DOOR: where the marks of Markdown stand in a text, so that the page can show them as less than the words.

No sign is taken away, and none is obeyed: what is shown, copied and cited stays letter for letter. A heading and bold
words are told apart by their looks, links and images are not: they are signs like others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from rag.schema import Span

Marked = tuple[int, int, str]
"""A stretch of a text with what it is."""
SIGN, HEADING, BOLD = "sign", "heading", "bold"

_WRITTEN_WITH_MARKS = (".md", ".txt")
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(\S.*)$", re.MULTILINE)
_BOLD = re.compile(r"\*\*(?=\S)((?:(?!\*\*|\n[ \t]*\n).){1,600}?)(?<=\S)\*\*", re.DOTALL)
_SLANTED = re.compile(r"(?<![\w*])(\*)(?=[^\s*])[^*\n]{1,300}(?<=[^\s*])(\*)(?![\w*])")
_STARS = re.compile(r"\*{2,3}")
_LINK = re.compile(r"(!?\[)[^\[\]\n]{1,300}(\]\([^()\s]{1,500}\))")
_TABLE_RULE = re.compile(r"^[ \t]*\|[ \t:|-]*-{3}[ \t:|-]*$", re.MULTILINE)
_TABLE_ROW = re.compile(r"^[ \t]*\|.*\|[ \t]*$", re.MULTILINE)


def has_marks(document_id: str) -> bool:
    """Whether what stands in this document may be Markdown; the text of other formats was taken from their layout."""
    return document_id.lower().endswith(_WRITTEN_WITH_MARKS)


def find_marks(text: str, shown: Span | None = None) -> list[Marked]:
    """The signs, the words of headings and the bold words in the ``shown`` stretch of ``text``.

    >>> find_marks("# A **b**")
    [(0, 1, 'sign'), (2, 9, 'heading'), (4, 6, 'sign'), (6, 7, 'bold'), (7, 9, 'sign')]
    """
    limits = shown or (0, len(text))
    found = {(*match.span(2), HEADING) for match in _HEADING.finditer(text, *limits)}
    found |= {(*match.span(1), BOLD) for match in _BOLD.finditer(text, *limits)}
    return sorted(found | {(*sign, SIGN) for sign in _signs(text, limits)})


def find_signs(text: str, document_id: str) -> list[Marked]:
    """The signs alone in a stretch of this document."""
    return [marked for marked in find_marks(text) if marked[2] == SIGN] if has_marks(document_id) else []


def _signs(text: str, limits: Span) -> Iterator[Span]:
    rules = [match.span() for match in _TABLE_RULE.finditer(text, *limits)]
    yield from rules
    yield from (match.span() for match in _STARS.finditer(text, *limits))
    yield from (match.span(1) for match in _HEADING.finditer(text, *limits))
    for pattern in (_SLANTED, _LINK):
        for match in pattern.finditer(text, *limits):
            yield match.span(1)
            yield match.span(2)
    for row in _TABLE_ROW.finditer(text, *limits):
        if row.span() not in rules:
            yield from ((place, place + 1) for place in range(*row.span()) if text[place] == "|")


def cut(shown: Span, spans: Iterable[Marked]) -> Iterator[tuple[int, int, list[str]]]:
    """The ``shown`` stretch in pieces, in order, each with the kinds of the spans in which it lies.

    >>> list(cut((0, 9), [(2, 9, 'heading'), (4, 6, 'sign')]))
    [(0, 2, []), (2, 4, ['heading']), (4, 6, ['heading', 'sign']), (6, 9, ['heading'])]
    """
    waiting = sorted(span for span in spans if span[0] < span[1])
    edges = {edge for start, end, _ in waiting for edge in (start, end) if shown[0] < edge < shown[1]}
    begun: list[Marked] = []
    for low, high in pairwise(sorted({*shown, *edges})):
        while waiting and waiting[0][0] <= low:
            begun.append(waiting.pop(0))
        begun = [span for span in begun if span[1] > low]
        yield low, high, [kind for _, _, kind in begun]


def bare(text: str, span: Span) -> Span:
    """``span`` without stars and white space at its ends: a short answer takes in no sign.

    >>> bare("**1 March**", (2, 11))
    (2, 9)
    """
    words = text[span[0] : span[1]]
    left, right = len(words) - len(words.lstrip("* \n")), len(words) - len(words.rstrip("* \n"))
    return (span[0] + left, span[1] - right) if left + right < len(words) else span
