"""A long answer beside the page: told in order, left at once, and every way it may end."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from rag.app.heeding import heeded
from rag.errors import GeneratorFailed
from rag.schema import Answer, Progress

ANSWER = Answer("Who?", "en", (), (), (), None, 0.5, "", {})
WAIT_S = 30.0


class Gone(Exception):
    """What a click does to a page that is being drawn."""


class Silent:
    """A walk that says nothing until it is let go."""

    def __init__(self) -> None:
        self.let_go, self.ended = threading.Event(), threading.Event()

    def __call__(self, *, progress: Callable[[Progress], None]) -> Answer:
        """Say one thing, late."""
        try:
            assert self.let_go.wait(WAIT_S)
            progress(Progress("writing"))
        finally:
            self.ended.set()
        pytest.fail("nobody was there any more to be told")


def test_every_step_is_told_in_order_by_the_thread_of_the_page() -> None:
    told: list[tuple[str, int]] = []

    def walk(*, progress: Callable[[Progress], None]) -> Answer:
        assert threading.current_thread() is not threading.main_thread()
        for step in ("writing", "sentence", "dropped"):
            progress(Progress(step))
        return ANSWER

    assert heeded(walk, lambda step: told.append((step.step, threading.get_ident())), lambda: None) is ANSWER
    assert told == [(step, threading.get_ident()) for step in ("writing", "sentence", "dropped")]


def test_a_person_who_goes_leaves_at_once_and_a_silent_model_ends_at_its_next_word() -> None:
    walk = Silent()

    def go() -> None:
        raise Gone

    with pytest.raises(Gone):
        heeded(walk, lambda _: None, go)
    assert not walk.ended.is_set()
    walk.let_go.set()
    assert walk.ended.wait(WAIT_S)


def test_an_error_that_can_be_mended_comes_through() -> None:
    def walk(*, progress: Callable[[Progress], None]) -> Answer:
        raise GeneratorFailed("the server is down")

    with pytest.raises(GeneratorFailed, match="the server is down"):
        heeded(walk, lambda _: None, lambda: None)


def test_what_nobody_foresaw_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda arguments: seen.append(arguments.exc_type))

    def walk(*, progress: Callable[[Progress], None]) -> Answer:
        raise ZeroDivisionError

    with pytest.raises(GeneratorFailed, match="see the terminal"):
        heeded(walk, lambda _: None, lambda: None)
    assert seen == [ZeroDivisionError]
