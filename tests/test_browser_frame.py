"""What stands around the page: the panel of a narrow window, and what is said when the server has stopped."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import DESKTOP, PHONE, Visit, a_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

ANSWERED = "c'est qui la secrétaire générale de Sécurtech Europe ?"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["narrow", "wide"])
def test_what_leads_elsewhere_puts_the_panel_of_a_narrow_window_away(
    chromium: Browser, sample_chat: str, tmp_path: Path, size: tuple[int, int]
) -> None:
    visit = Visit(chromium, sample_chat, size)
    page = visit.page
    visit.ask(ANSWERED)
    panel, unfold = page.get_by_test_id("stSidebar"), page.get_by_test_id("stExpandSidebarButton")
    for name in ("open-report", "new", "resume-"):
        if size == PHONE:
            unfold.click()
        if name == "resume-":
            page.locator(".st-key-history-panel summary").click()
        page.locator(f"[class*=st-key-{name}] button").first.click()
        visit.settle()
        page.wait_for_timeout(500)
        page.screenshot(path=tmp_path / f"{name}.png")
        place = panel.bounding_box()
        assert place is not None
        assert (place["x"] + place["width"] > 100) == (size == DESKTOP), name
    page.locator(".reply").first.wait_for()
    visit.end()


def test_a_list_of_values_speaks_the_language_of_the_page_and_shows_whole_titles(
    chromium: Browser, sample_chat: str, tmp_path: Path
) -> None:
    visit = Visit(chromium, sample_chat)
    page = visit.page
    page.locator(".st-key-filters-panel summary").first.click()
    visit.settle()
    for _ in range(20):  # one that opens while the panel is still being drawn is closed again
        page.locator("[class*=st-key-filter-document] input").first.click()
        page.wait_for_timeout(500)
        if page.get_by_role("listbox").is_visible():
            break
    options = page.get_by_role("option")
    options.get_by_text("Tout choisir").wait_for()
    title = options.get_by_text("Correction: new number for the Helianthe helpline")
    assert title.evaluate("line => line.scrollWidth <= line.clientWidth")
    page.screenshot(path=tmp_path / "list.png")
    page.keyboard.press("Escape")
    visit.settle()
    visit.end()


def test_a_server_that_stopped_is_named_with_its_own_command(chromium: Browser, tmp_path: Path) -> None:
    with a_server(tmp_path) as (url, process):
        visit = Visit(chromium, url)
        page = visit.page
        page.wait_for_function("document.documentElement.lang === 'fr'")
        visit.settle()
        os.kill(process, signal.SIGTERM)
        dialog = page.get_by_role("dialog")
        dialog.wait_for()
        page.screenshot(path=tmp_path / "stopped.png")
        told = dialog.inner_text()
        assert "Communiqué s’est arrêté" in told
        assert "rag chat" in told
        assert "treamlit" not in told
        assert dialog.get_by_role("button", name="Fermer").count() == 1
        page.context.close()
