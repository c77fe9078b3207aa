"""DOOR: an answer that a language model writes beside the page, which draws from here what there is of it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rag.app.inert import inert_html, inert_line
from rag.app.wording import number, say
from rag.errors import RagError
from rag.exchange import Exchange
from rag.schema import Answer, Citation, Progress, Sentence


class _Stopped(RagError):
    """The person has pressed the button that stops it."""


class Writing:
    """One answer of ``model``: begun once, in a thread of its own, and ended once, by itself or by the person.

    ``dropped`` counts the sentences that failed their checks; ``unusable`` says that the model could not be used.
    """

    def __init__(self, model: str) -> None:
        """Nothing is written yet."""
        self._model = model
        self._lock = threading.Lock()
        self._put: Callable[[Exchange], None] | None = None
        self._stopped: Exchange | None = None
        self._begun = False
        self._told: tuple[Progress, ...] = ()
        self._is_news = True
        self.dropped = 0
        self.unusable = False

    def start(
        self,
        work: Callable[[Callable[[Progress], None]], Exchange],
        put: Callable[[Exchange], None],
        *,
        stopped: Exchange,
        broken: Exchange,
    ) -> None:
        """Begin ``work``, which tells each step; ``put`` is given what came of it, once.

        That is ``stopped`` where the person did not wait for it, ``broken`` where nobody foresaw what happened.
        """
        self._put, self._stopped = put, stopped

        def run() -> None:
            found = broken
            try:
                found = work(self.tell)
            except _Stopped:
                return
            finally:  # whatever else happened: nobody waits for ever, and the thread prints what it was
                self._end(found)

        threading.Thread(target=run, daemon=True).start()

    def stop(self) -> None:
        """Wait no more for the rest; the model itself ends at its next step."""
        if self._stopped is not None:
            self._end(self._stopped)

    def _end(self, exchange: Exchange) -> None:
        with self._lock:
            put, self._put = self._put, None
        if put is not None:
            put(exchange)

    def tell(self, progress: Progress) -> None:
        """Take in one step more; raises where nobody waits for it any more."""
        if self._put is None:
            raise _Stopped("stopped")
        if progress.step == "writing":
            self._begun = True
        elif progress.step == "restart":
            self._begun, self._told, self.dropped = False, (), 0
        elif progress.step == "dropped":
            self.dropped += 1
        elif progress.sentence is not None and self._begun:  # an answer in quotations comes at once
            self._told = (*self._told, progress)

    def so_far(self, question: str) -> Answer | None:
        """What was written and checked until now, as an answer without an end; None where there is nothing."""
        told = self._told
        sentences: list[Sentence] = [progress.sentence for progress in told if progress.sentence is not None]
        if not sentences:
            return None
        citations: list[Citation] = [cited for progress in told for cited in progress.citations]
        return Answer(
            question, told[0].language, tuple(sentences), tuple(citations), (), None, 0.0, "", {}, model=self._model
        )

    def is_news(self) -> bool:
        """Whether the page has not yet told that the answer is there; true once."""
        found, self._is_news = self._is_news, False
        return found

    def html(self) -> str:
        """What was written and checked until now, over a line that says what is being done."""
        notes = [say("writing", model=inert_line(self._model)) if self._begun else say("searching")]
        if self.dropped:
            notes.append(removed(self.dropped))
        told = "".join(f'<p dir="auto">{_line(progress)}</p>' for progress in self._told)
        return (
            f'<div class="desk-writing" role="status" aria-live="polite">{told}'
            f'<p class="desk-note">{inert_html(" ".join(notes))}</p></div>'
        )


def removed(count: int) -> str:
    """How many sentences failed their checks, in words of the interface."""
    return say("dropped", count=number(count))


def _line(progress: Progress) -> str:
    assert progress.sentence is not None
    markers = "".join(f" [{marker}]" for marker in progress.sentence.citations)
    return inert_html(inert_line(progress.sentence.text) + markers)
