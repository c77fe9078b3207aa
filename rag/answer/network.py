"""FACTS: the network of the embedded reader in NumPy; rag.train.network is the same in torch, by the same names.

Source: question-aligned inputs, Chen et al., Reading Wikipedia to Answer Open-Domain Questions (2017), section 3.2;
word-in-question inputs, Weissenborn et al., Making Neural QA as Simple as Possible but not Simpler (2017), section 3;
dilated convolutions, Yu and Koltun (2016), section 2; a null answer beside the spans, Rajpurkar et al. (2018).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.schema import Vectors

DILATIONS = (1, 2, 4, 8, 1, 2, 4, 8)
CROSS_AFTER = 2  # the block after which the passage looks at the question again
REACHES = (6, 20)
"""How far around a piece the question is looked for, in pieces."""
ALIGN_SCALE = 10.0
SCALARS = 12

Pieces = NDArray[np.int64]
Floats = NDArray[np.float32]


class Logits(NamedTuple):
    """What a network says of a passage: of each piece that an answer starts or ends there, and of there being none."""

    starts: Floats
    ends: Floats
    null: float


class Network:
    """The weights of one network, the piece vectors it was trained over, and what it does with them."""

    def __init__(self, table: Vectors, weights: Mapping[str, Floats]) -> None:
        """``table`` ``(pieces, d)`` float32, not of unit length: the length of a row says how much a piece tells."""
        self._norms = np.linalg.norm(table, axis=1).astype(np.float32)
        self._unit = (table / np.maximum(self._norms, 1e-6)[:, None]).astype(np.float32)
        self._norms = self._norms / max(float(self._norms.mean()), 1e-6)
        self._weights = weights

    @classmethod
    def load(cls, folder: Path) -> Network:
        """The network in ``folder`` (``model.safetensors``)."""
        from safetensors.numpy import load_file

        tensors = load_file(folder / "model.safetensors")
        scales = tensors.pop("table.scales").astype(np.float32)
        table = tensors.pop("table").astype(np.float32) * scales[:, None]
        return cls(table, {name: values.astype(np.float32) for name, values in tensors.items()})

    def read(self, asked: Pieces, held: Pieces, marks: Floats) -> Logits:
        """What the passage of the pieces ``held`` ``(n,)``, with ``marks`` ``(n, 5)``, says to the pieces ``asked``.

        Neither may be empty.
        """
        unit, other = self._unit[held], self._unit[asked]
        weights = self._norms[asked] / self._norms[asked].sum()
        cosines = unit @ other.T
        aligned = _softmax(ALIGN_SCALE * cosines) @ other
        scalars = see_scalars(cosines, held[:, None] == asked[None, :], weights, self._norms[held], marks)
        question, pooled = self._question(other, self._norms[asked])
        hidden = self._passage(unit, aligned, scalars, question, pooled)
        starts = hidden @ (self._w("start.weight")[0] + self._w("start_asked.weight") @ pooled)
        ends = hidden @ (self._w("end.weight")[0] + self._w("end_asked.weight") @ pooled)
        seen = np.concatenate([hidden.max(axis=0), pooled, scalars.max(axis=0)])
        null = self._linear("null.1", np.maximum(self._linear("null.0", seen), 0))
        return Logits(starts, ends, float(null[0]))

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


def _softmax(logits: Floats) -> Floats:
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True), dtype=np.float32)
