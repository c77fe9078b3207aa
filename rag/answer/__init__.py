"""STAGE: question + hits -> reply. The protocol of answering models; the extractive one is shipped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.schema import Hit, Quoted, Scores


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what was found for it, and the measures a walk lends from its other stages.

    ``term_weight`` gives the rarity of an analysed term among the passages (0 and up); ``occurs`` whether any passage
    of the index has a word like it; ``interact`` the late interaction (0..1) of the question with some texts, None
    where the encoder has no pieces. ``same_language`` says whether the index has documents in the asker's language.
    """

    question: str
    language: str
    hits: Sequence[Hit]
    same_language: bool
    term_weight: Callable[[str], float]
    occurs: Callable[[str], bool]
    interact: Callable[[Sequence[str]], Scores] | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model found: quotations, best first, and the calibrated probability (0..1) that they answer."""

    quoted: tuple[Quoted, ...]
    probability: float


class AnsweringModel(Protocol):
    """Answers from the hits alone."""

    @property
    def default_strictness(self) -> float:
        """The probability below which its answers are refused unless the person says otherwise."""

    def reply(self, asked: Asked) -> Reply:
        """The sentences that answer; an empty ``quoted`` when there is no hit."""
