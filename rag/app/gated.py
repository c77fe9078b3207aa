"""DOOR: the server of the page behind its gate, for `rag chat` with a password."""

from __future__ import annotations

from pathlib import Path

from streamlit.starlette import App

from rag.app.gate import gates

app = App(Path(__file__).with_name("script.py"), middleware=gates())
