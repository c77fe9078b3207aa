"""STAGE: what the retrievers say of each candidate passage -> one order.

A passage's score is a weighted sum of shares and cosines that compare between questions; nothing is normalised over
the candidates, so a score means the same whatever else was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.schema import Hit, Passage, Scores
from rag.text.languages import same_language

SCORER, REREAD = "fused", "reread"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of each candidate for one question; every array is ``(n,)``, higher is better.

    ``words``, ``grams`` and ``titles`` are shares 0..1 of the greatest BM25 score; ``late`` (0..1) is late
    interaction with the whole passage, ``near`` (0..1) with its best stretch; ``window`` and ``mean`` (-1..1) are
    cosines with the best window and the whole passage; ``names`` (0..1) is how much of the question's names and
    numbers a passage in another script has; ``brief`` (-1..1.2) is how short it is, the logarithm of a usual length
    over its own; ``opening`` (-1..0.3) is below 0 where it begins with yes or no and the question asks for something
    else, above 0 where the question asks for one of them; ``same_language`` says whether the passage is in the
    question's language and ``known`` whether the encoder was trained on both languages.
    """

    words: Scores
    grams: Scores
    titles: Scores
    late: Scores
    near: Scores
    window: Scores
    mean: Scores
    names: Scores
    brief: Scores
    opening: Scores
    same_language: NDArray[np.bool_]
    known: NDArray[np.bool_]


class Weights(NamedTuple):
    """What each piece of evidence counts, and what is added to all of them."""

    words: float
    grams: float
    titles: float
    late: float
    window: float
    mean: float
    near: float = 0.0
    names: float = 0.0
    brief: float = 0.0
    opening: float = 0.0
    added: float = 0.0


# Fitted by a softmax over the candidates (`python -m rag.train ranking`), divided by 36, so that a passage with every
# word of the question is near 1. Within a language: on half the questions of piaf (also without accents and with typing
# errors), cnil, covid_faq_fr, squad_it_test and xquad in nine languages, with titles held at half of what cnil, whose
# titles are worded like its questions, would give them (`--titles 0.2`) and the opening at two thirds of what the fit
# gives; all 7 % less, so that scores are as high as those the refusal was fitted on. Across: on half of twenty-six
# directions of xquad, a fifth of the way back to an earlier fit, which held names and titles better; names in other
# scripts at what a fit of all on thirty directions gives them; brevity at what cost no R@1 among five European
# languages, of three values tried.
SAME_LANGUAGE = Weights(
    words=0.21, grams=0.21, titles=0.185, late=0.14, window=0.045, mean=0.07, near=0.14, brief=0.027, opening=0.066
)
ACROSS_LANGUAGES = Weights(
    words=0.0,
    grams=0.16,
    titles=0.20,
    late=0.35,
    window=0.20,
    mean=0.27,
    near=0.31,
    names=0.17,
    brief=0.015,
    added=0.01,
)
# Thai, Hindi and Vietnamese are strangers to the shipped encoder: what it says of them is noise.
UNKNOWN_LANGUAGE = Weights(words=0.40, grams=0.45, titles=0.17, late=0.0, window=0.0, mean=0.0)
# What reading the hits adds, a share of the logarithm of the chance that the answer stands in one: chosen on the halves
# of the fits' questions (rag.train.answer) among .01 to .1; the gain is a point or two.
READ_SAME, READ_ACROSS = 0.02, 0.04
UNLIKELY = 1e-4
# An encoder without pieces: its cosines are spread over the candidates first, since each model has its own range.
ONE_VECTOR_SAME = Weights(words=0.28, grams=0.25, titles=0.17, late=0.0, window=0.0, mean=0.30)
ONE_VECTOR_ACROSS = Weights(words=0.0, grams=0.20, titles=0.10, late=0.0, window=0.0, mean=0.70)


