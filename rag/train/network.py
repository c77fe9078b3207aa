"""TOOL: the network of rag.answer.network in torch, with the same names of its weights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from rag.answer.network import CROSS_AFTER, DILATIONS, SCALARS, Network
from rag.schema import Vectors

HIDDEN = 128


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
    """The network that rag.answer.network reads with NumPy; the names of its weights are the same."""

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


def as_network(net: Net, table: Vectors) -> Network:
    """What ``net``, trained over the piece vectors of ``table``, is in NumPy."""
    return Network(table, {name: values.detach().numpy() for name, values in net.state_dict().items()})
