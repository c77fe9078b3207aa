"""What is searched and read in the chat, through AppTest: filters, the list of documents, an open document."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import unescape

from app_pages import DOCUMENTS, ENGLISH, FRENCH, ask, filter_key, pages, part, parts
from streamlit.testing.v1 import AppTest

from rag.app.reading import window
from rag.app.wording import catalogue
from rag.config import Config
from rag.library import open_library


def test_the_filters_narrow_the_search_and_are_shown_and_can_be_removed(start: Callable[..., AppTest]) -> None:
    app = start(locale="en-GB")
    app.multiselect(key=filter_key(app, "language")).set_value(["de", "fr"])
    app.date_input(key=filter_key(app, "from")).set_value(date(2021, 1, 1)).run()
    chips = [button.label for button in app.button if str(button.key).startswith("chip-")]
    assert [chip.replace("\\", "") for chip in chips] == ["in German", "in French", "from 2021-01-01"]
    ask(app, ENGLISH)
    found = {hit["title"] for hit in parts(app, "hits")[-1]["hits"]}
    assert found == {"Der Hafen von Kielmünde", "Le centre d'accueil de Brévannes"}
    assert "in German · in French · from 2021-01-01" in pages(app)
    app.button(key="chip-language=fr").click().run()
    assert app.multiselect(key=filter_key(app, "language")).value == ["de"]
    app.button(key="clear-filters").click().run()
    assert app.multiselect(key=filter_key(app, "language")).value == []
    assert app.date_input(key=filter_key(app, "from")).value is None
    assert not [button for button in app.button if str(button.key).startswith("chip-")]


def test_a_browser_that_has_not_heard_of_a_change_does_not_undo_it(start: Callable[..., AppTest]) -> None:
    app = start(locale="en-GB")
    app.multiselect(key=filter_key(app, "language")).set_value(["de"]).run()
    held = app._tree.get_widget_states()
    app.button(key="chip-language=de").click().run()
    app._run(held)  # what comes with a click made before the page was drawn anew
    assert app.multiselect(key=filter_key(app, "language")).value == []


def test_another_language_of_the_page_changes_nothing_else_that_was_chosen(start: Callable[..., AppTest]) -> None:
    app = start(locale="en-GB")
    app.multiselect(key=filter_key(app, "language")).set_value(["en"]).run()
    app.button(key="open-settings").click().run()
    app.selectbox(key="set-answers-en").set_value("de").run()
    app.button(key="open-settings").click().run()
    app.selectbox(key="set-interface-en").set_value("fr").run()
    app.button(key="open-settings").click().run()
    assert not app.exception
    assert app.selectbox(key="set-answers-fr").value == "de"
    assert app.multiselect(key=filter_key(app, "language")).value == ["en"]
    ask(app, FRENCH)
    found = {hit["title"] for hit in parts(app, "hits")[-1]["hits"]}
    assert "The night train to Osterby" in found
    assert "Le centre d'accueil de Brévannes" not in found


def test_filters_that_no_document_passes_refuse(start: Callable[..., AppTest]) -> None:
    app = start(locale="en-GB")
    app.multiselect(key=filter_key(app, "language")).set_value(["de"])
    app.multiselect(key=filter_key(app, "source")).set_value(["Coastal Railways"]).run()
    ask(app, ENGLISH)
    assert "No document matches" in unescape(pages(app))
    assert not parts(app, "hits")


def test_the_documents_are_listed_with_their_facts_and_one_can_be_searched_alone(start: Callable[..., AppTest]) -> None:
    app = start(locale="en-GB")
    app.button(key="open-sources").click().run()
    rows = part(app, "documents")["rows"]
    assert {row["title"]: row["cells"] for row in rows}["The night train to Osterby"] == [
        "2022-10-11", "English", "Coastal Railways", "",
    ]  # fmt: skip
    assert len(rows) == len(DOCUMENTS)
    app.session_state["visit"].open("train.md")
    app.run()
    app.button(key="only-here").click().run()
    assert app.multiselect(key=filter_key(app, "document")).value == ["train.md"]
    ask(app, FRENCH)
    assert {hit["title"] for hit in parts(app, "hits")[-1]["hits"]} == {"The night train to Osterby"}


def test_a_document_opens_beside_the_conversation_with_the_passage_marked(
    start: Callable[..., AppTest], config: Config
) -> None:
    text = open_library(config).passages.text("train.md")
    quote = "The night train leaves Osterby at 21:40 every evening."
    place = text.index(quote)
    app = start()
    assert not parts(app, "reading")
    app.session_state["visit"].open("train.md", place, place + len(quote), quote)
    reading = part(app.run(), "reading")
    assert reading["title"] == "The night train to Osterby"
    assert [words for kind, words in reading["pieces"] if kind == "mark"] == [quote]
    assert "".join(words for _, words in reading["pieces"]) == text
    assert reading["note"] == ""
    app.button(key="close").click().run()
    assert not parts(app, "reading")


def test_a_document_of_the_session_opens_as_the_one_of_the_index_that_it_became(
    start: Callable[..., AppTest], config: Config
) -> None:
    quote = open_library(config).passages.text("train.md")[3:9]
    app = start()
    app.session_state["visit"].open("session/train.md", 3, 9, quote)
    reading = part(app.run(), "reading")
    assert [words for kind, words in reading["pieces"] if kind == "mark"] == [quote]
    for document, words in (("session/train.md", "other"), ("session/lost.md", quote), ("other/train.md", quote)):
        app.session_state["visit"].open(document, 3, 9, words)
        app.run()
        assert app.info[0].value == catalogue()["fr"]["gone"]


def test_a_filter_by_date_takes_days_beyond_those_of_the_documents(start: Callable[..., AppTest]) -> None:
    app = start(locale="en-GB")
    app.date_input(key=filter_key(app, "to")).set_value(date(1950, 1, 1)).run()
    ask(app, ENGLISH)
    assert "No document matches" in unescape(pages(app))


def test_a_passage_that_has_moved_is_not_marked_and_a_lost_document_is_said(start: Callable[..., AppTest]) -> None:
    app = start()
    app.session_state["visit"].open("train.md", 3, 9, "what stood there")
    reading = part(app.run(), "reading")
    assert "mark" not in {kind for kind, _ in reading["pieces"]}
    assert reading["note"] == catalogue()["fr"]["moved"]
    app.session_state["visit"].open("gone.md")
    app.run()
    assert app.info[0].value == catalogue()["fr"]["gone"]


def test_a_long_document_is_shown_around_its_mark() -> None:
    assert window(29_999, (20_000, 20_100)) == (0, 29_999)
    assert window(100_000, (50_000, 50_100)) == (44_000, 56_100)
    assert window(100_000, (100, 200)) == (0, 6_200)
    assert window(100_000, (99_900, 99_950)) == (93_900, 100_000)
    assert window(100_000, (0, 0)) == (0, 12_000)
