"""The values that flow through the walks: what they compute themselves, and the JSON that is promised outside."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.exchange import Turn, turn_of
from rag.records import hit_to_json
from rag.schema import Answer, Citation, Document, Heading, Hit, Passage, Quoted, Refusal, Sentence

PASSAGE = Passage("a.txt:0", "a.txt", "fr", 2, 9, "bonjour", ("Titre",))
HIT = Hit(PASSAGE, 1, 0.5, "fused")
CITATION = Citation(1, "a.txt", "a.txt:0", "A", "2024-05", None, "fr", 3, 2, 9, "bonjour")
REFUSAL = Refusal("not_in_documents", "Les documents ne le disent pas.")


def make_answer(refusal: Refusal | None = None, hit_count: int = 1) -> Answer:
    sentences = () if refusal else (Sentence("bonjour", (1,)), Sentence("adieu", (1, 2)))
    return Answer(
        question="Quoi ?",
        language="fr",
        sentences=sentences,
        citations=() if refusal else (CITATION,),
        hits=tuple(dataclasses.replace(HIT, rank=rank) for rank in range(1, hit_count + 1)),
        refusal=refusal,
        probability=0.75,
        lead="" if refusal else "D’après les documents :",
        timings_ms={"find": 1.5, "total": 1.5},
    )


def test_a_turn_looks_back_at_what_was_searched() -> None:
    answer = dataclasses.replace(make_answer(), standalone="Quoi de neuf ?")
    assert turn_of(answer) == Turn("Quoi ?", "fr", "Quoi de neuf ?", "bonjour")
    assert turn_of(answer).searched == "Quoi de neuf ?"
    assert turn_of(make_answer(REFUSAL)) == Turn("Quoi ?", "fr")
    assert turn_of(make_answer(REFUSAL)).searched == "Quoi ?"


def make_document(pages: tuple[int, ...]) -> Document:
    return Document("a.pdf", "A", "fr", None, None, "x" * 40, pages=pages)


@pytest.mark.parametrize(
    ("pages", "offset", "page"),
    [
        ((), 0, None),
        ((0,), 0, 1),
        ((0,), 39, 1),
        ((0, 10, 20), 9, 1),
        ((0, 10, 20), 10, 2),
        ((0, 10, 20), 19, 2),
        ((0, 10, 20), 20, 3),
        ((0, 10, 10, 20), 10, 3),  # page 2 is blank
        ((4, 10), 0, 1),  # what stands before the first page belongs to it
    ],
)
def test_page_at_counts_from_one(pages: tuple[int, ...], offset: int, page: int | None) -> None:
    assert make_document(pages).page_at(offset) == page


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8).map(sorted), st.integers(0, 39))
def test_page_starts_at_or_before_what_stands_on_it(starts: list[int], offset: int) -> None:
    page = make_document(tuple(starts)).page_at(offset)
    assert page is not None
    assert 1 <= page <= len(starts)
    assert starts[page - 1] <= offset or page == 1
    assert all(start > offset for start in starts[page:])


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (make_document(()), "text"),
        (Heading(0, 2, 1), "level"),
        (PASSAGE, "text"),
        (HIT, "score"),
        (Quoted(PASSAGE, 2, 9), "start"),
        (CITATION, "quote"),
        (Sentence("a", ()), "text"),
        (REFUSAL, "reason"),
        (make_answer(), "refusal"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_are_never_edited(value: object, field: str) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, field, None)
    assert not hasattr(value, "__dict__")


def test_text_of_an_answer_is_its_sentences_and_of_a_refusal_its_message() -> None:
    assert make_answer().text == "bonjour adieu"
    assert make_answer(REFUSAL).text == "Les documents ne le disent pas."


def test_json_of_an_answer_is_what_is_promised() -> None:
    assert make_answer().to_json() == {
        "question": "Quoi ?",
        "standalone": "",
        "language": "fr",
        "refused": False,
        "reason": None,
        "answer": "bonjour adieu",
        "lead": "D’après les documents :",
        "sentences": [
            {"text": "bonjour", "citations": (1,), "support": "quote", "problems": ()},
            {"text": "adieu", "citations": (1, 2), "support": "quote", "problems": ()},
        ],
        "citations": [
            {
                "marker": 1,
                "document_id": "a.txt",
                "passage_id": "a.txt:0",
                "title": "A",
                "date": "2024-05",
                "source": None,
                "language": "fr",
                "page": 3,
                "start": 2,
                "end": 9,
                "quote": "bonjour",
                "answer": None,
                "contested": False,
            }
        ],
        "hits": [
            {
                "document_id": "a.txt",
                "passage_id": "a.txt:0",
                "start": 2,
                "end": 9,
                "score": 0.5,
                "scorer": "fused",
                "by_words": None,
            }
        ],
        "probability": 0.75,
        "uncertain": False,
        "unmentioned": [],
        "model": "",
        "fallback": "",
        "timings_ms": {"find": 1.5, "total": 1.5},
    }


def test_json_of_a_refusal_says_why_and_keeps_the_hits() -> None:
    found = make_answer(REFUSAL).to_json()
    assert (found["refused"], found["reason"], found["answer"]) == (True, REFUSAL.reason, REFUSAL.message)
    assert (found["sentences"], found["citations"]) == ([], [])
    assert found["hits"] == [hit_to_json(HIT)]


def test_json_holds_the_first_twenty_hits_and_can_be_written() -> None:
    found = make_answer(hit_count=25).to_json()
    assert len(found["hits"]) == 20
    assert json.loads(json.dumps(found))["sentences"][1]["citations"] == [1, 2]
