"""TOOL: the training tables as rows of two texts that mean the same, or of which one asks for the other.

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
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from rag.train.questions import Rewriter

# A source of short terms may give this many pairs a pair of languages; longer texts are kept whole.
SHORT_CAP = 3_000
SHORT_MEAN_CHARS = 60
# Sources that are used to measure, or whose licence is a copyleft one.
LEFT_OUT = frozenset({"europeana-portal"})
# Texts that stand in the same order in every language: a line is looked for among the lines around it.
IN_ORDER = frozenset({"ntrex", "flores101-devtest"})
AROUND = 2
PLACES_EACH = 60
# Lines at least this long tell what they are about, and are looked for among the lines around theirs.
TELLING_CHARS = 40
# Each question of qa/ is asked in so many other languages, word by word through a dictionary, and in each of those that
# are hardest to match with other scripts.
SWITCHED_EACH = 4
HARD_LANGUAGES = ("ar", "el", "ru", "tr", "zh")

Row = tuple[str, str, str, str]


def training_rows(data: Path, qa: Path | None) -> Iterator[Row]:
    """Every pair as (kind, name of its group, text, text), in a fixed order."""
    rng = random.Random(0)
    yield from _same(data, rng)
    yield from _find(data, qa, rng)
    for language, english, word in read_table(data / "dictionary.tsv.xz", 3):
        yield "word", f"en-{language}", english, word


def _same(data: Path, rng: random.Random) -> Iterator[Row]:
    """Texts that mean the same, and passages of which one asks for the other."""
    by_english: dict[str, dict[str, str]] = defaultdict(dict)
    runs: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for source, one, other, left, right in _parallel(data / "parallel.tsv.xz"):
        yield "same", f"{one}-{other}", left, right
        runs[source, f"{one}-{other}"].append((left, right))
    more = data / "more_parallel.tsv"
    for source, _, one, other, left, right in read_plain(more, 6) if more.is_file() else ():
        if not is_held_out(left):
            yield "same", f"more-{one}-{other}", left, right
            runs[source, f"more-{one}-{other}"].append((left, right))
            if one == "en":
                by_english[left][other] = right
    ordered: dict[str, dict[str, dict[str, str]]] = {source: {} for source in IN_ORDER}
    for language, source, english, text in read_table(data / "pairs.tsv.xz", 4):
        if source in ordered:
            ordered[source].setdefault(english, {"en": english})[language] = text
        by_english[english][language] = text
        if source != "canada-laws" or rng.random() < 0.4:
            yield "same", f"en-{language}", english, text
    for source in sorted(ordered):
        yield from _surrounded(list(ordered[source].values()), rng)
    for (_, name), lines in sorted(runs.items()):
        yield from _in_runs(name, lines)
    yield from _through_english(by_english, rng)


def _in_runs(name: str, lines: list[tuple[str, str]]) -> Iterator[Row]:
    """A line in one language and the lines from the one before to the one after it in the other, both ways."""
    one, other = name.split("-")[-2:]
    for place in range(1, len(lines) - 1, 2):
        left, right = lines[place]
        if min(len(left), len(right) * (3 if other == "zh" else 1)) >= TELLING_CHARS:
            around = lines[place - 1 : place + 2]
            yield "find", f"run-{one}-{other}", left, " ".join(text for _, text in around)
            yield "find", f"run-{other}-{one}", right, " ".join(text for text, _ in around)


def _through_english(by_english: dict[str, dict[str, str]], rng: random.Random) -> Iterator[Row]:
    """Two languages that say one English line, neither of them English; one such pair a line."""
    for texts in by_english.values():
        if len(texts) > 1:
            one, other = sorted(rng.sample(sorted(texts), 2))
            yield "same", f"{one}-{other}", texts[one], texts[other]


def _find(data: Path, qa: Path | None, rng: random.Random) -> Iterator[Row]:
    """Titles with their passages, questions with the passages that answer them."""
    for _, _, language, title, passage in read_table(data / "title_passage.tsv.xz", 5, header=True):
        yield "find", language, title, passage
    find = data / "more_find.tsv"
    for _, _, language, title, passage in read_plain(find, 5) if find.is_file() else ():
        yield "find", f"more-{language}", title, passage
    for english_title, french_title, english, french in read_table(data / "law_titles.tsv.xz", 4):
        if rng.random() < 0.25:
            yield "find", "fr", french_title, french
            yield "find", "en-fr", english_title, french
            yield "find", "fr-en", french_title, english
    if qa is not None:
        yield from _asked(qa, Rewriter(data / "dictionary.tsv.xz"))


def _asked(qa: Path, rewriter: Rewriter) -> Iterator[Row]:
    """Questions and their passages, as they are and with the question's words in other languages."""
    rng = np.random.default_rng(0)
    for file in sorted(qa.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield "find", f"qa-{row['language']}", row["question"], row["context"]
            others = [rewriter.other_language(row["language"], rng) for _ in range(SWITCHED_EACH)]
            for other in [*others, *(hard for hard in HARD_LANGUAGES if hard != row["language"])]:
                question = rewriter.into(row["question"], row["language"], other, rng)
                if question != row["question"]:
                    yield "find", f"switched-{other}", question, row["context"]


def _surrounded(lines: list[dict[str, str]], rng: random.Random) -> Iterator[Row]:
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


def is_held_out(text: str) -> bool:
    """Whether a text of the optional parallel table is kept for measuring: one in twenty is, by a hash."""
    return hashlib.sha256(text.encode()).digest()[0] < 13


def _parallel(file: Path) -> Iterator[tuple[str, str, str, str, str]]:
    """The parallel texts with source and languages, the sources of short terms capped for each pair of languages."""
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
            yield source, a, b, left, right


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
