"""Dataclasses become JSON and come back equal; what is no record says where it is wrong."""

from __future__ import annotations

import json
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.exchange import Exchange, MadeWith
from rag.records import from_record, to_record
from rag.schema import Answer, Citation, Hit, Passage, Refusal, Sentence

TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)  # half surrogate pairs included
NUMBER = st.integers(0, 10**9)
FLOAT = st.floats(allow_nan=False)
MAYBE = st.none() | TEXT
PASSAGES = st.builds(Passage, TEXT, TEXT, TEXT, NUMBER, NUMBER, TEXT, st.lists(TEXT, max_size=2).map(tuple))
HITS = st.builds(Hit, PASSAGES, NUMBER, FLOAT, TEXT)
CITATIONS = st.builds(
    Citation, NUMBER, TEXT, TEXT, TEXT, MAYBE, MAYBE, TEXT, st.none() | NUMBER, NUMBER, NUMBER, TEXT
)
SENTENCES = st.builds(Sentence, TEXT, st.lists(NUMBER, max_size=3).map(tuple))
ANSWERS = st.builds(
    Answer,
    question=TEXT,
    language=TEXT,
    sentences=st.lists(SENTENCES, max_size=2).map(tuple),
    citations=st.lists(CITATIONS, max_size=2).map(tuple),
    hits=st.lists(HITS, max_size=2).map(tuple),
    refusal=st.none() | st.builds(Refusal, TEXT, TEXT),
    probability=FLOAT,
    lead=TEXT,
    timings_ms=st.dictionaries(st.text(string.ascii_letters, max_size=5), FLOAT, max_size=2),
    standalone=TEXT,
)
MADE = st.builds(MadeWith, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT)
EXCHANGES = st.builds(
    Exchange, TEXT, TEXT, st.none() | ANSWERS, st.lists(TEXT, max_size=2).map(tuple), TEXT, st.none() | MADE
)


@settings(max_examples=150)
@given(EXCHANGES)
def test_an_exchange_comes_back_equal(exchange: Exchange) -> None:
    assert from_record(Exchange, json.loads(json.dumps(to_record(exchange)))) == exchange


@given(ANSWERS)
def test_an_answer_without_the_newer_fields_takes_their_defaults(answer: Answer) -> None:
    record = to_record(answer)
    del record["standalone"]
    record["of_a_later_version"] = [1]
    assert from_record(Answer, record).standalone == ""


@pytest.mark.parametrize(
    ("record", "what"),
    [
        (None, "Sentence is no object"),
        ([], "Sentence is no object"),
        ({"text": 1, "citations": []}, "Sentence.text is no str"),
        ({"text": "a", "citations": {}}, "Sentence.citations is no array"),
        ({"text": "a", "citations": [1, "2"]}, r"Sentence.citations\[1\] is no int"),
        ({"text": "a", "citations": [True]}, r"Sentence.citations\[0\] is no int"),
        ({"text": "a"}, "Sentence is not whole"),
    ],
)
def test_what_is_no_record_says_where_it_is_wrong(record: object, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        from_record(Sentence, record)


def test_a_whole_number_stands_for_a_float_and_nothing_else_does() -> None:
    record = {"passage": to_record(Passage("a", "b", "fr", 0, 1, "x")), "rank": 1, "score": 1, "scorer": "fused"}
    score = from_record(Hit, record).score
    assert (score, type(score)) == (1.0, float)
    with pytest.raises(ValueError, match=r"Hit\.score is no float"):
        from_record(Hit, record | {"score": "1"})
