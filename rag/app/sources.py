"""DOOR: the dialog of the documents: what is searched, each with its date, language, source and pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from rag.app.dialog import open_dialog
from rag.app.inert import inert_line
from rag.app.parts import draw_documents
from rag.app.visit import visit
from rag.app.wording import name_language, number, say
from rag.filters import Condition, passes
from rag.library import Library
from rag.store.passages import DocumentFacts

# More lines than this make the page slow; the box above the table finds the others.
_LISTED = 300


def draw_sources(library: Library, conditions: Sequence[Condition]) -> None:
    """Open the dialog: the documents that pass the filters."""

    def draw() -> None:
        words = st.text_input(say("find_title"), key="find-title").strip()
        wanted = [*conditions, *([Condition("title", "=", words)] if words else [])]
        found = [facts for facts in library.passages.documents if passes(facts, wanted)]
        listed = found[:_LISTED]
        if not listed:
            st.caption(say("no_document"))
            return
        total = len(library.passages.documents)
        st.caption(say("shown", shown=number(len(listed)), total=number(total)))
        draw_documents("documents", documents_data(listed), lambda position: _open(listed, position))
        if st.session_state.pop("open-from-sources", False):
            st.rerun()

    open_dialog(say("catalogue"), draw, width="large")


def documents_data(listed: Sequence[DocumentFacts]) -> dict[str, Any]:
    """The table: its heads and a row for each document."""
    return {
        "heads": [say(head) for head in ("title", "date", "language", "source", "pages")],
        "open": say("open_document", title="{title}"),
        "sort": say("sort_by", column="{column}"),
        "rows": [
            {
                "title": inert_line(facts.title),
                "tag": facts.language,
                "cells": [
                    facts.date or "",
                    name_language(facts.language),
                    inert_line(facts.source or ""),
                    str(len(facts.pages)) if facts.pages else "",
                ],
            }
            for facts in listed
        ],
    }


def _open(listed: Sequence[DocumentFacts], position: int) -> None:
    if 0 <= position < len(listed):
        visit().open(listed[position].id)
        st.session_state["open-from-sources"] = True
