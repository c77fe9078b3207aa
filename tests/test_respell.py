"""A slip of the keyboard is mended for the search; well-spelled words, names and numbers are not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.extractive import ExtractiveModel
from rag.ask import ask, gather
from rag.build import build
from rag.config import Config
from rag.library import Library, open_library
from rag.respell import is_one_slip, respell
from rag.sample import sample_corpus


class Words:
    """The vocabulary of a few passages."""

    def __init__(self, counts: dict[str, int]) -> None:
        self.counts = counts

    def frequency(self, field: str, term: str) -> int:
        """So many passages for a word, none for a title."""
        return self.counts.get(term, 0) if field == "words" else 0

    def words_from(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """The words that begin so."""
        return [(word, count) for word, count in self.counts.items() if word.startswith(prefix)][:limit]


WORDS = Words({"prophet": 3, "profet": 1, "harbour": 2, "frontier": 4, "1887": 1})


def count_letters(texts: Sequence[str]) -> list[int]:
    """As a tokenizer does that knows WORDS and cuts all else into letters."""
    return [1 if text.lower() in WORDS.counts else len(text) for text in texts]


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("the prohpet of the harbuor", "the prophet of the harbour"),
        ("who is the PRROPHET?", "who is the prophet?"),
        ("the prophet, the harbour", "the prophet, the harbour"),
        ("in 1878 at Lyon", "in 1878 at Lyon"),
        ("Frontex", "Frontex"),  # two letters away from a word is another word
        ("", ""),
    ],
)
def test_only_slips_are_mended(typed: str, searched: str) -> None:
    assert respell(typed, "en", WORDS, count_letters) == searched


def test_a_word_the_encoder_knows_is_no_slip() -> None:
    assert respell("the prohpet", "en", WORDS, lambda texts: [1] * len(texts)) == "the prohpet"


@given(st.text("abcdé", max_size=7), st.text("abcdé", max_size=7))
def test_one_slip_goes_both_ways(one: str, other: str) -> None:
    assert is_one_slip(one, other) == is_one_slip(other, one)
    assert not is_one_slip(one, one)


@given(st.text("abcdé", min_size=2, max_size=8), st.data())
def test_every_single_slip_is_known(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 2))
    letter = data.draw(st.sampled_from("xyz"))
    changed_round = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    for typed in (
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place:],
        word[:place] + letter + word[place + 1 :],
    ):
        assert is_one_slip(word, typed) is (word != typed)
    assert is_one_slip(word, changed_round) is (word != changed_round)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The sample corpus, open."""
    config = Config(index=tmp_path_factory.mktemp("respell") / "index")
    build(sample_corpus(), config)
    return open_library(config, checksums=False)


def test_a_question_with_a_slip_finds_what_it_means_and_is_shown_as_typed(library: Library) -> None:
    right = ask(library, "Qui est la secrétaire générale de Sécurtech Europe ?", ExtractiveModel())
    typed = ask(library, "Qui est la secérataire générale de Sécurtech Europe ?", ExtractiveModel())
    assert typed.question == "Qui est la secérataire générale de Sécurtech Europe ?"
    assert typed.standalone == ""
    assert typed.hits[0].passage.id == right.hits[0].passage.id


def test_a_language_the_documents_are_not_in_is_not_mended(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.vocabulary.respell", lambda *_: pytest.fail("mended"))
    gather(library, "Šta je rekla agencija?", "hr", None, 5)
