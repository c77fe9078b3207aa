"""WALK: the stores of several indexes as one, rows and documents counted through; what a joined Library is made of.

Scores compare between the parts: cosines and late interaction are those of one encoder, and BM25 weighs every term by
how rare it is in all parts together. Only the average length that BM25 holds a passage against stays each part's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from math import log

import numpy as np

from rag.lexical import LexicalIndex, LexicalScores
from rag.schema import Passage, Scores
from rag.store import VectorStore
from rag.store.passages import DocumentFacts, PassageStore
from rag.store.pieces import Pieces, PieceStore


class _Rows:
    """Rows counted through several parts: part ``i`` has those from ``starts[i]`` to before ``starts[i + 1]``."""

    def __init__(self, counts: Iterable[int]) -> None:
        self.starts = [0, *accumulate(counts)]

    def part_of(self, row: int) -> tuple[int, int]:
        """The part of a row and its row there."""
        part = int(np.searchsorted(self.starts, row, side="right")) - 1
        return part, row - self.starts[part]

    def parted(self, rows: Sequence[int]) -> Iterator[tuple[int, list[int], list[int]]]:
        """For each part, the positions in ``rows`` that are its own and the rows they have there."""
        for part, (low, high) in enumerate(zip(self.starts, self.starts[1:], strict=False)):
            positions = [position for position, row in enumerate(rows) if low <= row < high]
            yield part, positions, [int(rows[position]) - low for position in positions]


class JoinedPassages:
    """Documents and passages of several stores; the ids of each begin with its prefix."""

    def __init__(self, parts: Sequence[PassageStore], prefixes: Sequence[str]) -> None:
        """Join ``parts``; raises ValueError where two documents would have the same id."""
        self._parts, self._prefixes = tuple(parts), tuple(prefixes)
        self._passage_rows = _Rows(part.passage_count for part in parts)
        self._document_rows = _Rows(len(part.documents) for part in parts)
        self.documents: tuple[DocumentFacts, ...] = tuple(
            replace(facts, row=facts.row + first, id=prefix + facts.id)
            for part, prefix, first in zip(parts, prefixes, self._document_rows.starts, strict=False)
            for facts in part.documents
        )
        self._by_id = {facts.id: facts for facts in self.documents}
        if len(self._by_id) != len(self.documents):
            raise ValueError("two documents of the joined indexes have the same id")

    @property
    def passage_count(self) -> int:
        """How many passages there are."""
        return self._passage_rows.starts[-1]

    def document_of(self, row: int) -> DocumentFacts:
        """The document of the passage in ``row``."""
        part, own = self._passage_rows.part_of(row)
        return self.documents[self._document_rows.starts[part] + self._parts[part].document_of(own).row]

    def facts(self, document_id: str) -> DocumentFacts | None:
        """The document called ``document_id``, None where there is none."""
        return self._by_id.get(document_id)

    def rows_of(self, documents: Iterable[int]) -> list[int]:
        """The rows of the passages of some documents, rising."""
        found: list[int] = []
        for part, _, own in self._document_rows.parted(list(documents)):
            found += [row + self._passage_rows.starts[part] for row in self._parts[part].rows_of(own)]
        return found

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages in ``rows``, in the order asked for."""
        found: dict[int, Passage] = {}
        for part, positions, own in self._passage_rows.parted(rows):
            named = (self._named(part, passage) for passage in self._parts[part].passages(own))
            found |= dict(zip(positions, named, strict=True))
        return [found[position] for position in range(len(rows))]

    def passages_of(self, document_id: str) -> list[Passage]:
        """The passages of one document in order, none for an unknown document."""
        facts = self._by_id.get(document_id)
        return [] if facts is None else self.passages(self.rows_of([facts.row]))

    def text(self, document_id: str) -> str:
        """The whole text of one document; raises KeyError for an unknown one."""
        part, _ = self._document_rows.part_of(self._by_id[document_id].row)
        return self._parts[part].text(document_id.removeprefix(self._prefixes[part]))

    def _named(self, part: int, passage: Passage) -> Passage:
        prefix = self._prefixes[part]
        return replace(passage, id=prefix + passage.id, document_id=prefix + passage.document_id)


