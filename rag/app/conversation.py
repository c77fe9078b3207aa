"""DOOR: the questions of one visitor and what came back; an answer is worked out once and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from rag.app.desk import answering_model
from rag.app.inert import inert_html, inert_markdown
from rag.app.parts import draw_arrival, draw_hits, draw_reply
from rag.app.reading import open_document
from rag.app.reply import hits_data, reply_data, timings
from rag.app.wording import chance, say
from rag.ask import ask
from rag.errors import RagError
from rag.filters import Condition
from rag.library import Library
from rag.schema import Answer, Hit

_NEAREST = 3
_EXAMINED = 8
# A question that is refused for its length is shown by its beginning.
_SHOWN_CHARS = 4_000


@dataclass(frozen=True, slots=True)
class Turn:
    """A question, how the search was narrowed, and its answer; where ``answer`` is None ``error`` says why."""

    question: str
    narrowed: str
    answer: Answer | None
    error: str = ""


def turns() -> list[Turn]:
    """The conversation so far, oldest first."""
    kept: list[Turn] = st.session_state.setdefault("turns", [])
    return kept


def forget() -> None:
    """Begin a new conversation."""
    for name in ("turns", "opened"):
        st.session_state.pop(name, None)


def take_turn(
    library: Library, strictness: float, question: str, conditions: Sequence[Condition], narrowed: str
) -> None:
    """Ask, refusing below ``strictness``, and keep what comes back."""
    library = replace(library, config=replace(library.config, strictness=strictness))
    try:
        turn = Turn(question, narrowed, ask(library, question, answering_model(), conditions))
    except RagError as error:
        turn = Turn(question[:_SHOWN_CHARS], narrowed, None, str(error))
    turns().append(turn)


def _draw_question(question: str, narrowed: str) -> None:
    """A question as it was typed, and the filters it was asked under."""
    st.html(f'<div class="desk-question" dir="auto">{inert_html(question.strip())}</div>')
    if narrowed:
        st.html(f'<div class="desk-note">{inert_html(narrowed)}</div>')


def draw_turn(library: Library, position: int, *, arriving: bool = False) -> None:
    """One question with its answer, its refusal or its error; brought into view where it is ``arriving``."""
    turn = turns()[position]
    with st.container(key=f"turn-{position}"):
        if arriving:
            draw_arrival(f"arrival-{position}")
        _draw_question(turn.question, turn.narrowed)
        if turn.answer is None:
            st.error(inert_markdown(turn.error))
            return
        if turn.answer.refusal is None:
            data = reply_data(turn.answer)
            draw_reply(f"reply-{position}", data, partial(_open_citation, turn.answer))
        else:
            _draw_refusal(library, position, turn.answer)
        st.html(f'<div class="desk-note">{inert_html(chance(turn.answer.probability))}</div>')
        _draw_reasons(library, position, turn.answer)


def _draw_refusal(library: Library, position: int, answer: Answer) -> None:
    assert answer.refusal is not None
    st.html(f'<div class="desk-refusal" role="status" dir="auto">{inert_html(answer.refusal.message)}</div>')
    nearest = answer.hits[:_NEAREST]
    if nearest:
        data = hits_data(library, nearest, answer.language, heading=True)
        draw_hits(f"nearest-{position}", data, partial(_open_hit, nearest))


def _draw_reasons(library: Library, position: int, answer: Answer) -> None:
    with st.expander(say("why" if answer.refusal is None else "why_refusal"), key=f"why-{position}"):
        examined = answer.hits[:_EXAMINED]
        if examined:
            st.html(f'<div class="desk-note">{inert_html(say("why_hits"))}</div>')
            data = hits_data(library, examined, answer.language, scores=True)
            draw_hits(f"examined-{position}", data, partial(_open_hit, examined))
        st.html(f'<div class="desk-note">{inert_html(timings(answer.timings_ms))}</div>')


def _open_citation(answer: Answer, marker: int) -> None:
    for citation in answer.citations:
        if citation.marker == marker:
            open_document(citation.document_id, citation.start, citation.end, citation.quote)


def _open_hit(hits: Sequence[Hit], position: int) -> None:
    if 0 <= position < len(hits):
        passage = hits[position].passage
        open_document(passage.document_id, passage.start, passage.end, passage.text)
