"""DOOR: the filters of the sidebar as conditions of the walk, and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from rag.app.inert import inert_html, inert_line
from rag.app.wording import name_language, say
from rag.filters import Condition
from rag.library import Library

_LANGUAGE, _FROM, _TO, _SOURCE = "filter-language", "filter-from", "filter-to", "filter-source"
_ALL = ""


def draw_filters(library: Library) -> list[Condition]:
    """The filters, with what the index has to offer, and the conditions they stand for.

    One language at a time: every condition narrows what the others leave, so that two languages would leave nothing.
    """
    documents = library.passages.documents
    languages = {_ALL: say("any_language")} | {tag: name_language(tag) for tag in library.manifest.languages}
    names = sorted({facts.source for facts in documents if facts.source}, key=str.casefold)
    sources = {_ALL: say("any_source")} | {name: inert_line(name) for name in names}
    language = _draw_choice(say("language"), _LANGUAGE, languages)
    start, end = _draw_dates([facts.date for facts in documents if facts.date])
    source = _draw_choice(say("source"), _SOURCE, sources)
    st.caption(say("filter_note"))
    return _conditions(language, start, end, source)


def clear_filters() -> None:
    """Take every filter away."""
    for key, nothing in ((_LANGUAGE, _ALL), (_FROM, None), (_TO, None), (_SOURCE, _ALL)):
        st.session_state[key] = nothing


def narrowed(conditions: Sequence[Condition]) -> list[str]:
    """Each condition in words of the interface."""
    return [_in_words(condition) for condition in conditions]


def draw_active(conditions: Sequence[Condition]) -> None:
    """The filters in force, above the input; nothing when there are none."""
    if not conditions:
        return
    chips = "".join(f"<span>{inert_html(words)}</span>" for words in narrowed(conditions))
    with st.container(horizontal=True, vertical_alignment="center", key="active-filters"):
        st.html(f'<div class="desk-chips">{inert_html(say("filtered"))} {chips}</div>', width="content")
        st.button(say("clear_filters"), key="clear-filters", type="tertiary", on_click=clear_filters)


def _draw_dates(dates: Sequence[str]) -> tuple[date | None, date | None]:
    """Two days, within the years that the documents are from."""
    years = [max(1, int(day[:4])) for day in dates] or [date.today().year]
    low, high = date(min(years), 1, 1), date(max(years), 12, 31)
    chosen = []
    for label, key in (("from", _FROM), ("to", _TO)):
        day = st.session_state.get(key)
        if day is not None and not low <= day <= high:
            st.session_state[key] = None
        chosen.append(st.date_input(say(label), None, low, high, key=key, format="YYYY-MM-DD"))
    return chosen[0], chosen[1]


def _draw_choice(label: str, key: str, labels: Mapping[str, str]) -> str:
    """One of some values, each with its label; a choice that a rebuilt index no longer has is let go."""
    if st.session_state.get(key, _ALL) not in labels:
        st.session_state[key] = _ALL
    chosen: str = st.selectbox(label, list(labels), format_func=lambda value: labels[value], key=key)
    return chosen


def _in_words(condition: Condition) -> str:
    if condition.field == "language":
        return say("filter_language", value=name_language(condition.value))
    if condition.field == "source":
        return say("filter_source", value=inert_line(condition.value))
    return say("filter_from" if condition.operator == ">=" else "filter_to", value=condition.value)


def _conditions(language: str, start: date | None, end: date | None, source: str) -> list[Condition]:
    chosen = (
        Condition("language", "=", language),
        Condition("date", ">=", start.isoformat() if start else ""),
        Condition("date", "<=", end.isoformat() if end else ""),
        Condition("source", "=", source),
    )
    return [condition for condition in chosen if condition.value]
