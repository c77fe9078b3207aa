"""Speed and memory beside plain BM25, in one run on one machine: ``python tests/bench.py`` (not a test).

Without arguments the sample corpus is repeated under new names until it fills the passages asked for, and the sample
questions are asked. Every figure is the median of what this run measured; compare ratios, machines differ.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from rag.answer.extractive import ExtractiveModel
from rag.ask import ask, question_language
from rag.build import build
from rag.config import Config
from rag.evaluate import read_test_set
from rag.library import open_library
from rag.read import find_files, read_file
from rag.sample import sample_corpus
from rag.store.passages import PassageStore


def main() -> None:
    """Print one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, help="a folder or .jsonl instead of the repeated sample corpus")
    parser.add_argument("--questions", type=Path, default=Path(__file__).with_name("questions.jsonl"))
    parser.add_argument("--passages", type=int, default=2000)
    parser.add_argument("--asked", type=int, default=200, help="how many questions are timed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = Config(index=Path(folder) / "index")
        corpus = options.corpus or repeat_sample(Path(folder) / "corpus.jsonl", options.passages, config)
        report = build(corpus, config)
        say("built", f"{report.passage_count} passages, {report.vector_count} vectors in {report.build_s:.1f} s")
        say("a second", f"{report.passage_count / report.build_s:.0f} passages")
        questions = [question.question for question in read_test_set(options.questions)][: options.asked]
        time_questions(config, questions)
        say("memory", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most, build included")
        time_commands(config, questions[0])


def repeat_sample(file: Path, passage_count: int, config: Config) -> Path:
    """A .jsonl with the sample documents over and over, about ``passage_count`` passages of them."""
    root = sample_corpus()
    documents = [document for path in find_files(root) for document in read_file(path, root, config)]
    with tempfile.TemporaryDirectory() as folder:
        once = build(root, replace(config, index=Path(folder))).passage_count
    with file.open("w", encoding="utf-8") as stream:
        for copy in range(max(1, round(passage_count / once))):
            for document in documents:
                line = {"id": f"{copy}/{document.id}", "title": document.title, "text": document.text}
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")
    return file


def time_questions(config: Config, questions: list[str]) -> None:
    """Warm questions through the whole walk, and the same through BM25 alone."""
    library = open_library(config)
    model = ExtractiveModel()
    for question in questions[:10]:
        ask(library, question, model)
    steps: dict[str, list[float]] = {}
    plain: list[float] = []
    for question in questions:
        for step, spent_ms in ask(library, question, model).timings_ms.items():
            steps.setdefault(step, []).append(spent_ms)
        started = time.perf_counter()
        rows = [row for row, _ in library.lexical.search(question, question_language(library, question), 10)]
        library.passages.passages(rows)
        plain.append((time.perf_counter() - started) * 1000)
    for step, spent in steps.items():
        say(f"warm, {step}", f"median {statistics.median(spent):.1f} ms, p95 {percentile(spent):.1f} ms")
    say("warm, BM25 alone", f"median {statistics.median(plain):.1f} ms, p95 {percentile(plain):.1f} ms")


def time_commands(config: Config, question: str) -> None:
    """The command line from a cold start, in a new process each time."""
    for name, arguments in (
        ("rag --help", ["--help"]),
        ("rag ask, cold", ["ask", question, "--index", str(config.index)]),
    ):
        spent = []
        for _ in range(5):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-m", "rag.cli", *arguments], check=True, capture_output=True)
            spent.append(time.perf_counter() - started)
        say(name, f"median {statistics.median(spent):.2f} s of 5")
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    say("memory of a command", f"{children:.0f} MB at most")
    say("index", f"{PassageStore(next(config.index.glob('generation-*')) / 'passages.sqlite').passage_count} passages")


def percentile(values: list[float], share: float = 0.95) -> float:
    """The value below which ``share`` of the values lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def say(name: str, value: str) -> None:
    """One line of the report."""
    sys.stdout.write(f"{name:22s} {value}\n")


if __name__ == "__main__":
    main()
