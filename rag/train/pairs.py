"""TOOL: the training text as pairs of piece sequences, kept in one file beside the checkpoint."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embed.words import WordPieces
from rag.text.analysis import fold
from rag.text.pieces import parse_tokenizer
from rag.train.questions import mistype
from rag.train.tables import training_rows

QUESTION_PIECES = 32
PASSAGE_PIECES = 160
SENTENCE_PIECES = 96

Pieces = NDArray[np.int32]


class Texts:
    """Piece sequences in one array: ``flat`` int32, the text at ``i`` is ``flat[bounds[i] : bounds[i + 1]]``."""

    def __init__(self, flat: Pieces, bounds: NDArray[np.int64]) -> None:
        self.flat, self.bounds = flat, bounds

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def __getitem__(self, place: int) -> Pieces:
        return self.flat[self.bounds[place] : self.bounds[place + 1]]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of one kind and languages: ``left[i]`` means what ``right[i]`` means, or asks for it.

    Pairs that stand beside each other come from one document, where their source has any order.
    """

    kind: str
    name: str
    left: Texts
    right: Texts


def read_pairs(
    data: Path, qa: Path | None, tokenizer: Path, kept: Path, tell: Callable[[str], None]
) -> list[Pairs]:
    """Every group of pairs, in a fixed order, from ``kept`` where it exists; else they are made and kept there.

    Which pairs of a group that is too large are taken depends on a fixed seed alone.
    """
    if not kept.is_file():
        _write(kept, _make(data, qa, tokenizer, tell))
    with np.load(kept, allow_pickle=False) as arrays:
        names = sorted({name.rpartition("/")[0] for name in arrays.files})
        texts = {name: [arrays[f"{name}/{part}"] for part in ("left", "lefts", "right", "rights")] for name in names}
    found = []
    for name, (left, lefts, right, rights) in texts.items():
        kind, group = name.split("/")
        found.append(Pairs(kind, group, Texts(left, lefts), Texts(right, rights)))
    return found


def _make(data: Path, qa: Path | None, tokenizer: Path, tell: Callable[[str], None]) -> Iterator[Pairs]:
    groups: dict[tuple[str, str], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for kind, name, one, other in training_rows(data, qa):
        groups[kind, name][0].append(one)
        groups[kind, name][1].append(other)
    text = tokenizer.read_text(encoding="utf-8")
    words = WordPieces(parse_tokenizer(text), json.loads(text))
    rng = random.Random(2)
    for (kind, name), (left, right) in sorted(groups.items()):
        limit = _limit(name)
        if len(left) > limit:
            taken = sorted(rng.sample(range(len(left)), limit))
            left, right = [left[i] for i in taken], [right[i] for i in taken]
        if kind != "word":
            left = [_as_typed(text, rng) for text in left]
        longest = (QUESTION_PIECES, PASSAGE_PIECES) if kind == "find" else (SENTENCE_PIECES, SENTENCE_PIECES)
        yield Pairs(kind, name, _encode(left, words, longest[0]), _encode(right, words, longest[1]))
        tell(f"{kind} {name}: {len(left):,} pairs")


def _write(kept: Path, groups: Iterable[Pairs]) -> None:
    arrays: dict[str, NDArray[Any]] = {}
    for group in groups:
        for side, texts in (("left", group.left), ("right", group.right)):
            arrays[f"{group.kind}/{group.name}/{side}"] = texts.flat
            arrays[f"{group.kind}/{group.name}/{side}s"] = texts.bounds
    with kept.with_suffix(".new").open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    kept.with_suffix(".new").replace(kept)


def _as_typed(text: str, rng: random.Random) -> str:
    """``text`` as some people type it: one in eight without accents, one in sixteen with two letters swapped."""
    chance = rng.random()
    if chance < 1 / 8:
        return " ".join(fold(word) for word in text.split())
    return mistype(text, rng) if chance < 3 / 16 else text


def _limit(name: str) -> int:
    """How many pairs a group may have: English beside another language tells more than two others side by side."""
    if name == "en-fr":
        return 120_000
    return 40_000 if "en" in name.split("-") or "-" not in name else 10_000


def _encode(texts: list[str], words: WordPieces, longest: int) -> Texts:
    nothing = np.array([1], np.uint32)
    cut = [pieces[:longest] if len(pieces) else nothing for pieces in words.pieces(texts)]
    bounds = np.concatenate([[0], np.cumsum([len(pieces) for pieces in cut])]).astype(np.int64)
    return Texts(np.concatenate(cut).astype(np.int32), bounds)
