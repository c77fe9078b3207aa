"""STAGE: where the parts of each passage begin in a longer array, in one file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rag.store import Rows


def write_starts(file: Path, starts: Rows) -> None:
    """Keep where the parts of each passage begin and, last, where those of the last one end."""
    np.save(file, starts.astype(np.int64), allow_pickle=False)


def read_starts(file: Path, part_count: int) -> Rows:
    """What write_starts wrote: from 0, never falling, up to ``part_count``; raises OSError or ValueError for any other.

    The file is mapped before it is read, so that one that claims more than it holds takes no memory.
    """
    found = np.load(file, mmap_mode="r", allow_pickle=False)
    if found.ndim != 1 or found.dtype != np.int64 or not len(found):
        raise ValueError(f"{file.name} is no list of places")
    starts: Rows = np.array(found)
    if starts[0] != 0 or (np.diff(starts) < 0).any() or starts[-1] != part_count:
        raise ValueError(f"{file.name} does not lead through {part_count} parts")
    return starts
