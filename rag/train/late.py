"""TOOL: late interaction in torch, of every text with every other, whose gradient costs little more than its values.

Only the nearest piece of each text gets a gradient, so that the way back is a product with a sparse matrix.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional


class _Nearest(torch.autograd.Function):
    """The greatest product of each row with the rows of each text: ``(rows, texts)``."""

    @staticmethod
    def forward(
        context: Any, rows: torch.Tensor, held: torch.Tensor, mask: torch.Tensor
    ) -> torch.Tensor:
        """``rows`` ``(n, d)``, ``held`` ``(texts * pieces, d)``, ``mask`` ``(texts, pieces)``: which are real."""
        products = (rows @ held.T).view(len(rows), *mask.shape)
        products.masked_fill_(~mask, -1)
        best, where = products.max(-1)
        context.save_for_backward(rows, held, where)
        return best

    @staticmethod
    def backward(context: Any, *grads: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, None]:
        """The gradients of rows and held."""
        rows, held, where = context.saved_tensors
        count, texts = where.shape
        columns = (where + torch.arange(texts, device=rows.device) * (len(held) // texts)).flatten()
        lines = torch.arange(count, device=rows.device).repeat_interleave(texts)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch says that its sparse matrices are new
            met = torch.sparse_coo_tensor(torch.stack([lines, columns]), grads[0].flatten(), (count, len(held)))
            return torch.sparse.mm(met, held), torch.sparse.mm(met.t(), rows), None


def late(
    table: torch.nn.Parameter,
    questions: Sequence[NDArray[np.int32]],
    passages: Sequence[NDArray[np.int32]],
    device: str,
) -> torch.Tensor:
    """Late interaction of every question with every passage, ``(questions, passages)`` in 0..1."""
    asked, asked_mask = _pad(questions, device)
    held, held_mask = _pad(passages, device)
    asked_vectors = functional.embedding(asked, table, sparse=True)
    weights = asked_vectors.norm(dim=-1) * asked_mask
    unit = functional.normalize(asked_vectors, dim=-1).flatten(0, 1)
    other = functional.normalize(functional.embedding(held, table, sparse=True), dim=-1).flatten(0, 1)
    nearest: torch.Tensor = _Nearest.apply(unit, other, held_mask)  # type: ignore[no-untyped-call]
    best = nearest.view(*asked.shape, len(passages)).clamp_min(0)
    met = (0.5 * best + 0.5 * best**3) * weights[..., None]
    share: torch.Tensor = met.sum(1) / weights.sum(1, keepdim=True).clamp_min(1e-6)
    return share


def _pad(texts: Sequence[NDArray[np.int32]], device: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Distinct pieces of each text, padded, and which of them are real."""
    distinct = [np.unique(text) for text in texts]
    longest = max(len(text) for text in distinct)
    padded = np.zeros((len(distinct), longest), np.int64)
    mask = np.zeros((len(distinct), longest), np.bool_)
    for row, text in enumerate(distinct):
        padded[row, : len(text)] = text
        mask[row, : len(text)] = True
    return torch.from_numpy(padded).to(device), torch.from_numpy(mask).to(device)
