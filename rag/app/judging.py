"""DOOR: what a person thinks of an answer, and the dialog that makes a test question of it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from rag.app.bring import rests_on_private
from rag.app.conversation import current, turn_key
from rag.app.desk import conversations
from rag.app.dialog import open_dialog
from rag.app.inert import inert_line, inert_markdown
from rag.app.mishap import told_later
from rag.app.visit import Turn
from rag.app.wording import LANGUAGES, name_language, say, say_error
from rag.errors import RagError
from rag.judging import answerable_question, append_question, file_of_test_set, unanswerable_question
from rag.library import Library
from rag.schema import Answer
from rag.store.conversations import Feedback
from rag.text.phrases import phrase_languages

_GOOD, _BAD = "good", "bad"
_ICONS = {_GOOD: "thumb_up", _BAD: "thumb_down"}
_JUDGED = "judged"


def draw_judging(shared: Library, position: int, turn: Turn) -> None:
    """Thumbs and a comment, where the answer is kept; a test question, unless it rests on documents of a session."""
    answer = turn.exchange.answer
    if answer is None:
        return
    if turn.kept is not None:
        _draw_thumbs(position, turn.kept)
    if not rests_on_private(shared, answer) and st.button(
        say("test_make"), key=f"test-{position}", icon=":material/fact_check:", type="tertiary"
    ):
        _open_dialog(shared, answer, turn_key(position))


def _judged(kept: int) -> Feedback | None:
    """What is kept of an answer's judgement; read once a conversation."""
    number, known = st.session_state.get(_JUDGED, (None, {}))
    if number != current():
        store = conversations()
        exchanges = store.exchanges(current() or 0) if store is not None else ()
        known = {exchange.id: exchange.feedback for exchange in exchanges}
        st.session_state[_JUDGED] = (current(), known)
    found: Feedback | None = known.get(kept)
    return found


def _rate(kept: int, feedback: Feedback | None) -> None:
    with told_later():
        store = conversations()
        if store is not None:
            store.rate(kept, feedback)
            number, known = st.session_state.get(_JUDGED, (current(), {}))
            st.session_state[_JUDGED] = (number, {**known, kept: feedback})


def _draw_thumbs(position: int, kept: int) -> None:
    before = _judged(kept)
    key = f"thumbs-{kept}"
    if key not in st.session_state and before is not None:
        st.session_state[key] = _GOOD if before.good else _BAD

    def changed() -> None:
        chosen = st.session_state[key]
        with told_later():
            now = _judged(kept)
            given = Feedback(chosen == _GOOD, now.comment if now else "") if chosen else None
            _rate(kept, given)

    st.segmented_control(
        say("judge"),
        [_GOOD, _BAD],
        format_func=lambda kind: f":material/{_ICONS[kind]}: {say(f'judge_{kind}')}",
        key=key,
        on_change=changed,
        label_visibility="collapsed",
    )
    if before is not None:
        with st.popover(say("judge_comment"), icon=":material/comment:", key=f"comment-panel-{position}"):
            words = st.text_area(say("judge_comment"), before.comment, max_chars=2_000, key=f"comment-{kept}")
            if st.button(say("judge_save"), key=f"comment-save-{kept}"):
                _rate(kept, replace(before, comment=words.strip(), given=""))
                st.toast(say("judge_saved"))


def _open_dialog(shared: Library, answer: Answer, key: str) -> None:
    open_dialog(say("test_make"), lambda: _draw_dialog(shared, answer, key), width="medium")


def _draw_dialog(shared: Library, answer: Answer, key: str) -> None:
    asked = answer.standalone or answer.question
    question = st.text_area(say("test_question"), asked, key=f"test-question-{key}")
    tags = sorted({*phrase_languages(), *LANGUAGES, answer.language})
    language = st.selectbox(
        say("language"), tags, tags.index(answer.language), format_func=name_language, key=f"test-language-{key}"
    )
    kinds = {True: say("test_answerable"), False: say("test_unanswerable")}
    first = int(answer.refusal is not None)
    answerable = st.radio(
        say("test_kind"), list(kinds), first, format_func=kinds.__getitem__, key=f"test-kind-{key}"
    )
    document, words, near = "", "", 0
    if answerable:
        document, words, near = _draw_gold(shared, answer, key)
    file = file_of_test_set(shared.config)
    st.caption(inert_markdown(say("test_note", file=str(file))))
    if st.button(say("test_write"), key="test-write", type="primary", disabled=not question.strip()):
        try:
            made = (
                answerable_question(shared, question, language, document, words, near)
                if answerable
                else unanswerable_question(question, language)
            )
            written = append_question(file, made)
        except RagError as error:
            st.error(inert_markdown(say_error(error)))
            return
        (st.success if written else st.info)(say("test_written" if written else "test_known"))


def _draw_gold(shared: Library, answer: Answer, key: str) -> tuple[str, str, int]:
    """The document and the words that answer, with where to look for them first."""
    cited = {citation.document_id: citation for citation in reversed(answer.citations)}
    found = [hit.passage.document_id for hit in answer.hits]
    names = list(dict.fromkeys([*(citation.document_id for citation in answer.citations), *found]))
    if not names:
        st.caption(say("no_document"))
        return "", "", 0

    def title(name: str) -> str:
        facts = shared.passages.facts(name)
        return inert_line(f"{facts.title} · {name}" if facts else name)

    document = st.selectbox(say("test_document"), names, format_func=title, key=f"test-document-{key}")
    citation = cited.get(document)
    proposed, near = ("", 0) if citation is None else (citation.quote, citation.start)
    if citation is not None and citation.answer is not None and shared.passages.facts(document) is not None:
        start, end = citation.answer
        proposed, near = shared.passages.text(document)[start:end], start
    words = st.text_area(say("test_words"), proposed, help=say("test_words_note"), key=f"test-words-{key}-{document}")
    return document, words, near
