"""The chat in a real Chromium: `rag chat` on the sample corpus, a question, its citation, the document beside it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ANSWERED = "c'est qui la secrétaire générale de Sécurtech Europe ?"
REFUSED = "Who painted The Night Watch?"
DESKTOP = (1280, 850)
PHONE = (390, 844)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_S = 60
LOCAL = {"localhost", "127.0.0.1"}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A Chromium, skipped where there is none."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("there is no Chromium: run `apt-get install chromium`, or name one in CHROMIUM")
    sync_api = pytest.importorskip("playwright.sync_api", reason="run `pip install 'communique-rag[test]'`")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `rag chat`, started in an empty folder, where it indexes the sample corpus by itself."""
    folder = tmp_path_factory.mktemp("chat")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "rag.cli", "chat", "--no-browser", "--port", str(port), "--index", "index"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(server, f"http://localhost:{port}/_stcore/health", folder / "log")
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait(START_S)
    assert server.returncode == 0, (folder / "log").read_text(encoding="utf-8")


def _wait(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"`rag chat` does not answer: {log.read_text(encoding='utf-8')}")


class Visit:
    """A page with what it asked the network for and what went wrong in it."""

    def __init__(self, browser: Browser, address: str, size: tuple[int, int], **options: str) -> None:
        """Open the page and wait until it can be typed in."""
        width, height = size
        context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-FR", **options)  # type: ignore[arg-type]
        self.hosts: set[str | None] = set()
        self.errors: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))
        self.page.on("websocket", lambda socket: self.hosts.add(urlsplit(socket.url).hostname))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)
        self.page.goto(address)
        self.page.locator("[data-testid=stChatInput] textarea").wait_for(timeout=START_S * 1000)

    def ask(self, question: str) -> None:
        """Type a question and wait for what comes back."""
        shown = self.page.locator(".desk-question").count()
        box = self.page.locator("[data-testid=stChatInput] textarea")
        box.fill(question)
        box.press("Enter")
        self.page.locator(f".st-key-why-{shown}").wait_for()

    def open_first_citation(self) -> None:
        """Click the first marker and wait for the document."""
        self.page.locator(".reply .marker").first.click()
        self.page.locator(".reading mark").first.wait_for()
        self.page.wait_for_timeout(400)  # it is scrolled to in the next frame

    def end(self) -> None:
        """Nothing went out, nothing failed, nothing is wider than the window."""
        width = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        self.page.context.close()
        assert self.hosts <= LOCAL | {None, ""}
        assert self.errors == []
        assert width <= 0


def _assert_mark_in_view(page: Page) -> None:
    """The mark comes to stand inside the paper and the window; a busy machine takes a moment to scroll there."""
    deadline = time.monotonic() + 10
    places: tuple[object, object] = (None, None)
    while time.monotonic() < deadline:
        mark = page.locator(".reading mark").first.bounding_box()
        paper = page.locator(".reading .paper").bounding_box()
        places = (mark, paper)
        size = page.viewport_size
        assert size is not None
        if mark and paper and paper["y"] <= mark["y"] <= paper["y"] + paper["height"]:
            assert 0 <= mark["y"] <= mark["y"] + min(mark["height"], 40) <= size["height"]
            return
        page.wait_for_timeout(200)
    pytest.fail(f"the marked passage is not in view: {places}")


def test_a_citation_opens_its_document_at_the_quoted_sentence(chromium: Browser, address: str, tmp_path: Path) -> None:
    visit = Visit(chromium, address, DESKTOP)
    page = visit.page
    page.screenshot(path=tmp_path / "welcome.png")
    visit.ask(ANSWERED)
    quote = page.locator(".reply .quote").first.inner_text().strip('«»“”"„ \u00a0\u202f')
    visit.open_first_citation()
    marked = page.locator(".reading mark").all_inner_texts()
    assert " ".join("".join(marked).split()) == quote
    _assert_mark_in_view(page)
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
    _assert_mark_in_view(page)
    page.locator(".st-key-close button").click()
    page.locator(".reading").wait_for(state="detached")
    visit.end()


def test_a_click_in_the_list_of_documents_opens_one(chromium: Browser, address: str) -> None:
    visit = Visit(chromium, address, DESKTOP)
    page = visit.page
    page.locator(".st-key-open-sources button").click()
    page.locator(".documents .title").first.click()
    page.locator(".reading .text").wait_for()
    assert page.locator(".reading .text").inner_text().strip()
    assert page.locator(".reading mark").count() == 0
    visit.end()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_works_on_a_phone(chromium: Browser, address: str, tmp_path: Path, scheme: str) -> None:
    visit = Visit(chromium, address, PHONE, color_scheme=scheme)
    visit.page.screenshot(path=tmp_path / "welcome.png")
    visit.ask(ANSWERED)
    visit.page.screenshot(path=tmp_path / "answer.png")
    visit.open_first_citation()
    _assert_mark_in_view(visit.page)
    visit.page.screenshot(path=tmp_path / "reading.png")
    visit.page.locator(".st-key-close button").click()
    visit.page.locator(".reading").wait_for(state="detached")
    visit.end()
