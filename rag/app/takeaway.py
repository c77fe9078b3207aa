"""DOOR: the dialog that takes an answer or a conversation away as a dossier, in each of its formats."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from rag.app.dialog import open_dialog
from rag.app.inert import inert_markdown
from rag.app.wording import interface_language, say, say_error
from rag.dossier import FORMATS, MEDIA_TYPES, compose, render
from rag.errors import RagError
from rag.exchange import Exchange
from rag.library import Library

_NAMES = {"md": "Markdown", "html": "HTML", "docx": "Word (DOCX)", "json": "JSON"}
_NAME_CHARS = 40


def take_away(library: Library, exchanges: Sequence[Exchange], key: str) -> None:
    """Open the dialog of the turn with ``key``; the last of ``exchanges`` alone can be taken, or all of them."""

    def draw() -> None:
        st.caption(say("take_away_note"))
        wanted = exchanges[-1:]
        if len(exchanges) > 1:
            scopes = {False: say("take_answer"), True: say("take_conversation")}
            whole = st.radio(say("take_what"), list(scopes), format_func=scopes.__getitem__, key=f"take-what-{key}")
            wanted = exchanges if whole else wanted
        draw_downloads(library, wanted)

    open_dialog(say("take_away"), draw)


def draw_downloads(library: Library, exchanges: Sequence[Exchange], title: str = "") -> None:
    """A button for each format."""
    try:
        dossier = compose(library, exchanges, title=title, language=interface_language())
        files = {name: render(dossier, name) for name in FORMATS}
    except RagError as error:
        st.error(inert_markdown(say_error(error)))
        return
    stem = file_stem(title or exchanges[-1].question)
    with st.container(horizontal=True, gap="small"):
        for name, data in files.items():
            st.download_button(
                _NAMES.get(name, name), data, f"{stem}.{name}", MEDIA_TYPES[name], key=f"download-{name}",
                on_click="ignore", icon=":material/download:",
            )  # fmt: skip


def file_stem(text: str) -> str:
    """A file name of the first words of ``text``: letters, digits and hyphens alone.

    >>> file_stem("Qui a porté la modification 12 ?")
    'qui-a-porté-la-modification-12'
    """
    return "-".join(re.findall(r"\w+", text.lower()))[:_NAME_CHARS].strip("-_") or "dossier"
