"""WALK: an evaluation -> a report on disk: its figures with intervals, and every question with what was found."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rag import metrics
from rag.answer import AnsweringModel
from rag.ask import ask
from rag.config import Config
from rag.curves import bootstrap_auroc, bootstrap_mean
from rag.errors import ReportUnusable
from rag.evaluate import Judgement, Report, TestQuestion, evaluate, judge
from rag.library import Library
from rag.records import from_record, to_record
from rag.schema import Answer

FORMAT = 1
REPORTS_FOLDER = "reports"
"""Beside the generations of an index."""

_SHOWN_HITS = 3


@dataclass(frozen=True, slots=True)
class Case:
    """One question of a test set and what came of it.

    ``right`` is None for a question that was refused. An answer is right if it cites the gold document; where none is
    named, if it holds a gold answer; an answer to a question that has none is wrong. ``rank`` is that of the gold
    document. ``found`` holds the ids of the first documents that were found. ``contained`` is whether the answer holds
    a gold one, None where that is not judged; ``cited`` whether each of its citations is of the gold document.
    """

    id: str
    language: str
    question: str
    answerable: bool
    refused: bool
    right: bool | None
    probability: float
    total_ms: float
    document_id: str | None
    rank: int | None
    answers: tuple[str, ...]
    found: tuple[str, ...]
    reply: str
    contained: bool | None = None
    cited: tuple[bool, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the person was served badly: a wrong answer, or a refusal where there was an answer."""
        return self.right is False or (self.refused and self.answerable)


@dataclass(frozen=True, slots=True)
class SavedReport:
    """A report as it is kept. ``overall`` and ``by_language`` are what `rag eval --json` prints.

    ``bootstrap`` holds 95% intervals of the main figures over all languages; ``created`` is ISO 8601 in UTC.
    """

    format: int
    created: str
    version: str
    test_set: str
    index_created: str
    corpus: str
    encoder: str
    model: str
    strictness: float
    overall: dict[str, dict[str, float | None]]
    by_language: dict[str, dict[str, dict[str, float | None]]]
    bootstrap: dict[str, tuple[float, float] | None]
    cases: tuple[Case, ...] = field(default=())


def case_of(question: TestQuestion, answer: Answer, judgement: Judgement) -> Case:
    """What is kept of one question."""
    right: bool | None = None
    if answer.refusal is None:
        if judgement.in_gold_document:
            right = any(judgement.in_gold_document)
        else:
            right = any(contained for _, _, contained in judgement.matches)
    found = dict.fromkeys(hit.passage.document_id for hit in answer.hits)
    return Case(
        id=question.id,
        language=question.language,
        question=question.question,
        answerable=question.answerable,
        refused=answer.refusal is not None,
        right=right,
        probability=answer.probability,
        total_ms=judgement.total_ms,
        document_id=question.document_id if question.answerable else None,
        rank=judgement.document_ranks[0] if judgement.document_ranks else None,
        answers=question.answers,
        found=tuple(found)[:_SHOWN_HITS],
        reply=answer.text,
        contained=judgement.matches[0][2] if judgement.matches else None,
        cited=judgement.in_gold_document,
    )


def run(
    library: Library,
    model: AnsweringModel,
    questions: Sequence[TestQuestion],
    test_set: str,
    *,
    progress: Callable[[int], None] | None = None,
    record: Callable[[TestQuestion, Answer], None] | None = None,
) -> tuple[Report, SavedReport]:
    """Ask every question and judge the answers; gives back the figures and the report to keep."""
    cases: list[Case] = []
    judgements: list[Judgement] = []

    def keep(question: TestQuestion, answer: Answer) -> None:
        judgements.append(judge(question, answer, library.passages.text))
        cases.append(case_of(question, answer, judgements[-1]))
        if record is not None:
            record(question, answer)

    report = evaluate(
        lambda question: ask(library, question, model),
        library.passages.text,
        questions,
        progress=progress,
        record=keep,
        document_language=partial(_language_of, library),
    )
    strictness = library.config.strictness
    saved = SavedReport(
        format=FORMAT,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        version=version("communique-rag"),
        test_set=test_set,
        index_created=library.manifest.created,
        corpus=library.manifest.corpus,
        encoder=library.encoder.card.name,
        model=type(model).__name__,
        strictness=model.default_strictness if strictness is None else strictness,
        overall=_flat(report.overall.to_json()),
        by_language={language: _flat(figures.to_json()) for language, figures in report.by_language.items()},
        bootstrap=intervals(judgements),
        cases=tuple(cases),
    )
    return report, saved


def _flat(values: dict[str, Any]) -> dict[str, dict[str, float | None]]:
    """Counts and figures; the Wilson intervals stay out, the bootstrap's stand for them."""
    return {part: dict(values[part]) for part in ("counts", "figures")}


