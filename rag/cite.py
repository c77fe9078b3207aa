"""STAGE: reply + documents -> sentences and citations, every quotation checked against its source.

A quotation that does not stand in its document letter for letter, at the place given, never gets out of here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rag.errors import RagError
from rag.schema import Citation, Quoted, Sentence, Written


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


class Citing:
    """Citations with markers counting from 1 in the order in which they are first needed."""

    def __init__(self, source_of: Callable[[str], Source]) -> None:
        """``source_of`` gives the document of an id."""
        self._source_of = source_of
        self._kept: dict[tuple[str, int, int], Citation] = {}

    def anew(self) -> Citing:
        """The same without any citation."""
        return Citing(self._source_of)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Those made so far, in the order of their markers."""
        return tuple(self._kept.values())

    def quote(self, place: Quoted) -> Citation:
        """The citation of one quotation; raises QuoteMismatch where it is empty or not in its document at its place."""
        key = (place.passage.document_id, place.start, place.end)
        if key not in self._kept:
            self._kept[key] = _citation(len(self._kept) + 1, place, self._source_of(place.passage.document_id))
        return self._kept[key]

    def written(self, sentence: Written) -> Sentence:
        """A written sentence with the markers of the quotations it stands on."""
        markers = tuple(dict.fromkeys(self.quote(place).marker for place in sentence.quoted))
        return Sentence(sentence.text, markers, sentence.support, sentence.problems)


def cite(
    quoted: Iterable[Quoted], source_of: Callable[[str], Source]
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """One sentence and one citation for each quotation, markers counting from 1.

    Raises QuoteMismatch for a quotation that is empty or not in its document at the place given.
    """
    citing = Citing(source_of)
    sentences = [quoted_sentence(citing.quote(place)) for place in quoted]
    return tuple(sentences), citing.citations


def quoted_sentence(citation: Citation) -> Sentence:
    """The sentence that is the quotation itself."""
    return Sentence(text=citation.quote, citations=(citation.marker,))


def _citation(marker: int, place: Quoted, source: Source) -> Citation:
    passage = place.passage
    quote = source.text[place.start : place.end]
    low, high = place.answer or (place.start, place.end)
    marked = place.start <= low < high <= place.end
    held = passage.text[place.start - passage.start : place.end - passage.start]
    if not quote.strip() or not marked or quote != held:
        raise QuoteMismatch(
            f"the passage {passage.id} does not stand in its document: run `rag doctor`, then `rag build` again"
        )
    return Citation(
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
        contested=place.contested,
    )
