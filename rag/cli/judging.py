"""DOOR: `rag eval`."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rag.cli.terminal import config_of, print_json, progress, same_place
from rag.errors import BadQuestion, BadUsage, TestSetError

if TYPE_CHECKING:
    from rag.config import Config
    from rag.evaluate import TestQuestion
    from rag.joined import JoinedPassages
    from rag.schema import Answer
    from rag.store.passages import PassageStore

_NAMED = 3
"""How many documents are named that the index lacks."""


def evaluate(options: Namespace) -> int:
    """Judge the answers with a test set."""
    from rag.evaluate import read_test_set

    questions = read_test_set(options.test_set)
    config = config_of(options, strictness=options.strictness, model=options.model, fallback=options.fallback)
    _check_test_set(options, config, questions)
    _check_outputs(options)
    if options.corpus is None:
        return _judge(options, config, questions)
    import tempfile
    from dataclasses import replace

    from rag.build import build
    from rag.show import show_skipped

    with tempfile.TemporaryDirectory(prefix="rag-eval-") as folder:
        config = replace(config, index=Path(folder) / "index")
        report = build(options.corpus, config, progress(options.quiet))
        print("\n".join(show_skipped(report.skipped)), end="\n" if report.skipped else "", file=sys.stderr)
        return _judge(options, config, questions)


def _check_test_set(options: Namespace, config: Config, questions: Sequence[TestQuestion]) -> None:
    """Raise TestSetError for a question that cannot be asked."""
    from rag.ask import check_question

    for question in questions:
        try:
            check_question(question.question, config.max_question_chars)
        except BadQuestion as error:
            raise TestSetError(f"{options.test_set}, {question.id}: {error}") from error


def _check_outputs(options: Namespace) -> None:
    """Raise BadUsage for results or a report that would be written over anything but results or a report."""
    if options.results and options.report and same_place(options.results, options.report):
        raise BadUsage(f"{options.report} is where the results go: give another --report")
    for name, file, is_one in (
        ("--results", options.results, _are_results),
        ("--report", options.report, _is_report),
    ):
        if file is None:
            continue
        if same_place(file, options.test_set):
            raise BadUsage(f"{file} is the test set itself: give another {name}")
        if options.corpus and Path(os.path.realpath(file)).is_relative_to(os.path.realpath(options.corpus)):
            raise BadUsage(f"{file} lies in the corpus {options.corpus}: give another {name}")
        if file.is_dir():
            raise BadUsage(f"{file} is a folder: give the name of a file with {name}")
        if file.is_file() and file.stat().st_size and not is_one(file):
            raise BadUsage(f"{file} is there already, and `rag eval` did not write it: give another {name}")


def _are_results(file: Path) -> bool:
    """Whether the first line is one that ``result_line`` makes."""
    try:
        with file.open(encoding="utf-8") as lines:
            row = json.loads(lines.readline())
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and {"id", "gold", "citations"} <= row.keys()


def _is_report(file: Path) -> bool:
    """Whether it is a report, of any version."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and {"format", "created", "cases"} <= record.keys()


def _judge(options: Namespace, config: Config, questions: Sequence[TestQuestion]) -> int:
    from rag.answer import load_answering_model
    from rag.evaluate import misplaced_gold, missing_gold
    from rag.library import open_library
    from rag.report import new_file, run, save_report

    library = open_library(config)
    passages = library.passages
    _warn_of_missing(missing_gold(questions, lambda name: passages.facts(name) is not None), config, options)
    _warn_of_misplaced(misplaced_gold(questions, lambda name: _language_and_text(passages, name)), options)
    model = load_answering_model(config)
    tell = progress(options.quiet)
    with _results(options.results) as record:
        report, saved = run(
            library,
            model,
            questions,
            str(options.test_set),
            progress=(lambda done: tell("questions", done, len(questions))) if tell else None,
            record=record,
        )
    if options.json:
        print_json(report.to_json())
    else:
        print(report.to_table())
    sys.stdout.flush()  # the figures are told even where the report cannot be kept
    if options.report or options.corpus is None:  # an index thrown away at the end has nothing beside it
        save_report(saved, options.report or new_file(config, saved))
    return 0


def _language_and_text(passages: PassageStore | JoinedPassages, name: str) -> tuple[str, str] | None:
    facts = passages.facts(name)
    return None if facts is None else (facts.language, passages.text(name))


def _warn_of_missing(missing: Mapping[str, int], config: Config, options: Namespace) -> None:
    """Say on stderr which gold documents are not in the index, and that the figures count their questions as failed."""
    if not missing:
        return
    from rag.show import counted, one_line

    place = options.corpus or f"the index in {config.index}"
    more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
    names = ", ".join([*missing][:_NAMED]) + more
    asked = counted(sum(missing.values()), "question")
    told = f"{asked} of {options.test_set} should be answered from {counted(len(missing), 'document')} not in {place}"
    mend = "give the folder that holds them with --corpus, or its index with --index"
    print(one_line(f"rag: {told} ({names}): the figures count them as not found; {mend}"), file=sys.stderr)


def _warn_of_misplaced(names: Sequence[str], options: Namespace) -> None:
    """Say on stderr which questions give an offset at which their answer does not stand."""
    if not names:
        return
    from rag.show import counted, one_line

    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    told = f'{counted(len(names), "question")} of {options.test_set} with a "start" where no answer of theirs stands'
    mend = "pR@k is not to be trusted for them; correct it, or put null"
    print(one_line(f"rag: {told} ({', '.join(names[:_NAMED])}{more}): {mend}"), file=sys.stderr)


@contextmanager
def _results(path: Path | None) -> Iterator[Callable[[TestQuestion, Answer], None] | None]:
    """What writes each answer as a line of ``path``, None without one; raises BadUsage where it cannot be written."""
    if path is None:
        yield None
        return
    from rag.report import result_line

    try:
        with path.open("w", encoding="utf-8") as file:
            yield lambda question, answer: print(
                json.dumps(result_line(question, answer), ensure_ascii=False), file=file
            )
    except OSError as error:
        raise BadUsage(f"cannot write the results to {path}: {error.strerror}: give another --results") from error
