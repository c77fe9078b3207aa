"""Reports of evaluations: what they hold, kept and read back, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import write_corpus

from rag.answer.extractive import ExtractiveModel
from rag.build import build
from rag.cli import main
from rag.config import Config
from rag.errors import ReportUnusable
from rag.evaluate import TestQuestion
from rag.library import Library, open_library
from rag.report import SavedReport, differences, figures_of, new_file, read_report, report_files, run, save_report

QUESTIONS = (
    TestQuestion("lits", "fr", "Combien de lits compte le centre ?", ("quarante-deux",), "accueil.md", 109, True),
    TestQuestion("wrong", "de", "Wann wurde der Hafen gebaut?", ("1999",), "qiao.txt", None, True),
    TestQuestion("train", "en", "When does the night train leave Osterby?", ("21:40",), None, None, True),
    TestQuestion("none", "en", "Who painted The Night Watch?", (), None, None, False),
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """An index that answers everything."""
    folder = tmp_path_factory.mktemp("report")
    config = Config(index=folder / "index", strictness=0.0)
    build(write_corpus(folder / "corpus"), config)
    return open_library(config)


@pytest.fixture(scope="module")
def saved(library: Library) -> SavedReport:
    """The report of QUESTIONS."""
    return run(library, ExtractiveModel(), QUESTIONS, "four.jsonl")[1]


def test_every_question_is_kept_with_what_came_of_it(library: Library, saved: SavedReport) -> None:
    cases = {case.id: case for case in saved.cases}
    assert list(cases) == [question.id for question in QUESTIONS]
    assert {name: case.right for name, case in cases.items()} == {
        "lits": True, "wrong": False, "train": True, "none": False
    }  # fmt: skip
    assert [name for name, case in cases.items() if case.failed] == ["wrong", "none"]
    assert cases["lits"].found[0] == "accueil.md"
    assert cases["lits"].rank == 1
    assert "quarante-deux lits" in cases["lits"].reply
    refused, _ = run(replace(library, config=replace(library.config, strictness=1.0)), ExtractiveModel(), QUESTIONS, "")
    strict = run(replace(library, config=replace(library.config, strictness=1.0)), ExtractiveModel(), QUESTIONS, "")[1]
    assert [case.right for case in strict.cases] == [None] * 4
    assert [case.failed for case in strict.cases] == [True, True, True, False]
    assert strict.overall["figures"]["false_refusal_rate"] == 1.0 == refused.overall.shares["false_refusal_rate"].value


def test_the_intervals_hold_their_figures(saved: SavedReport) -> None:
    for name, interval in saved.bootstrap.items():
        value = saved.overall["figures"][name]
        assert value is not None
        assert interval is not None
        assert interval[0] <= value <= interval[1], name


def test_a_report_comes_back_as_it_was(library: Library, saved: SavedReport, tmp_path: Path) -> None:
    config = replace(library.config, index=tmp_path / "index")
    later = replace(saved, created="2031-01-01T00:00:00+00:00")
    for report in (later, saved):
        save_report(report, new_file(config, report))
    assert [read_report(file) for file in report_files(config)] == [later, saved]
    assert {path.suffix for path in (config.index / "reports").iterdir()} == {".json"}
    compared = differences(later, saved)
    assert compared.count == len(QUESTIONS)
    assert compared.figures["recall@1"] == (saved.overall["figures"]["recall@1"],) * 2


def test_only_the_questions_that_both_runs_have_are_compared(library: Library, saved: SavedReport) -> None:
    assert figures_of(saved.cases).items() <= saved.overall["figures"].items()
    fewer = run(library, ExtractiveModel(), QUESTIONS[1:2], "four.jsonl")[1]
    compared = differences(saved, fewer)
    assert compared.count == 1
    assert {name: new for name, (new, _) in compared.figures.items()} == figures_of(saved.cases[1:2])
    assert {name: old for name, (_, old) in compared.figures.items()} == figures_of(fewer.cases)
    other = replace(saved, cases=tuple(replace(case, question=f"{case.question}?") for case in saved.cases))
    nothing = differences(other, saved)
    assert nothing.count == 0
    assert set(nothing.figures.values()) == {(None, None)}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 99}', '{"format": 1}', '{"format": 1, "created": 5}'])
def test_what_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "report.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ReportUnusable, match="cannot be read"):
        read_report(file)


def test_a_place_that_cannot_be_written_is_said(saved: SavedReport, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(ReportUnusable, match="give another --report"):
        save_report(saved, tmp_path / "file" / "report.json")


def test_the_command_keeps_a_report_beside_the_index_or_where_it_is_told(
    library: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test_set = tmp_path / "set.jsonl"
    row = {"id": "a", "language": "fr", "question": "Combien de lits ?", "answers": ["quarante-deux"]}
    gold = {"document_id": "accueil.md", "start": None, "answerable": True}
    test_set.write_text(json.dumps(row | gold), encoding="utf-8")
    index = str(library.config.index)
    with pytest.raises(SystemExit) as stop:
        main(["eval", str(test_set), "--index", index, "--quiet"])
    assert stop.value.code == 0
    (kept,) = report_files(library.config)
    assert [case.id for case in read_report(kept).cases] == ["a"]
    with pytest.raises(SystemExit) as stop:
        main(["eval", str(test_set), "--index", index, "--quiet", "--report", str(tmp_path / "r.json"), "--json"])
    assert stop.value.code == 0
    assert read_report(tmp_path / "r.json").test_set == str(test_set)
    assert len(report_files(library.config)) == 1
    with pytest.raises(SystemExit) as stop:
        main(["eval", str(test_set), "--index", index, "--report", str(test_set)])
    assert stop.value.code == 2
    assert "is the test set itself" in capsys.readouterr().err
