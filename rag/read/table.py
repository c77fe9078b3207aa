"""STAGE read: .csv and .tsv -> Draft: a paragraph a row, each value behind the head of its column.

So a row says by itself what its figures are, and is quoted with it, letter for letter as it stands in this text.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from itertools import islice
from pathlib import Path

from rag.read.draft import Block, Draft, join_blocks
from rag.read.encoding import decode

_SEPARATORS = (";", "\t", ",", "|")
_SAMPLE_ROWS = 50
_FIGURE = re.compile(r"[\W\d_]*\d[\W\d_]*")
_YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")


def read_table(path: Path, data: bytes) -> Draft:
    """The rows as "Year: 2023 | Budget: 3.2"; without the heads where the first row has none. Empty cells are left out.

    What stands before the first row as wide as the others is a paragraph of its own.
    """
    text = decode(data, path)
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    separator = "\t" if path.suffix.lower() == ".tsv" else _separator(text)
    rows = [[" ".join(cell.split()) for cell in row] for row in csv.reader(StringIO(text), delimiter=separator)]
    rows = [row for row in rows if any(row)]
    width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
    first = next((number for number, row in enumerate(rows) if len(row) >= width), 0)
    heads = rows[first] if len(rows) > first + 1 and _are_heads(rows[first]) else []
    lines = [_line(row, []) for row in rows[:first]]
    lines += [_line(row, heads) for row in rows[first + bool(heads) :]]
    return Draft(join_blocks(Block(line) for line in lines)[0], title=path.stem.replace("_", " "), table=True)


def _separator(text: str) -> str:
    """The sign that parts the most rows into the same number of cells, more than one."""

    def evenness(separator: str) -> int:
        rows = islice(csv.reader(StringIO(text), delimiter=separator), _SAMPLE_ROWS)
        return max(Counter(len(row) for row in rows if len(row) > 1).values(), default=0)

    return max(_SEPARATORS, key=evenness)


def _are_heads(row: Sequence[str]) -> bool:
    """Whether a row names columns: every cell after the first says something of its own, and figures are years."""
    named = row if row[0] else row[1:]
    if len(row) < 2 or not all(named) or len(set(named)) < len(named) or _FIGURE.fullmatch(row[0]):
        return False
    return all(_YEAR.fullmatch(cell) or not _FIGURE.fullmatch(cell) for cell in named)


def _line(row: Sequence[str], heads: Sequence[str]) -> str:
    named = [*heads, *[""] * (len(row) - len(heads))]
    return " | ".join(f"{head}: {cell}" if head else cell for head, cell in zip(named, row, strict=False) if cell)
