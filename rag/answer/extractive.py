"""STAGE: the shipped answering model: quotes the sentences that answer and says how sure it is.

A linear model orders the sentences of the best passages, a second one turns what was seen into a probability that they
answer at all. Their coefficients lie in ``rag/models/extractive.json``; ``python -m rag.train answer`` fits them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from rag.answer import Asked, Reply
from rag.answer.confidence import NAMES as CONFIDENCE_NAMES
from rag.answer.confidence import Relation, gauge, relation
from rag.answer.features import NAMES as SENTENCE_NAMES
from rag.answer.features import Seen, SentenceAt, see
from rag.answer.given import most_likely
from rag.answer.lists import list_end, list_under_heading, whole_list
from rag.answer.reader import Reader, Reading
from rag.answer.rows import without_other_rows
from rag.answer.sought import meeting
from rag.answer.spans import choose_span
from rag.answer.versions import other_version
from rag.answer.wanted import gives_reason, quantities
from rag.config import PACKAGE
from rag.schema import Quoted, Scores, Span
from rag.text.analysis import has_stemmer, terms
from rag.text.questions import Wanted, what_is_wanted

READ_COUNT = 6
"""How many passages are read: each takes about eight milliseconds of a slow core."""

MARKED_SHARE = 0.7
"""A longer share of a sentence than this marks nothing a reader would not see."""

SURE = 0.8
"""A sentence as probable as this needs none from another document beside it."""

KEYWORDS = 2
"""A question of no more content words, without a question word, is a search for them."""
STRANGE = 0.05
"""The probability that documents answer one whose words they do not have."""

COEFFICIENTS = PACKAGE / "models" / "extractive.json"


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression: the logit is ``signs @ weights + added``."""

    weights: NDArray[np.float32]
    added: float


@dataclass(frozen=True, slots=True)
class Coefficients:
    """What the fit left: a weight a feature, and the settings chosen on the dev sets.

    ``confidence`` has a calibration for each relation of the question to the sentence.

    ``second_share`` is the probability a further sentence must have, as a share of the first one's, to be quoted too,
    ``beside_share`` the same for the sentence right before or after the first.
    """

    sentence: NDArray[np.float32]
    confidence: Mapping[Relation, Calibration]
    strictness: float
    hit_count: int
    quote_count: int
    second_share: float
    beside_share: float


@cache
def load_coefficients(file: Path = COEFFICIENTS) -> Coefficients:
    """The coefficients in ``file``, in the order of the features' names; raises KeyError for a missing one."""
    values = json.loads(file.read_text(encoding="utf-8"))
    return Coefficients(
        sentence=np.array([values["sentence"][name] for name in SENTENCE_NAMES], np.float32),
        confidence={name: _calibration(values["confidence"][name]) for name in get_args(Relation)},
        strictness=float(values["strictness"]),
        hit_count=int(values["hit_count"]),
        quote_count=int(values["quote_count"]),
        second_share=float(values["second_share"]),
        beside_share=float(values["beside_share"]),
    )


def _calibration(values: dict[str, float]) -> Calibration:
    return Calibration(np.array([values[name] for name in CONFIDENCE_NAMES], np.float32), float(values["added"]))


