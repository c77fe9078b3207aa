"""Greetings, thanks and introductions are not searched; nothing else of a question is ever touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import write_corpus

from rag.answer.extractive import ExtractiveModel
from rag.ask import ask
from rag.build import build
from rag.config import Config
from rag.exchange import Turn
from rag.followup.courtesy import is_courtesy, without_courtesy
from rag.library import Library, open_library
from rag.text.courtesy import courtesies
from rag.text.phrases import phrase_languages

ASKED = "Combien d'entreprises représente Sécurtech Europe ?"


@pytest.mark.parametrize(
    ("language", "question", "bare"),
    [
        ("fr", f"Bonjour, je suis journaliste à Metz. {ASKED} Merci", ASKED),
        ("fr", "Bonjour combien d'entreprises représente Sécurtech ?", "combien d'entreprises représente Sécurtech ?"),
        (
            "fr",
            "Bonsoir, je suis étudiant et j’aimerais savoir combien d’agents a Frontex, s'il vous plaît ?",
            "combien d’agents a Frontex ?",
        ),
        ("en", "Hello, could you please tell me when the Council met? Thanks!", "when the Council met?"),
        ("en", "Thanks! And who voted against it?", "And who voted against it?"),
        (
            "de",
            "Guten Tag, ich bin Journalistin. Können Sie mir bitte sagen, wo die Agentur ihren Sitz hat? Vielen Dank!",
            "wo die Agentur ihren Sitz hat?",
        ),
        ("es", "Hola, ¿cuántos barcos tiene la agencia? Gracias", "¿cuántos barcos tiene la agencia?"),
        ("it", "Buongiorno, vorrei sapere quando ha aperto la sede. Grazie mille", "quando ha aperto la sede."),
        ("nl", "Goedendag, kunt u mij zeggen hoeveel ton er is gevonden?", "hoeveel ton er is gevonden?"),
        ("pt", "Olá, sou jornalista. Quantas pessoas foram salvas? Obrigado", "Quantas pessoas foram salvas?"),
        ("pl", "Dzień dobry, czy możesz mi powiedzieć, kiedy przyjęto plan? Dziękuję", "kiedy przyjęto plan?"),
        ("ro", "Bună ziua, când a fost deschis centrul? Mulțumesc", "când a fost deschis centrul?"),
        ("sv", "Hej! Kan du säga mig när försöket avbröts? Tack!", "när försöket avbröts?"),
        ("el", "Καλημέρα, πότε άνοιξε το λιμάνι; Ευχαριστώ", "πότε άνοιξε το λιμάνι;"),
        ("ru", "Здравствуйте, подскажите, пожалуйста, когда открыт порт? Спасибо", "когда открыт порт?"),
        ("uk", "Добрий день! Скажіть, будь ласка, коли відкрито порт?", "коли відкрито порт?"),
        ("zh", "你好，请问桥是什么时候建的？谢谢", "桥是什么时候建的？"),
    ],
)
def test_what_is_polite_is_left_out(language: str, question: str, bare: str) -> None:
    assert without_courtesy(question, language) == bare


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("fr", "Bonjour"),
        ("fr", "Merci !"),
        ("fr", "Savez-vous ?"),
        ("fr", "Qui a dit merci ?"),
        ("fr", "Salut les Terriens est une émission de qui ?"),
        ("fr", "Qui est l'éditeur du magazine Hello!?"),
        ("fr", "Qu'est-ce que les Z.E.A.T. ?"),
        ("fr", "L'agence Hélianthe a ouvert un siège. Quand ?"),
        ("fr", "Je travaille chez Frontex. Combien d'agents y travaillent ?"),
        ("fr", "Je suis un accueillant familial. Est-ce que j’ai droit aux masques ?"),
        ("fr", "Je suis inscrit à Pôle emploi et salarié d’un employeur. Comment déclarer une indemnité ?"),
        ("fr", "Qui dirige Frontex ? Et Europol ?"),
        ("en", "Hi-Lo Corporation opened when?"),
        ("en", "Who said thank you?"),
        ("it", "Sono stati salvati quanti migranti?"),
        ("xx", "Bonjour, combien ?"),
    ],
)
def test_anything_else_is_left_as_it_is(language: str, question: str) -> None:
    assert without_courtesy(question, language) == question


def test_greetings_and_thanks_alone_are_told_from_questions() -> None:
    assert is_courtesy("Bonjour !", "fr")
    assert is_courtesy("Thanks a lot, kind regards", "en")
    assert not is_courtesy("Bonjour, combien ?", "fr")


def test_every_language_of_the_phrases_has_its_words() -> None:
    for language in phrase_languages():
        row = courtesies(language)
        assert row is not None, language
        assert all(map(all, (row.greetings, row.thanks, row.please, row.frames, row.selves)))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder: Path = tmp_path_factory.mktemp("courtesy")
    text = (
        "Sécurtech Europe est une fédération. Sécurtech Europe représente 64 entreprises de treize pays. "
        "Son siège est à Bruxelles. La fédération a été fondée en 2011.\n"
    )
    config = Config(index=folder / "index")
    build(write_corpus(folder / "corpus", {"position.txt": text}), config)
    return open_library(config)


def test_a_question_is_answered_as_without_the_greeting_and_shown_as_it_was_typed(library: Library) -> None:
    typed = f"Bonjour, je suis journaliste à Metz. {ASKED} Merci"
    plain, polite = (ask(library, question, ExtractiveModel()) for question in (ASKED, typed))
    assert polite.refusal is None
    assert (polite.question, polite.standalone) == (typed, "")
    assert polite.probability == plain.probability
    assert polite.citations == plain.citations


def test_a_follow_up_leans_on_the_question_before_it_without_its_greeting(library: Library) -> None:
    before = [Turn(f"Bonjour, {ASKED} Merci", "fr")]
    answer = ask(library, "Merci. Et Frontex ?", ExtractiveModel(), history=before)
    assert "Frontex" in answer.standalone
    assert not {"Bonjour", "Merci"} & set(answer.standalone.replace(",", " ").split())
