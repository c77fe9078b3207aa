"""DOOR: what the page knows of one visitor: the conversation on it, what is asked, what is open beside it.

All of it is one plain object. At each look into the session a run of the page may be cut short by the next click; what
buttons call, and what is done once an answer is there, touches nothing but this object, and so is done whole or not
at all.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import streamlit as st

from rag.app.writing import Writing
from rag.exchange import Exchange
from rag.schema import Answer, Span

_VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Request:
    """A question to be asked.

    ``standalone`` is what is searched in its place: None leaves it to the conversation, empty takes it as it is.
    ``strictness`` and ``answers`` are as they are set where they are None; ``quotes`` asks for quotations alone.
    """

    question: str
    standalone: str | None = None
    strictness: float | None = None
    answers: str | None = None
    quotes: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """An exchange on the page; ``kept`` is its number in the store, ``strictness`` the one it was asked again with.

    ``unfinished`` is what had been written and checked when the answer was stopped. ``ended`` is set when the answer is
    there, whatever became of the run of the page that asked; None where nothing is to be waited for. ``writing`` is the
    language model's, where one answers, and ``dropped`` counts what it wrote and the checks removed.
    """

    exchange: Exchange
    kept: int | None = None
    strictness: float | None = None
    unfinished: Answer | None = None
    ended: threading.Event | None = None
    writing: Writing | None = None
    dropped: int = 0

    @property
    def awaited(self) -> bool:
        """Whether the answer is still being worked out, and will come."""
        return self.ended is not None and not self.ended.is_set()


@dataclass(slots=True)
class Talk:
    """A conversation: its turns, oldest first, and its number in the store, None while it has none.

    ``serial`` tells it from the others of this visit, ``unfolded`` says that its older turns are drawn too. What is
    answered once it was ``deleted`` is not kept, and where ``unkept`` nothing is: history is off.
    """

    serial: int = 0
    turns: list[Turn] = field(default_factory=list)
    number: int | None = None
    unfolded: bool = False
    deleted: bool = False
    unkept: bool = False

    @property
    def is_written(self) -> bool:
        """Whether a language model is writing the last answer."""
        return bool(self.turns) and self.turns[-1].awaited and self.turns[-1].writing is not None

    def stop(self) -> None:
        """Wait no more for what a language model is writing."""
        last = self.turns[-1].writing if self.turns else None
        if last is not None:
            last.stop()


@dataclass(frozen=True, slots=True)
class Opened:
    """A document to show, ``start:end`` marked in it; ``words`` is what stood there when the answer was given.

    ``answer`` is the part of it to be marked more strongly. ``turn`` counts the openings, so that the same passage
    opened twice is brought into view twice.
    """

    document_id: str
    start: int
    end: int
    words: str
    turn: int
    answer: Span | None = None


@dataclass(slots=True)
class Visit:
    """One visitor: ``asked`` are the questions that are still to be asked, ``in_dialog`` whether a dialog is open.

    ``notice`` is why the last exchange could not be kept, ``page_shown`` the printed page that was leafed to,
    ``address`` the conversation that the address of the page names; None until the page was drawn once.
    ``evaluating`` says that the evaluation stands in the place of the conversation. ``left`` are the conversations that
    were left while a language model wrote in them, ``talks`` counts all there were.
    """

    talk: Talk = field(default_factory=Talk)
    left: list[Talk] = field(default_factory=list)
    talks: int = 0
    asked: list[Request] = field(default_factory=list)
    opened: Opened | None = None
    openings: int = 0
    page_shown: int | None = None
    in_dialog: bool = False
    notice: str = ""
    address: str | None = None
    evaluating: bool = False

    def evaluate(self) -> None:
        """Show the evaluation in the place of the conversation."""
        self.evaluating = True

    def converse(self) -> None:
        """Show the conversation again."""
        self.evaluating = False

    def begin(self) -> None:
        """Begin a new conversation."""
        self.show(self._another([], None))

    def resume(self, number: int, turns: list[Turn]) -> None:
        """Put a kept conversation on the page, as it was left where an answer in it is still being written."""
        written = (talk for talk in (self.talk, *self.left) if talk.number == number and talk.is_written)
        self.show(next(written, None) or self._another(turns, number))

    def _another(self, turns: list[Turn], number: int | None) -> Talk:
        self.talks += 1
        return Talk(self.talks, turns, number)

    def show(self, talk: Talk) -> None:
        """Put ``talk`` on the page in the place of the one there, where a language model writes on."""
        if self.talk.unkept and talk is not self.talk:
            self.talk.stop()  # nobody would ever see it
        self.left = [other for other in (*self.left, self.talk) if other.is_written and other is not talk]
        self.talk, self.opened, self.asked = talk, None, []
        self.converse()

    def delete(self, number: int | None = None) -> None:
        """Let go of the conversation of this number, which was deleted, or of all where that is None."""
        for talk in (*self.left, self.talk):
            if number is None or talk.number == number:
                talk.deleted = True
                talk.stop()
        if self.talk.deleted:
            self.begin()

    def ask(self, wanted: Request, place: int) -> None:
        """Ask this at the next run of the page, as the turn at ``place``: a button pressed twice asks once."""
        if not self.asked and place == len(self.talk.turns):
            self.asked.append(wanted)

    def open(self, document_id: str, start: int = 0, end: int = 0, words: str = "", answer: Span | None = None) -> None:
        """Show a document from now on; the page draws it at its next run."""
        self.openings += 1
        self.page_shown = None
        self.converse()
        self.opened = Opened(document_id, start, end, words, self.openings, answer)

    def turn_to(self, page: int) -> None:
        """Show this printed page of the document."""
        self.page_shown = page

    def close(self) -> None:
        """Show no document."""
        self.opened = None


def visit() -> Visit:
    """What is known of this visitor."""
    found: Visit = st.session_state.setdefault(_VISIT, Visit())
    return found
