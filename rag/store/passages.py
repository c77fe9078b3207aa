"""STAGE: documents and passages in one SQLite file, read by row; safe to read from several threads."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.schema import Document, Passage

_TABLES = """
CREATE TABLE documents (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, language TEXT NOT NULL,
    date TEXT, source TEXT, pages TEXT NOT NULL, chars INTEGER NOT NULL, text TEXT NOT NULL
);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document_row INTEGER NOT NULL REFERENCES documents(row),
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, headings TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX passages_of_document ON passages(document_row);
"""

_ROWS_A_QUERY = 500  # the least number of values that every build of SQLite takes in one query is 999


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document without its text, as the filters, citations and lists of sources need it."""

    row: int
    id: str
    title: str
    language: str
    date: str | None
    source: str | None
    pages: tuple[int, ...]
    char_count: int


class PassageWriter:
    """Writes a new file; rows count from 0 in the order of adding. Use as a context manager."""

    def __init__(self, file: Path) -> None:
        """Make ``file``, which must not exist yet."""
        self._connection = sqlite3.connect(file)
        self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
        self.document_count = 0
        self.passage_count = 0

    def add(self, document: Document, passages: Sequence[Passage]) -> range:
        """Write a document with its passages and give back the rows of the passages."""
        row = self.document_count
        self._connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row,
                document.id,
                document.title,
                document.language,
                document.date,
                document.source,
                json.dumps(document.pages),
                len(document.text),  # SQLite's own length() stops at a null character
                document.text,
            ),
        )
        rows = range(self.passage_count, self.passage_count + len(passages))
        self._connection.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (passage_row, p.id, row, p.start, p.end, json.dumps(p.headings, ensure_ascii=False), p.text)
                for passage_row, p in zip(rows, passages, strict=True)
            ],
        )
        self.document_count += 1
        self.passage_count += len(passages)
        return rows

    def __enter__(self) -> PassageWriter:
        """The writer itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Commit and close."""
        self._connection.commit()
        self._connection.close()


class PassageStore:
    """Reads what PassageWriter wrote. Facts of all documents are held in memory, texts are not."""

    def __init__(self, file: Path) -> None:
        """Open ``file`` read-only; raises sqlite3.DatabaseError or OSError where it cannot be read."""
        address = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
        # One connection for all threads: opened once, it keeps reading when a build has put a new index in its place.
        self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._lock = threading.Lock()
        self._last: tuple[str, str] | None = None  # the document whose text was asked for last, and that text
        self.documents: tuple[DocumentFacts, ...] = tuple(self._facts())
        self._by_id = {facts.id: facts for facts in self.documents}
        self._document_rows: list[int] = [
            row for (row,) in self._rows("SELECT document_row FROM passages ORDER BY row")
        ]

    @property
    def passage_count(self) -> int:
        """How many passages there are."""
        return len(self._document_rows)

    def document_of(self, row: int) -> DocumentFacts:
        """The document of the passage in ``row``."""
        return self.documents[self._document_rows[row]]

    def facts(self, document_id: str) -> DocumentFacts | None:
        """The document called ``document_id``, None where there is none."""
        return self._by_id.get(document_id)

    def rows_of(self, documents: Iterable[int]) -> list[int]:
        """The rows of the passages of some documents, rising."""
        wanted = set(documents)
        return [row for row, document in enumerate(self._document_rows) if document in wanted]

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages in ``rows``, in the order asked for."""
        found: dict[int, Passage] = {}
        for first in range(0, len(rows), _ROWS_A_QUERY):
            wanted = [int(row) for row in rows[first : first + _ROWS_A_QUERY]]
            marks = ",".join("?" * len(wanted))
            query = f'SELECT row, id, start, "end", headings, text FROM passages WHERE row IN ({marks})'
            found |= {row: self._passage(row, *facts) for row, *facts in self._rows(query, wanted)}
        return [found[row] for row in rows]

    def _passage(self, row: int, name: str, start: int, end: int, headings: str, text: str) -> Passage:
        document = self.document_of(row)
        return Passage(name, document.id, document.language, start, end, text, tuple(json.loads(headings)))

    def passages_of(self, document_id: str) -> list[Passage]:
        """The passages of one document in order, none for an unknown document."""
        facts = self._by_id.get(document_id)
        return [] if facts is None else self.passages(self.rows_of([facts.row]))

    def text(self, document_id: str) -> str:
        """The whole text of one document; raises KeyError for an unknown one."""
        last = self._last
        if last is not None and last[0] == document_id:
            return last[1]
        ((text,),) = self._rows("SELECT text FROM documents WHERE row = ?", [self._by_id[document_id].row])
        self._last = (document_id, str(text))
        return str(text)

    def _facts(self) -> Iterable[DocumentFacts]:
        query = "SELECT row, id, title, language, date, source, pages, chars FROM documents ORDER BY row"
        for row, document_id, title, language, date, source, pages, chars in self._rows(query):
            yield DocumentFacts(row, document_id, title, language, date, source, tuple(json.loads(pages)), chars)

    def _rows(self, query: str, values: Sequence[int] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            rows: list[tuple[Any, ...]] = self._connection.execute(query, values).fetchall()
        return rows
