"""DOOR: the `rag` command. The only module that prints or exits."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import BadQuestion, BadUsage, IndexMissing, RagError, TestSetError
from rag.options import parse

if TYPE_CHECKING:
    from rag.config import Config
    from rag.evaluate import TestQuestion
    from rag.library import Library
    from rag.schema import Answer, Progress, Turn


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; a RagError becomes one line on stderr and exit code 2."""
    _speak_utf8()
    try:
        options = parse(arguments)
        code = _COMMANDS[options.command](options)
        sys.stdout.flush()  # here, where a reader that went away can still be told from a fault
    except RagError as error:
        code = _complain(str(error), 2)
    except KeyboardInterrupt:
        code = _complain("stopped; the index is as it was before", 130)
    except BrokenPipeError:
        _drop_output()
        code = 0
    except OSError as error:
        _drop_output()
        code = _complain(f"the system refused: {error}: make room or check the permissions, then try again", 2)
    sys.exit(code)


def _speak_utf8() -> None:
    """Read and write UTF-8 whatever the console is set to; half a surrogate pair is shown escaped."""
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "backslashreplace"), (sys.stderr, None)):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors or "backslashreplace")


def _complain(message: str, code: int) -> int:
    """Print one line on stderr and give back the exit code."""
    from rag.show import one_line

    print(f"rag: {one_line(message)}", file=sys.stderr)
    return code


