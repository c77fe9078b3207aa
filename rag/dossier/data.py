"""WALK: what a dossier holds, as values and as the JSON that every format of it carries."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rag.config import Config
from rag.errors import DossierError, Unreadable
from rag.exchange import Exchange, MadeWith
from rag.read import read_file
from rag.records import from_record, to_record
from rag.store.generation import file_sha256
from rag.store.passages import DocumentFacts

FORMAT = 1
KEY = "communique_dossier"
"""The key under which a dossier's format stands in its JSON."""
FALLBACK = "en"

_TURNING = frozenset(chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFFFE, 0xFFFF, 0xFEFF))
_HIDDEN = range(0xE0000, 0xE0080)  # letters that nobody sees


@dataclass(frozen=True, slots=True)
class DossierDocument:
    """A document that is quoted. ``text_sha256`` is of its text as indexed, in UTF-8; ``file_sha256`` of its file.

    Both are empty where they cannot be had: the document is in the index no more, its file is not found or no longer
    gives this text.
    """

    id: str
    title: str
    language: str
    date: str | None
    source: str | None
    char_count: int = 0
    text_sha256: str = ""
    file_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """Exchanges with the documents they quote and what they were made with; ``created`` is ISO 8601 in UTC.

    ``language`` is the one of the labels.
    """

    format: int
    title: str
    language: str
    created: str
    made_with: MadeWith
    exchanges: tuple[Exchange, ...]
    documents: tuple[DossierDocument, ...]


def text_sha256(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def document_of(facts: DocumentFacts, text: str, corpus: str, config: Config) -> DossierDocument:
    """The facts of an indexed document with its two fingerprints."""
    return DossierDocument(
        id=facts.id,
        title=facts.title,
        language=facts.language,
        date=facts.date,
        source=facts.source,
        char_count=facts.char_count,
        text_sha256=text_sha256(text),
        file_sha256=_file_sha256(Path(corpus), facts.id, text, config),
    )


def _file_sha256(corpus: Path, document_id: str, text: str, config: Config) -> str:
    """The fingerprint of the file a document came from, empty where it is not there or has another text by now."""
    file = corpus / document_id if corpus.is_dir() else corpus
    try:
        if not file.is_file() or not file.resolve().is_relative_to(corpus.resolve()):
            return ""
        sha256 = file_sha256(file)
        read = read_file(file, corpus, config, [])
        same = any(document.id == document_id and document.text == text for document in read)
        return sha256 if same and file_sha256(file) == sha256 else ""
    except (OSError, Unreadable):
        return ""


def write_json(dossier: Dossier, **more: str) -> bytes:
    """The dossier as JSON in ASCII, in which nothing can open or close a tag, a comment or a code span."""
    text = json.dumps({KEY: FORMAT, **more, "dossier": to_record(dossier)}, indent=1)
    for sign in "<>&`":
        text = text.replace(sign, f"\\u{ord(sign):04x}")  # they can only stand in strings
    return text.encode("ascii") + b"\n"


def read_json(data: bytes | str, name: str) -> tuple[Dossier, dict[str, Any]]:
    """The dossier that write_json wrote and what else stands beside it; raises DossierError naming the file."""
    try:
        values = json.loads(data)
        found = values[KEY]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DossierError(f"{name} is no dossier: give a file that `rag export` wrote") from error
    if found != FORMAT:
        raise DossierError(f"{name} is a dossier of format {found!r}, this one reads {FORMAT}: use the other version")
    try:
        return from_record(Dossier, values.get("dossier")), values
    except (ValueError, RecursionError) as error:
        raise DossierError(f"the data of the dossier {name} are damaged ({error}): take another copy of it") from error


def shown(text: str) -> str:
    """``text`` with every sign made visible that would steer how it is drawn, or that nobody would see.

    >>> shown("a\\u202eb")
    'a⟨U+202E⟩b'
    """
    return "".join(f"⟨U+{ord(sign):04X}⟩" if _steers(sign) else sign for sign in text)


def shown_line(text: str) -> str:
    """The same on one line."""
    return " ".join(shown(text).split())


def _steers(sign: str) -> bool:
    if sign in "\n\t":
        return False
    return unicodedata.category(sign) in ("Cc", "Cs") or sign in _TURNING or ord(sign) in _HIDDEN


@cache
def _labels() -> dict[str, dict[str, str]]:
    labels: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("labels.json").read_text(encoding="utf-8"))
    return labels


def label(key: str, language: str) -> str:
    """A word of the dossier itself in ``language``, in English where there is none."""
    words = _labels()[key]
    return words.get(language.split("-")[0].lower(), words[FALLBACK])
