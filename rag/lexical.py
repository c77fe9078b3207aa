"""STAGE: texts -> BM25 index, question -> scores. Words, character 4-grams and titles, in a tantivy index.

The analysis (folding, elisions, stop words, stemming) is rag.text.analysis; tantivy stores its terms as they come.
Scores are divided by the greatest score the question could reach, so that they compare between questions.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rag.schema import Scores
from rag.text.analysis import grams, terms, terms_and_grams

if TYPE_CHECKING:
    import tantivy

_K1 = 1.2  # tantivy's own; b is 0.75. Other values were tried on five sets and were not better.
_FIELDS = ("words", "grams", "titles")
# What each field counts in the search for candidates; the same shares as in rank.py.
_CANDIDATE_WEIGHTS = {"words": 0.4, "grams": 0.4, "titles": 0.2}
_WRITER_BYTES = 64_000_000
_MOST_ALIKE = 500  # a beginning of so many words says nothing of where one of them stands


class Entry(NamedTuple):
    """What is indexed of one passage: its row, its document's row, its language, its text and its title path."""

    row: int
    document_row: int
    language: str
    text: str
    titles: str


@dataclass(frozen=True, slots=True)
class LexicalScores:
    """For each row asked for, BM25 as a share (0..1) of the greatest score the question could reach, by field."""

    words: Scores
    grams: Scores
    titles: Scores


def build_lexical(folder: Path, entries: Iterable[Entry]) -> None:
    """Write a new index of ``entries`` into ``folder``, which is made."""
    import tantivy

    folder.mkdir(parents=True)
    index = tantivy.Index(_schema(), path=str(folder))
    writer = index.writer(heap_size=_WRITER_BYTES, num_threads=1)
    for entry in entries:
        words, parts = terms_and_grams(entry.text, entry.language)
        writer.add_document(
            tantivy.Document(
                row=entry.row,
                document=entry.document_row,
                words=words,
                grams=parts,
                titles=terms_and_grams(entry.titles, entry.language)[0],
            )
        )
    writer.commit()
    writer.wait_merging_threads()


def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("row", indexed=True, fast=True)
    builder.add_integer_field("document", indexed=True)
    for field in _FIELDS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


