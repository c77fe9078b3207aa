"""TOOL: train the static encoder: contrastive on whole texts, and on late interaction for question and passage.

``same`` and ``word`` pairs pull the mean vectors of the two sides together against the rest of the batch (InfoNCE,
both directions); ``align`` does it for late interaction. ``find`` pairs (a title or a question and its passage) train
what the search does with them: late interaction, with the length of a piece's vector as its weight, plus the cosine of
the whole texts.
Source: InfoNCE, van den Oord et al. (2018), eq. 4; MaxSim, Khattab and Zaharia, ColBERT (2020), section 3.2.
"""

from __future__ import annotations

import json
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from torch.nn import functional

from rag.train.late import late
from rag.train.pairs import Pairs

# ``align`` draws from the same pairs as ``same`` and trains late interaction on them: which word answers to which.
_SHARES = {"same": 0.2, "align": 0.3, "find": 0.45, "word": 0.05}
_BATCH = {"same": 512, "align": 96, "find": 64, "word": 512}
# Half of the batches of passages are runs of so many neighbours: passages of one document, hard to tell apart.
_RUN = 8
_ALIGN_PIECES = 40
_SCALE = 20.0
_LATE_SCALE = 40.0
_SAVE_EVERY_S = 300.0
# Real questions are drawn so many times as often as titles and lines with their passages, a quarter of all in the end.
_QUESTIONS = ("qa-", "switched-")
_QUESTION_WEIGHT = 2.5


@dataclass(slots=True)
class State:
    """What a checkpoint keeps: the table, the optimiser's moments, the seconds and steps spent."""

    table: torch.nn.Parameter
    optimiser: torch.optim.SparseAdam
    spent_s: float = 0.0
    step: int = 0


def train(
    groups: Sequence[Pairs], start: NDArray[np.float32], out: Path, *, minutes: float, rate: float, seed: int,
    device: str, tell: Callable[[str], None],
) -> NDArray[np.float32]:  # fmt: skip
    """The trained table; goes on from ``out/checkpoint.pt`` where there is one."""
    state = _restore(start, out, rate, device)
    rng = np.random.default_rng(seed + state.step)
    by_kind: dict[str, list[Pairs]] = defaultdict(list)
    for group in groups:
        by_kind[group.kind].append(group)
    by_kind["align"] = by_kind["same"]
    kinds = [kind for kind in _SHARES if by_kind[kind]]
    shares = np.array([_SHARES[kind] for kind in kinds])
    drawn = {kind: chances(by_kind[kind]) for kind in kinds}
    losses: dict[str, list[float]] = defaultdict(list)
    began, saved, before = time.monotonic(), time.monotonic(), state.spent_s
    while state.spent_s < minutes * 60:
        progress = state.spent_s / (minutes * 60)
        for options in state.optimiser.param_groups:
            options["lr"] = rate * min(1.0, (state.step + 1) / 50) * max(0.03, 1 - progress)
        kind = kinds[rng.choice(len(kinds), p=shares / shares.sum())]
        group = by_kind[kind][rng.choice(len(by_kind[kind]), p=drawn[kind])]
        loss = _loss(state.table, kind, group, rng, device)
        state.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        state.optimiser.step()  # type: ignore[no-untyped-call]
        losses[kind].append(float(loss.detach()))
        state.step += 1
        state.spent_s = before + time.monotonic() - began
        if state.step % 200 == 0:
            means = ", ".join(f"{name} {np.mean(values):.3f}" for name, values in sorted(losses.items()))
            tell(f"step {state.step}, {state.spent_s / 60:.1f} of {minutes:g} min: {means}")
            losses.clear()
        if time.monotonic() - saved > _SAVE_EVERY_S:
            _save(state, out)
            saved = time.monotonic()
    _save(state, out)
    return state.table.detach().cpu().numpy()


