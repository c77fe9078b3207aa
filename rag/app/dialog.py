"""DOOR: a dialog over the page, which nothing but the person closes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from rag.app.visit import visit


def open_dialog(title: str, draw: Callable[[], None], *, width: Literal["small", "medium", "large"] = "small") -> None:
    """Open a dialog that holds what ``draw`` draws.

    While it is open nothing but the person may run the page anew (draw_anew), which would close it.
    """

    @st.dialog(title, width=width, on_dismiss="rerun")
    def dialog() -> None:
        draw()

    visit().in_dialog = True
    dialog()


def draw_anew() -> None:
    """Run the page anew for what has changed behind it; where a dialog is open, its end will do that."""
    if not visit().in_dialog:
        st.rerun()
