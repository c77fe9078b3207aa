"""DOOR: the `rag` command. The only module that prints or exits."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from rag.errors import BadUsage, IndexMissing, RagError

if TYPE_CHECKING:
    from rag.build import BuildReport
    from rag.config import Config
    from rag.library import Library

_EPILOG = "Everything runs on this machine; no network is needed but for an encoder named on a hub."


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one sentence and exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Raise BadUsage instead of printing the usage."""
        raise BadUsage(f"{message}: run `{self.prog} --help` to see what is possible")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; a RagError becomes one line on stderr and exit code 2."""
    try:
        options = _parser().parse_args(arguments)
        code: int = options.run(options)
    except RagError as error:
        print(f"rag: {error}", file=sys.stderr)
        code = 2
    except KeyboardInterrupt:
        print("rag: stopped; the index is as it was before", file=sys.stderr)
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)


def _parser() -> _Parser:
    parser = _Parser(prog="rag", description="Ask your own documents; every claim is tied to its sentence.", epilog=_EPILOG)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, run, summary, add in (
        ("build", _build, "index a folder of documents (or one file)", _add_build),
        ("ask", _ask, "answer a question, with its citations", _add_ask),
        ("search", _search, "print the passages found, without an answer", _add_search),
        ("eval", _eval, "judge the answers with a test set", _add_eval),
        ("chat", _chat, "open the chat in the browser", _add_chat),
        ("info", _info, "tell what is in the index", _add_nothing),
        ("doctor", _doctor, "check the index; exits with 1 when something is wrong", _add_nothing),
    ):
        command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        add(command)
        _add_common(command)
        command.set_defaults(run=run)
    return parser


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--index", metavar="DIR", help="where the index is (default: index)")
    command.add_argument("--encoder", metavar="NAME", help="the shipped one unless a folder or a hub name is given")
    command.add_argument("--config", metavar="FILE", type=Path, help="settings (default: rag.toml here, if it exists)")
    command.add_argument("--json", action="store_true", help="print data instead of text")


def _add_nothing(command: argparse.ArgumentParser) -> None:
    """For the commands that have no options of their own."""


def _add_build(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", metavar="FOLDER", type=Path, help=".txt .md .html .pdf .docx .odt .eml .jsonl")
    command.add_argument("--passage-tokens", type=int, metavar="N", help="target length of a passage")
    command.add_argument("--overlap-tokens", type=int, metavar="N", help="how much two passages share (default: 0)")
    command.add_argument("--quiet", action="store_true", help="no progress bar")


def _add_question(command: argparse.ArgumentParser) -> None:
    command.add_argument("question", metavar="QUESTION", help="in any language; - reads it from standard input")
    command.add_argument(
        "--where", action="append", default=[], metavar="FILTER", help="language=fr, date>=2023-06, source=…; may be repeated"
    )


def _add_ask(command: argparse.ArgumentParser) -> None:
    _add_question(command)
    command.add_argument("--strictness", type=float, metavar="P", help="refuse below this probability, 0 to 1")


def _add_search(command: argparse.ArgumentParser) -> None:
    _add_question(command)
    command.add_argument("-k", type=int, default=10, metavar="N", help="how many passages (default: 10)")


def _add_eval(command: argparse.ArgumentParser) -> None:
    command.add_argument("test_set", metavar="TESTSET", type=Path, help="a .jsonl, a question a line")
    command.add_argument("--corpus", type=Path, metavar="PATH", help="index this folder or .jsonl first, and throw it away after")
    command.add_argument("--results", type=Path, metavar="FILE", help="write every answer, one JSON a line")
    command.add_argument("--strictness", type=float, metavar="P", help="refuse below this probability, 0 to 1")
    command.add_argument("--quiet", action="store_true", help="no progress bar")


def _add_chat(command: argparse.ArgumentParser) -> None:
    command.add_argument("--port", type=int, default=8501, metavar="N", help="default: 8501")
    command.add_argument("--no-browser", action="store_true", help="do not open a browser window")


def _config(options: argparse.Namespace, **more: Any) -> Config:
    from rag.config import load_config

    return load_config(options.config, index=options.index, encoder=options.encoder, **more)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _progress(quiet: bool) -> Callable[[str, int, int], None] | None:
    """A progress bar on stderr that starts anew at each step, None where none is wanted."""
    if quiet or not sys.stderr.isatty():
        return None
    from tqdm import tqdm

    names = {"read": "reading", "embed": "meaning", "words": "words"}
    bars: dict[str, Any] = {}

    def tell(step: str, done: int, total: int) -> None:
        if step not in bars:
            for bar in bars.values():
                bar.close()
            bars[step] = tqdm(total=total, desc=names.get(step, step), unit="", leave=False, file=sys.stderr)
        bars[step].update(done - bars[step].n)
        if done >= total:
            bars[step].close()

    return tell


def _build(options: argparse.Namespace) -> int:
    from rag.build import build

    config = _config(options, passage_tokens=options.passage_tokens, overlap_tokens=options.overlap_tokens)
    report = build(options.folder, config, _progress(options.quiet))
    if options.json:
        from dataclasses import asdict

        _print_json(asdict(report))
    else:
        _print_report(report)
    return 0


def _print_report(report: BuildReport) -> None:
    languages = ", ".join(f"{tag} {count}" for tag, count in report.languages.items())
    print(
        f"{report.document_count} documents, {report.passage_count} passages, "
        f"{len(report.languages)} languages ({languages}) in {report.build_s:.1f} s -> {report.index}"
    )
    if report.skipped:
        print(f"{len(report.skipped)} skipped:")
    for path, reason in report.skipped:
        print(f"  {path}: {reason}")


def _question(options: argparse.Namespace) -> str:
    return sys.stdin.read() if options.question == "-" else str(options.question)


def _open(config: Config) -> Library:
    """The index; where there is none in the default place, the sample corpus is indexed first by `rag chat` alone."""
    from rag.library import open_library

    return open_library(config)


def _ask(options: argparse.Namespace) -> int:
    from rag.filters import parse_condition

    config = _config(options, strictness=options.strictness)
    conditions = [parse_condition(text) for text in options.where]
    question = _question(options)
    from rag.ask import ask, check_question

    check_question(question, config.max_question_chars)
    from rag.answer.extractive import ExtractiveModel

    answer = ask(_open(config), question, ExtractiveModel(), conditions)
    if options.json:
        _print_json(answer.to_json())
    else:
        from rag.show import show_answer

        print(show_answer(answer))
    return 0


def _search(options: argparse.Namespace) -> int:
    from rag.filters import parse_condition

    config = _config(options)
    if not 1 <= options.k <= 1000:
        raise BadUsage(f"-k must be a number from 1 to 1000, not {options.k}")
    conditions = [parse_condition(text) for text in options.where]
    question = _question(options)
    from rag.ask import check_question, search

    check_question(question, config.max_question_chars)
    library = _open(config)
    hits = search(library, question, conditions, options.k)
    if options.json:
        from rag.schema import hit_to_json

        _print_json([hit_to_json(hit) | {"text": hit.passage.text} for hit in hits])
    else:
        from rag.show import show_hits

        print(show_hits(hits, library.passages.facts))
    return 0


def _eval(options: argparse.Namespace) -> int:
    from rag.evaluate import read_test_set

    questions = read_test_set(options.test_set)
    config = _config(options, strictness=options.strictness)
    if options.corpus is None:
        return _judge(options, config, questions)
    import tempfile
    from dataclasses import replace

    from rag.build import build

    with tempfile.TemporaryDirectory(prefix="rag-eval-") as folder:
        config = replace(config, index=Path(folder) / "index")
        build(options.corpus, config, _progress(options.quiet))
        return _judge(options, config, questions)


def _judge(options: argparse.Namespace, config: Config, questions: Sequence[Any]) -> int:
    from contextlib import ExitStack

    from rag.answer.extractive import ExtractiveModel
    from rag.ask import ask
    from rag.evaluate import evaluate, result_line

    library = _open(config)
    model = ExtractiveModel()
    tell = _progress(options.quiet)
    with ExitStack() as stack:
        record = None
        if options.results is not None:
            try:
                file = stack.enter_context(options.results.open("w", encoding="utf-8"))
            except OSError as error:
                raise BadUsage(f"cannot write the results to {options.results}: {error.strerror}") from error

            def record(question: Any, answer: Any) -> None:
                file.write(json.dumps(result_line(question, answer), ensure_ascii=False) + "\n")

        report = evaluate(
            lambda question: ask(library, question, model),
            library.passages.text,
            questions,
            progress=(lambda done: tell("questions", done, len(questions))) if tell else None,
            record=record,
        )
    if options.json:
        _print_json(report.to_json())
    else:
        print(report.to_table())
    return 0


def _info(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from rag.store.generation import open_generation

    folder, manifest = open_generation(_config(options).index)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if options.json:
        _print_json({key: value for key, value in asdict(manifest).items() if key != "files"} | {"bytes": size})
        return 0
    languages = ", ".join(f"{tag} {count}" for tag, count in manifest.languages.items())
    encoder = manifest.encoder
    for name, value in (
        ("index", folder.parent.resolve()),
        ("corpus", manifest.corpus),
        ("documents", manifest.document_count),
        ("passages", f"{manifest.passage_count} of about {manifest.passage_tokens} tokens"),
        ("languages", languages),
        ("encoder", f"{encoder['name']} {encoder['revision']} ({encoder['dimension']} dimensions)"),
        ("built", f"{manifest.created} in {manifest.build_s:.1f} s"),
        ("size", f"{size / 1e6:.1f} MB"),
        ("skipped", len(manifest.skipped)),
    ):
        print(f"{name:10s} {value}")
    for problem in manifest.skipped:
        print(f"  {problem['path']}: {problem['reason']}")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from rag.doctor import examine

    findings = examine(_config(options))
    wrong = [finding for finding in findings if not finding.well]
    if options.json:
        from dataclasses import asdict

        _print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            print(f"{'ok   ' if finding.well else 'WRONG'} {finding.what}")
    return 1 if wrong else 0


def _chat(options: argparse.Namespace) -> int:
    config = _config(options)
    if not 1 <= options.port <= 65535:
        raise BadUsage(f"--port must be a number from 1 to 65535, not {options.port}")
    from rag.store.generation import open_generation

    try:
        open_generation(config.index)
    except IndexMissing:
        from rag.build import build
        from rag.sample import sample_corpus

        print(f"There is no index in {config.index} yet: indexing the sample corpus.", file=sys.stderr)
        _print_report(build(sample_corpus(), config, _progress(False)))
    from rag.app.serve import serve

    return serve(config, options.port, open_browser=not options.no_browser)


if __name__ == "__main__":
    main()
