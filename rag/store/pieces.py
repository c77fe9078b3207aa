"""STAGE: the pieces of every passage in one flat memory-mapped array, for late interaction at question time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.store.starts import read_starts, write_starts

Pieces = NDArray[np.unsignedinteger[Any]]
"""Vocabulary indexes of a text's pieces in order, ``(n,)`` uint16 or uint32."""

_PIECES = "pieces.npy"
_STARTS = "starts.npy"


def build_pieces(folder: Path, texts: Iterable[Pieces]) -> None:
    """Write the pieces of each text, in order, into ``folder``, which is made."""
    folder.mkdir(parents=True)
    parts = [np.zeros(0, np.uint16), *texts]
    np.save(folder / _PIECES, np.concatenate(parts), allow_pickle=False)
    write_starts(folder / _STARTS, np.cumsum([len(part) for part in parts]))


class PieceStore:
    """Reads what build_pieces wrote."""

    def __init__(self, folder: Path) -> None:
        """Open ``folder``; raises OSError or ValueError where a file cannot be read."""
        self._pieces = np.load(folder / _PIECES, mmap_mode="r", allow_pickle=False)
        if self._pieces.ndim != 1 or self._pieces.dtype not in (np.uint16, np.uint32):
            raise ValueError(f"{_PIECES} is no list of pieces")
        self._starts = read_starts(folder / _STARTS, len(self._pieces))

    @property
    def text_count(self) -> int:
        """How many texts have their pieces here."""
        return len(self._starts) - 1

    def of(self, rows: Sequence[int]) -> list[Pieces]:
        """The pieces of the texts in ``rows``, in the order asked for."""
        return [np.asarray(self._pieces[self._starts[row] : self._starts[row + 1]]) for row in rows]
