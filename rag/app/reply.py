"""DOOR: an answer and its passages as the data that the parts of the page draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rag.app.inert import inert, inert_line
from rag.app.wording import name_language, number, say
from rag.library import Library
from rag.schema import Answer, Citation, Hit, Sentence
from rag.text.languages import same_language
from rag.text.phrases import phrase


def reply_data(answer: Answer) -> dict[str, Any]:
    """The lead, the sentences as quotations with their markers, and the citations."""
    languages = {citation.marker: citation.language for citation in answer.citations}
    return {
        "lead": answer.lead,
        "sources": say("sources"),
        "sentences": [_sentence_data(sentence, languages, answer.language) for sentence in answer.sentences],
        "citations": [_citation_data(citation, answer.language) for citation in answer.citations],
    }


def _sentence_data(sentence: Sentence, languages: Mapping[int, str], asked_in: str) -> dict[str, Any]:
    """A sentence in the quotation marks of its language; one that quotes nothing stands without."""
    if not sentence.citations:
        return {"text": inert_line(sentence.text), "language": asked_in, "markers": []}
    language = languages[sentence.citations[0]]
    marks = phrase("quote_open", language), phrase("quote_close", language)
    text = f"{marks[0]}{inert_line(sentence.text)}{marks[1]}"
    return {"text": text, "language": language, "markers": list(sentence.citations)}


def _citation_data(citation: Citation, asked_in: str) -> dict[str, Any]:
    page = phrase("page", asked_in, page=citation.page) if citation.page is not None else None
    other = not same_language(citation.language, asked_in)
    facts = (citation.date, citation.source, page, name_language(citation.language, asked_in) if other else None)
    title = inert_line(citation.title)
    return {
        "marker": citation.marker,
        "title": title,
        "language": citation.language,
        "facts": [inert_line(fact) for fact in facts if fact],
        "label": say("open_citation", marker=citation.marker, title=title),
    }


def hits_data(
    library: Library, hits: Sequence[Hit], asked_in: str, *, heading: bool = False, scores: bool = False
) -> dict[str, Any]:
    """Passages with their title and facts; with ``scores``, also how they scored and where they stand."""
    return {
        "heading": phrase("nearest_passages", asked_in) if heading else "",
        "open": say("open_passage"),
        "unfolded": heading,
        "hits": [_hit_data(library, hit, asked_in, scores) for hit in hits],
    }


def _hit_data(library: Library, hit: Hit, asked_in: str, scores: bool) -> dict[str, Any]:
    document = library.passages.facts(hit.passage.document_id)
    language = hit.passage.language
    facts = [document.date, document.source] if document else []
    if not same_language(language, asked_in):
        facts.append(name_language(language, asked_in))
    if scores:
        facts.append(say("score", score=f"{hit.score:.3f}"))
        facts.append(say("characters", start=number(hit.passage.start), end=number(hit.passage.end)))
    return {
        "rank": hit.rank,
        "title": inert_line(document.title if document else hit.passage.document_id),
        "facts": [inert_line(fact) for fact in facts if fact],
        "language": language,
        "text": inert(hit.passage.text).strip(),
    }


def timings(timings_ms: Mapping[str, float]) -> str:
    """How long each step of an answer took, in words of the interface."""
    steps = ", ".join(f"{say(f'step_{step}')} {spent:.0f} ms" for step, spent in timings_ms.items())
    return say("timings", steps=steps)
