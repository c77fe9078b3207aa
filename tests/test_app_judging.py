"""Thumbs, comments, test questions and the page of the evaluation, through AppTest."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from app_pages import Halting, pages
from conftest import write_corpus
from streamlit.testing.v1 import AppTest

from rag.answer.extractive import ExtractiveModel
from rag.app.evaluating import evaluator
from rag.app.inert import inert_markdown
from rag.app.wording import catalogue
from rag.build import build
from rag.config import Config
from rag.evaluate import TestQuestion, read_test_set
from rag.library import open_library
from rag.report import new_file, report_files, run, save_report
from rag.store.conversations import open_conversations

SCRIPT = Path(__file__).parent.parent / "rag" / "app" / "script.py"
TEXTS = catalogue()["en"]
TRAIN = "---\ntitle: The night train\n---\n\nThe night train leaves Osterby at 21:40 every evening.\n"
QUESTION = "When does the night train leave Osterby?"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings of a small index that never refuses of itself."""
    settings = Config(index=tmp_path / "index", strictness=0.0)
    documents = {"train.md": TRAIN, "b.md": "# <b>B</b>\n\nA boat has a blue sail.\n"}
    build(write_corpus(tmp_path / "corpus", documents), settings)
    return settings


@pytest.fixture
def start(start: Callable[..., AppTest]) -> Callable[..., AppTest]:
    """Opens the page in English with some settings."""
    return partial(start, locale="en-GB")


def write(app: AppTest, words: str) -> None:
    """Fill the dialog in and press its button; a run of the whole page needs the one that opens it too."""
    next(box for box in app.text_area if str(box.key).startswith("test-words-")).set_value(words)
    app.button(key="test-0").click()
    app.button(key="test-write").click().run()


def thumbs_of(app: AppTest) -> list[Any]:
    """The thumbs of every answer on the page."""
    return [group for group in app.get("button_group") if str(group.key).startswith("thumbs-")]


def feedback(config: Config) -> list[tuple[bool, str] | None]:
    """What is kept of every answer's judgement."""
    store = open_conversations(config)
    assert store is not None
    kept = [exchange for one in store.list() for exchange in store.exchanges(one.id)]
    return [None if one.feedback is None else (one.feedback.good, one.feedback.comment) for one in kept]


def test_an_answer_is_judged_and_the_judgement_is_kept(start: Callable[..., AppTest], config: Config) -> None:
    app = start(config)
    app.chat_input[0].set_value(QUESTION).run()
    assert feedback(config) == [None]
    (thumbs,) = thumbs_of(app)
    thumbs.set_value("bad").run()
    assert feedback(config) == [(False, "")]
    (comment,) = [area for area in app.text_area if str(area.key).startswith("comment-")]
    comment.set_value("The time is of last year. ").run()
    (save,) = [button for button in app.button if str(button.key).startswith("comment-save-")]
    save.click().run()
    assert feedback(config) == [(False, "The time is of last year.")]
    (thumbs,) = thumbs_of(app)
    thumbs.set_value("good").run()
    assert feedback(config) == [(True, "The time is of last year.")]
    (thumbs,) = thumbs_of(app)
    thumbs.set_value(None).run()
    assert feedback(config) == [None]


def test_without_history_there_are_no_thumbs(start: Callable[..., AppTest], config: Config) -> None:
    app = start(replace(config, keep_history=False))
    app.chat_input[0].set_value(QUESTION).run()
    assert not thumbs_of(app)
    assert app.button(key="test-0")


