"""How the chat begins, through AppTest: settings, the server, no index yet, a new one, questions to begin with."""

from __future__ import annotations

import socket
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from app_pages import DOCUMENTS, SCRIPT, filter_key, pages, part, said
from conftest import write_corpus
from streamlit.testing.v1 import AppTest

from rag.app.building import builder
from rag.app.serve import SETTINGS, check_port, flags, serve
from rag.app.welcome import examples
from rag.app.wording import example_phrases
from rag.build import build
from rag.config import Config
from rag.errors import BadUsage
from rag.library import open_library


def test_an_example_is_asked_when_it_is_clicked(start: Callable[..., AppTest], asked: list[str]) -> None:
    app = start()
    labels = [button.label.replace("\\", "") for button in app.button if str(button.key).startswith("example-")]
    assert 1 < len(labels) <= 4
    assert labels[0] == "Que s’est-il passé le 3 mars 2024 ?"  # in the language of the page first
    asked.clear()
    app.button(key="example-0").click().run()
    assert [question.split() for question in asked] == [labels[0].split()]
    assert "3 mars 2024" in said(part(app, "reply")["sentences"][0])
    assert not [button for button in app.button if str(button.key).startswith("example-")]


def test_the_sample_corpus_has_examples_of_its_own(tmp_path: Path) -> None:
    from rag.sample import sample_corpus

    settings = Config(index=tmp_path / "index")
    build(sample_corpus(), settings)
    assert examples(open_library(settings)) == example_phrases()[0]


def test_without_an_index_the_page_offers_to_index_the_sample(
    start: Callable[..., AppTest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rag.app import no_index

    corpus = write_corpus(tmp_path / "corpus", {"train.md": DOCUMENTS["train.md"]})
    monkeypatch.setattr(no_index, "sample_corpus", lambda: corpus)
    settings = Config(index=tmp_path / "index")
    app = start(settings)
    assert str(tmp_path / "index") in unescape(pages(app))
    assert app.code[0].value == f"rag build FOLDER --index {settings.index}"
    assert not app.chat_input
    app.button(key="build-sample").click().run()
    builder(settings).wait(60)
    app.run()
    assert not app.error
    assert app.chat_input
    app.button(key="open-sources").click().run()
    assert [row["title"] for row in part(app, "documents")["rows"]] == ["The night train to Osterby"]


def test_a_rebuilt_index_is_picked_up(start: Callable[..., AppTest], tmp_path: Path) -> None:
    settings = Config(index=tmp_path / "index")
    corpus = write_corpus(tmp_path / "corpus", {"train.md": DOCUMENTS["train.md"]})
    build(corpus, settings)
    app = start(settings)
    assert app.multiselect(key=filter_key(app, "document")).options == ["The night train to Osterby"]
    write_corpus(corpus, {"hafen.md": DOCUMENTS["hafen.md"]})
    build(corpus, settings)
    assert len(app.run().multiselect(key=filter_key(app, "document")).options) == 2


def test_settings_that_mean_nothing_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTINGS, '{"index": "x", "colour": "red"}')
    app = AppTest.from_file(SCRIPT, default_timeout=60).run()
    assert not app.exception
    assert "start the page with" in app.error[0].value


def test_a_port_in_use_is_one_sentence_that_names_it(config: Config) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BadUsage, match=rf"port {port} cannot be used .*`--port {port + 1}`"):
            serve(config, port, open_browser=False)
    check_port(port)


def test_the_server_is_bound_to_this_machine_and_reports_to_nobody() -> None:
    words = flags(8501)
    for flag in (
        "--server.address=127.0.0.1",
        "--server.port=8501",
        "--server.allowedHosts=localhost",
        "--browser.gatherUsageStats=false",
        "--server.showEmailPrompt=false",
        "--server.fileWatcherType=none",
        "--client.showErrorDetails=none",
        "--client.toolbarMode=minimal",
    ):
        assert flag in words
    from streamlit import config as options

    known = options.get_config_options()
    assert {word.removeprefix("--").split("=")[0] for word in words} <= set(known)


def test_a_panel_is_drawn_once_somebody_opens_it(start: Callable[..., AppTest]) -> None:
    app = start(unfolded=())
    assert not app.multiselect
    assert not app.get("file_uploader")
    assert not app.radio
    app.session_state["filters-panel"] = True
    assert app.run().multiselect(key=filter_key(app, "language")).value == []
    app.multiselect(key=filter_key(app, "language")).set_value(["de"]).run()
    app.session_state["filters-panel"] = False
    app.run()  # folded again, it keeps what was chosen
    assert app.multiselect(key=filter_key(app, "language")).value == ["de"]
    assert not app.get("file_uploader")
