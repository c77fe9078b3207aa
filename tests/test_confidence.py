"""How sure the model may be: the signs of an answer, worked out by hand, and the words that no document has.

The language ``xx`` has no stemmer and no stop words: its terms are the words themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import log

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.answer import Asked
from rag.answer.asking import names
from rag.answer.confidence import NAMES as SIGNS
from rag.answer.confidence import gauge, relation
from rag.answer.extractive import softmax
from rag.answer.features import see
from rag.answer.reader import Reading
from rag.schema import Hit, Passage

WEIGHTS = {"alpha": 3.0, "beta": 2.0, "gamma": 1.0, "delta": 2.0}


def make_hit(text: str, language: str = "xx", *, rank: int = 1, score: float = 0.5, document: str = "") -> Hit:
    name = document or f"d{rank}"
    return Hit(Passage(f"{name}:{rank}", name, language, 100, 100 + len(text), text), rank, score, "fused")


def make_asked(
    question: str,
    language: str,
    hits: Sequence[Hit],
    *,
    known: Sequence[str] = (),
    same_language: bool = True,
    weight: Callable[[str], float] = lambda term: WEIGHTS.get(term, 1.0),
) -> Asked:
    """``known`` are the terms that occur in the index."""
    return Asked(question, language, hits, same_language, weight, lambda term: term in known, None)


HITS = (
    make_hit("Alpha beta. Omega gamma. Zeta.", rank=1, score=0.9),
    make_hit("Delta alpha delta.", rank=2, score=0.4),
)
ASKED = make_asked("alpha beta gamma delta", "xx", HITS)

CHANCES = np.array([0.5, 0.25, 0.125, 0.125], np.float32)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("top", 0.9),
        ("margin", 0.5),
        ("margin_ten", 0.5),  # with two hits the tenth is the second
        ("words", 0.625),
        ("words_near", 0.75),
        ("words_passage", 0.75),  # alpha, beta and gamma of 8
        ("late", 0.625),
        ("chance", 0.5),
        ("chance_passage", 0.875),
        ("rarest_missing", 2 / 3),  # delta against alpha
        ("numbers_missing", 0.0),
        ("names_missing", 0.0),
        ("names", 0.0),
        ("wanted_met", 0.0),
        ("wanted_unmet", 0.0),
        ("question_length", log(5)),
        ("late_passage", 0.0),  # the encoder has no pieces
        ("grams_passage", 11 / 15),  # alpha has 4, beta 3, gamma 4; the 4 of delta are missing
    ],
)
def test_signs_of_two_small_passages(name: str, value: float) -> None:
    assert gauge(ASKED, see(ASKED, 8), CHANCES)[SIGNS.index(name)] == pytest.approx(value, abs=1e-5)


def sign(name: str, question: str, language: str, text: str, text_language: str = "") -> float:
    asked = make_asked(question, language, [make_hit(text, text_language or language)])
    seen = see(asked, 8)
    return float(gauge(asked, seen, softmax(np.zeros(len(seen.sentences), np.float32)))[SIGNS.index(name)])


@pytest.mark.parametrize(
    ("name", "question", "language", "text", "text_language", "value"),
    [
        ("numbers_missing", "En 2023 et 2024 ?", "fr", "Le vote de 2023.", "fr", 0.5),
        ("numbers_missing", "Les 39 870 personnes ?", "fr", "On a 39.870 cas.", "fr", 0.0),
        ("names_missing", "Que dit Frontex à Trieste ?", "fr", "À Trieste, rien.", "fr", 0.5),
        ("names_missing", "Quel âge a Thibault Saint-Aubert ?", "fr", "Thibault Saint-Aubert est né.", "fr", 0.0),
        ("names_lacking", "Que dit Frontex à Trieste ?", "fr", "Frontex, rien.", "fr", 0.5),
        ("names_lacking", "Was sagt Viktor Orban?", "de", "Орбан не сказал.", "ru", 0.5),
        ("names_lacking", "Que dit-on ?", "fr", "Rien.", "fr", 0.0),
        ("names", "Que dit Frontex ?", "fr", "Rien.", "fr", 1.0),
        ("names", "que dit-on ?", "fr", "Rien.", "fr", 0.0),
        ("wanted_met", "Combien d'agents ?", "fr", "Il y a 12 agents.", "fr", 1.0),
        ("wanted_met", "Combien d'agents ?", "fr", "Il y a des agents.", "fr", 0.0),
        ("wanted_unmet", "Combien d'agents ?", "fr", "Il y a des agents.", "fr", 1.0),
        ("wanted_unmet", "Le budget ?", "fr", "Il y a des agents.", "fr", 0.0),
        ("grams_passage", "abc", "xx", "Abcd efg hij.", "xx", 0.5),  # _abc abc_ against _abc abcd bcd_
        ("grams_passage", "qui est-ce", "fr", "Le port ferme.", "fr", 0.0),
        ("margin", "Le budget ?", "fr", "Le budget.", "fr", 0.5),  # nothing follows
    ],
)
def test_signs_that_depend_on_the_question(
    name: str, question: str, language: str, text: str, text_language: str, value: float
) -> None:
    assert sign(name, question, language, text, text_language) == pytest.approx(value)


@pytest.mark.parametrize(
    ("asked_in", "found_in", "text", "expected"),
    [
        ("fr", "de", "Alpha.", "across"),
        ("fr", "fr", "Alpha.", "within"),
        ("nb", "no", "Alpha.", "within"),
        ("fr-BE", "fr", "Alpha.", "within"),
        ("sk", "cs", "Alpha.", "across"),
        ("fr", "el", "Άλφα.", "scripts"),
    ],
)
def test_the_chosen_sentence_says_how_the_question_stands_to_it(
    asked_in: str, found_in: str, text: str, expected: str
) -> None:
    hits = [make_hit(text, found_in, rank=1), make_hit("Βήτα.", "el", rank=2)]
    asked = make_asked("alpha", asked_in, hits)
    assert relation(asked, see(asked, 8), np.array([0.75, 0.25], np.float32)) == expected
    assert relation(asked, see(asked, 8), np.array([0.25, 0.75], np.float32)) == "scripts"


def test_late_interaction_with_the_whole_passage_is_asked_for() -> None:
    asked = replace(ASKED, interact=lambda texts: np.array([len(text) / 100 for text in texts], np.float32))
    found = gauge(asked, see(asked, 8), CHANCES)[SIGNS.index("late_passage")]
    assert found == pytest.approx(len(HITS[0].passage.text) / 100)


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("Pourquoi Mirela Dragosin a-t-elle démissionné en 2023 ?", "Pourquoi a-t-elle démissionné en ?"),
        ("Que dit l’Agence ?", "Que dit l ?"),
        ("Frontex 2023", "Frontex"),
        ("2023", "2023"),
    ],
)
def test_what_is_asked_about_the_names_is_looked_for_by_itself(question: str, rest: str) -> None:
    looked: list[tuple[str, list[str]]] = []

    def compare(text: str, others: Sequence[str]) -> NDArray[np.float32]:
        looked.append((text, list(others)))
        return np.array([0.25, 0.75], np.float32)

    text = "Alpha un. Bêta deux. Gamma trois. Delta quatre."
    asked = replace(make_asked(question, "fr", [make_hit(text, "fr")]), compare=compare)
    seen = see(asked, 8)
    signs = gauge(asked, seen, np.array([0.1, 0.7, 0.1, 0.1], np.float32))
    assert looked == [(rest, [text, "Alpha un. Bêta deux. Gamma trois."])]
    assert signs[SIGNS.index("rest_passage")] == pytest.approx(0.25)
    assert signs[SIGNS.index("rest_near")] == pytest.approx(0.75)


def test_pieces_of_the_question_that_the_passage_is_far_from() -> None:
    met = np.array([0.5, 0.3, 0.2], np.float32), np.array([0.9, 0.4, 0.1], np.float32)
    asked = replace(ASKED, interact=lambda texts: np.zeros(len(texts), np.float32), meet=lambda part, text: met)
    signs = gauge(asked, see(asked, 8), CHANCES)
    assert signs[SIGNS.index("pieces_unmet")] == pytest.approx(0.5)
    assert signs[SIGNS.index("piece_least")] == pytest.approx(0.9)  # the only one that counts more than the mean


def test_the_reader_is_sure_of_one_passage_or_of_several() -> None:
    spans = np.array([[0, 5]])
    readings = [Reading(np.array([odds], np.float32), np.array([odds], np.float32), 0.0, spans) for odds in (1.0, 3.0)]
    signs = gauge(ASKED, see(ASKED, 8, readings), CHANCES)
    assert signs[SIGNS.index("read_odds")] == pytest.approx(3)
    assert signs[SIGNS.index("read_margin")] == pytest.approx(2)
    assert signs[SIGNS.index("read_first")] == pytest.approx(1)
    alone = gauge(ASKED, see(ASKED, 8, readings[:1]), CHANCES)
    assert alone[SIGNS.index("read_margin")] == 0


@pytest.mark.parametrize("question", ["qui est-ce", "?", "12"])
def test_question_without_a_word_to_weigh_has_finite_signs(question: str) -> None:
    asked = make_asked(question, "fr", HITS, weight=lambda term: 0.0)
    assert np.isfinite(gauge(asked, see(asked, 8), CHANCES)).all()


# --- names and missing words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "language", "found"),
    [
        ("Que dit Frontex à l’Union ?", "fr", {"frontex", "union"}),
        ("Que dit l'Agence « Hélianthe » ?", "fr", {"agence", "helianthe"}),
        ("Frontex dit quoi ?", "fr", set()),  # the first word always has a capital
        ("Où vit Jean-Paul Saint-Aubert ?", "fr", {"jean", "paul", "saint", "aubert"}),
        ("Warum warnt die EOS vor der Nutzung?", "de", {"eos"}),
        ("¿Qué hizo (Frontex)?", "es", {"frontex"}),
        ("Кто такой Иванов?", "ru", {"иванов"}),
        ("谁是部长？", "zh", set()),
    ],
)
def test_names_of_a_question(question: str, language: str, found: set[str]) -> None:
    assert names(question, language) == found


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("La modification 12 a été rejetée.", 0.0),
        ("Les modifications 12 et 13 ont été rejetées.", 0.0),
        ("Le 12 décembre, la modification 14 a été rejetée.", 1.0),
    ],
)
def test_a_number_counts_with_the_word_before_it(text: str, missing: float) -> None:
    passage = Passage("d:0", "d", "fr", 0, len(text), text)
    asked = Asked(
        "Qui a porté la modification 12 ?",
        "fr",
        [Hit(passage, 1, 0.5, "fused")],
        True,
        lambda term: 1.0,
        lambda term: True,
        None,
    )
    seen = see(asked, 8)
    signs = gauge(asked, seen, np.ones(len(seen.sentences), np.float32))
    assert signs[SIGNS.index("pairs_missing")] == missing
