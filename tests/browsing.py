"""What the browser tests share: a Chromium, `rag chat` in a folder, and a visit that watches what it asks for."""

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
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

DESKTOP = (1280, 850)
PHONE = (390, 844)
START_S = 240  # a busy machine takes its time; nothing waits longer than it has to
LOCAL = {"localhost", "127.0.0.1"}
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def a_chromium() -> Iterator[Browser]:
    """A Chromium; the test is skipped where there is none."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("there is no Chromium: run `apt-get install chromium`, or name one in CHROMIUM")
    sync_api = pytest.importorskip("playwright.sync_api", reason="run `pip install 'communique-rag[test]'`")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield browser
        browser.close()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def a_server(folder: Path, *options: str, port: int | None = None) -> Iterator[tuple[str, int]]:
    """The address and the process of `rag chat` in ``folder``, stopped in good order at the end."""
    port = port or free_port()
    command = [sys.executable, "-m", "rag.cli", "chat", "--no-browser", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([*command, *options], cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(server, f"http://localhost:{port}/_stcore/health", folder / "log")
            yield f"http://localhost:{port}", server.pid
        finally:
            server.terminate()
            server.wait(START_S)
    assert server.returncode == 0, (folder / "log").read_text(encoding="utf-8")


def wait_for(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Return when ``server`` answers at ``url``; fail with its ``log`` where it never does."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"`rag chat` does not answer: {log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A Chromium for the tests of one file, skipped where there is none; it may not outlive them (its loop runs on)."""
    with a_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def sample_chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the one `rag chat` on the sample corpus, which it indexes itself: its folder is empty at first."""
    with a_server(tmp_path_factory.mktemp("chat")) as (url, _):
        yield url


def _is_error(line: ConsoleMessage) -> bool:
    """Whether the page went wrong. Streamlit looks whether a download is there, and one whose dialog is gone is not."""
    withdrawn = "/media/" in line.location.get("url", "") or "Download Button source error" in line.text
    return line.type == "error" and not withdrawn


class Visit:
    """A page with what it asked the network for and what went wrong in it."""

    def __init__(
        self, browser: Browser, address: str, size: tuple[int, int] = DESKTOP, *, cookie: str = "", **options: str
    ) -> None:
        """Open the page, with what the browser has ``cookie`` of earlier choices, and wait until it can be typed in."""
        width, height = size
        wanted = {"locale": "fr-FR"} | options
        context = browser.new_context(viewport={"width": width, "height": height}, **wanted)  # type: ignore[arg-type]
        context.set_default_timeout(START_S * 1000)
        if cookie:
            context.add_cookies([{"name": "communique", "value": cookie, "url": address}])
        self.hosts: set[str | None] = set()
        self.errors: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))
        self.page.on("websocket", lambda socket: self.hosts.add(urlsplit(socket.url).hostname))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda line: self.errors.append(line.text) if _is_error(line) else None)
        self.page.goto(address)
        self.page.locator("[data-testid=stChatInput] textarea").wait_for()

    def ask(self, question: str, *, wait: bool = True) -> None:
        """Type a question, and wait for what comes back."""
        shown = self.page.locator(".desk-question").count()
        box = self.page.locator("[data-testid=stChatInput] textarea")
        box.fill(question)
        box.press("Enter")
        if wait:
            self.wait_for_turn(shown)

    def wait_for_turn(self, position: int) -> None:
        """Wait until the turn at ``position`` is drawn whole."""
        self.page.locator(f".st-key-why-{position}").wait_for()

    def settle(self) -> None:
        """Wait until the server has drawn all it has to: a click before that may go to what is about to be replaced."""
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()

    def open_first_citation(self) -> None:
        """Click the first marker and wait for the document, its mark in view."""
        self.page.locator(".reply .marker").first.click()
        self.page.locator(".reading mark").first.wait_for()
        assert_mark_in_view(self.page)

    def end(self) -> None:
        """Nothing went out, nothing failed, nothing is wider than the window."""
        width = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        self.page.context.close()
        assert self.hosts <= LOCAL | {None, ""}
        assert self.errors == []
        assert width <= 0


def assert_mark_in_view(page: Page) -> None:
    """The mark comes to stand inside the paper and the window; a busy machine takes a moment to scroll there."""
    deadline = time.monotonic() + 15
    places: tuple[object, object] = (None, None)
    while time.monotonic() < deadline:
        mark = page.locator(".reading mark").first.bounding_box()
        paper = page.locator(".reading .paper").bounding_box()
        places = (mark, paper)
        size = page.viewport_size
        assert size is not None
        if mark and paper and paper["y"] - 1 <= mark["y"] <= paper["y"] + paper["height"]:  # a pixel may fall in two
            assert 0 <= mark["y"] <= mark["y"] + min(mark["height"], 40) <= size["height"]
            return
        page.wait_for_timeout(200)
    pytest.fail(f"the marked passage is not in view: {places}")