def test_an_answer_becomes_a_test_question_once(
    start: Callable[..., AppTest], config: Config, tmp_path: Path
) -> None:
    settings = replace(config, test_set=str(tmp_path / "mine.jsonl"))
    app = start(settings)
    app.chat_input[0].set_value(QUESTION).run()
    app.button(key="test-0").click().run()
    assert not app.exception
    write(app, "21:41")
    assert "letter for letter" in app.error[0].value
    write(app, "21:40")
    (question,) = read_test_set(tmp_path / "mine.jsonl")
    text = open_library(config).passages.text("train.md")
    assert (question.question, question.language, question.document_id) == (QUESTION, "en", "train.md")
    assert question.answers == ("21:40",)
    assert question.start == text.index("21:40")
    write(app, "21:40")
    assert TEXTS["test_known"] in [info.value for info in app.info]
    assert len(read_test_set(tmp_path / "mine.jsonl")) == 1


def test_an_answer_from_documents_of_the_session_makes_no_test_question(
    start: Callable[..., AppTest], config: Config
) -> None:
    app = start(config)
    app.file_uploader(key="bring-files").set_value([("phare.md", b"The lighthouse has nine lamps.\n", "text/markdown")])
    app.button(key="bring-take").click().run()
    app.chat_input[0].set_value("How many lamps does the lighthouse have?").run()
    assert not [button for button in app.button if button.key == "test-0"]
    assert feedback(config) == []


def test_the_page_says_how_to_get_a_report(start: Callable[..., AppTest], config: Config) -> None:
    app = start(config)
    app.button(key="open-report").click().run()
    assert "There is no report yet" in app.info[0].value
    assert not app.chat_input
    app.button(key="report-back").click().run()
    assert app.chat_input


def test_the_page_shows_the_last_report_and_the_difference(start: Callable[..., AppTest], config: Config) -> None:
    library = open_library(config)
    questions = (
        TestQuestion("a", "en", QUESTION, ("21:40",), "train.md", None, True),
        TestQuestion("b", "de", "Wer malte ![x](http://evil.example) die Nachtwache?", (), None, None, False),
        TestQuestion("c", "en", "What has the boat?", ("sail",), "train.md", None, True),
    )
    for count, day in ((1, "2026-01-01"), (3, "2026-01-02")):
        saved = run(library, ExtractiveModel(), questions[:count], "mine.jsonl")[1]
        saved = replace(saved, created=f"{day}T00:00:00+00:00")
        save_report(saved, new_file(config, saved))
    app = start(config)
    app.button(key="open-report").click().run()
    assert not app.exception
    metrics = {metric.label: (metric.value, metric.delta) for metric in app.metric}
    assert metrics[TEXTS["figure_recall_1"]] == ("50.0%", "+0.0")  # over the one question that both have
    table, failed = (body.split("<tbody>")[1] for body in pages(app).split("<table")[1:])
    assert re.findall(r'<th scope="row" class="">(.*?)</th>', table) == ["German", "English", TEXTS["report_all"]]
    what = re.findall(rf'data-head="{TEXTS["report_what"]}" class="">(.*?)<', failed)
    assert what == [TEXTS["failed_answered"], TEXTS["failed_wrong"]]
    assert f"{TEXTS['by_quotes']} · communique-static" in pages(app)
    assert "![x](http://evil.example)" in failed  # as it stands, and nothing more
    assert TEXTS["report_before"].format(count=1) in [caption.value for caption in app.caption]
    french = start(config, locale="fr-FR").button(key="open-report").click().run()
    assert {metric.value for metric in french.metric} >= {"50,0\u202f%", "100,0\u202f%"}
    app.selectbox(key="report-file-first").select_index(1).run()
    assert TEXTS["report_first"] in [caption.value for caption in app.caption]
    assert not app.exception


def test_the_test_set_is_run_from_the_page(start: Callable[..., AppTest], config: Config, tmp_path: Path) -> None:
    row = TestQuestion("a", "en", QUESTION, ("21:40",), "train.md", None, True)
    (tmp_path / "mine.jsonl").write_text(json.dumps(asdict(row)), encoding="utf-8")
    app = start(replace(config, test_set=str(tmp_path / "mine.jsonl")))
    app.button(key="open-report").click().run()
    app.button(key="report-run").click().run()
    evaluator(config).wait(60)
    app.run()
    assert not app.exception
    assert not app.error
    assert len(report_files(config)) == 1
    assert {metric.label: metric.value for metric in app.metric}[TEXTS["figure_recall_1"]] == "100.0%"
    (tmp_path / "mine.jsonl").write_text("no", encoding="utf-8")
    app.button(key="report-run").click().run()
    evaluator(config).wait(60)
    app.run()
    assert "line 1" in app.error[0].value


