"""DOOR: the page of the evaluation: the last report, its plots, what failed, and what changed since the one before."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import streamlit as st

from rag.app.desk import answering_model
from rag.app.evaluating import draw_evaluation, evaluator, finished_report, start_evaluation
from rag.app.inert import inert, inert_html, inert_line, inert_markdown
from rag.app.visit import visit
from rag.app.wording import name_language, number, percent, say
from rag.curves import reliability, risk_coverage
from rag.errors import ReportUnusable
from rag.judging import file_of_test_set
from rag.library import Library
from rag.report import Case, SavedReport, differences, read_report, report_files

_MAIN = ("recall@1", "recall@5", "contained", "citation_precision", "false_refusal_rate", "refusal_recall", "auroc")
_LOWER_IS_BETTER = frozenset({"false_refusal_rate"})
_TABLE = (*_MAIN[:2], "recall@10", "mrr@10", *_MAIN[2:], "quote_faithfulness", "median_ms", "p95_ms")
_LISTED = 200
_LATENCY_BINS = 20


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
        _draw_table(report)
        _draw_plots(report)
        _draw_failed(report.cases)


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
        (say("report_index"), inert_line(f"{report.corpus} · {report.index_created}")),
        (say("report_model"), inert_line(f"{report.model} · {report.encoder} · {report.version}")),
        (say("strictness"), percent(report.strictness)),
    )
    lines = "".join(f"<span>{inert_html(key)}</span><b>{inert_html(value)}</b>" for key, value in facts)
    st.html(f'<div class="desk-facts">{lines}</div>')


def _draw_main(report: SavedReport, before: SavedReport | None) -> None:
    """The main figures, each with its interval and how it differs from the run before."""
    shared = differences(report, before) if before is not None else None
    with st.container(horizontal=True, gap="small"):
        for name in _MAIN:
            value = report.overall["figures"].get(name)
            if value is None:
                continue
            new, old = shared.figures.get(name, (None, None)) if shared is not None else (None, None)
            st.metric(
                say(f"figure_{_key(name)}"),
                _figure(name, value),
                None if new is None or old is None else _signed(new - old),
                delta_color="inverse" if name in _LOWER_IS_BETTER else "normal",
                help=_interval(report.bootstrap.get(name)),
                width=190,
                border=True,
            )
    if shared is None:
        st.caption(say("report_first"))
    else:
        st.caption(say("report_before", count=number(shared.count)) if shared.count else say("report_apart"))


def _key(name: str) -> str:
    return name.replace("@", "_")


def _interval(bounds: tuple[float, float] | None) -> str | None:
    if bounds is None:
        return None
    return say("report_interval", low=f"{100 * bounds[0]:.1f}", high=f"{100 * bounds[1]:.1f}")


def _signed(change: float) -> str:
    return f"{100 * change:+.1f}"


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if name.endswith("_ms") else f"{100 * value:.1f}"


def _draw_table(report: SavedReport) -> None:
    """A row a language and one for all; shares in percent."""
    rows = [(name_language(tag), parts) for tag, parts in report.by_language.items()]
    rows.append((say("report_all"), report.overall))
    table: dict[str, list[Any]] = {say("language"): [name for name, _ in rows]}
    table[say("report_questions")] = [int(parts["counts"]["questions"] or 0) for _, parts in rows]
    for name in _TABLE:
        table[say(f"figure_{_key(name)}")] = [_figure(name, parts["figures"].get(name)) for _, parts in rows]
    st.subheader(say("report_languages"))
    st.dataframe(table, hide_index=True)


def _draw_plots(report: SavedReport) -> None:
    left, right = st.columns(2, gap="medium")
    cases = report.cases
    with left:
        st.subheader(say("plot_reliability"))
        bins = reliability([case.probability for case in cases], [case.answerable for case in cases])
        means = [round(100 * one.mean, 1) for one in bins]
        shares = {say("plot_true"): [round(100 * one.share, 1) for one in bins], say("plot_honest"): means}
        _line({say("plot_said"): means} | shares, say("plot_said"), list(shares), "%")
        st.caption(say("plot_reliability_note"))
    with right:
        st.subheader(say("plot_risk"))
        given = [(case.probability, case.right) for case in cases if case.right is not None]
        points = risk_coverage([chance for chance, _ in given], [right for _, right in given], len(cases))
        data = {
            say("plot_coverage"): [round(100 * point.coverage, 1) for point in points],
            say("plot_wrong"): [round(100 * point.risk, 1) for point in points],
        }
        _line(data, say("plot_coverage"), [say("plot_wrong")], "%")
        st.caption(say("plot_risk_note"))
    with left:
        st.subheader(say("plot_recall"))
        names = {name: say(f"figure_{_key(name)}") for name in ("recall@1", "recall@5")}
        every = [(tag, parts["figures"]) for tag, parts in report.by_language.items()]
        found = [(tag, figures) for tag, figures in every if figures.get("recall@1") is not None]
        bars: dict[str, list[Any]] = {say("language"): [name_language(tag) for tag, _ in found]}
        bars |= {label: [round(100 * (figures[name] or 0), 1) for _, figures in found] for name, label in names.items()}
        st.bar_chart(bars, x=say("language"), y=list(names.values()), y_label="%", x_label="", stack=False)
    with right:
        st.subheader(say("plot_latency"))
        st.bar_chart(_histogram([case.total_ms for case in cases]), x="ms", y=say("report_questions"), x_label="ms")


def _line(data: dict[str, list[Any]], x: str, y: list[str], unit: str) -> None:
    st.line_chart(data, x=x, y=y, x_label=f"{x} ({unit})", y_label=unit)


def _histogram(values: Sequence[float]) -> dict[str, list[Any]]:
    """How many questions took how long; the slowest hundredth is in the last bar."""
    top = sorted(values)[max(0, int(0.99 * len(values)) - 1)] or 1.0
    counts = [0] * _LATENCY_BINS
    for value in values:
        counts[min(_LATENCY_BINS - 1, int(value / top * _LATENCY_BINS))] += 1
    middles = [round((place + 0.5) * top / _LATENCY_BINS, 1) for place in range(_LATENCY_BINS)]
    return {"ms": middles, say("report_questions"): counts}


def _draw_failed(cases: Sequence[Case]) -> None:
    """The questions that went wrong, each with what was found in the place of what was wanted."""
    failed = [case for case in cases if case.failed]
    st.subheader(say("report_failed", count=number(len(failed)), total=number(len(cases))))
    table = {
        say("report_question"): [inert_line(case.question) for case in failed[:_LISTED]],
        say("language"): [name_language(case.language) for case in failed[:_LISTED]],
        say("report_what"): [_what(case) for case in failed[:_LISTED]],
        say("report_rank"): ["–" if case.rank is None else str(case.rank) for case in failed[:_LISTED]],
        say("report_wanted"): [inert_line(case.document_id or "–") for case in failed[:_LISTED]],
        say("report_gold"): [inert_line(" | ".join(case.answers) or "–") for case in failed[:_LISTED]],
        say("report_found"): [inert(", ".join(case.found)) for case in failed[:_LISTED]],
        say("report_reply"): [inert_line(case.reply)[:300] for case in failed[:_LISTED]],
    }
    if failed:
        wide = st.column_config.TextColumn(width=320)
        st.dataframe(table, hide_index=True, column_config={say("report_question"): wide})


def _what(case: Case) -> str:
    if case.refused:
        return say("failed_refused")
    return say("failed_wrong") if case.answerable else say("failed_answered")
