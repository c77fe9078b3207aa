"""TOOL: fit what chooses the short answer in a sentence, and what says whether it may be marked.

Both see one half of the questions; the least chance that is marked is the lowest at which three marks in four are right
in both halves. A mark is right that has an F1 of .8 with a gold answer.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.answer.extractive import load_coefficients
from rag.answer.features import SentenceAt
from rag.answer.span_features import NAMES, Candidates, candidates
from rag.answer.spans import SIGNS, SpanWeights, is_doubtful, score_spans, see_signs
from rag.metrics import token_f1
from rag.text.normalise import answer_tokens
from rag.train.examples import Example

if TYPE_CHECKING:
    import torch

SMALL_SET = 60
"""Added to the size of each set, so that one with a handful of questions does not outweigh the others."""
ORDER_RIDGE = 0.01
MARK_RIDGE = 0.003
"""How much large weights cost, features and signs having a spread of one: the best on questions not seen."""
RIGHT_F1 = 0.8
RIGHT_SHARE = 0.75
SHARPNESS = 3  # of the F1 as a target, before the expected F1 itself is


@dataclass(frozen=True, slots=True)
class Spans:
    """The candidates of a question's right sentence with their F1 against the gold answers."""

    set_name: str
    language: str
    held_out: bool
    found: Candidates
    f1: NDArray[np.float32]


def read_spans(examples: Sequence[Example]) -> list[Spans]:
    """Those of the right sentences, of several the likeliest; a passage that was not read gives none."""
    weights = load_coefficients().sentence
    kept = []
    for example in examples:
        if not example.right.any():
            continue
        best = int(np.where(example.right, example.seen.rows @ weights, -np.inf).argmax())
        found = _candidates(example, example.seen.sentences[best])
        if found is not None:
            f1 = _f1s(example, best, found)
            language = example.asked.hits[example.seen.sentences[best].hit].passage.language
            kept.append(Spans(example.set_name, language, example.held_out, found, f1))
    return kept


def _candidates(example: Example, place: SentenceAt) -> Candidates | None:
    if place.hit >= len(example.seen.readings):
        return None
    asked, passage = example.asked, example.asked.hits[place.hit].passage
    start, end = place.start - passage.start, place.end - passage.start
    question, text = (asked.question, asked.language), (passage.text, passage.language)
    return candidates(question, text, example.seen.readings[place.hit], start, end, asked.compare)


def _f1s(example: Example, sentence: int, found: Candidates) -> NDArray[np.float32]:
    language = example.question.language
    text = example.asked.hits[example.seen.sentences[sentence].hit].passage.text
    golds = [answer_tokens(answer, language) for answer in example.question.answers]
    said = [answer_tokens(text[start:end], language) for start, end in found.spans]
    return np.array([token_f1(words, golds) for words in said], np.float32)


def fit_spans(rows: Sequence[Spans]) -> SpanWeights:
    """The weights by the half of ``rows`` that is not held out, and the least chance that is marked by both halves."""
    fitted = [row for row in rows if not row.held_out]
    order = fit_order(fitted)
    mark, added = _fit_mark(fitted, order)
    sure = max(_least_chance([r for r in rows if r.held_out == held], order, mark, added) for held in (False, True))
    return SpanWeights(order, mark, added, sure)


def fit_order(rows: Sequence[Spans], steps: int = 200) -> NDArray[np.float32]:
    """The weights with the highest expected F1 of a span drawn by the softmax of the scores.

    The loss has many valleys: a cross entropy against the cubes of the F1 finds where to begin. Weights cost by how far
    they lead from the reader's own order, which is better than what a few hundred questions teach of each feature.
    """
    import torch

    usable = [row for row in rows if row.f1.max() > 0]
    features = np.concatenate([row.found.rows for row in usable])
    middle, spread = features.mean(axis=0), features.std(axis=0) + 1e-6
    size = max(len(row.f1) for row in usable)
    inputs = np.zeros((len(usable), size, len(NAMES)), np.float32)
    f1, missing = np.zeros((len(usable), size), np.float32), np.ones((len(usable), size), np.bool_)
    for place, row in enumerate(usable):
        inputs[place, : len(row.f1)] = (row.found.rows - middle) / spread
        f1[place, : len(row.f1)], missing[place, : len(row.f1)] = row.f1, False
    given, gained, left_out = torch.from_numpy(inputs), torch.from_numpy(f1), torch.from_numpy(missing)
    target = gained**SHARPNESS / (gained**SHARPNESS).sum(1, keepdim=True)
    share = torch.from_numpy(_shares(usable))
    reader = torch.zeros(len(NAMES))
    reader[NAMES.index("chance")] = float(spread[NAMES.index("chance")])
    weights = reader.clone().requires_grad_(True)
    for by_f1 in (False, True):
        optimiser = torch.optim.LBFGS([weights], max_iter=steps, line_search_fn="strong_wolfe")

        def loss(by_f1: bool = by_f1, optimiser: torch.optim.LBFGS = optimiser) -> torch.Tensor:
            optimiser.zero_grad()
            likely = torch.log_softmax((given @ weights).masked_fill(left_out, -1e9), 1)
            gain = likely.exp() * gained if by_f1 else target * likely.clamp_min(-50)
            value = ORDER_RIDGE * (weights - reader).square().sum() - (share * gain.sum(1)).sum()
            value.backward()  # type: ignore[no-untyped-call]
            return value

        optimiser.step(loss)  # type: ignore[no-untyped-call]
    return np.asarray(weights.detach().numpy() / spread, dtype=np.float32)


