"""FACTS: a question and what came back, as a conversation keeps it and a follow-up looks back at it."""

from __future__ import annotations

from dataclasses import dataclass

from rag.schema import Answer


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation, as a follow-up looks back at it.

    ``standalone`` is empty where ``question`` was searched as it was typed; ``reply`` is the first sentence that was
    shown, empty for a refusal.
    """

    question: str
    language: str
    standalone: str = ""
    reply: str = ""

    @property
    def searched(self) -> str:
        """The question as it was searched."""
        return self.standalone or self.question


def turn_of(answer: Answer) -> Turn:
    """What a follow-up to ``answer`` may look back at."""
    reply = answer.sentences[0].text if answer.sentences else ""
    return Turn(answer.question, answer.language, answer.standalone, reply)


@dataclass(frozen=True, slots=True)
class MadeWith:
    """What an answer was made with: version of the product, index, encoder and answering model.

    ``index_fingerprint`` is the SHA-256 of the index's manifest, which holds the checksum of each of its files.
    """

    version: str
    index_created: str
    index_fingerprint: str
    encoder: str
    encoder_fingerprint: str
    model: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and what came back, as a conversation keeps it.

    ``asked_at`` is ISO 8601 in UTC; ``conditions`` are the filters as typed; ``error`` says why there is no answer.
    """

    question: str
    asked_at: str
    answer: Answer | None
    conditions: tuple[str, ...] = ()
    error: str = ""
    made_with: MadeWith | None = None
