"""STAGE: the SQLite file of the kept conversations: opened for each piece of work, set aside where it is damaged."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from rag.errors import HistoryUnavailable

VERSION = 1

_WAIT_S = 30.0  # how long another process may hold the file
_TABLES = """
CREATE TABLE IF NOT EXISTS conversations (
    id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, folded TEXT NOT NULL,
    started TEXT NOT NULL, changed TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS exchanges (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    folded TEXT NOT NULL, record TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS exchanges_of_conversation ON exchanges(conversation);
CREATE TABLE IF NOT EXISTS feedback (
    exchange INTEGER PRIMARY KEY REFERENCES exchanges(id) ON DELETE CASCADE,
    good INTEGER NOT NULL, comment TEXT NOT NULL, given TEXT NOT NULL
);
"""
_T = TypeVar("_T")


class HistoryFile:
    """One file, which several threads and processes may use at once.

    A damaged one is set aside and a new one begun; ``notice`` then holds one sentence for the person, and is empty
    otherwise. Every method raises HistoryUnavailable where the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        """Open ``path``, made where there is none, and look whether it is whole."""
        self.path = path
        self.notice = ""
        self.run(_check)

    def run(self, work: Callable[[sqlite3.Connection], _T], *, transaction: bool = True) -> _T:
        """What ``work`` gives back; a damaged file is set aside and the work done on a new one."""
        try:
            with self._connection(transaction) as connection:
                return work(connection)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise self._unavailable(error) from error
            self._set_aside()
        except OSError as error:
            raise self._unavailable(error) from error
        try:
            with self._connection(transaction) as connection:
                return work(connection)
        except (sqlite3.DatabaseError, OSError) as error:
            raise self._unavailable(error) from error

    @contextmanager
    def _connection(self, transaction: bool) -> Iterator[sqlite3.Connection]:
        """An open file with its tables; a transaction is committed at the end and forgotten after an error."""
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))  # nobody else's business
        connection = sqlite3.connect(self.path, timeout=_WAIT_S, isolation_level=None)
        try:
            connection.executescript("PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;")
            self._make_tables(connection)
            if transaction:
                connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.commit()
        finally:
            connection.close()

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        ((version,),) = connection.execute("PRAGMA user_version")
        if version > VERSION:
            raise HistoryUnavailable(
                f"{self.path} was written by a later version: install that one, or move the file away"
            )
        if version < VERSION:
            connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {VERSION}; COMMIT;")

    def _set_aside(self) -> None:
        """Move the damaged file away, unless another process has done so already and begun a new one."""
        from filelock import FileLock

        aside = self.path.with_name(f"conversations.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.sqlite")
        try:
            with FileLock(self.path.with_suffix(".lock"), timeout=_WAIT_S):
                if self._is_whole():
                    return
                self.path.rename(aside)
                self.path.with_name(f"{self.path.name}-journal").unlink(missing_ok=True)
        except FileNotFoundError:
            return
        except OSError as error:  # the lock's Timeout among them
            raise self._unavailable(error) from error
        self.notice = (
            f"the file of conversations was damaged and has been set aside as {aside}: a new one was begun, "
            "and what the old one held can be looked for there"
        )

    def _is_whole(self) -> bool:
        try:
            with self._connection(transaction=False) as connection:
                _check(connection)
        except sqlite3.DatabaseError:
            return False
        return True

    def _unavailable(self, error: Exception) -> HistoryUnavailable:
        return HistoryUnavailable(
            f"the conversations in {self.path} cannot be used ({error}): make room, check the permissions, "
            "or set keep_history = false"
        )


def _check(connection: sqlite3.Connection) -> None:
    """Raise as SQLite does for a damaged file where one page is not what it should be."""
    ((said,),) = connection.execute("PRAGMA quick_check(1)").fetchall()[:1]
    if said != "ok":
        damage = sqlite3.DatabaseError(said)
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage
