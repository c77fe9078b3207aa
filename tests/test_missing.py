"""What no document has: words for a refusal, and names for a warning beside an answer."""

from __future__ import annotations

import pytest
from test_confidence import make_asked, make_hit

from rag.answer.extractive import ExtractiveModel
from rag.answer.missing import missing_names, missing_words
from rag.ask import ask
from rag.library import Library


@pytest.mark.parametrize(
    ("question", "language", "known", "same", "missing"),
    [
        ("Le budget de Frontex ?", "fr", ["budget"], True, ("Frontex",)),
        ("Le budget de Frontex ?", "fr", [], True, ("Frontex", "budget")),
        ("le budget de 2026 pour Frontex et l'Agence", "fr", [], True, ("2026", "Frontex", "Agence")),  # three at most
        ("L’avis d’Hélianthe ?", "fr", ["avis"], True, ("Hélianthe",)),
        ("Le budget de Frontex ?", "fr", [], False, ("Frontex",)),  # budget may stand there in translation
        ("Que dit l’UE ?", "fr", [], False, ()),  # and so may an acronym
        ("Who heads the Border Guard?", "en", [], False, ()),  # and a name of common words
        ("Who heads the Border Guard in Vilnora?", "en", [], True, ("Border", "Guard", "Vilnora")),
        ("Que dit-on du budget ?", "fr", ["budget", "dit"], True, ()),
        ("Qui est-ce ?", "fr", [], True, ()),
        ("Que pense Frontex ?", "fr", ["frontex"], True, ()),  # a verb of thinking is never what is missing
        ("Que pense Frontex ?", "fr", [], True, ("Frontex",)),
        ("What does Vilnora think of it?", "en", [], True, ("Vilnora",)),
        ("Was meint die Kommission?", "de", ["kommission"], True, ()),
        ("¿Qué opina el ministro?", "es", ["ministr"], True, ()),
        ("Que dit Demande ?", "fr", [], True, ("Demande",)),  # a name stays one
    ],
)
def test_words_that_no_document_has(
    question: str, language: str, known: list[str], same: bool, missing: tuple[str, ...]
) -> None:
    asked = make_asked(question, language, (), known=known, same_language=same)
    assert missing_words(asked) == missing


def test_rarer_words_are_named_first() -> None:
    weights = {"alpha": 1.0, "beta": 3.0, "gamma": 2.0, "delta": 0.5}
    asked = make_asked("delta alpha beta gamma", "xx", (), weight=lambda term: weights[term])
    assert missing_words(asked) == ("beta", "gamma", "alpha")


def test_one_word_among_several_that_the_documents_put_otherwise_is_not_said_to_be_missing() -> None:
    known = ["entrepris", "regl", "risqu"]
    asked = make_asked("Que risque une entreprise qui enfreint le règlement ?", "fr", (), known=known)
    assert missing_words(asked) == ()
    asked = make_asked("Que risque une entreprise de Varsovie qui enfreint le règlement ?", "fr", (), known=known)
    assert missing_words(asked) == ("Varsovie", "enfreint")


@pytest.mark.parametrize(
    ("question", "language", "text", "names"),
    [
        ("Quel est le budget de Vilnora en 2031 ?", "fr", "Le budget de Nantes est de 3 millions.", ("Vilnora",)),
        ("Quel est le budget de Vilnora ?", "fr", "Le budget vilnorais est de 3 millions.", ()),
        ("Qui soutient Kowalskiego ?", "fr", "Kowalski est soutenu.", ("Kowalskiego",)),
        ("Kto popiera Kowalskiego?", "pl", "Kowalski ma poparcie.", ()),
        ("Кто поддержал Вильнора?", "ru", "Vilnora was not supported.", ()),  # what is found is in another language
        ("Quel est le budget total ?", "fr", "Le port.", ()),  # words that are no names are no warning
    ],
)
def test_names_that_an_answer_is_given_without(question: str, language: str, text: str, names: tuple[str, ...]) -> None:
    found = make_hit(text, "en" if text.isascii() and language == "ru" else language)
    assert missing_names(make_asked(question, language, [found])) == names


def test_a_word_without_end_is_named_by_its_beginning(tiny_library: Library) -> None:
    answer = ask(tiny_library, f"Combien de lits compte {'Xanadu' * 500} ?", ExtractiveModel())
    told = answer.refusal.message if answer.refusal is not None else answer.lead
    assert "Xanadu" in told
    assert "…" in told
    assert len(told) < 250
