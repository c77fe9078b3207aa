"""Test questions made of answers: the right place, no doubles, nothing lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import DOCUMENTS, write_corpus

from rag.bring import Brought, open_private, together
from rag.build import build
from rag.config import Config
from rag.errors import BadUsage, TestSetError
from rag.evaluate import TestQuestion, read_test_set
from rag.judging import answerable_question, append_question, file_of_test_set, unanswerable_question
from rag.library import Library, open_library

LITS = "Combien de lits compte le centre ?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A small index."""
    folder = tmp_path_factory.mktemp("judging")
    config = Config(index=folder / "index")
    twice = {"twice.txt": "Le port a dix quais. Le port a dix quais.\n"}
    build(write_corpus(folder / "corpus", DOCUMENTS | twice), config)
    return open_library(config)


def test_the_answer_is_where_it_says(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "new" / "set.jsonl"
    question = answerable_question(library, f" {LITS} ", "fr", "accueil.md", " quarante-deux lits ", 3)
    assert append_question(file, question)
    assert append_question(file, unanswerable_question("Wer malte die Nachtwache?", "de"))
    lits, none = read_test_set(file)
    assert lits == question
    assert lits.start is not None
    assert library.passages.text("accueil.md")[lits.start :].startswith("quarante-deux lits, dont huit")
    assert (lits.question, lits.answers, lits.answerable) == (LITS, ("quarante-deux lits",), True)
    assert (none.answerable, none.document_id, none.start, none.answers) == (False, None, None, ())


def test_the_nearest_place_is_taken(library: Library) -> None:
    text = library.passages.text("twice.txt")
    first, second = text.index("dix"), text.rindex("dix")
    for near, start in ((0, first), (first + 1, first), (second - 1, second), (999, second)):
        assert answerable_question(library, "Combien ?", "fr", "twice.txt", "dix quais", near).start == start


@pytest.mark.parametrize(("document", "words"), [("accueil.md", "42 lits"), ("accueil.md", "  "), ("gone.md", "dix")])
def test_what_does_not_stand_there_is_refused(library: Library, document: str, words: str) -> None:
    with pytest.raises(TestSetError):
        answerable_question(library, LITS, "fr", document, words)


def test_documents_of_a_session_are_no_gold(library: Library) -> None:
    private = open_private([Brought("phare.md", b"Le phare a neuf lampes.\n")], library)
    cited = together(library, private).passages.documents[-1].id
    with pytest.raises(TestSetError, match="add it to the documents first"):
        answerable_question(library, "Combien ?", "fr", cited, "neuf")


def test_a_question_stands_there_once(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    first = unanswerable_question("Où est la forêt ?", "fr")
    assert append_question(file, first)
    assert not append_question(file, unanswerable_question("  ou est la FORET", "fr"))
    assert append_question(file, unanswerable_question("Où est la forêt ?", "it"))
    assert len(read_test_set(file)) == 2


def test_what_stood_there_stays_and_a_last_line_without_its_end_is_ended(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    line = b'{"id":"a","language":"fr","question":"Q ?","answers":[],"document_id":null,"start":null,'
    line += b'"answerable":false,"more":1}'
    file.write_bytes(line)
    append_question(file, unanswerable_question("Autre ?", "fr"))
    assert file.read_bytes().startswith(line + b"\n{")
    assert sorted(path.name for path in tmp_path.iterdir()) in (["set.jsonl"], [".set.jsonl.lock", "set.jsonl"])


def test_a_file_that_is_no_test_set_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("my notes\n", encoding="utf-8")
    with pytest.raises(TestSetError, match="line 1"):
        append_question(file, unanswerable_question("Q ?", "fr"))
    assert file.read_text(encoding="utf-8") == "my notes\n"
    taken: TestQuestion = unanswerable_question("Une autre question ?", "fr")
    append_question(tmp_path / "set.jsonl", replace(taken, question="Z ?"))
    with pytest.raises(TestSetError, match="has the id"):
        append_question(tmp_path / "set.jsonl", taken)
    with pytest.raises(TestSetError, match="cannot write"):
        append_question(file / "set.jsonl", taken)


def test_many_persons_write_at_once(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    questions = [unanswerable_question(f"Question numéro {number} ?", "fr") for number in range(12)]
    threads = [threading.Thread(target=append_question, args=(file, question)) for question in questions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {question.id for question in read_test_set(file)} == {question.id for question in questions}


def test_the_file_is_that_of_the_settings_or_beside_the_index(tmp_path: Path) -> None:
    assert file_of_test_set(Config(index=tmp_path)) == tmp_path / "questions.jsonl"
    assert file_of_test_set(Config(index=tmp_path, test_set="mine.jsonl")) == Path("mine.jsonl")
    with pytest.raises(BadUsage, match="test_set"):
        Config(test_set=3)  # type: ignore[arg-type]


def test_a_test_set_beside_the_index_is_no_document(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, {"a.txt": "Le port a dix quais.\n"})
    config = Config(index=corpus)
    build(corpus, config)
    append_question(file_of_test_set(config), unanswerable_question("Q ?", "fr"))
    assert build(corpus, config).document_count == 1
    assert build(corpus, config).skipped == ()
