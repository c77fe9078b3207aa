"""STAGE: the files that an index was made of, and what has become of them since."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.store.generation import file_sha256

ORIGINS_FILE = "origins.json"


@dataclass(frozen=True, slots=True)
class Origin:
    """What a file was like when it was read; the time tells without reading it that it is the same."""

    bytes: int
    mtime_ns: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Changes:
    """The files, by their paths under the folder, that are no longer as they were read."""

    changed: tuple[str, ...]
    added: tuple[str, ...]
    deleted: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.changed) + len(self.added) + len(self.deleted)


def origins_of(files: Sequence[Path], root: Path) -> dict[str, Origin]:
    """The fingerprint of each file that can be read, by its path under ``root``, or its name where it is the root."""
    found = {}
    for path in files:
        try:
            if (state := _state(path)) is not None:
                found[_name(path, root)] = Origin(state.st_size, state.st_mtime_ns, file_sha256(path))
        except OSError:
            continue  # the build says why
    return found


def write_origins(folder: Path, origins: Mapping[str, Origin]) -> None:
    """Keep the fingerprints in the folder of an index."""
    rows = {name: [origin.bytes, origin.mtime_ns, origin.sha256] for name, origin in origins.items()}
    (folder / ORIGINS_FILE).write_text(json.dumps(rows), encoding="utf-8")  # half a surrogate pair is escaped


def read_origins(folder: Path) -> dict[str, Origin] | None:
    """The fingerprints kept in the folder of an index, None where it was built before any were kept."""
    try:
        rows = json.loads((folder / ORIGINS_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return {name: Origin(*row) for name, row in rows.items()}


def changes_since(origins: Mapping[str, Origin], files: Sequence[Path], root: Path) -> Changes:
    """How ``files`` differ from what they were; only one whose time is another is read."""
    now = {_name(path, root): path for path in files}
    return Changes(
        changed=tuple(name for name, origin in origins.items() if name in now and _differs(now[name], origin)),
        added=tuple(name for name, path in now.items() if name not in origins and _can_be_read(path)),
        deleted=tuple(name for name in origins if name not in now),
    )


def _differs(path: Path, origin: Origin) -> bool:
    state = _state(path)
    if state is None or state.st_size != origin.bytes:
        return True
    try:
        return state.st_mtime_ns != origin.mtime_ns and file_sha256(path) != origin.sha256
    except OSError:
        return True


def _can_be_read(path: Path) -> bool:
    """Whether origins_of would give the file a fingerprint; the build has named the others as left out."""
    return _state(path) is not None and os.access(path, os.R_OK)


def _state(path: Path) -> os.stat_result | None:
    """The state of a plain file, None of anything else: a pipe or a device would be read without end."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state if stat.S_ISREG(state.st_mode) else None


def _name(path: Path, root: Path) -> str:
    return path.name if path == root else path.relative_to(root).as_posix()