def intervals(judgements: Sequence[Judgement]) -> dict[str, tuple[float, float] | None]:
    """The bootstrap intervals of the main figures; None of a figure over nothing.

    Questions are drawn, for ``citation_precision`` citations.
    """
    ranks = [rank for one in judgements for rank in one.document_ranks]
    matches = [match for one in judgements for match in one.matches]
    refused = {kind: [float(one.refused) for one in judgements if one.answerable is kind] for kind in (True, False)}
    chances = {kind: [one.probability for one in judgements if one.answerable is kind] for kind in (True, False)}
    found = {
        f"recall@{depth}": [float(rank is not None and rank <= depth) for rank in ranks] for depth in (1, 5, 10)
    }
    figures = found | {
        "mrr@10": [1 / rank if rank is not None and rank <= 10 else 0.0 for rank in ranks],
        "contained": [float(contained) for _, _, contained in matches],
        "token_f1": [f1 for _, f1, _ in matches],
        "citation_precision": [float(right) for one in judgements for right in one.in_gold_document],
        "false_refusal_rate": refused[True],
        "refusal_recall": refused[False],
    }
    return {name: bootstrap_mean(values) for name, values in figures.items()} | {
        "auroc": bootstrap_auroc(chances[True], chances[False])
    }


def save_report(report: SavedReport, file: Path) -> None:
    """Write ``file`` in one step, its folder made if need be; raises ReportUnusable where that cannot be."""
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(json.dumps(to_record(report), indent=1), encoding="utf-8")
        unfinished.replace(file)
    except OSError as error:
        reason = error.strerror or error
        raise ReportUnusable(f"cannot write the report to {file} ({reason}): give another --report") from error
    finally:
        if unfinished.exists():
            unfinished.unlink()


def new_file(config: Config, report: SavedReport) -> Path:
    """Where a report is kept beside the index: names sort by time."""
    time = report.created.replace(":", "").replace("-", "").removesuffix("+0000")
    return config.index / REPORTS_FOLDER / f"report-{time}-{secrets.token_hex(2)}.json"


def report_files(config: Config) -> list[Path]:
    """The reports beside the index, the newest first."""
    return sorted((config.index / REPORTS_FOLDER).glob("report-*.json"), key=lambda path: path.name, reverse=True)


def read_report(file: Path) -> SavedReport:
    """The report in ``file``; raises ReportUnusable for anything else."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(record, dict) or record.get("format") != FORMAT:
            raise ValueError(f"its format is not {FORMAT}")
        return from_record(SavedReport, record)
    except (OSError, ValueError, RecursionError) as error:
        raise ReportUnusable(f"the report {file} cannot be read ({error}): run `rag eval` again") from error


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two reports over the ``count`` questions that both have.

    ``figures`` holds each figure in both, the newer first; None where it is over nothing, and where an older version
    did not keep what it is made of.
    """

    count: int
    figures: dict[str, tuple[float | None, float | None]]


def differences(now: SavedReport, before: SavedReport) -> Comparison:
    """The figures of the questions that both reports have, under the same id and in the same words."""
    asked = [{(case.id, case.question): case for case in report.cases} for report in (now, before)]
    shared = [key for key in asked[0] if key in asked[1]]
    if len(shared) == len(asked[0]) == len(asked[1]):
        new, old = now.overall["figures"], before.overall["figures"]
    else:
        new, old = (figures_of([cases[key] for key in shared]) for cases in asked)
    return Comparison(len(shared), {name: (value, old.get(name)) for name, value in new.items()})


def figures_of(cases: Sequence[Case]) -> dict[str, float | None]:
    """The main figures of some questions, as the walk ``evaluate`` counts them."""
    ranks = [case.rank for case in cases if case.document_id is not None]
    contained = [case.contained for case in cases if case.contained is not None]
    refusals = metrics.refusal_shares([case.answerable for case in cases], [case.refused for case in cases])
    chances = [[case.probability for case in cases if case.answerable is kind] for kind in (True, False)]
    shares = {
        **{f"recall@{depth}": metrics.recall_at(ranks, depth) for depth in (1, 5, 10)},
        "contained": metrics.share_of(contained),
        "citation_precision": metrics.share_of([right for case in cases for right in case.cited]),
        **refusals,
    }
    return {name: share.value for name, share in shares.items()} | {"auroc": metrics.auroc(*chances)}


def _language_of(library: Library, document_id: str) -> str | None:
    facts = library.passages.facts(document_id)
    return facts.language if facts else None


def result_line(question: TestQuestion, answer: Answer) -> dict[str, Any]:
    """The answer as a line of a results file: the question's id and its gold beside what `rag ask --json` prints."""
    gold = {
        "answerable": question.answerable,
        "answers": list(question.answers),
        "document_id": question.document_id,
        "start": question.start,
    }
    return {"id": question.id, "gold": gold} | answer.to_json()
