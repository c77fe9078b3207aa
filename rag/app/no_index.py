"""DOOR: the page where there is no index yet: how to make one, and a button that makes the sample's."""

from __future__ import annotations

import streamlit as st

from rag.app.inert import inert_html, inert_markdown
from rag.app.wording import say
from rag.build import build
from rag.config import Config
from rag.errors import RagError
from rag.sample import sample_corpus


def draw_no_index(config: Config) -> None:
    """Say where an index was looked for, and offer to index the sample corpus there."""
    st.html(
        f'<p class="desk-head"><strong>{inert_html(say("missing_title"))}</strong></p>'
        f"<p>{inert_html(say('missing', index=str(config.index)))}</p>"
    )
    st.code(f"rag build FOLDER --index {_quoted(str(config.index))}", language=None)
    if st.button(say("build_sample"), key="build-sample", type="primary"):
        _build_sample(config)


def _build_sample(config: Config) -> None:
    bar = st.progress(0.0, say("building"))

    def tell(step: str, done: int, total: int) -> None:
        bar.progress(min(1.0, done / total) if total else 1.0, say(f"build_{step}"))

    try:
        build(sample_corpus(), config, tell)
    except RagError as error:
        st.error(inert_markdown(str(error)))
    else:
        st.rerun()


def _quoted(path: str) -> str:
    return f'"{path}"' if " " in path else path