def chances(groups: Sequence[Pairs]) -> NDArray[np.float64]:
    """How often each group is drawn: by the square root of its size, so that small languages count.

    Those of questions are drawn more often.
    """
    weights = np.sqrt([len(group.left) for group in groups])
    weights *= [_QUESTION_WEIGHT if group.name.startswith(_QUESTIONS) else 1.0 for group in groups]
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _loss(
    table: torch.nn.Parameter, kind: str, group: Pairs, rng: np.random.Generator, device: str
) -> torch.Tensor:
    rows = _rows(kind, group, rng)
    left, right = ([_thin(texts[row], rng) for row in rows] for texts in (group.left, group.right))
    if kind == "align":
        left, right = ([text[:_ALIGN_PIECES] for text in texts] for texts in (left, right))
    if kind != "find" and rng.random() < 0.5:  # either language asks
        left, right = right, left
    alike = _same_text(left, device) | _same_text(right, device)
    asked, held = (functional.normalize(_mean(table, texts, device)) for texts in (left, right))
    loss = _contrast(_SCALE * asked @ held.T, alike)
    if kind in ("find", "align"):
        loss = 0.5 * loss + _contrast(_LATE_SCALE * late(table, left, right, device), alike)
    return 0.5 * loss if kind == "word" else loss


def _rows(kind: str, group: Pairs, rng: np.random.Generator) -> NDArray[np.int64]:
    """Which pairs make a batch: any, or in half of the cases runs of neighbours where late interaction is trained.

    The passages around one line share lines with their neighbours, and are always drawn from everywhere.
    """
    count, size = len(group.left), _BATCH[kind]
    if kind in ("same", "word") or group.name.startswith("around") or count < 8 * size or rng.random() < 0.5:
        return np.unique(rng.integers(0, count, size))
    starts = rng.integers(0, count - _RUN, size // _RUN)
    return np.unique(starts[:, None] + np.arange(_RUN))


def _thin(pieces: NDArray[np.int32], rng: np.random.Generator) -> NDArray[np.int32]:
    """A tenth of the pieces left out, of texts with more than four."""
    if len(pieces) <= 4:
        return pieces
    kept = pieces[rng.random(len(pieces)) > 0.1]
    return kept if len(kept) else pieces


def _same_text(texts: Sequence[NDArray[np.int32]], device: str) -> torch.Tensor:
    """True off the diagonal where two texts of the batch are the same, which must not count as a mistake."""
    keys = np.array([hash(text.tobytes()) for text in texts])
    same = keys[:, None] == keys[None, :]
    np.fill_diagonal(same, False)
    return torch.from_numpy(same).to(device)


def _contrast(logits: torch.Tensor, alike: torch.Tensor) -> torch.Tensor:
    logits = logits.masked_fill(alike, -1e4)
    gold = torch.arange(len(logits), device=logits.device)
    return (functional.cross_entropy(logits, gold) + functional.cross_entropy(logits.T, gold)) / 2


def _mean(table: torch.nn.Parameter, texts: Sequence[NDArray[np.int32]], device: str) -> torch.Tensor:
    flat = torch.from_numpy(np.concatenate(texts).astype(np.int64)).to(device)
    offsets = torch.from_numpy(np.cumsum([0] + [len(text) for text in texts[:-1]])).to(device)
    return functional.embedding_bag(flat, table, offsets, mode="mean", sparse=True)


def _restore(start: NDArray[np.float32], out: Path, rate: float, device: str) -> State:
    table = torch.nn.Parameter(torch.from_numpy(start.copy()).to(device))
    state = State(table, torch.optim.SparseAdam([table], lr=rate, betas=(0.9, 0.99)))
    file = out / "checkpoint.pt"
    if file.is_file():
        kept = torch.load(file, map_location=device, weights_only=True)
        with torch.no_grad():
            table.copy_(kept["table"])
        state.optimiser.load_state_dict(kept["optimiser"])
        state.spent_s, state.step = kept["spent_s"], kept["step"]
    return state


def _save(state: State, out: Path) -> None:
    temporary = out / "checkpoint.new"
    kept = {
        "table": state.table.detach(),
        "optimiser": state.optimiser.state_dict(),
        "spent_s": state.spent_s,
        "step": state.step,
    }
    torch.save(kept, temporary)
    temporary.replace(out / "checkpoint.pt")


def write_encoder(table: NDArray[np.float32], like: Path, out: Path, revision: str) -> None:
    """Write ``table`` in eight bits, a scale a row, with the tokenizer and modules of the encoder in ``like``."""
    out.mkdir(parents=True, exist_ok=True)
    scales = np.abs(table).max(axis=1) / 127 + 1e-12
    quantised = np.round(table / scales[:, None]).astype(np.int8)
    save_file({"embeddings": quantised, "weights": scales.astype(np.float32)}, out / "model.safetensors")
    for name in ("tokenizer.json", "modules.json"):
        shutil.copyfile(like / name, out / name)
    settings = json.loads((like / "communique.json").read_text(encoding="utf-8")) | {"revision": revision}
    (out / "communique.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
