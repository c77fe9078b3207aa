"""DOOR: an answer as the data that its part of the page draws: sentences, markers, what each stands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rag.app.inert import inert, inert_line
from rag.app.marks import bare, cut, find_signs
from rag.app.wording import name_language, say
from rag.schema import Answer, Citation, Passage, Sentence
from rag.text.languages import same_language
from rag.text.phrases import phrase

QUOTE = "quote"


def reply_data(answer: Answer) -> dict[str, Any]:
    """The lead, the sentences with their markers, and the citations, each with the card that its marker shows."""
    citations = {citation.marker: citation for citation in answer.citations}
    unfolded = any(sentence.support != QUOTE for sentence in answer.sentences)
    versions = _newest_first(contested(answer), citations)
    beside = bool(versions)
    sentences = [*versions, *(sentence for sentence in answer.sentences if sentence not in versions)]
    return {
        "lead": answer.lead,
        "uncertain": answer.is_uncertain,
        "beside": say("beside") if beside else "",
        "sources": say("sources"),
        "sentences": [
            _sentence_data(sentence, citations, answer.language)
            | {"head": _head(sentence, citations, newest=position == 0) if position < len(versions) else ""}
            for position, sentence in enumerate(sentences)
        ],
        "citations": [_citation_data(citation, answer.language, unfolded) for citation in answer.citations],
    }


def contested(answer: Answer) -> list[Sentence]:
    """The quotations that say the same with different figures, where they are of documents of different dates."""
    citations = {citation.marker: citation for citation in answer.citations}
    quoted = [sentence for sentence in answer.sentences if sentence.support == QUOTE and sentence.citations]
    found = [sentence for sentence in quoted if citations[sentence.citations[0]].contested]
    dates = {citations[sentence.citations[0]].date for sentence in found}
    return found if len(dates) > 1 else []


def _newest_first(sentences: Sequence[Sentence], citations: Mapping[int, Citation]) -> list[Sentence]:
    return sorted(sentences, key=lambda sentence: citations[sentence.citations[0]].date or "", reverse=True)


def _head(sentence: Sentence, citations: Mapping[int, Citation], *, newest: bool) -> str:
    date = citations[sentence.citations[0]].date
    if date is None:
        return say("undated")
    return say("newest", date=date) if newest else date


def _sentence_data(sentence: Sentence, citations: Mapping[int, Citation], asked_in: str) -> dict[str, Any]:
    """A sentence in the quotation marks of its language; one that a model wrote, in words of how it was checked."""
    cited = [citations[marker] for marker in sentence.citations if marker in citations]
    data = {"markers": [citation.marker for citation in cited], "support": sentence.support, "note": "", "tag": ""}
    if sentence.support != QUOTE or not cited:
        note = say(f"support_{sentence.support}") if sentence.support in ("checked", "unsupported") else ""
        problems = [say(f"problem_{problem}", fallback=problem) for problem in sentence.problems]
        note = f"{note} ({', '.join(problems)})" if problems else note
        return data | {"pieces": [["", inert_line(sentence.text)]], "language": asked_in, "note": note}
    language = cited[0].language
    pieces = [["", phrase("quote_open", language)], *_pieces(cited[0]), ["", phrase("quote_close", language)]]
    tag = "" if same_language(language, asked_in) else name_language(language)
    return data | {"pieces": pieces, "language": language, "tag": tag}


def _pieces(citation: Citation) -> list[list[str]]:
    """The quote in pieces, in order: the short answer among them is ``answer``, a mark of Markdown ``sign``."""
    quote, answer = citation.quote, citation.answer
    spans = find_signs(quote, citation.document_id)
    if answer is not None:
        spans.append((*bare(quote, (answer[0] - citation.start, answer[1] - citation.start)), "answer"))
    # lines are joined piece by piece: white space at the ends of a piece must stay
    return [[" ".join(kinds), _joined_lines(quote[low:high])] for low, high, kinds in cut((0, len(quote)), spans)]


def _joined_lines(text: str) -> str:
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and text.strip() else ""
    return f"{before}{inert_line(text)}{after}"


def _citation_data(citation: Citation, asked_in: str, unfolded: bool) -> dict[str, Any]:
    page = say("page", page=citation.page) if citation.page is not None else None
    other = not same_language(citation.language, asked_in)
    facts = (citation.date, citation.source, page, name_language(citation.language) if other else None)
    title = inert_line(citation.title)
    return {
        "marker": citation.marker,
        "title": title,
        "language": citation.language,
        "facts": [inert_line(fact) for fact in facts if fact],
        "quote": _pieces(citation),
        "unfolded": unfolded,
        "label": say("open_citation", marker=citation.marker, title=title),
        "hint": say("open_hint"),
    }


def passage_pieces(passage: Passage) -> list[list[str]]:
    """A passage as it is shown, in pieces: harmless, without white space around it, marks of Markdown as ``sign``."""
    text = passage.text.strip()
    signs = find_signs(text, passage.document_id)
    return [[" ".join(kinds), inert(text[low:high])] for low, high, kinds in cut((0, len(text)), signs)]
