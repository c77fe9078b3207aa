"""DOOR: the filters of the panel as conditions of the walk, and as chips above the question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from rag.app.inert import inert_line, inert_markdown
from rag.app.wording import interface_language, name_language, say
from rag.filters import Condition
from rag.library import Library

_LISTS, _DAYS = ("language", "source", "document"), ("from", "to")
_FILTERS = "filters"
_CHIP_CHARS = 48


@dataclass(slots=True)
class Filters:
    """What is chosen: values of ``_LISTS``, a day or None for ``_DAYS``.

    Another ``edition`` has other widgets, which begin with what is chosen now. A widget that is only told a new value
    may never hear it, where the next run of the page cuts this one short, and then answers with what it held before.
    The methods that buttons call touch nothing but this object: at each look into the session a run may be cut short.
    """

    chosen: dict[str, Any]
    edition: int = 0

    def set(self, **values: Any) -> None:
        """Choose these."""
        self.chosen |= values
        self.edition += 1

    def clear(self) -> None:
        """Take every filter away."""
        self.set(**_nothing())

    def add_document(self, document_id: str) -> None:
        """Search in this document too, and in no other that is not chosen."""
        kept = self.chosen["document"]
        if document_id not in kept:
            self.set(document=[*kept, document_id])

    def remove(self, condition: Condition) -> None:
        """Take one filter away."""
        if condition.field == "date":
            self.set(**{"from" if condition.operator == ">=" else "to": None})
        else:
            kept = self.chosen[condition.field]
            self.set(**{condition.field: [value for value in kept if value != condition.value]})


def filters() -> Filters:
    """The filters of this visitor."""
    kept: Filters = st.session_state.setdefault(_FILTERS, Filters(_nothing()))
    return kept


def draw_filters(library: Library) -> list[Condition]:
    """The filters, with what the index has to offer, and the conditions they stand for."""
    documents = library.passages.documents
    languages = {tag: name_language(tag) for tag in library.manifest.languages}
    names = sorted({facts.source for facts in documents if facts.source}, key=str.casefold)
    sources = {name: inert_line(name) for name in names}
    titles = {document_id: inert_line(title) for document_id, title in titles_of(library).items()}
    days = _days_offered([facts.date for facts in documents if facts.date])
    kept = filters()
    _let_go(kept, {"language": languages, "source": sources, "document": titles}, *days)
    _draw_list(kept, "language", say("language"), languages)
    for name in _DAYS:
        _draw_day(kept, name, *days)
    _draw_list(kept, "source", say("source"), sources)
    _draw_list(kept, "document", say("document"), titles)
    st.caption(say("filter_note"))
    return _conditions(kept.chosen)


def _days_offered(dates: Sequence[str]) -> tuple[date, date]:
    """The first and the last day that can be chosen: one that is not is passed over by the browser without a word."""
    years = [max(1, int(day[:4])) for day in dates]
    this = date.today().year
    return date(min([*years, this - 100]), 1, 1), date(max([*years, this + 10]), 12, 31)


def titles_of(library: Library) -> dict[str, str]:
    """The title of each document by its id, with the id where several have the same: nobody could choose among them."""
    documents = library.passages.documents
    counts = Counter(facts.title for facts in documents)
    return {facts.id: facts.title if counts[facts.title] == 1 else f"{facts.title} · {facts.id}" for facts in documents}


def narrowed(conditions: Sequence[Condition], titles: Mapping[str, str] | None = None) -> list[str]:
    """Each condition in words of the interface; ``titles`` are those of documents by id, where known."""
    return [_in_words(condition, titles or {}) for condition in conditions]


def draw_active(library: Library, conditions: Sequence[Condition]) -> None:
    """The filters in force above the input, each a button that takes it away; nothing when there are none."""
    if not conditions:
        return
    titles = titles_of(library)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="active-filters"):
        for condition, words in zip(conditions, narrowed(conditions, titles), strict=True):
            st.button(
                inert_markdown(_short(words)),
                key=f"chip-{condition}",
                icon=":material/close:",
                help=inert_markdown(say("remove_filter", filter=words)),
                on_click=filters().remove,
                args=(condition,),
            )
        if len(conditions) > 1:
            st.button(say("clear_filters"), key="clear-filters", type="tertiary", on_click=filters().clear)


def _nothing() -> dict[str, Any]:
    return {field: [] for field in _LISTS} | dict.fromkeys(_DAYS)


def _let_go(kept: Filters, offered: Mapping[str, Mapping[str, str]], low: date, high: date) -> None:
    """Drop what a rebuilt index no longer has."""
    chosen = kept.chosen
    left: dict[str, Any] = {field: [value for value in chosen[field] if value in offered[field]] for field in _LISTS}
    left |= {name: chosen[name] if chosen[name] and low <= chosen[name] <= high else None for name in _DAYS}
    if left != chosen:
        kept.set(**left)


def _short(words: str) -> str:
    return words if len(words) <= _CHIP_CHARS else words[: _CHIP_CHARS - 1].rstrip() + "…"


def _draw_day(kept: Filters, name: str, low: date, high: date) -> None:
    """A day, or none."""
    key = f"filter-{name}-{kept.edition}"
    kept.chosen[name] = st.date_input(say(name), kept.chosen[name], low, high, key=key, format="YYYY-MM-DD")


def _draw_list(kept: Filters, field: str, label: str, labels: Mapping[str, str]) -> None:
    """Some of the values, each with its label; in another language of the interface it is another widget.

    The browser answers with labels: those of the language before would stand for nothing.
    """
    kept.chosen[field] = st.multiselect(
        label, list(labels), kept.chosen[field], format_func=lambda value: labels[value],
        key=f"filter-{field}-{interface_language()}-{kept.edition}", placeholder=say("any_value"),
    )  # fmt: skip


def _in_words(condition: Condition, titles: Mapping[str, str]) -> str:
    value = inert_line(titles.get(condition.value, condition.value))
    if condition.field == "language":
        value = name_language(condition.value)
    elif condition.field == "date":
        return say("filter_from" if condition.operator == ">=" else "filter_to", value=value)
    return say(f"filter_{condition.field}", value=value)


def _conditions(chosen: Mapping[str, Any]) -> list[Condition]:
    exactly = {"source": "=="}  # "Conseil" is not "Conseil d'État"
    lists = {
        field: [Condition(field, exactly.get(field, "="), value) for value in chosen[field]] for field in _LISTS
    }
    days = {"from": ">=", "to": "<="}
    dates = [Condition("date", days[name], chosen[name].isoformat()) for name in _DAYS if chosen[name]]
    return [*lists["language"], *dates, *lists["source"], *lists["document"]]