class LexicalIndex:
    """An index written by build_lexical, open for reading; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Open ``folder``; raises ValueError where it holds no such index."""
        import tantivy

        self._index = tantivy.Index.open(str(folder))
        self._index.config_reader("manual")
        self._schema = self._index.schema
        self._searcher = self._index.searcher()
        self._weigh: Callable[[str, str], float] | None = None

    def weighed_by(self, weigh: Callable[[str, str], float]) -> LexicalIndex:
        """The same index with the inverse document frequencies that ``weigh`` gives for a field and a term."""
        other = copy.copy(self)
        other._weigh = weigh
        return other

    def frequency(self, field: str, term: str) -> int:
        """In how many passages an analysed term stands in ``words``, ``grams`` or ``titles``."""
        return int(self._searcher.doc_freq(field, term))

    def words_from(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Up to ``limit`` analysed words that begin with ``prefix``, each with the number of passages it is in."""
        found = self._searcher.terms_with_prefix("words", prefix, limit=limit)
        return [(str(word), int(count)) for word, count in found]

    @property
    def passage_count(self) -> int:
        """How many passages are indexed."""
        return int(self._searcher.num_docs)

    def search(
        self, question: str, language: str, count: int, documents: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """The ``count`` best rows with their score (0..1), best first; rows of ``documents`` only, where given."""
        import tantivy

        if count < 1 or (documents is not None and not len(documents)):
            return []
        parts = []
        for field, weights in self._weighted(question, language).items():
            boost = _CANDIDATE_WEIGHTS[field] / max(sum(weights.values()) * (_K1 + 1), 1e-9)
            parts += [tantivy.Query.boost_query(self._term(field, term), boost) for term in weights]
        if not parts:
            return []
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])
        if documents is not None:
            query = self._only(query, "document", documents)
        return self._rows(query, count)

    def scores(self, question: str, language: str, rows: Sequence[int]) -> LexicalScores:
        """The share of its greatest possible score that the question reaches on each row, field by field."""
        weighted = self._weighted(question, language)
        return LexicalScores(*(self._field_scores(field, weighted[field], rows) for field in _FIELDS))

    def term_weight(self, term: str) -> float:
        """How rare an analysed term is among the passages: BM25's inverse document frequency, 0 and up.

        Source: Robertson and Zaragoza, The Probabilistic Relevance Framework (2009), section 3.4.
        """
        return self._idf("words", term)

    def occurs(self, term: str) -> bool:
        """Whether any passage has a word that begins like an analysed term, its last two letters aside."""
        return any(self._alike(field, term, 1) for field in ("words", "titles"))

    def rows_with(self, term: str) -> list[int]:
        """The rows of the passages for which ``occurs`` is true, rising; of their titles too."""
        import tantivy

        found = {field: self._alike(field, term, _MOST_ALIKE) for field in ("words", "titles")}
        if any(len(words) == _MOST_ALIKE for words in found.values()):
            return list(range(self.passage_count))
        parts = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, field, word, index_option="basic"))
            for field, words in found.items()
            for word in words
        ]
        query = tantivy.Query.boolean_query(parts)
        return sorted(row for row, _ in self._rows(query, self.passage_count)) if parts else []

    def _alike(self, field: str, term: str, limit: int) -> list[str]:
        """Words of the index that begin like an analysed term, its last two letters aside."""
        prefix = term[: max(6, len(term) - 2)]
        return [word for word, _ in self._searcher.terms_with_prefix(field, prefix, limit=limit)]

    def _weighted(self, question: str, language: str) -> dict[str, dict[str, float]]:
        """The distinct terms of the question in each field, with their inverse document frequency."""
        words = dict.fromkeys(terms(question, language))
        parts = dict.fromkeys(grams(question, language))
        return {
            "words": {term: self._idf("words", term) for term in words},
            "grams": {term: self._idf("grams", term) for term in parts},
            "titles": {term: self._idf("titles", term) for term in words},
        }

    def _idf(self, field: str, term: str) -> float:
        return self._own_idf(field, term) if self._weigh is None else self._weigh(field, term)

    def _own_idf(self, field: str, term: str) -> float:
        total, frequency = self.passage_count, self.frequency(field, term)
        return log(1 + (total - frequency + 0.5) / (frequency + 0.5))

    def _field_scores(self, field: str, weights: dict[str, float], rows: Sequence[int]) -> Scores:
        import tantivy

        found = np.zeros(len(rows), dtype=np.float32)
        if not weights or not len(rows):
            return found
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, self._term(field, term)) for term in weights])
        greatest = sum(weights.values()) * (_K1 + 1)
        place = {row: position for position, row in enumerate(rows)}
        for row, score in self._rows(self._only(query, "row", rows), len(rows)):
            found[place[row]] = score / greatest
        return found

    def _term(self, field: str, term: str) -> tantivy.Query:
        import tantivy

        query = tantivy.Query.term_query(self._schema, field, term, index_option="freq")
        if self._weigh is None:
            return query
        return tantivy.Query.boost_query(query, self._weigh(field, term) / self._own_idf(field, term))

    def _only(self, query: tantivy.Query, field: str, values: Sequence[int]) -> tantivy.Query:
        """``query`` where ``field`` is one of ``values``, which adds nothing to the score."""
        import tantivy

        allowed = tantivy.Query.term_set_query(self._schema, field, [int(value) for value in values])
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, query), (tantivy.Occur.Must, tantivy.Query.const_score_query(allowed, 0.0))]
        )

    def _rows(self, query: tantivy.Query, count: int) -> list[tuple[int, float]]:
        """Rows and scores, best first, ties by row."""
        hits = self._searcher.search(query, limit=count, count=False).hits
        values = self._searcher.fast_field_values("row", [address for _, address in hits])
        pairs = [(int(row), float(score)) for (score, _), row in zip(hits, values, strict=True) if row is not None]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


