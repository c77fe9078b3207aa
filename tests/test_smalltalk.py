"""What is no question to the documents is told what this tool does, and nothing is searched for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.answer.extractive import ExtractiveModel
from rag.ask import ask
from rag.exchange import Turn
from rag.library import Library
from rag.text import smalltalk
from rag.text.phrases import phrase, phrase_languages
from rag.text.smalltalk import small_talk

BEFORE = Turn("Could you tell me when the harbour was built?", "en")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Merci"),
        ("fr", "Bonjour !"),
        ("fr", "Qui es-tu ?"),
        ("fr", "Résume les documents"),
        ("fr", "De quoi parlent les documents ?"),
        ("fr", "Bonjour, qui es-tu ?"),
        ("fr", "Merci beaucoup, bonne journée !"),
        ("en", "Hello"),
        ("en", "Thanks a lot!"),
        ("en", "What can you do?"),
        ("en", "Please summarize the documents"),
        ("de", "Wer bist du?"),
        ("de", "Worum geht es in den Dokumenten?"),
        ("es", "¿Quién eres?"),
        ("it", "Di cosa parlano i documenti?"),
        ("nl", "Waar gaan de documenten over?"),
        ("pl", "O czym są dokumenty?"),
        ("el", "Ποιος είσαι;"),
        ("ru", "Кто ты?"),
        ("zh", "你是谁？"),
    ],
)
@pytest.mark.parametrize("history", [(), (BEFORE,)], ids=["first", "later"])
def test_small_talk_is_told_what_the_tool_does(
    tiny_library: Library, language: str, said: str, history: tuple[Turn, ...]
) -> None:
    answer = ask(tiny_library, said, ExtractiveModel(), history=history)
    assert answer.refusal is not None
    assert (answer.refusal.reason, answer.refusal.message) == (
        "not_a_question",
        phrase("refusal_not_a_question", language),
    )
    assert (answer.question, answer.standalone, answer.hits, answer.citations) == (said, "", (), ())
    assert answer.language == language


@pytest.mark.parametrize(
    "said",
    [
        "Qui a dit merci ?",
        "Aide",
        "Qui es-tu allé voir ?",
        "De quoi parle le rapport de Frontex ?",
        "Résume la position de Sécurtech Europe",
        "Bonjour, combien de lits ?",
        "Who are you calling an expert?",
        "And in 2020?",
    ],
)
def test_a_question_is_no_small_talk(tiny_library: Library, said: str) -> None:
    assert small_talk(said) == ""
    answer = ask(tiny_library, said, ExtractiveModel())
    assert answer.refusal is None or answer.refusal.reason != "not_a_question"


def test_where_several_languages_say_the_same_the_likely_one_is_taken() -> None:
    assert small_talk("OK", ("xx", "de", "fr")) == "de"
    assert small_talk("OK") in phrase_languages()


def test_every_language_of_the_phrases_has_its_list() -> None:
    table = json.loads(Path(smalltalk.__file__).with_name("smalltalk.json").read_text(encoding="utf-8"))
    assert sorted(table) == sorted(phrase_languages())
    assert all(all(row.split("|")) for row in table.values())
