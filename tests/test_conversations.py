"""Conversations are kept, found, renamed and removed for good; several processes at once; damage is set aside."""

from __future__ import annotations

import json
import multiprocessing
import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from test_records import EXCHANGES, TEXT

from rag.build import build
from rag.config import Config, load_config
from rag.errors import BadUsage, HistoryUnavailable
from rag.exchange import Exchange
from rag.schema import Answer, Refusal, Sentence
from rag.store.conversations import CONVERSATIONS_FILE, Conversations, Feedback, open_conversations


def answer(text: str = "Le centre compte huit lits.", standalone: str = "") -> Answer:
    return Answer("Combien ?", "fr", (Sentence(text, ()),), (), (), None, 0.5, "", {}, standalone=standalone)


def exchange(question: str = "Combien de lits ?", text: str = "Le centre compte huit lits.") -> Exchange:
    return Exchange(question, "2024-05-01T10:00:00+00:00", answer(text))


@pytest.fixture
def kept(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "index" / CONVERSATIONS_FILE)


@pytest.fixture(scope="module")
def shared() -> Iterator[Conversations]:
    with TemporaryDirectory() as folder:
        yield Conversations(Path(folder) / CONVERSATIONS_FILE)


@settings(max_examples=60, deadline=None)
@given(EXCHANGES, TEXT, TEXT)
def test_what_is_kept_comes_back_equal(shared: Conversations, one: Exchange, title: str, comment: str) -> None:
    conversation = shared.start(title)
    row = shared.add(conversation, one)
    shared.rate(row, Feedback(True, comment, "2024-05-01"))
    (found,) = shared.exchanges(conversation)
    assert (found.id, found.exchange) == (row, one)
    assert found.feedback == Feedback(True, comment.encode("utf-8", "replace").decode(), "2024-05-01")


def test_conversations_are_listed_the_last_changed_first(kept: Conversations) -> None:
    first, second = kept.start("Premier"), kept.start("Second\n  titre")
    assert [(one.id, one.title, one.exchange_count) for one in kept.list()] == [
        (second, "Second titre", 0),
        (first, "Premier", 0),
    ]
    kept.add(first, exchange())
    kept.add(first, exchange())
    assert [(one.id, one.exchange_count) for one in kept.list()] == [(first, 2), (second, 0)]
    assert all(one.started <= one.changed for one in kept.list())


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("", {"Accueil", "Hafen"}),
        ("accueil", {"Accueil"}),
        ("LITS huit", {"Accueil"}),
        ("fahren", {"Hafen"}),  # ä without its dots
        ("lits hafen", set()),
        ("%", {"Accueil", "Hafen"}),  # no word at all
        ("lits_vingt", set()),
        ("' OR 1 --", set()),
    ],
)
def test_words_are_looked_for_in_titles_questions_and_answers(
    kept: Conversations, words: str, titles: set[str]
) -> None:
    kept.add(kept.start("Accueil"), exchange())
    kept.add(kept.start("Hafen"), exchange("Wie viele Fähren?", "Sechs am Tag."))
    assert {one.title for one in kept.list(words)} == titles


def test_refusals_and_errors_are_kept_and_found(kept: Conversations) -> None:
    conversation = kept.start("x")
    refused = Answer("q", "fr", (), (), (), Refusal("nothing_found", "Rien sur Frontex."), 0.0, "", {})
    for one in (Exchange("q", "", refused), Exchange("q", "", None, error="the question is far too long")):
        kept.add(conversation, one)
    assert kept.list("frontex")
    assert kept.list("far too long")
    assert [found.exchange.answer for found in kept.exchanges(conversation)] == [refused, None]


def test_a_conversation_is_renamed_and_found_by_its_new_name(kept: Conversations) -> None:
    conversation = kept.start("Ancien")
    kept.rename(conversation, "Nouveau " + "x" * 500)
    (found,) = kept.list("nouveau")
    assert found.id == conversation
    assert len(found.title) == 200
    assert kept.list("ancien") == ()


def test_feedback_replaces_feedback_and_can_be_taken_back(kept: Conversations) -> None:
    conversation = kept.start("x")
    row = kept.add(conversation, exchange())
    for feedback in (Feedback(True), Feedback(False, "Mauvaise date.")):
        kept.rate(row, feedback)
    (found,) = kept.exchanges(conversation)
    assert found.feedback is not None
    assert (found.feedback.good, found.feedback.comment) == (False, "Mauvaise date.")
    assert found.feedback.given.startswith("20")
    kept.rate(row, None)
    assert kept.exchanges(conversation)[0].feedback is None


def test_what_is_deleted_is_in_no_file_any_more(kept: Conversations) -> None:
    secret = "Rzeszotary-4711"
    conversation, other = kept.start(secret), kept.start("Reste")
    kept.add(other, exchange("Et le reste ?"))
    row = kept.add(conversation, exchange(f"Que dit {secret} ?", f"{secret} " * 3000))
    kept.rate(row, Feedback(False, secret))
    assert any(secret.encode() in file.read_bytes() for file in kept.file.parent.iterdir())
    kept.delete(conversation)
    for file in kept.file.parent.iterdir():
        assert secret.encode() not in file.read_bytes(), file
        assert secret.lower().encode() not in file.read_bytes(), file
    assert [one.title for one in kept.list()] == ["Reste"]
    assert kept.exchanges(conversation) == ()
    kept.delete_all()
    assert kept.list() == ()
    assert b"reste" not in kept.file.read_bytes()


