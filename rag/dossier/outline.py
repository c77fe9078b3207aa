"""WALK: a dossier as blocks of text, the same for every format that people read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag.dossier.data import Dossier, DossierDocument, label, shown, shown_line
from rag.exchange import Exchange
from rag.schema import Answer, Citation, Hit
from rag.text.phrases import language_name, phrase


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a dossier: ``kind`` is title, heading, subheading, text, quote, fact or note.

    ``name`` is the label of a fact, ``language`` the one of a quote.
    """

    kind: str
    text: str
    name: str = ""
    language: str = ""


def outline(dossier: Dossier) -> Iterator[Block]:
    """The blocks of a dossier in order; none of their texts can steer how it is drawn."""
    language = dossier.language
    yield Block("title", shown_line(dossier.title) or label("title", language))
    documents = {document.id: document for document in dossier.documents}
    for number, exchange in enumerate(dossier.exchanges, start=1):
        yield from _exchange(number, exchange, documents, language)
    yield Block("heading", label("made", language))
    for key, value in (
        ("date", dossier.created),
        ("version", dossier.made_with.version),
        ("index", f"{dossier.made_with.index_created} · {dossier.made_with.index_fingerprint}"),
        ("encoder", f"{dossier.made_with.encoder} · {dossier.made_with.encoder_fingerprint}"),
        ("model", dossier.made_with.model),
    ):
        yield Block("fact", shown_line(value), label(key, language))
    yield Block("note", label("how", language))


def _exchange(number: int, exchange: Exchange, documents: dict[str, DossierDocument], language: str) -> Iterator[Block]:
    answer = exchange.answer
    yield Block("heading", f"{number}. {shown_line(exchange.question)}")
    if answer is not None and answer.standalone:
        yield Block("fact", shown_line(answer.standalone), label("searched", language))
    yield Block("fact", shown_line(exchange.asked_at), label("asked", language))
    if exchange.conditions:
        yield Block("fact", shown_line(", ".join(exchange.conditions)), label("filters", language))
    if exchange.made_with is not None:
        model = f"{exchange.made_with.model} · {exchange.made_with.index_fingerprint}"
        yield Block("fact", shown_line(model), f"{label('model', language)}, {label('index', language)}")
    if answer is None:
        yield Block("subheading", label("error", language))
        yield Block("text", shown_line(exchange.error))
        return
    yield from _answer(answer, documents, language)


def _answer(answer: Answer, documents: dict[str, DossierDocument], language: str) -> Iterator[Block]:
    yield Block("subheading", label("refusal" if answer.refusal else "answer", language))
    if answer.refusal:
        yield Block("text", shown_line(answer.refusal.message))
    for sentence in answer.sentences:
        markers = "".join(f"[{marker}]" for marker in sentence.citations)
        doubt = f" ({label('unsupported', language)})" if sentence.support == "unsupported" else ""
        yield Block("text", f"{shown_line(sentence.text)} {markers}{doubt}".rstrip())
    yield Block("fact", f"{answer.probability:.0%}", label("probability", language))
    if answer.citations:
        yield Block("subheading", label("sources", language))
    for citation in answer.citations:
        yield from _citation(citation, documents.get(citation.document_id), language)
    if answer.refusal and answer.hits:
        yield Block("subheading", label("nearest", language))
        yield from (_nearest(hit) for hit in answer.hits)


def _nearest(hit: Hit) -> Block:
    passage = hit.passage
    place = f"{shown_line(passage.document_id)}, {passage.start}–{passage.end}"
    return Block("quote", f"{shown(passage.text).strip()}\n({place})", language=passage.language)


def _citation(citation: Citation, document: DossierDocument | None, language: str) -> Iterator[Block]:
    opened, closed = phrase("quote_open", citation.language), phrase("quote_close", citation.language)
    yield Block("quote", f"[{citation.marker}] {opened}{shown(citation.quote)}{closed}", language=citation.language)
    page = None if citation.page is None else str(citation.page)
    lost = label("gone" if document is not None and not document.text_sha256 else "unknown", language)
    for key, value in (
        ("document", f"{citation.title} ({citation.document_id})"),
        ("date", citation.date or label("unknown", language)),
        ("source", citation.source),
        ("page", page),
        ("place", f"{citation.start}–{citation.end}"),
        ("language", language_name(citation.language, language)),
        ("fingerprint", (document.text_sha256 if document else "") or lost),
        ("file", (document.file_sha256 if document else "") or label("unknown", language)),
    ):
        if value:
            yield Block("fact", shown_line(value), label(key, language))
