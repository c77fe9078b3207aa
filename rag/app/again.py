"""DOOR: the dialog that asks a question again: reworded, with another strictness, answered in another language."""

from __future__ import annotations

import streamlit as st

from rag.answer.generate import short_name
from rag.app.choices import chosen_config
from rag.app.desk import answering_model
from rag.app.dialog import open_dialog
from rag.app.settings import answer_languages
from rag.app.visit import Request, visit
from rag.app.wording import say
from rag.exchange import Exchange
from rag.library import Library


def ask_again(library: Library, exchange: Exchange, key: str) -> None:
    """Open the dialog; ``key`` is the turn's, whose widgets must not show what was typed for another."""

    place = len(visit().talk.turns)
    open_dialog(say("again"), lambda: _draw(library, exchange, key, place), width="medium")


def _draw(library: Library, exchange: Exchange, key: str, place: int) -> None:
    answer = exchange.answer
    before = (answer.standalone if answer else "") or exchange.question
    searched = st.text_area(say("searched_question"), before, key=f"again-question-{key}")
    set_now = chosen_config(library.config).strictness
    default = answering_model().default_strictness if set_now is None else set_now
    strictness = st.slider(
        say("strictness"), 0.0, 1.0, float(default), 0.01, format="percent", key=f"again-strictness-{key}"
    )
    st.caption(say("strictness_note"))
    languages = answer_languages()
    answers = st.selectbox(
        say("answers_in"), list(languages), format_func=lambda tag: languages[tag], key=f"again-in-{key}"
    )
    quotes = _draw_model(library, key)
    if st.button(say("ask_now"), type="primary", key="again-ask", disabled=not searched.strip()):
        question, standalone = reworded(exchange, searched.strip())
        stricter = None if strictness == default else strictness
        visit().ask(Request(question, standalone, stricter, answers, quotes), place)
        st.rerun()


def reworded(exchange: Exchange, searched: str) -> tuple[str, str]:
    """The question that is asked anew and what is searched in its place, empty for itself.

    A follow-up keeps its words whatever it is searched as; any other question is what was typed now.
    """
    if exchange.answer is None or not exchange.answer.standalone:
        return searched, ""
    return exchange.question, "" if searched == exchange.question else searched


def _draw_model(library: Library, key: str) -> bool:
    """Whether quotations alone are wanted; asked only where the settings name a language model."""
    model = library.config.model
    if not model:
        return True
    ways = {True: say("by_quotes"), False: short_name(model)}
    label = say("answered_by")
    return bool(st.selectbox(label, [False, True], format_func=lambda way: ways[way], key=f"again-by-{key}"))
