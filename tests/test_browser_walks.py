"""What a person does over some days, in a real Chromium, wide and narrow, light and dark, in French and in English.

Narrow the search, pin the language of the answers, compare documents of two dates, take an answer away, find, rename
and delete a conversation; each step leaves a screenshot to look at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from app_pages import DOCUMENTS
from browsing import DESKTOP, PHONE, Visit, a_server
from conftest import write_corpus

from rag.answer.extractive import ExtractiveModel
from rag.ask import ask
from rag.build import build
from rag.config import Config
from rag.exchange import Exchange
from rag.library import made_with, open_library
from rag.store.conversations import Conversations, open_conversations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

BUDGET = "Quel est le montant du budget de la ville de Morvans ?"
LONG = "Rechtsschutzversicherungsgesellschaften-Beitragsbemessungsgrenze des Landkreises, très longue question gardée"
BUDGETS = {
    f"budget-{year}.md": f"---\ntitle: Le budget {year} de la ville de Morvans\ndate: {year}-02-03\n"
    f"source: Mairie de Morvans\n---\n\nLe montant du budget de la ville de Morvans est de {sum_} millions d'euros.\n"
    for year, sum_ in ((2021, 12), (2023, 15))
}
WALKS = [(DESKTOP, "light", "fr-FR"), (PHONE, "dark", "en-GB")]


@pytest.fixture(scope="module")
def served(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Config]]:
    """The address of `rag chat` on a few documents, two of which differ in date, and its settings."""
    folder = tmp_path_factory.mktemp("walks")
    config = Config(index=folder / "index")
    build(write_corpus(folder / "corpus", DOCUMENTS | BUDGETS), config)
    (folder / "rag.toml").write_text("[rag]\nstrictness = 0.0\n", encoding="utf-8")
    with a_server(folder) as (url, _):
        yield url, config


def store_of(config: Config) -> Conversations:
    """The kept conversations."""
    store = open_conversations(config)
    assert store is not None
    return store


def open_panel(page: Page) -> None:
    """Bring the panel at the side into view where the window is narrow."""
    button = page.get_by_test_id("stExpandSidebarButton")
    if button.count() and button.is_visible():
        button.click()
    page.locator(".st-key-new button").wait_for()


def close_panel(page: Page) -> None:
    """Put it away again where it covers the page."""
    size = page.viewport_size
    assert size is not None
    if size["width"] == PHONE[0]:
        page.get_by_test_id("stSidebarCollapseButton").locator("button").click()


def close_dialog(page: Page) -> None:
    """Leave the dialog."""
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")


@pytest.mark.parametrize(("size", "scheme", "locale"), WALKS, ids=["wide", "narrow"])
def test_a_question_is_narrowed_compared_and_taken_away(
    chromium: Browser, served: tuple[str, Config], tmp_path: Path, size: tuple[int, int], scheme: str, locale: str
) -> None:
    pinned = quote(json.dumps({"answers": "de"}))
    visit = Visit(chromium, served[0], size, cookie=pinned, color_scheme=scheme, locale=locale)
    page = visit.page
    visit.settle()
    page.locator(".st-key-example-0 button").wait_for()
    page.screenshot(path=tmp_path / "welcome.png")
    visit.ask(BUDGET)
    page.locator(".st-key-turn-0 .beside").wait_for()
    heads = page.locator(".st-key-turn-0 .beside .head").all_inner_texts()
    assert [next(year for year in ("2023", "2021") if year in head) for head in heads[:2]] == ["2023", "2021"]
    assert page.locator(".st-key-turn-0 .lead").inner_text().startswith("In den Dokumenten")  # as pinned
    visit.settle()
    page.screenshot(path=tmp_path / "beside.png")
    page.locator(".st-key-turn-0 .marker").first.click()
    page.locator(".reading mark").first.wait_for()
    visit.settle()
    page.screenshot(path=tmp_path / "document.png")
    page.locator(".st-key-only-here button").click()
    page.locator("[class*=st-key-chip-] button").first.wait_for(state="attached")  # a phone shows the document alone
    visit.settle()
    page.locator(".st-key-close button").click()
    page.locator(".reading").wait_for(state="detached")
    visit.settle()
    # Streamlit draws it twice, for a mouse and for a finger.
    chip = page.locator("[class*=st-key-chip-] button:visible").first
    chip.wait_for()
    visit.ask(BUDGET)
    visit.settle()
    assert page.locator(".st-key-turn-1 .sentence").count() == 1
    assert page.locator(".st-key-turn-1 .beside").count() == 0  # one document alone has nothing to be compared with
    page.screenshot(path=tmp_path / "chips.png")
    chip.click()
    page.locator("[class*=st-key-chip-]").wait_for(state="detached")
    page.locator(".st-key-take-1 button").click()
    page.get_by_role("dialog").wait_for()
    for suffix, begin in {"md": b"# ", "html": b"<!DOCTYPE html>", "docx": b"PK", "json": b"{"}.items():
        with page.expect_download() as download:
            page.locator(f".st-key-download-{suffix} button").click()
        data = Path(download.value.path()).read_bytes()
        assert data.lstrip().lower().startswith(begin.lower()), suffix
        assert download.value.suggested_filename.endswith(f".{suffix}")
    page.screenshot(path=tmp_path / "take-away.png")
    close_dialog(page)
    visit.end()


@pytest.mark.parametrize(("size", "scheme", "locale"), WALKS, ids=["wide", "narrow"])
def test_a_kept_conversation_is_found_renamed_and_deleted(
    chromium: Browser, served: tuple[str, Config], tmp_path: Path, size: tuple[int, int], scheme: str, locale: str
) -> None:
    store = store_of(served[1])
    store.delete_all()
    names = [LONG, *(f"Question {place}" for place in range(5))]
    numbers = {name: store.start(name) for name in names}
    library = open_library(served[1])
    answer = ask(library, BUDGET, ExtractiveModel())
    store.add(numbers[LONG], Exchange(BUDGET, "2026-01-02T03:04:05+00:00", answer, made_with=made_with(library)))
    visit = Visit(chromium, served[0], size, color_scheme=scheme, locale=locale)
    page = visit.page
    open_panel(page)
    page.locator(".st-key-history-panel summary").click()
    page.locator(".st-key-find-conversation input").wait_for()
    page.screenshot(path=tmp_path / "conversations.png")
    page.locator(".st-key-find-conversation input").fill("beitragsbemessungsgrenze")
    page.locator(".st-key-find-conversation input").press("Enter")
    page.locator(f".st-key-line-{numbers['Question 0']}").wait_for(state="detached")
    page.locator(f".st-key-change-{numbers[LONG]} button").click()
    page.get_by_role("dialog").wait_for()
    page.locator("[class*=st-key-rename-] input").fill("Beitragsbemessungsgrenze, umbenannt")
    page.locator("[class*=st-key-rename-] input").press("Enter")
    page.screenshot(path=tmp_path / "rename.png")
    page.locator(".st-key-rename-do button").click()
    page.locator(f".st-key-resume-{numbers[LONG]}").get_by_text("umbenannt").wait_for()
    visit.settle()
    page.locator(f".st-key-change-{numbers[LONG]} button").click()
    page.locator("[class*=st-key-delete-sure] label").click()
    page.locator(".st-key-delete-do button").click()
    page.locator(f".st-key-line-{numbers[LONG]}").wait_for(state="detached")
    page.screenshot(path=tmp_path / "deleted.png")
    assert {conversation.title for conversation in store.list()} == set(names[1:])
    close_panel(page)
    visit.end()
