"""The chat in Chromium over hostile documents: everything of theirs is text, and nothing leaves this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import Visit, a_server
from conftest import write_corpus

from rag.build import build
from rag.config import Config

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

TITLE = (
    "<script>window.pwned = 1</script> ![img](http://evil.example/x.png) [go](http://evil.example) "
    "$\\frac{a}{b}$ :material/home: \u202egnp.exe <img src=http://evil.example/t.png onerror=window.pwned=2>"
)
HOSTILE = {
    "🧨 café & <b>.md": f"---\ntitle: '{TITLE}'\ndate: 2023-05-06\n"
    "source: '<img src=x onerror=window.pwned=3>'\n---\n\n"
    "The harbour master of Kvalnes is <b>Torvald Haugen</b>, ![p](http://evil.example/p.png) "
    "[he lives](javascript:window.pwned=4) in $E=mc^2$ street, \u202edesrever\u202c, see http://evil.example/page "
    "and <img src=http://evil.example/i.png onerror=window.pwned=5>.\n\n<script>window.pwned = 6</script>\n"
    "<link rel=icon href=http://evil.example/favicon.ico><style>@import url(http://evil.example/a.css)</style>\n",
    "page.html": "<!DOCTYPE html><html lang='en'><head><title>Ferry &lt;img src=x onerror=window.pwned=7&gt;</title>"
    "<link rel='stylesheet' href='http://evil.example/style.css'></head><body>"
    "<p>The ferry to Skarvoy leaves at 06:15 from the third quay. <img src='http://evil.example/ferry.png'></p>"
    "<script>fetch('http://evil.example/')</script></body></html>",
    "long line.txt": "The lighthouse keeper of Ormsund counted the gulls. " * 20_000,
}


@pytest.fixture(scope="module")
def address(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `rag chat` on the hostile documents."""
    folder = tmp_path_factory.mktemp("hostile")
    build(write_corpus(folder / "corpus", HOSTILE), Config(index=folder / "index"))
    (folder / "rag.toml").write_text("[rag]\nstrictness = 0.0\n", encoding="utf-8")
    with a_server(folder) as (url, _):
        yield url


def test_hostile_documents_are_text_and_nothing_leaves_this_machine(
    chromium: Browser, address: str, tmp_path: Path
) -> None:
    visit = Visit(chromium, address, locale="en-GB")
    page = visit.page
    visit.ask("Who is the harbour master of Kvalnes?")
    page.locator(".reply .marker").first.hover()
    page.locator(".reply .card").first.wait_for(state="visible")
    page.mouse.move(5, 5)
    page.locator(".reply .card").first.wait_for(state="hidden")
    page.locator(".st-key-why-0 summary").first.click()
    visit.open_first_citation()
    shown = page.locator(".reading").inner_text()
    assert "<b>Torvald Haugen</b>" in shown
    assert "<script>window.pwned = 6</script>" in shown
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(page.locator("body").inner_text())
    page.screenshot(path=tmp_path / "hostile.png")
    page.locator(".st-key-only-here button").click()  # its title becomes a chip and the value of a filter
    page.locator("[class*=st-key-chip-] button").first.wait_for()
    page.locator(".st-key-filters-panel summary").first.click()
    page.locator("[class*=st-key-chip-] button").first.click()
    page.locator("[class*=st-key-chip-]").wait_for(state="detached")
    visit.settle()
    page.locator(".st-key-history-panel summary").first.click()
    visit.ask("When does the ferry to Skarvoy leave? <img src=http://evil.example/q.png> $x$ [a](http://evil.example)")
    visit.ask("What did the lighthouse keeper of Ormsund count?")
    page.locator(".st-key-turn-2 .reply .marker").first.click()
    page.locator(".reading .text").wait_for()
    page.locator(".st-key-open-sources button").click()
    page.locator(".documents .title").first.wait_for()
    assert page.locator(".documents .title").count() == len(HOSTILE)
    page.screenshot(path=tmp_path / "sources.png")
    page.wait_for_timeout(1_000)
    assert page.evaluate("window.pwned") is None
    assert page.locator("[src*=evil], [href*=evil], a[href^=http]:not([href*=localhost])").count() == 0
    visit.end()


def test_ten_people_at_once_get_their_own_answers(chromium: Browser, address: str) -> None:
    questions = {
        "Who is the harbour master of Kvalnes?": "Torvald Haugen",
        "When does the ferry to Skarvoy leave?": "06:15",
    }
    visits = [Visit(chromium, address, locale="en-GB") for _ in range(10)]
    asked = [list(questions.items())[position % 2] for position in range(10)]
    for visit, (question, _) in zip(visits, asked, strict=True):
        visit.ask(question, wait=False)
    for visit, (question, answer) in zip(visits, asked, strict=True):
        visit.wait_for_turn(0)
        assert visit.page.locator(".desk-question").all_inner_texts() == [question]
        assert answer in visit.page.locator(".reply .quote").first.inner_text()
    for visit in visits:
        visit.end()
