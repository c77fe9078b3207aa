"""A question and its answer in the chat, through Streamlit's AppTest, on a small index of a few documents."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any

from app_pages import ENGLISH, FRENCH, WAYS, Halting, ask, pages, part, parts, said
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.testing.v1 import AppTest

from rag.answer.extractive import ExtractiveModel
from rag.app.inert import inert_markdown
from rag.app.wording import catalogue
from rag.ask import ask as walk
from rag.config import Config
from rag.library import open_library
from rag.schema import Answer


def test_a_french_question_is_answered_with_quotations_and_their_source(
    start: Callable[..., AppTest], config: Config
) -> None:
    app = ask(start(), FRENCH)
    answer = walk(open_library(config), FRENCH, ExtractiveModel())
    assert not app.exception
    assert not app.error
    reply = part(app, "reply")
    assert [said(sentence).strip("«» \u00a0\u202f") for sentence in reply["sentences"]] == [
        sentence.text for sentence in answer.sentences
    ]
    assert [tuple(sentence["markers"]) for sentence in reply["sentences"]] == [s.citations for s in answer.sentences]
    assert [citation["marker"] for citation in reply["citations"]] == [c.marker for c in answer.citations]
    assert reply["sentences"][0]["language"] == "fr"
    assert reply["citations"][0]["title"] == "Le centre d'accueil de Brévannes"
    assert reply["citations"][0]["facts"] == ["2024-03-01", "Mairie de Brévannes"]
    assert reply["lead"] == answer.lead
    assert FRENCH in unescape(pages(app))


def test_an_english_question_is_answered_in_an_english_page(start: Callable[..., AppTest]) -> None:
    app = ask(start(locale="en-GB"), ENGLISH)
    reply = part(app, "reply")
    assert "21:40" in said(reply["sentences"][0])
    assert reply["sources"] == catalogue()["en"]["sources"]
    assert "The documents answer this question" in pages(app)
    assert app.expander(key="why-0").label == "Why this answer?"


def test_the_language_of_a_quotation_is_named_when_it_is_not_the_askers(start: Callable[..., AppTest]) -> None:
    app = ask(start(), "En quelle année le port de Kielmünde (Hafen von Kielmünde) a-t-il été construit ?")
    german = [citation for citation in part(app, "reply")["citations"] if citation["language"] == "de"]
    assert german
    assert german[0]["facts"] == ["2021", "allemand"]


def test_a_refusal_names_the_nearest_passages(start: Callable[..., AppTest]) -> None:
    app = ask(start(locale="en-GB", cookie='{"strictness": 1.0}'), ENGLISH)
    assert not parts(app, "reply")
    assert 'class="desk-refusal"' in pages(app)
    assert "The documents may answer this question, but less surely than is asked for." in pages(app)
    nearest, examined = parts(app, "hits")
    assert nearest["hits"][0]["title"] == "The night train to Osterby"
    assert len(nearest["hits"]) == 3
    assert nearest["heading"]
    assert examined["heading"] == ""
    details = examined["hits"][0]["details"]
    assert re.fullmatch(r"score \d\.\d\d .* words \d+%, meaning \d+% · characters \d+ to \d+", details)
    assert examined["hits"][0]["found"].split(" · ")[1] in {catalogue()["en"][f"found_{way}"] for way in WAYS}


def test_a_question_of_the_wrong_size_is_an_error_in_its_place(start: Callable[..., AppTest], config: Config) -> None:
    app = ask(start(replace(config, max_question_chars=50)), "??")
    ask(app, "mot " * 40)
    assert [error.value for error in app.error] == [inert_markdown(catalogue()["fr"]["error_BadQuestion"])] * 2
    ask(app, FRENCH)
    assert part(app, "reply")


def test_an_answer_is_worked_out_once(start: Callable[..., AppTest], asked: list[str]) -> None:
    app = ask(start(), FRENCH)
    ask(app, ENGLISH)
    before = parts(app, "reply")
    app.button(key="open-settings").click().run()
    app.slider(key="set-strictness").set_value(0.9).run()
    app.run()
    assert asked == [FRENCH, ENGLISH]
    assert parts(app, "reply") == before
    app.button(key="new").click().run()
    assert not parts(app, "reply")
    assert asked == [FRENCH, ENGLISH]


def test_a_slow_model_does_not_keep_another_person_waiting(start: Callable[..., AppTest], config: Config) -> None:
    slow, library, ended = Halting(), open_library(config), []
    writer = threading.Thread(target=lambda: ended.append(walk(library, ENGLISH, slow)))
    writer.start()
    assert slow.begun.wait(60)
    sentences = part(ask(start(), FRENCH), "reply")["sentences"]  # while the other one writes
    assert any("quarante-deux" in said(sentence) for sentence in sentences)
    assert ended == []
    slow.let_go.set()
    writer.join(60)
    assert "21:40" in ended[0].text


def test_what_ends_an_answer_leaves_its_question_in_place(start: Callable[..., AppTest], monkeypatch: Any) -> None:
    def stopped(*_: Any, **__: Any) -> Answer:
        raise RerunException(RerunData())  # what a click does to a page that is being drawn

    monkeypatch.setattr("rag.app.conversation.ask", stopped)
    app = ask(start(locale="en-GB"), ENGLISH)
    monkeypatch.undo()
    assert [turn.exchange.question for turn in app.session_state["visit"].talk.turns] == [ENGLISH]
    assert app.session_state["visit"].talk.turns[0].exchange.error == catalogue()["en"]["stopped"]


def test_thanks_are_answered_by_what_the_page_does_and_by_nothing_else(start: Callable[..., AppTest]) -> None:
    app = ask(start(locale="fr-FR"), "Merci")
    assert 'class="desk-refusal"' in pages(app)
    assert not [button for button in app.button if str(button.key).startswith(("again-", "take-", "test-"))]
    assert "probable" not in pages(app)
