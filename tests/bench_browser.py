"""How long a person waits in the browser: `python tests/bench_browser.py`, on the sample corpus, warm.

First paint: from opening the page to the box that can be typed in, by a browser that has been here before. Answer:
from pressing Enter to the quotation on the screen. Medians of some visits; the machine is said in the README.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from browsing import DESKTOP, a_chromium, a_server

QUESTIONS = (
    "Combien d'entreprises Sécurtech Europe représente-t-elle ?",
    "When did the Council adopt the migration and asylum package?",
    "Wo hat die EU-Asylagentur ihren Sitz?",
)
VISITS = 5


def main() -> None:
    """Measure and print the medians."""
    paints, answers = [], []
    with tempfile.TemporaryDirectory() as folder, a_chromium() as browser, a_server(Path(folder)) as (address, _):
        context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
        context.set_default_timeout(90_000)
        for visit in range(VISITS + 1):
            page = context.new_page()
            begun = time.perf_counter()
            page.goto(address, wait_until="commit")
            box = page.locator("[data-testid=stChatInput] textarea")
            box.wait_for()
            painted = time.perf_counter() - begun
            box.fill(QUESTIONS[visit % len(QUESTIONS)])
            begun = time.perf_counter()
            box.press("Enter")
            page.locator(".reply .quote").first.wait_for()
            if visit:  # the first one fills the browser's cache
                paints.append(painted)
                answers.append(time.perf_counter() - begun)
            page.close()
        context.close()
    for what, times in (("first paint", paints), ("answer", answers)):
        sys.stdout.write(f"{what}: median {statistics.median(times):.2f} s, worst {max(times):.2f} s\n")


if __name__ == "__main__":
    main()