def _fit_mark(rows: Sequence[Spans], order: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """A logistic regression on whether the span chosen is right: a weight a sign, and what is added."""
    import torch

    signs, f1 = judge_spans(rows, order)
    middle, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-6
    given = torch.from_numpy((signs - middle) / spread)
    right, share = torch.from_numpy((f1 >= RIGHT_F1).astype(np.float32)), torch.from_numpy(_shares(rows))
    raw = torch.zeros(len(SIGNS) + 1, requires_grad=True)
    optimiser = torch.optim.LBFGS([raw], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        logits = given @ raw[:-1] + raw[-1]
        losses = torch.nn.functional.binary_cross_entropy_with_logits(logits, right, reduction="none")
        value = (share * losses).sum() + MARK_RIDGE * raw[:-1].square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    weights = np.asarray(raw[:-1].detach().numpy() / spread, dtype=np.float32)
    return weights, float(raw[-1].detach()) - float(weights @ middle)


def judge_spans(
    rows: Sequence[Spans], order: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The signs of the span chosen in each row, ``(n, len(SIGNS))``, and its F1."""
    scores = [score_spans(row.found, order, row.language) for row in rows]
    best = [_best(row, order) for row in rows]
    signs = [see_signs(row.found, score, i) for row, score, i in zip(rows, scores, best, strict=True)]
    return np.stack(signs), np.array([row.f1[i] for row, i in zip(rows, best, strict=True)], np.float32)


def _chances(
    rows: Sequence[Spans], order: NDArray[np.float32], mark: NDArray[np.float32], added: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The probability that the span chosen in each row is right, 0 for one that is none to show; its F1."""
    signs, f1 = judge_spans(rows, order)
    chances = 1 / (1 + np.exp(-(signs @ mark) - added))
    doubtful = [is_doubtful(row.found, _best(row, order)) for row in rows]
    return np.where(doubtful, 0, chances), f1


def _best(row: Spans, order: NDArray[np.float32]) -> int:
    return int(score_spans(row.found, order, row.language).argmax())


def _least_chance(rows: Sequence[Spans], order: NDArray[np.float32], mark: NDArray[np.float32], added: float) -> float:
    """The lowest chance from which on RIGHT_SHARE of the marks are right; 1 where there is none."""
    chances, f1 = _chances(rows, order, mark, added)
    falling = np.argsort(-chances, kind="stable")
    right = np.cumsum(f1[falling] >= RIGHT_F1) / np.arange(1, len(rows) + 1)
    enough = np.flatnonzero(right >= RIGHT_SHARE)
    return float(chances[falling][enough[-1]]) if len(enough) else 1.0


def _shares(rows: Sequence[Spans]) -> NDArray[np.float32]:
    """What each row weighs, together 1."""
    sizes = Counter(row.set_name for row in rows)
    shares = np.array([1 / (SMALL_SET + sizes[row.set_name]) for row in rows], np.float32)
    return np.asarray(shares / shares.sum(), dtype=np.float32)


def report_spans(rows: Sequence[Spans], weights: SpanWeights) -> Iterator[str]:
    """For each set, in its right sentences not seen by the fit: F1 before and after, share marked, share of it right.

    Before, the likeliest span by the reader was the answer.
    """
    held = [row for row in rows if row.held_out]
    for name in dict.fromkeys(row.set_name for row in held):
        chosen = [row for row in held if row.set_name == name]
        chances, f1 = _chances(chosen, weights.order, weights.mark, weights.added)
        before = [row.f1[int(row.found.logits.argmax())] for row in chosen]
        marked = chances >= weights.sure
        right = f"{100 * float(np.mean(f1[marked] >= RIGHT_F1)):5.1f}" if marked.any() else "    -"
        yield (
            f"{name:45s} F1 {100 * float(np.mean(before)):5.1f} -> {100 * float(f1.mean()):5.1f}"
            f"  marked {100 * float(marked.mean()):5.1f}, right {right} of {int(marked.sum())}"
        )


def write_spans(file: Path, weights: SpanWeights, note: str) -> None:
    """Write what rag.answer.spans reads, with a note of where the numbers come from."""
    order = {name: round(float(value), 4) for name, value in zip(NAMES, weights.order, strict=True)}
    mark = {name: round(float(value), 4) for name, value in zip(SIGNS, weights.mark, strict=True)}
    values = {
        "note": note, "order": order, "mark": mark | {"added": round(weights.added, 4)}, "sure": round(weights.sure, 3)
    }  # fmt: skip
    file.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
