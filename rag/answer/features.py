"""STAGE: what can be seen of each sentence of the hits, and of all of them together, as numbers.

All features are language-neutral: shares of the question that a sentence meets, and whether the sentence holds the
kind of thing the question wants.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.answer import Asked
from rag.answer.contacts import asks_contact, is_contact
from rag.answer.reader import Reading
from rag.answer.wanted import see_wanted
from rag.schema import Document, Passage
from rag.text.analysis import grams, terms
from rag.text.headings import headings
from rag.text.issue import dateline_end
from rag.text.languages import same_language
from rag.text.questions import Wanted, what_is_wanted
from rag.text.sentences import quotable, sentences

Features = NDArray[np.float32]
"""``(n, len(NAMES))`` float32, a row a sentence."""

_BASE = (
    "passage",  # the passage's fused score
    "behind",  # how far that is below the best passage's
    "document",  # the fused score of the best passage of its document
    "words",  # share of the question's words, by rarity, that the sentence has
    "grams",  # share of the question's character n-grams that the sentence has
    "words_here",  # the same two, by rarity among the sentences looked at
    "grams_here",
    "late",  # late interaction of the question with the sentence
    "words_before",  # the share of the sentence before it
    "words_after",  # and of the one after it
    "late_best",  # late interaction, as a share of the best among the passage's sentences
    "length",  # logarithm of the number of words
    "short",  # fewer than five words
    "first",  # it opens its passage
    "wanted_number",  # a quantity is asked for and the sentence has one, no date, that the question has not
    "wanted_time",  # a time is asked for and the sentence has a number that the question has not
    "wanted_name",  # a person is asked for and the sentence has a name that the question has not
    "wanted_person",  # a person is asked for and the sentence has a name of two words that the question has not
    "wanted_date",  # a time is asked for and the sentence has a date, a year or a month that the question has not
    "wanted_place",  # a place is asked for and the sentence has a name that the question has not
    "wanted_reason",  # a reason is asked for and the sentence gives one
    "numbers",  # share of the question's numbers that the sentence has; 0 where it has none
    "new",  # share of the sentence's words that the question has not
    "read",  # the reader's logit of an answer that starts in the sentence, against there being none in its passage
    "read_share",  # probability of such an answer among all of the passages
    "read_span",  # half the logit of the likeliest span in the sentence, against there being none
    "read_best",  # the likeliest span of all passages stands in it
)
NAMES = (*_BASE, *(f"{name}_across" for name in _BASE), "foreign")
"""All of them, then all again where the sentence is in another language than the question, and 0 where it is not.

