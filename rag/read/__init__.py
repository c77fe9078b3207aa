"""STAGE read: one file -> Documents. A module for each format; this one finds the files and chooses the reader."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from rag.config import Config
from rag.errors import CorpusError, Reason, Unreadable
from rag.read.docx import read_docx
from rag.read.draft import Draft, finish
from rag.read.eml import read_eml
from rag.read.html import read_html
from rag.read.jsonl import read_lines
from rag.read.markdown import read_markdown
from rag.read.odt import read_odt
from rag.read.pdf import read_pdf
from rag.read.plain import read_plain
from rag.read.table import read_table
from rag.schema import Document

_READERS: dict[str, Callable[[Path, bytes], Draft]] = {
    ".txt": read_plain,
    ".md": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".odt": read_odt,
    ".eml": read_eml,
    ".csv": read_table,
    ".tsv": read_table,
}
SUFFIXES: tuple[str, ...] = (*_READERS, ".jsonl")
"""The suffixes that can be read, in lower case; the case of a file's own suffix does not matter."""

_FOLDER = Reason("folder", "it is a folder that may not be listed: check its permissions, or build again")
_GONE = Reason("gone", "it is no longer there, or not a plain file: check its permissions, or build again")


def find_files(root: Path) -> list[Path]:
    """Every file under a folder, or the file itself, in the order of their POSIX paths; other formats included.

    Hidden files and folders (``.git``, and ``~$`` of open Word files) are passed over. Linked folders are walked once.
    A folder that may not be listed stands in the result itself, so that ``read_file`` can say so. Raises CorpusError
    where there is nothing at ``root``.
    """
    try:
        if root.is_dir():
            return sorted(_walk(root), key=lambda path: path.as_posix())
        if root.exists():
            return [root]
    except (OSError, ValueError) as error:
        raise CorpusError(f"the folder of documents {root} cannot be opened: {error}") from error
    raise CorpusError(f"there is no folder or file {root}: give the folder where your documents are")


def _walk(root: Path) -> Iterator[Path]:
    """The files under ``root``; real folders before linked ones, and no folder twice."""
    folders: list[Path] = [root]
    linked: list[Path] = []
    seen: set[tuple[int, int]] = set()
    while folders or linked:
        folder = folders.pop() if folders else linked.pop(0)
        try:
            state = folder.stat()
            if (state.st_dev, state.st_ino) in seen:
                continue
            seen.add((state.st_dev, state.st_ino))
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            yield folder
            continue
        for entry in entries:
            if entry.name.startswith((".", "~$")):
                continue
            path = Path(entry.path)
            if _is_folder(path):
                (linked if entry.is_symlink() else folders).append(path)
            else:
                yield path


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # it stands in a folder that may be listed and not entered
        return False


def read_file(path: Path, root: Path, config: Config, problems: list[Unreadable] | None = None) -> Iterator[Document]:
    """The documents of one file: one, or for .jsonl one a line.

    A document's id is the file's POSIX path under ``root`` (its name where ``root`` is the file). Its language is
    empty where the file does not say. Raises Unreadable with the reason. Bad lines of a .jsonl are appended to
    ``problems`` and the good ones kept; without such a list the first bad line is raised.
    """
    identifier = _identifier(path, root)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES and not path.is_dir():
        raise Unreadable(
            path, Reason("format", "its format is unknown: convert it to one of {formats}", formats=", ".join(SUFFIXES))
        )
    data = _read_bytes(path, config.max_file_mb)
    if suffix in _READERS:
        yield finish(_READERS[suffix](path, data), identifier, path)
        return
    found: list[Unreadable] = [] if problems is None else problems
    count = 0
    for document in read_lines(path, data, identifier, found):
        if problems is None and found:
            raise found[0]
        count += 1
        yield document
    if problems is None and found:
        raise found[0]
    if not count and not found:
        raise Unreadable(path, Reason("empty", "it is empty: remove it or put documents in it, one JSON object a line"))


def _identifier(path: Path, root: Path) -> str:
    if path == root:
        name = path.name
    elif path.is_relative_to(root):
        name = path.relative_to(root).as_posix()
    else:
        raise CorpusError(f"the file {path} does not lie under {root}")
    try:
        name.encode("utf-8")
    except UnicodeEncodeError as error:
        shown = os.fsencode(path).decode("utf-8", "replace")
        raise Unreadable(shown, Reason("name", "its name is not valid UTF-8: rename it")) from error
    return name


def _closed(error: OSError) -> Reason:
    detail = error.strerror or error
    return Reason("closed", "it cannot be opened ({detail}): check its permissions", detail=detail)


def _read_bytes(path: Path, max_mb: int) -> bytes:
    """The bytes of a file; raises Unreadable where they are none, too many, or not to be had."""
    try:
        if not path.is_file():
            raise Unreadable(path, _FOLDER if path.is_dir() else _GONE)
        with path.open("rb") as file:
            data = file.read(max_mb * 1024 * 1024 + 1)
    except OSError as error:
        raise Unreadable(path, _closed(error)) from error
    if not data:
        raise Unreadable(path, Reason("empty", "it is empty: remove it, or put a file with text in its place"))
    if len(data) > max_mb * 1024 * 1024:
        raise Unreadable(
            path,
            Reason("large", "it is larger than {limit} MB: split it, or raise max_file_mb in rag.toml", limit=max_mb),
        )
    return data
