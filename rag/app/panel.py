"""DOOR: a part of the page that is folded away, and drawn only once somebody wants to see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st


@contextmanager
def panel(label: str, key: str, icon: str | None = None, *, wanted: bool = False) -> Iterator[bool]:
    """The panel; gives whether its content is to be drawn in it.

    What nobody has opened costs nothing. Once it was opened, or is ``wanted`` for what it holds, it stays drawn: its
    widgets would lose what was chosen in them.
    """
    drawn = f"{key}-drawn"
    with st.expander(label, key=key, icon=icon, on_change="rerun") as folded:
        if folded.open or wanted:
            st.session_state[drawn] = True
        yield bool(st.session_state.get(drawn))
