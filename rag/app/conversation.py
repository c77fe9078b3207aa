"""DOOR: the questions of one visitor and what came back; an answer is worked out once, and kept where history is on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from rag.app.bring import rests_on_private
from rag.app.choices import choices
from rag.app.desk import answering_model, conversations
from rag.app.mishap import told_later
from rag.app.visit import Request, Talk, Turn, visit
from rag.app.wording import interface_language, say, say_error, sentence_of
from rag.app.writing import Writing
from rag.ask import ask
from rag.errors import BadQuestion, ConversationDeleted, GeneratorFailed, HistoryUnavailable, RagError
from rag.exchange import Exchange, turn_of
from rag.exchange import Turn as EarlierTurn
from rag.filters import Condition
from rag.library import Library, made_with
from rag.schema import Answer, Progress
from rag.store.conversations import Conversation, Conversations

# A question that is refused for its length is kept by its beginning.
_KEPT_CHARS = 4_000
_BROKEN = "the answer broke off for a reason that nobody foresaw: see the terminal, and ask again"
_ADDRESS, _ADDRESS_DIGITS = "conversation", 18


def turns() -> list[Turn]:
    """The conversation so far, oldest first."""
    return visit().talk.turns


def current() -> int | None:
    """The number of the conversation on the page in the store, None while it has none."""
    return visit().talk.number


def turn_key(position: int) -> str:
    """What tells the widgets of one turn's dialogs from those of any other turn, in this conversation or another."""
    return f"{visit().talk.serial}-{position}"


def resume(conversation: Conversation) -> None:
    """Put a kept conversation on the page."""
    with told_later():
        store = conversations()
        if store is not None:
            found = [Turn(kept.exchange, kept.id) for kept in store.exchanges(conversation.id)]
            visit().resume(conversation.id, found)


def come_back() -> None:
    """At the first run of a visit, put the conversation on the page that its address names: it was loaded anew."""
    here = visit()
    if here.address is not None:
        return
    here.address = str(st.query_params.get(_ADDRESS, ""))
    named = here.address.isdecimal() and len(here.address) <= _ADDRESS_DIGITS
    store = conversations() if named else None
    found = [] if store is None else [Turn(kept.exchange, kept.id) for kept in store.exchanges(int(here.address))]
    if found and not here.talk.turns:
        here.resume(int(here.address), found)


def keep_address() -> None:
    """Have the address of the page name the conversation on it."""
    here = visit()
    number = str(here.talk.number or "")
    if number == here.address:
        return
    if number:
        st.query_params[_ADDRESS] = number
    else:
        st.query_params.pop(_ADDRESS, None)
    here.address = number


def take_turn(
    library: Library,
    shared: Library,
    wanted: Request,
    conditions: Sequence[Condition],
    writing: Writing | None = None,
) -> None:
    """Ask ``library``, and keep what comes back; ``shared`` is the index without the documents of this session.

    The turn stands in the list before the walk begins. A click meanwhile begins the next run of the page beside this
    one, and stops nothing: it finds there an answer that is awaited. With ``writing`` the walk goes on in a thread of
    its own, and this comes back at once.
    """
    here = visit()
    talk = here.talk
    stopped = _stopped(wanted, conditions)
    ended = threading.Event()
    awaited = Turn(stopped, None, wanted.strictness, ended=ended, writing=writing)
    walk = _walk(library, wanted, conditions, talk, awaited)
    keep = _keeper(shared, talk)
    broken = replace(stopped, error=say_error(GeneratorFailed(_BROKEN)))
    here.asked.remove(wanted)  # from here to the end nothing looks into the session, where a run may be cut short
    place = len(talk.turns)
    talk.turns.append(awaited)

    def put(exchange: Exchange) -> None:
        unfinished = writing.so_far(wanted.question) if writing is not None and exchange is stopped else None
        turn = replace(awaited, exchange=exchange, unfinished=unfinished, dropped=writing.dropped if writing else 0)
        talk.turns[place] = turn
        try:
            kept, here.notice = keep(exchange)
            talk.turns[place] = replace(turn, kept=kept)
        finally:
            ended.set()

    if writing is not None:
        writing.start(walk, put, stopped=stopped, broken=broken)
        return
    exchange = stopped
    try:
        exchange = walk(None)
    finally:
        put(exchange)


def notice() -> str:
    """Why the last exchange could not be kept, empty where it was; said once."""
    here = visit()
    text, here.notice = here.notice, ""
    return text


def _walk(
    library: Library, wanted: Request, conditions: Sequence[Condition], talk: Talk, awaited: Turn
) -> Callable[[Callable[[Progress], None] | None], Exchange]:
    """What works out the exchange, telling its steps; whatever is to be known of the session is looked up now."""
    language = interface_language()
    answers = (choices().answers if wanted.answers is None else wanted.answers) or None
    history = _history(talk.turns)
    quoting = answering_model() if awaited.writing is None else None

    def walk(tell: Callable[[Progress], None] | None) -> Exchange:
        answer: Answer | None = None
        error = ""
        try:
            answer = ask(
                library,
                wanted.question,
                answering_model(library.config) if quoting is None else quoting,
                conditions,
                asker=language,
                answer_in=answers,
                history=history,
                standalone=wanted.standalone,
                progress=tell,
            )
        except RagError as problem:
            error = sentence_of(problem, language)
            if awaited.writing is not None and not isinstance(problem, BadQuestion):
                awaited.writing.unusable = True
        made = made_with(library, answer.model) if answer is not None else None
        return replace(awaited.exchange, answer=answer, error=error, made_with=made)

    return walk


def _history(kept: Sequence[Turn]) -> list[EarlierTurn]:
    """What a follow-up may look back at, oldest first."""
    return [turn_of(turn.exchange.answer) for turn in kept if turn.exchange.answer is not None]


def _stopped(wanted: Request, conditions: Sequence[Condition]) -> Exchange:
    """What stands in the place of an answer that was not finished."""
    return Exchange(
        question=wanted.question[:_KEPT_CHARS],
        asked_at=datetime.now(UTC).isoformat(timespec="seconds"),
        answer=None,
        conditions=tuple(str(condition) for condition in conditions),
        error=say("stopped"),
    )


def _keeper(shared: Library, talk: Talk) -> Callable[[Exchange], tuple[int | None, str]]:
    """What keeps an exchange of ``talk``: gives its number in the store, or None and why it could not be kept.

    The reason is empty where history is off. An answer that shows anything of the documents of this session alone is
    never kept, nor one of a conversation that was deleted meanwhile.
    """
    language = interface_language()
    try:
        store = conversations()
    except HistoryUnavailable as error:
        reason = sentence_of(error, language)
        return lambda _: (None, reason)
    talk.unkept = store is None

    def keep(exchange: Exchange) -> tuple[int | None, str]:
        if store is None or exchange.answer is None or talk.deleted or rests_on_private(shared, exchange.answer):
            return None, ""
        try:
            return _add(store, talk, exchange), ""
        except HistoryUnavailable as error:
            talk.number = None
            return None, sentence_of(error, language)

    return keep


def _add(store: Conversations, talk: Talk, exchange: Exchange) -> int:
    """The number under which the exchange is kept; a conversation that was deleted elsewhere is begun anew with it."""
    try:
        if talk.number is not None:
            return store.add(talk.number, exchange)
    except ConversationDeleted:
        talk.turns[:] = [replace(turn, kept=None) for turn in talk.turns]
    talk.number = store.start(exchange.question)
    return store.add(talk.number, exchange)
