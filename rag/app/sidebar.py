"""DOOR: the panel at the side: what is in the index, its filters, its documents, how strict answers are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import streamlit as st

from rag.app.bring import draw_bring, draw_rebuild
from rag.app.building import draw_building
from rag.app.conversation import forget
from rag.app.desk import answering_model
from rag.app.inert import inert_html, inert_line
from rag.app.narrowing import draw_filters
from rag.app.reading import open_document
from rag.app.wording import name_language, number, say
from rag.config import Config
from rag.filters import Condition, passes
from rag.library import Library
from rag.store.passages import DocumentFacts

# More lines than this make the page slow; the box above the table finds the others.
_LISTED = 500
_TABLE = "documents"


def draw_sidebar(library: Library, shared: Library) -> tuple[list[Condition], float]:
    """The panel; gives back the conditions and the strictness chosen in it.

    ``library`` is what is searched, ``shared`` the index without the documents of this session.
    """
    with st.sidebar:
        st.button(say("new"), key="new", icon=":material/add:", width="stretch", on_click=forget)
        draw_building(shared.config)
        with st.expander(say("filters"), icon=":material/filter_alt:", key="filters-panel"):
            conditions = draw_filters(library)
        with st.expander(say("catalogue"), icon=":material/library_books:", key="documents-panel"):
            _draw_documents(library, conditions)
        with st.expander(say("bring"), icon=":material/upload_file:", key="bring-panel"):
            draw_bring(shared)
        strictness = _draw_strictness(library.config)
        with st.expander(say("index"), icon=":material/inventory_2:", key="index-panel"):
            _draw_index(shared)
            draw_rebuild(shared)
    return conditions, strictness


def _draw_strictness(config: Config) -> float:
    default = answering_model().default_strictness if config.strictness is None else config.strictness
    strictness: float = st.slider(say("strictness"), 0.0, 1.0, float(default), 0.01, format="percent", key="strictness")
    st.caption(say("strictness_note"))
    return strictness


def _draw_index(library: Library) -> None:
    manifest = library.manifest
    languages = ", ".join(f"{name_language(tag)} {number(count)}" for tag, count in manifest.languages.items())
    facts = (
        ("documents", number(manifest.document_count)),
        ("passages", number(manifest.passage_count)),
        ("languages", languages),
        ("built", f"{datetime.fromisoformat(manifest.created).astimezone():%Y-%m-%d %H:%M}"),
        ("encoder", str(manifest.encoder.get("name", ""))),
    )
    lines = "".join(f"<span>{inert_html(say(key))}</span><b>{inert_html(value)}</b>" for key, value in facts)
    st.html(f'<div class="desk-facts">{lines}</div>')
    if manifest.skipped:
        st.caption(say("skipped", count=number(len(manifest.skipped))))


def _draw_documents(library: Library, conditions: Sequence[Condition]) -> None:
    """The documents that pass the filters; a click on one opens it."""
    words = st.text_input(say("find_title"), key="find-title").strip()
    wanted = [*conditions, *([Condition("title", "=", words)] if words else [])]
    found = [facts for facts in library.passages.documents if passes(facts, wanted)]
    listed = found[:_LISTED]
    if not listed:
        st.caption(say("no_document"))
        return
    table = {
        say("title"): [inert_line(facts.title) for facts in listed],
        say("date"): [facts.date or "" for facts in listed],
        say("language"): [name_language(facts.language) for facts in listed],
        say("source"): [inert_line(facts.source or "") for facts in listed],
    }
    st.dataframe(
        table,
        height=min(380, 36 * (len(listed) + 1)),
        hide_index=True,
        key=_TABLE,
        on_select=partial(_open_chosen, listed),
        selection_mode="single-cell",
        column_config={say("title"): st.column_config.TextColumn(width=190)},
    )
    st.caption(say("shown", shown=number(len(listed)), total=number(len(library.passages.documents))))


def _open_chosen(listed: Sequence[DocumentFacts]) -> None:
    for row, _ in st.session_state[_TABLE].selection.cells:
        open_document(listed[row].id)
