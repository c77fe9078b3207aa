"""The chat in a real Chromium: `rag chat` on the sample corpus, a question, its citation, the document beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import DESKTOP, PHONE, Visit, assert_mark_in_view

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

ANSWERED = "c'est qui la secrétaire générale de Sécurtech Europe ?"
REFUSED = "Who painted The Night Watch?"


def test_a_citation_opens_its_document_at_the_quoted_sentence(
    chromium: Browser, sample_chat: str, tmp_path: Path
) -> None:
    visit = Visit(chromium, sample_chat, DESKTOP)
    page = visit.page
    page.screenshot(path=tmp_path / "welcome.png")
    visit.ask(ANSWERED)
    quote = page.locator(".reply .quote").first.inner_text().strip('«»“”"„ \u00a0\u202f')
    visit.open_first_citation()
    marked = page.locator(".reading mark").all_inner_texts()
    assert " ".join("".join(marked).split()) == quote
    assert_mark_in_view(page)
    talk, reading = page.locator(".st-key-talk").bounding_box(), page.locator(".reading").bounding_box()
    assert talk is not None
    assert reading is not None
    assert talk["x"] + talk["width"] <= reading["x"]  # beside, not under
    page.screenshot(path=tmp_path / "chat.png")
    visit.ask(REFUSED)
    page.locator(".desk-refusal").wait_for()
    page.wait_for_timeout(1200)
    page.locator(".st-key-reading .paper").wait_for()
    page.screenshot(path=tmp_path / "refusal.png")
    page.locator(".st-key-turn-1 .hits .open").first.click()
    page.locator(".reading mark").first.wait_for()
    page.wait_for_timeout(400)
    assert_mark_in_view(page)
    page.locator(".st-key-close button").click()
    page.locator(".reading").wait_for(state="detached")
    visit.end()


def test_a_click_in_the_list_of_documents_opens_one(chromium: Browser, sample_chat: str) -> None:
    visit = Visit(chromium, sample_chat, DESKTOP)
    page = visit.page
    page.locator(".st-key-open-sources button").click()
    page.locator(".documents .title").first.click()
    page.locator(".reading .text").wait_for()
    assert page.locator(".reading .text").inner_text().strip()
    assert page.locator(".reading mark").count() == 0
    visit.end()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_works_on_a_phone(chromium: Browser, sample_chat: str, tmp_path: Path, scheme: str) -> None:
    visit = Visit(chromium, sample_chat, PHONE, color_scheme=scheme)
    visit.page.screenshot(path=tmp_path / "welcome.png")
    visit.ask(ANSWERED)
    visit.page.screenshot(path=tmp_path / "answer.png")
    visit.open_first_citation()
    assert_mark_in_view(visit.page)
    visit.page.screenshot(path=tmp_path / "reading.png")
    visit.page.locator(".st-key-close button").click()
    visit.page.locator(".reading").wait_for(state="detached")
    visit.end()


def test_what_was_pressed_stays_in_its_place_and_the_page_comes_back_after_a_reload(
    chromium: Browser, sample_chat: str
) -> None:
    visit = Visit(chromium, sample_chat)
    page = visit.page
    for question in (
        "c'est qui la secrétaire générale de Sécurtech Europe ?",
        "Que s’est-il passé le 3 mars 2024 ?",
        "Combien d'entreprises représente Sécurtech Europe ?",
    ):
        visit.ask(question)
    visit.settle()
    page.wait_for_timeout(1_500)  # the last turn is still being brought into view
    marker = page.locator(".st-key-turn-2 .reply .marker").first
    before = marker.bounding_box()
    marker.click()
    page.locator(".reading mark").first.wait_for()
    visit.settle()
    page.wait_for_timeout(1_000)
    after = marker.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 20
    page.reload()
    page.locator(".st-key-turn-2 .reply").wait_for()
    assert page.locator(".desk-question").count() == 3
    visit.end()
