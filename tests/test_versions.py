"""A release and its correction: the same said with another figure is quoted too, what was counted elsewhere is not."""

from __future__ import annotations

import numpy as np
import pytest
from test_quoting import make_asked, make_model, make_passage, quotes

from rag.answer.extractive import ExtractiveModel
from rag.answer.features import see
from rag.answer.reader import Reading
from rag.answer.versions import other_version
from rag.schema import Passage

RELEASE = "Notre équipe a accueilli 312 personnes à Calais en avril, dont 47 mineurs isolés."
CORRECTED = "Notre équipe a accueilli 298 personnes à Calais en avril, dont 45 mineurs isolés."
QUESTION = "Combien de personnes accueillies à Calais en avril ?"


def in_documents(*texts: str) -> list[Passage]:
    return [make_passage(text, f"d{place}") for place, text in enumerate(texts)]


def test_a_correction_is_quoted_beside_the_release_it_corrects() -> None:
    asked = make_asked(QUESTION, *in_documents(RELEASE, CORRECTED))
    assert quotes(make_model(1, 1.0, 1.0), asked) == [RELEASE, CORRECTED]
    assert [quoted.contested for quoted in make_model(1, 1.0, 1.0).reply(asked).quoted] == [True, True]
    alone = make_asked(QUESTION, *in_documents(RELEASE))
    assert [quoted.contested for quoted in make_model(1, 1.0, 1.0).reply(alone).quoted] == [False]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Le total est de 298 personnes, et non de 312 comme annoncé.", 1),
        ("Insgesamt kamen 298 Menschen, und nicht 312.", 1),
        ("Le total est de 298 personnes et 312 lits.", None),  # sets nothing against anything
        ("Le total est de 312 personnes, et non de foyers.", None),  # no other figure
        ("Le total est de 298 personnes, et non de 47.", None),  # a figure that many things have
    ],
)
def test_what_sets_its_figure_against_the_one_quoted_is_its_correction(text: str, found: int | None) -> None:
    asked = make_asked(QUESTION, *in_documents(RELEASE, text))
    assert other_version(asked, see(asked, 8), 0) == found


def test_a_shorter_sentence_with_another_day_is_a_version_too() -> None:
    first = "Le pont de Kerlouan rouvrira le 12 avril 2031, selon la maire Awena Le Goff."
    second = "Le pont de Kerlouan rouvrira le 30 juin 2032."
    asked = make_asked("Quand le pont de Kerlouan rouvrira-t-il ?", *in_documents(first, second))
    assert other_version(asked, see(asked, 8), 0) == 1
    assert other_version(asked, see(asked, 8), 1) == 0


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        (QUESTION, [RELEASE, RELEASE]),  # nothing differs
        (QUESTION, [RELEASE, CORRECTED.replace("avril", "mai")]),  # April was asked for
        (QUESTION, [RELEASE, CORRECTED.replace("Calais", "Dunkerque")]),
        (QUESTION, [RELEASE, "À Calais, en avril, 20 personnes accueillies ont écrit au préfet du Nord."]),
        ("Qui a accueilli des personnes à Calais ?", [RELEASE, CORRECTED]),  # no figure is asked for
        ("Combien à Calais ?", ["Calais : 12.", "Calais : 14."]),  # too few words to be about the same
    ],
)
def test_what_is_said_of_something_else_is_no_other_version(question: str, texts: list[str]) -> None:
    asked = make_asked(question, *in_documents(*texts))
    assert other_version(asked, see(asked, 8), 0) is None


def test_two_sentences_of_one_document_are_no_versions_of_each_other() -> None:
    asked = make_asked(QUESTION, make_passage(f"{RELEASE} {CORRECTED}"))
    assert other_version(asked, see(asked, 8), 0) is None


def test_days_and_numbers_in_words_are_figures() -> None:
    first = "La prochaine réunion du conseil aura lieu à Calais le 4 juin 2024."
    asked = make_asked("Quand aura lieu la réunion ?", *in_documents(first, first.replace("4 juin", "11 juin")))
    assert other_version(asked, see(asked, 8), 0) == 1
    spelled = "Le conseil compte quarante-deux membres élus par les communes."
    asked = make_asked("Combien de membres ?", *in_documents(spelled, spelled.replace("quarante", "trente")))
    assert other_version(asked, see(asked, 8), 0) == 1


@pytest.mark.parametrize(
    ("question", "read", "marked"),
    [
        ("Combien de mineurs ?", "47", "47"),
        ("Combien de mineurs ?", "Calais", None),
        ("Où ?", "Calais", "Calais"),
    ],
)
def test_no_short_answer_without_a_number_is_marked_where_one_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, question: str, read: str, marked: str | None
) -> None:
    span = RELEASE.index(read), RELEASE.index(read) + len(read)
    reading = Reading(np.array([9.0], np.float32), np.array([9.0], np.float32), 0.0, np.array([span]))
    monkeypatch.setattr("rag.answer.extractive.read", lambda reader, asked: [reading])
    passage = make_passage(RELEASE)
    model: ExtractiveModel = make_model(1)
    (quoted,) = model.reply(make_asked(question, passage)).quoted
    found = quoted.answer and passage.text[quoted.answer[0] - passage.start : quoted.answer[1] - passage.start]
    assert found == marked
