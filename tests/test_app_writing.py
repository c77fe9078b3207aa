"""An answer that a language model writes beside the page: what is shown of it, and every way it goes on and ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from app_pages import ENGLISH, FRENCH, ask, pages, part, parts, said
from streamlit.testing.v1 import AppTest

from rag.answer.extractive import ExtractiveModel
from rag.app.inert import inert_markdown
from rag.app.visit import Talk, Turn, Visit
from rag.app.wording import catalogue
from rag.app.writing import Writing
from rag.ask import ask as walk
from rag.config import Config
from rag.exchange import Exchange
from rag.schema import Answer, Progress, Sentence
from rag.store.conversations import open_conversations

WAIT_S = 60.0
DONE, STOPPED, BROKEN = (Exchange("Who?", "", None, error=error) for error in ("done", "stopped", "broken"))


class Desk:
    """What a piece of work puts down, and when it may go on."""

    def __init__(self) -> None:
        self.found: list[Exchange] = []
        self.put_down, self.let_go = threading.Event(), threading.Event()

    def put(self, exchange: Exchange) -> None:
        """Take what came of it."""
        self.found.append(exchange)
        self.put_down.set()

    def start(self, writing: Writing, work: Callable[[Callable[[Progress], None]], Exchange]) -> None:
        """Begin."""
        writing.start(work, self.put, stopped=STOPPED, broken=BROKEN)

    def wait(self) -> list[Exchange]:
        """All that was put down, once there is something."""
        assert self.put_down.wait(WAIT_S)
        return self.found


def test_what_a_model_writes_is_shown_as_it_comes_and_stays_text() -> None:
    writing, desk = Writing("<b>tiny"), Desk()
    desk.start(writing, lambda tell: (desk.let_go.wait(WAIT_S), DONE)[-1])
    assert "Searching" in writing.html()
    writing.tell(Progress("sentence", Sentence("A quotation.", (1,))))
    assert "quotation" not in writing.html()  # an answer in quotations comes at once
    writing.tell(Progress("writing"))
    writing.tell(Progress("sentence", Sentence("<img src=x> twelve", (1, 2), "checked")))
    writing.tell(Progress("dropped", Sentence("Thirteen.", (1,), "unsupported", ("number",))))
    assert "&lt;img src=x&gt; twelve [1] [2]" in writing.html()
    assert "Sentences left out because a check failed: 1" in writing.html()
    assert "<b>" not in writing.html()
    so_far = writing.so_far("How many?")
    assert so_far is not None
    assert [sentence.text for sentence in so_far.sentences] == ["<img src=x> twelve"]  # what failed is not among them
    writing.tell(Progress("restart"))
    assert writing.so_far("How many?") is None
    desk.let_go.set()
    assert desk.wait() == [DONE]


def test_it_is_done_in_a_thread_of_its_own() -> None:
    desk, threads = Desk(), set[int]()

    def work(tell: Callable[[Progress], None]) -> Exchange:
        threads.add(threading.get_ident())
        return DONE

    desk.start(Writing("tiny"), work)
    assert desk.wait() == [DONE]
    assert threads
    assert threading.get_ident() not in threads


def test_a_person_who_stops_it_waits_no_more_and_a_silent_model_ends_at_its_next_word() -> None:
    writing, desk, ended = Writing("tiny"), Desk(), threading.Event()

    def silent(tell: Callable[[Progress], None]) -> Exchange:
        try:
            assert desk.let_go.wait(WAIT_S)
            tell(Progress("writing"))
        finally:
            ended.set()
        return DONE

    desk.start(writing, silent)
    writing.stop()
    writing.stop()
    assert desk.wait() == [STOPPED]
    assert not ended.is_set()
    desk.let_go.set()
    assert ended.wait(WAIT_S)
    assert desk.found == [STOPPED]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_nobody_foresaw_ends_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda arguments: seen.append(arguments.exc_type))
    desk = Desk()

    def fail(tell: Callable[[Progress], None]) -> Exchange:
        raise ZeroDivisionError

    desk.start(Writing("tiny"), fail)
    assert desk.wait() == [BROKEN]


def written(number: int | None = None) -> Talk:
    """A conversation whose only answer is being written."""
    writing, desk = Writing("tiny"), Desk()
    turn = Turn(STOPPED, ended=threading.Event(), writing=writing)

    def put(exchange: Exchange) -> None:
        talk.turns[0] = replace(turn, exchange=exchange)
        assert turn.ended is not None
        turn.ended.set()

    talk = Talk(0, [turn], number)
    writing.start(lambda tell: (desk.let_go.wait(WAIT_S), DONE)[-1], put, stopped=STOPPED, broken=BROKEN)
    return talk


def test_a_conversation_that_was_left_is_come_back_to_as_it_is() -> None:
    talk, here = written(7), Visit()
    here.show(talk)
    here.begin()
    assert talk.is_written
    here.resume(7, [])
    assert here.talk is talk
    here.begin()
    here.delete(7)
    assert not talk.is_written
    assert talk.deleted
    here.resume(7, [])
    assert here.talk is not talk
    assert len({talk.serial, here.talk.serial}) == 2


def test_what_nothing_would_keep_is_not_written_on() -> None:
    talk, here = written(), Visit()
    talk.unkept = True
    here.show(talk)
    assert talk.is_written
    here.begin()
    assert not talk.is_written


class Held:
    """An answering walk that tells what it does and goes on when it is let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.asked: list[str] = []

    def __call__(self, library: Any, question: str, model: Any, *rest: Any, progress: Any, **named: Any) -> Answer:
        """Answer in quotations as if a model had written, one sentence of which failed."""
        self.asked.append(question)
        progress(Progress("writing"))
        progress(Progress("sentence", Sentence("Il ouvre.", (1,), "checked"), language="fr"))
        progress(Progress("dropped", Sentence("Il ferme.", (1,), "unsupported")))
        assert self.let_go.wait(WAIT_S)
        return walk(library, question, ExtractiveModel(), *rest, **named)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    """The walk of the pages of this test."""
    found = Held()
    monkeypatch.setattr("rag.app.conversation.ask", found)
    return found


