"""Another year or another numbered thing than the one asked about is no answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_confidence import make_asked, make_hit

from rag.answer.at_odds import is_at_odds
from rag.answer.given import NUMBERLESS, most_likely
from rag.schema import Quoted


def at_odds(question: str, *texts: str, language: str = "fr", date: str = "", title: str = "") -> bool:
    hits = [make_hit(text, language) for text in texts]
    asked = replace(
        make_asked(question, "fr", hits, weight=lambda term: 1.0), date_of=lambda _: date, title_of=lambda _: title
    )
    quoted = [Quoted(hit.passage, hit.passage.start, hit.passage.end) for hit in hits]
    if is_at_odds(asked, quoted):
        assert most_likely(asked, quoted) == NUMBERLESS
        return True
    return False


@pytest.mark.parametrize(
    ("question", "text", "language"),
    [
        ("Combien de personnes sont venues en 2017 ?", "En 2023, 41 200 personnes sont venues.", "fr"),
        ("Combien de personnes sont venues en 2017 ?", "Im Jahr 2023 kamen 41 200 Menschen.", "de"),
        ("Quand l'amendement 41 fut-il rejeté ?", "L'amendement 14 fut rejeté le 3 mai.", "fr"),
    ],
)
def test_another_year_and_another_number_are_at_odds(question: str, text: str, language: str) -> None:
    assert at_odds(question, text, language=language)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Combien de personnes sont venues en 2023 ?", "En 2023, 41 200 personnes, et 12 en 2017."),
        ("Combien de personnes sont venues en 2017 ?", "Cette année-là, douze personnes sont venues."),
        ("Quand l'amendement 41 fut-il rejeté ?", "Les amendements 40, 41 et 42 furent rejetés."),
        ("Quand l'amendement fut-il rejeté ?", "L'amendement 14 fut rejeté le 3 mai 2023."),
        ("Que dit la directive 2001/55/CE ?", "La directive fut appliquée en 2022."),
        ("Que coûtent 2 030 lits ?", "Un lit coûtait 100 euros en 2023."),
    ],
)
def test_the_same_year_none_and_the_same_number_are_not(question: str, text: str) -> None:
    assert not at_odds(question, text)


def test_the_date_and_the_title_of_a_document_tell_its_year_too() -> None:
    question, text = "Combien de personnes sont venues en 2024 ?", "Douze personnes sont venues, et dix en 2023."
    assert at_odds(question, text)
    assert not at_odds(question, text, date="2024-03-21")
    assert not at_odds(question, text, title="Bilan 2024")
    assert at_odds(question, "Douze personnes sont venues.", date="2022-03-21")


def test_one_quotation_that_fits_is_enough() -> None:
    assert not at_odds("Combien en 2017 ?", "Dix en 2023.", "Douze en 2017.")
