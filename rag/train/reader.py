"""TOOL: train the embedded reader (rag.answer.reader) on questions whose answers are marked in a passage.

Every question is read with its own passage and, one time in two, with a near passage that does not answer it, so that
the reader learns when there is nothing. Questions are also read with their words translated by a dictionary, without
accents and with typing errors. The weights are those of an average over the last steps.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

from rag.answer.reader import (
    ALIGN_SCALE,
    CROSS_AFTER,
    DILATIONS,
    PASSAGE_PIECES,
    QUESTION_PIECES,
    REACHES,
    SCALARS,
    Tokens,
    tokens,
)
from rag.train.questions import Marked, Rewriter

HIDDEN = 96
TRAINED_PIECES = 300
GOLD_BATCH, OTHER_BATCH = 24, 12
_SAVE_EVERY_S = 300.0
_AVERAGE = 0.998


class Block(nn.Module):
    """A residual convolution of three pieces, ``dilation`` apart, after normalising."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.norm = nn.LayerNorm(width)
        self.conv = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)

    def forward(self, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """``hidden``, ``(n, pieces, width)``, and what is made of it; zero where ``mask``, ``(n, pieces)``, is."""
        rows = self.norm(hidden) * mask[..., None]
        length, width = rows.shape[1:]
        padded = functional.pad(rows, (0, 0, self.dilation, self.dilation))
        # one product of matrices: several times faster on a processor than a dilated convolution
        around = torch.cat([padded[:, i * self.dilation : i * self.dilation + length] for i in range(3)], -1)
        kernel = self.conv.weight.permute(0, 2, 1).reshape(width, 3 * width)
        made = functional.relu(functional.linear(around, kernel, self.conv.bias))
        if self.training:  # whole channels of a text, which needs few random numbers
            made = made * (torch.rand(len(rows), 1, width) > 0.1).float() / 0.9
        return (hidden + made) * mask[..., None]


class Net(nn.Module):
    """The network that rag.answer.reader reads with NumPy; the names of its weights are the same."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.asked = nn.ModuleDict(
            {
                "input": nn.Linear(width + 1, HIDDEN),
                "blocks": nn.ModuleList([Block(HIDDEN, 1) for _ in range(2)]),
                "pool": nn.Linear(HIDDEN, 1),
            }
        )
        self.input = nn.Linear(3 * width + SCALARS, HIDDEN)
        self.input_asked = nn.Linear(HIDDEN, HIDDEN)
        self.blocks = nn.ModuleList([Block(HIDDEN, dilation) for dilation in DILATIONS])
        self.cross = nn.ModuleDict(
            {
                "query": nn.Linear(HIDDEN, HIDDEN),
                "key": nn.Linear(HIDDEN, HIDDEN),
                "out": nn.Linear(3 * HIDDEN, HIDDEN),
            }
        )
        self.start = nn.Linear(HIDDEN, 1, bias=False)
        self.end = nn.Linear(HIDDEN, 1, bias=False)
        self.start_asked = nn.Linear(HIDDEN, HIDDEN, bias=False)
        self.end_asked = nn.Linear(HIDDEN, HIDDEN, bias=False)
        self.null = nn.Sequential()
        self.null.add_module("0", nn.Linear(2 * HIDDEN + SCALARS, 48))
        self.null.add_module("1", nn.Linear(48, 1))

    def forward(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits of starts and ends, ``(n, pieces)``, and of there being no answer, ``(n,)``."""
        asked = functional.relu(self.asked["input"](torch.cat([batch.asked, batch.norms[..., None]], -1)))
        for block in self.asked["blocks"].children():
            asked = block(asked, batch.asked_mask)
        looks = self.asked["pool"](asked)[..., 0].masked_fill(batch.asked_mask == 0, -1e4)
        pooled = (looks.softmax(-1)[..., None] * asked).sum(1)
        inputs = torch.cat([batch.held, batch.aligned, batch.held * batch.aligned, batch.scalars], -1)
        if self.training:
            inputs = inputs * (torch.rand(len(inputs), 1, inputs.shape[-1]) > 0.1).float() / 0.9
        hidden = functional.relu(self.input(inputs) + self.input_asked(pooled)[:, None]) * batch.mask[..., None]
        for number, block in enumerate(self.blocks, start=1):
            hidden = block(hidden, batch.mask)
            if number == CROSS_AFTER:
                looks = self.cross["query"](hidden) @ self.cross["key"](asked).transpose(1, 2) / math.sqrt(HIDDEN)
                looks = looks.masked_fill(batch.asked_mask[:, None] == 0, -1e4)
                found = looks.softmax(-1) @ asked
                made = functional.relu(self.cross["out"](torch.cat([hidden, found, hidden * found], -1)))
                hidden = (hidden + made) * batch.mask[..., None]
        starts = self.start(hidden)[..., 0] + (hidden @ self.start_asked(pooled)[..., None])[..., 0]
        ends = self.end(hidden)[..., 0] + (hidden @ self.end_asked(pooled)[..., None])[..., 0]
        gone = batch.mask == 0
        seen = hidden.masked_fill(gone[..., None], -1e4).amax(1)
        marks = batch.scalars.masked_fill(gone[..., None], -1e4).amax(1)
        null = self.null[1](functional.relu(self.null[0](torch.cat([seen, pooled, marks], -1))))[..., 0]
        return starts.masked_fill(gone, -1e4), ends.masked_fill(gone, -1e4), null


@dataclass(frozen=True, slots=True)
class Batch:
    """Questions with passages, padded; ``start`` and ``end`` name the right pieces, -1 where nothing answers."""

    asked: torch.Tensor
    norms: torch.Tensor
    asked_mask: torch.Tensor
    held: torch.Tensor
    aligned: torch.Tensor
    scalars: torch.Tensor
    mask: torch.Tensor
    start: torch.Tensor
    end: torch.Tensor


class Batches:
    """Makes batches out of marked questions; ``rows`` are those that may be used."""

    def __init__(
        self, table: NDArray[np.float32], tokenizer: Tokenizer, rows: Sequence[Marked], rewriter: Rewriter
    ) -> None:
        norms = np.linalg.norm(table, axis=1)
        self._unit = torch.from_numpy(table / np.maximum(norms, 1e-6)[:, None])
        self._norms = torch.from_numpy((norms / norms.mean()).astype(np.float32))
        self.rows, self._rewriter, self._tokenizer = rows, rewriter, tokenizer
        texts = list(dict.fromkeys(row.passage for row in rows))
        self._held = dict(zip(texts, tokens(tokenizer, texts), strict=True))
        self._near = self._near_passages(texts)

    def _near_passages(self, texts: list[str]) -> dict[str, list[str]]:
        """For each question the five passages nearest to it that do not hold its answer."""
        means = torch.stack([functional.normalize(self._mean(self._held[text].ids), dim=0) for text in texts])
        found: dict[str, list[str]] = {}
        for low in range(0, len(self.rows), 512):
            rows = self.rows[low : low + 512]
            asked = [functional.normalize(self._mean(t.ids), dim=0) for t in self._tokens([r.question for r in rows])]
            nearest = (torch.stack(asked) @ means.T).topk(min(9, len(texts))).indices.tolist()
            for row, best in zip(rows, nearest, strict=True):
                near = [texts[i] for i in best if texts[i] != row.passage]
                found[row.question] = [t for t in near if not row.answers or row.answers[0][1] not in t][:5]
        return found

    def _tokens(self, texts: list[str]) -> list[Tokens]:
        return tokens(self._tokenizer, texts)

    def _mean(self, ids: NDArray[np.int64]) -> torch.Tensor:
        found = torch.from_numpy(np.unique(ids)) if len(ids) else torch.zeros(1, dtype=torch.long)
        return (self._unit[found] * self._norms[found, None]).mean(0)

    def draw(self, rng: np.random.Generator, chances: NDArray[np.float64]) -> Batch:
        """A batch of questions with their own passages and some with a near one."""
        rows = [self.rows[i] for i in rng.choice(len(self.rows), GOLD_BATCH, p=chances)]
        asked = [self._rewriter.rewrite(row.question, row.language, rng) for row in rows]
        parts = [(question, *self._placed(row, rng)) for question, row in zip(asked, rows, strict=True)]
        for question, row in list(zip(asked, rows, strict=True))[:OTHER_BATCH]:
            near = self._near[row.question]
            if near:
                parts.append((question, self._held[near[rng.integers(len(near))]], -1, -1))
        return self.batch(parts)

    def _placed(self, row: Marked, rng: np.random.Generator) -> tuple[Tokens, int, int]:
        """The row's passage, cut at random around one of its answers where it is long, and the answer's pieces."""
        held = self._held[row.passage]
        start, end = -1, -1
        if row.answers:
            offset, text = row.answers[rng.integers(len(row.answers))]
            start, end = answer_pieces(held, offset, offset + len(text))
        if len(held.ids) <= TRAINED_PIECES:
            return held, start, end
        low = max(0, end - TRAINED_PIECES + 1) if start >= 0 else 0
        high = min(start, len(held.ids) - TRAINED_PIECES) if start >= 0 else len(held.ids) - TRAINED_PIECES
        cut = int(rng.integers(min(low, high), max(low, high) + 1))
        part = slice(cut, cut + TRAINED_PIECES)
        shorter = Tokens(held.ids[part], held.spans[part], held.marks[part])
        return shorter, *((start - cut, end - cut) if start >= 0 else (-1, -1))

    def batch(self, parts: Sequence[tuple[str, Tokens, int, int]]) -> Batch:
        """The padded batch of questions, passages and the first and last pieces of the answers."""
        asked = [t.ids[:QUESTION_PIECES] for t in self._tokens([question for question, *_ in parts])]
        held = [part[1] for part in parts]
        asked_ids, asked_mask = _pad(asked)
        ids, mask = _pad([part.ids[:PASSAGE_PIECES] for part in held])
        marks = torch.zeros((*ids.shape, 5))
        for row, part in enumerate(held):
            marks[row, : min(len(part.ids), PASSAGE_PIECES)] = torch.from_numpy(part.marks[:PASSAGE_PIECES])
        other, unit, norms = self._unit[asked_ids], self._unit[ids], self._norms[asked_ids] * asked_mask
        weights = norms / norms.sum(-1, keepdim=True).clamp_min(1e-6)
        cosines = (unit @ other.transpose(1, 2)).masked_fill(asked_mask[:, None] == 0, -1.0)
        cosines = cosines * mask[..., None] - (1 - mask[..., None])
        aligned = (ALIGN_SCALE * cosines).softmax(-1) @ other
        same = ((ids[:, :, None] == asked_ids[:, None]) & (asked_mask[:, None] > 0)).float() * mask[..., None]
        scalars = _scalars(cosines, same, weights, asked_mask.sum(-1), self._norms[ids], marks)
        starts, ends = (torch.tensor([part[i] for part in parts]) for i in (2, 3))
        return Batch(other, norms, asked_mask, unit, aligned, scalars * mask[..., None], mask, starts, ends)


def _scalars(
    cosines: torch.Tensor,
    same: torch.Tensor,
    weights: torch.Tensor,
    counts: torch.Tensor,
    norms: torch.Tensor,
    marks: torch.Tensor,
) -> torch.Tensor:
    """What rag.answer.reader.see_scalars sees, for a batch."""
    best, nearest = cosines.max(-1)
    best = best.clamp_min(0)
    telling = weights * counts[:, None]
    columns = [best, best * telling.gather(1, nearest.flatten(1)), same.amax(-1), (same * telling[:, None]).amax(-1)]
    met = (0.5 * cosines.clamp_min(0) + 0.5 * cosines.clamp_min(0) ** 3).transpose(1, 2)
    for reach in REACHES:
        around = functional.max_pool1d(met, 2 * reach + 1, stride=1, padding=reach)
        columns.append((around * weights[..., None]).sum(1))
    return torch.cat([torch.stack([*columns, norms], -1), marks], -1)


def _pad(texts: Sequence[NDArray[np.int64]]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(1, *(len(text) for text in texts))
    padded, mask = np.zeros((len(texts), longest), np.int64), np.zeros((len(texts), longest), np.float32)
    for row, text in enumerate(texts):
        padded[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return torch.from_numpy(padded), torch.from_numpy(mask)


def answer_pieces(held: Tokens, start: int, end: int) -> tuple[int, int]:
    """The first and the last piece that overlap ``text[start:end]``; (-1, -1) where none does."""
    inside = np.flatnonzero((held.spans[:, 1] > start) & (held.spans[:, 0] < end))
    return (int(inside[0]), int(inside[-1])) if len(inside) else (-1, -1)


def loss_of(net: Net, batch: Batch) -> torch.Tensor:
    """Cross entropy of the right start and end among all pieces and the null answer."""
    starts, ends, null = net(batch)
    total = torch.zeros(())
    for logits, gold in ((starts, batch.start), (ends, batch.end)):
        rows = torch.cat([null[:, None], logits], -1)
        total = total + functional.cross_entropy(rows, (gold + 1).clamp(0, rows.shape[1] - 1), label_smoothing=0.0)
    return total / 2


def train(
    batches: Batches, width: int, out: Path, chances: NDArray[np.float64], *, minutes: float, rate: float, seed: int,
    tell: Callable[[str], None], judge: Callable[[Net], str] | None = None,
) -> Net:  # fmt: skip
    """The averaged network; goes on from ``out/checkpoint.pt`` where there is one."""
    torch.manual_seed(seed)
    net, mean = Net(width), Net(width)
    mean.load_state_dict(net.state_dict())
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.01)
    spent, step = 0.0, 0
    file = out / "checkpoint.pt"
    if file.is_file():
        kept = torch.load(file, weights_only=True)
        net.load_state_dict(kept["net"])
        mean.load_state_dict(kept["mean"])
        optimiser.load_state_dict(kept["optimiser"])
        spent, step = kept["spent_s"], kept["step"]
    rng = np.random.default_rng(seed + step)
    began = saved = time.monotonic()
    before, losses = spent, []
    while spent < minutes * 60:
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / 200) * max(0.02, 1 - spent / (minutes * 60))
        loss = loss_of(net.train(), batches.draw(rng, chances))
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimiser.step()
        _follow(mean, net, min(_AVERAGE, step / (step + 10)))
        losses.append(float(loss.detach()))
        step += 1
        spent = before + time.monotonic() - began
        if step % 100 == 0:
            tell(f"step {step}, {spent / 60:.1f} of {minutes:g} min: loss {np.mean(losses[-100:]):.3f}")
        if step % 1000 == 0 and judge is not None:
            tell(judge(mean.eval()))
        if time.monotonic() - saved > _SAVE_EVERY_S or spent >= minutes * 60:
            kept = {"net": net.state_dict(), "mean": mean.state_dict(), "optimiser": optimiser.state_dict()}
            torch.save(kept | {"spent_s": spent, "step": step}, out / "checkpoint.new")
            (out / "checkpoint.new").replace(file)
            saved = time.monotonic()
    return mean.eval()


def _follow(mean: Net, net: Net, share: float) -> None:
    with torch.no_grad():
        for kept, new in zip(mean.parameters(), net.parameters(), strict=True):
            kept.lerp_(new, 1 - share)


def write_reader(net: Net, table: NDArray[np.float32], out: Path, facts: dict[str, object]) -> None:
    """Write the weights in sixteen bits and the piece vectors in eight, a scale a row, into ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    scales = np.abs(table).max(axis=1) / 127 + 1e-12
    tensors = {name: values.detach().numpy().astype(np.float16) for name, values in net.state_dict().items()}
    tensors["table"] = np.round(table / scales[:, None]).astype(np.int8)
    tensors["table.scales"] = scales.astype(np.float32)
    save_file(tensors, out / "model.safetensors")
    (out / "reader.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def shrink(table: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """The table turned onto its ``width`` directions of greatest variance, each row as long as it was."""
    values, directions = np.linalg.eigh(table.T @ table)
    small = table @ directions[:, np.argsort(-values)[:width]]
    lengths = np.linalg.norm(table, axis=1) / np.maximum(np.linalg.norm(small, axis=1), 1e-9)
    return np.asarray(small * lengths[:, None], dtype=np.float32)


def is_held_out(text: str) -> bool:
    """Whether a passage is kept out of the training, for the fits that need what the reader has not seen: one in 8."""
    return hashlib.sha256(text.encode()).digest()[1] < 32
