"""STAGE: the shipped answering model: quotes the sentences that answer and says how sure it is.

A linear model orders the sentences of the best passages, a second one turns what was seen into a probability that they
answer at all. Their coefficients lie in ``rag/models/extractive.json``; ``python -m rag.train answer`` fits them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from math import exp, log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answer import Asked, Reply
from rag.answer.confidence import NAMES as CONFIDENCE_NAMES
from rag.answer.confidence import gauge, is_across
from rag.answer.features import NAMES as SENTENCE_NAMES
from rag.answer.features import Seen, see
from rag.config import PACKAGE
from rag.schema import Quoted, Scores

COEFFICIENTS = PACKAGE / "models" / "extractive.json"


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression: the logit is ``signs @ weights + added``."""

    weights: NDArray[np.float32]
    added: float


@dataclass(frozen=True, slots=True)
class Coefficients:
    """What the fit left: a weight a feature, and the settings chosen on the dev sets.

    ``confidence_across`` judges a sentence in another language than the question, where words cannot be compared.

    ``second_share`` is the probability a further sentence must have, as a share of the first one's, to be quoted too.
    """

    sentence: NDArray[np.float32]
    confidence: Calibration
    confidence_across: Calibration
    strictness: float
    hit_count: int
    quote_count: int
    second_share: float


@cache
def load_coefficients(file: Path = COEFFICIENTS) -> Coefficients:
    """The coefficients in ``file``, in the order of the features' names; raises KeyError for a missing one."""
    values = json.loads(file.read_text(encoding="utf-8"))
    return Coefficients(
        sentence=np.array([values["sentence"][name] for name in SENTENCE_NAMES], np.float32),
        confidence=_calibration(values["confidence"]),
        confidence_across=_calibration(values["confidence_across"]),
        strictness=float(values["strictness"]),
        hit_count=int(values["hit_count"]),
        quote_count=int(values["quote_count"]),
        second_share=float(values["second_share"]),
    )


def _calibration(values: dict[str, float]) -> Calibration:
    return Calibration(np.array([values[name] for name in CONFIDENCE_NAMES], np.float32), float(values["added"]))


class ExtractiveModel:
    """Answers with whole sentences of the documents, letter for letter."""

    def __init__(self, coefficients: Coefficients | None = None) -> None:
        """With the shipped coefficients unless others are given."""
        self._coefficients = coefficients or load_coefficients()

    @property
    def default_strictness(self) -> float:
        """The probability below which the calibrated model refuses."""
        return self._coefficients.strictness

    def reply(self, asked: Asked) -> Reply:
        """The one to ``quote_count`` best sentences, best first, and the probability that they answer."""
        seen = see(asked, self._coefficients.hit_count)
        if not seen.sentences:
            return Reply((), 0.0)
        chances = softmax(seen.rows @ self._coefficients.sentence)
        signs = gauge(asked, seen, chances)
        across = is_across(asked, seen, chances)
        fitted = self._coefficients.confidence_across if across else self._coefficients.confidence
        return Reply(self._quoted(asked, seen, chances), sigmoid(float(signs @ fitted.weights) + fitted.added))

    def _quoted(self, asked: Asked, seen: Seen, chances: Scores) -> tuple[Quoted, ...]:
        order = np.argsort(-chances, kind="stable")[: self._coefficients.quote_count]
        least = chances[order[0]] * self._coefficients.second_share
        chosen = [seen.sentences[i] for i in order if chances[i] >= least]
        quoted = (Quoted(asked.hits[place.hit].passage, place.start, place.end) for place in chosen)
        return tuple({(q.passage.document_id, q.start, q.end): q for q in quoted}.values())


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
