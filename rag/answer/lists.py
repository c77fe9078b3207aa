"""STAGE: the list that a sentence announces or is an item of, and the one that stands under a heading.

All of it is quoted where several things are asked for: an item alone is a part of the answer.
"""

from __future__ import annotations

from itertools import takewhile

import regex

from rag.answer import Asked
from rag.answer.features import Seen, SentenceAt, is_label, sentence_spans
from rag.schema import Document, Passage, Quoted, Span
from rag.text.analysis import terms
from rag.text.headings import headings
from rag.text.questions import Wanted, what_is_wanted
from rag.text.sentences import quotable
from rag.text.several import several_of

LIST_CHARS = 1000
"""A quoted list is no longer than this: a dozen lines; one that is cut short would pass for the whole."""

_MARK = regex.compile(r"[^\S\n]*(?:[-–—*+•·▪◦‣●]|\(?(?:\p{N}{1,2}|\p{Ll})[.)])[^\S\n]+(?=\S)")
_EMPHASIS = 2  # asterisks between the mark and the sentence
_STOPS = (".", "!", "?", "…", "。", "؟", ";")


def whole_list(asked: Asked, passage: Passage, place: SentenceAt) -> Span:
    """The sentence with the list it announces, or the list it is an item of where no single thing is asked for.

    A list that no colon announces is quoted where the question asks for several things.
    """
    end = list_end(passage, place.start, place.end)
    if end > place.end:
        return place.start, end
    if what_is_wanted(asked.question, asked.language) in (None, Wanted.HOW):
        for start, stop in sentence_spans(passage):
            if stop > place.start:
                break
            listed = list_end(passage, start, stop)
            if stop < place.start < listed and place.end <= listed:
                return start, listed
    if not several_of(asked.question, asked.language):
        return place.start, end
    return _unannounced(passage, (place.start, place.end))


def list_under_heading(asked: Asked, seen: Seen, best: int) -> Quoted | None:
    """The list under a heading that names what is asked for ("Which decisions …?", "Decisions"), with that heading.

    It is looked for in what was found of the document with the best sentence; None where there is none.
    """
    things = several_of(asked.question, asked.language)
    if not things:
        return None
    wanted, asked_terms = set(terms(things, asked.language)), set(terms(asked.question, asked.language))
    document = asked.hits[seen.sentences[best].hit].passage.document_id
    numbers = dict.fromkeys(place.hit for place in seen.sentences)
    for passage in (asked.hits[number].passage for number in numbers):
        if passage.document_id != document:
            continue
        for start, listed in _headed(passage):
            named = set(terms(passage.text[start - passage.start : listed - passage.start], passage.language))
            items = _items_from(passage, listed)
            if named and wanted & named and named <= asked_terms and len(items) > 1:
                return Quoted(passage, start, _fitting(items, start)[-1][1])
    return None


def _headed(passage: Passage) -> list[Span]:
    """The headings in the passage, and lines that look like one, as offsets in the document."""
    found = headings(Document("", "", passage.language, None, None, passage.text))
    declared = [quotable(passage.text, (heading.start, heading.end)) for heading in found]
    lines = [(passage.start + start, passage.start + end) for start, end in declared]
    return [*lines, *(span for span in sentence_spans(passage) if is_label(passage, *span))]


def _items_from(passage: Passage, start: int) -> list[Span]:
    """The items of the list that begins right after ``start``, none where something else does."""
    later = [span for span in sentence_spans(passage) if span[0] >= start]
    if not later or passage.text[start - passage.start : _line(passage, later[0][0]) - passage.start].strip(" *_:#\n"):
        return []
    return _run(passage, later)


def _unannounced(passage: Passage, place: Span) -> Span:
    """The list around the sentence, or that right below it, where there is one that fits; else the sentence."""
    spans = sentence_spans(passage)
    if place not in spans:
        return place
    at = spans.index(place)
    if not _is_item(passage, spans, at):
        said = passage.text[: place[1] - passage.start].rstrip()
        below = [] if said.endswith(_STOPS) else _items_from(passage, place[1])
        return (place[0], _fitting(below, place[0])[-1][1]) if below else place
    first = at
    while first and _is_item(passage, spans, first - 1):
        first -= 1
    while not _opens_item(passage, spans[first][0]):  # the rest of an item, cut off by the beginning of the passage
        first += 1
        if first > at:
            return place
    items = _run(passage, spans[first:])
    start = _announced_at(passage, spans, first)
    fitting = _fitting(items, start)
    return (start, fitting[-1][1]) if fitting[-1][1] >= place[1] and len(items) > 1 else place


def _announced_at(passage: Passage, spans: list[Span], first: int) -> int:
    """Where the list with the first item ``first`` begins: at its mark, or at the unended line right above it."""
    start = _line(passage, spans[first][0])
    if first and not passage.text[: spans[first - 1][1] - passage.start].endswith(_STOPS):
        between = passage.text[spans[first - 1][1] - passage.start : start - passage.start]
        return spans[first - 1][0] if between.strip(" *_") == "\n" else start
    return start


def _run(passage: Passage, spans: list[Span]) -> list[Span]:
    """The sentences from the first on that belong to the items of one list."""
    numbers = takewhile(lambda number: _is_item(passage, spans, number), range(len(spans)))
    return [spans[number] for number in numbers]


def _is_item(passage: Passage, spans: list[Span], number: int) -> bool:
    """Whether a sentence begins an item, or goes on with the one that the sentence before it is of."""
    while number >= 0:
        start = spans[number][0]
        if _opens_item(passage, start):
            return True
        before = spans[number - 1][1] if number else passage.start
        if "\n" in passage.text[before - passage.start : start - passage.start]:
            return False
        number -= 1
    return False


def _opens_item(passage: Passage, start: int) -> bool:
    line = _line(passage, start)
    mark = _MARK.match(passage.text, line - passage.start)
    if mark is None:
        return False
    return start == line or 0 <= start - passage.start - mark.end() <= _EMPHASIS


def _line(passage: Passage, offset: int) -> int:
    """Where the line begins that ``offset`` of the document stands on, white space aside."""
    start = passage.text.rfind("\n", 0, offset - passage.start) + 1
    while passage.text[start : start + 1].isspace():
        start += 1
    return passage.start + start


def _fitting(items: list[Span], start: int) -> list[Span]:
    """As many of the items as fit into LIST_CHARS, counted from ``start``, and at least one."""
    fitting = [item for item in items if item[1] - start <= LIST_CHARS]
    return fitting or items[:1]


def list_end(passage: Passage, start: int, end: int) -> int:
    """Where a quotation ends that begins with the sentence ``start:end``: after the list it announces with a colon.

    As many whole items are taken as fit into LIST_CHARS, and at least one; a new paragraph without a list mark ends it.
    """
    if not passage.text[: end - passage.start].rstrip().endswith((":", "：")):
        return end
    last = end
    for item_start, item_end in sentence_spans(passage):
        if item_start < end:
            continue
        between = passage.text[last - passage.start : item_start - passage.start].replace(" ", "")
        if last != end and (item_end - start > LIST_CHARS or (between.startswith("\n\n") and not between.strip())):
            break
        last = item_end
    return last
