"""In a real Chromium: drop a file in, ask it, judge an answer, make a test question of it, build the index again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import PHONE, Visit, a_server

from rag.answer.extractive import ExtractiveModel
from rag.build import build
from rag.config import Config
from rag.evaluate import TestQuestion, read_test_set
from rag.library import open_library
from rag.report import new_file, run, save_report
from rag.sample import sample_corpus
from rag.store.conversations import open_conversations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PHARE = "# Le phare\n\nLe phare d'Aubrac fut allumé le 4 juin 1911.\n"
PRIVATE = "Quand le phare d'Aubrac fut-il allumé ?"
SHARED = "c'est qui la secrétaire générale de Sécurtech Europe ?"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Config]]:
    """The address of `rag chat` on a copy of the sample corpus, and its settings."""
    folder = tmp_path_factory.mktemp("bring")
    config = Config(index=folder / "index")
    shutil.copytree(sample_corpus(), folder / "corpus")
    build(folder / "corpus", config)
    with a_server(folder) as (url, _):
        yield url, config


def assert_only_the_shared_question_is_kept(config: Config) -> None:
    """It was made a test question and kept with its thumb; the one on the private file left nothing."""
    (question,) = read_test_set(config.index / "questions.jsonl")
    assert question.question == SHARED
    store = open_conversations(config)
    assert store is not None
    kept = [exchange for one in store.list() for exchange in store.exchanges(one.id)]
    assert [exchange.exchange.question for exchange in kept] == [SHARED]
    assert kept[0].feedback is not None
    assert kept[0].feedback.good


def test_a_file_is_dropped_in_asked_judged_and_the_index_built(
    chromium: Browser, served: tuple[str, Config], tmp_path: Path
) -> None:
    address, config = served
    generation = (config.index / "current").read_text(encoding="utf-8")
    visit = Visit(chromium, address)
    page = visit.page
    box = page.locator("[data-testid=stChatInput] textarea")
    page.locator(".st-key-bring-panel summary").click()
    files = page.locator(".st-key-bring-panel input[type=file]")
    files.set_input_files({"name": "phare.md", "mimeType": "text/markdown", "buffer": PHARE.encode()})
    page.locator(".st-key-bring-panel").get_by_text("phare.md").first.wait_for()
    page.locator(".st-key-bring-take button").click()
    page.locator(".desk-outcomes").first.wait_for()
    page.screenshot(path=tmp_path / "brought.png")
    box.fill(PRIVATE)
    box.press("Enter")
    page.locator(".st-key-turn-0 .reply").wait_for()
    assert "4 juin 1911" in page.locator(".st-key-turn-0 .reply").inner_text()
    assert page.locator(".st-key-test-0").count() == 0
    page.screenshot(path=tmp_path / "cited.png")
    box.fill(SHARED)
    box.press("Enter")
    page.locator(".st-key-test-1").wait_for()
    page.locator("[class*=st-key-thumbs-] button").first.click()
    page.locator("[class*=st-key-comment-panel-]").wait_for()
    page.screenshot(path=tmp_path / "judged.png")
    page.locator(".st-key-test-1 button").click()
    page.locator(".st-key-test-write button").click()
    page.locator("[role=dialog] [data-testid=stAlert]").wait_for()
    page.screenshot(path=tmp_path / "test-question.png")
    page.keyboard.press("Escape")
    page.locator("[role=dialog]").wait_for(state="detached")
    page.locator(".st-key-index-panel summary").click()
    page.locator(".st-key-rebuild button").first.click()
    page.locator("[data-testid=stSidebar] [data-testid=stAlert]").wait_for()
    page.screenshot(path=tmp_path / "rebuilt.png")
    page.locator(".st-key-again-1 button").click()
    asked_anew = page.locator("[role=dialog] textarea")
    asked_anew.fill("et avant elle ?")
    build(Path(config.index).parent / "corpus", config)  # in a terminal, say; the page looks every five seconds
    page.wait_for_timeout(7_000)
    assert asked_anew.input_value() == "et avant elle ?"
    page.keyboard.press("Escape")
    page.locator("[role=dialog]").wait_for(state="detached")
    visit.settle()
    visit.end()
    assert (config.index / "current").read_text(encoding="utf-8") != generation
    assert_only_the_shared_question_is_kept(config)


def test_a_file_over_the_limit_is_named_with_its_reason(
    chromium: Browser, served: tuple[str, Config], tmp_path: Path
) -> None:
    large = tmp_path / "énorme.txt"
    with large.open("wb") as file:
        file.truncate(51 * 1024 * 1024)
    visit = Visit(chromium, served[0])
    page = visit.page
    page.locator(".st-key-bring-panel summary").click()
    zone = page.locator(".st-key-bring-files")
    zone.get_by_role("button", name="Choisir").wait_for()
    assert "per file" not in zone.inner_text()
    zone.locator("input[type=file]").set_input_files([str(large)])
    page.locator("[data-testid=stFileChip][aria-invalid=true]").wait_for()
    page.wait_for_timeout(1_000)
    visit.settle()
    page.locator(".st-key-bring-take button").click()
    told = page.locator(".desk-outcomes li")
    told.first.wait_for()
    page.screenshot(path=tmp_path / "large.png")
    assert "énorme.txt Refusé · il dépasse 50 Mo" in " ".join(told.first.inner_text().split())
    visit.end()


def test_a_report_fits_a_phone(chromium: Browser, served: tuple[str, Config], tmp_path: Path) -> None:
    address, config = served
    questions = [TestQuestion(name, "fr", SHARED, ("Personne",), "lost.md", None, True) for name in "ab"]
    saved = run(open_library(config), ExtractiveModel(), questions, "mine.jsonl")[1]
    save_report(saved, new_file(config, saved))
    visit = Visit(chromium, address, PHONE)
    page = visit.page
    visit.settle()
    page.get_by_test_id("stExpandSidebarButton").click()
    page.locator(".st-key-open-report button").click()
    page.locator(".desk-table.is-failed").wait_for()
    visit.settle()
    page.wait_for_timeout(800)
    page.screenshot(path=tmp_path / "report.png")
    for table in page.locator(".desk-table").all():
        assert table.evaluate("table => table.scrollWidth <= innerWidth && table.getBoundingClientRect().left >= 0")
    first, second = (page.get_by_test_id("stMetric").nth(place).bounding_box() for place in (0, 1))
    assert first is not None
    assert second is not None
    assert first["y"] == second["y"]
    page.locator(".st-key-report-back button").click()
    page.locator("[data-testid=stChatInput] textarea").wait_for()
    visit.end()
