"""DOOR: the page of the evaluation: the last report, its plots, what failed, and what changed since the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit as st

from rag.answer.extractive import ExtractiveModel
from rag.app.desk import answering_model
from rag.app.evaluating import draw_evaluation, evaluator, finished_report, start_evaluation
from rag.app.inert import inert_html, inert_line, inert_markdown
from rag.app.report_tables import FIGURES, NO_SHARES, draw_failed, draw_languages, figure, figure_name
from rag.app.visit import visit
from rag.app.wording import decimal, name_language, number, percent, say
from rag.curves import reliability, risk_coverage
from rag.errors import ReportUnusable, TestSetError
from rag.evaluate import missing_gold, read_test_set
from rag.judging import file_of_test_set
from rag.library import Library
from rag.report import SavedReport, differences, read_report, report_files

_LOWER_IS_BETTER = frozenset({"false_refusal_rate"})
_NAMED = 5
_LATENCY_BINS = 20
_LEAST_RISK = 0.1  # the scale goes so far where nothing is wrong


def viewing_report() -> bool:
    """Whether the evaluation is shown in the place of the conversation."""
    return visit().evaluating


def draw_report_page(library: Library) -> None:
    """The page."""
    with st.container(key="report"):
        st.html(f'<h1 class="desk-head"><strong>{inert_html(say("report"))}</strong></h1>')
        st.button(say("report_back"), key="report-back", icon=":material/arrow_back:", on_click=visit().converse)
        _draw_run(library)
        files = report_files(library.config)
        if not files:
            st.info(inert_markdown(say("report_none", file=str(file_of_test_set(library.config)))))
            return
        finished = finished_report(library.config)
        # Another one when a report is finished: what was chosen before, here or in the browser, does not hide it.
        key = f"report-file-{finished.name if finished else 'first'}"
        file = st.selectbox(say("report_which"), files, format_func=_label, key=key)
        if file == finished:
            st.success(inert_markdown(say("report_finished", file=_label(file))))
        report = read_report(file)
        before = _before(report, files[files.index(file) + 1 :])
        _draw_facts(report)
        _draw_main(report, before)
        draw_languages(report)
        _draw_plots(report)
        draw_failed(report.cases)


def _label(file: Path) -> str:
    stamp = file.name.removeprefix("report-")[:15]
    try:
        return f"{datetime.strptime(stamp, '%Y%m%dT%H%M%S'):%Y-%m-%d %H:%M:%S} UTC"
    except ValueError:
        return inert_line(file.name)


def _draw_run(library: Library) -> None:
    """A button that asks every question of the test set, or how far that is."""
    draw_evaluation(library.config)
    file = file_of_test_set(library.config)
    if not file.exists() or evaluator(library.config).asking.running:
        return
    st.button(
        say("report_run"), key="report-run", icon=":material/play_arrow:", help=inert_markdown(str(file)),
        on_click=start_evaluation, args=(library, answering_model(), file),
    )  # fmt: skip
    _draw_missing(library, file)


def _draw_missing(library: Library, file: Path) -> None:
    """Which documents of the test set the index lacks: their questions count as not found."""
    with suppress(TestSetError):  # asking them says what is wrong with it
        missing = missing_gold(read_test_set(file), lambda name: library.passages.facts(name) is not None)
        if missing:
            names = ", ".join([*list(missing)[:_NAMED], *(["…"] if len(missing) > _NAMED else [])])
            told = say("report_missing", count=number(sum(missing.values())), documents=inert_line(names))
            st.warning(inert_markdown(told))


def _before(report: SavedReport, older: Sequence[Path]) -> SavedReport | None:
    """The newest older report on the same test set."""
    for file in older:
        with suppress(ReportUnusable):  # an old one that is damaged hides no good one
            found = read_report(file)
            if found.test_set == report.test_set:
                return found
    return None


def _draw_facts(report: SavedReport) -> None:
    counts = report.overall["counts"]
    facts = (
        (say("report_set"), inert_line(report.test_set)),
        (say("report_questions"), number(int(counts["questions"] or 0))),
        (say("report_index"), inert_line(f"{report.corpus} · {_moment(report.index_created)}")),
        (say("report_model"), inert_line(f"{_answered_by(report)} · {report.encoder} · {report.version}")),
        (say("strictness"), percent(report.strictness)),
    )
    lines = "".join(f"<span>{inert_html(key)}</span><b>{inert_html(value)}</b>" for key, value in facts)
    st.html(f'<div class="desk-facts">{lines}</div>')


def _moment(stamp: str) -> str:
    """A day and an hour as it is written elsewhere on the page; what is none stays as it is."""
    try:
        return f"{datetime.fromisoformat(stamp).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return stamp


def _answered_by(report: SavedReport) -> str:
    """The model, or in words that the answers were quotations."""
    return say("by_quotes") if report.model == ExtractiveModel.__name__ else report.model


def _draw_main(report: SavedReport, before: SavedReport | None) -> None:
    """The main figures, each with its interval and how it differs from the run before."""
    shared = differences(report, before) if before is not None else None
    with st.container(key="figures"):
        for name in FIGURES:
            value = report.overall["figures"].get(name)
            if value is None:
                continue
            new, old = shared.figures.get(name, (None, None)) if shared is not None else (None, None)
            st.metric(
                figure_name(name),
                figure(name, value),
                None if new is None or old is None else _signed(name, new - old),
                delta_color="off" if new == old else "inverse" if name in _LOWER_IS_BETTER else "normal",
                delta_arrow="off" if new == old else "auto",
                help=_interval(name, report.bootstrap.get(name)),
                border=True,
            )
    if shared is None:
        st.caption(say("report_first"))
    else:
        st.caption(say("report_before", count=number(shared.count)) if shared.count else say("report_apart"))


def _interval(name: str, bounds: tuple[float, float] | None) -> str | None:
    if bounds is None:
        return None
    return say("report_interval", low=figure(name, bounds[0]), high=figure(name, bounds[1]))


def _signed(name: str, change: float) -> str:
    told = decimal(change, 2) if name in NO_SHARES else decimal(100 * change, 1)
    return told if change < 0 else f"+{told}"


def _draw_plots(report: SavedReport) -> None:
    left, right = st.columns(2, gap="medium")
    cases = report.cases
    with left:
        st.subheader(say("plot_reliability"))
        bins = reliability([case.probability for case in cases], [case.answerable for case in cases])
        lines = {
            say("plot_true"): [(one.mean, one.share) for one in bins],
            say("plot_honest"): [(one.mean, one.mean) for one in bins],
        }
        _draw_lines(lines, say("plot_said"), 1.0)
        st.caption(say("plot_reliability_note"))
    with right:
        st.subheader(say("plot_risk"))
        given = [(case.probability, case.right) for case in cases if case.right is not None]
        points = risk_coverage([chance for chance, _ in given], [right for _, right in given], len(cases))
        risks = [(point.coverage, point.risk) for point in points]
        _draw_lines({say("plot_wrong"): risks}, say("plot_coverage"), max([risk for _, risk in risks] + [_LEAST_RISK]))
        st.caption(say("plot_risk_note"))
    with left:
        st.subheader(say("plot_recall"))
        names = {name: figure_name(name) for name in ("recall@1", "recall@5")}
        every = [(tag, parts["figures"]) for tag, parts in report.by_language.items()]
        found = [(tag, figures) for tag, figures in every if figures.get("recall@1") is not None]
        bars: dict[str, list[Any]] = {say("language"): [name_language(tag) for tag, _ in found]}
        bars |= {label: [round(100 * (figures[name] or 0), 1) for _, figures in found] for name, label in names.items()}
        st.bar_chart(bars, x=say("language"), y=list(names.values()), y_label="%", x_label="", stack=False)
    with right:
        st.subheader(say("plot_latency"))
        _draw_latencies([case.total_ms for case in cases])


def _draw_lines(lines: Mapping[str, Sequence[tuple[float, float]]], x: str, top: float) -> None:
    """Lines through points of two shares, drawn in percent: across from 0 to 100, up to ``top``."""
    rows = [
        {"x": round(100 * across, 1), "y": round(100 * up, 1), "line": name}
        for name, points in lines.items()
        for across, up in points
    ]
    axes: dict[str, Any] = {
        "x": {"field": "x", "type": "quantitative", "title": f"{x} (%)", "scale": {"domain": [0, 100]}},
        "y": {"field": "y", "type": "quantitative", "title": "%", "scale": {"domain": [0, 100 * top], "nice": True}},
        "color": {"field": "line", "type": "nominal", "title": None, "sort": list(lines)},
    }
    axes["color"]["legend"] = {"orient": "bottom"} if len(lines) > 1 else None
    mark = {"type": "line", "point": True, "tooltip": True}
    st.vega_lite_chart({"data": {"values": rows}, "mark": mark, "encoding": axes, "height": 300})


def _draw_latencies(values: Sequence[float]) -> None:
    """How many questions took how long."""
    step, counts = histogram(values)
    rows = [{"low": place * step, "high": (place + 1) * step, "count": count} for place, count in enumerate(counts)]
    axes: dict[str, Any] = {
        "x": {"field": "low", "type": "quantitative", "bin": {"binned": True, "step": step}, "title": "ms"},
        "x2": {"field": "high"},
        "y": {"field": "count", "type": "quantitative", "title": say("report_questions")},
    }
    st.vega_lite_chart({"data": {"values": rows}, "mark": "bar", "encoding": axes, "height": 300})


def histogram(values: Sequence[float]) -> tuple[int, list[int]]:
    """The round width of a bar, and how many values are in each from 0 on; the slowest hundredth is in the last.

    >>> histogram([0.0, 30.0, 50.0, 90.0])
    (5, [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2])
    """
    top = sorted(values)[max(0, int(0.99 * len(values)) - 1)] if values else 0.0
    widths = (digit * 10**power for power in range(12) for digit in (1, 2, 5))
    step = next(width for width in widths if top / width < _LATENCY_BINS)
    counts = [0] * (int(top / step) + 1)
    for value in values:
        counts[min(len(counts) - 1, int(value / step))] += 1
    return step, counts
