"""WALK: a dossier + the index or the folder of documents -> whether every quotation still stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from rag.build import PASSAGES_FILE
from rag.config import Config
from rag.dossier.data import Dossier, text_sha256
from rag.dossier.reading import ReadDossier
from rag.errors import Unreadable
from rag.read import find_files, read_file
from rag.schema import Answer, Citation, Document, Hit
from rag.store.generation import open_generation, verify
from rag.store.passages import PassageStore

_SHOWN_CHARS = 120


class Texts(Protocol):
    """Documents to look a quotation up in."""

    def document(self, document_id: str) -> Document | None:
        """The document called so, None where there is none."""

    def documents(self) -> Iterator[Document]:
        """All of them."""


@dataclass(frozen=True, slots=True)
class Check:
    """What became of one quotation.

    ``status`` is ``stands`` (letter for letter at its place), ``moved`` (letter for letter elsewhere: ``found_in`` at
    ``found_start``), ``changed`` (its document has it no more) or ``vanished`` (neither it nor its document is there).
    ``question`` and ``marker`` count from 1, and the marker of a passage that a refusal shows is 0; ``detail`` says
    more in a sentence, where there is more to say.
    """

    question: int
    marker: int
    document_id: str
    status: str
    start: int
    end: int
    found_in: str = ""
    found_start: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of a dossier: its quotations, its documents whose text is another one, and what is shown of it.

    ``unaltered`` is False where the part that people read was edited after it was written, None for JSON.
    """

    checks: tuple[Check, ...]
    other_texts: tuple[str, ...]
    unaltered: bool | None

    @property
    def holds(self) -> bool:
        """Whether every quotation stands and nothing that is shown was edited."""
        return self.unaltered is not False and all(check.status == "stands" for check in self.checks)


def verify_dossier(read: ReadDossier, texts: Texts) -> Verification:
    """Look up every quotation of a dossier, in its order."""
    dossier = read.dossier
    checks: list[Check] = []
    for number, exchange in enumerate(dossier.exchanges, start=1):
        if exchange.answer is not None:
            checks += [_check(number, citation, texts) for citation in exchange.answer.citations]
            checks += _misquoted(number, exchange.answer)
            checks += [_check(number, _as_citation(hit), texts) for hit in exchange.answer.hits]
    return Verification(tuple(checks), tuple(_other_texts(dossier, texts)), read.unaltered)


def _check(number: int, citation: Citation, texts: Texts) -> Check:
    document = texts.document(citation.document_id)
    start, end, quote = citation.start, citation.end, citation.quote

    def said(status: str, detail: str = "", found_in: str = "", found_start: int | None = None) -> Check:
        return Check(number, citation.marker, citation.document_id, status, start, end, found_in, found_start, detail)

    if not quote.strip():
        return said("changed", "the quotation is empty")
    if document is None:
        for other in texts.documents():
            if quote in other.text:
                detail = "its document is gone, and another one has it"
                return said("moved", detail, other.id, other.text.index(quote))
        return said("vanished", "its document is gone, and no other has it")
    if start >= 0 and document.text[start:end] == quote:
        if citation.marker == 0:
            return said("stands")
        if citation.page != document.page_at(start):
            page = document.page_at(start)
            return said("moved", f"it stands {f'on page {page}' if page else 'on no page'} now", document.id, start)
        return said("stands", _described_otherwise(citation, document))
    place = _nearest(document.text, quote, start)
    if place is not None:
        return said("moved", "it stands elsewhere in its document", document.id, place)
    now = " ".join(document.text[max(0, start) : max(0, end)].split())
    return said("changed", f"its document has it no more; at its place stands: {now[:_SHOWN_CHARS]}")


def _described_otherwise(citation: Citation, document: Document) -> str:
    """What the documents now say otherwise of a source, empty where they agree."""
    pairs = (
        ("title", citation.title, document.title),
        ("date", citation.date, document.date),
        ("source", citation.source, document.source),
    )
    return "; ".join(f"its {name} is now {now}, not {then}" for name, then, now in pairs if then != now)


def _as_citation(hit: Hit) -> Citation:
    """A passage that a refusal shows as nearest, as if it were quoted; its marker is 0 and its page is not told."""
    passage = hit.passage
    return Citation(
        marker=0,
        document_id=passage.document_id,
        passage_id=passage.id,
        title="",
        date=None,
        source=None,
        language=passage.language,
        page=None,
        start=passage.start,
        end=passage.end,
        quote=passage.text,
    )


def _nearest(text: str, quote: str, start: int) -> int | None:
    """Where the quotation stands nearest to where it stood, None where it does not."""
    places, place = [], text.find(quote)
    while place >= 0:
        places.append(place)
        place = text.find(quote, place + 1)
    return min(places, key=lambda found: abs(found - start), default=None)


def _misquoted(number: int, answer: Answer) -> Iterator[Check]:
    """A check for each sentence shown as a quotation that is none of the quotations it names."""
    quotes = {citation.marker: citation for citation in answer.citations}
    for sentence in answer.sentences:
        cited = [quotes[marker] for marker in sentence.citations if marker in quotes]
        if sentence.support == "quote" and not any(sentence.text == citation.quote for citation in cited):
            marker = sentence.citations[0] if sentence.citations else 0
            named = cited[0] if cited else None
            place = (named.document_id, "changed", named.start, named.end) if named else ("", "changed", 0, 0)
            yield Check(number, marker, *place, detail="the sentence shown is not the quotation it stands on")


def _other_texts(dossier: Dossier, texts: Texts) -> Iterator[str]:
    """The documents whose text is not the one they had when the dossier was written."""
    for told in dossier.documents:
        document = texts.document(told.id)
        if document is not None and told.text_sha256 and told.text_sha256 != text_sha256(document.text):
            yield told.id


class IndexTexts:
    """The documents of an index, whatever encoder it was built with."""

    def __init__(self, config: Config) -> None:
        """Open the index of the settings; raises IndexMissing or IndexCorrupt."""
        folder, manifest = open_generation(config.index)
        verify(config.index, folder, manifest, checksums=True)
        self._passages = PassageStore(folder / PASSAGES_FILE)

    def document(self, document_id: str) -> Document | None:
        """The document called so, None where there is none."""
        facts = self._passages.facts(document_id)
        if facts is None:
            return None
        text = self._passages.text(document_id)
        return Document(facts.id, facts.title, facts.language, facts.date, facts.source, text, facts.pages)

    def documents(self) -> Iterator[Document]:
        """All of them."""
        for facts in self._passages.documents:
            document = self.document(facts.id)
            assert document is not None
            yield document


@dataclass
class FolderTexts:
    """The documents of a folder, read anew; files that cannot be read are passed over."""

    folder: Path
    config: Config
    _read: dict[Path, list[Document]] = field(default_factory=dict)

    def document(self, document_id: str) -> Document | None:
        """The document called so: the file of that name, or a line of a .jsonl."""
        files = find_files(self.folder)
        root = self.folder if self.folder.is_dir() else self.folder.parent
        own = [file for file in files if file == root / document_id]
        for file in own or [file for file in files if file.suffix.lower() == ".jsonl"]:
            for document in self._documents(file):
                if document.id == document_id:
                    return document
        return None

    def documents(self) -> Iterator[Document]:
        """All of them."""
        for file in find_files(self.folder):
            yield from self._documents(file)

    def _documents(self, file: Path) -> list[Document]:
        if file not in self._read:
            try:
                self._read[file] = list(read_file(file, self.folder, self.config, []))
            except Unreadable:
                self._read[file] = []
        return self._read[file]
