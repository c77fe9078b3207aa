"""Words that no document has together: named in a refusal, and only where it is true of every document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import write_corpus

from rag.answer import Asked, Reply
from rag.answer.apart import words_apart
from rag.answer.extractive import ExtractiveModel
from rag.ask import ask
from rag.build import build
from rag.config import Config
from rag.joined import JoinedLexical
from rag.library import Library, open_library
from rag.schema import Hit, Passage
from rag.text.phrases import phrase

DOCUMENTS = {
    "agence.txt": "Frontex a ouvert un bureau à Varsovie. Ses agents portent un uniforme bleu depuis 2021.",
    "commune.txt": "Le budget de la commune a été voté en mars. Les dépenses de voirie augmentent encore.",
    "port.txt": "Le port compte quarante grues. Les navires attendent parfois trois jours au large.",
    "ecole.txt": "L'école accueille deux cents élèves. La cantine sert des repas chauds tous les jours.",
}


def build_library(folder: Path, documents: Mapping[str, str]) -> Library:
    config = Config(index=folder / "index", strictness=1.0)
    build(write_corpus(folder / "corpus", dict(documents)), config)
    return open_library(config)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return build_library(tmp_path_factory.mktemp("apart"), DOCUMENTS)


@pytest.fixture(scope="module")
def bilingual(tmp_path_factory: pytest.TempPathFactory) -> Library:
    german = "Frontex hat einen Haushalt von vielen Millionen Euro. Die Beamten tragen eine blaue Uniform."
    return build_library(tmp_path_factory.mktemp("bilingual"), DOCUMENTS | {"amt.txt": german})


class Unsure(ExtractiveModel):
    """Quotes as the shipped model does, and is never sure."""

    def reply(self, asked: Asked) -> Reply:
        """What the shipped model replies, with a small probability."""
        return replace(super().reply(asked), probability=0.1)


def refusal(library: Library, question: str, language: str = "fr") -> str:
    return ask(library, question, Unsure(), language=language).text


def test_a_refusal_names_two_words_that_no_document_has_together(library: Library) -> None:
    said = phrase("refusal_apart", "fr", first="«\u00a0Frontex\u00a0»", second="«\u00a0budget\u00a0»")
    assert said == "Aucun document ne mentionne «\u00a0Frontex\u00a0» avec «\u00a0budget\u00a0»."
    assert refusal(library, "Que dit Frontex du budget ?") == f"{phrase('refusal_not_in_documents', 'fr')} {said}"


@pytest.mark.parametrize(
    "question",
    [
        "Que fait Frontex à Varsovie ?",  # one document has both
        "Où sont les bureaux de Frontex ?",  # in another form
        "Le budget du port ?",  # neither is a name or a number
        "Que dit Frontex ?",
    ],
)
def test_nothing_is_said_of_words_that_stand_together(library: Library, question: str) -> None:
    assert refusal(library, question) == phrase("refusal_not_in_documents", "fr")


def test_a_word_that_no_document_has_is_named_before(library: Library) -> None:
    assert "Zorg" in refusal(library, "Que dit Frontex du budget de Zorg ?")
    assert "Frontex" not in refusal(library, "Que dit Frontex du budget de Zorg ?")


def test_a_document_in_another_language_may_say_it_in_its_own_words(bilingual: Library) -> None:
    assert refusal(bilingual, "Que dit Frontex du budget ?") == phrase("refusal_not_in_documents", "fr")
    assert "«\u00a0Frontex\u00a0» avec «\u00a02021\u00a0»" not in refusal(bilingual, "Frontex en 2021 ?")


def test_the_words_stand_in_the_order_of_the_question(library: Library) -> None:
    assert "«\u00a0budget\u00a0» avec «\u00a0Frontex\u00a0»" in refusal(library, "Quel budget a Frontex ?")


def test_rows_with_a_word_are_those_where_it_stands(library: Library) -> None:
    rows = {row: library.passages.document_of(row).id for row in range(library.passages.passage_count)}
    found = {term: [rows[row] for row in library.lexical.rows_with(term)] for term in ("frontex", "budget", "zorg")}
    assert found == {"frontex": ["agence.txt"], "budget": ["commune.txt"], "zorg": []}


def test_rows_of_joined_indexes_are_counted_through(library: Library, bilingual: Library) -> None:
    parts = (library.lexical, bilingual.lexical)
    joined = JoinedLexical(parts, [len(each.passages.documents) for each in (library, bilingual)])  # type: ignore[arg-type]
    first = library.passages.passage_count
    expected = [*parts[0].rows_with("frontex"), *(row + first for row in parts[1].rows_with("frontex"))]
    assert joined.rows_with("frontex") == expected
    assert len(expected) == 3


def make_asked(question: str, where: Mapping[str, Sequence[int]], nearest: Sequence[str] = ("xx",)) -> Asked:
    """``nearest`` are the languages of the hits."""
    weights = {term: 2.0 + len(term) / 100 for term in where}
    return Asked(
        question=question,
        language="xx",
        hits=[Hit(Passage("a:0", "a", tag, 0, 1, "a"), rank, 0.5, "fused") for rank, tag in enumerate(nearest, 1)],
        same_language=True,
        term_weight=lambda term: weights.get(term, 0.0),
        occurs=lambda term: term in where,
        interact=None,
        documents_with=lambda term, _: set(where.get(term, ())),
    )


@pytest.mark.parametrize(
    ("question", "where", "apart"),
    [
        ("on Alpha beta gammas", {"alpha": [1], "beta": [2], "gammas": [3]}, ("Alpha", "gammas")),  # the rarer of two
        ("on Alpha beta", {"alpha": [1], "beta": [1, 2]}, None),
        ("on alpha beta", {"alpha": [1], "beta": [2]}, None),  # no name
        ("on alpha 1950", {"alpha": [1], "1950": [2]}, ("alpha", "1950")),
        ("on Alpha Beta", {"alpha": [1], "beta": [2]}, ("Alpha", "Beta")),
        ("on Saint-Jean beta", {"saint": [1, 2], "jean": [2], "beta": [1]}, ("Saint-Jean", "beta")),
        ("on Alpha beta", {"alpha": [1], "beta": []}, None),  # that is for the other sentence
    ],
)
def test_which_words_are_named(question: str, where: Mapping[str, Sequence[int]], apart: object) -> None:
    assert words_apart(make_asked(question, where)) == apart


def test_nothing_is_said_where_a_near_passage_is_in_another_language() -> None:
    where = {"alpha": [1], "beta": [2]}
    assert words_apart(make_asked("on Alpha beta", where, ["xx"] * 5 + ["fr"])) == ("Alpha", "beta")
    assert words_apart(make_asked("on Alpha beta", where, ["xx"] * 4 + ["fr"])) is None


def test_a_verb_of_thinking_is_never_what_stands_apart(tmp_path: Path) -> None:
    more = DOCUMENTS | {"avis.txt": "Le maire pense que la voirie coûte trop cher. Il l'a répété plusieurs fois."}
    library = build_library(tmp_path, more)
    said = refusal(library, "Que pense Frontex des uniformes ?")
    assert "pense" not in said
    assert "Frontex" in refusal(library, "Que pense Frontex des navires ?")
