"""DOOR: the parts of the page that Streamlit has no widget for: an answer, passages found, an open document.

They get their texts as data and set them as text, so that nothing written in a document is ever read as HTML.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_WEB = Path(__file__).with_name("web")
ICON = str(_WEB / "icon.svg")
"""The icon of the page; one named from a font would be fetched from another host."""
# The keyboard moves within a dialog, and does not find what stands in a shadow root.
_IN_DIALOGS = frozenset({"documents", "theme"})


def draw_reply(key: str, data: dict[str, Any], open_marker: Callable[[int], None]) -> None:
    """An answer with its citations; ``open_marker`` is called with the marker that was clicked."""
    _draw("reply", key, data, open_marker)


def draw_hits(key: str, data: dict[str, Any], open_position: Callable[[int], None]) -> None:
    """Passages that unfold; ``open_position`` is called with the position, from 0, of the one to be opened."""
    _draw("hits", key, data, open_position)


def draw_reading(key: str, data: dict[str, Any]) -> None:
    """A document's text, scrolled to its mark."""
    _part("reading")(key=key, data=data)


def draw_arrival(key: str, told: str, *, scroll: bool = True) -> None:
    """Bring the turn in which this stands to the top of the window, and tell those who do not see it what has come."""
    _part("arrival")(key=key, data={"told": told, "scroll": scroll})


def draw_cookie(key: str, data: dict[str, Any]) -> None:
    """Keep a value in the browser."""
    _part("cookie")(key=key, data=data)


def draw_frame(key: str, data: dict[str, Any]) -> None:
    """Tell the browser what it has to know of the page as a whole."""
    _part("frame")(key=key, data=data)


def draw_dropping(key: str, data: dict[str, Any]) -> list[str]:
    """Watch the files dropped in beside this; gives back the names of those that are over the limit."""
    found = _part("dropping")(key=key, data=data, default={"large": []}, on_large_change=lambda: None)
    return [name for name in found.get("large") or () if isinstance(name, str)]


def draw_theme(key: str, data: dict[str, Any]) -> None:
    """The choice between light, dark and the system's own."""
    _part("theme")(key=key, data=data)


def draw_documents(key: str, data: dict[str, Any], open_position: Callable[[int], None]) -> None:
    """A table of documents; ``open_position`` is called with the position, from 0, of the one to be opened."""
    _draw("documents", key, data, open_position)


def draw_style() -> None:
    """The style of what stands outside the parts."""
    st.html(f"<style>{(_WEB / 'desk.css').read_text(encoding='utf-8')}</style>")


def _draw(name: str, key: str, data: dict[str, Any], act: Callable[[int], None]) -> None:
    def clicked() -> None:
        value = st.session_state[key].get("open")
        if isinstance(value, int | float):  # JavaScript has one kind of number
            act(int(value))

    _part(name)(key=key, data=data, on_open_change=clicked)


@cache
def _part(name: str) -> Callable[..., Any]:
    def text(file: str) -> str:
        return (_WEB / file).read_text(encoding="utf-8")

    part: Callable[..., Any] = st.components.v2.component(
        f"communique_{name}",
        html=f'<div class="{name}"></div>',
        css=text(f"{name}.css"),
        js=text("make.js") + text(f"{name}.js"),
        isolate_styles=name not in _IN_DIALOGS,
    )
    return part
