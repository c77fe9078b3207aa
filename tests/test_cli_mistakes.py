"""The `rag` command: one line on stderr and exit code 2 for whatever a person can get wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Rag

from rag.config import Config
from rag.library import open_library

QUESTION = "Combien de lits compte le centre de Brévannes ?"


def write_questions(path: Path, count: int = 3) -> Path:
    row: dict[str, object] = {"language": "fr", "question": QUESTION, "answers": ["quarante-deux lits"]}
    row |= {"document_id": "accueil.md", "start": None, "answerable": True}
    off = {"id": "q0", "language": "de", "question": "Wie kocht man ein Ei?", "answers": [], "answerable": False}
    rows = [*(row | {"id": f"q{number}"} for number in range(1, count)), row | off | {"document_id": None}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "COMMAND: run `rag --help`"),
        (["frobnicate"], "invalid choice: 'frobnicate'"),
        (["ask", QUESTION, "--session", "s.json", "--dossier", "s.json"], "s.json is the conversation itself"),
        (["export", "s.json", "./s.json"], "s.json is the conversation itself"),
        (["ask"], "QUESTION: run `rag ask --help`"),
        (["ask", QUESTION], "there is no index in index: run `rag build FOLDER --index index` first, or name"),
        (["search", QUESTION, "--index", "nowhere"], "there is no index in nowhere: run `rag build"),
        (["info", "--index", "nowhere"], "there is no index in nowhere"),
        (["info", "--index", "a.txt"], "there is no index in a.txt: run `rag build FOLDER --index a.txt` first"),
        (["build", ".", "--index", "a.txt"], "cannot write an index in a.txt (File exists): give another --index"),
        (["info", "--index", "two\nlines"], "there is no index in two lines"),
        (["ask", QUESTION, "--colour"], "unrecognized arguments: --colour"),
        (["ask", QUESTION, "--strictness", "7"], "strictness must lie between 0 and 1, not 7.0"),
        (["ask", QUESTION, "--strictness", "nan"], "strictness must lie between 0 and 1, not nan"),
        (["ask", QUESTION, "--strictness", "very"], "--strictness: invalid float value: 'very'"),
        (["search", QUESTION, "-k", "0"], "-k must be a number from 1 to 1000, not 0"),
        (["search", QUESTION, "-k", "1001"], "-k must be a number from 1 to 1000, not 1001"),
        (["search", QUESTION, "-k", "two"], "-k: invalid int value: 'two'"),
        (["ask", QUESTION, "--where", "nonsense"], "the filter 'nonsense' is not understood"),
        (["ask", QUESTION, "--where", "date>=soon"], "the filter 'date>=soon' needs a date such as 2023"),
        (["search", QUESTION, "--where", "colour=red"], "names no known field"),
        (["ask", ""], "the question is empty: type a question in words"),
        (["ask", " \t"], "the question is empty"),
        (["search", "?!"], "the question is empty"),
        (["ask", "a" * 100_000], "the question has 100,000 characters and 4,000 are taken"),
        (["ask", "\udcff budget"], "the question is not valid UTF-8"),
        (["ask", "Quel", "est", "le", "budget"], 'in quotation marks, as in `rag ask "Quel est le budget"`'),
        (["search", "port", "of", "Nantes", "-k", "3"], "came as 3 words: put it in quotation marks, as in"),
        (["ask", "port", "of", "--foo"], "unrecognized arguments: of --foo: run `rag ask --help`"),
        (["build", ".", "docs"], "unrecognized arguments: docs: run `rag build --help`"),
        (["eval", "nowhere.jsonl"], "cannot read the test set nowhere.jsonl: No such file or directory: give a .jsonl"),
        (["verify", "nowhere.md"], "the dossier nowhere.md: No such file or directory: give a file that `rag export`"),
        (["build", "nowhere"], "there is no folder or file nowhere"),
        (["build", ".", "--passage-tokens", "3"], "passage_tokens must be a whole number from 16 to 8192, not 3"),
        (["build", ".", "--overlap-tokens", "200"], "overlap_tokens must be a whole number from 0 to 128, not 200"),
        (["build", ".", "--encoder", "./nowhere"], "there is no encoder './nowhere'"),
        (["ask", QUESTION, "--config", "nowhere.toml"], "nowhere.toml: No such file or directory: give another file"),
        (["ask", QUESTION, "--config", "a.txt"], "(at line 1, column 4): correct it there, or give another file with"),
        (["chat", "--password-file", "nowhere"], "nowhere: No such file or directory: give a file with it in"),
        (["build", ""], "argument FOLDER: a path is empty, give a name: run `rag build --help`"),
        (["build", ".", "--index", " "], "argument --index: a path is empty, give a name"),
        (["chat", "--port", "0"], "--port must be a number from 1 to 65535, not 0"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_each_mistake_is_one_line_and_exit_code_2(
    rag: Rag, tmp_path: Path, arguments: list[str], complaint: str
) -> None:
    (tmp_path / "a.txt").write_text("Le centre ouvre.", encoding="utf-8")
    code, out, err = rag(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("rag: ")
    assert err.count("\n") == 1
    assert complaint in err


@pytest.mark.parametrize("suffix", ["md", "html", "docx", "json"])
def test_a_dossier_takes_the_place_of_an_unaltered_one_and_of_nothing_else(
    rag: Rag, tiny_config: Config, tmp_path: Path, suffix: str
) -> None:
    asked = ["ask", QUESTION, "--index", str(tiny_config.index), "--session", str(tmp_path / "s.json")]
    minutes, dossier = tmp_path / f"minutes.{suffix}", tmp_path / f"dossier.{suffix}"
    minutes.write_text("# Minutes\n\nThe board met.\n", encoding="utf-8")
    for command in ([*asked, "--dossier", str(minutes)], ["export", str(tmp_path / "s.json"), str(minutes)]):
        code, _, err = rag(*command)
        assert code == 2
        assert err == f"rag: {minutes} is there already, and no dossier as one is written: give a new file\n"
    assert minutes.read_text(encoding="utf-8") == "# Minutes\n\nThe board met.\n"
    assert not (tmp_path / "s.json").exists()  # nothing was asked
    for _ in range(2):
        assert rag(*asked, "--dossier", str(dossier))[0] == 0


@pytest.mark.parametrize("option", ["--session", "--dossier"])
@pytest.mark.parametrize("json_too", [[], ["--json"]])
def test_the_answer_is_told_even_where_it_cannot_be_kept(
    rag: Rag, tiny_config: Config, tmp_path: Path, option: str, json_too: list[str]
) -> None:
    code, out, err = rag(
        "ask", QUESTION, "--index", str(tiny_config.index), option, str(tmp_path / "no" / "d.json"), *json_too
    )
    assert (code, err.count("\n")) == (2, 1)
    assert "quarante-deux lits" in out
    assert err.startswith("rag: cannot write the ")


def test_what_somebody_wrote_into_a_dossier_is_not_lost(rag: Rag, tiny_config: Config, tmp_path: Path) -> None:
    asked = ["ask", QUESTION, "--index", str(tiny_config.index), "--dossier", str(tmp_path / "d.md")]
    assert rag(*asked)[0] == 0
    edited = "My own note.\n\n" + (tmp_path / "d.md").read_text(encoding="utf-8")
    (tmp_path / "d.md").write_text(edited, encoding="utf-8")
    assert rag(*asked)[0] == 2
    assert (tmp_path / "d.md").read_text(encoding="utf-8") == edited


def test_folder_with_nothing_to_read_is_named_with_the_reasons(rag: Rag, tmp_path: Path) -> None:
    folder = tmp_path / "junk"
    folder.mkdir()
    code, _, err = rag("build", folder)
    assert (code, err.count("\n")) == (2, 1)
    assert "there is no file in" in err
    (folder / "a.xyz").write_text("x", encoding="utf-8")
    (folder / "b.txt").write_text("", encoding="utf-8")
    code, _, err = rag("build", folder)
    assert (code, err.count("\n")) == (2, 1)
    assert "a.xyz: its format is unknown" in err
    assert "b.txt: it is empty" in err
    assert rag("info").code == 2  # and no index was left


def test_line_of_a_test_set_is_named(rag: Rag, tiny_config: Config, tmp_path: Path) -> None:
    path = write_questions(tmp_path / "set.jsonl")
    path.write_text(path.read_text(encoding="utf-8") + '{"id": "q9", "language": "fr"}\n', encoding="utf-8")
    code, out, err = rag("eval", path, "--index", tiny_config.index)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f'{path}, line 4: "answers" is missing' in err


@pytest.mark.parametrize(("question", "complaint"), [("?!", "is empty"), ("a" * 5_000, "has 5,000 characters")])
def test_question_of_a_test_set_that_cannot_be_asked_is_named_before_any_is(
    rag: Rag, tiny_config: Config, tmp_path: Path, question: str, complaint: str
) -> None:
    path = write_questions(tmp_path / "set.jsonl")
    row = json.loads(path.read_text(encoding="utf-8").splitlines()[0]) | {"id": "q9", "question": question}
    path.write_text(path.read_text(encoding="utf-8") + json.dumps(row), encoding="utf-8")
    code, _, err = rag("eval", path, "--index", tiny_config.index, "--results", "results.jsonl")
    assert (code, err.count("\n")) == (2, 1)
    assert f"{path}, q9: the question {complaint}" in err
    assert not (tmp_path / "results.jsonl").exists()


def test_results_are_not_written_over_the_test_set(rag: Rag, tiny_config: Config, tmp_path: Path) -> None:
    path = write_questions(tmp_path / "set.jsonl")
    before = path.read_bytes()
    code, _, err = rag("eval", path, "--index", tiny_config.index, "--results", "../" + tmp_path.name + "/set.jsonl")
    assert (code, err.count("\n")) == (2, 1)
    assert "is the test set itself: give another --results" in err
    assert path.read_bytes() == before


def test_results_are_not_written_into_the_corpus(rag: Rag, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("Le centre compte 42 lits.", encoding="utf-8")
    path = write_questions(tmp_path / "set.jsonl")
    for results in (corpus / "a.txt", corpus / "new.jsonl"):
        code, _, err = rag("eval", path, "--corpus", corpus, "--results", results)
        assert (code, err.count("\n")) == (2, 1)
        assert "lies in the corpus" in err
    assert (corpus / "a.txt").read_text(encoding="utf-8") == "Le centre compte 42 lits."
    assert not (corpus / "new.jsonl").exists()


def test_index_of_another_encoder_is_not_used(rag: Rag, own_config: Config) -> None:
    code, _, err = rag("ask", QUESTION, "--index", own_config.index, "--encoder", "someone/else")
    assert (code, err.count("\n")) == (2, 1)
    assert "was built with the encoder 'communique-static', not with 'someone/else': run `rag build" in err


@pytest.mark.parametrize("option", ["--results", "--report"])
def test_nothing_but_results_and_reports_is_written_over(
    rag: Rag, tiny_config: Config, tmp_path: Path, option: str
) -> None:
    asked = ["eval", write_questions(tmp_path / "set.jsonl"), "--index", tiny_config.index, option]
    for name, held in (("notes.txt", "My notes."), ("data.json", '{"id": 1, "format": 1}'), ("list.json", "[1]")):
        (tmp_path / name).write_text(held, encoding="utf-8")
        code, _, err = rag(*asked, tmp_path / name)
        assert (code, err.count("\n")) == (2, 1)
        assert f"{name} is there already, and `rag eval` did not write it: give another {option}" in err
        assert (tmp_path / name).read_text(encoding="utf-8") == held
    for place in (tmp_path, "."):
        code, _, err = rag(*asked, place)
        assert (code, err) == (2, f"rag: {place} is a folder: give the name of a file with {option}\n")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert rag(*asked, tmp_path / "loop").code in {0, 2}
    for _ in range(2):  # its own are
        assert rag(*asked, tmp_path / "mine").code == 0


@pytest.mark.parametrize("place", ["no/folder/results.jsonl", "/dev/full"])
def test_results_that_cannot_be_written_are_named(rag: Rag, tiny_config: Config, tmp_path: Path, place: str) -> None:
    if place == "/dev/full" and not Path(place).exists():
        pytest.skip("this system has no /dev/full")
    questions = write_questions(tmp_path / "set.jsonl")
    code, out, err = rag("eval", questions, "--index", tiny_config.index, "--results", place)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"cannot write the results to {place}: " in err


def test_gold_documents_that_the_index_lacks_are_told_once(rag: Rag, tiny_config: Config, tmp_path: Path) -> None:
    path = write_questions(tmp_path / "set.jsonl", 7)
    assert rag("eval", path, "--index", tiny_config.index).err == ""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for number, line in enumerate(lines[:5]):
        line["document_id"] = f"gone{number // 2 if number < 2 else number}.md"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    code, out, err = rag("eval", path, "--index", tiny_config.index)
    assert (code, err.count("\n")) == (0, 1)
    assert "R@1" in out
    assert err.startswith(f"rag: 5 questions of {path} should be answered from 4 documents not in the index in ")
    assert "(gone0.md, gone2.md, gone3.md and 1 more): the figures count them as not found; give the folder" in err


def test_offsets_where_no_answer_stands_are_told(rag: Rag, tiny_config: Config, tmp_path: Path) -> None:
    path = write_questions(tmp_path / "set.jsonl", 6)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    place = open_library(tiny_config).passages.text("accueil.md").index("quarante-deux lits")
    for line, start in zip(lines[:5], (place, place + 1, 0, 10**6, 5), strict=True):
        line["start"] = start
    lines[4] |= {"language": "de", "answers": ["42 Betten"]}  # worded otherwise
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    code, _, err = rag("eval", path, "--index", tiny_config.index)
    assert (code, err.count("\n")) == (0, 1)
    assert err.startswith(f'rag: 3 questions of {path} with a "start" where no answer of theirs stands (q2, q3, q4): ')


def test_the_figures_are_told_even_where_the_report_cannot_be_kept(
    rag: Rag, tiny_config: Config, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    asked = ["eval", write_questions(tmp_path / "set.jsonl"), "--index", tiny_config.index]
    code, out, err = rag(*asked, "--report", tmp_path / "file" / "report.json")
    assert (code, err.count("\n")) == (2, 1)
    assert "cannot write the report to" in err
    assert "R@1" in out


def test_a_filter_that_leaves_nothing_is_named_with_values_that_exist(rag: Rag, tiny_config: Config) -> None:
    where = ["--index", tiny_config.index, "--where", "language=xx\x1b[31m", "--where", "language=it"]
    code, out, err = rag("ask", QUESTION, *where)
    assert (code, err, "\x1b" in out) == (0, "", False)
    assert "aux filtres choisis (language=xx[31m, language=it). Valeurs existantes" in out
    assert "language=fr" in out
    code, out, err = rag("search", QUESTION, *where)
    assert (code, out, err.count("\n")) == (0, "", 1)
    assert "No document matches the chosen filters (language=xx[31m, language=it). Values that exist: " in err
