"""DOOR: the tables of the evaluation, as HTML that fits the window: by language, and of what went wrong."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rag.app.inert import inert_html, inert_line
from rag.app.wording import decimal, name_language, number, percent, say
from rag.report import Case, SavedReport

FIGURES = ("recall@1", "recall@5", "contained", "citation_precision", "false_refusal_rate", "refusal_recall", "auroc")
"""The main figures, in the order in which they are shown."""
NO_SHARES = frozenset({"mrr@10", "auroc"})
"""Figures that are no shares of a hundred."""

_TABLE = (*FIGURES[:2], "recall@10", "mrr@10", *FIGURES[2:], "quote_faithfulness", "median_ms", "p95_ms")
# A narrow window has room for these.
_NARROW = frozenset({"recall@1", "recall@5", "contained"})
_NOTHING = "–"
_LISTED = 200
_REPLY_CHARS = 300
_Row = Sequence[tuple[str, str]]


def figure_name(name: str) -> str:
    """What a figure is called."""
    return say(f"figure_{name.replace('@', '_')}")


def figure(name: str, value: float | None) -> str:
    """A figure as it is written: a share in percent, a time in milliseconds."""
    if value is None:
        return _NOTHING
    if name.endswith("_ms"):
        return number(round(value))
    return decimal(value, 2) if name in NO_SHARES else percent(value, 1)


def draw_languages(report: SavedReport) -> None:
    """A row a language and one for all; a figure that no row has is left out."""
    parts = [(name_language(tag), part) for tag, part in report.by_language.items()]
    parts.append((say("report_all"), report.overall))
    names = [name for name in _TABLE if any(part["figures"].get(name) is not None for _, part in parts)]
    heads = [("", say("language")), ("", say("report_questions"))]
    heads += [(_kind(name), figure_name(name)) for name in names]
    rows: list[_Row] = [
        [
            ("", language),
            ("", number(int(part["counts"]["questions"] or 0))),
            *((_kind(name), figure(name, part["figures"].get(name))) for name in names),
        ]
        for language, part in parts
    ]
    st.subheader(say("report_languages"))
    _draw("figures", heads, rows)


def _kind(name: str) -> str:
    return "" if name in _NARROW else "lesser"


def draw_failed(cases: Sequence[Case]) -> None:
    """The questions that went wrong, each with what was found in the place of what was wanted."""
    failed = [case for case in cases if case.failed]
    st.subheader(say("report_failed", count=number(len(failed)), total=number(len(cases))))
    heads = [("", say(key)) for key in ("report_question", "report_what", "report_gold", "report_reply")]
    if failed:
        _draw("failed", heads, [_failed(case) for case in failed[:_LISTED]])


def _failed(case: Case) -> _Row:
    """Question, what happened, what was wanted, what came; each with the lesser facts under it."""
    rank = "" if case.rank is None else f"{say('report_rank')} {number(case.rank)}"
    reply = inert_line(case.reply)[:_REPLY_CHARS]
    return [
        ("", _lines(case.question, name_language(case.language))),
        ("", _lines(_what(case), rank)),
        ("", _lines(" | ".join(case.answers) or _NOTHING, case.document_id or "")),
        ("", _lines(reply or _NOTHING, ", ".join(case.found))),
    ]


def _lines(first: str, second: str) -> str:
    return f"{inert_line(first)}\n{inert_line(second)}".strip()


def _what(case: Case) -> str:
    if case.refused:
        return say("failed_refused")
    return say("failed_wrong") if case.answerable else say("failed_answered")


def _draw(name: str, heads: _Row, rows: Sequence[_Row]) -> None:
    """A table; each cell has a class and a text, whose second line is a lesser one."""
    top = "".join(f'<th scope="col" class="{kind}">{inert_html(text)}</th>' for kind, text in heads)
    body = ""
    for row in rows:
        told = zip(heads, row, strict=True)
        cells = [_cell(head, *cell, first=place == 0) for place, ((_, head), cell) in enumerate(told)]
        body += f"<tr>{''.join(cells)}</tr>"
    st.html(f'<table class="desk-table is-{name}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>')


def _cell(head: str, kind: str, text: str, *, first: bool) -> str:
    """A cell, which knows the head of its column: a narrow window has the columns one under the other."""
    begin, end = ('th scope="row"', "th") if first else (f'td data-head="{inert_html(head)}"', "td")
    words, _, lesser = text.partition("\n")
    under = f'<span class="desk-note">{inert_html(lesser)}</span>' if lesser else ""
    return f'<{begin} class="{kind}">{inert_html(words)}{under}</{end}>'
