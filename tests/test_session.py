"""A conversation in a file: whole after every question, safe between processes, and never another file overwritten."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import Rag, write_corpus
from hypothesis import given, settings
from hypothesis import strategies as st
from test_records import EXCHANGES

from rag.build import build
from rag.config import Config
from rag.errors import SessionError
from rag.exchange import Exchange, Turn
from rag.session import add_to_session, read_session, turns_of
from rag.text.phrases import phrase

QUESTION = "Combien de lits compte le centre de Brévannes ?"
BECAME = "Combien de lits compte le centre de Montferrat ?"


@settings(max_examples=40, deadline=None)
@given(st.lists(EXCHANGES, min_size=1, max_size=3))
def test_what_is_added_is_read_back_equal(tmp_path_factory: pytest.TempPathFactory, exchanges: list[Exchange]) -> None:
    path = tmp_path_factory.mktemp("session") / "s.json"
    assert read_session(path) == ()
    for count, exchange in enumerate(exchanges, start=1):
        assert add_to_session(path, exchange) == tuple(exchanges[:count]) == read_session(path)
    answers = [exchange.answer for exchange in exchanges if exchange.answer is not None]
    assert [turn.question for turn in turns_of(tuple(exchanges))] == [answer.question for answer in answers]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is no session"),
        (b"notes of mine", "is no session"),
        (b"\xff\xfe", "is no session"),
        (b"[1]", "is no session"),
        (b'{"a": 1}', "is no session"),
        (b"[" * 100_000, "is no session"),
        (b'{"communique_session": 9}', "format 9, this version reads 1"),
        (b'{"communique_session": 1}', "is damaged"),
        (b'{"communique_session": 1, "exchanges": [{"question": 1}]}', "is damaged"),
    ],
)
def test_a_file_that_is_no_session_is_left_as_it_is(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(content)
    with pytest.raises(SessionError, match=what) as caught:
        read_session(path)
    assert "\n" not in str(caught.value)
    with pytest.raises(SessionError, match=what):
        add_to_session(path, Exchange("?", "", None))
    assert path.read_bytes() == content


def test_a_place_that_cannot_be_read_or_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SessionError, match="cannot read the session"):
        read_session(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(SessionError, match=r"cannot (read|write) the session"):
        add_to_session(tmp_path / "file" / "s.json", Exchange("?", "", None))
    with pytest.raises(SessionError, match=r"cannot write the session .*: there is no folder"):
        add_to_session(tmp_path / "nowhere" / "s.json", Exchange("?", "", None))
    assert not (tmp_path / "nowhere").exists()


def test_a_crash_while_writing_leaves_the_session_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.json"
    add_to_session(path, Exchange("un", "", None))

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SessionError, match="No space left on device"):
        add_to_session(path, Exchange("deux", "", None))
    assert [exchange.question for exchange in read_session(path)] == ["un"]
    assert {file.name for file in tmp_path.iterdir()} <= {"s.json", ".s.json.lock"}


def add_many(path: str, name: str) -> None:
    for number in range(12):
        add_to_session(Path(path), Exchange(f"{name} {number}", "", None))


def test_two_processes_add_and_nothing_is_lost(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    together = [context.Process(target=add_many, args=(str(tmp_path / "s.json"), name)) for name in "ab"]
    for process in together:
        process.start()
    for process in together:
        process.join(120)
    found = [exchange.question for exchange in read_session(tmp_path / "s.json")]
    assert sorted(found) == sorted(f"{name} {number}" for name in "ab" for number in range(12))


# --- in the terminal --------------------------------------------------------------------------------------------


def test_a_follow_up_is_shown_as_it_was_understood(rag: Rag, tiny_config: Config, tmp_path: Path) -> None:
    index = ("--index", tiny_config.index, "--strictness", "0")
    session = tmp_path / "s.json"
    first = rag("ask", QUESTION, "--session", session, *index)
    assert first.code == 0
    assert first.out == rag("ask", QUESTION, *index).out
    code, out, err = rag("ask", "et le centre de Montferrat ?", "--session", session, *index)
    assert (code, err) == (0, "")
    assert out.startswith(phrase("understood_as", "fr", question=BECAME) + "\n\n")
    again = json.loads(rag("ask", "et le centre de Kielmünde ?", "--session", session, "--json", *index).out)
    assert again["standalone"] == "Combien de lits compte le centre de Kielmünde ?"
    assert [turn.searched for turn in turns_of(read_session(session))] == [QUESTION, BECAME, again["standalone"]]
    made = read_session(session)[0].made_with
    assert made is not None
    assert made.encoder.startswith("communique-static")


@pytest.mark.parametrize(
    ("options", "standalone"), [(["--as-is"], ""), (["--standalone", QUESTION], QUESTION), (["--standalone", ""], "")]
)
def test_the_rewriting_is_refused_or_replaced(
    rag: Rag, tiny_config: Config, tmp_path: Path, options: list[str], standalone: str
) -> None:
    session = tmp_path / "s.json"
    rag("ask", QUESTION, "--session", session, "--index", tiny_config.index)
    rag("ask", "et le centre de Montferrat ?", "--session", session, "--index", tiny_config.index, *options)
    assert turns_of(read_session(session))[1] == Turn(
        "et le centre de Montferrat ?", "fr", standalone, turns_of(read_session(session))[1].reply
    )


def test_mistakes_are_told_before_anything_is_opened(rag: Rag, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("notes")
    for options, what in (
        (["ask", "Quoi ?", "--as-is", "--standalone", "x"], "contradict each other"),
        (["ask", "Quoi ?", "--dossier", "d.pdf"], "end it with .md"),
        (["ask", "Quoi ?", "--session", tmp_path / "notes.txt"], "is no session"),
        (["export", tmp_path / "nowhere.json", "d.md"], "there is no conversation"),
        (["export", tmp_path / "nowhere.json", "d.pdf"], "end it with .md"),
        (["verify", tmp_path / "notes.txt"], "is no dossier"),
        (["verify", tmp_path / "nowhere.md"], "cannot read the dossier"),
    ):
        code, out, err = rag(*options, "--index", "nowhere")
        assert (code, out) == (2, ""), options
        assert what in err
        assert err.count("\n") == 1


def test_a_conversation_is_exported_and_verified(rag: Rag, own_config: Config, tmp_path: Path) -> None:
    index = ("--index", own_config.index)
    session, one = tmp_path / "s.json", tmp_path / "one.html"
    rag("ask", QUESTION, "--session", session, "--strictness", "0", "--dossier", one, *index)
    rag("ask", "et le centre de Montferrat ?", "--session", session, "--strictness", "0", *index)
    for name in ("d.md", "d.html", "d.docx", "d.json"):
        code, out, _ = rag("export", session, tmp_path / name, "--title", "Essai", *index)
        assert code == 0
        assert out.startswith("2 questions with ")
        code, out, err = rag("verify", tmp_path / name, *index)
        assert (code, err) == (0, "")
        assert out.splitlines()[-1].endswith("quotations stand: the dossier holds")
        assert all(line.startswith("stands ") for line in out.splitlines()[:-1])
    other = Config(index=tmp_path / "other")
    build(write_corpus(tmp_path / "others", {"a.txt": "Autre chose."}), other)
    code, _, err = rag("export", session, tmp_path / "e.md", "--index", other.index)
    assert code == 0
    assert re.fullmatch(r"rag: (\d) quotations of \1 from documents not in .*: name the index of .*\n", err)
    documents = tmp_path / "changed"
    documents.mkdir()
    code, out, _ = rag("verify", one, "--documents", documents, *index)
    assert code == 2 or (code == 1 and "vanished" in out)
    (documents / "accueil.md").write_text("Le centre est fermé.", encoding="utf-8")
    code, out, _ = rag("verify", one, "--documents", documents, *index)
    assert code == 1
    assert out.splitlines()[-1].endswith("the dossier does NOT hold")
    found = json.loads(rag("verify", one, "--documents", documents, "--json", *index).out)
    assert found["holds"] is False
    assert {check["status"] for check in found["checks"]} == {"changed"}
