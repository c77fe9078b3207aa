"""STAGE: texts -> vectors.

An encoder is chosen by name: the shipped one is read without torch, any other by sentence-transformers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from rag.config import PACKAGE, SHIPPED_ENCODER
from rag.errors import ModelMissing
from rag.schema import Scores, Vectors

Rows = NDArray[np.int64]
"""Indexes of passages, ``(n,)`` int64."""

Pieces = NDArray[np.unsignedinteger[Any]]
"""Vocabulary indexes of a text's pieces in order, ``(n,)`` uint16, or uint32 for a vocabulary of more than 65,536."""


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """What an index records of its encoder, to refuse any other one later.

    ``fingerprint`` is the SHA-256 of the weights: two encoders of the same dimension differ in it.
    ``tokenizer`` is that of the file that cuts texts into pieces, empty where there is no such file.
    ``max_tokens`` is how much of a text it reads, None where there is no limit.
    ``languages`` are the BCP-47 tags the encoder was trained on, empty where its card does not say.
    """

    name: str
    revision: str
    dimension: int
    query_prompt: str
    passage_prompt: str
    fingerprint: str
    languages: tuple[str, ...]
    max_tokens: int | None = None
    tokenizer: str = ""


class Encoder(Protocol):
    """Turns texts into unit vectors; one text may need several (windows)."""

    @property
    def card(self) -> EncoderCard:
        """Name, prompts and fingerprint of this encoder."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, without the ones a model adds around it."""

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """``(len(texts), dimension)`` float32, unit rows."""

    def encode_passages(self, texts: Sequence[str]) -> tuple[Vectors, Rows]:
        """Unit rows and, for each of them, the index of the text it belongs to (not falling).

        The first row of a text stands for the whole of it; more may follow for its windows.
        """


@runtime_checkable
class PieceEncoder(Encoder, Protocol):
    """An encoder whose pieces have vectors of their own, so that texts can be compared piece by piece."""

    def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        """The pieces of each text, at least one."""

    def interact(self, question: str, texts: Sequence[Pieces]) -> Scores:
        """Late interaction of the question with each text, ``(len(texts),)`` in 0..1, higher is better."""

    def interact_nearby(self, question: str, texts: Sequence[Pieces]) -> tuple[Scores, Scores]:
        """The same, and late interaction with the best stretch of each text, which is never higher."""

    def meet(self, question: str, texts: Sequence[Pieces]) -> tuple[Scores, Scores]:
        """How much each distinct piece of the question counts, and its best cosine in each text.

        ``(pieces,)`` summing to 1, and ``(pieces, len(texts))`` in 0..1; ``texts`` has one at least.
        """


def load_encoder(name: str) -> Encoder:
    """The encoder called ``name``: the shipped one, a folder, or a name on a hub.

    Raises ModelMissing when it is neither on this disk nor reachable.
    """
    from rag.embed.static import StaticEncoder, is_static

    try:
        path = PACKAGE / "models" / SHIPPED_ENCODER if name == SHIPPED_ENCODER else Path(name).expanduser()
        path.exists()
    except (OSError, RuntimeError) as error:  # a home folder of nobody, a name no file system can hold
        raise ModelMissing(
            f"there is no encoder {name!r} ({error}): give a folder that exists or a hub name such as owner/model"
        ) from error
    if is_static(path):
        return StaticEncoder(path, name=name)
    from rag.embed.hub import HubEncoder

    return HubEncoder(name)
