"""WALK: a conversation in one file of JSON: what `rag ask --session FILE` reads and adds to."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from rag.errors import SessionError
from rag.exchange import Exchange, Turn, turn_of
from rag.library import Library, made_with
from rag.records import from_record, to_record
from rag.schema import Answer

FORMAT = 1
_KEY = "communique_session"
_WAIT_S = 60.0  # how long another process may be writing


@dataclass(frozen=True, slots=True)
class _Exchanges:
    exchanges: tuple[Exchange, ...]


def read_session(path: Path) -> tuple[Exchange, ...]:
    """The exchanges in a file, oldest first; none where there is no file. Raises SessionError for any other file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError as error:
        raise SessionError(f"{path} is no session: give a new file, or one that `rag ask --session` wrote") from error
    except OSError as error:
        raise SessionError(f"cannot read the session {path}: {error.strerror}: give another file") from error
    try:
        values = json.loads(text)
        found = values[_KEY]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise SessionError(f"{path} is no session: give a new file, or one that `rag ask --session` wrote") from error
    if found != FORMAT:
        raise SessionError(f"the session {path} has format {found!r}, this version reads {FORMAT}: give a new file")
    try:
        return from_record(_Exchanges, {"exchanges": values.get("exchanges")}).exchanges
    except (ValueError, RecursionError) as error:
        raise SessionError(f"the session {path} is damaged ({error}): take another copy, or a new file") from error


def add_to_session(path: Path, exchange: Exchange) -> tuple[Exchange, ...]:
    """Put an exchange behind those in the file and give all of them back.

    The file is replaced in one step; two processes that add at once both stay. Raises SessionError.
    """
    from filelock import FileLock, Timeout

    if not path.parent.is_dir():  # the lock would make it
        raise SessionError(f"cannot write the session {path}: there is no folder {path.parent}: give another file")
    try:
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=_WAIT_S):
            exchanges = (*read_session(path), exchange)
            _replace(path, json.dumps({_KEY: FORMAT, "exchanges": to_record(exchanges)}, indent=1))
            return exchanges
    except Timeout as error:
        raise SessionError(f"another process holds the session {path}: try again, or give another file") from error
    except OSError as error:
        raise SessionError(f"cannot write the session {path}: {error.strerror or error}: give another file") from error


def exchange_of(library: Library, answer: Answer, conditions: Sequence[str] = ()) -> Exchange:
    """An answer as a conversation keeps it, with the time it is now and what it was made with."""
    return Exchange(
        question=answer.question,
        asked_at=datetime.now(UTC).isoformat(timespec="seconds"),
        answer=answer,
        conditions=tuple(conditions),
        made_with=made_with(library, answer.model),
    )


def turns_of(exchanges: tuple[Exchange, ...]) -> tuple[Turn, ...]:
    """What a follow-up may look back at: the exchanges that were answered or refused."""
    return tuple(turn_of(exchange.answer) for exchange in exchanges if exchange.answer is not None)


def _replace(path: Path, text: str) -> None:
    with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", encoding="utf-8", delete=False) as file:
        try:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
            file.close()
            Path(file.name).replace(path)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise
