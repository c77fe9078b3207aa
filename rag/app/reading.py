"""DOOR: the document that is open beside the conversation, and what of it is shown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import streamlit as st

from rag.app.inert import inert, inert_line
from rag.app.marks import BOLD, HEADING, SIGN, Marked, bare, cut, find_marks, has_marks
from rag.app.narrowing import filters
from rag.app.parts import draw_reading
from rag.app.printed import draw_printed, printed_file
from rag.app.visit import Opened, visit
from rag.app.wording import name_language, number, say
from rag.bring import PREFIX
from rag.library import Library
from rag.schema import Span
from rag.store.passages import DocumentFacts

_WHOLE_CHARS = 30_000
_AROUND_CHARS = 6_000


def draw_opened(library: Library, place: Opened) -> None:
    """The open document, or why it cannot be shown, under the buttons that close it and search in it alone."""
    with st.container(key="reading"):
        facts = library.passages.facts(place.document_id) or _taken_in(library, place)
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="reading-bar"):
            st.button(say("close"), key="close", icon=":material/close:", on_click=visit().close, type="tertiary")
            if facts is not None:
                st.button(
                    say("only_here"), key="only-here", icon=":material/filter_alt:", type="tertiary",
                    on_click=filters().add_document, args=(facts.id,),
                )  # fmt: skip
        if facts is None:
            st.info(say("gone"))
            return
        path = printed_file(library, facts)
        views = {"text": say("view_text"), "page": say("view_page")}
        view = None
        if path is not None:
            view = st.segmented_control(
                say("view"), list(views), default="text", required=True, format_func=lambda name: views[name],
                key="view", label_visibility="collapsed",
            )  # fmt: skip
        if path is not None and view == "page":
            draw_printed(path, facts, page_at(facts, place.start) if place.end else 1, place.words)
        else:
            draw_reading("reading-part", reading_data(facts, library.passages.text(facts.id), place))


def _taken_in(library: Library, place: Opened) -> DocumentFacts | None:
    """The document of the index that one of this session has become, where the passage stands there as it did."""
    folder, _, name = place.document_id.partition("/")
    facts = library.passages.facts(name) if folder.startswith(PREFIX) else None
    if facts is None or library.passages.text(name)[place.start : place.end] != place.words:
        return None
    return facts


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
    page = page_at(facts, mark[0]) if mark[1] and facts.pages else None
    marks = find_marks(text, (start, end)) if has_marks(facts.id) else []
    told = [facts.date, facts.source, name_language(facts.language), say("page", page=page) if page else None]
    return {
        "turn": place.turn,
        "title": inert_line(facts.title),
        "facts": [inert_line(fact) for fact in (*told, facts.id) if fact],
        "language": facts.language,
        "note": note,
        "pieces": pieces(text, (start, end), mark, facts.pages, place.answer if mark[1] else None, marks),
    }


def page_at(facts: DocumentFacts, offset: int) -> int:
    """The page, from 1, on which ``offset`` stands; 1 where there are no pages."""
    return max(1, bisect_right(facts.pages, offset))


def window(char_count: int, mark: Span) -> Span:
    """The stretch of a document that is shown: all of a short one, the surroundings of the mark in a long one."""
    if char_count < _WHOLE_CHARS:
        return 0, char_count
    if not mark[1]:
        return 0, 2 * _AROUND_CHARS
    return max(0, mark[0] - _AROUND_CHARS), min(char_count, mark[1] + _AROUND_CHARS)


def pieces(
    text: str,
    shown: Span,
    mark: Span,
    pages: tuple[int, ...],
    answer: Span | None = None,
    marks: Sequence[Marked] = (),
) -> list[list[str]]:
    """The shown stretch in order, as pairs of kinds and a text.

    The first kind is ``text``, ``mark``, ``answer`` (marked more strongly) or ``page`` for the page that begins there;
    those of ``marks`` come after it.
    """
    numbers = {offset: position for position, offset in enumerate(pages, 1) if shown[0] <= offset < shown[1]}
    stretches = [(*mark, "mark"), *((offset, shown[1], "") for offset in numbers)]
    if answer is not None:
        stretches.append((*bare(text, answer), "answer"))
    found: list[list[str]] = []
    for low, high, kinds in cut(shown, [*stretches, *marks]):
        if low in numbers:
            found.append(["page", say("page", page=numbers[low])])
        base = next((kind for kind in ("answer", "mark") if kind in kinds), "text")
        looks = [kind for kind in kinds if kind in (HEADING, BOLD, SIGN)]
        found.append([" ".join([base, *looks]), inert(text[low:high])])
    return found
