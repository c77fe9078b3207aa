"""DOOR: the empty page: what this is, and four questions to begin with."""

from __future__ import annotations

import re

import streamlit as st

from rag.app.conversation import Request, request
from rag.app.inert import inert_html, inert_line
from rag.app.wording import count_languages, example_phrases, number, say
from rag.errors import CorpusError
from rag.library import Library
from rag.sample import sample_corpus

_COUNT = 4
# A title goes into the label of a button, which reads some Markdown: only titles of plain words are taken.
_PLAIN_TITLE = re.compile(r"[^\W_](?:[\w ,'’–-]|(?<=\w): |\. )*[^\W_]", re.UNICODE)
_TITLE_CHARS = range(8, 80)


def draw_welcome(library: Library) -> None:
    """What the page is for, and questions that can be clicked."""
    scope = say(
        "scope",
        documents=number(library.manifest.document_count),
        languages=count_languages(len(library.manifest.languages)),
    )
    st.html(
        f'<h1 class="desk-head">Communiqué</h1><p>{inert_html(say("tagline"))}</p>'
        f'<p class="desk-note">{inert_html(scope)}</p>'
    )
    questions = examples(library)
    if questions:
        st.caption(say("examples"))
    with st.container(gap="xsmall"):
        for position, question in enumerate(questions):
            st.button(question, key=f"example-{position}", on_click=request, args=(Request(question),), width="stretch")


def examples(library: Library) -> tuple[str, ...]:
    """Up to four questions that suit the index: written ones for the sample corpus, else one about a title each."""
    sample, about = example_phrases()
    if _is_sample(library):
        return sample
    found: dict[str, str] = {}
    for facts in library.passages.documents:
        title = inert_line(facts.title)
        language = facts.language.split("-")[0]
        if language in about and len(title) in _TITLE_CHARS and _PLAIN_TITLE.fullmatch(title):
            found.setdefault(title, about[language].format(title=title))
        if len(found) == _COUNT:
            break
    return tuple(found.values())


def _is_sample(library: Library) -> bool:
    try:
        return library.manifest.corpus == str(sample_corpus().resolve())
    except CorpusError:
        return False
