"""Questions to begin with are answered well by the documents they were made of, and are plain words."""

from __future__ import annotations

from pathlib import Path

from conftest import write_corpus

from rag.answer.extractive import ExtractiveModel
from rag.app.wording import example_phrases
from rag.ask import ask
from rag.build import build
from rag.config import Config
from rag.library import Library, open_library
from rag.suggest import suggest

DOCUMENTS = {
    "a.md": "# La piscine de Morvans\n\nLe 8 juin 2021, la maire de Morvans, Odile Ferrand, a rouvert la piscine.\n",
    "b.md": "# Die Brücke\n\nDie Brücke bei Altwied wurde am 4. Mai 1998 nach langem Streit gebaut.\n",
    "c.md": "---\ntitle: '![x](http://evil.example) <b>'\n---\n\nThe harbour, [Ada](x) Bold, was sold on 3/4/2020.\n",
}


def made(tmp_path: Path, documents: dict[str, str]) -> Library:
    """An index of some documents."""
    config = Config(index=tmp_path / "index")
    build(write_corpus(tmp_path / "corpus", documents), config)
    return open_library(config)


def test_each_question_is_answered_by_the_words_it_was_made_of(tmp_path: Path) -> None:
    library = made(tmp_path, DOCUMENTS)
    questions = suggest(library, ExtractiveModel(), example_phrases()[1], 4, "fr")
    assert questions[0] == "Qui est Odile Ferrand\u00a0?"
    assert "Was geschah am 4. Mai 1998?" in questions
    for question in questions:
        answer = ask(library, question, ExtractiveModel())
        assert answer.refusal is None
        assert answer.probability >= 0.35
    assert not any(sign in question for question in questions for sign in "[]<>()!*_`$")


def test_those_in_the_language_of_the_page_come_first_and_no_more_than_wanted(tmp_path: Path) -> None:
    library = made(tmp_path, DOCUMENTS)
    assert suggest(library, ExtractiveModel(), example_phrases()[1], 1, "de") == ("Was geschah am 4. Mai 1998?",)


def test_what_the_documents_do_not_answer_is_not_asked(tmp_path: Path) -> None:
    library = made(tmp_path, {"a.md": "# Un titre assez long\n\nRien.\n"})
    assert suggest(library, ExtractiveModel(), example_phrases()[1], 4, "fr") == ()