class ExtractiveModel:
    """Answers with whole sentences of the documents, letter for letter."""

    def __init__(self, coefficients: Coefficients | None = None, reader: Reader | None = None) -> None:
        """With the shipped coefficients and reader unless others are given; other coefficients bring their own."""
        self._coefficients = coefficients or load_coefficients()
        self._reader = reader if coefficients else reader or load_reader()

    @property
    def default_strictness(self) -> float:
        """The probability below which the calibrated model refuses."""
        return self._coefficients.strictness

    def reply(self, asked: Asked) -> Reply:
        """The one to ``quote_count`` best sentences, best first, and the probability that they answer."""
        seen = see(asked, self._coefficients.hit_count, read(self._reader, asked))
        if not seen.sentences:
            return Reply((), 0.0)
        chances = softmax(seen.rows @ self._coefficients.sentence)
        signs = gauge(asked, seen, chances)
        fitted = self._coefficients.confidence[relation(asked, seen, chances)]
        probability = sigmoid(float(signs @ fitted.weights) + fitted.added)
        if is_strange_keyword(asked):
            probability = min(probability, STRANGE)
        quoted = self._quoted(asked, seen, chances, sure=probability >= SURE)
        probability = min(probability, most_likely(asked, quoted))
        return Reply(quoted, probability, hit_chances=_by_hit(seen, chances))

    def _quoted(self, asked: Asked, seen: Seen, chances: Scores, *, sure: bool) -> tuple[Quoted, ...]:
        """The best sentences, none of which says the same as one before it, each with the list it announces or is of.

        Where several things are asked for that a heading names, the list under it comes first.

        The same with another figure, in another document, comes second, and is one more; then what stands beside the
        best one and is needed with it. Sentences of one passage keep their order.
        """
        order = without_other_rows(asked, seen, [int(i) for i in np.argsort(-chances, kind="stable")])
        beside = needed_beside(asked, seen, order[0])
        able = may_follow(asked, seen, order[0], sure=sure)
        likely = [
            i for i in order[1:] if able[i] and chances[i] >= chances[order[0]] * self._share(seen, order[0], i)
        ]
        version = other_version(asked, seen, order[0])
        first = [i for i in (version, beside) if i is not None]
        count = self._coefficients.quote_count + (version is not None)
        quoted: dict[str, Quoted] = {}
        headed = list_under_heading(asked, seen, order[0])
        if headed is not None:
            count = max(count, 2)
            quoted[_run_on(headed)] = headed
        for i in dict.fromkeys([order[0], *first, *likely]):
            if len(quoted) == count:
                break
            place = seen.sentences[i]
            passage = asked.hits[place.hit].passage
            start, end = whole_list(asked, passage, place)
            contested = version is not None and i in (order[0], version)
            found = Quoted(passage, start, end, _short_answer(asked, seen, place), contested)
            text = _run_on(found)
            if not any(text in other or other in text for other in quoted):
                quoted[text] = found
        return tuple(_in_reading_order(list(quoted.values())))

    def _share(self, seen: Seen, best: int, other: int) -> float:
        """The share of the best sentence's chance that another one must have to be quoted too."""
        adjoins = abs(best - other) == 1 and seen.sentences[best].hit == seen.sentences[other].hit
        return self._coefficients.beside_share if adjoins else self._coefficients.second_share


def _run_on(quoted: Quoted) -> str:
    """What is quoted, as one line."""
    offset = quoted.passage.start
    return " ".join(quoted.passage.text[quoted.start - offset : quoted.end - offset].split())


def _in_reading_order(quoted: Sequence[Quoted]) -> list[Quoted]:
    """The quotations with those of one passage in the order they stand in it, in the places that passage has."""
    waiting: dict[str, list[Quoted]] = defaultdict(list)
    for found in sorted(quoted, key=lambda quote: quote.start):
        waiting[found.passage.id].append(found)
    return [waiting[found.passage.id].pop(0) for found in quoted]


def is_strange_keyword(asked: Asked) -> bool:
    """Whether a word or two that no passage has are all that is asked ("Frontex"): what looks like them is no answer.

    Only where the documents are in its language and the endings of that are known; the calibrations were fitted on
    whole questions, and say nothing of these.
    """
    if asked.knows_a_word is None or not asked.same_language or not has_stemmer(asked.language):
        return False
    if len(set(terms(asked.question, asked.language))) > KEYWORDS:
        return False
    return what_is_wanted(asked.question, asked.language) is None and not asked.knows_a_word()


