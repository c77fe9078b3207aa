"""TOOL: train the embedded reader (rag.answer.reader) on questions whose answers are marked in a passage.

Every question is read with its own passage and, one time in two, with a near passage that does not answer it, so that
the reader learns when there is nothing. Questions are also read with their words translated by a dictionary, without
accents and with typing errors. The weights are those of an average over the last steps.
"""

from __future__ import annotations

import copy
import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from torch import nn
from torch.nn import functional

from rag.train.batches import Batches
from rag.train.network import Batch, Net

_SAVE_EVERY_S = 300.0
_AVERAGE = 0.998


def loss_of(net: Net, batch: Batch) -> torch.Tensor:
    """Cross entropy of the right start and end among all pieces and the null answer."""
    starts, ends, null = net(batch)
    total = torch.zeros(())
    for logits, gold in ((starts, batch.start), (ends, batch.end)):
        rows = torch.cat([null[:, None], logits], -1)
        total = total + functional.cross_entropy(rows, (gold + 1).clamp(0, rows.shape[1] - 1), label_smoothing=0.0)
    return total / 2


def train(
    batches: Batches, begun: Net, out: Path, chances: NDArray[np.float64], *, minutes: float, rate: float, seed: int,
    tell: Callable[[str], None], judge: Callable[[Net], str] | None = None,
) -> Net:  # fmt: skip
    """The average of what ``begun`` becomes; goes on from ``out/checkpoint.pt`` where there is one."""
    torch.manual_seed(seed)
    net, mean = begun, copy.deepcopy(begun)
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


def turn(table: NDArray[np.float32], onto: NDArray[np.float32]) -> NDArray[np.float32]:
    """``table`` rotated so that its rows lie as near as they can to those of ``onto``, of the same shape.

    Source: Schönemann, A generalized solution of the orthogonal Procrustes problem (1966).
    """
    left, _, right = np.linalg.svd(table.T @ onto)
    return np.asarray(table @ (left @ right), dtype=np.float32)


def read_reader(folder: Path) -> tuple[Net, NDArray[np.float32]]:
    """The network and the piece vectors that ``write_reader`` wrote into ``folder``."""
    tensors = load_file(folder / "model.safetensors")
    table = tensors.pop("table").astype(np.float32) * tensors.pop("table.scales")[:, None]
    net = Net(table.shape[1])
    net.load_state_dict({name: torch.from_numpy(values.astype(np.float32)) for name, values in tensors.items()})
    return net, table


def is_held_out(text: str) -> bool:
    """Whether a passage is kept out of the training, for the fits that need what the reader has not seen: one in 8."""
    return hashlib.sha256(text.encode()).digest()[1] < 32
