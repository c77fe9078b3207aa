"""DOOR: the page as a whole: the panel, the conversation, the document beside it, the input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from rag.answer.generate import short_name
from rag.app.bring import with_private
from rag.app.building import watch_index
from rag.app.choices import chosen_config, remember
from rag.app.conversation import come_back, keep_address, notice, take_turn, turns
from rag.app.desk import is_guarded, open_desk, settings
from rag.app.history import draw_history
from rag.app.inert import inert_markdown
from rag.app.login import draw_login, must_log_in
from rag.app.mishap import draw_mishap
from rag.app.narrowing import draw_active
from rag.app.no_index import draw_mend, draw_no_index
from rag.app.parts import ICON, draw_arrival, draw_style
from rag.app.reading import draw_opened
from rag.app.report_page import draw_report_page, viewing_report
from rag.app.sidebar import draw_sidebar
from rag.app.turn import draw_asked, draw_turn, draw_writing
from rag.app.visit import Request, Talk, Turn, Visit, visit
from rag.app.welcome import draw_welcome
from rag.app.wording import say, say_error
from rag.app.writing import Writing
from rag.config import Config
from rag.errors import IndexCorrupt, IndexMismatch, IndexMissing, RagError
from rag.filters import Condition
from rag.library import Library

_SIDEBAR_PIXELS = 320
# Every turn is drawn anew at each click: older ones than these wait until they are asked for.
_DRAWN = 12
_HEED_S = 0.1
_TYPED = "question"


def draw() -> None:
    """Draw the page once; an error that a person can mend is shown as its sentence."""
    st.set_page_config("Communiqué", ICON, "wide", _SIDEBAR_PIXELS)
    draw_style()
    if st.get_option("browser.gatherUsageStats"):
        st.warning(say("telemetry"))
    if not is_guarded():
        st.error(say("gate_open"))
        return
    visit().in_dialog = False
    try:
        if must_log_in() and not draw_login():
            return
        draw_mishap()
        come_back()
        _draw_desk(chosen_config(settings()))
        keep_address()
        remember()
    except RagError as error:
        st.error(inert_markdown(say_error(error)))


def _draw_desk(config: Config) -> None:
    try:
        with st.spinner(say("opening")):
            shared = open_desk(config)
    except IndexMissing:
        draw_no_index(config)
        return
    except (IndexCorrupt, IndexMismatch) as error:
        draw_mend(config, error)
        return
    library = with_private(shared)
    if viewing_report():
        history, _ = draw_sidebar(library, shared)
        with history:
            draw_history(shared)
        watch_index(config)
        draw_report_page(shared)
        return
    with st.bottom:  # before all else: a person can type while the rest is still being drawn
        above = st.container(key="above-input")
        typed = st.chat_input(say("ask"), key=_TYPED, on_submit=partial(_typed, visit()))
    history, conditions = draw_sidebar(library, shared)
    with above:
        draw_active(library, conditions)
    watch_index(config)
    place = visit().opened
    columns = st.columns([1] if place is None else [1, 1], gap="medium")
    with columns[0], st.container(key="talk"):
        _draw_talk(library, shared, conditions)
        _draw_waiting(arriving=typed is not None)
    with history:  # which has this conversation by now
        draw_history(shared)
    if place is not None:
        with columns[1]:
            draw_opened(library, place)


def _typed(here: Visit) -> None:
    """Have what was typed asked: it is heard before anything of the page is drawn."""
    here.asked.append(Request(st.session_state[_TYPED]))


def _draw_talk(library: Library, shared: Library, conditions: Sequence[Condition]) -> None:
    """The conversation so far and, where a question was just asked, its answer."""
    here = visit()
    if not here.talk.turns and not here.asked:
        draw_welcome(library, shared)
    _draw_earlier(library, shared, here.talk)
    while here.asked and not here.talk.is_written:
        _answer(library, shared, here.asked[0], conditions)
    reason = notice()
    if reason:
        st.warning(inert_markdown(say("not_kept", reason=reason)))


def _draw_waiting(*, arriving: bool) -> None:
    """The questions that wait for a language model to end its answer; the last is brought into view once typed."""
    asked = visit().asked
    for place, waiting in enumerate(asked, len(turns())):
        with st.container(key=f"turn-{place}"):
            if arriving and waiting is asked[-1]:
                draw_arrival(f"arrival-{place}", "")
            draw_asked(waiting.question, [say("asked_next")])


def _answer(library: Library, shared: Library, wanted: Request, conditions: Sequence[Condition]) -> None:
    """Ask, and draw the turn: one in quotations once it is there, one that a language model writes as it comes."""
    config = library.config
    strictness = config.strictness if wanted.strictness is None else wanted.strictness
    model = "" if wanted.quotes else config.model
    library = replace(library, config=replace(config, strictness=strictness, model=model))
    if model:
        take_turn(library, shared, wanted, conditions, Writing(short_name(model)))
        draw_writing(len(turns()) - 1, arriving=True)
        return
    place = st.empty()
    with place.container():
        draw_asked(wanted.question)
        with st.spinner(say("searching")):
            take_turn(library, shared, wanted, conditions)
    place.empty()
    draw_turn(library, shared, len(turns()) - 1, arriving=True)


def _draw_earlier(library: Library, shared: Library, talk: Talk) -> None:
    """The turns so far, of a long conversation the last ones."""
    hidden = 0 if talk.unfolded else max(0, len(talk.turns) - _DRAWN)
    if hidden and st.button(say("earlier"), key="earlier", type="tertiary"):
        talk.unfolded = True  # a button of those turns runs the page anew
        hidden = 0
    for position in range(hidden, len(talk.turns)):
        turn = talk.turns[position]
        awaited = turn.awaited
        if awaited and turn.writing is not None:
            draw_writing(position)
            continue
        if awaited:
            _await(turn)
        draw_turn(library, shared, position, arriving=awaited)


def _await(turn: Turn) -> None:
    """Come back when the answer is there that an earlier run of the page is working out."""
    assert turn.ended is not None
    place = st.empty()
    with place.container():
        draw_asked(turn.exchange.question)
        below = st.empty()
        while not turn.ended.is_set():
            below.caption(say("searching"))  # where the person has clicked again, this does not come back
            turn.ended.wait(_HEED_S)
    place.empty()