class JoinedLexical:
    """BM25 over several indexes, with the inverse document frequencies of all of them together."""

    def __init__(self, parts: Sequence[LexicalIndex], documents: Sequence[int]) -> None:
        """Join ``parts``, of which each holds so many ``documents``."""
        self._parts = tuple(part.weighed_by(self._idf) for part in parts)
        self._passage_rows = _Rows(part.passage_count for part in parts)
        self._document_rows = _Rows(documents)

    @property
    def passage_count(self) -> int:
        """How many passages are indexed."""
        return self._passage_rows.starts[-1]

    def search(
        self, question: str, language: str, count: int, documents: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """The ``count`` best rows with their score (0..1), best first, ties by row; of ``documents``, where given."""
        wanted = None if documents is None else {part: own for part, _, own in self._document_rows.parted(documents)}
        found = [
            (row + first, score)
            for number, (part, first) in enumerate(zip(self._parts, self._passage_rows.starts, strict=False))
            for row, score in part.search(question, language, count, None if wanted is None else wanted[number])
        ]
        return _best(found, count)

    def scores(self, question: str, language: str, rows: Sequence[int]) -> LexicalScores:
        """The share of its greatest possible score that the question reaches on each row, field by field."""
        found = LexicalScores(*(np.zeros(len(rows), np.float32) for _ in range(3)))
        for part, positions, own in self._passage_rows.parted(rows):
            scores = self._parts[part].scores(question, language, own)
            found.words[positions] = scores.words
            found.grams[positions] = scores.grams
            found.titles[positions] = scores.titles
        return found

    def term_weight(self, term: str) -> float:
        """How rare an analysed term is among all the passages: 0 and up."""
        return self._idf("words", term)

    def occurs(self, term: str) -> bool:
        """Whether any passage has a word that begins like an analysed term, its last two letters aside."""
        return any(part.occurs(term) for part in self._parts)

    def rows_with(self, term: str) -> list[int]:
        """The rows of the passages for which ``occurs`` is true, rising."""
        starts = self._passage_rows.starts
        return [row + first for part, first in zip(self._parts, starts, strict=False) for row in part.rows_with(term)]

    def frequency(self, field: str, term: str) -> int:
        """In how many passages an analysed term stands in ``words``, ``grams`` or ``titles``."""
        return sum(part.frequency(field, term) for part in self._parts)

    def words_from(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Analysed words that begin with ``prefix``, up to ``limit`` a part, with the number of passages each is in."""
        counts: Counter[str] = Counter()
        for part in self._parts:
            counts.update(dict(part.words_from(prefix, limit)))
        return sorted(counts.items())

    def _idf(self, field: str, term: str) -> float:
        total, frequency = self.passage_count, self.frequency(field, term)
        return log(1 + (total - frequency + 0.5) / (frequency + 0.5))


class JoinedVectors:
    """Vectors of several stores; a VectorStore like any other."""

    def __init__(self, parts: Sequence[VectorStore], passages: Sequence[int]) -> None:
        """Join ``parts``, of which each belongs to so many ``passages``."""
        self._parts, self._rows = tuple(parts), _Rows(passages)

    @property
    def vector_count(self) -> int:
        """How many vectors are stored."""
        return sum(part.vector_count for part in self._parts)

    def search(self, vector: Scores, count: int, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Up to ``count`` rows with the score of their best vector, best first, ties by row."""
        wanted = None if rows is None else {part: own for part, _, own in self._rows.parted(rows)}
        found = [
            (row + first, score)
            for number, (part, first) in enumerate(zip(self._parts, self._rows.starts, strict=False))
            for row, score in part.search(vector, count, None if wanted is None else wanted[number])
        ]
        return _best(found, count)

    def scores(self, vector: Scores, rows: Sequence[int]) -> tuple[Scores, Scores]:
        """For each row, the score of its best vector and of its first one."""
        best, first = np.zeros(len(rows), np.float32), np.zeros(len(rows), np.float32)
        for part, positions, own in self._rows.parted(rows):
            best[positions], first[positions] = self._parts[part].scores(vector, own)
        return best, first


class JoinedPieces:
    """The pieces of the passages of several stores."""

    def __init__(self, parts: Sequence[PieceStore]) -> None:
        """Join ``parts``."""
        self._parts, self._rows = tuple(parts), _Rows(part.text_count for part in parts)

    @property
    def text_count(self) -> int:
        """How many texts have their pieces here."""
        return self._rows.starts[-1]

    def of(self, rows: Sequence[int]) -> list[Pieces]:
        """The pieces of the texts in ``rows``, in the order asked for."""
        placed = [self._rows.part_of(row) for row in rows]
        return [self._parts[part].of([own])[0] for part, own in placed]


def _best(found: list[tuple[int, float]], count: int) -> list[tuple[int, float]]:
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:count]