def test_nothing_is_added_to_what_has_been_deleted(kept: Conversations) -> None:
    conversation = kept.start("x")
    row = kept.add(conversation, exchange())
    kept.delete(conversation)
    for call in (
        lambda: kept.add(conversation, exchange()),
        lambda: kept.rename(conversation, "y"),
        lambda: kept.rate(row, Feedback(True)),
    ):
        with pytest.raises(HistoryUnavailable, match="has been deleted: begin a new one"):
            call()
    assert kept.start("z") > conversation


def add_many(file: str, conversation: int, name: str) -> None:
    kept = Conversations(Path(file))
    for number in range(15):
        kept.add(conversation, exchange(f"{name} {number}"))


def test_several_processes_write_at_once_and_nothing_is_lost(kept: Conversations) -> None:
    conversation = kept.start("x")
    context = multiprocessing.get_context("spawn")
    names = ("a", "b", "c")
    together = [context.Process(target=add_many, args=(str(kept.file), conversation, name)) for name in names]
    for process in together:
        process.start()
    for process in together:
        process.join(120)
    assert [process.exitcode for process in together] == [0, 0, 0]
    found = [one.exchange.question for one in kept.exchanges(conversation)]
    assert sorted(found) == sorted(f"{name} {number}" for name in names for number in range(15))
    for name in names:
        assert [question for question in found if question.startswith(name)] == [f"{name} {n}" for n in range(15)]


@pytest.mark.parametrize("damage", ["not a database", "cut short", "overwritten"])
def test_a_damaged_file_is_set_aside_with_one_sentence(kept: Conversations, damage: str) -> None:
    conversation = kept.start("x")
    for _ in range(30):
        kept.add(conversation, exchange())
    content = kept.file.read_bytes()
    if damage == "not a database":
        bad = b"hello\n" * 100
    elif damage == "cut short":
        bad = content[: len(content) // 2]
    else:
        bad = content[:4096] + b"\xa5" * (len(content) - 4096)
    kept.file.write_bytes(bad)
    again = Conversations(kept.file)
    notice = again.told()
    assert "was damaged and has been set aside as" in notice
    assert "\n" not in notice
    assert again.told() == ""  # once
    assert again.list() == ()
    again.add(again.start("neu"), exchange())
    (aside,) = kept.file.parent.glob("conversations.damaged-*.sqlite")
    assert aside.read_bytes() == bad
    assert Conversations(kept.file).told() == ""


def test_a_file_that_is_damaged_while_in_use_is_set_aside_too(kept: Conversations) -> None:
    kept.start("x")
    kept.file.write_bytes(b"hello\n" * 100)
    assert kept.start("y") == 1
    assert "set aside" in kept.told()


def test_an_exchange_that_cannot_be_read_says_so_and_the_others_stay(kept: Conversations) -> None:
    conversation = kept.start("x")
    rows = [kept.add(conversation, exchange()) for _ in range(2)]
    connection = sqlite3.connect(kept.file)
    connection.execute("UPDATE exchanges SET record = ? WHERE id = ?", (json.dumps({"question": 1}), rows[0]))
    connection.commit()
    connection.close()
    bad, good = kept.exchanges(conversation)
    assert bad.exchange.answer is None
    assert "cannot be read any more" in bad.exchange.error
    assert good.exchange == exchange()


def test_a_file_of_a_later_version_is_left_alone(kept: Conversations) -> None:
    connection = sqlite3.connect(kept.file)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = kept.file.read_bytes()
    with pytest.raises(HistoryUnavailable, match="later version"):
        Conversations(kept.file)
    assert kept.file.read_bytes() == before


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(HistoryUnavailable, match=r"cannot be used .* keep_history = false"):
        Conversations(tmp_path / "file" / CONVERSATIONS_FILE)
    (tmp_path / CONVERSATIONS_FILE).mkdir()
    with pytest.raises(HistoryUnavailable, match="cannot be used"):
        Conversations(tmp_path / CONVERSATIONS_FILE)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_the_file_is_nobody_elses_business(kept: Conversations) -> None:
    assert stat.S_IMODE(kept.file.stat().st_mode) == 0o600


def test_building_again_keeps_the_conversations(tiny_corpus: Path, own_config: Config) -> None:
    kept = open_conversations(own_config)
    assert kept is not None
    kept.add(kept.start("x"), exchange())
    report = build(tiny_corpus, own_config)
    assert report.skipped == ()
    assert [one.exchange_count for one in kept.list()] == [1]


def test_conversations_are_no_document_where_the_index_lies_among_them(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Le port compte trois quais.", encoding="utf-8")
    config = Config(index=tmp_path)
    kept = open_conversations(config)
    assert kept is not None
    assert build(tmp_path, config).skipped == ()


def test_one_setting_turns_it_off(tmp_path: Path) -> None:
    file = tmp_path / "rag.toml"
    file.write_text(f'[rag]\nindex = "{(tmp_path / "index").as_posix()}"\nkeep_history = false\n', encoding="utf-8")
    assert open_conversations(load_config(file)) is None
    assert not (tmp_path / "index").exists()
    file.write_text("[rag]\nkeep_history = 1\n", encoding="utf-8")
    with pytest.raises(BadUsage, match="keep_history must be true or false"):
        load_config(file)
