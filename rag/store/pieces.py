"""STAGE: the pieces of every passage in one flat memory-mapped array, for late interaction at question time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pieces = NDArray[np.unsignedinteger[Any]]
"""Vocabulary indexes of a text's pieces in order, ``(n,)`` uint16 or uint32."""

_PIECES = "pieces.npy"
_STARTS = "starts.npy"


def build_pieces(folder: Path, texts: Iterable[Pieces]) -> None:
    """Write the pieces of each text, in order, into ``folder``, which is made."""
    folder.mkdir(parents=True)
    parts = [np.zeros(0, np.uint16), *texts]
    np.save(folder / _PIECES, np.concatenate(parts), allow_pickle=False)
    starts = np.cumsum([len(part) for part in parts]).astype(np.int64)
    np.save(folder / _STARTS, starts, allow_pickle=False)


class PieceStore:
    """Reads what build_pieces wrote."""

    def __init__(self, folder: Path) -> None:
        """Open ``folder``; raises OSError or ValueError where a file cannot be read."""
        self._pieces = np.load(folder / _PIECES, mmap_mode="r", allow_pickle=False)
        self._starts = np.load(folder / _STARTS, allow_pickle=False)
        if self._starts.ndim != 1 or not len(self._starts) or int(self._starts[-1]) > len(self._pieces):
            raise ValueError("the pieces and their passages do not match")

    @property
    def text_count(self) -> int:
        """How many texts have their pieces here."""
        return len(self._starts) - 1

    def of(self, rows: Sequence[int]) -> list[Pieces]:
        """The pieces of the texts in ``rows``, in the order asked for."""
        return [np.asarray(self._pieces[self._starts[row] : self._starts[row + 1]]) for row in rows]
