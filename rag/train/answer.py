"""TOOL: fit the coefficients of the extractive model on folders in the form of the dev sets.

The sentence model is a softmax over the sentences of the best hits, the right ones being those that hold a gold
answer. The confidence model is a logistic regression on whether the documents answer at all. Both see one half of the
questions (by a hash of their id); the other half is what the printed figures are measured on.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answer import Asked
from rag.answer.confidence import NAMES as CONFIDENCE_NAMES
from rag.answer.confidence import Signs, gauge, is_across
from rag.answer.extractive import Calibration, load_reader, logit, read, softmax
from rag.answer.features import NAMES as SENTENCE_NAMES
from rag.answer.features import Seen, SentenceAt, see
from rag.ask import find, prepare
from rag.build import build
from rag.config import Config
from rag.evaluate import TestQuestion
from rag.library import Library, open_library
from rag.metrics import auroc, token_f1
from rag.text.normalise import answer_tokens
from rag.train.trials import read_trial

HIT_COUNT = 8
OVERLAP = np.array([float(name == "words") for name in SENTENCE_NAMES], np.float32)
"""The plain alternative every fit must beat: the share of the question's words, by rarity."""
# Across languages the signs are weaker: with an even prior one strictness would refuse 5 % of what has an answer
# there and 9 % within a language, and let half of the off-topic questions through. With this one the two are even.
ACROSS_PRIOR = 0.38
COSTED = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""The settings of strictness whose costs are measured."""
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Example:
    """A question with its sentences and their features; ``right`` marks the sentences that hold the gold answer."""

    set_name: str
    question: TestQuestion
    asked: Asked
    seen: Seen
    right: NDArray[np.bool_]
    held_out: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """The weights of both models, by feature name."""

    sentence: dict[str, float]
    confidence: dict[str, float]
    confidence_added: float


def read_examples(specs: Sequence[str], data: Path, limit: int, tell: Tell) -> list[Example]:
    """Up to ``limit`` examples of each set; see rag.train.trials for what a set may be called."""
    examples: list[Example] = []
    with tempfile.TemporaryDirectory() as scratch:
        for spec in specs:
            trial = read_trial(spec, data)
            config = Config(index=Path(scratch) / trial.corpus_name)
            if not config.index.exists():
                file = Path(scratch) / f"{trial.corpus_name}.jsonl"
                file.write_text("".join(trial.corpus_lines), encoding="utf-8")
                build(file, config)
            library = open_library(config, checksums=False)
            step = max(1, len(trial.questions) // limit)
            found = [_example(spec, question, library) for question in trial.questions[::step]]
            tell(f"{spec}: {len(found)} questions, {sum(bool(e.right.any()) for e in found)} with their sentence")
            examples += found
    return examples


def _example(set_name: str, question: TestQuestion, library: Library) -> Example:
    language = question.language
    hits, _ = find(library, question.question, language, (), library.config.hit_count)
    asked = prepare(library, question.question, language, hits)
    seen = see(asked, HIT_COUNT, read(load_reader(), asked))
    return Example(set_name, question, asked, seen, _right(question, asked, seen), is_held_out(question.id))


def is_held_out(question_id: str) -> bool:
    """Whether the question is kept out of every fit: half of them are, by a hash."""
    return hashlib.sha256(question_id.encode()).digest()[0] % 2 == 1


def _right(question: TestQuestion, asked: Asked, seen: Seen) -> NDArray[np.bool_]:
    """Which sentences hold the first gold answer's beginning in the gold document."""
    return np.array(
        [
            question.answerable
            and question.start is not None
            and asked.hits[place.hit].passage.document_id == question.document_id
            and place.start <= question.start < place.end
            for place in seen.sentences
        ],
        dtype=np.bool_,
    )


