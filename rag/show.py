"""DOOR: answers and hits as text for a terminal. Returns strings; rag.cli prints them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import fill, shorten

from rag.filters import Filtered
from rag.schema import Answer, Citation, Hit
from rag.text.phrases import phrase

_WIDTH = 100
_NEAREST = 3
_TERMINAL_CONTROLS = {code: None for code in (*range(0x20), 0x7F, *range(0x80, 0xA0)) if chr(code) not in "\n\t"}


def show_answer(answer: Answer) -> str:
    """The answer with a marker after each sentence and its citations under it, or the refusal with what is nearest."""
    if answer.refusal is not None:
        lines = [plain(answer.refusal.message)]
        if answer.hits:
            lines += ["", phrase("nearest_passages", answer.language), *_nearest(answer.hits)]
        return "\n".join(lines)
    body = " ".join(f"{one_line(s.text)} {''.join(f'[{m}]' for m in s.citations)}" for s in answer.sentences)
    parts = [answer.lead, "", fill(body, _WIDTH), ""]
    parts += [_citation(citation, answer.language) for citation in answer.citations]
    return "\n".join(parts)


def show_hits(hits: Sequence[Hit], facts: Callable[[str], Filtered | None]) -> str:
    """One block a hit: rank, score, title, place, and the start of its text."""
    blocks = []
    for hit in hits:
        document = facts(hit.passage.document_id)
        title = document.title if document else hit.passage.document_id
        place = f"{hit.passage.document_id}:{hit.passage.start}-{hit.passage.end}"
        head = f"{hit.rank:3d}  {hit.score:.3f}  {one_line(title)}  ({one_line(place)})"
        blocks.append(f"{head}\n{fill(_short(hit.passage.text), _WIDTH, initial_indent='     ', subsequent_indent='     ')}")
    return "\n".join(blocks)


def _nearest(hits: Sequence[Hit]) -> list[str]:
    indent = "    "
    return [
        f"  {one_line(hit.passage.document_id)}\n"
        + fill(_short(hit.passage.text), _WIDTH, initial_indent=indent, subsequent_indent=indent)
        for hit in hits[:_NEAREST]
    ]


def _citation(citation: Citation, language: str) -> str:
    """Marker, title, date, source, page and the quotation, which stands as it is in the document."""
    page = phrase("page", language, page=citation.page) if citation.page is not None else None
    facts = [citation.title, citation.date, citation.source, page, citation.document_id]
    head = f"[{citation.marker}] " + " · ".join(one_line(fact) for fact in facts if fact)
    marks = phrase("quote_open", citation.language), phrase("quote_close", citation.language)
    return f"{head}\n    {marks[0]}{plain(citation.quote)}{marks[1]}"


def _short(text: str) -> str:
    return shorten(one_line(text), 240, placeholder=" …")


def one_line(text: str) -> str:
    """``text`` on one line, without characters that steer a terminal."""
    return " ".join(plain(text).split())


def plain(text: str) -> str:
    """``text`` without characters that steer a terminal; a document must not be able to move the cursor."""
    return text.translate(_TERMINAL_CONTROLS)
