"""DOOR: an answer that takes long, worked out beside the page, which goes on heeding the person meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Protocol

from rag.errors import GeneratorFailed, RagError
from rag.schema import Answer, Progress

_HEED_S = 0.25


class Walk(Protocol):
    """What answers, telling how far it is."""

    def __call__(self, *, progress: Callable[[Progress], None]) -> Answer:
        """The answer; whatever ``progress`` raises ends it."""


class _Left(RagError):
    """The person has gone on to something else."""


def heeded(walk: Walk, tell: Callable[[Progress], None], heed: Callable[[], None]) -> Answer:
    """What ``walk`` answers; ``tell`` is told each step of it here, ``heed`` called four times a second at least.

    Whatever one of them raises comes through at once, however silent the model is; the walk ends at its next step.
    """
    steps: SimpleQueue[Progress | None] = SimpleQueue()
    answer: Future[Answer] = Future()
    left = threading.Event()

    def pass_on(progress: Progress) -> None:
        if left.is_set():
            raise _Left("the person has gone on")
        steps.put(progress)

    def run() -> None:
        try:
            answer.set_result(walk(progress=pass_on))
        except RagError as error:
            answer.set_exception(error)
        finally:
            steps.put(None)

    threading.Thread(target=run, daemon=True).start()
    try:
        while (step := _next(steps, heed)) is not None:
            tell(step)
    finally:
        left.set()
    if not answer.done():  # the thread has printed what it was
        raise GeneratorFailed("the answer broke off for a reason that nobody foresaw: see the terminal, and ask again")
    return answer.result()


def _next(steps: SimpleQueue[Progress | None], heed: Callable[[], None]) -> Progress | None:
    """The next step told, None at the end."""
    while True:
        try:
            return steps.get(timeout=_HEED_S)
        except Empty:
            heed()
