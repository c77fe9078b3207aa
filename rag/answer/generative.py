"""STAGE: answers in sentences that a language model writes, each checked before anybody sees it.

The embedded reader goes first: it finds the sentences, and where its calibrated probability is below the strictness
the generator is never asked. What the generator then writes is taken sentence by sentence; one that fails a check is
removed or marked, and an answer with nothing left is a refusal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.answer import AnsweringModel, Asked, Reply
from rag.answer.bearing import Cited
from rag.answer.checking import check
from rag.answer.extractive import load_coefficients, load_reader, read, softmax
from rag.answer.features import see
from rag.answer.generate import Generator, Sampling
from rag.answer.markers import NO_ANSWER, Draft, SentenceStream
from rag.answer.prompt import choose_evidence, messages
from rag.answer.reader import Reader
from rag.schema import Quoted, Written

MOST_SENTENCES = 8
"""A generator that goes on longer is stopped."""

_CHARS_PER_TOKEN = 12
"""More than any tokenizer makes of a text: a server that ignores its limit is stopped there."""


class _EnoughError(Exception):
    """Raised through a generator to end its writing."""


@dataclass(frozen=True, slots=True)
class GenerativeModel:
    """A reader that says whether and where, and a generator that puts it into words.

    ``unsupported`` says what becomes of a sentence that fails: ``remove`` or ``mark``. ``reading`` is what ``reader``
    reads the passages with, None for the shipped one: the same is asked for the evidence.
    """

    reader: AnsweringModel
    generator: Generator
    sampling: Sampling = field(default_factory=Sampling)
    prompt_tokens: int | None = None
    unsupported: str = "remove"
    reading: Reader | None = None

    @property
    def default_strictness(self) -> float:
        """The reader's: a generator has no say in whether the documents answer."""
        return self.reader.default_strictness

    def reply(self, asked: Asked) -> Reply:
        """The reader's reply where the walk will refuse it anyway, else what the generator wrote and could prove."""
        found = self.reader.reply(asked)
        strictness = self.default_strictness if asked.strictness is None else asked.strictness
        if not found.quoted or found.probability < strictness or strictness >= 1:
            return found
        evidence = self._evidence(asked)
        if asked.tell is not None:
            asked.tell("writing", None, self.generator.name)
        writing = _Writing(asked, evidence, self)
        told = messages(asked.worded or asked.question, asked.told_in, evidence)
        try:
            self.generator.write(told, self.sampling, writing.take)
            writing.end()
        except _EnoughError:
            pass
        reason = None if writing.written else "unsupported" if writing.dropped else "not_in_documents"
        return replace(found, written=tuple(writing.written), model=self.generator.name, reason=reason)

    def _evidence(self, asked: Asked) -> tuple[Quoted, ...]:
        coefficients = load_coefficients()
        seen = see(asked, coefficients.hit_count, read(self.reading or load_reader(), asked))
        chances = softmax(seen.rows @ coefficients.sentence)
        budget = self.generator.prompt_tokens if self.prompt_tokens is None else self.prompt_tokens
        return choose_evidence(asked, seen.sentences, chances, self.generator.count_tokens, budget)


class _Writing:
    """What has been written so far: taken in pieces, cut into sentences, each checked once."""

    def __init__(self, asked: Asked, evidence: Sequence[Quoted], model: GenerativeModel) -> None:
        self._asked, self._evidence, self._mark = asked, evidence, model.unsupported == "mark"
        self._name = model.generator.name
        self._stream = SentenceStream(asked.told_in)
        self._left = model.sampling.max_new_tokens * _CHARS_PER_TOKEN
        self._seen: set[str] = set()
        self.written: list[Written] = []
        self.dropped = 0

    def take(self, piece: str) -> None:
        """One more piece; raises _EnoughError when there is enough."""
        self._left -= len(piece)
        for draft in self._stream.feed(piece):
            self._judge(draft)
        if self._left < 0:
            raise _EnoughError

    def end(self) -> None:
        """What was left when the generator ended by itself."""
        for draft in self._stream.finish():
            self._judge(draft)

    def _judge(self, draft: Draft) -> None:
        if NO_ANSWER in draft.text.replace("\\", "") or draft.text in self._seen:
            raise _EnoughError  # it has no more to say, or goes round in circles
        self._seen.add(draft.text)
        sentence = judge(draft, self._asked, self._evidence)
        dropped = bool(sentence.problems) and not self._mark
        if dropped:
            self.dropped += 1
        else:
            self.written.append(sentence)
        if self._asked.tell is not None:
            self._asked.tell("dropped" if dropped else "sentence", sentence, self._name)
        if len(self._seen) >= MOST_SENTENCES:
            raise _EnoughError


def judge(draft: Draft, asked: Asked, evidence: Sequence[Quoted]) -> Written:
    """The draft with the sentences it cites, and whether they bear it out.

    A sentence without a marker is given the one that it repeats letter for letter; no other is guessed.
    """
    numbers = draft.markers or _repeated(draft.text, evidence)
    places = tuple(evidence[number - 1] for number in numbers if 1 <= number <= len(evidence))
    cited = [Cited(_text(place), place.passage.language, place.passage.headings) for place in places]
    problems = check(draft.text, asked.told_in, cited, asked.compare)
    if len(places) < len(numbers):
        problems = ("unknown_marker", *(problem for problem in problems if problem != "no_marker"))
    return Written(draft.text, places, "unsupported" if problems else "checked", problems)


def _repeated(text: str, evidence: Sequence[Quoted]) -> tuple[int, ...]:
    bare = text.strip(" .!?…")
    return tuple(
        number for number, place in enumerate(evidence, start=1) if bare and bare in " ".join(_text(place).split())
    )[:1]


def _text(place: Quoted) -> str:
    passage = place.passage
    return passage.text[place.start - passage.start : place.end - passage.start]
