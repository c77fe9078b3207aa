"""Questions that no document answers, made of the names in the documents."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.evaluate import TestQuestion
from rag.train.trials import read_trial
from rag.train.untold import forms, untold_questions

TOLD = "On sait que Jeanne Marchand a 54 ans, un salaire de 3 000 euros, des employés et un mari."
SILENT = "Hier est venue Jeanne Marchand."


def question(number: int, language: str = "fr") -> TestQuestion:
    return TestQuestion(f"q{number}", language, "Qui ?", ("x",), "d", 0, True)


def asked(texts: list[tuple[str, str]], language: str = "fr") -> list[str]:
    return [made.question for made in untold_questions([question(i, language) for i in range(20)], texts)]


def test_a_question_is_asked_of_a_name_that_stands_in_a_text() -> None:
    (made,) = untold_questions([question(1)], [("fr", SILENT)])
    assert "Jeanne Marchand" in made.question
    assert (made.answerable, made.document_id, made.answers, made.id) == (False, None, (), "q1^")


@pytest.mark.parametrize("subject", ["age", "salary", "employees", "spouse"])
def test_what_a_text_with_the_name_tells_is_not_asked(subject: str) -> None:
    form = forms()[subject]["fr"]
    assert form.told.search(TOLD)
    assert not form.told.search(SILENT)
    assert asked([("fr", TOLD)]) != [form.question.format(name="Jeanne Marchand")]


def test_a_text_in_a_language_whose_words_nobody_wrote_down_may_tell_anything() -> None:
    assert asked([("fr", SILENT), ("eu", "Atzo Jeanne Marchand etorri zen, gero Jeanne Marchand joan zen.")]) == []


def test_a_question_in_one_language_is_held_against_texts_in_another() -> None:
    (made,) = asked([("fr", TOLD)], "en")
    assert made not in {forms()[subject]["en"].question.format(name="Jeanne Marchand") for subject in ("age", "salary")}


@pytest.mark.parametrize("subject", sorted(forms()))
def test_every_form_has_a_place_for_the_name_and_what_would_be_told(subject: str) -> None:
    for form in forms()[subject].values():
        assert form.question.count("{name}") == 1
        assert form.question.rstrip("\u00a0 ").endswith(("?", ";"))
        assert not form.told.search("")


def test_a_trial_of_what_is_not_told(tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "corpus.jsonl").write_text(json.dumps({"id": "d", "title": "", "language": "fr", "text": SILENT}) + "\n")
    line = {"id": "q", "language": "fr", "question": "Qui ?", "answers": ["x"], "document_id": "d", "start": 0}
    (folder / "questions.jsonl").write_text(json.dumps(line | {"answerable": True}) + "\n")
    (made,) = read_trial("tiny^", tmp_path).questions
    assert not made.answerable
    assert "Jeanne Marchand" in made.question
