"""WALK: files that a person brings -> a private Library for one session, or new files in the folder of documents."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from rag.build import Progress, build
from rag.config import Config
from rag.errors import CorpusError, IndexMismatch, Reason, Unreadable
from rag.library import Library, join, open_library
from rag.read import SUFFIXES, read_file
from rag.store.manifest import Manifest

PREFIX = "session"
OWN_FOLDER = "documents"
"""The folder beside the index that begins a person's own documents where the index holds the sample corpus."""

_MEGABYTE = 1024 * 1024
_NAME_BYTES = 180
# Separators, what Windows forbids in a name, control characters, and marks that show a name in another order.
_FORBIDDEN = re.compile('[/\\\\<>:"|?*\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)

_UNFINISHED = ".part"
"""How the name of a file ends that somebody is still writing into the corpus."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as it was dropped in: the name its owner gave it, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: ``name`` is what it is called here, ``reason`` why it was refused, else empty."""

    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Private:
    """An index of brought files; ``folder`` holds it where the system cannot keep it without one."""

    library: Library
    names: tuple[str, ...]
    folder: tempfile.TemporaryDirectory[str] | None = None


def safe_name(name: str) -> str:
    r"""``name`` as a plain file name: no folders, nothing hidden, nothing a file system takes for something else.

    >>> safe_name("../../etc/.passwd"), safe_name("C:\\docs\\note.pdf"), safe_name("con.txt")
    ('passwd', 'note.pdf', '_con.txt')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = _FORBIDDEN.sub("", last).strip().lstrip(".~$ ").rstrip(". ")
    if _RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    path = PurePosixPath(plain or "document")
    stem, suffix = path.stem, path.suffix[:20].rstrip(". ")
    while len((stem + suffix).encode()) > _NAME_BYTES and len(stem) > 1:
        stem = stem[:-1]
    return stem.strip() + suffix


def admit(
    files: Sequence[Brought], config: Config, held: Sequence[Brought] = ()
) -> tuple[list[Brought], list[Outcome]]:
    """The files that may come in beside those already ``held``, under safe names, and why each other one may not.

    Nothing is read here: only number, size, format and repetition count.
    """
    taken, refused = list(held), []
    for file in files:
        name = safe_name(file.name)
        reason = _why_not(name, file.data, config, taken)
        if reason:
            refused.append(Outcome(name, reason))
        else:
            taken.append(Brought(_free_name(name, {other.name for other in taken}), file.data))
    return taken[len(held) :], refused


def size_limit(config: Config) -> int:
    """How many megabytes a brought file may have."""
    return min(config.upload_mb, config.max_file_mb)


def too_large(name: str, config: Config) -> Outcome:
    """What becomes of a file over the limit."""
    reason = Reason(
        "large_to_bring",
        "it is larger than {limit} MB: split it, or put it in the folder of documents and build again",
        limit=size_limit(config),
    )
    return Outcome(safe_name(name), reason)


def _why_not(name: str, data: bytes, config: Config, taken: Sequence[Brought]) -> str:
    if PurePosixPath(name).suffix.lower() not in SUFFIXES:
        return Reason("format", "its format is unknown: convert it to one of {formats}", formats=", ".join(SUFFIXES))
    if not data:
        return Reason("empty", "it is empty: choose a file with text in it")
    if len(data) > size_limit(config) * _MEGABYTE:
        return too_large(name, config).reason
    if any(other.data == data for other in taken):
        return Reason("same", "the same file is already here: nothing needs to be done")
    if len(taken) >= config.upload_count:
        return Reason(
            "many",
            "{limit} files may be brought: remove some, or put them in the folder of documents",
            limit=config.upload_count,
        )
    if sum(len(other.data) for other in taken) + len(data) > config.upload_total_mb * _MEGABYTE:
        return Reason(
            "much",
            "together the files may have {limit} MB: remove some, or use the folder of documents",
            limit=config.upload_total_mb,
        )
    return ""


def _free_name(name: str, taken: set[str]) -> str:
    """``name``, with a number where it is taken; names that differ in case alone are one to some file systems."""
    lower = {other.lower() for other in taken}
    path = PurePosixPath(name)
    number, free = 1, name
    while free.lower() in lower:
        number += 1
        free = f"{path.stem} ({number}){path.suffix}"
    return free


def examine(
    files: Sequence[Brought], config: Config, progress: Callable[[int, Outcome], None] | None = None
) -> list[Outcome]:
    """Read each file and say whether it can be read; ``progress`` is given the number done and the last outcome."""
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="communique-", ignore_cleanup_errors=True) as folder:
        for file in files:
            path = Path(folder) / file.name
            path.write_bytes(file.data)
            outcomes.append(Outcome(file.name, _why_unreadable(path, Path(folder), config)))
            path.unlink()
            if progress is not None:
                progress(len(outcomes), outcomes[-1])
    return outcomes


def _why_unreadable(path: Path, root: Path, config: Config) -> str:
    problems: list[Unreadable] = []
    try:
        texts = [document.text for document in read_file(path, root, config, problems)]
    except Unreadable as error:
        return error.reason
    if any(text.strip() for text in texts):
        return ""
    return problems[0].reason if problems else Reason("no_text", "it holds no text: choose a file with text in it")


def open_private(files: Sequence[Brought], shared: Library, progress: Progress | None = None) -> Private:
    """An index of ``files``, made with the encoder and the settings of ``shared``, for one session alone.

    It is written to a private folder that is taken away as soon as it is open (where the system cannot do so, when
    the Library is let go). Raises CorpusError where no file can be read.
    """
    folder = tempfile.TemporaryDirectory(prefix="communique-session-", ignore_cleanup_errors=True)
    with ExitStack() as stack:
        stack.callback(folder.cleanup)
        corpus = Path(folder.name) / "corpus"
        corpus.mkdir()
        for file in files:
            (corpus / file.name).write_bytes(file.data)
        config = replace(shared.config, index=Path(folder.name) / "index")
        build(corpus, config, progress, encoder=shared.encoder)
        library = open_library(config, checksums=False, encoder=shared.encoder)
        names = tuple(file.name for file in files)
        if os.name == "posix":  # what is open stays readable without a name
            return Private(library, names)
        stack.pop_all()
    return Private(library, names, folder)


def together(shared: Library, private: Private, *, only: bool = False) -> Library:
    """``shared`` with the private documents beside its own, or the private ones ``only``.

    The ids of private documents begin with a folder that no shared document has. Raises IndexMismatch where the shared
    index has another encoder by now.
    """
    if private.library.encoder.card.fingerprint != shared.encoder.card.fingerprint:
        raise IndexMismatch("the index was built with another encoder meanwhile: bring the files of this session again")
    prefix = private_prefix(shared)
    if not only:
        return join([(shared, ""), (private.library, prefix)])
    alone = join([(private.library, prefix)])
    manifest = replace(alone.manifest, corpus=shared.manifest.corpus, created=shared.manifest.created)
    return replace(alone, config=shared.config, encoder=shared.encoder, manifest=manifest)


def private_prefix(shared: Library) -> str:
    """What the ids of private documents begin with: ``session/`` unless a shared document's id does."""
    ids = [facts.id for facts in shared.passages.documents if facts.id.startswith(PREFIX)]
    number, prefix = 1, f"{PREFIX}/"
    while any(name.startswith(prefix) for name in ids):
        number += 1
        prefix = f"{PREFIX}-{number}/"
    return prefix


def corpus_folder(manifest: Manifest, config: Config, sample: Path | None) -> Path:
    """The folder that files are added to: the one the index was built from, or for the ``sample`` one of one's own.

    Raises CorpusError where there is none.
    """
    folder = Path(manifest.corpus)
    if sample is not None and folder == sample.resolve():
        return config.index.resolve().parent / OWN_FOLDER
    if folder.is_dir():
        return folder
    what = "is a single file" if folder.is_file() else "is not there any more"
    raise CorpusError(f"{folder}, of which the index was built, {what}: run `rag build FOLDER` with a folder first")


def add_to_corpus(files: Sequence[Brought], folder: Path, config: Config) -> list[Outcome]:
    """Write each file that can be read into ``folder`` (made if need be) under a name that is free there.

    A file that is there already with the same content is left alone. Nothing that is there is ever written over.
    Raises CorpusError where the folder cannot be written.
    """
    good = {outcome.name: outcome.reason for outcome in examine(files, config)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [
            Outcome(file.name, good[file.name]) if good[file.name] else Outcome(_put(file, folder)) for file in files
        ]
    except OSError as error:
        reason = error.strerror or error
        raise CorpusError(f"cannot write to {folder} ({reason}): make room, or check its permissions") from error


def _put(file: Brought, folder: Path) -> str:
    """Write one file whole or not at all; gives back the name it got."""
    name = safe_name(file.name)
    taken = {entry.name for entry in folder.iterdir()}
    for entry in sorted(taken):
        if not entry.endswith(_UNFINISHED) and _holds(folder / entry, file.data):
            return entry
    unfinished = folder / f".{secrets.token_hex(8)}{_UNFINISHED}"  # hidden: a build passes it over
    try:
        with unfinished.open("xb") as stream:
            stream.write(file.data)
            stream.flush()
            os.fsync(stream.fileno())
        return _name_it(unfinished, folder, name, taken)
    finally:
        unfinished.unlink(missing_ok=True)


def _holds(path: Path, data: bytes) -> bool:
    """Whether there is a file at ``path`` with this content; one that goes away meanwhile is none."""
    try:
        return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False


def _name_it(unfinished: Path, folder: Path, name: str, taken: set[str]) -> str:
    """Give a finished file the first free name; another person may take one at the same moment."""
    while True:
        free = _free_name(name, taken)
        try:
            os.link(unfinished, folder / free)
        except FileExistsError:
            taken.add(free)
        except (OSError, NotImplementedError):  # a file system without links
            with (folder / free).open("xb") as stream:
                stream.write(unfinished.read_bytes())
            return free
        else:
            return free
