"""Dropping files in and building the index from the page, through AppTest; the build itself runs in its thread."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from functools import partial
from html import unescape
from pathlib import Path

import pytest
from app_pages import filter_key
from conftest import write_corpus
from filelock import FileLock
from streamlit.testing.v1 import AppTest

from rag.app import building
from rag.app.building import Builder, builder
from rag.app.wording import catalogue
from rag.build import build
from rag.config import Config
from rag.library import open_library

SCRIPT = Path(__file__).parent.parent / "rag" / "app" / "script.py"
TEXTS = catalogue()["en"]
TRAIN = "---\ntitle: The night train\n---\n\nThe night train leaves Osterby at 21:40 every evening.\n"
PHARE = ("phare.md", "# Le phare\n\nLe phare d'Aubrac fut allumé le 4 juin 1911.\n".encode(), "text/markdown")
BROKEN = ("<b>broken</b>.pdf", b"%PDF-1.4", "application/pdf")
ENGLISH = (("b.docx", b"no archive", ""), ("b.jsonl", b'{"id": "a" "text": "b"}', ""))  # refused in Python's words
QUESTION = "Quand le phare d'Aubrac fut-il allumé ?"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings of a small index that never refuses of itself."""
    settings = Config(index=tmp_path / "index", strictness=0.0)
    build(write_corpus(tmp_path / "corpus", {"train.md": TRAIN}), settings)
    return settings


@pytest.fixture
def start(start: Callable[..., AppTest]) -> Callable[..., AppTest]:
    """Opens the page in English with some settings."""
    return partial(start, locale="en-GB")


def take(app: AppTest, files: list[tuple[str, bytes, str]], where: str = "session") -> AppTest:
    """Drop files in and press the button."""
    app.file_uploader(key="bring-files").set_value(files)
    app.radio(key="bring-where").set_value(where)
    return app.button(key="bring-take").click().run()


def html(app: AppTest) -> str:
    """Every piece of HTML on the page."""
    return "\n".join(element.proto.body for element in app.get("html") if "<style>" not in element.proto.body)


def cited(app: AppTest) -> list[str]:
    """The titles cited by the answers on the page."""
    parts = [element.proto for element in app.get("bidi_component")]
    replies = [json.loads(part.json) for part in parts if part.component_name == "communique_reply"]
    return [citation["title"] for reply in replies for citation in reply["citations"]]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under ``folder`` by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def titles(app: AppTest) -> list[str]:
    """The titles of the documents that are searched."""
    return list(app.multiselect(key=filter_key(app, "document")).options)


def test_files_for_this_session_are_asked_and_written_nowhere(
    start: Callable[..., AppTest], config: Config, tmp_path: Path
) -> None:
    before = contents(tmp_path / "corpus"), contents(config.index)
    app = take(start(config), [PHARE, BROKEN])
    assert not app.exception
    assert "<b>phare.md</b> Taken" in html(app)
    assert "<b>b.pdf</b> Refused · " in html(app)
    assert "<b>broken" not in html(app)
    assert len(titles(app)) == 2
    app.chat_input[0].set_value(QUESTION).run()
    assert cited(app)[0] == "Le phare"
    after = contents(tmp_path / "corpus"), contents(config.index)
    assert after[0] == before[0]
    assert b"phare" not in b"".join(after[1].values())
    other = start(config)  # somebody else
    assert len(titles(other)) == 1
    app.radio(key="bring-scope-en").set_value("only").run()
    assert titles(app) == ["Le phare"]
    app.button(key="bring-drop-all").click().run()
    assert titles(app) == ["The night train"]


def test_of_two_documents_with_one_title_the_one_chosen_is_searched(start: Callable[..., AppTest]) -> None:
    texts = {"a.md": "Le phare d'Aubrac fut allumé le 4 juin 1911.", "b.md": "Le phare de Brest fut allumé en 1925."}
    app = take(
        start(), [(name, f"# Compte rendu\n\n{text}\n".encode(), "text/markdown") for name, text in texts.items()]
    )
    assert titles(app)[-2:] == ["Compte rendu · session/a.md", "Compte rendu · session/b.md"]
    app.multiselect(key=filter_key(app, "document")).set_value(["session/b.md"]).run()
    app.chat_input[0].set_value("Quand le phare fut-il allumé ?").run()
    assert set(cited(app)) == {"Compte rendu"}
    assert "1925" in json.dumps([json.loads(part.proto.json) for part in app.get("bidi_component")])
    assert "1911" not in json.dumps([json.loads(part.proto.json) for part in app.get("bidi_component")])