def test_a_finished_evaluation_is_said_and_its_report_shown_in_the_place_of_the_one_before(
    start: Callable[..., AppTest], config: Config, tmp_path: Path
) -> None:
    rows = [TestQuestion(name, "en", QUESTION, ("21:40",), "train.md", None, True) for name in "ab"]
    file = tmp_path / "mine.jsonl"
    file.write_text("\n".join(json.dumps(asdict(row)) for row in rows), encoding="utf-8")
    for day in ("2026-01-01", "2026-01-02"):
        saved = run(open_library(config), ExtractiveModel(), rows[:1], str(file))[1]
        saved = replace(saved, created=f"{day}T00:00:00+00:00")
        save_report(saved, new_file(config, saved))
    app = start(replace(config, test_set=str(file)))
    app.button(key="open-report").click().run()
    app.selectbox(key="report-file-first").select_index(1).run()
    app.button(key="report-run").click().run()
    evaluator(config).wait(60)
    app.run()
    newest = report_files(config)[0]
    (chosen,) = [box for box in app.selectbox if str(box.key).startswith("report-file-")]
    assert chosen.value == newest
    assert app.success[0].value.startswith("The evaluation is finished")
    chosen.select_index(2).run()
    assert not app.success
    assert not app.exception


def test_questions_are_answered_while_the_test_set_is_asked_and_it_can_be_stopped(
    start: Callable[..., AppTest], config: Config, tmp_path: Path
) -> None:
    rows = [TestQuestion(name, "en", QUESTION, ("21:40",), "train.md", None, True) for name in "ab"]
    (tmp_path / "mine.jsonl").write_text("\n".join(json.dumps(asdict(row)) for row in rows), encoding="utf-8")
    settings, model = replace(config, test_set=str(tmp_path / "mine.jsonl")), Halting()
    evaluator(settings).start(open_library(settings), model, tmp_path / "mine.jsonl")
    assert model.begun.wait(60)
    app = start(settings)
    app.chat_input[0].set_value(QUESTION).run()
    assert len(thumbs_of(app)) == 1  # answered, while the other one waits
    app.button(key="open-report").click().run()
    assert not [button for button in app.button if button.key == "report-run"]  # one at a time
    app.button(key="stop-report").click().run()
    model.let_go.set()
    evaluator(settings).wait(60)
    assert TEXTS["report_stopped"] in [info.value for info in app.run().info]
    assert app.button(key="report-run")
    assert report_files(settings) == []


def test_documents_of_the_test_set_that_the_index_lacks_are_named(
    start: Callable[..., AppTest], config: Config, tmp_path: Path
) -> None:
    rows = [TestQuestion(name, "en", QUESTION, ("21:40",), f"{name}.md", None, True) for name in ("train", "lost")]
    file = tmp_path / "mine.jsonl"
    file.write_text("\n".join(json.dumps(asdict(row)) for row in rows), encoding="utf-8")
    app = start(replace(config, test_set=str(file)))
    app.button(key="open-report").click().run()
    told = TEXTS["report_missing"].format(count=1, documents="lost.md")
    assert [warning.value for warning in app.warning] == [inert_markdown(told)]
    file.write_text("no", encoding="utf-8")
    assert not app.run().warning
    assert not app.exception


def test_a_broken_report_is_one_sentence(start: Callable[..., AppTest], config: Config) -> None:
    (config.index / "reports").mkdir()
    (config.index / "reports" / "report-x.json").write_text("{}", encoding="utf-8")
    app = start(config)
    app.button(key="open-report").click().run()
    assert not app.exception
    assert "cannot be read" in app.error[0].value
