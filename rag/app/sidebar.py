"""DOOR: the panel at the side: a new conversation, those kept, what is searched, the settings."""

from __future__ import annotations

from typing import Any

import streamlit as st

from rag.app.bring import draw_bring, draw_rebuild
from rag.app.building import draw_building
from rag.app.login import draw_logout
from rag.app.narrowing import draw_filters, filters
from rag.app.panel import panel
from rag.app.settings import draw_settings
from rag.app.sources import draw_sources
from rag.app.visit import visit
from rag.app.wording import say
from rag.filters import Condition
from rag.library import Library


def draw_sidebar(library: Library, shared: Library) -> tuple[Any, list[Condition]]:
    """The panel; gives back the place for the kept conversations, and the conditions chosen in it.

    ``library`` is what is searched, ``shared`` the index without the documents of this session.
    """
    with st.sidebar:
        st.button(say("new"), key="new", icon=":material/add:", width="stretch", on_click=visit().begin)
        draw_building(shared.config)
        history = st.container(key="history")
        narrowed = any(filters().chosen.values())
        with panel(say("filters"), "filters-panel", ":material/filter_alt:", wanted=narrowed) as drawn:
            conditions = draw_filters(library) if drawn else []
        if st.button(say("catalogue"), icon=":material/library_books:", key="open-sources", width="stretch"):
            draw_sources(library, conditions)
        with panel(say("bring"), "bring-panel", ":material/upload_file:") as drawn:
            if drawn:
                draw_bring(shared)
        with panel(say("index"), "index-panel", ":material/inventory_2:") as drawn:
            if drawn:
                draw_rebuild(shared)
        st.button(
            say("report"), key="open-report", icon=":material/monitoring:", width="stretch", on_click=visit().evaluate
        )
        if st.button(say("settings"), icon=":material/settings:", key="open-settings", width="stretch"):
            draw_settings(shared)
        draw_logout()
    return history, conditions
