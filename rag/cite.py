"""STAGE: reply + documents -> sentences and citations, every quotation checked against its source.

A quotation that does not stand in its document letter for letter, at the place given, never gets out of here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rag.errors import RagError
from rag.schema import Citation, Quoted, Sentence


class QuoteMismatch(RagError):
    """A quotation that is not in its document: the index is damaged or an answering model lied."""


@dataclass(frozen=True, slots=True)
class Source:
    """The document a quotation comes from, as a citation names it."""

    title: str
    date: str | None
    source: str | None
    language: str
    pages: tuple[int, ...]
    text: str

    def page_at(self, offset: int) -> int | None:
        """The 1-based page on which ``offset`` stands, None where there are no pages."""
        return max(1, sum(1 for start in self.pages if start <= offset)) if self.pages else None


def cite(
    quoted: Iterable[Quoted], source_of: Callable[[str], Source]
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """One sentence and one citation for each quotation, markers counting from 1.

    Raises QuoteMismatch for a quotation that is empty or not in its document at the place given.
    """
    sentences, citations = [], []
    for marker, place in enumerate(quoted, start=1):
        passage = place.passage
        source = source_of(passage.document_id)
        quote = source.text[place.start : place.end]
        low, high = place.answer or (place.start, place.end)
        marked = place.start <= low < high <= place.end
        held = passage.text[place.start - passage.start : place.end - passage.start]
        if not quote.strip() or not marked or quote != held:
            raise QuoteMismatch(
                f"the passage {passage.id} does not stand in its document: run `rag doctor`, then `rag build` again"
            )
        citations.append(
            Citation(
                marker=marker,
                document_id=passage.document_id,
                passage_id=passage.id,
                title=source.title,
                date=source.date,
                source=source.source,
                language=source.language,
                page=source.page_at(place.start),
                start=place.start,
                end=place.end,
                quote=quote,
                answer=place.answer,
            )
        )
        sentences.append(Sentence(text=quote, citations=(marker,)))
    return tuple(sentences), tuple(citations)
