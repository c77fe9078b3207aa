"""STAGE: the embedded reader: question + passage -> where the answer stands and whether there is one.

A small convolutional network over fixed piece vectors, read with NumPy: what a piece of the passage means, which piece
of the question it is nearest to, how much of the question stands around it. It knows no language: whatever the piece
vectors hold near one another it takes for the same. ``python -m rag.train reader`` makes its weights.
Source: question-aligned inputs, Chen et al., Reading Wikipedia to Answer Open-Domain Questions (2017), section 3.2;
word-in-question inputs, Weissenborn et al., Making Neural QA as Simple as Possible but not Simpler (2017), section 3;
dilated convolutions, Yu and Koltun (2016), section 2; a null answer beside the spans, Rajpurkar et al. (2018).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.config import PACKAGE, SHIPPED_ENCODER
from rag.schema import Vectors
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
DILATIONS = (1, 2, 4, 8, 1, 2, 4, 8)
CROSS_AFTER = 2  # the block after which the passage looks at the question again
REACHES = (6, 20)
"""How far around a piece the question is looked for, in pieces."""
ALIGN_SCALE = 10.0
SCALARS = 12

Pieces = NDArray[np.int64]
Floats = NDArray[np.float32]


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
    """The weights of one reader and what it does with them."""

    def __init__(self, table: Vectors, weights: Mapping[str, Floats], tokenizer: Tokenizer) -> None:
        """``table`` ``(pieces, d)`` float32, not of unit length: the length of a row says how much a piece tells."""
        self._norms = np.linalg.norm(table, axis=1).astype(np.float32)
        self._unit = (table / np.maximum(self._norms, 1e-6)[:, None]).astype(np.float32)
        self._norms = self._norms / max(float(self._norms.mean()), 1e-6)
        self._weights = weights
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, folder: Path = READER, tokenizer: Path = TOKENIZER) -> Reader:
        """The reader in ``folder`` (``model.safetensors``), with the file of the tokenizer its pieces come from."""
        from safetensors.numpy import load_file

        tensors = load_file(folder / "model.safetensors")
        scales = tensors.pop("table.scales").astype(np.float32)
        table = tensors.pop("table").astype(np.float32) * scales[:, None]
        weights = {name: values.astype(np.float32) for name, values in tensors.items()}
        return cls(table, weights, parse_tokenizer(tokenizer.read_text(encoding="utf-8")))

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """What stands in each passage, in their order."""
        asked = tokens(self._tokenizer, [question])[0].ids[:QUESTION_PIECES]
        return [self._read(asked, held) for held in tokens(self._tokenizer, passages)]

    def _read(self, asked: Pieces, held: Tokens) -> Reading:
        ids, spans, marks = held.ids[:PASSAGE_PIECES], held.spans[:PASSAGE_PIECES], held.marks[:PASSAGE_PIECES]
        if not len(ids) or not len(asked):
            empty = np.zeros(0, np.float32)
            return Reading(empty, empty, 0.0, spans[:0])
        unit, other = self._unit[ids], self._unit[asked]
        weights = self._norms[asked] / self._norms[asked].sum()
        cosines = unit @ other.T
        aligned = _softmax(ALIGN_SCALE * cosines) @ other
        scalars = see_scalars(cosines, ids[:, None] == asked[None, :], weights, self._norms[ids], marks)
        question, pooled = self._question(other, self._norms[asked])
        hidden = self._passage(unit, aligned, scalars, question, pooled)
        starts = hidden @ (self._w("start.weight")[0] + self._w("start_asked.weight") @ pooled)
        ends = hidden @ (self._w("end.weight")[0] + self._w("end_asked.weight") @ pooled)
        seen = np.concatenate([hidden.max(axis=0), pooled, scalars.max(axis=0)])
        null = self._linear("null.1", np.maximum(self._linear("null.0", seen), 0))
        return Reading(starts, ends, float(null[0]), spans)

    def _question(self, unit: Floats, norms: Floats) -> tuple[Floats, Floats]:
        """The question's pieces in context, ``(n, hidden)``, and the question as one vector."""
        hidden = np.maximum(self._linear("asked.input", np.hstack([unit, norms[:, None]])), 0)
        for block in range(2):
            hidden = self._block(f"asked.blocks.{block}", hidden, 1)
        chances = _softmax(self._linear("asked.pool", hidden)[:, 0])
        return hidden, chances @ hidden

    def _passage(self, unit: Floats, aligned: Floats, scalars: Floats, question: Floats, pooled: Floats) -> Floats:
        inputs = np.hstack([unit, aligned, unit * aligned, scalars])
        hidden: Floats = np.maximum(self._linear("input", inputs) + self._linear("input_asked", pooled), 0)
        for block, dilation in enumerate(DILATIONS):
            hidden = self._block(f"blocks.{block}", hidden, dilation)
            if block + 1 == CROSS_AFTER:
                looks = self._linear("cross.query", hidden) @ self._linear("cross.key", question).T
                found = _softmax(looks / np.float32(np.sqrt(hidden.shape[1]))) @ question
                hidden = hidden + np.maximum(self._linear("cross.out", np.hstack([hidden, found, hidden * found])), 0)
        return hidden

    def _block(self, name: str, hidden: Floats, dilation: int) -> Floats:
        """``hidden`` and what a convolution of three pieces, ``dilation`` apart, makes of it after normalising."""
        mean = hidden.mean(axis=1, keepdims=True)
        spread = np.sqrt(hidden.var(axis=1, keepdims=True) + 1e-5)
        rows = (hidden - mean) / spread * self._w(f"{name}.norm.weight") + self._w(f"{name}.norm.bias")
        kernel = self._w(f"{name}.conv.weight")  # (out, in, 3)
        total = rows @ kernel[:, :, 1].T + self._w(f"{name}.conv.bias")
        if dilation < len(rows):
            total[dilation:] += rows[:-dilation] @ kernel[:, :, 0].T
            total[:-dilation] += rows[dilation:] @ kernel[:, :, 2].T
        return np.asarray(hidden + np.maximum(total, 0), dtype=np.float32)

    def _linear(self, name: str, rows: Floats) -> Floats:
        return np.asarray(rows @ self._w(f"{name}.weight").T + self._w(f"{name}.bias"), dtype=np.float32)

    def _w(self, name: str) -> Floats:
        return self._weights[name]


def see_scalars(cosines: Floats, same: NDArray[np.bool_], weights: Floats, norms: Floats, marks: Floats) -> Floats:
    """What is seen of each piece of the passage beside its meaning, ``(pieces, SCALARS)``.

    Its best cosine with the question and that times the weight of the piece it is nearest to; whether it is a piece of
    the question, and of what weight; the share of the question within each reach of it; its own weight; its marks.
    """
    nearest = cosines.argmax(axis=1)
    best = cosines.max(axis=1).clip(0, None)
    telling = weights * len(weights)
    columns = [best, best * telling[nearest], same.any(axis=1), (same * telling).max(axis=1)]
    met = np.asarray(0.5 * cosines.clip(0, None) + 0.5 * cosines.clip(0, None) ** 3, dtype=np.float32)
    columns += [_around(met, reach) @ weights for reach in REACHES]
    return np.column_stack([*columns, norms, marks]).astype(np.float32)


def _around(values: Floats, reach: int) -> Floats:
    """For each row the greatest value of each column among the rows up to ``reach`` away."""
    padded = np.pad(values, ((reach, reach), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=0)
    return np.asarray(windows.max(axis=-1), dtype=np.float32)


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


def _softmax(logits: Floats) -> Floats:
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True), dtype=np.float32)
