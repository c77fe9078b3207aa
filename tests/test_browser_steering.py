"""The chat steered in a real Chromium: another strictness, a follow-up reworded, the page of a PDF, other settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import DESKTOP, PHONE, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

ANSWERED = "c'est qui la secrétaire générale de Sécurtech Europe ?"
TABLET = (768, 1024)
FOLLOW_UP = "Et à Trieste ?"
IN_A_PDF = "Hoeveel cocaïne werd bij Operatie Grijs Zout in beslag genomen?"


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "dark"), (PHONE, "light")], ids=["wide", "narrow"])
def test_the_same_question_asked_again_more_strictly_is_refused(
    chromium: Browser, sample_chat: str, tmp_path: Path, size: tuple[int, int], scheme: str
) -> None:
    visit = Visit(chromium, sample_chat, size, color_scheme=scheme)
    page = visit.page
    visit.ask(ANSWERED)
    visit.settle()
    page.locator(".st-key-again-0 button").click()
    page.get_by_role("dialog").wait_for()
    page.locator("[class*=st-key-again-strictness] input[type=range]").press("End")  # 100 %: no probability is certain
    visit.settle()
    page.screenshot(path=tmp_path / "again.png")
    page.locator(".st-key-again-ask button").click()
    visit.wait_for_turn(1)
    page.locator(".st-key-turn-1 .desk-refusal").wait_for()
    assert "100" in page.locator(".st-key-turn-1 .desk-note").first.inner_text()
    visit.settle()
    page.screenshot(path=tmp_path / "refused.png")
    visit.end()


def test_a_follow_up_shows_what_it_was_searched_as_and_can_be_reworded(
    chromium: Browser, sample_chat: str, tmp_path: Path
) -> None:
    visit = Visit(chromium, sample_chat, locale="fr-FR")
    page = visit.page
    visit.ask("Quand l'Agence Hélianthe a-t-elle ouvert son siège à Gorizia ?")
    visit.ask(FOLLOW_UP)
    searched = page.locator(".st-key-turn-1 .desk-note").first.inner_text()
    assert "Hélianthe" in searched
    assert "Trieste" in searched
    visit.settle()
    page.screenshot(path=tmp_path / "follow-up.png")
    page.locator(".st-key-edit-1 button").click()
    box = page.locator("[class*=st-key-again-question] textarea")
    box.wait_for()
    assert "Hélianthe" in box.input_value()
    box.fill("Combien de salariés travaillent au siège de l'Agence Hélianthe à Trieste ?")
    box.blur()
    visit.settle()
    page.locator(".st-key-again-ask button").click()
    visit.wait_for_turn(2)
    assert "salariés" in page.locator(".st-key-turn-2 .desk-note").first.inner_text()
    visit.end()


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["wide", "narrow"])
def test_a_quotation_of_a_pdf_opens_on_its_printed_page(
    chromium: Browser, sample_chat: str, tmp_path: Path, size: tuple[int, int], scheme: str
) -> None:
    visit = Visit(chromium, sample_chat, size, color_scheme=scheme, locale="nl-NL")
    page = visit.page
    visit.ask(IN_A_PDF)
    visit.open_first_citation()
    assert ".pdf" in page.locator(".reading .facts").inner_text()
    page.locator(".st-key-view [role=radio], .st-key-view button").nth(1).click()
    page.locator(".st-key-printed img").wait_for()
    visit.settle()
    page.screenshot(path=tmp_path / "page.png")
    assert page.locator(".st-key-printed img").evaluate("image => image.naturalWidth") > 500
    page.locator(".st-key-close button").click()
    page.locator(".st-key-printed").wait_for(state="detached")
    visit.end()


def test_the_printed_page_stays_in_the_window_at_the_end_of_a_talk(
    chromium: Browser, sample_chat: str, tmp_path: Path
) -> None:
    visit = Visit(chromium, sample_chat)
    page = visit.page
    for _ in range(3):
        visit.ask(IN_A_PDF)
    visit.settle()
    page.wait_for_timeout(1_000)  # the last question comes to the top
    visit.open_first_citation()
    page.locator(".st-key-view [role=radio], .st-key-view button").nth(1).click()
    page.locator(".st-key-printed img").wait_for()
    visit.settle()
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, main.scrollHeight)")
    page.wait_for_timeout(500)
    page.screenshot(path=tmp_path / "end.png")
    top, bottom = page.locator(".st-key-close").bounding_box(), page.locator(".st-key-printed").bounding_box()
    below = page.get_by_test_id("stBottomBlockContainer").bounding_box()
    assert top is not None
    assert bottom is not None
    assert below is not None
    assert top["y"] >= 48
    assert bottom["y"] + bottom["height"] <= below["y"]
    visit.end()


def test_on_a_tablet_the_document_stands_between_its_buttons_and_the_input(
    chromium: Browser, sample_chat: str, tmp_path: Path
) -> None:
    visit = Visit(chromium, sample_chat, TABLET)
    page = visit.page
    visit.ask(IN_A_PDF)
    visit.open_first_citation()
    for part in (".reading", ".st-key-printed"):
        if part != ".reading":
            page.locator(".st-key-view [role=radio], .st-key-view button").nth(1).click()
            page.locator(".st-key-printed img").wait_for()
        visit.settle()
        page.wait_for_timeout(500)
        page.screenshot(path=tmp_path / f"{part.strip('.')}.png")
        close, search = (page.locator(f".st-key-{name} button").bounding_box() for name in ("close", "only-here"))
        below, shown = page.get_by_test_id("stBottomBlockContainer").bounding_box(), page.locator(part).bounding_box()
        assert close is not None
        assert search is not None
        assert below is not None
        assert shown is not None
        assert 48 <= close["y"] == search["y"]  # on one line, under the bar of the window
        assert search["x"] + search["width"] <= TABLET[0]
        assert shown["y"] + shown["height"] <= below["y"]
    visit.end()


def test_the_language_and_the_looks_of_the_page_are_set_and_kept(
    chromium: Browser, sample_chat: str, tmp_path: Path
) -> None:
    visit = Visit(chromium, sample_chat, locale="fr-FR", color_scheme="light")
    page = visit.page
    page.wait_for_function("document.documentElement.lang === 'fr'")
    page.locator(".st-key-open-settings button").click()
    page.get_by_role("dialog").wait_for()
    page.locator("[class*=st-key-set-interface] input").click()
    page.get_by_role("option", name="Deutsch").click()
    page.get_by_role("dialog").get_by_text("Sprache der Seite").first.wait_for()
    page.wait_for_function("document.documentElement.lang === 'de'")
    visit.settle()
    page.screenshot(path=tmp_path / "settings.png")
    page.locator(".theme button", has_text="Dunkel").click()  # the page is loaded anew
    page.get_by_placeholder("Stellen Sie Ihre Frage").wait_for()
    red, green, blue = page.evaluate(
        "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor.match(/\\d+/g).map(Number)"
    )
    assert max(red, green, blue) < 60
    page.screenshot(path=tmp_path / "dark.png")
    visit.end()
