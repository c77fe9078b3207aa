"""The chat for everyone: WCAG AA as axe-core sees it, in light and dark, and the way through by keyboard alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import DESKTOP, PHONE, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ANSWERED = "c'est qui la secrétaire générale de Sécurtech Europe ?"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
LOCAL_AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core, skipped where it is not on this disk: no test fetches anything."""
    path = Path(os.environ.get("AXE_CORE", LOCAL_AXE))
    if not path.is_file():
        pytest.skip("axe-core is missing: run `npm install axe-core@4` here, or name its axe.min.js in AXE_CORE")
    return path.read_text(encoding="utf-8")


def complaints(page: Page, axe: str, *, within: str = "body") -> list[str]:
    """What axe finds against WCAG A and AA, a line for each element, shadow roots included."""
    page.evaluate(axe)
    found = page.evaluate(
        "([within, rules]) => axe.run(within, {runOnly: {type: 'tag', values: rules}})", [within, RULES]
    )
    return [
        f"{violation['id']}: {node['target']} {node['html'][:160]} {(node.get('failureSummary') or '')[:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "dark")])
def test_axe_finds_nothing(
    chromium: Browser, sample_chat: str, axe: str, tmp_path: Path, size: tuple[int, int], scheme: str
) -> None:
    visit = Visit(chromium, sample_chat, size, color_scheme=scheme)
    page = visit.page
    found = {"welcome": complaints(page, axe)}
    visit.ask(ANSWERED)
    page.locator(".st-key-why-0 summary").first.click()
    page.locator(".st-key-examined-0 summary").first.wait_for()
    page.wait_for_timeout(700)
    found["answer"] = complaints(page, axe)
    visit.open_first_citation()
    found["document"] = complaints(page, axe)
    page.screenshot(path=tmp_path / "document.png")
    page.locator(".st-key-close button").click()
    page.locator(".reading").wait_for(state="detached")
    if size == DESKTOP:
        for name in ("open-sources", "open-settings", "again-0", "take-0", "test-0"):
            page.locator(f".st-key-{name} button").click()
            page.get_by_role("dialog").wait_for()
            page.wait_for_timeout(400)  # it fades in, and half faded has less contrast
            found[name] = complaints(page, axe)
            page.screenshot(path=tmp_path / f"{name}.png")
            page.keyboard.press("Escape")
            page.get_by_role("dialog").wait_for(state="detached")
        for name in ("history-panel", "filters-panel", "bring-panel", "index-panel"):
            page.locator(f".st-key-{name} summary").first.click()
            visit.settle()
        page.locator(".st-key-rebuild button").first.wait_for()
        found["panels"] = complaints(page, axe)
        page.screenshot(path=tmp_path / "panels.png")
        page.locator(".st-key-open-report button").click()
        page.locator(".st-key-report-back button").wait_for()
        found["evaluation"] = complaints(page, axe)
    assert {step: lines for step, lines in found.items() if lines} == {}
    visit.end()


def contrast(page: Page, selector: str) -> float:
    """How far the words of a button stand out from its face, from 1 up; axe passes over what stands in a dialog."""
    colours = page.locator(selector).evaluate(
        """button => [getComputedStyle(button).color, getComputedStyle(button).backgroundColor]
        .map(colour => colour.match(/[\\d.]+/g).map(Number))"""
    )
    lights: list[float] = []
    for red, green, blue in (colour[:3] for colour in colours):
        parts = [part / 255 for part in (red, green, blue)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_button_that_acts_in_a_dialog_can_be_read(chromium: Browser, sample_chat: str, scheme: str) -> None:
    visit = Visit(chromium, sample_chat, color_scheme=scheme)
    page = visit.page
    visit.ask(ANSWERED)
    for name in ("again-0", "test-0"):
        page.locator(f".st-key-{name} button").click()
        page.locator("[role=dialog] [data-testid^=stBaseButton-primary]").wait_for()
        visit.settle()
        page.wait_for_timeout(400)
        assert contrast(page, "[role=dialog] [data-testid^=stBaseButton-primary]") >= 4.5
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")
    visit.end()


def focused(page: Page) -> str:
    """What a person who tabs is on: its name, through shadow roots."""
    name: str = page.evaluate(
        """() => { let at = document.activeElement;
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
        return (at?.getAttribute('aria-label') || at?.innerText || at?.placeholder || at?.tagName || '').trim(); }"""
    )
    return name


def press_until(page: Page, key: str, name: str) -> None:
    """Press ``key`` until what is called ``name`` has the focus."""
    seen = []
    for _ in range(60):
        page.keyboard.press(key)
        seen.append(focused(page))
        if name in seen[-1]:  # the name of an icon may stand before it
            return
    pytest.fail(f"{name!r} is not reached with {key}: {seen}")


def test_the_keyboard_alone_asks_reads_goes_back_and_asks_again(
    chromium: Browser, sample_chat: str, tmp_path: Path
) -> None:
    visit = Visit(chromium, sample_chat)
    page = visit.page
    press_until(page, "Tab", "Posez votre question")
    page.keyboard.type(ANSWERED)
    page.keyboard.press("Enter")
    visit.wait_for_turn(0)
    page.locator(".reply .marker").first.wait_for()
    page.get_by_role("status").get_by_text("La réponse est là.").wait_for()
    press_until(page, "Shift+Tab", "Ouvrir la citation 1")  # the source in the list, then the marker
    press_until(page, "Shift+Tab", "Ouvrir la citation 1")
    card = page.locator(".reply .card").first
    card.wait_for(state="visible")
    assert card.locator(".cited").inner_text().strip()
    assert "2024-01-22" in card.inner_text()
    page.screenshot(path=tmp_path / "card.png")
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    page.keyboard.press("Enter")
    page.locator(".reading mark").first.wait_for()
    page.wait_for_function("document.activeElement?.shadowRoot?.activeElement?.className === 'paper'")
    press_until(page, "Shift+Tab", "Fermer le document")
    page.keyboard.press("Enter")
    page.locator(".reading").wait_for(state="detached")
    page.wait_for_function("document.activeElement?.shadowRoot?.activeElement?.className === 'marker'")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement?.shadowRoot?.activeElement?.className === 'paper'")
    visit.settle()
    page.keyboard.press("Escape")
    page.locator(".reading").wait_for(state="detached")
    page.wait_for_function("document.activeElement?.shadowRoot?.activeElement?.className === 'marker'")
    press_until(page, "Tab", "Posez votre question")
    page.keyboard.type("Who painted The Night Watch?")
    page.keyboard.press("Enter")
    visit.wait_for_turn(1)
    page.locator(".desk-refusal").wait_for()
    visit.end()


def test_the_focus_comes_back_to_an_answer_drawn_anew_meanwhile(chromium: Browser, sample_chat: str) -> None:
    visit = Visit(chromium, sample_chat)
    page = visit.page
    visit.ask(ANSWERED)
    visit.open_first_citation()
    visit.settle()
    marker = page.locator(".reply .marker").first
    marker.evaluate("marker => marker.closest('.reply').replaceWith(marker.closest('.reply').cloneNode(true))")
    page.locator(".st-key-close button").press("Enter")
    page.locator(".reading").wait_for(state="detached")
    page.wait_for_function("document.activeElement?.shadowRoot?.activeElement?.className === 'marker'")
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.innerText") == marker.inner_text()
    visit.end()


def test_the_focus_that_came_back_is_not_lost_when_the_answer_is_drawn_anew_after_that(
    chromium: Browser, sample_chat: str
) -> None:
    visit = Visit(chromium, sample_chat)
    page = visit.page
    visit.ask(ANSWERED)
    visit.open_first_citation()
    visit.settle()
    page.locator(".st-key-close button").press("Enter")
    on_marker = "document.activeElement?.shadowRoot?.activeElement?.className === 'marker'"
    page.wait_for_function(on_marker)
    page.keyboard.press("Escape")
    marker = page.locator(".reply .marker").first
    marker.evaluate("marker => marker.closest('.reply').replaceWith(marker.closest('.reply').cloneNode(true))")
    page.wait_for_function(on_marker)
    press_until(page, "Tab", "Posez votre question")
    page.wait_for_timeout(500)
    assert "Posez votre question" in focused(page)  # whoever has moved on is not called back
    visit.end()


def test_a_document_drawn_anew_takes_the_focus_from_nobody_and_one_from_the_list_gives_it_back(
    chromium: Browser, sample_chat: str
) -> None:
    visit = Visit(chromium, sample_chat)
    page = visit.page
    page.locator(".st-key-open-sources button").press("Enter")
    page.locator(".documents .title").first.press("Enter")
    page.wait_for_function("document.activeElement?.shadowRoot?.activeElement?.className === 'paper'")
    visit.settle()
    page.locator(".st-key-open-settings button").press("Enter")
    page.locator("[class*=st-key-set-interface] input").click()
    page.get_by_role("option", name="Deutsch").click()
    page.get_by_role("dialog").get_by_text("Sprache der Seite").first.wait_for()
    page.get_by_role("listbox").wait_for(state="detached")
    visit.settle()
    for _ in range(30):  # a key may fall into the moment in which the dialog is drawn anew
        if not page.get_by_role("dialog").is_visible():
            break
        page.get_by_role("dialog").press("Escape")
        page.wait_for_timeout(3000)
    page.get_by_role("dialog").wait_for(state="detached")
    page.get_by_text("Dokument schließen").wait_for()
    visit.settle()
    page.wait_for_timeout(500)
    assert "Einstellungen" in focused(page)
    page.locator(".st-key-close button").press("Enter")
    page.locator(".reading").wait_for(state="detached")
    page.wait_for_function("document.activeElement?.closest('.st-key-open-sources')")
    visit.end()


def test_the_keyboard_reaches_what_stands_in_a_dialog(chromium: Browser, sample_chat: str, tmp_path: Path) -> None:
    visit = Visit(chromium, sample_chat)
    page = visit.page
    page.locator(".st-key-open-sources button").focus()
    page.keyboard.press("Enter")
    page.locator("[role=dialog] .documents tbody .title").first.wait_for()
    visit.settle()
    press_until(page, "Tab", "Ouvrir\u00a0: ")
    page.screenshot(path=tmp_path / "list.png")
    page.keyboard.press("Enter")
    page.locator(".reading .paper").wait_for()
    visit.settle()
    page.locator(".st-key-open-settings button").focus()
    page.keyboard.press("Enter")
    page.locator("[role=dialog] .theme button").first.wait_for()
    visit.settle()
    press_until(page, "Tab", "Sombre")
    page.screenshot(path=tmp_path / "looks.png")
    page.keyboard.press("Escape")
    page.locator("[role=dialog]").wait_for(state="detached")
    visit.end()