def _drop_output() -> None:
    """Send what is still waiting for stdout nowhere, so that the interpreter does not try again as it ends."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _config(options: Namespace, **more: Any) -> Config:
    from rag.config import load_config

    return load_config(options.config, index=options.index, encoder=options.encoder, **more)


def _print_json(value: Any) -> None:
    from rag.show import inert_json

    print(inert_json(json.dumps(value, ensure_ascii=False, indent=2)))


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


def _build(options: Namespace) -> int:
    from rag.build import build

    config = _config(options, passage_tokens=options.passage_tokens, overlap_tokens=options.overlap_tokens)
    report = build(options.folder, config, _progress(options.quiet))
    if options.json:
        from dataclasses import asdict

        _print_json(asdict(report))
    else:
        from rag.show import show_report

        print(show_report(report))
    return 0


def _question(options: Namespace, config: Config) -> str:
    """The question that was typed, or read from standard input; raises BadQuestion before any index is opened."""
    from rag.ask import check_question

    typed = sys.stdin.read() if options.question == "-" else str(options.question)
    return check_question(typed, config.max_question_chars)


def _ask(options: Namespace) -> int:
    from rag.filters import parse_condition

    config = _config(options, strictness=options.strictness, model=options.model, fallback=options.fallback)
    conditions = [parse_condition(text) for text in options.where]
    question = _question(options, config)
    history = _history(options)
    from rag.answer import load_answering_model
    from rag.ask import ask
    from rag.library import open_library

    library = open_library(config)
    streamed = _Streamed() if config.model and not options.json else None
    standalone = "" if options.as_is else options.standalone
    model = load_answering_model(config)
    answer = ask(library, question, model, conditions, history=history, standalone=standalone, progress=streamed)
    _keep(options, library, answer)
    if options.json:
        _print_json(answer.to_json())
    elif streamed is None or not streamed.shown:
        from rag.show import show_answer

        print(show_answer(answer))
    else:
        from rag.show import show_citations, show_understood

        print("\n" + show_understood(answer) + show_citations(answer))
    return 0


class _Streamed:
    """Prints the sentences of a generator as they pass their checks; ``shown`` once there is one."""

    def __init__(self) -> None:
        self.shown = False
        self._lead = ""

    def __call__(self, progress: Progress) -> None:
        """Print what is told, sentences one below the other."""
        from rag.show import show_sentence

        if progress.step == "writing":
            self._lead = progress.lead
        elif progress.step == "restart":
            self.shown, self._lead = False, ""
        elif progress.step == "sentence" and progress.sentence is not None and self._lead:
            print(
                "" if self.shown else f"{self._lead}\n\n",
                show_sentence(progress.sentence, progress.language),
                sep="",
                flush=True,
            )
            self.shown = True


def _history(options: Namespace) -> tuple[Turn, ...]:
    """The conversation of the session, checked with the other options before anything is opened."""
    if options.as_is and options.standalone is not None:
        raise BadUsage("--as-is and --standalone contradict each other: give one of them")
    if options.dossier is not None:
        from rag.dossier import format_of

        format_of(options.dossier)
    if options.session is None:
        return ()
    from rag.session import read_session, turns_of

    return turns_of(read_session(options.session))


def _keep(options: Namespace, library: Library, answer: Answer) -> None:
    """Put the answer into the session and into a dossier, where one was asked for."""
    if options.session is None and options.dossier is None:
        return
    from rag.session import add_to_session, exchange_of

    exchange = exchange_of(library, answer, options.where)
    if options.dossier is not None:
        from rag.dossier import compose, save

        save(compose(library, [exchange]), options.dossier)
    if options.session is not None:
        add_to_session(options.session, exchange)


def _export(options: Namespace) -> int:
    from rag.dossier import compose, format_of, save
    from rag.library import open_library
    from rag.session import read_session

    format_of(options.dossier)
    exchanges = read_session(options.session)
    if not exchanges:
        raise BadUsage(f"there is no conversation in {options.session}: run `rag ask --session FILE` first")
    dossier = compose(open_library(_config(options)), exchanges, title=options.title)
    save(dossier, options.dossier)
    quote_count = sum(len(exchange.answer.citations) for exchange in exchanges if exchange.answer)
    done = {"dossier": str(options.dossier), "questions": len(exchanges), "quotations": quote_count}
    if options.json:
        _print_json(done)
    else:
        print(f"{len(exchanges)} questions with {quote_count} quotations -> {options.dossier}")
    return 0


def _verify(options: Namespace) -> int:
    from rag.dossier.reading import read_dossier
    from rag.dossier.verify import FolderTexts, IndexTexts, verify_dossier

    config = _config(options)
    read = read_dossier(options.dossier)
    texts = FolderTexts(options.documents, config) if options.documents is not None else IndexTexts(config)
    verification = verify_dossier(read, texts)
    if options.json:
        from dataclasses import asdict

        _print_json(asdict(verification) | {"holds": verification.holds})
    else:
        from rag.show import show_verification

        print(show_verification(verification))
    return 0 if verification.holds else 1


def _search(options: Namespace) -> int:
    from rag.filters import parse_condition

    config = _config(options)
    if not 1 <= options.k <= 1000:
        raise BadUsage(f"-k must be a number from 1 to 1000, not {options.k}")
    conditions = [parse_condition(text) for text in options.where]
    question = _question(options, config)
    from rag.ask import search
    from rag.library import open_library

    library = open_library(config)
    hits = search(library, question, conditions, options.k)
    if options.json:
        from rag.schema import hit_to_json

        _print_json([hit_to_json(hit) | {"text": hit.passage.text} for hit in hits])
    else:
        from rag.show import show_hits

        print(show_hits(hits, library.passages.facts))
    return 0


def _eval(options: Namespace) -> int:
    from rag.evaluate import read_test_set

    questions = read_test_set(options.test_set)
    config = _config(options, strictness=options.strictness, model=options.model, fallback=options.fallback)
    _check_test_set(options, config, questions)
    if options.corpus is None:
        return _judge(options, config, questions)
    import tempfile
    from dataclasses import replace

    from rag.build import build
    from rag.show import show_skipped

    with tempfile.TemporaryDirectory(prefix="rag-eval-") as folder:
        config = replace(config, index=Path(folder) / "index")
        report = build(options.corpus, config, _progress(options.quiet))
        print("\n".join(show_skipped(report.skipped)), end="\n" if report.skipped else "", file=sys.stderr)
        return _judge(options, config, questions)


def _check_test_set(options: Namespace, config: Config, questions: Sequence[TestQuestion]) -> None:
    """Raise for a question that cannot be asked, and for results that would be written over the questions."""
    from rag.ask import check_question

    for question in questions:
        try:
            check_question(question.question, config.max_question_chars)
        except BadQuestion as error:
            raise TestSetError(f"{options.test_set}, {question.id}: {error}") from error
    for name, file in (("--results", options.results), ("--report", options.report)):
        if file and file.resolve() == options.test_set.resolve():
            raise BadUsage(f"{file} is the test set itself: give another {name}")
        if file and options.corpus and file.resolve().is_relative_to(options.corpus.resolve()):
            raise BadUsage(f"{file} lies in the corpus {options.corpus}: give another {name}")


def _judge(options: Namespace, config: Config, questions: Sequence[TestQuestion]) -> int:
    from rag.answer import load_answering_model
    from rag.library import open_library
    from rag.report import new_file, run, save_report

    library = open_library(config)
    model = load_answering_model(config)
    tell = _progress(options.quiet)
    with _results(options.results) as record:
        report, saved = run(
            library,
            model,
            questions,
            str(options.test_set),
            progress=(lambda done: tell("questions", done, len(questions))) if tell else None,
            record=record,
        )
    if options.report or options.corpus is None:  # an index thrown away at the end has nothing beside it
        save_report(saved, options.report or new_file(config, saved))
    if options.json:
        _print_json(report.to_json())
    else:
        print(report.to_table())
    return 0


@contextmanager
def _results(path: Path | None) -> Iterator[Callable[[TestQuestion, Answer], None] | None]:
    """What writes each answer as a line of ``path``, None without one; raises BadUsage where it cannot be written."""
    if path is None:
        yield None
        return
    from rag.evaluate import result_line

    try:
        with path.open("w", encoding="utf-8") as file:
            yield lambda question, answer: print(
                json.dumps(result_line(question, answer), ensure_ascii=False), file=file
            )
    except OSError as error:
        raise BadUsage(f"cannot write the results to {path}: {error.strerror}: give another --results") from error


def _info(options: Namespace) -> int:
    from dataclasses import asdict

    from rag.store.generation import open_generation

    folder, manifest = open_generation(_config(options).index)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if options.json:
        _print_json({key: value for key, value in asdict(manifest).items() if key != "files"} | {"bytes": size})
        return 0
    from rag.show import show_info

    print(show_info(folder, manifest, size))
    return 0


def _doctor(options: Namespace) -> int:
    from rag.doctor import examine

    findings = examine(_config(options))
    wrong = [finding for finding in findings if not finding.well]
    if options.json:
        from dataclasses import asdict

        _print_json([asdict(finding) for finding in findings])
    else:
        from rag.show import show_findings

        print(show_findings(findings))
    return 1 if wrong else 0


def _chat(options: Namespace) -> int:
    config = _config(options, model=options.model, fallback=options.fallback)
    if not 1 <= options.port <= 65535:
        raise BadUsage(f"--port must be a number from 1 to 65535, not {options.port}")
    from rag.app.serve import check_address
    from rag.store.generation import open_generation

    password = _password(options)
    check_address(options.address, password)
    try:
        open_generation(config.index)
    except IndexMissing:
        from rag.build import build
        from rag.sample import sample_corpus
        from rag.show import show_report

        print(f"There is no index in {config.index} yet: indexing the sample corpus.", file=sys.stderr)
        print(show_report(build(sample_corpus(), config, _progress(False))))
    from rag.app.serve import serve

    return serve(
        config, options.port, open_browser=not options.no_browser, address=options.address, password=password
    )


def _password(options: Namespace) -> str:
    """The first line of the password file, else what the environment holds; empty where there is neither."""
    from rag.app.serve import PASSWORD

    kept = os.environ.pop(PASSWORD, "")  # no process that the page may start inherits it
    if options.password_file is None:
        return kept
    try:
        lines: list[str] = options.password_file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadUsage(f"cannot read the password in {options.password_file}: {error}") from error
    if not lines or not lines[0].strip():
        raise BadUsage(f"{options.password_file} holds no password in its first line: write one there")
    return lines[0].strip()


_RUN = (_build, _ask, _search, _eval, _chat, _export, _verify, _info, _doctor)
_COMMANDS = {run.__name__.removeprefix("_"): run for run in _RUN}


if __name__ == "__main__":
    main()
