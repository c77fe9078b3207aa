"""DOOR: a page of a PDF as it is printed, where its file still lies in the folder of documents."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from rag.app.inert import inert_line, inert_markdown
from rag.app.visit import visit
from rag.app.wording import number, say, say_error, say_reason
from rag.errors import CorpusError, Unreadable
from rag.library import Library
from rag.read.pdf_page import PageImage, draw_page
from rag.store.passages import DocumentFacts


def printed_file(library: Library, facts: DocumentFacts) -> Path | None:
    """The PDF that a document was read from; None for other formats and where no such file is in the folder."""
    if not facts.id.lower().endswith(".pdf"):
        return None
    corpus = Path(library.manifest.corpus)
    path = corpus if corpus.is_file() and corpus.name == facts.id else corpus / facts.id
    return path if path.is_file() and path.resolve().is_relative_to(corpus.resolve()) else None


def draw_printed(path: Path, facts: DocumentFacts, page: int, words: str) -> None:
    """The page with the words marked, between buttons that turn the pages."""
    here = visit()
    shown = here.page_shown or page
    try:
        drawn = _page(str(path), path.stat().st_mtime_ns, shown, words)
    except Unreadable as error:
        st.warning(inert_markdown(f"{facts.title}: {say_reason(error.reason)}"))
        return
    except OSError as error:
        st.warning(inert_markdown(say_error(CorpusError(str(error)))))
        return
    told = say("page_of", page=number(shown), count=number(drawn.page_count))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="page-bar"):
        st.button(
            say("page_before"), key="page-before", icon=":material/chevron_left:", type="tertiary",
            disabled=shown <= 1, on_click=here.turn_to, args=(shown - 1,),
        )  # fmt: skip
        st.caption(told, width="content")
        st.button(
            say("page_after"), key="page-after", icon=":material/chevron_right:", type="tertiary",
            disabled=shown >= drawn.page_count, on_click=here.turn_to, args=(shown + 1,),
        )  # fmt: skip
    if words and shown == page and not drawn.marked:
        st.caption(say("page_unmarked"))
    with st.container(key="printed", height=600):
        st.image(drawn.png, caption=inert_markdown(f"{inert_line(facts.title)}: {told}"), width="stretch")


@st.cache_resource(max_entries=16, show_spinner=False)
def _page(path: str, changed: int, number: int, words: str) -> PageImage:
    """A page drawn once for each state of its file."""
    return draw_page(Path(path), number, words)
