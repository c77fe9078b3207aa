"""TOOL: the training text as pairs of piece sequences, read once from the compressed tables and cached.

Tables: ``parallel.tsv.xz`` (header; source, licence, lang_a, lang_b, text_a, text_b), ``pairs.tsv.xz`` (language,
source, English, text), ``title_passage.tsv.xz`` (header; source, licence, language, title, passage),
``law_titles.tsv.xz`` (English title, French title, English section, French section), ``dictionary.tsv.xz`` (language,
English, word), and any ``qa/*.jsonl`` ({question, context, language}).
"""

from __future__ import annotations

import json
import lzma
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

# A source of short terms may give this many pairs a pair of languages; longer texts are kept whole.
SHORT_CAP = 3_000
SHORT_MEAN_CHARS = 60
# Sources that are used to measure, or whose licence is a copyleft one.
LEFT_OUT = frozenset({"europeana-portal"})
QUESTION_PIECES = 32
PASSAGE_PIECES = 160
SENTENCE_PIECES = 96

Sequences = list[NDArray[np.int32]]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of one kind and languages: ``left[i]`` means what ``right[i]`` means, or asks for it."""

    kind: str
    name: str
    left: Sequences
    right: Sequences


def read_pairs(data: Path, qa: Path | None, tokenizer: Tokenizer, tell: Callable[[str], None]) -> list[Pairs]:
    """Every group of pairs, in a fixed order; which short ones are kept depends on a fixed seed alone."""
    groups: dict[tuple[str, str], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for kind, name, one, other in _rows(data, qa):
        groups[kind, name][0].append(one)
        groups[kind, name][1].append(other)
    found = []
    for (kind, name), (left, right) in sorted(groups.items()):
        long_left, long_right = (
            (QUESTION_PIECES, PASSAGE_PIECES) if kind == "find" else (SENTENCE_PIECES, SENTENCE_PIECES)
        )
        found.append(Pairs(kind, name, _encode(left, tokenizer, long_left), _encode(right, tokenizer, long_right)))
        tell(f"{kind} {name}: {len(left):,} pairs")
    return found


def _rows(data: Path, qa: Path | None) -> Iterator[tuple[str, str, str, str]]:
    yield from _parallel(data / "parallel.tsv.xz")
    rng = random.Random(0)
    for language, source, english, text in _table(data / "pairs.tsv.xz", 4):
        if source != "canada-laws" or rng.random() < 0.4:
            yield "same", f"en-{language}", english, text
    for _, _, language, title, passage in _table(data / "title_passage.tsv.xz", 5, header=True):
        yield "find", language, title, passage
    for english_title, french_title, english, french in _table(data / "law_titles.tsv.xz", 4):
        if rng.random() < 0.25:
            yield "find", "fr", french_title, french
            yield "find", "en-fr", english_title, french
            yield "find", "fr-en", french_title, english
    for language, english, word in _table(data / "dictionary.tsv.xz", 3):
        yield "word", f"en-{language}", english, word
    for file in sorted(qa.glob("*.jsonl")) if qa else []:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield "find", f"qa-{row['language']}", row["question"], row["context"]


def _parallel(file: Path) -> Iterator[tuple[str, str, str, str]]:
    """The parallel texts, the sources of short terms capped for each pair of languages."""
    rows = list(_table(file, 6, header=True))
    chars: Counter[tuple[str, ...]] = Counter()
    counts: Counter[tuple[str, ...]] = Counter()
    for source, _, a, b, _, text in rows:
        chars[source, a, b] += len(text)
        counts[source, a, b] += 1
    rng = random.Random(1)
    for source, _, a, b, left, right in rows:
        key = (source, a, b)
        short = chars[key] < SHORT_MEAN_CHARS * counts[key]
        if source not in LEFT_OUT and (not short or rng.random() < SHORT_CAP / counts[key]):
            yield "same", f"{a}-{b}", left, right


def _table(file: Path, columns: int, *, header: bool = False) -> Iterator[list[str]]:
    with lzma.open(file, "rt", encoding="utf-8", newline="\n") as stream:
        if header:
            next(stream)
        for line in stream:
            row = line.rstrip("\n").split("\t")
            if len(row) == columns:
                yield row


def _encode(texts: list[str], tokenizer: Tokenizer, longest: int) -> Sequences:
    found: Sequences = []
    for start in range(0, len(texts), 20_000):
        encodings = tokenizer.encode_batch(texts[start : start + 20_000], add_special_tokens=False)
        found += [np.array(encoding.ids[:longest] or [1], dtype=np.int32) for encoding in encodings]
    return found
