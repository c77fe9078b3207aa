"""In a real Chromium: a language model on this machine writes slowly; it is watched, stopped, and asked again."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from app_pages import DOCUMENTS, ENGLISH, FRENCH
from browsing import DESKTOP, PHONE, Visit, a_server
from chat_server import ChatServer, Handler, serving
from conftest import write_corpus

from rag.build import build
from rag.config import Config

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

TRUE = "Le centre de Brévannes ouvre ses portes le 3 mars 2024."
MORE = "Il compte quarante-deux lits pour les familles."
FALSE = "Il compte cent douze lits"
WAIT_S = 90.0


class Pen:
    """What the model writes: a true sentence, half of a false one, and no more until the test lets it."""

    def __init__(self) -> None:
        """Nothing is let through yet."""
        self.begun, self.let_go = threading.Event(), threading.Event()

    def __call__(self, handler: Handler) -> None:
        """Behave as a server that is slow."""
        handler.begin()
        handler.say(f"{TRUE} ")
        handler.say(FALSE)
        self.begun.set()
        while not self.let_go.wait(0.05):
            handler.say("")  # a page that has gone is noticed here
        handler.say(f" pour les familles. {MORE}")
        handler.say("", "stop")
        handler.send("[DONE]")


@pytest.fixture(scope="module")
def model(chromium: Browser) -> Iterator[ChatServer]:
    """A model on this machine; each test gives it its pen."""
    with serving(Pen()) as server:
        yield server


@pytest.fixture(scope="module")
def address(model: ChatServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `rag chat --model` on a few documents."""
    folder = tmp_path_factory.mktemp("writing")
    build(write_corpus(folder / "corpus", DOCUMENTS), Config(index=folder / "index"))
    (folder / "rag.toml").write_text("[rag]\nstrictness = 0.0\n", encoding="utf-8")
    with a_server(folder, "--model", model.name) as (url, _):
        yield url


def test_what_is_written_is_watched_stopped_and_asked_again(
    chromium: Browser, address: str, model: ChatServer, tmp_path: Path
) -> None:
    pen = model.behaviour = Pen()
    visit = Visit(chromium, address, DESKTOP)
    page = visit.page
    visit.ask(FRENCH, wait=False)
    page.locator(".desk-writing").get_by_text(TRUE).wait_for()
    assert pen.begun.wait(WAIT_S)
    assert FALSE not in page.locator("body").inner_text()  # nobody has checked it yet
    page.screenshot(path=tmp_path / "writing.png")
    page.locator(".st-key-stop-writing button").click()
    page.locator(".st-key-turn-0 .st-key-again-0").wait_for()
    page.locator(".desk-writing").wait_for(state="detached")
    visit.settle()
    shown = page.locator(".st-key-turn-0").inner_text()
    assert "Arrêté avant la fin de la réponse" in shown
    assert FALSE not in shown
    assert page.locator(".st-key-turn-0 .sentence").all_inner_texts()[0].startswith(TRUE)
    assert page.locator(".st-key-turn-0 .sentence.is-unsupported").count() == 0
    page.screenshot(path=tmp_path / "stopped.png")
    page.locator(".st-key-turn-0 .marker").first.click()
    page.locator(".reading mark").first.wait_for()
    visit.settle()
    page.locator(".st-key-close button").click()
    page.locator(".reading").wait_for(state="detached")
    pen.let_go.set()  # the model ends at its next sentence
    page.locator(".st-key-again-0 button").click()
    page.get_by_role("dialog").wait_for()
    page.screenshot(path=tmp_path / "again.png")
    page.locator(".st-key-again-ask button").click()
    visit.wait_for_turn(1)
    told = page.locator(".st-key-turn-1 .sentence").all_inner_texts()
    assert [line.split(".")[0] for line in told] == [TRUE[:-1], MORE[:-1]]  # the false one failed its checks
    page.screenshot(path=tmp_path / "written.png")
    visit.end()


def test_whatever_else_is_done_meanwhile_leaves_the_model_writing(
    chromium: Browser, address: str, model: ChatServer, tmp_path: Path
) -> None:
    pen = model.behaviour = Pen()
    pen.let_go.set()
    visit = Visit(chromium, address)
    page = visit.page
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    visit.ask(FRENCH)
    pen = model.behaviour = Pen()
    model.hung_up.clear()
    visit.ask(FRENCH, wait=False)
    written = page.locator(".st-key-turn-1 .desk-writing")
    written.get_by_text(TRUE).wait_for()
    page.locator(".st-key-turn-0 .marker").first.click()
    page.locator(".reading mark").first.wait_for()
    page.screenshot(path=tmp_path / "reading.png")
    written.get_by_text(TRUE).wait_for()
    page.locator(".st-key-open-settings button").click()
    page.get_by_role("dialog").get_by_role("tab").nth(1).click()
    page.locator(".st-key-set-passages").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    page.locator(".st-key-turn-0 [class*=st-key-thumbs-] button").first.click()
    page.locator("[class*=st-key-comment-panel-]").wait_for()
    visit.ask(ENGLISH, wait=False)
    page.get_by_text("Sera posée dès que la réponse").wait_for()
    page.screenshot(path=tmp_path / "meanwhile.png")
    assert written.get_by_text(TRUE).count() == 1
    page.locator(".st-key-close button").click()
    page.locator(".reading").wait_for(state="detached")
    assert not model.hung_up.is_set()
    pen.let_go.set()
    visit.wait_for_turn(1)
    told = page.locator(".st-key-turn-1 .sentence").all_inner_texts()
    assert [line.split(".")[0] for line in told] == [TRUE[:-1], MORE[:-1]]
    assert page.locator(".st-key-turn-1").get_by_text("Phrases écartées par la vérification").count() == 1
    visit.wait_for_turn(2)  # the question that waited
    visit.settle()
    page.screenshot(path=tmp_path / "finished.png")
    visit.end()


def test_a_slow_model_keeps_nobody_else_waiting(
    chromium: Browser, address: str, model: ChatServer, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    pen = model.behaviour = Pen()
    quoting = Visit(chromium, address, PHONE, cookie=quote(json.dumps({"quotes": True})))

    def seconds(question: str, position: int) -> float:
        begun = time.perf_counter()
        quoting.ask(question, wait=False)
        quoting.page.locator(f".st-key-turn-{position} .reply .quote").first.wait_for()
        return time.perf_counter() - begun

    alone = min(seconds(ENGLISH, 0), seconds(ENGLISH, 1))
    slow = Visit(chromium, address)
    slow.ask(FRENCH, wait=False)
    slow.page.locator(".desk-writing").get_by_text(TRUE).wait_for()
    beside = min(seconds(ENGLISH, 2), seconds(ENGLISH, 3))
    assert slow.page.locator(".desk-writing").count() == 1  # it has been writing all along
    record_property("seconds_alone", round(alone, 2))
    record_property("seconds_beside_a_slow_model", round(beside, 2))
    assert beside < 3 * alone + 1, (alone, beside)
    quoting.page.screenshot(path=tmp_path / "beside.png")
    pen.let_go.set()
    slow.wait_for_turn(0)
    slow.end()
    quoting.end()
