"""DOOR: `streamlit run app.py` shows the same page as `rag chat`, with the settings of the current folder."""

from __future__ import annotations

from rag.app.page import draw

draw()
