"""How well follow-ups are made to stand alone: the table of the README.

    python tests/followups.py [--corpus corpus] [--sets FOLDER NAME ...]

``tests/followups.jsonl`` holds follow-ups with the words their standalone form must and must not have, and complete
questions, none of which may be altered. With ``--corpus``, those with a document are searched as typed and as
rewritten. ``--sets`` names sets (a folder with questions.jsonl in each) whose questions are put one after another as if
in one conversation, each of another document than the one before where they name one: how many are altered.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from rag.exchange import Turn
from rag.followup import RuleRewriter
from rag.library import Library
from rag.records import from_record
from rag.text.analysis import fold

ROWS = Path(__file__).with_suffix(".jsonl")
HELD_OUT = "h"
"""The ids of the follow-ups begin with it that were written after the rules, which were not changed for them."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the set; ``history`` holds the questions before, oldest first."""

    id: str
    language: str
    history: tuple[str, ...]
    question: str
    is_followup: bool
    must_contain: tuple[str, ...]
    must_not: tuple[str, ...]
    document_id: str | None


def read_rows(path: Path = ROWS) -> list[Row]:
    """The lines of the set."""
    return [from_record(Row, json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def rewritten(row: Row) -> str:
    """What the rules make of a line; empty where they leave it alone."""
    return RuleRewriter().rewrite(row.question, row.language, [Turn(text, row.language) for text in row.history])


def holds(row: Row, standalone: str) -> bool:
    """Whether a standalone form has all the words it must have."""
    text = fold(standalone)
    return all(fold(term) in text for term in row.must_contain)


def keeps_out(row: Row, standalone: str) -> bool:
    """Whether a standalone form has none of the words that were replaced."""
    text = fold(standalone)
    return not any(fold(term) in text for term in row.must_not)


def share(values: Iterable[bool]) -> str:
    """A share in per cent with how many it is of."""
    found = list(values)
    return f"{100 * sum(found) / max(len(found), 1):.1f} % of {len(found)}"


def report(rows: Sequence[Row]) -> str:
    """The shares over all follow-ups and by language, and of complete questions altered."""
    made = {row.id: rewritten(row) for row in rows}
    lines = ["language | follow-ups seen | with the words needed | without the words replaced | complete altered"]
    for language in ("all", "held out", *sorted({row.language for row in rows})):
        seen = [row for row in rows if not row.id.startswith(HELD_OUT)]
        mine = [row for row in seen if language in ("all", row.language)]
        mine = [row for row in rows if row.id.startswith(HELD_OUT)] if language == "held out" else mine
        ups = [row for row in mine if row.is_followup]
        lines.append(
            f"{language} | {share(bool(made[row.id]) for row in ups)} | "
            f"{share(bool(made[row.id]) and holds(row, made[row.id]) for row in ups)} | "
            f"{share(bool(made[row.id]) and keeps_out(row, made[row.id]) for row in ups if row.must_not)} | "
            f"{share(bool(made[row.id]) for row in mine if not row.is_followup)}"
        )
    return "\n".join(lines)


def first_document(library: Library, question: str, language: str) -> str:
    """The document that is found first, empty where none is."""
    from rag.ask import find

    hits, _ = find(library, question, language, (), 1)
    return hits[0].passage.document_id if hits else ""


def retrieval(rows: Sequence[Row], corpus: Path) -> str:
    """How often the right document is found first: as typed, as rewritten, and by the question before alone."""
    from rag.build import build
    from rag.config import Config
    from rag.library import open_library

    rows = [row for row in rows if row.is_followup and row.document_id]
    with tempfile.TemporaryDirectory() as folder:
        config = Config(index=Path(folder) / "index")
        build(corpus, config)
        library = open_library(config)
        raw = [first_document(library, row.question, row.language) == row.document_id for row in rows]
        made = [
            first_document(library, rewritten(row) or row.question, row.language) == row.document_id for row in rows
        ]
        before = [first_document(library, row.history[-1], row.language) == row.document_id for row in rows]
    return f"right document first: typed {share(raw)}, rewritten {share(made)}, the question before {share(before)}"


def unrelated(folder: Path, names: Sequence[str], show: bool) -> str:
    """For each set, the share of its questions altered when each follows one of another document."""
    lines = []
    for name in names:
        text = (folder / name / "questions.jsonl").read_text(encoding="utf-8")
        found = [json.loads(line) for line in text.splitlines()]
        random.Random(7).shuffle(found)
        altered = []
        for before, row in pairwise(found):
            if before["document_id"] is not None and before["document_id"] == row["document_id"]:
                continue
            made = RuleRewriter().rewrite(
                row["question"], row["language"], [Turn(before["question"], before["language"])]
            )
            altered.append(bool(made))
            if made and show:
                sys.stderr.write(f"  {name}: {row['question']} -> {made}" + "\n")
        lines.append(f"{name} | altered {share(altered)}")
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--sets", nargs="+", metavar="FOLDER NAME")
    parser.add_argument("--show", action="store_true", help="print what went wrong on standard error")
    options = parser.parse_args()
    rows = read_rows()
    if options.show:
        for row in rows:
            made = rewritten(row)
            if (bool(made) and holds(row, made) and keeps_out(row, made)) != row.is_followup or (
                made and not row.is_followup
            ):
                sys.stderr.write(f"  {row.id} {row.language} {row.history[-1]} / {row.question} -> {made}" + "\n")
    sys.stdout.write(report(rows) + "\n")
    if options.corpus:
        sys.stdout.write(retrieval(rows, options.corpus) + "\n")
    if options.sets:
        sys.stdout.write(unrelated(Path(options.sets[0]), options.sets[1:], options.show) + "\n")


if __name__ == "__main__":
    main()
