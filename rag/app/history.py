"""DOOR: the list of kept conversations: open, search, rename, take away, delete for good."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from rag.app.conversation import current, resume
from rag.app.desk import conversations
from rag.app.dialog import open_dialog
from rag.app.inert import inert_line, inert_markdown
from rag.app.mishap import told_later
from rag.app.takeaway import draw_downloads
from rag.app.visit import visit
from rag.app.wording import number, say, say_error
from rag.errors import HistoryUnavailable
from rag.library import Library
from rag.store.conversations import Conversation

_LISTED = 12
_SEARCH_FROM = 5
_LABEL_CHARS = 60


def draw_history(library: Library) -> None:
    """The conversations kept, the last changed first; nothing where there are none or history is off."""
    try:
        store = conversations()
        if store is None:
            return
        every = store.list()
        notice = store.told()
        if notice:
            st.warning(inert_markdown(say_error(HistoryUnavailable(notice))))
        if current() is not None and current() not in {conversation.id for conversation in every}:
            st.caption(say("error_ConversationDeleted"))
        if not every:
            return
        with st.expander(say("conversations"), icon=":material/history:", key="history-panel", expanded=False):
            searched = len(every) >= _SEARCH_FROM
            words = st.text_input(say("find_conversation"), key="find-conversation") if searched else ""
            found = store.list(words) if words.strip() else every
            titles = Counter(_short(conversation.title) for conversation in found)
            for conversation in found[:_LISTED]:
                _draw_line(library, conversation, alone=titles[_short(conversation.title)] == 1)
            if not found:
                st.caption(say("no_conversation"))
            elif len(found) > _LISTED:
                st.caption(say("more_conversations", shown=number(_LISTED), total=number(len(found))))
    except HistoryUnavailable as error:
        st.caption(inert_markdown(say_error(error)))


def _draw_line(library: Library, conversation: Conversation, *, alone: bool) -> None:
    """A conversation by its title, and by its day and hour too where it is not ``alone`` in having that."""
    title = _short(conversation.title)
    label = title if alone else f"{_moment(conversation.started)} · {title}"
    here = conversation.id == current()
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key=f"line-{conversation.id}"):
        st.button(
            inert_markdown(label),
            key=f"resume-{conversation.id}",
            type="secondary" if here else "tertiary",
            width="stretch",
            on_click=resume,
            args=(conversation,),
        )
        name = say("change_conversation", title=inert_line(conversation.title))
        if st.button(
            inert_markdown(name), key=f"change-{conversation.id}", icon=":material/more_horiz:", type="tertiary"
        ):
            _change(library, conversation)


def _moment(started: str) -> str:
    """A day and an hour in UTC, to the minute."""
    return started[:16].replace("T", " ")


def _short(title: str) -> str:
    line = inert_line(title)
    return line if len(line) <= _LABEL_CHARS else line[: _LABEL_CHARS - 1].rstrip() + "…"


def _change(library: Library, conversation: Conversation) -> None:
    """The dialog that renames, takes away or deletes one conversation."""

    def draw() -> None:
        with told_later():
            _draw_change(library, conversation)
            return
        st.rerun()

    open_dialog(say("conversation"), draw)


def _draw_change(library: Library, conversation: Conversation) -> None:
    store = conversations()
    if store is None:
        return
    title = st.text_input(
        say("conversation_title"), conversation.title, max_chars=200, key=f"rename-{conversation.id}"
    )
    if st.button(say("rename"), key="rename-do", disabled=not title.strip()):
        store.rename(conversation.id, title)
        st.rerun()
    started = f"{_moment(conversation.started)} UTC"
    st.caption(say("begun", date=started, count=number(conversation.exchange_count)))
    draw_downloads(library, [kept.exchange for kept in store.exchanges(conversation.id)], conversation.title)
    sure = st.checkbox(say("delete_sure"), key=f"delete-sure-{conversation.id}")
    if st.button(say("delete"), key="delete-do", icon=":material/delete:", disabled=not sure):
        store.delete(conversation.id)
        visit().delete(conversation.id)
        st.rerun()
