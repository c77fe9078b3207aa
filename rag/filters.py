"""FACTS: the conditions that narrow a search: ``language=fr``, ``date>=2023-06``, ``source=Conseil``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Protocol

from rag.errors import BadUsage
from rag.text.analysis import fold

FIELDS = ("language", "date", "source", "title", "document")
_HELD_SOMEWHERE = frozenset({"source", "title"})
_CONDITION = re.compile(r"\s*(\w+)\s*(>=|<=|!=|==?|>|<)\s*(.*?)\s*", re.DOTALL)
OFFERED = 5
"""How many values of a field are offered where none was met."""
_COMPARED = 1000  # the most frequent values of a field are looked at, so that many documents cost little
_NEAR = 0.5
_DATE = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")


class Filtered(Protocol):
    """What a condition looks at."""

    @property
    def id(self) -> str:
        """The document's id."""

    @property
    def title(self) -> str:
        """The document's title."""

    @property
    def language(self) -> str:
        """The document's language tag."""

    @property
    def date(self) -> str | None:
        """ISO 8601, possibly only a year or a month."""

    @property
    def source(self) -> str | None:
        """Who published it."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: ``field`` is one of FIELDS, ``operator`` one of = == != > >= < <=."""

    field: str
    operator: str
    value: str

    def __str__(self) -> str:
        """The condition as it is typed."""
        return f"{self.field}{self.operator}{self.value}"


def parse_condition(text: str) -> Condition:
    """The condition that ``text`` says; raises BadUsage saying what is wrong and what would be right.

    >>> parse_condition("date>=2023-06")
    Condition(field='date', operator='>=', value='2023-06')
    """
    match = _CONDITION.fullmatch(text)
    if match is None or not match[3]:
        raise BadUsage(f"the filter {text!r} is not understood: write for example language=fr or date>=2023-06")
    field, operator, value = match[1].lower(), match[2], match[3]
    if field not in _HELD_SOMEWHERE:
        operator = operator.replace("==", "=")
    if field not in FIELDS:
        raise BadUsage(f"the filter {text!r} names no known field: use one of {', '.join(FIELDS)}")
    if field == "date" and not _DATE.fullmatch(value):
        raise BadUsage(f"the filter {text!r} needs a date such as 2023, 2023-06 or 2023-06-30")
    if field != "date" and operator not in ("=", "==", "!="):
        raise BadUsage(f"the filter {text!r} cannot use {operator}: only date has an order, the others take = or !=")
    return Condition(field, operator, value)


def passes(document: Filtered, conditions: Iterable[Condition]) -> bool:
    """Whether the document meets the conditions: one of those with ``=`` or ``==`` on a field, and every other one.

    ``language`` and ``document`` are compared whole, ``source`` and ``title`` hold the value somewhere, or are it with
    ``==`` (accents and case aside). A date stands for its whole period: ``date<=2023-06`` takes all of June, and a
    document without a date meets no condition on dates.
    """
    wanted: dict[str, bool] = {}
    for condition in conditions:
        met = _meets(document, condition)
        if condition.operator in ("=", "=="):
            wanted[condition.field] = wanted.get(condition.field, False) or met
        elif not met:
            return False
    return all(wanted.values())


def offered(documents: Sequence[Filtered], conditions: Sequence[Condition]) -> list[Condition]:
    """What could be asked for instead of conditions that no document meets.

    On each field without whose conditions some documents would do, the values of these; on every field, values of all
    documents, where none is such. The nearest to what was asked for come first, then the most frequent, OFFERED of a
    field at most; of dates the first and the last.
    """
    fields = dict.fromkeys(condition.field for condition in conditions)
    without = {field: [condition for condition in conditions if condition.field != field] for field in fields}
    left = {field: [one for one in documents if passes(one, others)] for field, others in without.items()}
    found: list[Condition] = []
    for field, fitting in left.items():
        if any(left.values()) and not fitting:
            continue
        fitting = fitting or list(documents)
        if field == "date":
            dates = sorted(document.date for document in fitting if document.date)
            found += [Condition("date", ">=", dates[0]), Condition("date", "<=", dates[-1])] if dates else []
            continue
        counted = Counter(filter(None, (_value(document, field) for document in fitting)))
        asked = [fold(condition.value) for condition in conditions if condition.field == field]
        ordered = [value for value, _ in counted.most_common(_COMPARED)]
        ordered.sort(key=lambda value: -max(_nearness(fold(value), other) for other in asked))
        found += [Condition(field, "=", value) for value in ordered[:OFFERED]]
    return found


def _nearness(value: str, asked: str) -> float:
    """How much two folded values have in common where that is much, else 0."""
    ratio = SequenceMatcher(None, value, asked).ratio()
    return ratio if ratio > _NEAR else 0.0


def _value(document: Filtered, field: str) -> str:
    values = {"language": document.language, "source": document.source or "", "title": document.title}
    return values.get(field, document.id)


def _meets(document: Filtered, condition: Condition) -> bool:
    if condition.field == "date":
        return document.date is not None and _date_meets(document.date, condition.operator, condition.value)
    if condition.field in ("source", "title"):
        text = document.source or "" if condition.field == "source" else document.title
        if condition.operator == "==":
            return fold(condition.value) == fold(text)
        met = fold(condition.value) in fold(text)
    elif condition.field == "language":
        met = document.language.lower() == condition.value.lower()
    else:
        met = document.id == condition.value
    return met == (condition.operator == "=")


def _date_meets(date: str, operator: str, value: str) -> bool:
    first, last = _period(date)
    low, high = _period(value)
    return {
        "=": low <= first and last <= high,
        "!=": not (low <= first and last <= high),
        ">": first > high,
        ">=": first >= low,
        "<": last < low,
        "<=": last <= high,
    }[operator]


def _period(date: str) -> tuple[str, str]:
    """The first and last day of a year, a month or a day, as strings that sort."""
    return date + "-01-01"[len(date) - 4 :] if len(date) < 10 else date, date + "-12-31"[len(date) - 4 :]
