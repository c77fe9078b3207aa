"""Quality beside plain BM25, set by set: ``python tests/quality.py SETS_FOLDER [SET ...]`` (not a test).

A set is a folder with corpus.jsonl and questions.jsonl; ``xquad_en@xquad_de`` asks the questions of the first over the
corpus of the second. Printed as a Markdown table: recall of the gold document by BM25 over words alone and by the whole
retrieval, the share of answers that hold a gold answer, quotations that stand letter for letter, refusals.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

from rag.answer.extractive import ExtractiveModel
from rag.ask import ask, question_language
from rag.build import build
from rag.config import Config
from rag.evaluate import TestQuestion, evaluate, read_test_set
from rag.library import Library, open_library

_HEAD = (
    "| set | questions | BM25 R@1 / R@10 | R@1 / R@5 / R@10 | contained | quotes exact | AUROC | refused wrongly | "
    "refused rightly | median ms |"
)


def main() -> None:
    """Print a row for each set as it is done, then the mean of the xquad sets in their own language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path)
    parser.add_argument("names", nargs="*", default=["piaf"])
    parser.add_argument("--encoder", default=Config().encoder)
    parser.add_argument("--limit", type=int, default=1_000_000, help="questions of each set, evenly spread")
    options = parser.parse_args()
    say(_HEAD)
    say("|---" * (_HEAD.count("|") - 1) + "|")
    for name in options.names:
        say(judge(name, options.sets, options.encoder, options.limit))


def judge(name: str, sets: Path, encoder: str, limit: int) -> str:
    """The row of one set."""
    questions_of, _, corpus_of = name.partition("@")
    questions = read_test_set(sets / questions_of / "questions.jsonl")
    questions = questions[:: max(1, len(questions) // limit)]
    with tempfile.TemporaryDirectory() as folder:
        config = Config(index=Path(folder) / "index", encoder=encoder)
        build(sets / (corpus_of or questions_of) / "corpus.jsonl", config)
        library = open_library(config)
        model = ExtractiveModel()
        report = evaluate(lambda question: ask(library, question, model), library.passages.text, questions)
        plain = [rank_by_words(library, question) for question in questions if question.document_id]
    overall = report.to_json()["overall"]
    figures, counts = overall["figures"], overall["counts"]
    return " | ".join(
        (
            f"| {name}",
            str(counts["questions"]),
            f"{share(plain, 1)} / {share(plain, 10)}",
            f"{percent(figures['recall@1'])} / {percent(figures['recall@5'])} / {percent(figures['recall@10'])}",
            percent(figures["contained"]),
            percent(figures["quote_faithfulness"]),
            "-" if figures["auroc"] is None else f"{figures['auroc']:.3f}",
            percent(figures["false_refusal_rate"]),
            percent(figures["refusal_recall"]),
            f"{figures['median_ms']:.0f} |",
        )
    )


def rank_by_words(library: Library, question: TestQuestion) -> int:
    """The rank (from 1) of the gold document by BM25 over words alone, ties counted against it."""
    rows = list(range(library.passages.passage_count))
    scores = library.lexical.scores(question.question, question_language(library, question.question), rows).words
    gold = [row for row in rows if library.passages.document_of(row).id == question.document_id]
    best = max(float(scores[row]) for row in gold)
    return len({library.passages.document_of(int(row)).id for row in np.flatnonzero(scores >= best)} - {""})


def share(ranks: list[int], depth: int) -> str:
    """The percentage of ranks up to ``depth``."""
    return f"{100 * sum(rank <= depth for rank in ranks) / len(ranks):.1f}" if ranks else "-"


def percent(value: float | None) -> str:
    """A share as a percentage, a dash where there is none."""
    return "-" if value is None else f"{100 * value:.1f}"


def say(line: str) -> None:
    """One line of the report, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
