"""DOOR: the page as a whole: the panel, the conversation, the document beside it, the input."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rag.app.bring import with_private
from rag.app.building import watch_index
from rag.app.conversation import draw_turn, take_turn, turns
from rag.app.desk import open_desk, settings
from rag.app.inert import inert_markdown
from rag.app.narrowing import draw_active, narrowed
from rag.app.no_index import draw_mend, draw_no_index
from rag.app.parts import ICON, draw_style
from rag.app.reading import draw_opened, opened
from rag.app.sidebar import draw_sidebar
from rag.app.welcome import draw_welcome, take_example
from rag.app.wording import say
from rag.config import Config
from rag.errors import IndexCorrupt, IndexMismatch, IndexMissing, RagError
from rag.filters import Condition
from rag.library import Library

_SIDEBAR_PIXELS = 340


def draw() -> None:
    """Draw the page once; an error that a person can mend is shown as its sentence."""
    st.set_page_config("Communiqué", ICON, "wide", _SIDEBAR_PIXELS)
    draw_style()
    if st.get_option("browser.gatherUsageStats"):
        st.warning(say("telemetry"))
    try:
        _draw_desk(settings())
    except RagError as error:
        st.error(inert_markdown(str(error)))


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
    watch_index(config)
    conditions, strictness = draw_sidebar(library, shared)
    with st.bottom:
        draw_active(conditions)
        typed = st.chat_input(say("ask"), key="question")
    question = take_example() or typed
    place = opened()
    columns = st.columns([1] if place is None else [1, 1], gap="medium")
    with columns[0], st.container(key="talk"):
        _draw_talk(library, strictness, question, conditions)
    if place is not None:
        with columns[1]:
            draw_opened(library, place)


def _draw_talk(library: Library, strictness: float, question: str | None, conditions: Sequence[Condition]) -> None:
    """The conversation so far and, where a question was just asked, its answer."""
    if not turns() and question is None:
        draw_welcome(library)
    for position in range(len(turns())):
        draw_turn(library, position)
    if question is None:
        return
    words = " · ".join(narrowed(conditions))
    with st.spinner(say("searching")):
        take_turn(library, strictness, question, conditions, words)
    draw_turn(library, len(turns()) - 1, arriving=True)
