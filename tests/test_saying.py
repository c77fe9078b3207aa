"""That a question is put to the documents is not looked for in them; what it is about is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import write_corpus
from test_generative import Scripted

import rag.app
from rag.answer.extractive import ExtractiveModel
from rag.answer.generative import GenerativeModel
from rag.ask import ask, search
from rag.build import build
from rag.config import Config
from rag.exchange import Turn
from rag.followup.saying import without_saying
from rag.library import Library, open_library
from rag.text.phrases import phrase_languages
from rag.text.sayings import sayings

EXAMPLES = json.loads(Path(rag.app.__file__).with_name("examples.json").read_text(encoding="utf-8"))["about"]


@pytest.mark.parametrize(
    ("language", "question", "bare"),
    [
        ("fr", "Que disent les documents sur la rétention ?", "la rétention ?"),
        ("fr", "Qu’est-ce que le communiqué dit sur la rétention ?", "la rétention ?"),
        ("fr", "D'apres le communique, combien d'agents sont partis ?", "combien d'agents sont partis ?"),
        ("fr", "Combien a-t-elle d’agents, selon les documents ?", "Combien a-t-elle d’agents ?"),
        ("en", "What do the press releases say about the budget of 2024?", "the budget of 2024?"),
        ("en", "who signed according to the document?", "who signed?"),
        ("de", "Was steht in den Dokumenten über die Abschiebehaft?", "die Abschiebehaft?"),
        ("de", "Laut der Pressemitteilung, wie viele Tonnen wurden gefunden?", "wie viele Tonnen wurden gefunden?"),
        ("es", "Según el comunicado, ¿cuántos barcos hay?", "¿cuántos barcos hay?"),
        ("it", "Che cosa dice il comunicato sull’asilo?", "asilo?"),
        ("pl", "Co mówią dokumenty o zatrzymaniu?", "zatrzymaniu?"),
        ("hu", "Mit mondanak a dokumentumok a menekültügyről?", "a menekültügyről?"),
        ("ru", "Что говорят документы о задержании?", "задержании?"),
        ("uk", "Що кажуть документи про затримання?", "затримання?"),
        ("ar", "ماذا تقول الوثائق عن الاحتجاز؟", "الاحتجاز؟"),
        ("tr", "Belgeler gözaltı hakkında ne diyor?", "gözaltı?"),
        ("zh", "关于拘留，文件说了什么？", "拘留？"),
        ("no-NO", "Hva sier dokumentene om grensen?", "grensen?"),
    ],
)
def test_what_the_question_is_about_is_left(language: str, question: str, bare: str) -> None:
    assert without_saying(question, language) == bare


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("fr", "Que disent les documents ?"),
        ("fr", "Que disent les documents à ce sujet ?"),
        ("fr", "Que disent les documents sur cela ?"),
        ("fr", "D’après le communiqué de Frontex, combien d'agents sont partis ?"),
        ("fr", "Que disent les documents de la Commission sur la rétention ?"),
        ("fr", "Mon employeur peut-il lire les documents personnels ?"),
        ("en", "What do the documents say about it?"),
        ("en", "How many Grammy Awards does the text say Lady Gaga has won?"),
        ("en", "Who signed the documents?"),
        ("en", "According to the press release?"),
        ("xx", "What do the documents say about drones?"),
    ],
)
def test_any_other_question_is_left_as_it_is(language: str, question: str) -> None:
    assert without_saying(question, language) == question


@pytest.mark.parametrize("language", EXAMPLES)
def test_the_examples_of_the_page_are_searched_for_their_subject(language: str) -> None:
    bare = without_saying(EXAMPLES[language].format("Fronteras 2023"), language)
    assert bare.strip(" \u00a0?;«»“”„‘’") == "Fronteras 2023"


def test_every_language_of_the_phrases_has_its_frames() -> None:
    for language in phrase_languages():
        row = sayings(language)
        assert row is not None, language
        assert all("…" in frame for frame in (*row.about, *row.within))
        assert all("{}" in frame for frame in row.about)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder: Path = tmp_path_factory.mktemp("saying")
    text = (
        "Le port de Brévannes a été fermé lundi. La rétention administrative dure quatre-vingt-dix jours au plus. "
        "Les agents ont repris le travail. Le syndicat réclame des embauches.\n"
    )
    config = Config(index=folder / "index")
    build(write_corpus(folder / "corpus", {"note.txt": text}), config)
    return open_library(config)


def test_a_subject_is_answered_as_surely_as_without_the_frame_and_the_question_is_shown_as_typed(
    library: Library,
) -> None:
    asked = "Bonjour, que disent les documents sur la rétention administrative ?"
    framed, plain = (ask(library, q, ExtractiveModel()) for q in (asked, "la rétention administrative ?"))
    assert framed.refusal is None
    assert (framed.question, framed.standalone) == (asked, "")
    assert framed.probability == plain.probability
    assert framed.citations[0].quote.startswith("La rétention administrative dure")
    assert search(library, asked) == search(library, "la rétention administrative ?")


def test_a_question_on_a_subject_after_another_question_is_no_fragment_of_that(library: Library) -> None:
    before = [Turn("Quand le port de Brévannes a-t-il été fermé ?", "fr")]
    asked = "Que disent les documents sur la rétention ?"
    assert ask(library, asked, ExtractiveModel(), history=before).standalone == ""


def test_a_generator_is_asked_in_the_words_of_the_person(library: Library) -> None:
    asked, parrot = "Que disent les documents sur la rétention administrative ?", Scripted("Rien.")
    ask(library, asked, GenerativeModel(ExtractiveModel(), parrot))
    assert asked in parrot.prompts[0]
