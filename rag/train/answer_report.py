"""TOOL: what a fit of the extractive model is worth on the questions it has not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.answer.confidence import Relation
from rag.answer.extractive import Calibration, logit, softmax
from rag.answer.features import NAMES as SENTENCE_NAMES
from rag.answer.features import SentenceAt
from rag.answer.spans import choose_span
from rag.metrics import auroc, token_f1
from rag.text.normalise import answer_tokens
from rag.train.examples import Example, Judged, judge

OVERLAP = np.array([float(name == "words") for name in SENTENCE_NAMES], np.float32)
"""The plain alternative every fit must beat: the share of the question's words, by rarity."""
COSTED = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""The settings of strictness whose costs are measured."""


def logits_of(judged: Judged, fitted: Mapping[Relation, Calibration]) -> NDArray[np.float32]:
    """The logit of each example, by the calibration of its relation."""
    logits = np.zeros(len(judged.signs), np.float32)
    for relation, calibration in fitted.items():
        chosen = judged.relations == relation
        logits[chosen] = judged.signs[chosen] @ calibration.weights + calibration.added
    return logits


def report(
    examples: Sequence[Example], weights: NDArray[np.float32], fitted: Mapping[Relation, Calibration]
) -> Iterator[str]:
    """For each set, on the held-out half: right sentence given its passage, right end to end, AUROC of refusal."""
    held = [example for example in examples if example.held_out]
    logits = logits_of(judge(held, weights), fitted)
    for name in dict.fromkeys(example.set_name for example in held):
        rows = [(e, float(logit)) for e, logit in zip(held, logits, strict=True) if e.set_name == name]
        answered = [logit for example, logit in rows if example.question.answerable]
        refused = [logit for example, logit in rows if not example.question.answerable]
        given, end_to_end, spans = _right_shares([example for example, _ in rows], weights)
        overlap, _, _ = _right_shares([example for example, _ in rows], OVERLAP)
        curve = auroc(answered, refused)
        yield (
            f"{name:45s} given {_percent(given)} (overlap {_percent(overlap)}) span F1 {_percent(spans)}"
            f"  end to end {_percent(end_to_end)}"
            f"  AUROC {'-' if curve is None else format(curve, '.3f')}"
            f"  answered at .25: {_percent([x > -1.1 for x in answered])} of {len(answered)},"
            f" wrongly {_percent([x > -1.1 for x in refused])} of {len(refused)}"
        )


def _right_shares(
    examples: Sequence[Example], weights: NDArray[np.float32]
) -> tuple[list[bool], list[bool], list[float]]:
    """Whether the best sentence is right: among those of the gold passage, and among all; F1 of the span in the former.

    The span is the one chosen in the sentence, and the whole sentence where the passage was not read.
    """
    given: list[bool] = []
    end_to_end: list[bool] = []
    spans: list[float] = []
    for example in examples:
        if not example.question.answerable or example.question.start is None:
            continue
        chances = softmax(example.seen.rows @ weights) if example.right.size else np.zeros(1, np.float32)
        end_to_end.append(bool(example.right.any() and example.right[int(chances.argmax())]))
        if example.right.any():
            on_gold = np.array([_on_gold(example, place.hit) for place in example.seen.sentences])
            best = int(np.where(on_gold, chances, -1).argmax())
            given.append(bool(example.right[best]))
            spans.append(_span_f1(example, example.seen.sentences[best]))
    return given, end_to_end, spans


def _span_f1(example: Example, place: SentenceAt) -> float:
    """The F1, by words, of the short answer in a sentence against the gold answers."""
    passage = example.asked.hits[place.hit].passage
    start, end = place.start - passage.start, place.end - passage.start
    if place.hit < len(example.seen.readings):
        found = choose_span(example.asked, passage, example.seen.readings[place.hit], start, end)
        start, end = (found.start, found.end) if found else (start, end)
    language = example.question.language
    golds = [answer_tokens(answer, language) for answer in example.question.answers]
    return token_f1(answer_tokens(passage.text[start:end], language), golds)


def _on_gold(example: Example, hit: int) -> bool:
    return example.asked.hits[hit].passage.document_id == example.question.document_id


def _percent(values: Sequence[float]) -> str:
    return f"{100 * sum(values) / len(values):5.1f}" if values else "    -"


def cost_of_strictness(
    examples: Sequence[Example], weights: NDArray[np.float32], fitted: Mapping[Relation, Calibration]
) -> list[dict[str, float]]:
    """What each strictness costs on the questions no fit has seen, every set counting the same.

    ``answered`` and ``refused_rightly`` are shares of the questions with an answer and of those without; ``right`` is
    the share of right sentences among the answers given to both, as many of the one kind asked as of the other.
    """
    held = [example for example in examples if example.held_out and example.seen.sentences]
    logits = logits_of(judge(held, weights), fitted)
    groups = [(example.set_name, example.question.answerable) for example in held]
    counts = {group: groups.count(group) for group in groups}
    answerable = np.array([example.question.answerable for example in held])
    share = np.array([1 / counts[group] for group in groups])
    for kind in (True, False):
        share[answerable == kind] /= share[answerable == kind].sum()
    right = np.array([bool(e.right.any() and e.right[int((e.seen.rows @ weights).argmax())]) for e in held])
    rows = []
    for strictness in COSTED:
        taken = logits >= logit(strictness)
        rows.append(
            {
                "strictness": strictness,
                "answered": round(float(share[taken & answerable].sum()), 4),
                "refused_rightly": round(float(share[~taken & ~answerable].sum()), 4),
                "right": round(float(share[taken & right].sum() / max(share[taken].sum(), 1e-9)), 4),
            }
        )
    return rows
