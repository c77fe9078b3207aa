"""TOOL: sentence retrieval between English and each other language, on parallel lines.

An English line looks for its translation among all lines of the other language, and the other way round: the mean
vectors give ten candidates each, late interaction and the cosine together order them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rag.embed.static import StaticEncoder
from rag.train.tables import is_held_out, read_plain, read_table

CANDIDATES = 10
SHORTEST = 25
"""Shorter lines, in characters, are names of menus and the like, many of them alike."""


def read_lines(data: Path, source: str, limit: int) -> dict[str, list[tuple[str, str]]]:
    """Up to ``limit`` pairs (English, other) a language.

    ``source`` names a source of ``pairs.tsv.xz`` or is ``held_out``: the lines of ``more_parallel.tsv`` that were kept
    from the training.
    """
    found: dict[str, dict[str, str]] = defaultdict(dict)
    rows = _held_out(data) if source == "held_out" else _of_source(data, source)
    for language, english, text in rows:
        if len(found[language]) < limit and min(len(english), len(text) * (3 if language == "zh" else 1)) >= SHORTEST:
            found[language].setdefault(english, text)
    return {language: list(pairs.items()) for language, pairs in sorted(found.items())}


def _of_source(data: Path, source: str) -> Iterator[tuple[str, str, str]]:
    return ((row[0], row[2], row[3]) for row in read_table(data / "pairs.tsv.xz", 4) if row[1] == source)


def _held_out(data: Path) -> Iterator[tuple[str, str, str]]:
    for _, _, one, other, left, right in read_plain(data / "more_parallel.tsv", 6):
        if one == "en" and is_held_out(left):
            yield other, left, right


def retrieval(encoder: StaticEncoder, pairs: list[tuple[str, str]]) -> tuple[float, float]:
    """The shares of English lines that find their translation first, and of translations that find their line."""
    english, other = [one for one, _ in pairs], [two for _, two in pairs]
    return _found(encoder, english, other), _found(encoder, other, english)


def _found(encoder: StaticEncoder, asked: list[str], held: list[str]) -> float:
    cosines = encoder.encode_questions(asked) @ encoder.encode_questions(held).T
    pieces = encoder.pieces(held)
    right = 0
    for row, question in enumerate(asked):
        nearest = np.argsort(-cosines[row], kind="stable")[:CANDIDATES]
        scores = encoder.interact(question, [pieces[i] for i in nearest]) + cosines[row, nearest]
        right += held[int(nearest[int(scores.argmax())])] == held[row]
    return right / len(asked)
