"""TOOL: the training text as pairs of piece sequences, read once from the compressed tables and cached.

Tables: ``parallel.tsv.xz`` (header; source, licence, lang_a, lang_b, text_a, text_b), ``pairs.tsv.xz`` (language,
source, English, text), ``title_passage.tsv.xz`` (header; source, licence, language, title, passage),
``law_titles.tsv.xz`` (English title, French title, English section, French section), ``dictionary.tsv.xz`` (language,
English, word), and any ``qa/*.jsonl`` ({question, context, language}). Optional: ``more_parallel.tsv`` and
``more_find.tsv``, in the columns of ``parallel`` and of ``title_passage``, without a header.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from rag.text.analysis import fold
from rag.train.questions import mistype

# A source of short terms may give this many pairs a pair of languages; longer texts are kept whole.
SHORT_CAP = 3_000
SHORT_MEAN_CHARS = 60
# Sources that are used to measure, or whose licence is a copyleft one.
LEFT_OUT = frozenset({"europeana-portal"})
# Texts that stand in the same order in every language: a line is looked for among the lines around it.
IN_ORDER = frozenset({"ntrex", "flores101-devtest"})
AROUND = 2
PLACES_EACH = 60
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
    rng = random.Random(2)
    for (kind, name), (left, right) in sorted(groups.items()):
        limit = _limit(name)
        if len(left) > limit:
            kept = sorted(rng.sample(range(len(left)), limit))
            left, right = [left[i] for i in kept], [right[i] for i in kept]
        if kind != "word":
            left = [_as_typed(text, rng) for text in left]
        long_left, long_right = (
            (QUESTION_PIECES, PASSAGE_PIECES) if kind == "find" else (SENTENCE_PIECES, SENTENCE_PIECES)
        )
        found.append(Pairs(kind, name, _encode(left, tokenizer, long_left), _encode(right, tokenizer, long_right)))
        tell(f"{kind} {name}: {len(left):,} pairs")
    return found


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


def _rows(data: Path, qa: Path | None) -> Iterator[tuple[str, str, str, str]]:
    yield from _parallel(data / "parallel.tsv.xz")
    yield from _more(data)
    rng = random.Random(0)
    ordered: dict[str, dict[str, dict[str, str]]] = {source: {} for source in IN_ORDER}
    for language, source, english, text in read_table(data / "pairs.tsv.xz", 4):
        if source in ordered:
            ordered[source].setdefault(english, {"en": english})[language] = text
        if source != "canada-laws" or rng.random() < 0.4:
            yield "same", f"en-{language}", english, text
    for source in sorted(ordered):
        yield from _surrounded(list(ordered[source].values()), rng)
    for _, _, language, title, passage in read_table(data / "title_passage.tsv.xz", 5, header=True):
        yield "find", language, title, passage
    for english_title, french_title, english, french in read_table(data / "law_titles.tsv.xz", 4):
        if rng.random() < 0.25:
            yield "find", "fr", french_title, french
            yield "find", "en-fr", english_title, french
            yield "find", "fr-en", french_title, english
    for language, english, word in read_table(data / "dictionary.tsv.xz", 3):
        yield "word", f"en-{language}", english, word
    for file in sorted(qa.glob("*.jsonl")) if qa else []:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield "find", f"qa-{row['language']}", row["question"], row["context"]


def _surrounded(lines: list[dict[str, str]], rng: random.Random) -> Iterator[tuple[str, str, str, str]]:
    """A line in one language and the lines around its place in another (or the same, without the line itself).

    Three in ten of those across languages leave the line's own translation out too.
    """
    for place, line in enumerate(lines):
        around = list(range(max(0, place - AROUND), min(len(lines), place + AROUND + 1)))
        for _ in range(PLACES_EACH):
            asked, held = rng.choice(sorted(line)), rng.choice(sorted(line))
            left_out = place if asked == held or rng.random() < 0.3 else -1
            passage = " ".join(lines[other].get(held, "") for other in around if other != left_out)
            yield "find", f"around-{held}", line[asked], passage


def _more(data: Path) -> Iterator[tuple[str, str, str, str]]:
    """The optional tables; of the parallel one, every thousandth part that is_held_out keeps for measuring is left."""
    parallel, find = data / "more_parallel.tsv", data / "more_find.tsv"
    if parallel.is_file():
        for _, _, one, other, left, right in read_plain(parallel, 6):
            if not is_held_out(left):
                yield "same", f"more-{one}-{other}", left, right
    if find.is_file():
        for _, _, language, title, passage in read_plain(find, 5):
            yield "find", f"more-{language}", title, passage


def is_held_out(text: str) -> bool:
    """Whether a text of the optional parallel table is kept for measuring: one in twenty is, by a hash."""
    return hashlib.sha256(text.encode()).digest()[0] < 13


def _parallel(file: Path) -> Iterator[tuple[str, str, str, str]]:
    """The parallel texts, the sources of short terms capped for each pair of languages."""
    rows = list(read_table(file, 6, header=True))
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


def read_table(file: Path, columns: int, *, header: bool = False) -> Iterator[list[str]]:
    """The rows of a compressed table that have ``columns`` columns, the first line left out where it is a header."""
    with lzma.open(file, "rt", encoding="utf-8", newline="\n") as stream:
        if header:
            next(stream)
        yield from _rows_of(stream, columns)


def read_plain(file: Path, columns: int) -> Iterator[list[str]]:
    """The rows of a plain table that have ``columns`` columns."""
    with file.open(encoding="utf-8", newline="\n") as stream:
        yield from _rows_of(stream, columns)


def _rows_of(stream: Iterable[str], columns: int) -> Iterator[list[str]]:
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
