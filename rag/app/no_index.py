"""DOOR: the page where there is no index, or none that can be used: how to make one, and buttons that do."""

from __future__ import annotations

import streamlit as st

from rag.app.bring import draw_first
from rag.app.building import builder, draw_building, start_build, watch_index
from rag.app.inert import inert_html, inert_line, inert_markdown
from rag.app.wording import say, say_error
from rag.config import Config
from rag.errors import RagError
from rag.sample import sample_corpus
from rag.store.generation import built_from


def draw_no_index(config: Config) -> None:
    """Say where an index was looked for, and offer to index the sample corpus there."""
    st.html(
        f'<h1 class="desk-head">{inert_html(say("missing_title"))}</h1>'
        f"<p>{inert_html(say('missing', index=str(config.index)))}</p>"
    )
    st.code(f"rag build FOLDER --index {_quoted(str(config.index))}", language=None)
    _draw_building(config)
    if not builder(config).progress.running:
        st.button(say("build_sample"), key="build-sample", type="primary", on_click=_build_sample, args=(config,))
        st.caption(say("build_own"))
        draw_first(config)


def draw_mend(config: Config, error: RagError) -> None:
    """An index that cannot be used: why, and a button that builds it again from where it was built from."""
    st.error(inert_markdown(say_error(error)))
    _draw_building(config)
    corpus = built_from(config.index)
    if corpus is not None and corpus.exists() and not builder(config).progress.running:
        label = inert_markdown(say("rebuild_from", folder=inert_line(str(corpus))))
        st.button(label, key="mend", type="primary", on_click=start_build, args=(corpus, config))


def _draw_building(config: Config) -> None:
    """The build, until it is over; then the page that shows the new index."""
    draw_building(config, first=True)
    watch_index(config)


def _build_sample(config: Config) -> None:
    start_build(sample_corpus(), config)


def _quoted(path: str) -> str:
    return f'"{path}"' if " " in path else path
