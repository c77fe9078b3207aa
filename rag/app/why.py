"""DOOR: why an answer is what it is: how each passage was found, how near it is, what each step took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rag.app.inert import inert_line
from rag.app.reply import passage_pieces
from rag.app.wording import decimal, name_language, number, percent, say
from rag.library import Library
from rag.schema import Hit
from rag.text.languages import same_language
from rag.text.phrases import phrase

# How a score and a share are worded; the least value of each wording. They colour the words and decide nothing.
_NEARNESS = ((0.75, "very_near"), (0.5, "near"), (0.3, "some"), (float("-inf"), "little"))
_WAYS = ((0.75, "words"), (0.35, "both"), (0.0, "meaning"))


def hits_data(
    library: Library, hits: Sequence[Hit], asked_in: str, *, heading: bool = False, scores: bool = False
) -> dict[str, Any]:
    """Passages with their title and facts; with ``scores``, also how they were found and where they stand."""
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
        facts.append(name_language(language))
    return {
        "rank": hit.rank,
        "title": inert_line(document.title if document else hit.passage.document_id),
        "facts": [inert_line(fact) for fact in facts if fact],
        "language": language,
        "text": passage_pieces(hit.passage),
        "found": _found(hit) if scores else "",
        "share": None if hit.by_words is None or not scores else round(hit.by_words * 100),
        "details": _details(hit) if scores else "",
    }


def _found(hit: Hit) -> str:
    """How a passage was found and how near it is, in words."""
    nearness = say(f"near_{next(word for least, word in _NEARNESS if hit.score >= least)}")
    if hit.by_words is None:
        return nearness
    way = say(f"found_{next(word for least, word in _WAYS if hit.by_words >= least)}")
    return f"{nearness} · {way}"


def _details(hit: Hit) -> str:
    """The figures behind the words: score, shares, place in the document."""
    told = [say("score", score=decimal(hit.score, 2))]
    if hit.by_words is not None:
        told.append(say("shares", words=percent(hit.by_words), meaning=percent(1 - hit.by_words)))
    told.append(say("characters", start=number(hit.passage.start), end=number(hit.passage.end)))
    return " · ".join(told)


def timings(timings_ms: Mapping[str, float]) -> str:
    """How long each step of an answer took, in words of the interface."""
    steps = ", ".join(f"{step_name(step)} {spent:.0f} ms" for step, spent in timings_ms.items())
    return say("timings", steps=steps)


def step_name(step: str) -> str:
    """A step of the walk in words; one that the interface has no word for keeps its own name."""
    return say(f"step_{step}", fallback=step)