def test_the_page_in_another_language_searches_where_it_did(start: Callable[..., AppTest]) -> None:
    app = take(start(), [PHARE])
    app.radio(key="bring-scope-en").set_value("only").run()
    app.button(key="open-settings").click().run()
    app.selectbox(key="set-interface-en").set_value("fr").run()
    app.run()
    assert app.radio(key="bring-scope-fr").value == "only"
    assert titles(app) == ["Le phare"]


def test_files_for_everyone_are_copied_and_the_index_built(
    start: Callable[..., AppTest], config: Config, tmp_path: Path
) -> None:
    app = take(start(config), [PHARE, BROKEN], "corpus")
    builder(config).wait(60)
    app.run()
    assert (tmp_path / "corpus" / "phare.md").read_bytes() == PHARE[1]
    assert len(list((tmp_path / "corpus").iterdir())) == 2
    assert app.success[0].value.startswith("The new index is in use. Documents: 2,")
    assert len(titles(app)) == 2


def test_what_was_brought_for_a_session_can_be_added_later(
    start: Callable[..., AppTest], config: Config, tmp_path: Path
) -> None:
    app = take(start(config), [PHARE])
    app.button(key="bring-keep").click().run()
    builder(config).wait(60)
    app.run()
    assert sorted(facts.id for facts in open_library(config).passages.documents) == ["phare.md", "train.md"]
    assert len(titles(app)) == 2
    assert not [radio for radio in app.radio if str(radio.key).startswith("bring-scope")]


def test_each_choice_has_its_own_note(start: Callable[..., AppTest], config: Config, tmp_path: Path) -> None:
    app = start(config)
    of_session, of_corpus = app.radio(key="bring-where").proto.captions
    assert of_session == TEXTS["bring_session_note"]
    assert of_corpus.startswith("Copied to ")
    assert not [caption.value for caption in app.caption if caption.value in (of_session, of_corpus)]
    (tmp_path / "corpus").rename(tmp_path / "away")
    assert "is not there any more" in start(config).radio(key="bring-where").proto.captions[1].replace("\\", "")


def test_nothing_chosen_is_said(start: Callable[..., AppTest], config: Config) -> None:
    app = start(config).button(key="bring-take").click().run()
    assert app.warning[0].value == TEXTS["bring_nothing"]


def test_the_index_is_built_again_from_the_page(
    start: Callable[..., AppTest], config: Config, tmp_path: Path
) -> None:
    app = start(config)
    write_corpus(tmp_path / "corpus", {"hafen.txt": "Der Hafen wurde im Jahr 1887 gebaut.\n", "bad.pdf": "x"})
    app.button(key="rebuild").click().run()
    builder(config).wait(60)
    app.run()
    assert len(titles(app)) == 2
    assert "bad.pdf" in html(app)


def test_what_was_built_is_told_until_the_next_question_or_another_index(
    start: Callable[..., AppTest], config: Config, tmp_path: Path
) -> None:
    app = start(config, locale="fr-FR")
    for end in ("question", "index"):
        app.button(key="rebuild").click().run()
        builder(config).wait(60)
        app.run()
        told = app.success[0].value
        assert told.startswith("Le nouvel index est en service")
        assert "," in told.split("passages")[1]
        assert app.run().success
        if end == "question":
            app.chat_input[0].set_value("When does the night train leave Osterby?").run()
        else:
            build(tmp_path / "corpus", config)
            app.run()
        assert not app.success
        assert not app.run().success


