"""DOOR: the script that Streamlit runs anew at every click."""

from __future__ import annotations

from rag.app.page import draw

draw()
