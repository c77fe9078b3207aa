"""What is kept and taken away, through AppTest: conversations and dossiers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app_pages import ENGLISH, FRENCH, ask, part, parts
from streamlit.testing.v1 import AppTest

from rag.config import Config
from rag.store.conversations import open_conversations


def test_an_answer_is_taken_away_in_every_format(start: Callable[..., AppTest]) -> None:
    app = ask(ask(start(), FRENCH), ENGLISH)
    app.button(key="take-1").click().run()
    assert not app.exception
    assert [button.proto.label for button in app.get("download_button")] == ["Markdown", "HTML", "Word (DOCX)", "JSON"]
    app.radio(key="take-what").set_value(True).run()
    assert not app.error


def test_a_conversation_is_kept_and_found_again_under_its_name(
    start: Callable[..., AppTest], config: Config, tmp_path: Path
) -> None:
    shutil.copytree(config.index, tmp_path / "index")
    settings = replace(config, index=tmp_path / "index")
    store = open_conversations(settings)
    assert store is not None
    store.delete_all()  # those of the tests before
    app = ask(start(settings), FRENCH)
    before = part(app, "reply")
    (kept,) = store.list()
    assert kept.title == FRENCH
    other = start(settings)  # the next day
    assert not parts(other, "reply")
    other.button(key=f"resume-{kept.id}").click().run()
    assert part(other, "reply") == before
    other.button(key=f"change-{kept.id}").click().run()
    assert other.text_input(key="rename").value == FRENCH
    assert other.button(key="delete-do").disabled
    store.rename(kept.id, "Lits")
    assert [button.label for button in other.run().button if button.key == f"resume-{kept.id}"] == ["Lits"]
    store.delete(kept.id)
    assert not [button for button in other.run().button if str(button.key).startswith("resume-")]