def buttons(app: AppTest) -> Sequence[str]:
    """The keys of the buttons on the page."""
    return [str(button.key) for button in app.button]


def finish(app: AppTest, held: Held) -> AppTest:
    """Let the model write to its end, and draw the page as its browser would have it drawn."""
    held.let_go.set()
    turn = app.session_state["visit"].talk.turns[0]
    assert turn.ended.wait(WAIT_S)
    return app.run()


def test_other_clicks_and_a_new_question_leave_the_model_writing(
    start: Callable[..., AppTest], config: Config, held: Held, tmp_path: Any
) -> None:
    settings = replace(config, model="openai:http://127.0.0.1:9/v1#tiny")
    app = ask(start(settings), FRENCH)
    assert "stop-writing" in buttons(app)
    app.session_state["visit"].open("train.md")
    app.run()
    assert part(app, "reading")
    app.button(key="open-settings").click().run()
    ask(app, ENGLISH)
    assert "stop-writing" in buttons(app)
    assert catalogue()["fr"]["asked_next"] in pages(app)
    assert held.asked == [FRENCH]
    finish(app, held)
    assert held.asked == [FRENCH, ENGLISH]
    assert app.session_state["visit"].talk.turns[1].ended.wait(WAIT_S)
    app.run()
    assert len(parts(app, "reply")) == 2
    assert catalogue()["fr"]["dropped"].format(count=1) in pages(app)
    assert "stop-writing" not in buttons(app)


def test_stop_leaves_what_was_checked_until_then(start: Callable[..., AppTest], config: Config, held: Held) -> None:
    app = ask(start(replace(config, model="openai:http://127.0.0.1:9/v1#tiny")), FRENCH)
    app.button(key="stop-writing").click().run()
    app.run()
    assert [said(sentence) for sentence in part(app, "reply")["sentences"]] == ["Il ouvre."]
    assert [info.value for info in app.info] == [inert_markdown(catalogue()["fr"]["stopped"])]
    held.let_go.set()
    assert held.asked == [FRENCH]


def test_an_answer_is_kept_though_another_conversation_was_begun(
    start: Callable[..., AppTest], config: Config, held: Held
) -> None:
    store = open_conversations(config)
    assert store is not None
    store.delete_all()
    app = ask(start(replace(config, model="openai:http://127.0.0.1:9/v1#tiny")), FRENCH)
    turn = app.session_state["visit"].talk.turns[0]
    app.button(key="new").click().run()
    assert store.list() == ()
    held.let_go.set()
    assert turn.ended.wait(WAIT_S)
    assert [conversation.title for conversation in store.list()] == [FRENCH]


def test_where_the_model_cannot_be_used_one_button_answers_in_quotations(
    start: Callable[..., AppTest], config: Config
) -> None:
    app = ask(start(replace(config, model="openai:http://127.0.0.1:9/v1#tiny")), FRENCH)
    assert app.session_state["visit"].talk.turns[0].ended.wait(WAIT_S)
    app.run()
    assert app.error
    app.button(key="quotes-0").click().run()
    assert "quarante-deux" in "".join(said(sentence) for sentence in part(app, "reply")["sentences"])
    assert "quotes-0" not in buttons(app)
    ask(app, "?")
    assert app.session_state["visit"].talk.turns[2].ended.wait(WAIT_S)
    assert "quotes-2" not in buttons(app.run())  # quotations would not help
