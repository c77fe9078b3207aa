"""TOOL: fit the weights of rag.rank on trials, and tell how well they order the passages.

A softmax over a question's candidates, the right ones being those of the gold document that hold the answer's start
(all of the document's where the set gives none); half of the questions fit, the other half is reported. Questions may
be asked as people type them: without accents, or with two letters swapped.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.ask import gather
from rag.build import build
from rag.config import SHIPPED_ENCODER, Config
from rag.evaluate import TestQuestion
from rag.library import Library, open_library
from rag.rank import ACROSS_LANGUAGES, SAME_LANGUAGE, UNKNOWN_LANGUAGE, Weights
from rag.text.analysis import fold
from rag.train.examples import is_held_out
from rag.train.questions import mistype
from rag.train.trials import read_trial

NAMES = ("words", "grams", "titles", "late", "window", "mean", "near", "names", "brief", "opening")
_TOTAL = 36.0
"""The softmax weights are divided by this, so that a passage with every word of the question is near 1."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """One question's candidates: evidence ``(n, 10)`` in the order of NAMES, which are right, and what they are.

    ``document_of`` gives each candidate's document, by a number. ``lost`` says that no candidate is right.
    """

    set_name: str
    evidence: NDArray[np.float32]
    right: NDArray[np.bool_]
    same: NDArray[np.bool_]
    known: NDArray[np.bool_]
    document_of: NDArray[np.int64]
    gold: int
    held_out: bool


def as_typed(question: str, how: str) -> str:
    """The question as it is (``""``), without accents (``plain``) or with a typing error (``typo``)."""
    if how == "plain":
        return " ".join(fold(word) for word in question.split())
    return mistype(question, random.Random(question)) if how == "typo" else question


def read_candidates(
    specs: Sequence[str], data: Path, limit: int, tell: Callable[[str], None], encoder: str = SHIPPED_ENCODER
) -> list[Candidates]:
    """Up to ``limit`` questions of each trial; ``piaf:plain`` and ``piaf:typo`` ask as people type."""
    found: list[Candidates] = []
    libraries: dict[str, Library] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for spec in specs:
            name, _, how = spec.partition(":")
            trial = read_trial(name, data)
            if trial.corpus_name not in libraries:
                file = Path(scratch) / f"{trial.corpus_name}.jsonl"
                file.write_text("".join(trial.corpus_lines), encoding="utf-8")
                config = Config(index=Path(scratch) / trial.corpus_name, encoder=encoder)
                build(file, config)
                libraries[trial.corpus_name] = open_library(config, checksums=False)
            library = libraries[trial.corpus_name]
            questions = [question for question in trial.questions if question.document_id]
            step = max(1, len(questions) // limit)
            for question in questions[::step]:
                asked = replace(question, question=as_typed(question.question, how))
                found.append(_candidates(spec, asked, library))
            tell(f"{spec}: {len(questions[::step])} questions")
    return found


def _candidates(name: str, question: TestQuestion, library: Library) -> Candidates:
    depth = library.config.candidate_count
    rows, evidence = gather(library, question.question, question.language, None, depth)
    facts = library.passages.facts(str(question.document_id))
    assert facts is not None, question.document_id
    passages = library.passages.passages(rows)
    documents = np.array([library.passages.document_of(row).row for row in rows], np.int64)
    right = documents == facts.row
    if question.start is not None:
        holds = np.array([p.start <= question.start < p.end for p in passages], np.bool_)
        right = right & holds if (right & holds).any() else right
    columns = np.stack([getattr(evidence, column) for column in NAMES], axis=1) if rows else np.zeros((0, len(NAMES)))
    return Candidates(
        name,
        columns.astype(np.float32),
        right,
        evidence.same_language,
        evidence.known,
        documents,
        facts.row,
        is_held_out(question.id),
    )


def fit_ranking(
    examples: Sequence[Candidates], *, words: bool = True, titles: float | None = None, steps: int = 80
) -> Weights:
    """The weights that make the right passages likeliest, each set counting the same.

    Without ``words`` these count nothing; that of ``titles`` is held at what is given.
    """
    import torch

    usable = [example for example in examples if example.right.any()]
    sizes = {example.set_name: sum(e.set_name == example.set_name for e in usable) for example in usable}
    rows = torch.from_numpy(np.concatenate([example.evidence for example in usable]))
    owners = torch.from_numpy(np.repeat(np.arange(len(usable)), [len(example.right) for example in usable]))
    right = torch.from_numpy(np.concatenate([example.right for example in usable]))
    share = torch.tensor([1 / sizes[example.set_name] for example in usable])
    held = torch.tensor([_TOTAL * (titles or 0.0) * (name == "titles") for name in NAMES])
    fixed = {"words": not words, "titles": titles is not None}
    allowed = torch.tensor([float(not fixed.get(name, False)) for name in NAMES])
    weights = torch.ones(len(NAMES), requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=steps, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        likelihood = (rows @ (weights.clamp_min(0) * allowed + held)).clamp(-60, 60).exp()
        totals = torch.zeros(len(usable)).index_add(0, owners, likelihood)
        rights = torch.zeros(len(usable)).index_add(0, owners, likelihood * right)
        value = -(share * (rights.clamp_min(1e-30) / totals).log()).sum() / share.sum() + 1e-4 * weights.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    found = (weights.detach().clamp_min(0) * allowed + held).numpy() / _TOTAL
    return Weights(**{name: round(float(value), 3) for name, value in zip(NAMES, found, strict=True)})


def report(examples: Sequence[Candidates], weights: dict[str, tuple[Weights, Weights]]) -> list[str]:
    """For each trial, on the questions no fit has seen, R@1 / R@10 of the document by each pair of weights.

    A pair are the weights within a language and across languages.
    """
    lines = []
    for name in dict.fromkeys(example.set_name for example in examples):
        held = [example for example in examples if example.set_name == name and example.held_out]
        told = []
        for label, (within, across) in weights.items():
            ranks = np.array([rank_of_gold(example, within, across) for example in held])
            told.append(f"{label} {100 * np.mean(ranks == 1):.1f} / {100 * np.mean(ranks <= 10):.1f}")
        lines.append(f"{name:28s} {len(held):5d}  " + "  ".join(told))
    return [*lines, f"{'mean':34s}  " + "  ".join(_means(lines, list(weights)))]


def _means(lines: Sequence[str], labels: Sequence[str]) -> list[str]:
    """The mean over the trials of each pair of figures."""
    figures = [[float(word) for word in line.replace("/", " ").split()[2:] if word[0].isdigit()] for line in lines]
    means = np.mean(figures, axis=0)
    return [f"{label} {means[2 * i]:.1f} / {means[2 * i + 1]:.1f}" for i, label in enumerate(labels)]


def rank_of_gold(example: Candidates, within: Weights, across: Weights) -> int:
    """The rank (from 1) of the gold document, ties against it; 10,000 where it is no candidate."""
    scores = np.where(
        example.same,
        np.where(example.known, _score(example, within), _score(example, UNKNOWN_LANGUAGE)),
        _score(example, across),
    )
    gold = example.document_of == example.gold
    if not gold.any():
        return 10_000
    return len(set(example.document_of[scores >= scores[gold].max()]))


def _score(example: Candidates, weights: Weights) -> NDArray[np.float32]:
    values = np.array([getattr(weights, name) for name in NAMES], np.float32)
    return np.asarray(example.evidence @ values + weights.added, dtype=np.float32)


BASELINES = {
    "words": (Weights(1, 0, 0, 0, 0, 0), Weights(1, 0, 0, 0, 0, 0)),
    "encoder": (Weights(0, 0, 0, 0.4, 0.3, 0.3), Weights(0, 0, 0, 0.4, 0.3, 0.3)),
    "shipped": (SAME_LANGUAGE, ACROSS_LANGUAGES),
}
