"""TOOL: questions with their sentences and what is seen of them, for the fits of the extractive model."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answer import Asked
from rag.answer.confidence import NAMES as CONFIDENCE_NAMES
from rag.answer.confidence import Signs, gauge, relation
from rag.answer.extractive import load_reader, read, softmax
from rag.answer.features import Seen, see
from rag.ask import find, prepare
from rag.build import build
from rag.config import Config
from rag.evaluate import TestQuestion
from rag.library import Library, open_library
from rag.train.trials import read_trial

HIT_COUNT = 8
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


@dataclass(frozen=True, slots=True)
class Judged:
    """The confidence signs of some examples, ``(n, features)``, and how each question stands to its sentence."""

    signs: NDArray[np.float32]
    relations: NDArray[np.str_]


def judge(examples: Sequence[Example], weights: NDArray[np.float32]) -> Judged:
    """The signs of each example under the sentence weights; an example without sentences has none."""
    signs: list[Signs] = []
    relations: list[str] = []
    for example in examples:
        if not example.seen.sentences:
            signs.append(np.zeros(len(CONFIDENCE_NAMES), np.float32))
            relations.append("within")
            continue
        chances = softmax(example.seen.rows @ weights)
        signs.append(gauge(example.asked, example.seen, chances))
        relations.append(relation(example.asked, example.seen, chances))
    return Judged(np.stack(signs), np.array(relations))
