"""STAGE: vectors -> index, question vector -> rows of passages. The protocol every engine fulfils, and the chooser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.schema import Scores, Vectors

Rows = NDArray[np.int64]
"""Rows of passages, ``(n,)`` int64."""


class VectorStore(Protocol):
    """Vectors of passages, several a passage, searched by inner product; a passage scores as its best vector."""

    @property
    def vector_count(self) -> int:
        """How many vectors are stored."""

    def search(self, vector: Scores, count: int, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Up to ``count`` rows with the score of their best vector, best first, ties by row.

        Only ``rows`` are looked at, where they are given.
        """

    def scores(self, vector: Scores, rows: Sequence[int]) -> tuple[Scores, Scores]:
        """For each row, the score of its best vector and of its first one (the whole passage)."""


def build_store(folder: Path, batches: Iterable[tuple[Vectors, Rows]], dimension: int) -> None:
    """Write the vectors into ``folder``: each batch holds vectors and the row of each, rows never falling."""
    from rag.store.faiss_store import build_faiss

    build_faiss(folder, batches, dimension)


def open_store(folder: Path) -> VectorStore:
    """The store written by build_store."""
    from rag.store.faiss_store import FaissStore

    return FaissStore(folder)
