"""DOOR: the dialog of the settings: language, looks, strictness, passages, and where everything lies."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from rag.answer.generate import short_name
from rag.app.choices import PASSAGES, choices, choose, chosen_config, cookie, remember
from rag.app.desk import answering_model, conversations, settings
from rag.app.dialog import open_dialog
from rag.app.inert import inert_html
from rag.app.mishap import told_later
from rag.app.parts import draw_theme
from rag.app.visit import visit
from rag.app.wording import LANGUAGES, interface_language, name_language, number, percent, say
from rag.library import Library
from rag.text.phrases import phrase_languages

_MODELS = Path(__file__).parent.parent / "models"


def draw_settings(library: Library) -> None:
    """Open the dialog."""

    def draw() -> None:
        page, answers, data = st.tabs([say("settings_page"), say("settings_answers"), say("settings_data")])
        with page:
            _draw_page()
        with answers:
            _draw_answers(library)
        with data:
            _draw_data(library)
        remember("settings")

    open_dialog(say("settings"), draw, width="medium")


def answer_languages() -> dict[str, str]:
    """The languages that answers can be framed in by tag, after the empty one that stands for the question's."""
    names = {tag: name_language(tag) for tag in phrase_languages()}
    return {"": say("answers_as_asked")} | dict(sorted(names.items(), key=lambda item: item[1].casefold()))


def _draw_page() -> None:
    tags = ["", *LANGUAGES]
    names = LANGUAGES | {"": say("as_browser")}
    st.selectbox(
        say("interface"),
        tags,
        tags.index(choices().interface),
        format_func=lambda tag: names[tag],
        key=f"set-interface-{interface_language()}",
        on_change=lambda: choose(interface=st.session_state[f"set-interface-{interface_language()}"]),
    )
    themes = [["System", say("theme_system")], ["Light", say("theme_light")], ["Dark", say("theme_dark")]]
    # A click on a theme loads the page anew, maybe before the cookie at the end of the dialog is drawn.
    draw_theme("theme", {"label": say("theme"), "themes": themes, "note": say("theme_note"), "cookie": cookie()})


def _draw_answers(library: Library) -> None:
    config = chosen_config(library.config)
    default = answering_model().default_strictness if config.strictness is None else config.strictness
    st.slider(
        say("strictness"), 0.0, 1.0, float(default), 0.01, format="percent", key="set-strictness",
        on_change=lambda: choose(strictness=st.session_state["set-strictness"]),
    )  # fmt: skip
    st.caption(say("strictness_note"))
    _draw_costs(float(default))
    _draw_model()
    languages = answer_languages()
    tags = list(languages)
    st.selectbox(
        say("answers_in"), tags, tags.index(choices().answers), format_func=lambda tag: languages[tag],
        key=f"set-answers-{interface_language()}",
        on_change=lambda: choose(answers=st.session_state[f"set-answers-{interface_language()}"]),
    )  # fmt: skip
    st.caption(say("answers_note"))
    counts = sorted({*PASSAGES, config.hit_count})
    st.select_slider(
        say("passage_count"), counts, config.hit_count, key="set-passages",
        on_change=lambda: choose(passages=st.session_state["set-passages"]),
    )  # fmt: skip
    st.caption(say("passage_note"))


def _draw_model() -> None:
    """Who answers: quotations alone, or the language model of the settings where they name one."""
    model = settings().model
    if not model:
        st.caption(say("model_none"))
        return
    ways = {True: say("by_quotes"), False: short_name(model)}
    st.selectbox(
        say("answered_by"), [False, True], int(choices().quotes), format_func=lambda way: ways[way],
        key=f"set-model-{interface_language()}",
        on_change=lambda: choose(quotes=st.session_state[f"set-model-{interface_language()}"]),
    )  # fmt: skip
    st.caption(say("model_note"))


@cache
def measured_costs() -> list[dict[str, float]]:
    """What each strictness was measured to cost, least strict first; none where nothing was measured.

    Each row has ``strictness``, ``answered`` (share of questions answered) and ``right`` (share of those answered that
    were right), from the file of the shipped answering model.
    """
    values: dict[str, Any] = json.loads((_MODELS / "extractive.json").read_text(encoding="utf-8"))
    rows: list[dict[str, float]] = values.get("risk_coverage", [])
    return sorted(rows, key=lambda row: row["strictness"])


def _draw_costs(strictness: float) -> None:
    rows = [row for row in measured_costs() if row["strictness"] <= strictness]
    if not rows:
        return
    row = rows[-1]
    answered, right = percent(row["answered"]), percent(row["right"])
    told = say("costs", strictness=percent(row["strictness"]), answered=answered, right=right)
    st.html(f'<div class="desk-note">{inert_html(told)}</div>')


def _draw_data(library: Library) -> None:
    manifest = library.manifest
    languages = ", ".join(f"{name_language(tag)} {number(count)}" for tag, count in manifest.languages.items())
    store = conversations()
    facts = (
        ("documents", number(manifest.document_count)),
        ("passages", number(manifest.passage_count)),
        ("languages", languages),
        ("built", f"{datetime.fromisoformat(manifest.created).astimezone():%Y-%m-%d %H:%M}"),
        ("encoder", str(manifest.encoder.get("name", ""))),
        ("corpus_at", manifest.corpus),
        ("index_at", str(library.config.index.resolve())),
        ("history_at", say("history_off") if store is None else str(store.file.resolve())),
    )
    lines = "".join(f"<dt>{inert_html(say(key))}</dt><dd>{inert_html(value)}</dd>" for key, value in facts)
    st.html(f'<dl class="desk-facts">{lines}</dl>')
    if manifest.skipped:
        st.caption(say("skipped", count=number(len(manifest.skipped))))
    st.caption(say("remove_note"))
    if store is not None:
        sure = st.checkbox(say("delete_all_sure"), key="delete-all-sure")
        if st.button(say("delete_all"), key="delete-all", disabled=not sure):
            with told_later():
                store.delete_all()
                visit().delete()
            st.rerun()
