"""WALK: what an answering model found, in words: progress, refusals, the frame of an answer, how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from textwrap import shorten

from rag.answer import Asked, Reply
from rag.answer.apart import words_apart
from rag.answer.missing import missing_words
from rag.cite import Citing, quoted_sentence
from rag.filters import Condition, Filtered, offered
from rag.schema import EVEN_CHANCE, Answer, Citation, Progress, Refusal, Sentence, Written
from rag.text.languages import same_language
from rag.text.phrases import language_name, phrase

_WORD_CHARS = 60
"""Of a longer word of the question the beginning is shown."""

_CONDITION_CHARS = 60
"""A condition on a long title is told cut short."""


@dataclass(slots=True)
class Clock:
    """Milliseconds by step, for the person who wonders what took so long."""

    last: float = field(default_factory=time.perf_counter)
    timings_ms: dict[str, float] = field(default_factory=dict)

    def lap(self, step: str) -> None:
        """Note how long ``step`` took, which has just ended."""
        now = time.perf_counter()
        self.timings_ms[step] = round((now - self.last) * 1000, 3)
        self.last = now

    def total(self) -> dict[str, float]:
        """Every step noted, and their ``total``."""
        return self.timings_ms | {"total": round(sum(self.timings_ms.values()), 3)}


class Telling:
    """Turns what an answering model tells into progress, and its reply into sentences with the same markers."""

    def __init__(
        self,
        citing: Citing,
        language: str,
        progress: Callable[[Progress], None] | None,
        unmentioned: Sequence[str] = (),
    ) -> None:
        """``unmentioned`` are the names of the question that no document has."""
        self.citing = citing
        self._language, self._progress, self._unmentioned = language, progress, unmentioned

    def tell(self, step: str, written: Written | None, model: str) -> None:
        """One step of a generator."""
        if step == "restart":
            self.citing = self.citing.anew()
        if step == "sentence" and written is not None:
            before = len(self.citing.citations)
            sentence = self.citing.written(written)
            self._pass_on(Progress(step, sentence, self.citing.citations[before:]))
        elif written is not None:
            self._pass_on(Progress(step, Sentence(written.text, (), written.support, written.problems)))
        else:
            written_by = Reply((), 1.0, model=model)
            lead = lead_of((), written_by, self._language, model, self._unmentioned) if model else ""
            self._pass_on(Progress(step, lead=lead))

    def sentences(self, reply: Reply) -> tuple[Sentence, ...]:
        """The sentences of the answer; quotations are told now, written ones have been."""
        if reply.written:
            return tuple(self.citing.written(written) for written in reply.written)
        found = []
        for place in reply.quoted:
            before = len(self.citing.citations)
            found.append(quoted_sentence(self.citing.quote(place)))
            self._pass_on(Progress("sentence", found[-1], self.citing.citations[before:]))
        return tuple(found)

    def _pass_on(self, progress: Progress) -> None:
        if self._progress is not None:
            self._progress(replace(progress, language=self._language))


def refusal_of(
    asked: Asked,
    reply: Reply,
    reason: str | None,
    strictness: float,
    documents: Sequence[Filtered] = (),
    conditions: Sequence[Condition] = (),
) -> Refusal | None:
    """A refusal in the asker's language, naming what is missing where something is; None when the reply stands.

    A strictness of 1 refuses everything: no probability is certain, though a float may round to it. Where none of the
    ``documents`` meets the ``conditions``, both these and what could be asked for instead are named.
    """
    language = asked.told_in
    if reason == "empty_filter":
        return Refusal(reason, told_filter(documents, conditions, language))
    if reason is not None:
        return Refusal(reason, phrase(f"refusal_{reason}", language))
    if reply.quoted and strictness <= reply.probability and strictness < 1:
        if reply.reason == "unsupported":
            return Refusal(reply.reason, phrase("refusal_unsupported", language, model=reply.model))
        return Refusal(reply.reason, phrase(f"refusal_{reply.reason}", language)) if reply.reason else None
    code = "strictness" if reply.quoted and reply.probability >= EVEN_CHANCE else "not_in_documents"
    said = " ".join(part for part in (phrase(f"refusal_{code}", language), _lacking(asked)) if part)
    return Refusal(code, said)


def no_question(question: str, language: str, told_in: str, clock: Clock) -> Answer:
    """What this tool does, as a refusal of what asks nothing of the documents: nothing was searched."""
    refusal = Refusal("not_a_question", phrase("refusal_not_a_question", told_in))
    return Answer(question, language, (), (), (), refusal, 0.0, "", clock.total())


def told_filter(documents: Sequence[Filtered], conditions: Sequence[Condition], language: str) -> str:
    """That no document meets the conditions, which they are, and values that documents have."""
    told = phrase("refusal_empty_filter", language, conditions=_listed(conditions))
    values = offered(documents, conditions)
    return f"{told} {phrase('refusal_filter_values', language, values=_listed(values))}" if values else told


def _listed(conditions: Sequence[Condition]) -> str:
    shown = (shorten(_printable(str(condition)), _CONDITION_CHARS, placeholder="…") for condition in conditions)
    return ", ".join(dict.fromkeys(shown))


def _printable(text: str) -> str:
    """``text`` without characters that steer what it is shown on."""
    return "".join(filter(str.isprintable, text))


def _lacking(asked: Asked) -> str:
    """What no document mentions, or not together, in the words of the question; empty where that cannot be said."""
    language = asked.told_in
    missing = missing_words(asked)
    if missing:
        return _no_document_mentions(missing, language)
    opening, closing = phrase("quote_open", language), phrase("quote_close", language)
    first, second = words_apart(asked) or ("", "")
    if not first:
        return ""
    quoted = {"first": f"{opening}{first}{closing}", "second": f"{opening}{second}{closing}"}
    return phrase("refusal_apart", language, **quoted)


def _no_document_mentions(words: Sequence[str], language: str) -> str:
    """The sentence that names some words of the question."""
    opening, closing = phrase("quote_open", language), phrase("quote_close", language)
    shown = [_printable(word) for word in words]
    cut = [word if len(word) <= _WORD_CHARS else f"{word[: _WORD_CHARS - 1]}…" for word in shown]
    return phrase("refusal_missing", language, terms=", ".join(f"{opening}{word}{closing}" for word in cut))


def lead_of(
    citations: Sequence[Citation], reply: Reply, language: str, named: str, unmentioned: Sequence[str] = ()
) -> str:
    """The frame of an answer: who wrote it, or the languages of its quotations where one is not the asker's.

    Quotations that are likelier not to answer are said to be uncertain, and so is every answer to a question with
    names that no document has: ``unmentioned``, which are named. ``named`` is the generator that was asked for, which
    a fallback stands in for.
    """
    if unmentioned:
        frame = lead_of(citations, replace(reply, probability=1.0), language, named)
        return f"{phrase('uncertain', language)} · {_no_document_mentions(unmentioned, language)} {frame}"
    if reply.model:
        return phrase("lead_written", language, model=reply.model)
    if reply.fallback:
        return phrase("lead_fallback", language, model=named)
    doubt = f"{phrase('uncertain', language)} · " if reply.probability < EVEN_CHANCE else ""
    languages = dict.fromkeys(cited.language for cited in citations)
    if all(same_language(tag, language) for tag in languages):
        return doubt + phrase("lead", language)
    names = ", ".join(language_name(tag, language) for tag in languages)
    return doubt + phrase("lead_other_language", language, languages=names)
