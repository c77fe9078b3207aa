"""STAGE: what a generator writes, piece by piece -> its sentences, each with the markers it put beside it.

A sentence is given out once the next one has begun, so that a marker after its full stop still counts as its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import regex

from rag.schema import Span
from rag.text.sentences import quotable, sentences

NO_ANSWER = "NO_ANSWER"
"""What a generator is told to write when the sentences it was given do not answer."""

OPEN_CHARS = 800
"""A sentence that has not ended by then never will: it is given out as it is."""

_MARKER = regex.compile(
    r"\s*[\[【［]\s*((?:n[°o]\.?\s*)?\d{1,4}(?:\s*(?:[,;،、&-]|–|and|et|und|y)\s*\d{1,4})*)\s*[\]】］]"
)
_OPEN_MARKER = regex.compile(r"\s*[\[【［][^\]】］\n]{0,40}$")
_ENDS = regex.compile(r"[.!?…。！？।؟;:]\s|[。！？।؟]|\n")
_THINKING = ("<think>", "</think>")
_MOST_MARKERS = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as it was written, without its markers, and the numbers of the markers, each once."""

    text: str
    markers: tuple[int, ...]


class SentenceStream:
    """Takes a text in pieces of any size and gives back its sentences; the cuts between pieces change nothing."""

    def __init__(self, language: str) -> None:
        """``language`` is the one the text is expected in."""
        self._language = language
        self._waiting = ""
        self._thinking: bool | None = None  # None: not known yet

    def feed(self, piece: str) -> list[Draft]:
        """The sentences that are complete once ``piece`` has come."""
        self._waiting += piece
        if not self._past_thinking():
            return []
        held = _OPEN_MARKER.search(self._waiting)
        ready = self._waiting[: held.start()] if held else self._waiting
        if not _ENDS.search(ready) and len(ready) < OPEN_CHARS:
            return []
        clean = _Clean(ready)
        spans = sentences(clean.text, self._language)
        if len(ready) >= OPEN_CHARS and len(spans) == 1:
            self._waiting = self._waiting[len(ready) :]
            return clean.drafts(spans)
        if len(spans) < 2:
            return []
        self._waiting = self._waiting[clean.origins[spans[-1][0]] :]
        return clean.drafts(spans[:-1])

    def finish(self) -> list[Draft]:
        """What was left when the text ended; thinking that never ended is nothing."""
        if self._thinking or self._waiting.lstrip().startswith(_THINKING[0]):
            self._waiting = ""
        clean, self._waiting = _Clean(self._waiting), ""
        return clean.drafts(sentences(clean.text, self._language))

    def _past_thinking(self) -> bool:
        """Drop what a reasoning model thinks aloud before it answers; False while that is still going on."""
        if self._thinking is None:
            start = self._waiting.lstrip()
            if _THINKING[0].startswith(start):
                return False
            self._thinking = start.startswith(_THINKING[0])
        if self._thinking:
            _, closed, rest = self._waiting.partition(_THINKING[1])
            if not closed:
                return False
            self._waiting, self._thinking = rest, False
        return True


class _Clean:
    """A text without its markers: ``origins`` says where each character stood, ``markers`` where the markers were."""

    def __init__(self, written: str) -> None:
        kept: list[str] = []
        self.origins: list[int] = []
        self.markers: list[tuple[int, tuple[int, ...]]] = []
        last = 0
        for match in _MARKER.finditer(written):
            glued = written[match.end() : match.end() + 1].isalnum()
            kept.append(written[last : match.start()] + (" " if glued else ""))
            self.origins += [*range(last, match.start()), *([match.start()] if glued else [])]
            self.markers.append((len(self.origins), _numbers(match[1])))
            last = match.end()
        self.text = "".join([*kept, written[last:]])
        self.origins += range(last, len(written))

    def drafts(self, spans: list[Span]) -> list[Draft]:
        """Each span as a draft; a marker belongs to the last sentence that begins before it."""
        found: list[Draft] = []
        for number, span in enumerate(spans):
            begin = 0 if number == 0 else span[0] + 1
            until = spans[number + 1][0] if number + 1 < len(spans) else self._next_start(span[1])
            start, end = quotable(self.text, span)
            text = " ".join(self.text[start:end].split())
            markers = [marker for place, numbers in self.markers if begin <= place <= until for marker in numbers]
            if any(character.isalnum() for character in text):
                found.append(Draft(text, tuple(dict.fromkeys(markers))))
        return found

    def _next_start(self, end: int) -> int:
        """Where the text goes on after ``end``, past white space."""
        rest = self.text[end:]
        return end + len(rest) - len(rest.lstrip())


def _numbers(inside: str) -> tuple[int, ...]:
    """The numbers of a marker; ``1-3`` names three.

    >>> _numbers("1, 4-6")
    (1, 4, 5, 6)
    """
    found: list[int] = []
    for part in regex.split(r"[^\d\s–-]+", inside):
        numbers = [int(number) for number in regex.findall(r"\d+", part)]
        if len(numbers) == 2 and 0 < numbers[1] - numbers[0] < _MOST_MARKERS:
            numbers = list(range(numbers[0], numbers[1] + 1))
        found += numbers
    return tuple(dict.fromkeys(found))
