"""DOOR: the empty page: what this is, and four questions to begin with."""

from __future__ import annotations

import streamlit as st

from rag.app.bring import searching_mine_alone
from rag.app.desk import answering_model, serves_this_machine
from rag.app.inert import inert_html, inert_markdown
from rag.app.visit import Request, visit
from rag.app.wording import count_languages, example_phrases, interface_language, number, say
from rag.errors import CorpusError
from rag.library import Library
from rag.sample import sample_corpus
from rag.suggest import suggest

_COUNT = 4


def draw_welcome(library: Library, shared: Library) -> None:
    """What the page is for, and questions that can be clicked.

    They are made of the ``shared`` index alone: what is worked out once for everybody may hold nothing of a session.
    """
    scope = say(
        "scope" if serves_this_machine() else "scope_remote",
        documents=number(library.manifest.document_count),
        languages=count_languages(len(library.manifest.languages)),
    )
    st.html(
        f'<h1 class="desk-head">Communiqué</h1><p>{inert_html(say("tagline"))}</p>'
        f'<p class="desk-note">{inert_html(scope)}</p>'
    )
    questions = () if searching_mine_alone() else examples(shared)
    if questions:
        st.caption(say("examples"))
    with st.container(gap="xsmall"):
        for position, question in enumerate(questions):
            label = inert_markdown(question)
            st.button(
                label, key=f"example-{position}", on_click=visit().ask, args=(Request(question), 0), width="stretch"
            )  # fmt: skip


def examples(library: Library) -> tuple[str, ...]:
    """Up to four questions that the index answers: written ones for the sample corpus, else some made of it."""
    manifest = library.manifest
    if _is_sample(library):
        return example_phrases()[0]
    return _suggested(manifest.corpus, manifest.created, manifest.document_count, interface_language(), library)


@st.cache_resource(max_entries=32, show_spinner=False)
def _suggested(corpus: str, created: str, document_count: int, language: str, _library: Library) -> tuple[str, ...]:
    """Worked out once for each state of what is searched."""
    return suggest(_library, answering_model(), example_phrases()[1], _COUNT, language)


def _is_sample(library: Library) -> bool:
    try:
        return library.manifest.corpus == str(sample_corpus().resolve())
    except CorpusError:
        return False
