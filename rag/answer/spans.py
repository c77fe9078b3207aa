"""STAGE: which words of a chosen sentence are its short answer, and how likely that is right.

A linear model orders the likeliest spans, a logistic regression says whether the first of them may be marked. Their
coefficients lie in ``rag/models/spans.json``; ``python -m rag.train spans`` fits them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answer import Asked
from rag.answer.network import Floats
from rag.answer.reader import Reading
from rag.answer.span_features import NAMES, UNSPACED, Candidates, candidates
from rag.config import PACKAGE
from rag.schema import Passage

SPANS = PACKAGE / "models" / "spans.json"
SIGNS = ("agreed", "logit", "expected", "length", "unfit")
"""What says whether a chosen span is right.

The logarithm of the odds of the spans that share most of its letters with it, by the model; the reader's logit of an
answer there against none; its expected F1; the logarithm of its words; whether the wanted kind stands elsewhere alone.
"""
SHARED = 0.8
"""Two spans agree that share this of their letters (twice the common ones by all of both)."""
LOST = 0.1
"""By so much another number is nearer to the noun that is counted: there the reader's span had an F1 of .33."""
LOGIT_LIMIT = 15.0
LEAST_CHANCE = 1e-3


@dataclass(frozen=True, slots=True)
class SpanWeights:
    """What the fit left: a weight a feature, a weight a sign and what is added, and the least chance that is marked."""

    order: NDArray[np.float32]
    mark: NDArray[np.float32]
    added: float
    sure: float


@dataclass(frozen=True, slots=True)
class Chosen:
    """A span ``text[start:end]`` of a passage, and the probability that it is the answer, given the right sentence.

    ``sure`` says that this is enough to mark it, and that it has the kind of thing that is wanted.
    """

    start: int
    end: int
    chance: float
    sure: bool


@cache
def load_spans(file: Path = SPANS) -> SpanWeights:
    """The weights in ``file``, in the order of the names; raises KeyError for a missing one."""
    values = json.loads(file.read_text(encoding="utf-8"))
    return SpanWeights(
        np.array([values["order"][name] for name in NAMES], np.float32),
        np.array([values["mark"][name] for name in SIGNS], np.float32),
        float(values["mark"]["added"]),
        float(values["sure"]),
    )


def choose_span(asked: Asked, passage: Passage, reading: Reading, start: int, end: int) -> Chosen | None:
    """The short answer within ``passage.text[start:end]``; None where the reader has seen no word of it."""
    question, text = (asked.question, asked.language), (passage.text, passage.language)
    found = candidates(question, text, reading, start, end, asked.compare)
    if found is None:
        return None
    weights = load_spans()
    scores = score_spans(found, weights.order, passage.language)
    best = int(scores.argmax())
    chance = 1 / (1 + exp(-float(see_signs(found, scores, best) @ weights.mark) - weights.added))
    sure = chance >= weights.sure and not is_doubtful(found, best)
    return Chosen(int(found.spans[best, 0]), int(found.spans[best, 1]), chance, sure)


def score_spans(found: Candidates, order: Floats, language: str) -> Floats:
    """A score for each candidate; the reader's alone where words are not parted: no fit has seen such a script."""
    return found.column("chance") if language[:2] in UNSPACED else np.asarray(found.rows @ order)


def is_doubtful(found: Candidates, best: int) -> bool:
    """Whether what is seen of a candidate speaks against showing it, however likely the reader finds it.

    It has not the kind that is wanted, another number stands nearer to the noun that is counted, it is cut within
    brackets or after a stop word.
    """
    dangles = found.column("stop_end")[best] > found.column("one")[best]
    lost = found.column("near_lost")[best] > LOST
    return bool(dangles or lost or found.column("unfit")[best] or found.column("unbalanced")[best])


def see_signs(found: Candidates, scores: Floats, best: int) -> NDArray[np.float32]:
    """The signs of the candidate chosen, in the order of SIGNS."""
    chances = np.exp(scores - scores.max())
    starts, ends = found.spans.T
    common = np.maximum(np.minimum(ends, ends[best]) - np.maximum(starts, starts[best]), 0)
    alike = 2 * common >= SHARED * (ends - starts + ends[best] - starts[best])
    agreed = float(np.clip(chances[alike].sum() / chances.sum(), LEAST_CHANCE, 1 - LEAST_CHANCE))
    logit = float(np.clip(found.logits[best], -LOGIT_LIMIT, LOGIT_LIMIT))
    seen = [found.column(name)[best] for name in ("expected", "length", "unfit")]
    return np.array([np.log(agreed / (1 - agreed)), logit, *seen], np.float32)
