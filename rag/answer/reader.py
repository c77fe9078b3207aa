"""STAGE: the embedded reader: question + passage -> where the answer stands and whether there is one.

Small convolutional networks over fixed piece vectors (rag.answer.network), read with NumPy: what a piece of the passage
means, which piece of the question it is nearest to, how much of the question stands around it. They know no language:
whatever the piece vectors hold near one another they take for the same. What they say is averaged, since networks that
were trained apart err apart. ``python -m rag.train reader`` makes their weights.
Source: averaging networks of different beginnings, Lakshminarayanan et al., Simple and Scalable Predictive Uncertainty
Estimation using Deep Ensembles (2017), section 2.4; logits are averaged here, not probabilities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.answer.network import Floats, Logits, Network, Pieces
from rag.config import PACKAGE, SHIPPED_ENCODER
from rag.text.pieces import parse_tokenizer

if TYPE_CHECKING:
    from tokenizers import Tokenizer

READER = PACKAGE / "models" / "communique-reader"
TOKENIZER = PACKAGE / "models" / SHIPPED_ENCODER / "tokenizer.json"
"""The reader's pieces are the shipped encoder's, though its vectors of them are its own."""
QUESTION_PIECES = 40
PASSAGE_PIECES = 384
SPAN_PIECES = 32
"""An answer is no longer than this: 97 % of the training answers are not."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as pieces: their ids, their places in the text, ``(n, 2)``, and what their signs look like, ``(n, 5)``.

    The marks say whether a piece has a digit, has a capital, has no letter or digit, begins a word, begins a sentence.
    """

    ids: Pieces
    spans: NDArray[np.int64]
    marks: Floats


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader sees in one passage.

    ``starts`` and ``ends`` are logits over the pieces, ``null`` the logit of there being no answer; ``spans`` says
    where each piece stands in the passage's text.
    """

    starts: Floats
    ends: Floats
    null: float
    spans: NDArray[np.int64]

    @property
    def odds(self) -> float:
        """The logarithm of the odds that the passage answers, by the starts: any real number, higher for likelier."""
        return _log_sum(self.starts) - self.null

    def after(self, start: int) -> Reading:
        """The reading of what stands from ``start`` on in the text that was read, as if it were a text by itself."""
        kept = self.spans[:, 0] >= start
        return Reading(self.starts[kept], self.ends[kept], self.null, self.spans[kept] - start)

    def odds_within(self, start: int, end: int) -> float:
        """The logarithm of the odds of an answer that starts within ``text[start:end]``, against there being none."""
        inside = self.starts[(self.spans[:, 0] >= start) & (self.spans[:, 0] < end)]
        return _log_sum(inside) - self.null

    def best_span(self, start: int, end: int) -> tuple[int, int, float] | None:
        """The likeliest answer within ``text[start:end]``: its offsets and its logit (start + end - 2 null).

        None where no piece lies within.
        """
        inside = np.flatnonzero((self.spans[:, 0] >= start) & (self.spans[:, 1] <= end))
        if not len(inside):
            return None
        low, high = int(inside[0]), int(inside[-1]) + 1
        starts, ends = self.starts[low:high], self.ends[low:high]
        scores = starts[:, None] + ends[None, :]
        lengths = np.arange(high - low)[None, :] - np.arange(high - low)[:, None]
        written = self.spans[low:high, 0] < self.spans[low:high, 1]  # a piece may be white space alone
        allowed = (lengths >= 0) & (lengths < SPAN_PIECES) & written[:, None] & written[None, :]
        if not allowed.any():
            return None
        scores = np.where(allowed, scores, -np.inf)
        first, last = np.unravel_index(int(scores.argmax()), scores.shape)
        score = float(scores[first, last]) - 2 * self.null
        return int(self.spans[low + first, 0]), int(self.spans[low + last, 1]), score


class Reader:
    """Networks that read the same pieces, and what they say together."""

    def __init__(self, networks: Sequence[Network], tokenizer: Tokenizer) -> None:
        """``networks`` is not empty; ``tokenizer`` makes the pieces that all of them were trained over."""
        self._networks = tuple(networks)
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, folder: Path = READER, tokenizer: Path = TOKENIZER) -> Reader:
        """The networks in the folders of ``folder``, with the file of the tokenizer their pieces come from."""
        networks = [Network.load(file.parent) for file in sorted(folder.glob("*/model.safetensors"))]
        return cls(networks, parse_tokenizer(tokenizer.read_text(encoding="utf-8")))

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """What stands in each passage, in their order."""
        asked = tokens(self._tokenizer, [question])[0].ids[:QUESTION_PIECES]
        return [self._read(asked, held) for held in tokens(self._tokenizer, passages)]

    def _read(self, asked: Pieces, held: Tokens) -> Reading:
        ids, spans, marks = held.ids[:PASSAGE_PIECES], held.spans[:PASSAGE_PIECES], held.marks[:PASSAGE_PIECES]
        if not len(ids) or not len(asked):
            empty = np.zeros(0, np.float32)
            return Reading(empty, empty, 0.0, spans[:0])
        said = [network.read(asked, ids, marks) for network in self._networks]
        return Reading(*_mean(said), spans)


def _mean(said: Sequence[Logits]) -> Logits:
    starts, ends, nulls = zip(*said, strict=True)
    return Logits(np.mean(starts, axis=0), np.mean(ends, axis=0), float(np.mean(nulls)))


def tokens(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Tokens]:
    """Each text as pieces with their places in it."""
    return [_tokens(text, encoding) for text, encoding in zip(texts, _encodings(tokenizer, texts), strict=True)]


def _encodings(tokenizer: Tokenizer, texts: Sequence[str]) -> list[tuple[list[int], list[str], list[tuple[int, int]]]]:
    found = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    return [(encoding.ids, encoding.tokens, encoding.offsets) for encoding in found]


def _tokens(text: str, encoding: tuple[list[int], list[str], list[tuple[int, int]]]) -> Tokens:
    ids, pieces, offsets = encoding
    spans, marks = [], []
    opens = True
    for piece, (start, end) in zip(pieces, offsets, strict=True):
        while start < end and text[start].isspace():
            start += 1
        written = text[start:end]
        word = any(sign.isalnum() for sign in written)
        digit = any(sign.isdigit() for sign in written)
        marks.append((digit, written[:1].isupper(), not word, piece.startswith("▁"), opens))
        opens = any(sign in ".!?;。؟!?।\n" for sign in text[start : end + 1]) and not word
        spans.append((start, end))
    return Tokens(
        np.array(ids, np.int64).reshape(-1),
        np.array(spans, np.int64).reshape(-1, 2),
        np.array(marks, np.float32).reshape(-1, 5),
    )


def _log_sum(logits: Floats) -> float:
    """The logarithm of the sum of the exponentials, far below any other where there are none."""
    if not len(logits):
        return -30.0
    top = float(logits.max())
    return top + float(np.log(np.exp(logits - top).sum()))
