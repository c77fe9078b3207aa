"""DOOR: what a language model has written so far, drawn sentence by sentence while the walk goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rag.app.inert import inert_html, inert_line
from rag.app.wording import number, say
from rag.schema import Answer, Citation, Progress, Sentence


class Writing:
    """Draws the progress of one answer in ``place``; an answer in quotations comes at once and is not drawn here."""

    def __init__(self, begin: Callable[[], Any], model: str) -> None:
        """Draw what ``model`` writes in the place (an ``st.empty``) that ``begin`` makes once there is something."""
        self._begin, self._model = begin, model
        self._place: Any = None
        self._begun = False
        self._told: list[Progress] = []
        self._dropped = 0

    def tell(self, progress: Progress, noted: Callable[[], None] | None = None) -> None:
        """Draw one step more; ``noted`` is called once it is known, since the drawing may not come back."""
        if progress.step == "writing":
            self._begun = True
        elif progress.step == "restart":
            self._begun, self._told, self._dropped = False, [], 0
        elif progress.step == "dropped":
            self._dropped += 1
        elif progress.sentence is not None and self._begun:
            self._told.append(progress)
        if noted is not None:
            noted()
        self.heed()

    def heed(self) -> None:
        """Draw again what is there: where the person has stopped or clicked meanwhile, this does not come back."""
        if self._begun and self._place is None:
            self._place = self._begin()
        if self._place is not None:
            self._place.html(self._html() if self._begun else "<p></p>")

    def so_far(self, question: str) -> Answer | None:
        """What was written and checked until now, as an answer without an end; None where there is nothing."""
        sentences: list[Sentence] = [progress.sentence for progress in self._told if progress.sentence is not None]
        if not self._begun or not sentences:
            return None
        citations: list[Citation] = [cited for progress in self._told for cited in progress.citations]
        language = self._told[0].language
        return Answer(
            question, language, tuple(sentences), tuple(citations), (), None, 0.0, "", {}, model=self._model
        )

    def _html(self) -> str:
        notes = [say("writing", model=inert_line(self._model))]
        if self._dropped:
            notes.append(say("dropped", count=number(self._dropped)))
        told = "".join(f'<p dir="auto">{_line(progress)}</p>' for progress in self._told)
        return (
            f'<div class="desk-writing" role="status" aria-live="polite">{told}'
            f'<p class="desk-note">{inert_html(" ".join(notes))}</p></div>'
        )


def _line(progress: Progress) -> str:
    assert progress.sentence is not None
    markers = "".join(f" [{marker}]" for marker in progress.sentence.citations)
    return inert_html(inert_line(progress.sentence.text) + markers)
