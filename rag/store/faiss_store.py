"""STAGE: the vector store in FAISS, the default engine: an exact inner-product index."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.schema import Scores, Vectors
from rag.store import Rows
from rag.store.starts import read_starts, write_starts

_VECTORS = "vectors.faiss"
_FIRSTS = "first_vectors.npy"
# Up to here vectors stay float32 and exact; above, eight bits a number keep 100,000 passages under 250 MB.
_EXACT_VECTOR_COUNT = 150_000

# The first vectors set the range of each number; later ones may lie beyond it by half of it on either side.
_RANGE_MARGIN = 0.5

# A search over fewer vectors than this ends before a second thread has started.
_ONE_THREAD_COUNT = 100_000


def build_faiss(folder: Path, batches: Iterable[tuple[Vectors, Rows]], dimension: int) -> None:
    """Write ``vectors.faiss`` and, for each passage, the place of its first vector."""
    import faiss

    folder.mkdir(parents=True)
    index: Any = faiss.IndexFlatIP(dimension)
    owners = [np.zeros(0, np.int64)]
    for vectors, rows in batches:
        owners.append(rows)
        index.add(vectors)
        if index.ntotal > _EXACT_VECTOR_COUNT and isinstance(index, faiss.IndexFlatIP):
            index = _quantised(index, dimension)
    faiss.write_index(index, str(folder / _VECTORS))
    every = np.concatenate(owners)
    firsts = np.searchsorted(every, np.arange((int(every[-1]) + 1 if len(every) else 0) + 1))
    write_starts(folder / _FIRSTS, firsts)


def _quantised(exact: Any, dimension: int) -> Any:
    """An index with the vectors of ``exact`` in eight bits a number."""
    import faiss

    vectors = faiss.rev_swig_ptr(exact.get_xb(), exact.ntotal * dimension).reshape(-1, dimension)
    index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    index.sq.rangestat, index.sq.rangestat_arg = faiss.ScalarQuantizer.RS_minmax, _RANGE_MARGIN
    index.train(vectors)
    index.add(vectors)
    return index


class FaissStore:
    """Reads what build_faiss wrote; searching from several threads at once is safe."""

    def __init__(self, folder: Path) -> None:
        """Open ``folder``; raises RuntimeError, OSError or ValueError where a file cannot be read."""
        import faiss

        self._index: Any = faiss.read_index(str(folder / _VECTORS))
        self._thread_count = 1 if self._index.ntotal < _ONE_THREAD_COUNT else os.cpu_count() or 1
        self._firsts = read_starts(folder / _FIRSTS, int(self._index.ntotal))
        self._owners = np.repeat(np.arange(len(self._firsts) - 1), np.diff(self._firsts))

    @property
    def vector_count(self) -> int:
        """How many vectors are stored."""
        return int(self._index.ntotal)

    def search(self, vector: Scores, count: int, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Up to ``count`` rows with the inner product of their best vector, best first, ties by row."""
        if count < 1 or not self.vector_count or (rows is not None and not len(rows)):
            return []
        import faiss

        faiss.omp_set_num_threads(self._thread_count)
        allowed = None if rows is None else _only(self._places(rows))
        wanted = count
        while True:  # several of the best vectors may belong to one passage: look deeper until there are enough
            depth = min(4 * wanted, self.vector_count)
            scores, places = self._index.search(vector[None, :], depth, params=allowed)
            best: dict[int, float] = {}
            for score, place in zip(scores[0], places[0], strict=True):
                if place >= 0:
                    best.setdefault(int(self._owners[place]), float(score))
            if len(best) >= count or depth == self.vector_count or places[0][-1] < 0:
                return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:count]
            wanted *= 4

    def scores(self, vector: Scores, rows: Sequence[int]) -> tuple[Scores, Scores]:
        """For each row, the inner product of its best vector and of its first one."""
        if not len(rows):
            return np.zeros(0, np.float32), np.zeros(0, np.float32)
        places = self._places(rows)
        counts = np.array([self._firsts[row + 1] - self._firsts[row] for row in rows])
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        products = self._index.reconstruct_batch(places) @ vector
        return np.maximum.reduceat(products, starts), products[starts]

    def _places(self, rows: Sequence[int]) -> Rows:
        return np.concatenate([np.arange(self._firsts[row], self._firsts[row + 1]) for row in rows])


def _only(places: Rows) -> Any:
    """Search parameters that look at ``places`` alone (faiss's types do not know the keyword)."""
    import faiss

    parameters: Any = faiss.SearchParameters
    return parameters(sel=faiss.IDSelectorBatch(places))
