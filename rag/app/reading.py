"""DOOR: the document that is open beside the conversation, and what of it is shown."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import streamlit as st

from rag.app.inert import inert, inert_line
from rag.app.parts import draw_reading
from rag.app.wording import name_language, number, say
from rag.library import Library
from rag.schema import Span
from rag.store.passages import DocumentFacts

_WHOLE_CHARS = 30_000
_AROUND_CHARS = 6_000


@dataclass(frozen=True, slots=True)
class Opened:
    """A document to show, ``start:end`` marked in it; ``words`` is what stood there when the answer was given.

    ``turn`` counts the openings, so that the same passage opened twice is brought into view twice.
    """

    document_id: str
    start: int
    end: int
    words: str
    turn: int


def open_document(document_id: str, start: int = 0, end: int = 0, words: str = "") -> None:
    """Show a document from now on; the page draws it at its next run."""
    turn = st.session_state.get("opened_count", 0) + 1
    st.session_state["opened_count"] = turn
    st.session_state["opened"] = Opened(document_id, start, end, words, turn)


def close_document() -> None:
    """Show none."""
    st.session_state.pop("opened", None)


def opened() -> Opened | None:
    """The document that is open, None where there is none."""
    found: Opened | None = st.session_state.get("opened")
    return found


def draw_opened(library: Library, place: Opened) -> None:
    """The open document, or why it cannot be shown, under a button that closes it."""
    with st.container(key="reading"):
        st.button(say("close"), key="close", icon=":material/close:", on_click=close_document, type="tertiary")
        facts = library.passages.facts(place.document_id)
        if facts is None:
            st.info(say("gone"))
            return
        draw_reading("reading-part", reading_data(facts, library.passages.text(facts.id), place))


def reading_data(facts: DocumentFacts, text: str, place: Opened) -> dict[str, Any]:
    """What the part of the page shows: title, facts, a note where something is left out, and the pieces of text."""
    mark = (place.start, place.end)
    note = ""
    if text[place.start : place.end] != place.words:
        mark, note = (0, 0), say("moved")
    start, end = window(len(text), mark)
    if (start, end) != (0, len(text)):
        key = "excerpt" if mark[1] else "excerpt_start"
        limits = say(key, total=number(len(text)), start=number(start), end=number(end))
        note = f"{note} {limits}".strip()
    page = max(1, bisect_right(facts.pages, mark[0])) if mark[1] and facts.pages else None
    told = [facts.date, facts.source, name_language(facts.language), say("page", page=page) if page else None]
    return {
        "turn": place.turn,
        "title": inert_line(facts.title),
        "facts": [inert_line(fact) for fact in (*told, facts.id) if fact],
        "language": facts.language,
        "note": note,
        "pieces": pieces(text, (start, end), mark, facts.pages),
    }


def window(char_count: int, mark: Span) -> Span:
    """The stretch of a document that is shown: all of a short one, the surroundings of the mark in a long one."""
    if char_count < _WHOLE_CHARS:
        return 0, char_count
    if not mark[1]:
        return 0, 2 * _AROUND_CHARS
    return max(0, mark[0] - _AROUND_CHARS), min(char_count, mark[1] + _AROUND_CHARS)


def pieces(text: str, shown: Span, mark: Span, pages: tuple[int, ...]) -> list[list[str]]:
    """The shown stretch in order, as pairs of a kind (``text``, ``mark``, or ``page`` for a page that begins)."""
    start, end = shown
    page_numbers = {offset: position for position, offset in enumerate(pages, 1)}
    inside = {offset for offset in (*mark, *page_numbers) if start < offset < end}
    found: list[list[str]] = []
    for low, high in pairwise(sorted({start, end, *inside})):
        if low in page_numbers:
            found.append(["page", say("page", page=page_numbers[low])])
        found.append(["mark" if mark[0] <= low < mark[1] else "text", inert(text[low:high])])
    return found
