"""TOOL: marked questions and passages as batches of what rag.train.network reads."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch.nn import functional

from rag.answer.network import ALIGN_SCALE, REACHES
from rag.answer.reader import PASSAGE_PIECES, QUESTION_PIECES, Tokens, tokens
from rag.train.network import Batch
from rag.train.questions import Marked, Rewriter, swapped_question, written_names

TRAINED_PIECES = 300
GOLD_BATCH, OTHER_BATCH, SWAPPED_BATCH = 24, 12, 8
_DRAWN_BATCHES = 16
_SWITCHED = 0.35


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
        self._drawn: list[list[int]] = []
        pools: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            pools[row.language].update(written_names(row.question, row.language))
        self._names = {language: sorted(pool) for language, pool in pools.items()}

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
        """A batch of questions with their own passages, some with a near one, some with another name or number.

        The passages of a batch are about as long as one another, since padding is computed too.
        """
        if not self._drawn:
            drawn = rng.choice(len(self.rows), GOLD_BATCH * _DRAWN_BATCHES, p=chances)
            by_length = sorted(drawn, key=lambda i: len(self._held[self.rows[i].passage].ids))
            self._drawn = [by_length[i : i + GOLD_BATCH] for i in range(0, len(by_length), GOLD_BATCH)]
            rng.shuffle(self._drawn)
        rows = [self.rows[i] for i in self._drawn.pop()]
        longest = max(len(self._held[row.passage].ids) for row in rows)
        asked = [self._rewriter.rewrite(row.question, row.language, rng) for row in rows]
        parts = [(question, *self._placed(row, rng)) for question, row in zip(asked, rows, strict=True)]
        if self._rewriter.has_words:
            for place in np.flatnonzero(rng.random(len(rows)) < _SWITCHED):
                parts[place] = self._switched(rows[place], parts[place][0], rng)
        for question, row in list(zip(asked, rows, strict=True))[:OTHER_BATCH]:
            near = self._near[row.question]
            if near:
                parts.append((question, _first(self._held[near[rng.integers(len(near))]], longest), -1, -1))
        for row, (_, held, *_) in list(zip(rows, parts, strict=False))[-SWAPPED_BATCH:]:
            chance = random.Random(int(rng.integers(1 << 30)))
            swapped = swapped_question(row.question, row.language, self._names[row.language], chance)
            if swapped is not None:
                parts.append((self._rewriter.rewrite(swapped, row.language, rng), held, -1, -1))
        return self.batch(parts)

    def _switched(self, row: Marked, asked: str, rng: np.random.Generator) -> tuple[str, Tokens, int, int]:
        """The row with most words of its passage in another language by dictionary, and of the question too, or not.

        Source of the idea: Qin et al., CoSDA-ML: Multi-Lingual Code-Switching Data Augmentation (2020), section 3.
        """
        target = self._rewriter.other_language(row.language, rng)

        def into(text: str) -> str:
            return self._rewriter.into(text, row.language, target, rng)

        offset, answer = row.answers[rng.integers(len(row.answers))] if row.answers else (len(row.passage), "")
        before, said = into(row.passage[:offset]), into(answer)
        passage = before + said + into(row.passage[offset + len(answer) :])
        held = self._tokens([passage])[0]
        place = answer_pieces(held, len(before), len(before) + len(said)) if row.answers else (-1, -1)
        question = into(row.question) if rng.random() < 0.6 else asked
        return question, *_cut(held, *place, rng)

    def _placed(self, row: Marked, rng: np.random.Generator) -> tuple[Tokens, int, int]:
        """The row's passage, cut at random around one of its answers where it is long, and the answer's pieces."""
        held = self._held[row.passage]
        start, end = -1, -1
        if row.answers:
            offset, text = row.answers[rng.integers(len(row.answers))]
            start, end = answer_pieces(held, offset, offset + len(text))
        return _cut(held, start, end, rng)

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


def _cut(held: Tokens, start: int, end: int, rng: np.random.Generator) -> tuple[Tokens, int, int]:
    """TRAINED_PIECES of a longer passage, cut at random around the answer, and the answer's pieces there."""
    if len(held.ids) <= TRAINED_PIECES:
        return held, start, end
    low = max(0, end - TRAINED_PIECES + 1) if start >= 0 else 0
    high = min(start, len(held.ids) - TRAINED_PIECES) if start >= 0 else len(held.ids) - TRAINED_PIECES
    cut = int(rng.integers(min(low, high), max(low, high) + 1))
    return _part(held, cut, cut + TRAINED_PIECES), *((start - cut, end - cut) if start >= 0 else (-1, -1))


def _part(held: Tokens, low: int, high: int) -> Tokens:
    return Tokens(held.ids[low:high], held.spans[low:high], held.marks[low:high])


def _first(held: Tokens, count: int) -> Tokens:
    return _part(held, 0, min(count, TRAINED_PIECES))


def _scalars(
    cosines: torch.Tensor,
    same: torch.Tensor,
    weights: torch.Tensor,
    counts: torch.Tensor,
    norms: torch.Tensor,
    marks: torch.Tensor,
) -> torch.Tensor:
    """What rag.answer.network.see_scalars sees, for a batch."""
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
