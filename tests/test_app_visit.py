"""What a visitor clicks while the page is at work, through AppTest: nothing is lost, nothing done twice."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from app_pages import ENGLISH, FRENCH, SCRIPT, ask, filter_key, pages, part, parts, said
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.testing.v1 import AppTest

from rag.app import dialog
from rag.app.again import reworded
from rag.app.visit import Request, Turn, Visit, visit
from rag.ask import ask as walk
from rag.config import Config
from rag.exchange import Exchange
from rag.schema import Answer
from rag.store.conversations import Conversations, open_conversations


@pytest.fixture
def settings(config: Config, tmp_path: Path) -> Config:
    """The settings with an index, and so with conversations, of their own."""
    shutil.copytree(config.index, tmp_path / "index", ignore=shutil.ignore_patterns("conversations*"))
    return replace(config, index=tmp_path / "index")


def _store(settings: Config) -> Conversations:
    store = open_conversations(settings)
    assert store is not None
    return store


def test_an_answer_is_kept_though_a_click_cut_the_page_short_meanwhile(
    start: Callable[..., AppTest], settings: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks: list[str] = []

    def clicked_meanwhile(*given: Any, **named: Any) -> Answer:
        answer = walk(*given, **named)
        walks.append(answer.question)
        context = get_script_run_ctx()
        assert context is not None
        assert context.script_requests is not None
        context.script_requests.request_rerun(RerunData())  # the next look at the page ends this run
        return answer

    monkeypatch.setattr("rag.app.conversation.ask", clicked_meanwhile)
    app = ask(start(settings), FRENCH)
    assert walks == [FRENCH]
    assert part(app, "reply")
    (kept,) = _store(settings).list()
    assert kept.title == FRENCH
    assert [turn.kept is not None for turn in app.session_state["visit"].talk.turns] == [True]


def test_the_page_waits_for_an_answer_that_an_earlier_run_works_out(start: Callable[..., AppTest]) -> None:
    app = ask(start(), FRENCH)
    talk = app.session_state["visit"].talk
    done = talk.turns[0]
    awaited = replace(done, exchange=replace(done.exchange, answer=None, error="stopped"), ended=threading.Event())
    talk.turns[0] = awaited

    def arrive() -> None:
        talk.turns[0] = replace(awaited, exchange=done.exchange)
        awaited.ended.set()

    threading.Timer(0.5, arrive).start()
    app.run()
    assert part(app, "reply")
    assert not app.error


def test_a_first_conversation_is_listed_as_soon_as_it_is_answered(
    start: Callable[..., AppTest], settings: Config
) -> None:
    app = ask(start(settings), FRENCH)
    assert [button.key for button in app.button if str(button.key).startswith("resume-")]


def test_a_conversation_deleted_in_another_window_is_begun_anew(
    start: Callable[..., AppTest], settings: Config
) -> None:
    app = ask(start(settings), FRENCH)
    store = _store(settings)
    store.delete(store.list()[0].id)
    ask(app, ENGLISH)
    (kept,) = store.list()
    assert kept.title == ENGLISH
    assert len(parts(app, "reply")) == 2  # both stand on the page as before
    assert not app.warning
    assert [turn.kept is not None for turn in app.session_state["visit"].talk.turns] == [False, True]


def test_what_is_answered_after_its_conversation_was_deleted_is_not_kept(
    start: Callable[..., AppTest], settings: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deleted_meanwhile(*given: Any, **named: Any) -> Answer:
        visit().delete()
        return walk(*given, **named)

    app = start(settings)
    monkeypatch.setattr("rag.app.conversation.ask", deleted_meanwhile)
    ask(app, FRENCH)
    assert _store(settings).list() == ()


def test_a_new_conversation_closes_the_document_and_forgets_what_was_to_be_asked() -> None:
    here = Visit()
    here.ask(Request(FRENCH), 0)
    here.open("train.md")
    here.begin()
    assert (here.asked, here.opened, here.talk.turns, here.talk.number) == ([], None, [], None)


def test_whatever_is_put_on_the_page_leaves_the_evaluation() -> None:
    here = Visit()
    for leave in (here.begin, lambda: here.resume(1, []), lambda: here.open("train.md"), here.converse):
        here.evaluate()
        here.evaluate()  # pressed again it goes nowhere
        assert here.evaluating
        leave()
        assert not here.evaluating


def test_the_panel_leads_from_the_evaluation_to_a_kept_conversation_and_to_a_new_one(
    start: Callable[..., AppTest], settings: Config
) -> None:
    app = ask(start(settings), FRENCH)
    (kept,) = _store(settings).list()
    for button in (f"resume-{kept.id}", "new"):
        app.button(key="open-report").click().run()
        assert not app.chat_input
        app.button(key=button).click().run()
        assert app.chat_input
        assert len(parts(app, "reply")) == (button != "new")


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_button_pressed_several_times_asks_once(times: int) -> None:
    here = Visit()
    for _ in range(times):
        here.ask(Request(FRENCH), 0)
    assert here.asked == [Request(FRENCH)]
    here.asked.clear()
    here.talk.turns.append(Turn(Exchange(FRENCH, "", None)))
    here.ask(Request(FRENCH), 0)  # by a browser that still shows the button
    assert here.asked == []


def test_an_example_pressed_again_before_the_page_has_changed_is_asked_once(
    start: Callable[..., AppTest], asked: list[str]
) -> None:
    app = start()
    asked.clear()
    app.button(key="example-0").click()
    held = app._tree.get_widget_states()
    app._run(held)
    app._run(held)
    assert len(asked) == 1
    assert len(parts(app, "reply")) == 1
    assert pages(app).count("desk-question") == 1


def test_what_changes_behind_a_dialog_does_not_close_it(
    start: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = start()
    runs: list[bool] = []
    monkeypatch.setattr("rag.app.dialog.st.rerun", lambda: runs.append(True))
    monkeypatch.setattr(dialog, "visit", lambda: app.session_state["visit"])
    app.button(key="open-settings").click().run()
    dialog.draw_anew()
    assert runs == []
    app.run()  # what closing it does
    dialog.draw_anew()
    assert runs == [True]


def test_a_page_loaded_anew_comes_back_to_its_conversation(start: Callable[..., AppTest], settings: Config) -> None:
    app = ask(start(settings), FRENCH)
    before = part(app, "reply")
    (kept,) = _store(settings).list()
    assert app.query_params["conversation"] == str(kept.id)
    again = start(settings)
    assert not parts(again, "reply")
    loaded = AppTest.from_file(SCRIPT, default_timeout=240)
    loaded.context["locale"] = "fr-FR"
    loaded.query_params["conversation"] = str(kept.id)
    loaded.run()
    assert part(loaded, "reply") == before
    loaded.button(key="new").click().run()
    assert "conversation" not in loaded.query_params
    assert not parts(loaded, "reply")


@pytest.mark.parametrize("named", ["999", "x", "-1", "", "9" * 40])
def test_an_address_that_names_no_conversation_is_an_empty_page(
    start: Callable[..., AppTest], settings: Config, named: str
) -> None:
    start(settings)  # the settings are handed over
    loaded = AppTest.from_file(SCRIPT, default_timeout=240)
    loaded.query_params["conversation"] = named
    loaded.run()
    assert not loaded.exception
    assert not loaded.error
    assert [button for button in loaded.button if str(button.key).startswith("example-")]


def test_conversations_of_one_title_are_told_apart_by_their_hour(
    start: Callable[..., AppTest], settings: Config
) -> None:
    app = ask(start(settings), FRENCH)
    app.button(key="new").click().run()
    ask(app, FRENCH)
    labels = [button.label for button in app.button if str(button.key).startswith("resume-")]
    assert len(labels) == 2
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d · ", label.replace("\\", "")) for label in labels)


def test_a_conversation_that_was_deleted_elsewhere_says_so(start: Callable[..., AppTest], settings: Config) -> None:
    app = ask(start(settings, locale="en-GB"), FRENCH)
    _store(settings).delete_all()
    app.run()
    assert any("has been deleted" in caption.value for caption in app.caption)


def test_what_a_filter_hid_is_searched_with_one_button(start: Callable[..., AppTest], config: Config) -> None:
    app = start(replace(config, strictness=0.5), locale="en-GB")
    app.multiselect(key=filter_key(app, "language")).set_value(["de"]).run()
    ask(app, ENGLISH)
    assert "Only the documents that pass the filters were searched." in pages(app)
    app.button(key="everywhere-0").click().run()
    assert not app.session_state["filters"].chosen["language"]
    assert "21:40" in "".join(said(sentence) for sentence in part(app, "reply")["sentences"])
    assert not [button for button in app.button if str(button.key).startswith("everywhere-")]


def test_a_question_asked_again_in_other_words_is_the_new_one() -> None:
    exchange = Exchange(FRENCH, "", None)
    assert reworded(exchange, "Combien de lits ?") == ("Combien de lits ?", "")
    answer = Answer("Et en 2020 ?", "fr", (), (), (), None, 0.5, "", {}, standalone="Combien de lits en 2020 ?")
    follow_up = Exchange("Et en 2020 ?", "", answer)
    assert reworded(follow_up, "Combien de lits en 2021 ?") == ("Et en 2020 ?", "Combien de lits en 2021 ?")
    assert reworded(follow_up, "Et en 2020 ?") == ("Et en 2020 ?", "")
