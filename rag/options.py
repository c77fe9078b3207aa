"""DOOR: what the `rag` command can be told: its commands, their options, and what is said of them in `--help`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from textwrap import shorten
from typing import NoReturn

from rag.errors import BadUsage

_DOSSIERS = "a file that ends in .md, .html, .docx or .json"
_SHOWN_CHARS = 80
_EPILOG = "Everything runs on this machine; no network is needed but for a model named on a hub or a server."


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one sentence and exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Raise BadUsage instead of printing the usage."""
        raise BadUsage(f"{message}: run `{self.prog} --help` to see what is possible")


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The options of one command, whose name is in ``command``; raises BadUsage for anything that means nothing."""
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and "question" in options and not any(word.startswith("-") for word in rest):
        question = shorten(" ".join([options.question, *rest]), _SHOWN_CHARS, placeholder=" …")
        raise BadUsage(
            f"the question came as {len(rest) + 1} words: put it in quotation marks, "
            f'as in `rag {options.command} "{question}"`'
        )
    if rest:
        raise BadUsage(
            f"unrecognized arguments: {' '.join(rest)}: run `rag {options.command} --help` to see what is possible"
        )
    return options


def _path(text: str) -> Path:
    """The path typed; an empty one, as an unset variable of a shell leaves it, would be the current folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("a path is empty, give a name")
    return Path(text)


def _parser() -> _Parser:
    purpose = "Ask your own documents; every claim is tied to its sentence."
    parser = _Parser(prog="rag", description=purpose, epilog=_EPILOG)
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for name, summary, add in (
        ("build", "index a folder of documents (or one file)", _add_build),
        ("ask", "answer a question, with its citations", _add_ask),
        ("search", "print the passages found, without an answer", _add_search),
        ("eval", "judge the answers with a test set", _add_eval),
        ("chat", "open the chat in the browser", _add_chat),
        ("export", "write a conversation as a dossier that can be verified", _add_export),
        ("verify", "check that every quotation of a dossier still stands; exits with 1 when one does not", _add_verify),
        ("models", "list language models that can be named with --model", _add_nothing),
        ("info", "tell what is in the index", _add_nothing),
        ("doctor", "check the index; exits with 1 when something is wrong", _add_doctor),
    ):
        command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        add(command)
        _add_common(command)
    return parser


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--index", type=_path, metavar="DIR", help="where the index is (default: index)")
    command.add_argument("--encoder", metavar="NAME", help="the shipped one unless a folder or a hub name is given")
    command.add_argument("--config", metavar="FILE", type=_path, help="settings (default: rag.toml here, if it exists)")
    command.add_argument("--json", action="store_true", help="print data instead of text")


def _add_nothing(command: argparse.ArgumentParser) -> None:
    """For the commands that have no options of their own."""


def _add_build(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", metavar="FOLDER", type=_path, help=".txt .md .html .pdf .docx .odt .eml .csv .jsonl")
    command.add_argument("--passage-tokens", type=int, metavar="N", help="target length of a passage")
    command.add_argument("--overlap-tokens", type=int, metavar="N", help="how much two passages share (default: 0)")
    command.add_argument("--quiet", action="store_true", help="no progress bar")


def _add_model(command: argparse.ArgumentParser) -> None:
    kinds = "a hub name, a folder, a .gguf file, or openai:http://127.0.0.1:11434/v1#MODEL; quotations when left out"
    command.add_argument("--model", metavar="NAME", help=f"the language model that writes the answers: {kinds}")
    command.add_argument(
        "--fallback", action="store_true", default=None, help="answer in quotations where the model cannot be used"
    )


def _add_question(command: argparse.ArgumentParser) -> None:
    command.add_argument("question", metavar="QUESTION", help="in any language; - reads it from standard input")
    fields = "language=fr, date>=2023-06, source=…; repeat for more values or fields"
    command.add_argument("--where", action="append", default=[], metavar="FILTER", help=fields)


def _add_ask(command: argparse.ArgumentParser) -> None:
    _add_question(command)
    _add_model(command)
    command.add_argument("--strictness", type=float, metavar="P", help="refuse below this probability, 0 to 1")
    kept = "keep the conversation in this file, and take follow-ups from it"
    command.add_argument("--session", type=_path, metavar="FILE", help=kept)
    command.add_argument("--as-is", action="store_true", help="search a follow-up as it is typed")
    instead = "search this in the place of the follow-up"
    command.add_argument("--standalone", metavar="QUESTION", help=instead)
    command.add_argument("--dossier", type=_path, metavar="FILE", help=f"write the answer there too: {_DOSSIERS}")


def _add_export(command: argparse.ArgumentParser) -> None:
    command.add_argument("session", metavar="SESSION", type=_path, help="a file that `rag ask --session` wrote")
    command.add_argument("dossier", metavar="DOSSIER", type=_path, help=_DOSSIERS)
    command.add_argument("--title", default="", metavar="TEXT", help="the title of the dossier")


def _add_verify(command: argparse.ArgumentParser) -> None:
    command.add_argument("dossier", metavar="DOSSIER", type=_path, help=_DOSSIERS)
    against = "look in this folder of documents instead of the index"
    command.add_argument("--documents", type=_path, metavar="FOLDER", help=against)


def _add_doctor(command: argparse.ArgumentParser) -> None:
    moved = "where the documents are, if no longer where they were indexed"
    command.add_argument("--documents", type=_path, metavar="FOLDER", help=moved)


def _add_search(command: argparse.ArgumentParser) -> None:
    _add_question(command)
    command.add_argument("-k", type=int, default=10, metavar="N", help="how many passages (default: 10)")


def _add_eval(command: argparse.ArgumentParser) -> None:
    command.add_argument("test_set", metavar="TESTSET", type=_path, help="a .jsonl, a question a line")
    first = "index this first, and throw the index away after"
    command.add_argument("--corpus", type=_path, metavar="PATH", help=first)
    kept = "keep the report there (default: beside the index, unless --corpus is given)"
    command.add_argument("--report", type=_path, metavar="FILE", help=kept)
    command.add_argument("--results", type=_path, metavar="FILE", help="write every answer, one JSON a line")
    _add_model(command)
    command.add_argument("--strictness", type=float, metavar="P", help="refuse below this probability, 0 to 1")
    command.add_argument("--quiet", action="store_true", help="no progress bar")


def _add_chat(command: argparse.ArgumentParser) -> None:
    _add_model(command)
    command.add_argument("--port", type=int, default=8501, metavar="N", help="default: 8501")
    command.add_argument("--address", default="127.0.0.1", metavar="ADDRESS", help="another one needs a password")
    asked = "ask for its first line before anything is shown (or set COMMUNIQUE_PASSWORD)"
    command.add_argument("--password-file", type=_path, metavar="FILE", help=asked)
    command.add_argument("--no-browser", action="store_true", help="do not open a browser window")