def fuse(evidence: Evidence, *, by_pieces: bool) -> Scores:
    """One score a candidate, higher is better, about 0..1 (up to 1.7 across languages).

    ``by_pieces`` says whether the encoder has late interaction; without it the cosines are spread to 0..1.
    """
    if not len(evidence.words):
        return np.zeros(0, np.float32)
    if by_pieces:
        same = np.where(
            evidence.known, _weighted(evidence, SAME_LANGUAGE), _weighted(evidence, UNKNOWN_LANGUAGE)
        )
        across = _weighted(evidence, ACROSS_LANGUAGES)
    else:
        spread = _spread(evidence.mean)
        same = _weighted(evidence, ONE_VECTOR_SAME, mean=spread)
        across = _weighted(evidence, ONE_VECTOR_ACROSS, mean=spread)
    return np.where(evidence.same_language, same, across).astype(np.float32)


def word_shares(evidence: Evidence, scores: Scores, *, by_pieces: bool) -> Scores:
    """The part (0..1) of each of the ``scores`` of fuse that words, their parts, titles and names gave; 0 for none."""
    nothing = np.zeros_like(evidence.late)
    meaningless = replace(evidence, late=nothing, near=nothing, window=nothing, mean=nothing)
    told = fuse(replace(meaningless, brief=nothing, opening=nothing), by_pieces=by_pieces)
    return np.clip(np.divide(told, scores, out=np.zeros_like(told), where=scores > 0), 0, 1)


def order(passages: list[Passage], scores: Scores, count: int, shares: Scores | None = None) -> tuple[Hit, ...]:
    """The ``count`` best passages as hits, ties by the passage's place in the corpus; ``shares`` are word_shares."""
    ranked = sorted(range(len(passages)), key=lambda i: (-scores[i], passages[i].document_id, passages[i].start))
    told = [None] * len(passages) if shares is None else [round(float(share), 4) for share in shares]
    return tuple(
        Hit(passage=passages[i], rank=rank, score=float(scores[i]), scorer=SCORER, by_words=told[i])
        for rank, i in enumerate(ranked[:count], start=1)
    )


def reread(hits: Sequence[Hit], chances: Sequence[float], language: str) -> tuple[Hit, ...]:
    """The hits in the order that reading them gives: to each score a share of the logarithm of its chance is added.

    ``chances`` are the probabilities that the answer stands in each of the first hits; those that were not read count
    as unlikely. Without any the order stands. ``language`` is the question's. Ties keep their order.
    """
    if not chances:
        return tuple(hits)
    scores = []
    for place, hit in enumerate(hits):
        chance = max(chances[place] if place < len(chances) else 0.0, UNLIKELY)
        weight = READ_SAME if same_language(hit.passage.language, language) else READ_ACROSS
        scores.append(hit.score + weight * log(chance))
    ranked = sorted(range(len(hits)), key=lambda place: -scores[place])
    places = enumerate(ranked, start=1)
    return tuple(replace(hits[place], rank=rank, score=scores[place], scorer=REREAD) for rank, place in places)


def _weighted(evidence: Evidence, weights: Weights, mean: Scores | None = None) -> Scores:
    total = (
        weights.words * evidence.words
        + weights.grams * evidence.grams
        + weights.titles * evidence.titles
        + weights.late * evidence.late
        + weights.near * evidence.near
        + weights.names * evidence.names
        + weights.brief * evidence.brief
        + weights.opening * evidence.opening
        + weights.window * evidence.window
        + weights.mean * (evidence.mean if mean is None else mean)
        + weights.added
    )
    return np.asarray(total, dtype=np.float32)


def _spread(cosines: Scores) -> Scores:
    """The cosines stretched so that the least candidate has 0 and the best 1; all 0 where they are equal."""
    low, high = float(cosines.min()), float(cosines.max())
    if high <= low:
        return np.zeros_like(cosines)
    return np.asarray((cosines - low) / (high - low), dtype=np.float32)