def may_follow(asked: Asked, seen: Seen, best: int, *, sure: bool) -> NDArray[np.bool_]:
    """Which sentences may be quoted after the best one, ``(n,)``: any of its document.

    One without the number or the time that is asked for only where the best one has none either. One of another
    document only where the best one is not sure already, and where it has the kind of thing wanted. Of
    the others some 5 % held the answer on the dev sets and the sample, of those that are left some 13 %.
    """
    documents = [asked.hits[place.hit].passage.document_id for place in seen.sentences]
    own = np.array([document == documents[best] for document in documents], np.bool_)
    meets = meeting(asked, seen)
    counted = what_is_wanted(asked.question, asked.language) in (Wanted.HOW_MANY, Wanted.WHEN)
    kept = own & meets if counted and meets[best] else own
    return kept if sure else kept | meets


def needed_beside(asked: Asked, seen: Seen, best: int) -> int | None:
    """The sentence before or after the best one without which that is half an answer; None where there is none.

    The reason, where one is asked for and the best sentence gives none; the list announced right after it, where no
    person, place, time, quantity or reason is asked for.
    """
    place = seen.sentences[best]
    passage = asked.hits[place.hit].passage
    wanted = what_is_wanted(asked.question, asked.language)
    beside = [i for i in (best + 1, best - 1) if 0 <= i < len(seen.sentences) and seen.sentences[i].hit == place.hit]

    def text(at: SentenceAt) -> str:
        return passage.text[at.start - passage.start : at.end - passage.start]

    if wanted is Wanted.WHY:
        if gives_reason(text(place)):
            return None
        return next((i for i in beside if gives_reason(text(seen.sentences[i]))), None)
    after = [i for i in beside if i > best]
    if wanted not in (None, Wanted.HOW) or list_end(passage, place.start, place.end) > place.end:
        return None
    return next((i for i in after if list_end(passage, *seen.sentences[i][1:]) > seen.sentences[i].end), None)


def _by_hit(seen: Seen, chances: Scores) -> tuple[float, ...]:
    """The chances of each hit's sentences together."""
    hits = [place.hit for place in seen.sentences]
    return tuple(float(chance) for chance in np.bincount(hits, weights=chances))


def _short_answer(asked: Asked, seen: Seen, place: SentenceAt) -> Span | None:
    """Where the short answer stands in the sentence.

    None where the reader is unsure, where all of the sentence is it, and where a number is asked for and it has none.
    """
    if place.hit >= len(seen.readings):
        return None
    passage = asked.hits[place.hit].passage
    offset = passage.start
    start, end = place.start - offset, place.end - offset
    found = choose_span(asked, passage, seen.readings[place.hit], start, end)
    if found is None or not found.sure or found.end - found.start > MARKED_SHARE * (end - start):
        return None
    counted = what_is_wanted(asked.question, asked.language) is Wanted.HOW_MANY
    if counted and not quantities(passage.text[found.start : found.end], passage.language):
        return None
    return offset + found.start, offset + found.end


@cache
def load_reader() -> Reader:
    """The shipped reader, loaded once a process."""
    return Reader.load()


def read(reader: Reader | None, asked: Asked) -> list[Reading]:
    """What the reader sees in the first READ_COUNT hits; nothing without a reader."""
    if reader is None:
        return []
    passages = [hit.passage for hit in asked.hits[:READ_COUNT]]
    readings = reader.read(asked.question, [asked.under_titles(passage) for passage in passages])
    return [read.after(len(asked.under_titles(held, ""))) for read, held in zip(readings, passages, strict=True)]


def softmax(logits: Scores) -> Scores:
    """Probabilities that sum to 1."""
    weights = np.exp(logits - logits.max())
    return np.asarray(weights / weights.sum(), dtype=np.float32)


def sigmoid(logit: float) -> float:
    """The probability of a logit.

    >>> sigmoid(0.0)
    0.5
    """
    return 1 / (1 + exp(-logit)) if logit >= 0 else exp(logit) / (1 + exp(logit))


def logit(probability: float) -> float:
    """The inverse of sigmoid, for probabilities strictly between 0 and 1."""
    return log(probability / (1 - probability))
