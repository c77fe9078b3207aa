"""STAGE: conversations with their answers and what people thought of them, in one SQLite file beside the index.

It lies in no generation of the index, so that building again keeps it. Every call opens the file for itself: several
threads and processes may use it at once. Nothing is kept where the setting ``keep_history`` is off.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rag.config import Config
from rag.errors import ConversationDeleted
from rag.exchange import Exchange
from rag.records import from_record, to_record
from rag.store.history_file import HistoryFile
from rag.text.analysis import word_tokens

CONVERSATIONS_FILE = "conversations.sqlite"
TITLE_CHARS = 200
"""A title is cut after so many characters."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as a list shows it; ``started`` and ``changed`` are ISO 8601 in UTC."""

    id: int
    title: str
    started: str
    changed: str
    exchange_count: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person thought of an answer: ``good`` or not, and why; ``given`` is ISO 8601 in UTC."""

    good: bool
    comment: str = ""
    given: str = ""


@dataclass(frozen=True, slots=True)
class KeptExchange:
    """An exchange as it is kept; ``id`` is what feedback goes by, ``feedback`` None where none was given."""

    id: int
    exchange: Exchange
    feedback: Feedback | None


def open_conversations(config: Config, owner: str = "") -> Conversations | None:
    """The conversations beside ``config.index``, those of one ``owner`` where it is not empty.

    None where ``keep_history`` is off. ``owner`` is letters and digits: it goes into the name of a file.

    Raises HistoryUnavailable where the file can be neither read nor made.
    """
    name = Path(CONVERSATIONS_FILE)
    file = name.with_stem(f"{name.stem}-{owner}") if owner else name
    return Conversations(config.index / file) if config.keep_history else None


class Conversations:
    """Every conversation kept in one file. Every method raises HistoryUnavailable where that cannot be used."""

    def __init__(self, file: Path) -> None:
        """Open ``file``, made where there is none, and look whether it is whole."""
        self._file = HistoryFile(file)

    @property
    def file(self) -> Path:
        """Where it lies."""
        return self._file.path

    def told(self) -> str:
        """One sentence for the person where a damaged file was set aside, once; empty otherwise."""
        notice, self._file.notice = self._file.notice, ""
        return notice

    def start(self, title: str) -> int:
        """Begin a conversation called ``title`` and give back its id, which is never used again."""
        line, now = _one_line(title), _now()
        values = (line, _folded(line), now, now)
        query = "INSERT INTO conversations(title, folded, started, changed) VALUES (?, ?, ?, ?)"
        return self._file.run(lambda connection: int(connection.execute(query, values).lastrowid or 0))

    def list(self, words: str = "") -> tuple[Conversation, ...]:
        """The conversations, the last changed first; only those that have every one of ``words`` somewhere."""
        found: list[str] = []
        values: list[str] = []
        for word in dict.fromkeys(word_tokens(words)):
            found.append(
                "(instr(c.folded, ?) OR EXISTS"
                " (SELECT 1 FROM exchanges e WHERE e.conversation = c.id AND instr(e.folded, ?)))"
            )
            values += [word, word]
        query = (
            "SELECT c.id, c.title, c.started, c.changed,"
            " (SELECT count(*) FROM exchanges e WHERE e.conversation = c.id) FROM conversations c"
            f" WHERE {' AND '.join(found) or '1'} ORDER BY c.changed DESC, c.id DESC"
        )
        return self._file.run(lambda connection: tuple(Conversation(*row) for row in connection.execute(query, values)))

    def rename(self, conversation: int, title: str) -> None:
        """Call a conversation ``title``; raises ConversationDeleted where it has been."""
        line = _one_line(title)
        query = "UPDATE conversations SET title = ?, folded = ? WHERE id = ?"
        self._file.run(lambda connection: _one(connection.execute(query, (line, _folded(line), conversation))))

    def delete(self, conversation: int) -> None:
        """Remove a conversation for good: its text is overwritten in the file, which is then written anew without it.

        What a file system or a disk keeps of earlier states of the file is out of reach.
        """
        self._delete("DELETE FROM conversations WHERE id = ?", (conversation,))

    def delete_all(self) -> None:
        """Remove every conversation for good."""
        self._delete("DELETE FROM conversations", ())

    def add(self, conversation: int, exchange: Exchange) -> int:
        """Keep an exchange at the end of a conversation; gives back its id. ConversationDeleted: it has been."""
        record = json.dumps(to_record(exchange))  # escaped: half a surrogate pair stays what it is
        answer = exchange.answer
        said = [exchange.question, answer.standalone if answer else "", answer.text if answer else exchange.error]

        def work(connection: sqlite3.Connection) -> int:
            changed = "UPDATE conversations SET changed = ? WHERE id = ?"
            _one(connection.execute(changed, (_now(), conversation)))
            query = "INSERT INTO exchanges(conversation, folded, record) VALUES (?, ?, ?)"
            row = connection.execute(query, (conversation, _folded(" ".join(said)), record)).lastrowid
            return int(row or 0)

        return self._file.run(work)

    def exchanges(self, conversation: int) -> tuple[KeptExchange, ...]:
        """The exchanges of a conversation, oldest first; none for one that has been deleted.

        One that cannot be read any more has no answer and an ``error`` that says so.
        """
        query = (
            "SELECT e.id, e.record, f.good, f.comment, f.given FROM exchanges e"
            " LEFT JOIN feedback f ON f.exchange = e.id WHERE e.conversation = ? ORDER BY e.id"
        )
        rows = self._file.run(lambda connection: connection.execute(query, (conversation,)).fetchall())
        return tuple(_kept(*row) for row in rows)

    def rate(self, exchange: int, feedback: Feedback | None) -> None:
        """Keep what a person thought of an answer in the place of what was kept before; None takes it back."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM feedback WHERE exchange = ?", (exchange,))
            if feedback is not None:
                values = (exchange, feedback.good, _storable(feedback.comment), feedback.given or _now())
                _one(
                    connection.execute(
                        "INSERT INTO feedback SELECT e.id, ?2, ?3, ?4 FROM exchanges e WHERE e.id = ?1", values
                    )
                )

        self._file.run(work)

    def _delete(self, query: str, values: tuple[int, ...]) -> None:
        self._file.run(lambda connection: connection.execute(query, values) and None)
        self._file.run(lambda connection: connection.execute("VACUUM") and None, transaction=False)

def _one(cursor: sqlite3.Cursor) -> None:
    """Raise ConversationDeleted unless a row was touched."""
    if cursor.rowcount < 1:
        raise ConversationDeleted("this conversation has been deleted: begin a new one")


def _kept(row: int, record: str, good: int | None, comment: str | None, given: str | None) -> KeptExchange:
    try:
        exchange = from_record(Exchange, json.loads(record))
    except (ValueError, RecursionError) as error:
        exchange = Exchange("", "", None, error=f"this exchange cannot be read any more: {error}")
    feedback = None if good is None else Feedback(bool(good), comment or "", given or "")
    return KeptExchange(row, exchange, feedback)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _folded(text: str) -> str:
    return _storable(" ".join(word_tokens(text)))


def _one_line(title: str) -> str:
    return " ".join(_storable(title).split())[:TITLE_CHARS]


def _storable(text: str) -> str:
    """``text`` without half surrogate pairs, which SQLite cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
