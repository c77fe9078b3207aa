"""A number, a year or a time is asked for: what is quoted without one is no answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import write_corpus
from test_confidence import make_asked, make_hit

from rag.answer.extractive import ExtractiveModel, load_coefficients
from rag.answer.given import NUMBERLESS, TIMELESS, most_likely
from rag.ask import ask
from rag.build import build
from rag.config import Config
from rag.library import open_library
from rag.schema import EVEN_CHANCE, Quoted


def likely(question: str, text: str, language: str = "fr", asked_in: str = "fr") -> float:
    hit = make_hit(text, language)
    asked = make_asked(question, asked_in, [hit], weight=lambda term: 1.0)
    return most_likely(asked, [Quoted(hit.passage, hit.passage.start, hit.passage.end)])


@pytest.mark.parametrize(
    ("question", "text", "language"),
    [
        ("Quel est le salaire de Thibault Marchand ?", "Excusé : M. Thibault Marchand.", "fr"),
        ("Quel est le salaire de la directrice ?", "Le Magazzino 19 fut construit pour elle.", "fr"),
        ("Combien a coûté le port ?", "Das Zentrum hat zweiundvierzig Betten.", "de"),
        ("Combien de demandes y a-t-il ?", "Selon la directive 2001/55/CE, la plateforme date de 2022.", "fr"),
        ("Combien de lits a le centre ?", "Le centre a ouvert le 30 septembre 2024.", "fr"),
        ("En quelle année est né le collectif ?", "Le collectif aide 27\u202f000 personnes, 31 associations.", "fr"),
        ("À quelle date la loi fut-elle votée ?", "La loi fut votée par 41 voix.", "fr"),
        ("What year was it founded?", "Die Agentur wurde in Triest gegründet.", "de"),
    ],
)  # fmt: skip
def test_without_a_number_or_a_year_an_answer_is_as_good_as_refused(question: str, text: str, language: str) -> None:
    assert likely(question, text, language, "en" if question.startswith("What") else "fr") == NUMBERLESS


@pytest.mark.parametrize(
    ("question", "text", "language"),
    [
        ("Combien de lits a le centre ?", "Le centre compte quarante-deux lits.", "fr"),
        ("Combien de lits a le centre ?", "Das Zentrum hat zweiundvierzig Betten.", "de"),
        ("Combien a coûté le port ?", "Der Hafen kostete zwölf Millionen.", "de"),
        ("Combien coûte l'entrée ?", "L'entrée est gratuite les 3 premiers jours.", "fr"),
        ("Combien d'agents sont partis ?", "10-12 agents sont partis.", "fr"),
        ("Combien d'invités sont venus ?", "2000 invités sont venus.", "fr"),
        ("Combien de temps dura le chantier ?", "Le chantier dura de 2011 à 2014.", "fr"),
        ("Quel âge a Odile Karven ?", "Odile Karven est née en 1987.", "fr"),
        ("For how long did they keep it?", "They kept it well into the nineteenth century.", "en"),
        ("How often does the Doctor travel alone?", "The Doctor rarely travels alone.", "en"),
        ("Combien de lits a le centre ?", "该中心有四十二张床。", "zh"),  # its numbers in words are not known
        ("Quand la réunion a-t-elle lieu ?", "La réunion a lieu lundi.", "fr"),
        ("Quand le port ouvrit-il ?", "Le port ouvrit en mars.", "fr"),
        ("In what century was it founded?", "It was founded in the early nineteenth century.", "en"),
        ("En quelle année le port ouvrit-il ?", "Le port ouvrit en 1911.", "fr"),
        ("What happens to the norm when a number is doubled?", "The norm gets smaller.", "en"),
        ("Que dit le collectif ?", "Le collectif aide.", "fr"),
    ],
)
def test_what_may_tell_a_number_or_a_time_is_left_as_likely_as_it_was(question: str, text: str, language: str) -> None:
    asked_in = "en" if question.startswith(("How", "For", "In", "What")) else "fr"
    assert likely(question, text, language, asked_in) == 1.0


def test_an_event_may_answer_when_but_not_surely() -> None:
    assert likely("Depuis quand Perrin est-il seigneur ?", "Depuis l'attaque, Perrin est seigneur.") == TIMELESS
    assert load_coefficients().strictness < TIMELESS < EVEN_CHANCE


def test_who_is_excused_says_nothing_of_their_age(tmp_path: Path) -> None:
    text = (
        "Compte rendu de la réunion\n\nPrésents : 20 membres sur 22.\n\nExcusé : M. Thibault Marchand.\n\n"
        "La séance est levée à midi.\n"
    )
    config = Config(index=tmp_path / "index")
    build(write_corpus(tmp_path / "corpus", {"reunion.txt": text}), config)
    library = open_library(config)
    assert ask(library, "Quel âge a Thibault Marchand ?", ExtractiveModel()).refusal is not None
    assert ask(library, "Qui était excusé ?", ExtractiveModel()).refusal is None
