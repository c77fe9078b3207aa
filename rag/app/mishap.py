"""DOOR: an error met while a button is heeded, kept until the page is drawn again and said there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from rag.app.inert import inert_markdown
from rag.app.wording import say_error
from rag.errors import RagError

_MISHAP = "mishap"


@contextmanager
def told_later() -> Iterator[None]:
    """Around what a callback or a dialog does: a RagError ends it and is said at the next run of the page."""
    try:
        yield
    except RagError as error:
        st.session_state[_MISHAP] = say_error(error)


def draw_mishap() -> None:
    """The last such error, once; nothing where there was none."""
    text = st.session_state.pop(_MISHAP, "")
    if text:
        st.error(inert_markdown(text))
