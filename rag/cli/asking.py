"""DOOR: `rag ask` and `rag search`."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from rag.cli.terminal import check_dossier, config_of, print_json, terminal_language
from rag.errors import BadUsage

if TYPE_CHECKING:
    from rag.config import Config
    from rag.exchange import Turn
    from rag.library import Library
from rag.schema import Answer, Progress


def _question(options: Namespace, config: Config) -> str:
    """The question that was typed, or read from standard input; raises BadQuestion before any index is opened."""
    from rag.ask import check_question

    typed = sys.stdin.read() if options.question == "-" else str(options.question)
    return check_question(typed, config.max_question_chars)


def ask(options: Namespace) -> int:
    """Answer a question."""
    from rag.filters import parse_condition

    config = config_of(options, strictness=options.strictness, model=options.model, fallback=options.fallback)
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
    answer = ask(
        library, question, model, conditions,
        asker=terminal_language(), history=history, standalone=standalone, progress=streamed,
    )  # fmt: skip
    try:
        _show(answer, options, streamed)
        sys.stdout.flush()
    except OSError:  # whoever reads it went away, or the disk is full: the conversation is kept all the same
        _keep(options, library, answer)
        raise
    _keep(options, library, answer)
    return 0


def _show(answer: Answer, options: Namespace, streamed: _Streamed | None) -> None:
    """Print the answer, or what has not been printed yet of one that was streamed."""
    if options.json:
        print_json(answer.to_json())
    elif streamed is None or not streamed.shown:
        from rag.show import show_answer

        print(show_answer(answer))
    else:
        from rag.show import show_citations, show_understood

        print("\n" + show_understood(answer) + show_citations(answer))


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
            lead = "" if self.shown else f"{self._lead}\n\n"
            # in one piece, so that whoever stops the command stops it before a sentence or after its line
            sys.stdout.write(f"{lead}{show_sentence(progress.sentence, progress.language)}\n")
            sys.stdout.flush()
            self.shown = True


def _history(options: Namespace) -> tuple[Turn, ...]:
    """The conversation of the session, checked with the other options before anything is opened."""
    if options.as_is and options.standalone is not None:
        raise BadUsage("--as-is and --standalone contradict each other: give one of them")
    if options.dossier is not None:
        check_dossier(options.dossier, options.session)
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


def search(options: Namespace) -> int:
    """Print the passages found."""
    from rag.filters import parse_condition

    config = config_of(options)
    if not 1 <= options.k <= 1000:
        raise BadUsage(f"-k must be a number from 1 to 1000, not {options.k}")
    conditions = [parse_condition(text) for text in options.where]
    question = _question(options, config)
    from rag.ask import search
    from rag.library import open_library

    library = open_library(config)
    hits = search(library, question, conditions, options.k, terminal_language())
    if options.json:
        from rag.records import hit_to_json

        print_json([hit_to_json(hit) | {"text": hit.passage.text} for hit in hits])
    else:
        from rag.show import show_hits

        print(show_hits(hits, library.passages.facts), end="\n" if hits else "")
    if conditions and not hits:
        from rag.show import one_line
        from rag.telling import told_filter

        print(f"rag: {one_line(told_filter(library.passages.documents, conditions, 'en'))}", file=sys.stderr)
    return 0
