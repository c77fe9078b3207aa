"""TOOL: sets of questions over corpora, with hard cases that no set brings: off-topic, swapped, untold, tiny corpora.

A trial is named by what it is: ``piaf`` asks a set over its own corpus; ``xquad_en@xquad_de`` over another one with the
same ids; ``cnil!piaf`` over one that answers none of it; ``piaf#20`` over the first 20 documents, so that most
questions have no answer; ``piaf~`` after a number or a name in each question was swapped for one of another question;
``piaf^`` asks of names in its corpus what no document tells of them.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rag.evaluate import TestQuestion, read_test_set
from rag.train.questions import swapped_question, written_names
from rag.train.untold import untold_questions

_SPEC = re.compile(r"(?P<questions>[\w-]+)(?:(?P<relation>[@!])(?P<corpus>[\w-]+))?(?:#(?P<first>\d+))?(?P<made>[~^])?")


@dataclass(frozen=True, slots=True)
class Trial:
    """Questions and the lines of the corpus they are asked over."""

    corpus_name: str
    corpus_lines: tuple[str, ...]
    questions: tuple[TestQuestion, ...]


def read_trial(spec: str, data: Path) -> Trial:
    """The trial called ``spec`` from the sets in ``data``; raises ValueError for a name of another form."""
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise ValueError(f"{spec!r} names no trial")
    corpus = match["corpus"] or match["questions"]
    lines = (data / corpus / "corpus.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    questions = read_test_set(data / match["questions"] / "questions.jsonl")
    if match["relation"] == "!":
        questions = [_unanswerable(question) for question in questions]
    first = int(match["first"] or len(lines))
    if first < len(lines) and match["relation"] != "!":
        questions = _within(questions, lines[:first])
    if match["made"] == "~":
        questions = swap(questions)
    if match["made"] == "^":
        rows = [json.loads(line) for line in lines[:first]]
        questions = untold_questions(questions, [(row["language"], row["text"]) for row in rows])
    return Trial(f"{corpus}-{first}", tuple(lines[:first]), tuple(questions))


def _within(questions: Sequence[TestQuestion], lines: Sequence[str]) -> list[TestQuestion]:
    """The questions these documents answer and as many that they do not."""
    held = [q for q in questions if q.document_id and any(f'"{q.document_id}"' in line[:200] for line in lines)]
    others = [question for question in questions if question not in held]
    step = max(1, len(others) // max(1, len(held)))
    return held + [_unanswerable(question) for question in others[::step]]


def swap(questions: Sequence[TestQuestion]) -> list[TestQuestion]:
    """The answerable questions with a number or a name in place of their own, so that nothing answers them."""
    rng = random.Random(0)
    pool = sorted({name for question in questions for name in written_names(question.question, question.language)})
    swapped = []
    for question in questions:
        text = swapped_question(question.question, question.language, pool, rng) if question.answerable else None
        if text is not None:
            swapped.append(replace(_unanswerable(question), question=text, id=f"{question.id}~"))
    return swapped


def _unanswerable(question: TestQuestion) -> TestQuestion:
    return replace(question, answers=(), document_id=None, start=None, answerable=False)
