"""DOOR: the filters of the panel as conditions of the walk, and as chips above the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from rag.app.inert import inert_line, inert_markdown
from rag.app.wording import name_language, say
from rag.filters import Condition
from rag.library import Library

_FROM, _TO = "filter-from", "filter-to"
_LISTS = {"language": "filter-language", "source": "filter-source", "document": "filter-document"}
_CHIP_CHARS = 48


def draw_filters(library: Library) -> list[Condition]:
    """The filters, with what the index has to offer, and the conditions they stand for."""
    documents = library.passages.documents
    languages = {tag: name_language(tag) for tag in library.manifest.languages}
    names = sorted({facts.source for facts in documents if facts.source}, key=str.casefold)
    sources = {name: inert_line(name) for name in names}
    titles = {facts.id: inert_line(facts.title) for facts in documents}
    chosen = [_draw_choice("language", say("language"), languages)]
    start, end = _draw_dates([facts.date for facts in documents if facts.date])
    chosen += [_draw_choice("source", say("source"), sources), _draw_choice("document", say("document"), titles)]
    st.caption(say("filter_note"))
    return _conditions(chosen, start, end)


def only_document(document_id: str) -> None:
    """Search in this document too, and in no other that is not chosen."""
    kept = st.session_state.get(_LISTS["document"], [])
    if document_id not in kept:
        st.session_state[_LISTS["document"]] = [*kept, document_id]


def filtering() -> bool:
    """Whether a filter is set."""
    return any(st.session_state.get(key) for key in (*_LISTS.values(), _FROM, _TO))


def clear_filters() -> None:
    """Take every filter away."""
    for key in _LISTS.values():
        st.session_state[key] = []
    st.session_state[_FROM] = st.session_state[_TO] = None


def narrowed(conditions: Sequence[Condition], titles: Mapping[str, str] | None = None) -> list[str]:
    """Each condition in words of the interface; ``titles`` are those of documents by id, where known."""
    return [_in_words(condition, titles or {}) for condition in conditions]


def draw_active(library: Library, conditions: Sequence[Condition]) -> None:
    """The filters in force above the input, each a button that takes it away; nothing when there are none."""
    if not conditions:
        return
    titles = {facts.id: facts.title for facts in library.passages.documents}
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="active-filters"):
        for position, (condition, words) in enumerate(zip(conditions, narrowed(conditions, titles), strict=True)):
            st.button(
                inert_markdown(_short(words)),
                key=f"chip-{position}",
                icon=":material/close:",
                help=inert_markdown(say("remove_filter", filter=words)),
                on_click=_remove,
                args=(condition,),
            )
        if len(conditions) > 1:
            st.button(say("clear_filters"), key="clear-filters", type="tertiary", on_click=clear_filters)


def _remove(condition: Condition) -> None:
    if condition.field == "date":
        st.session_state[_FROM if condition.operator == ">=" else _TO] = None
    else:
        key = _LISTS[condition.field]
        st.session_state[key] = [value for value in st.session_state.get(key, []) if value != condition.value]


def _short(words: str) -> str:
    return words if len(words) <= _CHIP_CHARS else words[: _CHIP_CHARS - 1].rstrip() + "…"


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


def _draw_choice(field: str, label: str, labels: Mapping[str, str]) -> list[Condition]:
    """Some of the values, each with its label; a choice that a rebuilt index no longer has is let go."""
    key = _LISTS[field]
    kept = st.session_state.get(key, [])
    if any(value not in labels for value in kept):
        st.session_state[key] = [value for value in kept if value in labels]
    chosen = st.multiselect(
        label, list(labels), format_func=lambda value: labels[value], key=key, placeholder=say("any_value")
    )
    exactly = "==" if field == "source" else "="  # "Conseil" is not "Conseil d'État"
    return [Condition(field, exactly, value) for value in chosen]


def _in_words(condition: Condition, titles: Mapping[str, str]) -> str:
    value = inert_line(titles.get(condition.value, condition.value))
    if condition.field == "language":
        value = name_language(condition.value)
    elif condition.field == "date":
        return say("filter_from" if condition.operator == ">=" else "filter_to", value=value)
    return say(f"filter_{condition.field}", value=value)


def _conditions(lists: Sequence[Sequence[Condition]], start: date | None, end: date | None) -> list[Condition]:
    dates = [Condition("date", ">=", start.isoformat())] if start else []
    dates += [Condition("date", "<=", end.isoformat())] if end else []
    return [*lists[0], *dates, *(condition for chosen in lists[1:] for condition in chosen)]
