"""TOOL: questions that ask of a name in the documents what these do not tell: the hardest kind to refuse.

``untold.json`` holds, by what is asked and by language, a question with a place for a name and a pattern of what a text
that answers it would have to say. It is asked of a name only where no document with that name says any of it.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import regex

from rag.evaluate import TestQuestion
from rag.text.languages import primary_of

# A name of two words or three inside a sentence; in German, where nouns have capitals too, most of them are names.
_NAME = regex.compile(r"(?<=[\p{Ll},] )\p{Lu}\p{Ll}{2,}(?: \p{Lu}\p{Ll}{2,}){1,2}(?!\p{L})")


@dataclass(frozen=True, slots=True)
class Form:
    """A question with a place for a name, and a pattern of what a text in its language that answers it would say."""

    question: str
    told: regex.Pattern[str]


@cache
def forms() -> dict[str, dict[str, Form]]:
    """The questions by what they ask for, then by language."""
    table = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return {
        subject: {
            language: Form(question, regex.compile(rf"\b(?:{told})", regex.IGNORECASE))
            for language, (question, told) in rows.items()
        }
        for subject, rows in table.items()
    }


def untold_questions(questions: Sequence[TestQuestion], texts: Sequence[tuple[str, str]]) -> list[TestQuestion]:
    """In the place of each question one that no text answers, in its language, as far as there are names to ask of.

    ``texts`` are the (language, text) of every document. Which name and which form are taken depends on a fixed seed.
    """
    rng = random.Random(0)
    holders = _holders(texts)
    names = sorted(holders)
    rng.shuffle(names)
    made: list[TestQuestion] = []
    for question, name in zip(questions, names, strict=False):
        language = primary_of(question.language)
        subjects = sorted(subject for subject, rows in forms().items() if language in rows)
        rng.shuffle(subjects)
        held = [texts[row] for row in holders[name]]
        subject = next((subject for subject in subjects if not _is_told(subject, held)), None)
        if subject is not None:
            asked = forms()[subject][language].question.format(name=name)
            made.append(
                replace(
                    question, question=asked, id=f"{question.id}^", answers=(), document_id=None, start=None,
                    answerable=False,
                )
            )  # fmt: skip
    return made


def _holders(texts: Sequence[tuple[str, str]]) -> dict[str, list[int]]:
    """The names in the texts, each with the places of those that have it."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, (_, text) in enumerate(texts):
        for name in dict.fromkeys(_NAME.findall(text)):
            found[name].append(place)
    return found


def _is_told(subject: str, held: Sequence[tuple[str, str]]) -> bool:
    """Whether a text may say it: also where nobody wrote down how its language would."""
    for language, text in held:
        form = forms()[subject].get(primary_of(language))
        if form is None or form.told.search(text):
            return True
    return False
