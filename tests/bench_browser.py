"""How long a person waits in the browser, and what ten at once cost: `python tests/bench_browser.py [VISITS]`.

On the sample corpus, warm. First paint: from opening the page to the box that can be typed in, by a browser that has
been here before; beside it the same for a Streamlit page that holds nothing but such a box, visit by visit in the same
run, so that a busy machine slows both. Answer: from pressing Enter to the quotation on the screen. Then ten people come
and ask at once: the server's memory before and after, and how long the slowest waited. The README says the machine.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from browsing import DESKTOP, a_chromium, a_server, free_port, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

QUESTIONS = (
    "Combien d'entreprises Sécurtech Europe représente-t-elle ?",
    "When did the Council adopt the migration and asylum package?",
    "Wo hat die EU-Asylagentur ihren Sitz?",
)
PEOPLE = 10
BOX = "[data-testid=stChatInput] textarea"
EMPTY = "import streamlit\n\nstreamlit.chat_input('Ask')\n"


@contextmanager
def an_empty_page(folder: Path) -> Iterator[str]:
    """The address of a Streamlit page that holds a box to type in and nothing else."""
    (folder / "empty.py").write_text(EMPTY, encoding="utf-8")
    port = free_port()
    options = ["--server.headless=true", f"--server.port={port}", "--browser.gatherUsageStats=false"]
    command = [sys.executable, "-m", "streamlit", "run", "empty.py", "--server.fileWatcherType=none", *options]
    with (folder / "empty.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(server, f"http://localhost:{port}/_stcore/health", folder / "empty.log")
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait()


def paint(page: Page, address: str) -> float:
    """Seconds until the page can be typed in."""
    begun = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(BOX).wait_for()
    return time.perf_counter() - begun


def answer(page: Page, question: str) -> float:
    """Seconds from Enter to the quotation."""
    box = page.locator(BOX)
    box.fill(question)
    begun = time.perf_counter()
    box.press("Enter")
    page.locator(".reply .quote").first.wait_for()
    return time.perf_counter() - begun


def memory_mb(process: int) -> float:
    """What of a process lies in memory."""
    import psutil

    return float(psutil.Process(process).memory_info().rss) / 2**20


def a_context(browser: Browser) -> BrowserContext:
    """A browser of one person."""
    context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    context.set_default_timeout(300_000)
    return context


def ten_at_once(browser: Browser, address: str) -> float:
    """Ten people open the page, then all ask; the seconds that the slowest waited."""
    pages = [a_context(browser).new_page() for _ in range(PEOPLE)]
    for page in pages:
        paint(page, address)
        page.locator(BOX).fill(QUESTIONS[0])
    begun = time.perf_counter()
    for page in pages:
        page.locator(BOX).press("Enter")
    for page in pages:
        page.locator(".reply .quote").first.wait_for()
    waited = time.perf_counter() - begun
    for page in pages:
        page.context.close()
    return waited


def main() -> None:
    """Measure and print."""
    visits = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    paints: list[float] = []
    empty: list[float] = []
    answers: list[float] = []
    with tempfile.TemporaryDirectory() as name, a_chromium() as browser:
        folder = Path(name)
        with a_server(folder) as (address, process), an_empty_page(folder) as nothing:
            context = a_context(browser)
            for visit in range(visits + 1):
                page = context.new_page()
                times = paint(page, nothing), paint(page, address), answer(page, QUESTIONS[visit % len(QUESTIONS)])
                page.close()
                if visit:  # the first one fills the browser's cache
                    for kept, spent in zip((empty, paints, answers), times, strict=True):
                        kept.append(spent)
            context.close()
            before = memory_mb(process)
            slowest = ten_at_once(browser, address)
            after = memory_mb(process)
    for what, found in (("first paint", paints), ("an empty page", empty), ("answer", answers)):
        sys.stdout.write(f"{what}: median {statistics.median(found):.2f} s, best {min(found):.2f} s\n")
    ratio = statistics.median(mine / other for mine, other in zip(paints, empty, strict=True))
    sys.stdout.write(f"first paint against an empty page, visit by visit: {ratio:.2f}\n")
    sys.stdout.write(f"memory: {before:.0f} MB after one person, {after:.0f} MB after ten at once\n")
    sys.stdout.write(f"ten ask at once: the slowest waited {slowest:.2f} s\n")


if __name__ == "__main__":
    main()
