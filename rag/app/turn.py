"""DOOR: one question with its answer, its refusal or its error, and what can be done with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from rag.app.again import ask_again
from rag.app.conversation import turn_key, turns
from rag.app.dialog import draw_anew
from rag.app.inert import inert_html, inert_line, inert_markdown
from rag.app.judging import draw_judging
from rag.app.narrowing import Filters, filters, narrowed, titles_of
from rag.app.parts import draw_arrival, draw_hits, draw_reply
from rag.app.reply import reply_data
from rag.app.takeaway import take_away
from rag.app.visit import Request, Turn, Visit, visit
from rag.app.why import hits_data, timings
from rag.app.wording import chance, name_language, percent, say
from rag.app.writing import removed
from rag.filters import parse_condition
from rag.library import Library
from rag.schema import Answer, Hit

_NEAREST = 3
_EXAMINED = 8
_TELL_S = 0.5
# Of what was no question nothing was searched: there is nothing to judge, to explain or to take away.
_NO_QUESTION = "not_a_question"


def draw_turn(library: Library, shared: Library, position: int, *, arriving: bool = False) -> None:
    """The turn at ``position``, brought into view where it is ``arriving``."""
    turn = turns()[position]
    exchange = turn.exchange
    with st.container(key=f"turn-{position}"):
        if arriving:
            draw_arrival(f"arrival-{position}", say("arrived"))
        elif turn.writing is not None and exchange.answer is not None and turn.writing.is_news():
            draw_arrival(f"arrival-{position}", say("arrived"), scroll=False)  # who has read on stays there
        _draw_question(library, position, turn)
        if exchange.answer is None:
            _draw_unanswered(library, position, turn)
            return
        if exchange.answer.fallback:
            st.warning(inert_markdown(say("fallback", reason=exchange.answer.fallback)))
        if exchange.answer.refusal is None:
            draw_reply(f"reply-{position}", reply_data(exchange.answer), partial(_open_citation, exchange.answer))
            if turn.dropped:
                st.html(f'<div class="desk-note">{inert_html(removed(turn.dropped))}</div>')
        else:
            _draw_refusal(library, position, exchange.answer)
            if exchange.conditions:
                _draw_way_out(position, exchange.question)
            if exchange.answer.refusal.reason == _NO_QUESTION:
                return
        st.html(f'<div class="desk-note">{inert_html(chance(exchange.answer.probability))}</div>')
        _draw_actions(library, shared, position, turn)
        _draw_reasons(library, position, exchange.answer)


def _draw_unanswered(library: Library, position: int, turn: Turn) -> None:
    """Why there is no answer, under what was written of it, and how to have one."""
    if turn.unfinished is not None:
        draw_reply(f"reply-{position}", reply_data(turn.unfinished), partial(_open_citation, turn.unfinished))
    (st.error if turn.unfinished is None else st.info)(inert_markdown(turn.exchange.error))
    with st.container(horizontal=True, gap="small", key=f"unanswered-{position}"):
        if turn.writing is not None and turn.writing.unusable and _is_last(position):
            wanted = Request(turn.exchange.question, strictness=turn.strictness, quotes=True)
            st.button(
                say("answer_quotes"), key=f"quotes-{position}", icon=":material/format_quote:",
                on_click=visit().ask, args=(wanted, position + 1),
            )  # fmt: skip
        if st.button(say("again"), key=f"again-{position}", icon=":material/refresh:", type="tertiary"):
            ask_again(library, turn.exchange, turn_key(position))


def _is_last(position: int) -> bool:
    """Whether nothing was asked after this turn."""
    here = visit()
    return position == len(here.talk.turns) - 1 and not here.asked


def draw_writing(position: int, *, arriving: bool = False) -> None:
    """The turn at ``position`` while a language model writes its answer."""
    turn = turns()[position]
    with st.container(key=f"turn-{position}"):
        if arriving:
            draw_arrival(f"arrival-{position}", "")
        draw_asked(turn.exchange.question)
        _draw_written(turn)


@st.fragment(run_every=_TELL_S)
def _draw_written(turn: Turn) -> None:
    """Drawn anew while the model writes; at its end the whole page is, once no dialog is open."""
    writing = turn.writing
    assert writing is not None
    if not turn.awaited:
        draw_anew()
    st.html(writing.html())
    if turn.awaited:
        st.button(say("stop_writing"), key="stop-writing", icon=":material/stop_circle:", on_click=writing.stop)


def _draw_question(library: Library, position: int, turn: Turn) -> None:
    """A question as it was typed, what was searched in its place, and what it was asked under."""
    exchange = turn.exchange
    titles = titles_of(library) if exchange.conditions else {}
    draw_asked(exchange.question, _notes(turn, titles))
    if exchange.answer is not None and exchange.answer.standalone:
        key = f"edit-{position}"
        if st.button(say("edit_searched"), key=key, icon=":material/edit:", type="tertiary"):
            ask_again(library, exchange, turn_key(position))


def draw_asked(question: str, notes: Sequence[str] = ()) -> None:
    """A question, and under it what is to be known of it."""
    st.html(
        f'<h2 class="desk-question" dir="auto">{inert_html(question.strip())}</h2>'
        + "".join(f'<div class="desk-note">{inert_html(note)}</div>' for note in notes)
    )


def _notes(turn: Turn, titles: Mapping[str, str]) -> list[str]:
    """What a question was asked under; ``titles`` are those of documents by id."""
    exchange, answer = turn.exchange, turn.exchange.answer
    notes = []
    if answer is not None and answer.standalone:
        notes.append(say("searched_as", question=inert_line(answer.standalone)))
    if exchange.conditions:
        notes.append(" · ".join(narrowed([parse_condition(text) for text in exchange.conditions], titles)))
    if turn.strictness is not None:
        notes.append(say("asked_with", strictness=percent(turn.strictness)))
    return notes


def _draw_refusal(library: Library, position: int, answer: Answer) -> None:
    assert answer.refusal is not None
    st.html(f'<div class="desk-refusal" role="status" dir="auto">{inert_html(answer.refusal.message)}</div>')
    nearest = answer.hits[:_NEAREST]
    if nearest:
        data = hits_data(library, nearest, answer.language, heading=True)
        draw_hits(f"nearest-{position}", data, partial(_open_hit, nearest))


def _draw_way_out(position: int, question: str) -> None:
    """What to do about a refusal where filters left documents out."""
    st.html(f'<div class="desk-note">{inert_html(say("refused_filtered"))}</div>')
    if _is_last(position):
        st.button(
            say("ask_everywhere"), key=f"everywhere-{position}", icon=":material/filter_alt_off:", type="tertiary",
            on_click=_ask_everywhere, args=(visit(), filters(), question, position + 1),
        )  # fmt: skip


def _ask_everywhere(here: Visit, chosen: Filters, question: str, place: int) -> None:
    chosen.clear()
    here.ask(Request(question), place)


def _draw_actions(library: Library, shared: Library, position: int, turn: Turn) -> None:
    """What can be done with an answer; each opens a dialog of its own."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"actions-{position}"):
        if st.button(say("again"), key=f"again-{position}", icon=":material/refresh:", type="tertiary"):
            ask_again(library, turn.exchange, turn_key(position))
        if st.button(say("take_away"), key=f"take-{position}", icon=":material/download:", type="tertiary"):
            take_away(library, [earlier.exchange for earlier in turns()[: position + 1]], turn_key(position))
        draw_judging(shared, position, turn)


def _draw_reasons(library: Library, position: int, answer: Answer) -> None:
    with st.expander(say("why" if answer.refusal is None else "why_refusal"), key=f"why-{position}"):
        examined = answer.hits[:_EXAMINED]
        if examined:
            st.html(f'<div class="desk-note">{inert_html(say("why_hits"))}</div>')
            data = hits_data(library, examined, answer.language, scores=True)
            draw_hits(f"examined-{position}", data, partial(_open_hit, examined))
        language = say("asked_in", language=name_language(answer.language))
        st.html(f'<div class="desk-note">{inert_html(f"{language} {timings(answer.timings_ms)}")}</div>')


def _open_citation(answer: Answer, marker: int) -> None:
    for citation in answer.citations:
        if citation.marker == marker:
            visit().open(citation.document_id, citation.start, citation.end, citation.quote, citation.answer)


def _open_hit(hits: Sequence[Hit], position: int) -> None:
    if 0 <= position < len(hits):
        passage = hits[position].passage
        visit().open(passage.document_id, passage.start, passage.end, passage.text)