def fit_sentences(examples: Sequence[Example], steps: int = 60) -> NDArray[np.float32]:
    """The weights that make the right sentence likeliest, each set counting the same."""
    import torch

    usable = [example for example in examples if example.right.any()]
    sizes = {example.set_name: sum(e.set_name == example.set_name for e in usable) for example in usable}
    rows = torch.from_numpy(np.concatenate([example.seen.rows for example in usable]))
    owners = torch.from_numpy(np.repeat(np.arange(len(usable)), [len(example.right) for example in usable]))
    right = torch.from_numpy(np.concatenate([example.right for example in usable]))
    share = torch.tensor([1 / sizes[example.set_name] for example in usable])
    weights = torch.zeros(len(SENTENCE_NAMES), requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=steps, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        likelihood = (rows @ weights).exp()
        totals = torch.zeros(len(usable)).index_add(0, owners, likelihood)
        rights = torch.zeros(len(usable)).index_add(0, owners, likelihood * right)
        value = -(share * (rights.clamp_min(1e-30) / totals).log()).sum() / share.sum() + 1e-4 * weights.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    return np.asarray(weights.detach().numpy(), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Judged:
    """The confidence signs of some examples, ``(n, features)``, and which of them look across languages."""

    signs: NDArray[np.float32]
    across: NDArray[np.bool_]


def judge(examples: Sequence[Example], weights: NDArray[np.float32]) -> Judged:
    """The signs of each example under the sentence weights; an example without sentences has none."""
    signs: list[Signs] = []
    across: list[bool] = []
    for example in examples:
        if not example.seen.sentences:
            signs.append(np.zeros(len(CONFIDENCE_NAMES), np.float32))
            across.append(False)
            continue
        chances = softmax(example.seen.rows @ weights)
        signs.append(gauge(example.asked, example.seen, chances))
        across.append(is_across(example.asked, example.seen, chances))
    return Judged(np.stack(signs), np.array(across))


def fit_both(examples: Sequence[Example], weights: NDArray[np.float32]) -> tuple[Calibration, Calibration]:
    """The calibration within a language and the one across languages."""
    judged = judge(examples, weights)
    answerable = np.array([example.question.answerable for example in examples])
    sets = np.array([example.set_name for example in examples])
    fitted = []
    for chosen, prior in ((~judged.across, 0.5), (judged.across, ACROSS_PRIOR)):
        fit = fit_confidence(judged.signs[chosen], answerable[chosen], list(sets[chosen]))
        fitted.append(Calibration(fit.weights, fit.added + logit(prior)))
    return fitted[0], fitted[1]


def fit_confidence(signs: NDArray[np.float32], answerable: NDArray[np.bool_], sets: Sequence[str]) -> Calibration:
    """A logistic regression in which the sets weigh about the same, and both outcomes the same in all."""
    import torch

    groups = [(name, bool(outcome)) for name, outcome in zip(sets, answerable, strict=True)]
    counts = {group: groups.count(group) for group in set(groups)}
    # 20 is added so that a set with a handful of one outcome does not outweigh the others
    weighed = np.array([1 / (20 + counts[group]) for group in groups], np.float32)
    for outcome in (False, True):
        weighed[answerable == outcome] /= weighed[answerable == outcome].sum()
    share = torch.from_numpy(weighed)
    rows = torch.from_numpy(np.hstack([signs, np.ones((len(signs), 1), np.float32)]))
    outcomes = torch.from_numpy(answerable.astype(np.float32))
    weights = torch.zeros(rows.shape[1], requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        losses = torch.nn.functional.binary_cross_entropy_with_logits(rows @ weights, outcomes, reduction="none")
        value = (share * losses).sum() / share.sum() + 1e-4 * weights[:-1].square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    found = np.asarray(weights.detach().numpy(), dtype=np.float32)
    return Calibration(found[:-1], float(found[-1]))


def report(
    examples: Sequence[Example], weights: NDArray[np.float32], within: Calibration, across: Calibration
) -> Iterator[str]:
    """For each set, on the held-out half: right sentence given its passage, right end to end, AUROC of refusal."""
    held = [example for example in examples if example.held_out]
    judged = judge(held, weights)
    logits = np.where(
        judged.across,
        judged.signs @ across.weights + across.added,
        judged.signs @ within.weights + within.added,
    )
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

    The span is the reader's in the sentence chosen, and the whole sentence where the passage was not read.
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
        found = example.seen.readings[place.hit].best_span(start, end)
        start, end = found[:2] if found else (start, end)
    language = example.question.language
    golds = [answer_tokens(answer, language) for answer in example.question.answers]
    return token_f1(answer_tokens(passage.text[start:end], language), golds)


def _on_gold(example: Example, hit: int) -> bool:
    return example.asked.hits[hit].passage.document_id == example.question.document_id


def _percent(values: Sequence[float]) -> str:
    return f"{100 * sum(values) / len(values):5.1f}" if values else "    -"


def cost_of_strictness(
    examples: Sequence[Example], weights: NDArray[np.float32], within: Calibration, across: Calibration
) -> list[dict[str, float]]:
    """What each strictness costs on the questions no fit has seen, every set counting the same.

    ``answered`` and ``refused_rightly`` are shares of the questions with an answer and of those without; ``right`` is
    the share of right sentences among the answers given to both, as many of the one kind asked as of the other.
    """
    held = [example for example in examples if example.held_out and example.seen.sentences]
    judged = judge(held, weights)
    logits = np.where(
        judged.across,
        judged.signs @ across.weights + across.added,
        judged.signs @ within.weights + within.added,
    )
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


def write_coefficients(
    file: Path, weights: NDArray[np.float32], within: Calibration, across: Calibration, note: str, **settings: object
) -> None:
    """Write what ExtractiveModel reads, with a note of where the numbers come from."""

    def named(names: Sequence[str], values: NDArray[np.float32]) -> dict[str, float]:
        return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}

    values = {
        "note": note,
        "sentence": named(SENTENCE_NAMES, weights),
        "confidence": named(CONFIDENCE_NAMES, within.weights) | {"added": round(within.added, 4)},
        "confidence_across": named(CONFIDENCE_NAMES, across.weights) | {"added": round(across.added, 4)},
        "hit_count": HIT_COUNT,
        **settings,
    }
    file.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
