"""DOOR: the questions of one visitor and what came back; an answer is worked out once, and kept where history is on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from rag.app.bring import rests_on_private
from rag.app.choices import choices
from rag.app.desk import answering_model, conversations
from rag.app.heeding import heeded
from rag.app.mishap import told_later
from rag.app.wording import interface_language, say, say_error
from rag.app.writing import Writing
from rag.ask import ask
from rag.errors import HistoryUnavailable, RagError
from rag.filters import Condition
from rag.library import Library, made_with
from rag.schema import Answer, Exchange, turn_of
from rag.schema import Turn as EarlierTurn
from rag.store.conversations import Conversation

# A question that is refused for its length is kept by its beginning.
_KEPT_CHARS = 4_000
_TURNS, _CURRENT, _PENDING, _NOTICE = "turns", "conversation", "pending", "history-notice"


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

    ``unfinished`` is what had been written and checked when the answer was stopped.
    """

    exchange: Exchange
    kept: int | None = None
    strictness: float | None = None
    unfinished: Answer | None = None


def turns() -> list[Turn]:
    """The conversation so far, oldest first."""
    kept: list[Turn] = st.session_state.setdefault(_TURNS, [])
    return kept


def current() -> int | None:
    """The number of the conversation on the page in the store, None while it has none."""
    number: int | None = st.session_state.get(_CURRENT)
    return number


def turn_key(position: int) -> str:
    """What tells the widgets of one turn's dialogs from those of any other turn, in this conversation or another."""
    return f"{current() or 0}-{position}"


def forget() -> None:
    """Begin a new conversation."""
    for name in (_TURNS, _CURRENT, "opened"):
        st.session_state.pop(name, None)


def resume(conversation: Conversation) -> None:
    """Put a kept conversation on the page."""
    with told_later():
        store = conversations()
        if store is None:
            return
        found = [Turn(kept.exchange, kept.id) for kept in store.exchanges(conversation.id)]
        forget()
        st.session_state[_CURRENT] = conversation.id
        st.session_state[_TURNS] = found


def request(wanted: Request) -> None:
    """Ask this at the next run of the page."""
    st.session_state[_PENDING] = wanted


def requested() -> Request | None:
    """What is to be asked now, None where nothing is."""
    wanted: Request | None = st.session_state.pop(_PENDING, None)
    return wanted


def take_turn(
    library: Library,
    shared: Library,
    wanted: Request,
    conditions: Sequence[Condition],
    writing: Writing | None = None,
) -> None:
    """Ask ``library``, and keep what comes back; ``shared`` is the index without the documents of this session.

    With ``writing`` what comes is drawn in it. The turn stands in the list before the walk begins, as one that was
    stopped: a click meanwhile begins the next run of the page at once, beside this one, and it must find there what
    was written and checked until then.
    """
    kept, stopped = turns(), Turn(_stopped(wanted, conditions), None, wanted.strictness)
    place, history = len(kept), _history(kept)
    kept.append(stopped)

    def noted() -> None:
        assert writing is not None
        kept[place] = replace(stopped, unfinished=writing.so_far(wanted.question))

    def walked(walk: partial[Answer]) -> Answer:
        return walk() if writing is None else heeded(walk, partial(writing.tell, noted=noted), writing.heed)

    exchange = _exchange(library, wanted, conditions, history, walked)
    kept[place] = replace(stopped, exchange=exchange)
    kept[place] = replace(kept[place], kept=_keep(shared, exchange))


def notice() -> str:
    """Why the last exchange could not be kept, empty where it was; said once."""
    text: str = st.session_state.pop(_NOTICE, "")
    return text


def _history(kept: Sequence[Turn]) -> list[EarlierTurn]:
    """What a follow-up may look back at, oldest first."""
    return [turn_of(turn.exchange.answer) for turn in kept if turn.exchange.answer is not None]


def _exchange(
    library: Library,
    wanted: Request,
    conditions: Sequence[Condition],
    history: Sequence[EarlierTurn],
    walked: Callable[[partial[Answer]], Answer],
) -> Exchange:
    language = (choices().answers if wanted.answers is None else wanted.answers) or None
    answer: Answer | None = None
    error = ""
    try:
        walk = partial(
            ask,
            library,
            wanted.question,
            answering_model(library.config),
            conditions,
            asker=interface_language(),
            answer_in=language,
            history=history,
            standalone=wanted.standalone,
        )
        answer = walked(walk)
    except RagError as problem:
        error = say_error(problem)
    return Exchange(
        question=wanted.question[:_KEPT_CHARS],
        asked_at=datetime.now(UTC).isoformat(timespec="seconds"),
        answer=answer,
        conditions=tuple(str(condition) for condition in conditions),
        error=error,
        made_with=made_with(library, answer.model) if answer is not None else None,
    )


def _stopped(wanted: Request, conditions: Sequence[Condition]) -> Exchange:
    """What stands in the place of an answer that was not finished."""
    return Exchange(
        question=wanted.question[:_KEPT_CHARS],
        asked_at=datetime.now(UTC).isoformat(timespec="seconds"),
        answer=None,
        conditions=tuple(str(condition) for condition in conditions),
        error=say("stopped"),
    )


def _keep(shared: Library, exchange: Exchange) -> int | None:
    """The number under which the exchange is kept; None where history is off, or cannot be written (that is said).

    An answer that shows anything of the documents of this session alone is never kept.
    """
    if exchange.answer is None or rests_on_private(shared, exchange.answer):
        return None
    try:
        store = conversations()
        if store is None:
            return None
        number = current()
        if number is None:
            number = store.start(exchange.question)
            st.session_state[_CURRENT] = number
        return store.add(number, exchange)
    except HistoryUnavailable as error:
        st.session_state[_NOTICE] = say_error(error)
        st.session_state.pop(_CURRENT, None)
        return None
