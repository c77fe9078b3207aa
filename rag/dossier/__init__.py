"""WALK: exchanges + index -> a dossier that holds in print, and a dossier + documents -> what still stands.

``compose`` gathers, ``render`` writes Markdown, HTML, DOCX or JSON, ``read_dossier`` reads each of them back, and
``rag.dossier.verify`` checks every quotation.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rag.dossier.data import FORMAT, Dossier, DossierDocument, document_of, write_json
from rag.dossier.html import write_html
from rag.dossier.markdown import write_markdown
from rag.dossier.word import write_docx
from rag.errors import BadUsage, DossierError
from rag.exchange import Exchange
from rag.library import Library, made_with

NEAREST = 3
"""A refusal is kept with so many of the passages that were nearest."""

_WRITERS: dict[str, Callable[[Dossier], bytes]] = {
    "md": write_markdown,
    "html": write_html,
    "docx": write_docx,
    "json": write_json,
}
FORMATS: tuple[str, ...] = tuple(_WRITERS)
MEDIA_TYPES = {
    "md": "text/markdown",
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
}
"""What a browser is told of each format."""


def compose(library: Library, exchanges: Sequence[Exchange], *, title: str = "", language: str = "") -> Dossier:
    """The dossier of one exchange or of a whole conversation, oldest first.

    ``language`` is the one of the labels, the first answer's where it is empty. Each document that is quoted is named
    with the SHA-256 of its text in ``library``, and of its file where that still gives this very text. Raises
    DossierError where there is nothing to write.
    """
    if not exchanges:
        raise DossierError("there is no question to write a dossier of: ask one first")
    answers = [exchange.answer for exchange in exchanges if exchange.answer is not None]
    quoted = dict.fromkeys(citation.document_id for answer in answers for citation in answer.citations)
    return Dossier(
        format=FORMAT,
        title=title,
        language=language or (answers[0].language if answers else "en"),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        made_with=made_with(library, answers[-1].model if answers else ""),
        exchanges=tuple(_without_hits(exchange) for exchange in exchanges),
        documents=tuple(_document(library, document_id, exchanges) for document_id in quoted),
    )


def render(dossier: Dossier, format: str) -> bytes:
    """The dossier in one of FORMATS; raises BadUsage for another one."""
    if format not in _WRITERS:
        raise BadUsage(f"a dossier cannot be written as {format!r}: use one of {', '.join(FORMATS)}")
    return _WRITERS[format](dossier)


def format_of(path: Path) -> str:
    """The format that the suffix of a file name stands for; raises BadUsage for any other suffix."""
    found = path.suffix.lower().removeprefix(".")
    named = {"markdown": "md", "htm": "html"}.get(found, found)
    if named not in _WRITERS:
        raise BadUsage(f"{path} does not say which format a dossier is wanted in: end it with .{', .'.join(FORMATS)}")
    return named


def save(dossier: Dossier, path: Path) -> None:
    """Write the dossier in the format that the file's suffix names, in one step; raises BadUsage or DossierError."""
    data = render(dossier, format_of(path))
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise DossierError(f"cannot write the dossier {path}: {error.strerror}: give another file") from error


def _without_hits(exchange: Exchange) -> Exchange:
    """The exchange without the passages that were only looked at; a refusal keeps the nearest."""
    answer = exchange.answer
    if answer is None:
        return exchange
    return replace(exchange, answer=replace(answer, hits=answer.hits[:NEAREST] if answer.refusal else ()))


def _document(library: Library, document_id: str, exchanges: Sequence[Exchange]) -> DossierDocument:
    """The facts of a document as it is in the library, or as the citations told them where it is there no more."""
    facts = library.passages.facts(document_id)
    if facts is not None:
        return document_of(facts, library.passages.text(document_id), library.manifest.corpus, library.config)
    cited = (c for exchange in exchanges if exchange.answer for c in exchange.answer.citations)
    told = next(citation for citation in cited if citation.document_id == document_id)
    return DossierDocument(document_id, told.title, told.language, told.date, told.source)


__all__ = ["FORMATS", "MEDIA_TYPES", "Dossier", "DossierDocument", "compose", "format_of", "render", "save"]
