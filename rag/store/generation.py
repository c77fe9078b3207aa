"""STAGE: the index on disk as whole generations, swapped in by replacing one small file.

``current`` names the generation in use. A build writes a new one beside it, its manifest last, then replaces
``current`` in one step of the file system: a reader sees the old index or the new one, never a mixture.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path, PurePath

from rag.errors import CorpusError, IndexBusy, IndexCorrupt, IndexMismatch, IndexMissing
from rag.store.manifest import FORMAT, MANIFEST, Manifest, is_whole, manifest_of, sealed

_CURRENT = "current"
_LOCK = "build.lock"
_GENERATION = re.compile(r"generation-\d{8}T\d{6}-[0-9a-f]{6}")
_BESIDE = re.compile(
    r"current(?:\.new)?|build\.lock|README\.md|questions\.jsonl|reports/report-[^/]*\.json"
    r"|conversations(?:\.damaged-\w+)?\.sqlite(?:-\w+)?"
)
"""What may stand beside the generations."""


def is_generation(name: str) -> bool:
    """Whether a folder of this name was made by a build; others that begin alike may be a person's own.

    >>> is_generation("generation-20240131T120000-0a1b2c"), is_generation("generation-climat")
    (True, False)
    """
    return _GENERATION.fullmatch(name) is not None


def is_of_index(inside: PurePath) -> bool:
    """Whether a file, by its path under the folder of an index, is of the index and no document of a person.

    >>> is_of_index(PurePath("conversations.sqlite")), is_of_index(PurePath("reports/2024.pdf"))
    (True, False)
    """
    return is_generation(inside.parts[0]) or _BESIDE.fullmatch(inside.as_posix()) is not None


@contextmanager
def new_generation(index: Path) -> Iterator[Path]:
    """A fresh folder to build in; it is thrown away unless swap_in was called on it.

    Raises IndexBusy while another build holds the lock, CorpusError where the place cannot be written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(index / _LOCK)
    is_new = not index.exists()
    try:
        index.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise IndexBusy(f"another build is writing to {index}: wait for it to end, or give another --index") from error
    except OSError as error:
        raise CorpusError(f"cannot write an index in {index} ({error.strerror}): give another --index") from error
    folder = index / f"generation-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
    try:
        _remove_generations(index)  # what a killed build left
        folder.mkdir()
        yield folder
    except (OSError, sqlite3.OperationalError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CorpusError(f"cannot write an index in {index} ({reason}): make room, or give another --index") from error
    finally:
        if _in_use(index) != folder.name:
            shutil.rmtree(folder, ignore_errors=True)
        lock.release()
        if is_new and _in_use(index) is None:
            _leave_nothing(index)


def _leave_nothing(index: Path) -> None:
    """Remove the folder that a build made which came to nothing, unless there is something else in it by now."""
    with suppress(OSError):
        (index / _LOCK).unlink(missing_ok=True)
        index.rmdir()


def swap_in(index: Path, folder: Path, manifest: Manifest) -> None:
    """Seal ``folder`` with its manifest and the checksums of its files, make it the current one, drop the others."""
    files = {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": file_sha256(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".tantivy-")
    }
    for name in files:  # what the manifest vouches for must be on the disk before the old index goes
        with (folder / name).open("rb") as stream:
            os.fsync(stream.fileno())
    _write_durably(folder / MANIFEST, sealed(replace(manifest, files=files)))
    temporary = index / f"{_CURRENT}.new"
    _write_durably(temporary, folder.name + "\n")
    temporary.replace(index / _CURRENT)
    _remove_generations(index)


def current_name(index: Path) -> str | None:
    """The name of the generation in use, None where there is none."""
    try:
        return (index / _CURRENT).read_text(encoding="utf-8").strip() or None
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexCorrupt(index, f"its file `current` cannot be read: {error}") from error


def built_from(index: Path) -> Path | None:
    """The folder or file of documents that an index was built from, a damaged index too; None where nothing says it."""
    current = _in_use(index) or ""
    for folder in sorted(_generations(index), key=lambda path: (path.name == current, path.name), reverse=True):
        try:
            corpus = json.loads((folder / MANIFEST).read_text(encoding="utf-8")).get("corpus")
        except (OSError, ValueError, AttributeError, RecursionError):
            continue
        if isinstance(corpus, str) and corpus:
            return Path(corpus)
    return None


def _in_use(index: Path) -> str | None:
    """What current_name says; None too for a damaged index, so that building again can mend it."""
    try:
        return current_name(index)
    except IndexCorrupt:
        return None


def open_generation(index: Path) -> tuple[Path, Manifest]:
    """The folder and manifest of the generation in use.

    Raises IndexMissing, IndexCorrupt, or IndexMismatch for an index of another format.
    """
    name = current_name(index)
    if name is None:
        raise IndexMissing(index)
    folder = index / name
    if not is_generation(name):
        raise IndexCorrupt(index, "its file `current` names no generation")
    try:
        values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        found = values.get("format")
        if found != FORMAT or isinstance(found, bool):
            raise IndexMismatch(
                f"the index in {index} has format {found!r}, this version reads {FORMAT}: run `rag build FOLDER` again"
            )
        if not is_whole(values):
            raise IndexCorrupt(index, "its manifest has changed since it was built")
        return folder, manifest_of(values)
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise IndexCorrupt(index, f"its manifest cannot be read: {error}") from error


def verify(index: Path, folder: Path, manifest: Manifest, *, checksums: bool) -> None:
    """Raise IndexCorrupt for the first file that is missing, of another size or (``checksums``) of other content."""
    for name, facts in manifest.files.items():
        path = folder / name
        try:
            if not path.is_file():
                raise IndexCorrupt(index, f"{name} is missing")
            if path.stat().st_size != facts["bytes"]:
                raise IndexCorrupt(index, f"{name} has {path.stat().st_size} bytes instead of {facts['bytes']}")
            if checksums and file_sha256(path) != facts["sha256"]:
                raise IndexCorrupt(index, f"{name} has changed since it was built")
        except OSError as error:
            raise IndexCorrupt(index, f"{name} cannot be read: {error.strerror}") from error


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _remove_generations(index: Path) -> None:
    """Drop every generation but the current one; a reader that has one open keeps it until it closes."""
    current = _in_use(index)
    for folder in _generations(index):
        if folder.name != current:
            shutil.rmtree(folder, ignore_errors=True)


def _generations(index: Path) -> list[Path]:
    """The folders that builds have made."""
    return [path for path in index.glob("generation-*") if is_generation(path.name)]


def _write_durably(path: Path, text: str) -> None:
    # In JSON, the escape of half a surrogate pair is what a file name outside Unicode reads back as.
    with path.open("w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