What a feature tells may differ there. The last one says that it is.
"""

READ_LIMIT = 12.0
"""Logits of the reader are held to this: beyond it there is no doubt left."""

LABEL_WORDS = 6
"""A line of more words than this says something, whatever its form."""


class SentenceAt(NamedTuple):
    """A sentence of a hit: which hit, and where it stands in the document."""

    hit: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Seen:
    """The sentences of the hits with their features; ``rows`` are as ``sentences``."""

    sentences: tuple[SentenceAt, ...]
    rows: Features
    readings: Sequence[Reading] = ()


def see(asked: Asked, hit_count: int, readings: Sequence[Reading] = ()) -> Seen:
    """The features of the sentences of the first ``hit_count`` hits that may be quoted.

    ``readings`` are those of the first hits by the reader; the features it gives are 0 for hits without one.

    A dateline, the place and the day of a release, tells when it is of and nothing else.
    Headings and questions answer nothing, nor do lines of addresses anything but who can be reached; they are looked
    at, for what they say of the sentence after them, and left out, unless there is nothing else.
    """
    timeless = what_is_wanted(asked.question, asked.language) is not Wanted.WHEN
    places: list[SentenceAt] = []
    texts: list[str] = []
    answering: list[bool] = []
    for number, hit in enumerate(asked.hits[:hit_count]):
        passage = hit.passage
        titles = _heading_spans(passage)
        for start, end in sentence_spans(passage):
            text = passage.text[start - passage.start : end - passage.start]
            places.append(SentenceAt(number, start, end))
            texts.append(text[dateline_end(text) :] if timeless else text)
            heads = is_heading(passage, start, end) or any(low <= start and end <= high for low, high in titles)
            reaches = is_contact(passage, start, end) and not asks_contact(asked, passage, start, end)
            answering.append(not heads and not reaches and not _asks(text, passage.language))
    if not places:
        return Seen((), np.zeros((0, len(NAMES)), np.float32))
    rows = _rows(asked, places, texts)
    first = NAMES.index("read")
    rows[:, first : first + 4] = _read(asked, places, readings)
    across = np.array([not same_language(asked.hits[p.hit].passage.language, asked.language) for p in places])
    rows[:, len(_BASE) : -1] = rows[:, : len(_BASE)] * across[:, None]
    rows[:, -1] = across
    kept = np.flatnonzero(answering) if any(answering) else np.arange(len(places))
    return Seen(tuple(places[i] for i in kept), rows[kept], readings)


def is_heading(passage: Passage, start: int, end: int) -> bool:
    """Whether a sentence is one of the headings the passage stands under, or has the form of one."""
    text = _bare_line(passage.text[start - passage.start : end - passage.start])
    return is_label(passage, start, end) or text in map(_bare_line, passage.headings)


def _bare_line(text: str) -> str:
    return " ".join(text.split()).strip(" *_#:")


def is_label(passage: Passage, start: int, end: int) -> bool:
    """Whether a sentence is a few words alone on a line, without a stop, a figure or a list mark: a heading's form."""
    before, after = passage.text[: start - passage.start], passage.text[end - passage.start :]
    text = passage.text[start - passage.start : end - passage.start]
    alone = (not before or before.endswith("\n")) and (not after or after.lstrip(" *_:").startswith("\n"))
    return (
        alone
        and "\n" in passage.text
        and len(text.split()) <= LABEL_WORDS
        and not text.rstrip().endswith((".", "!", "…", ";", ",", "。"))
        and not any(character.isdigit() for character in text)
    )


def _heading_spans(passage: Passage) -> list[tuple[int, int]]:
    """Where headings stand in the passage, as offsets in the document; a little is allowed for marks around them."""
    if "\n" not in passage.text:
        return []
    found = headings(Document("", "", passage.language, None, None, passage.text))
    return [(passage.start + heading.start - 4, passage.start + heading.end + 4) for heading in found]


def sentence_spans(passage: Passage) -> list[tuple[int, int]]:
    """Spans of the passage's sentences in the document, without leading list or heading marks; marks alone are none."""
    spans = (quotable(passage.text, span) for span in sentences(passage.text, passage.language))
    return [
        (passage.start + start, passage.start + end)
        for start, end in spans
        if any(character.isalnum() for character in passage.text[start:end])
    ]


def _rows(asked: Asked, places: list[SentenceAt], texts: list[str]) -> Features:
    hits = np.array([place.hit for place in places])
    scores = np.array([hit.score for hit in asked.hits], dtype=np.float32)
    asked_terms = list(dict.fromkeys(terms(asked.question, asked.language)))
    asked_grams = list(dict.fromkeys(grams(asked.question, asked.language)))
    languages = [asked.hits[place.hit].passage.language for place in places]
    told = [asked.under_titles(asked.hits[place.hit].passage, text) for place, text in zip(places, texts, strict=True)]
    met = _met(asked_terms, [set(terms(*pair)) for pair in zip(told, languages, strict=True)])
    met_grams = _met(asked_grams, [set(grams(text, asked.language)) for text in told])
    words = _shares(met, np.array([asked.term_weight(term) for term in asked_terms], np.float32))
    late = asked.interact(told) if asked.interact else words
    rows = np.zeros((len(places), len(NAMES)), dtype=np.float32)
    columns = {name: column for column, name in enumerate(NAMES)}
    same = np.concatenate([[False], hits[1:] == hits[:-1]])
    rows[:, columns["passage"]] = scores[hits]
    rows[:, columns["behind"]] = scores[hits] - scores[0]
    rows[:, columns["document"]] = _best_of_documents(asked)[hits]
    rows[:, columns["words"]] = words
    rows[:, columns["grams"]] = _shares(met_grams, np.ones(len(asked_grams), np.float32))
    rows[:, columns["words_here"]] = _shares(met, _rarity_here(met))
    rows[:, columns["grams_here"]] = _shares(met_grams, _rarity_here(met_grams))
    rows[:, columns["late"]] = late
    rows[:, columns["words_before"]] = np.where(same, np.roll(words, 1), 0)
    rows[:, columns["words_after"]] = np.where(np.roll(same, -1), np.roll(words, -1), 0)
    rows[:, columns["late_best"]] = late / np.maximum(_best_of_hit(late, hits), 1e-6)
    rows[:, columns["first"]] = ~same
    for row, found in enumerate(see_wanted(asked.question, asked.language, list(zip(languages, texts, strict=True)))):
        for name, value in found.items():
            rows[row, columns[name]] = value
    return rows


def _read(asked: Asked, places: list[SentenceAt], readings: Sequence[Reading]) -> Features:
    """What the reader says of each sentence: the columns from ``read`` to ``read_best``."""
    rows = np.zeros((len(places), 4), np.float32)
    spans = np.full(len(places), -np.inf)
    for row, place in enumerate(places):
        if place.hit >= len(readings):
            continue
        offset = asked.hits[place.hit].passage.start
        start, end = place.start - offset, place.end - offset
        rows[row, 0] = np.clip(readings[place.hit].odds_within(start, end), -READ_LIMIT, READ_LIMIT)
        found = readings[place.hit].best_span(start, end)
        spans[row] = found[2] / 2 if found else -READ_LIMIT
        rows[row, 2] = np.clip(spans[row], -READ_LIMIT, READ_LIMIT)
    if readings:
        shares = np.where(np.isfinite(spans), np.exp(rows[:, 0]), 0)
        rows[:, 1] = shares / (1 + shares.sum())
        rows[int(spans.argmax()), 3] = 1
    return rows


def _best_of_documents(asked: Asked) -> NDArray[np.float32]:
    """For each hit, the greatest score among the hits of its document."""
    best: dict[str, float] = {}
    for hit in asked.hits:
        name = hit.passage.document_id
        best[name] = max(best.get(name, hit.score), hit.score)
    return np.array([best[hit.passage.document_id] for hit in asked.hits], dtype=np.float32)


def _best_of_hit(values: NDArray[np.float32], hits: NDArray[np.int64]) -> NDArray[np.float32]:
    """For each sentence, the greatest value among the sentences of its hit."""
    best = np.zeros(int(hits.max()) + 1, dtype=np.float32)
    np.maximum.at(best, hits, values)
    return best[hits]


def _met(wanted: list[str], found: list[set[str]]) -> NDArray[np.bool_]:
    """Which of the wanted terms each sentence has, ``(sentences, terms)``."""
    return np.array([[term in held for term in wanted] for held in found], dtype=np.bool_).reshape(len(found), -1)


def _shares(met: NDArray[np.bool_], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """For each sentence the share of the weights of the terms it meets."""
    met_weights = np.where(met, weights, 0).sum(axis=1)
    return np.asarray(met_weights / max(float(weights.sum()), 1e-6), dtype=np.float32)


def _rarity_here(met: NDArray[np.bool_]) -> NDArray[np.float32]:
    """How rare each term is among the sentences looked at; 0 for one that none of them has."""
    counts = met.sum(axis=0)
    return np.where(counts, np.log1p(len(met) / (1 + counts)), 0).astype(np.float32)


def _asks(text: str, language: str) -> bool:
    """Whether a sentence ends like a question; a semicolon is a question mark in Greek alone."""
    bare = text.rstrip(" \u00a0\u202f\"»”’)*")
    return bare.endswith(("?", "？", "؟", "\u037e")) or (language == "el" and bare.endswith(";"))
