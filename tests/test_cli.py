"""The `rag` command: what each command prints."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from typing import NoReturn

import pytest
from conftest import Rag

from rag.config import Config
from rag.text.phrases import phrase

QUESTION = "Combien de lits compte le centre de Brévannes ?"
COMMANDS = ("build", "ask", "search", "eval", "chat", "export", "verify", "models", "info", "doctor")


def write_questions(path: Path, count: int = 3) -> Path:
    row: dict[str, object] = {"language": "fr", "question": QUESTION, "answers": ["quarante-deux lits"]}
    row |= {"document_id": "accueil.md", "start": None, "answerable": True}
    off = {"id": "q0", "language": "de", "question": "Wie kocht man ein Ei?", "answers": [], "answerable": False}
    rows = [*(row | {"id": f"q{number}"} for number in range(1, count)), row | off | {"document_id": None}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


# --- help -------------------------------------------------------------------------------------------------------


def test_help_lists_every_command(rag: Rag) -> None:
    code, out, err = rag("--help")
    assert (code, err) == (0, "")
    assert [name for name in COMMANDS if re.search(rf"^ +{name} +\w", out, re.MULTILINE)] == list(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_names_the_options_all_of_them_have(rag: Rag, command: str) -> None:
    code, out, _ = rag(command, "--help")
    assert code == 0
    assert all(option in out for option in ("--index DIR", "--encoder NAME", "--config FILE", "--json"))


# --- build ------------------------------------------------------------------------------------------------------


STEERING = "The harbour\x1b[31m closes\x9b0m at noon \u202edaily.\x07"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two documents, one of them full of signs that steer a terminal, and two files that are skipped."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("Le budget du port est de 12 euros. Il est voté.", encoding="utf-8")
    row = {"id": "b\x1b[2J", "title": "Harbour\x1b[2J\x9b5m", "source": "s\x1b]0;x\x07", "text": STEERING}
    (folder / "b.jsonl").write_text(json.dumps(row | {"language": "en"}), encoding="utf-8")
    (folder / "c\x1b[2J.xyz").write_text("x", encoding="utf-8")
    (folder / "d.txt").write_text("", encoding="utf-8")
    return folder


CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def test_build_tells_what_it_did_and_what_it_skipped(rag: Rag, folder: Path) -> None:
    code, out, err = rag("build", folder, "--index", "here")
    first, counted, *skipped = out.splitlines()
    assert (code, err) == (0, "")
    assert re.fullmatch(r"2 documents, 2 passages, 2 languages \(.*\) in \d+\.\d s -> here", first)
    assert {"fr 1", "en 1"} == set(first.partition("(")[2].partition(")")[0].split(", "))
    assert counted == "2 skipped:"
    assert [line.split(": ")[1] for line in skipped] == ["its format is unknown", "it is empty"]
    assert not CONTROLS.search(out)
    _, out, _ = rag("info", "--index", "here")
    assert "2 skipped:" in out
    assert not CONTROLS.search(out)


def test_a_document_cannot_steer_the_terminal(rag: Rag, folder: Path) -> None:
    rag("build", folder, "--index", "here")
    for command in (["ask", "--strictness", "0"], ["ask", "--strictness", "1"], ["search"]):
        code, out, _ = rag(*command, "When does the harbour close?", "--index", "here")
        assert code == 0
        assert "closes" in out
        assert not CONTROLS.search(out), command
    _, out, _ = rag("search", "When does the harbour close?", "--index", "here", "--json")
    assert not CONTROLS.search(out.replace("\u202e", ""))
    assert json.loads(out)[0]["text"] == STEERING  # as data it is whole


def test_stopping_a_build_leaves_the_index_as_it_was(
    rag: Rag, own_config: Config, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rag("search", QUESTION, "--index", own_config.index).out

    def stop(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr("rag.build.build_lexical", stop)
    code, out, err = rag("build", folder, "--index", own_config.index)
    assert (code, out, err) == (130, "", "rag: stopped; the index is as it was before\n")
    assert rag("search", QUESTION, "--index", own_config.index).out == before
    assert len(list(own_config.index.glob("generation-*"))) == 1


# --- ask, search, eval, info, doctor ----------------------------------------------------------------------------


def test_ask_prints_the_answer_and_its_citations(rag: Rag, tiny_config: Config) -> None:
    code, out, err = rag("ask", QUESTION, "--index", tiny_config.index, "--strictness", "0")
    assert (code, err) == (0, "")
    assert out.startswith(phrase("lead", "fr") + "\n\n")
    assert "[1] Le centre d'accueil · 2024-03-03 · accueil.md\n    «" in out


def test_ask_that_refuses_says_what_is_nearest_and_is_no_error(rag: Rag, tiny_config: Config) -> None:
    code, out, err = rag("ask", QUESTION, "--index", tiny_config.index, "--strictness", "1")
    assert (code, err) == (0, "")
    assert out.startswith((phrase("refusal_not_in_documents", "fr"), phrase("refusal_strictness", "fr")))
    assert phrase("nearest_passages", "fr") in out
    assert "  accueil.md\n" in out


def test_minus_reads_the_question_from_standard_input(
    rag: Rag, tiny_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in ("ask", "search"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"\n{QUESTION}\n".encode()), encoding="ascii"))
        assert rag(command, "-", "--index", tiny_config.index) == rag(command, QUESTION, "--index", tiny_config.index)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff budget"), encoding="utf-8"))
    code, _, err = rag("ask", "-", "--index", tiny_config.index)
    assert code == 2
    assert "not valid UTF-8" in err


def test_search_prints_rank_score_title_place_and_text(rag: Rag, tiny_config: Config) -> None:
    code, out, _ = rag("search", QUESTION, "--index", tiny_config.index, "-k", "2", "--where", "language!=fr")
    heads = [line for line in out.splitlines() if not line.startswith("     ")]
    assert code == 0
    form = re.compile(r" {2}(\d) {2}\d\.\d{3} {2}\S.* {2}\(\S+:\d+-\d+\)")
    assert [match[1] for head in heads if (match := form.fullmatch(head))] == ["1", "2"]
    assert len(heads) == 2
    assert "accueil.md" not in out


JSON_KEYS: dict[str, set[str]] = {
    "build": {"index", "document_count", "passage_count", "vector_count", "languages", "skipped", "build_s"},
    "ask": {"question", "language", "refused", "reason", "answer", "sentences", "citations", "hits", "timings_ms"},
    "search": {"document_id", "passage_id", "start", "end", "score", "scorer", "by_words", "text"},
    "eval": {"overall", "by_language", "by_relation"},
    "models": {"name", "billions", "licence", "languages", "asks", "memory_gb"},
    "info": {"created", "corpus", "encoder", "document_count", "languages", "skipped", "versions", "bytes"},
    "doctor": {"well", "what"},
}


@pytest.mark.parametrize("command", JSON_KEYS)
def test_json_of_every_command(rag: Rag, tiny_corpus: Path, own_config: Config, command: str) -> None:
    given: dict[str, object] = {"build": tiny_corpus, "ask": QUESTION, "search": QUESTION}
    given["eval"] = write_questions(Path("q.jsonl"))
    what = [given[command]] if command in given else []
    code, out, err = rag(command, *what, "--index", own_config.index, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    for value in found if isinstance(found, list) else [found]:
        assert set(value) >= JSON_KEYS[command]
    assert found


def test_eval_writes_a_line_for_each_answer(rag: Rag, tiny_config: Config, tmp_path: Path) -> None:
    questions, results = write_questions(tmp_path / "set.jsonl"), tmp_path / "results.jsonl"
    code, out, _ = rag("eval", questions, "--index", tiny_config.index, "--results", results, "--strictness", "0")
    rows = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    assert code == 0
    assert re.search(r"^all +3 ", out, re.MULTILINE)
    assert [row["id"] for row in rows] == ["q1", "q2", "q0"]
    assert rows[0]["gold"]["answers"] == ["quarante-deux lits"]
    assert rows[0]["question"] == QUESTION
    assert rows[0]["citations"][0]["document_id"] == "accueil.md"


@pytest.mark.parametrize("lines", [False, True], ids=["folder", "jsonl"])
def test_eval_may_index_its_corpus_first(rag: Rag, folder: Path, tmp_path: Path, lines: bool) -> None:
    questions = write_questions(tmp_path / "set.jsonl")
    code, out, err = rag("eval", questions, "--corpus", folder / "b.jsonl" if lines else folder, "--json")
    assert code == 0
    assert json.loads(out)["overall"]["counts"]["questions"] == 3
    assert ("2 skipped:" in err) != lines
    assert not (tmp_path / "index").exists()


def test_info_and_doctor_of_a_sound_index(rag: Rag, tiny_config: Config) -> None:
    code, out, _ = rag("info", "--index", tiny_config.index)
    assert code == 0
    assert re.search(r"^documents +6\n", out, re.MULTILINE)
    assert re.search(r"^encoder +communique-static ", out, re.MULTILINE)
    code, out, _ = rag("doctor", "--index", tiny_config.index)
    assert (code, [line[:5] for line in out.splitlines()]) == (0, ["ok   "] * 5)


def test_doctor_of_a_damaged_index_exits_with_1(rag: Rag, own_config: Config) -> None:
    file = next(own_config.index.glob("generation-*/vectors/*"))
    file.write_bytes(b"\0" * file.stat().st_size)
    code, out, err = rag("doctor", "--index", own_config.index)
    assert (code, err) == (1, "")
    assert [line[:5] for line in out.splitlines()] == ["ok   ", "WRONG"]
    assert "has changed since it was built" in out
    assert rag("doctor", "--index", "nowhere", "--json").code == 1


def test_chat_indexes_the_sample_corpus_where_there_is_no_index(rag: Rag, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[str, int, bool, str, str]] = []

    def serve(config: Config, port: int, *, open_browser: bool, address: str, password: str) -> int:
        served.append((str(config.index), port, open_browser, address, password))
        return 0

    monkeypatch.setattr("rag.app.serve.serve", serve)
    for indexing in (True, False):
        code, out, err = rag("chat", "--port", "8600", "--no-browser")
        assert code == 0
        assert ("24 documents" in out) == ("indexing the sample corpus" in err) == indexing
    assert served == [("index", 8600, False, "127.0.0.1", "")] * 2


@pytest.mark.parametrize("by_settings", [False, True])
def test_chat_never_puts_the_sample_corpus_in_the_place_of_an_index_that_was_named(
    rag: Rag, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, by_settings: bool
) -> None:
    monkeypatch.setattr("rag.app.serve.serve", lambda *_, **__: pytest.fail("the chat was opened"))
    if by_settings:
        (tmp_path / "rag.toml").write_text('[rag]\nindex = "indx"\n', encoding="utf-8")
    code, out, err = rag("chat", "--no-browser", *([] if by_settings else ["--index", "indx"]))
    assert (code, out) == (2, "")
    assert err.startswith("rag: there is no index in indx: run `rag build FOLDER --index indx` first")
    assert not (tmp_path / "indx").exists()
