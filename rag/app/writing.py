"""DOOR: what a language model has written so far, drawn sentence by sentence while the walk goes on."""

from __future__ import annotations

from typing import Any

from rag.app.inert import inert_html, inert_line
from rag.app.wording import number, say
from rag.schema import Progress


class Writing:
    """Draws the progress of one answer in ``place``; an answer in quotations comes at once and is not drawn here."""

    def __init__(self, place: Any, model: str) -> None:
        """Draw in ``place`` (an ``st.empty``) what ``model`` writes."""
        self._place, self._model = place, model
        self._begun = False
        self._lines: list[str] = []
        self._dropped = 0

    def tell(self, progress: Progress) -> None:
        """Draw one step more. Where the person stops or clicks meanwhile, this is where the walk is ended."""
        if progress.step == "writing":
            self._begun = True
        elif progress.step == "restart":
            self._begun, self._lines, self._dropped = False, [], 0
        elif progress.step == "dropped":
            self._dropped += 1
        elif progress.sentence is not None:
            markers = "".join(f" [{marker}]" for marker in progress.sentence.citations)
            self._lines.append(inert_html(inert_line(progress.sentence.text) + markers))
        if self._begun:
            self._place.html(self._html())

    def _html(self) -> str:
        notes = [say("writing", model=inert_line(self._model))]
        if self._dropped:
            notes.append(say("dropped", count=number(self._dropped)))
        told = "".join(f'<p dir="auto">{line}</p>' for line in self._lines)
        return (
            f'<div class="desk-writing" role="status" aria-live="polite">{told}'
            f'<p class="desk-note">{inert_html(" ".join(notes))}</p></div>'
        )