def test_questions_are_answered_while_a_build_runs_and_a_second_one_waits(
    start: Callable[..., AppTest], config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, entered = threading.Event(), threading.Event()
    runs: list[Path] = []

    def slow(corpus: Path, *rest: object, **more: object) -> object:
        runs.append(corpus)
        entered.set()
        assert go.wait(60)
        return build(corpus, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(building, "build", slow)
    write_corpus(tmp_path / "corpus", {"hafen.txt": "Der Hafen wurde im Jahr 1887 gebaut.\n"})
    app, other = start(config), start(config)
    app.button(key="rebuild").click().run()
    assert entered.wait(60)
    other.button(key="rebuild").click().run()
    for page in (app, other):
        assert TEXTS["rebuild_running"] in [caption.value for caption in page.caption]
        page.chat_input[0].set_value("When does the night train leave Osterby?").run()
        assert cited(page)[0] == "The night train"
        assert len(titles(page)) == 1
    go.set()
    builder(config).wait(60)
    assert len(runs) == 1
    for page in (app.run(), other.run()):
        assert len(titles(page)) == 2
        assert page.success


def test_a_build_in_the_terminal_is_busy_and_said(start: Callable[..., AppTest], config: Config) -> None:
    app = start(config)
    with FileLock(config.index / "build.lock"):
        app.button(key="rebuild").click().run()
        builder(config).wait(60)
    app.run()
    assert "another build is writing" in app.error[0].value
    assert len(titles(app)) == 1


def test_a_failed_build_leaves_the_old_index_and_says_why(
    start: Callable[..., AppTest], config: Config, tmp_path: Path
) -> None:
    app = start(config)
    (tmp_path / "corpus" / "train.md").write_bytes(b"")
    app.button(key="rebuild").click().run()
    builder(config).wait(60)
    app.run()
    assert "no file in" in app.error[0].value
    app.chat_input[0].set_value("When does the night train leave Osterby?").run()
    assert cited(app)[0] == "The night train"


def test_a_builder_stops_queues_and_survives_the_unforeseen(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, corpus, entered, go = Builder(), tmp_path / "corpus", threading.Event(), threading.Event()
    before = contents(config.index)

    def slow(folder: Path, settings: Config, tell: Callable[[str, int, int], None], **more: object) -> object:
        entered.set()
        assert go.wait(60)
        return build(folder, settings, tell, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(building, "build", slow)
    assert worker.start(corpus, config)
    assert entered.wait(60)
    assert not worker.start(corpus, config)
    worker.stop()
    go.set()
    worker.wait(60)
    assert worker.progress.stopped
    assert contents(config.index).keys() == before.keys()
    entered.clear()
    go.clear()
    assert worker.start(corpus, config)
    assert entered.wait(60)
    assert not worker.start(corpus, config, after=True)
    go.set()
    worker.wait(60)
    assert worker.progress.turn == 3
    assert worker.progress.report is not None
    monkeypatch.setattr(building, "build", lambda *rest, **more: [][1])
    monkeypatch.setattr(threading, "excepthook", lambda error: None)
    worker.start(corpus, config)
    worker.wait(60)
    assert not worker.progress.running
    assert worker.progress.error is None
    assert worker.progress.report is None


def test_a_damaged_index_is_mended_by_a_button(start: Callable[..., AppTest], config: Config) -> None:
    next(config.index.glob("generation-*/passages.sqlite")).write_bytes(b"")
    app = start(config)
    assert "is damaged" in app.error[0].value
    app.button(key="mend").click().run()
    builder(config).wait(60)
    app.run()
    assert not app.error
    assert app.chat_input


def test_the_first_index_is_built_of_dropped_files(start: Callable[..., AppTest], tmp_path: Path) -> None:
    settings = Config(index=tmp_path / "new" / "index")
    app = start(settings)
    app.file_uploader(key="first-files").set_value([PHARE])
    app.button(key="first-take").click().run()
    builder(settings).wait(60)
    app.run()
    assert (tmp_path / "new" / "documents" / "phare.md").is_file()
    assert titles(app) == ["Le phare"]


def test_a_refused_file_says_why_in_the_language_of_the_page(start: Callable[..., AppTest], config: Config) -> None:
    lines = b'{"id": "a", "text": 3}\n'
    app = take(start(config, locale="fr-FR"), [BROKEN, ("a.jsonl", lines, ""), ("a.xyz", b"x", ""), *ENGLISH])
    told = unescape(html(app)).replace("\u00a0", " ")
    assert "Refusé · ce n’est pas un PDF lisible : ouvrez-le" in told
    assert "ligne 1 : le champ text manque ou n’est pas une chaîne" in told
    assert "son format est inconnu : convertissez-le" in told
    assert "il est abîmé (ce n’est pas une archive ZIP à l’intérieur)" in told
    assert "ce n’est pas du JSON (il manque une virgule au caractère" in told
