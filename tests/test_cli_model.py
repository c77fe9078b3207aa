"""The `rag` command with a language model: what is streamed, to a terminal and into a pipe, stopped, or replaced."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from chat_server import Behaviour, Handler, serving
from conftest import Rag

from rag.config import Config
from rag.text.phrases import phrase

ROOT = Path(__file__).parent.parent
QUESTION = "Combien de lits compte le centre de Brévannes ?"
TRUE = "Le centre compte 42 lits."
FALSE = "Le centre compte 43 lits."


def marker_of(handler: Handler, start: str) -> str:
    """The marker that the sentence beginning with ``start`` has in the prompt, as a generator copies it."""
    prompt = handler.server.requests[-1][2]["messages"][-1]["content"]
    line = next(line for line in prompt.splitlines() if f"] {start}" in line)
    return str(line.partition("]")[0] + "]")


def saying(*sentences: str) -> Behaviour:
    """A good server that writes these sentences, each with the right marker."""

    def behave(handler: Handler) -> None:
        handler.begin()
        for sentence in sentences:
            handler.say(f"{sentence} {marker_of(handler, 'Il compte')}\n")
        handler.say("", "stop")
        handler.send("[DONE]")

    return behave


def breaking_off(handler: Handler) -> None:
    handler.begin()
    handler.say(f"{TRUE} {marker_of(handler, 'Il compte')}\nEt")


def waiting(behaviour: tuple[str, ...], said: threading.Event) -> Behaviour:
    """A server that writes these sentences and then nothing until it is stopped."""

    def behave(handler: Handler) -> None:
        handler.begin()
        for sentence in behaviour:
            handler.say(f"{sentence} {marker_of(handler, 'Il compte')}\n")
        said.set()
        while not handler.server.stop.wait(0.05):
            handler.say("")

    return behave


@pytest.fixture
def where(tiny_config: Config) -> tuple[str, ...]:
    return ("--index", str(tiny_config.index), "--strictness", "0")


# --- in this process ----------------------------------------------------------------------------------------------


def test_what_is_printed_is_the_lead_the_checked_sentences_and_their_quotations(
    rag: Rag, where: tuple[str, ...]
) -> None:
    with serving(saying(TRUE, FALSE)) as server:
        code, out, err = rag("ask", QUESTION, "--model", server.name, *where)
    assert (code, err) == (0, "")
    lead, _, sentence, _, place, quote = out.splitlines()
    assert lead == phrase("lead_written", "fr", model="tiny")
    assert sentence == f"{TRUE} [1]"
    assert place.startswith("[1] Le centre d'accueil")
    assert "Il compte quarante-deux lits" in quote
    assert "43" not in out


def test_nothing_that_holds_is_a_refusal(rag: Rag, where: tuple[str, ...]) -> None:
    with serving(saying(FALSE)) as server:
        code, out, _ = rag("ask", QUESTION, "--model", server.name, *where)
    assert code == 0
    assert out.startswith(phrase("refusal_unsupported", "fr", model="tiny"))
    assert "43" not in out


def test_json_is_whole_and_names_the_model(rag: Rag, where: tuple[str, ...]) -> None:
    with serving(saying(TRUE, FALSE)) as server:
        code, out, err = rag("ask", QUESTION, "--model", server.name, "--json", *where)
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (found["model"], found["fallback"], found["refused"]) == ("tiny", "", False)
    assert [(each["text"], each["support"]) for each in found["sentences"]] == [(TRUE, "checked")]
    assert "quarante-deux lits" in found["citations"][0]["quote"]


def test_a_model_that_breaks_off_is_an_error_and_what_was_printed_was_checked(
    rag: Rag, where: tuple[str, ...], tmp_path: Path
) -> None:
    session = tmp_path / "session.json"
    with serving(breaking_off) as server:
        code, out, err = rag("ask", QUESTION, "--model", server.name, "--session", session, *where)
    assert code == 2
    assert out == f"{phrase('lead_written', 'fr', model='tiny')}\n\n{TRUE} [1]\n"
    assert err.startswith("rag: the server at http://127.0.0.1:")
    assert err.count("\n") == 1
    assert not session.exists()


@pytest.mark.parametrize("fails", ["at once", "midway"])
def test_fallback_answers_in_quotations_and_says_so(rag: Rag, where: tuple[str, ...], fails: str) -> None:
    with serving(breaking_off) as server:
        name = server.name
        if fails == "midway":
            code, out, err = rag("ask", QUESTION, "--model", name, "--fallback", *where)
    if fails == "at once":
        code, out, err = rag("ask", QUESTION, "--model", name, "--fallback", *where)
        assert rag("ask", QUESTION, "--model", name, *where).code == 2
    assert (code, err) == (0, "")
    before, _, after = out.partition(phrase("lead_fallback", "fr", model="tiny"))
    assert before == (f"{phrase('lead_written', 'fr', model='tiny')}\n\n{TRUE} [1]\n" if fails == "midway" else "")
    assert "[1] Le centre d'accueil · 2024-03-03 · accueil.md\n    «" in after
    assert TRUE not in after


# --- as a process of its own --------------------------------------------------------------------------------------


@contextmanager
def running(*arguments: str, terminal: bool) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The command with its output on a terminal or in a pipe, whose readable end is given."""
    if terminal:
        import pty

        reading, writing = pty.openpty()
    else:
        reading, writing = os.pipe()
    line = [sys.executable, "-m", "rag.cli", *arguments]
    process = subprocess.Popen(line, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    try:
        yield process, reading
    finally:
        process.kill()
        process.communicate()
        os.close(reading)


def read_until(reading: int, text: str, seconds: float = 120.0) -> str:
    """What comes until ``text`` is in it, line ends as in a file; empty ``text`` reads to the end."""
    found, ending = b"", time.monotonic() + seconds
    while time.monotonic() < ending:
        try:
            piece = os.read(reading, 65_536)
        except OSError:  # a terminal whose other side is closed
            piece = b""
        found += piece
        if not piece or (text and text.encode() in found):
            break
    return found.decode("utf-8").replace("\r\n", "\n")


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no pseudo-terminals")
@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "pipe"])
def test_a_sentence_is_shown_as_soon_as_it_is_checked_and_ctrl_c_ends_it(
    where: tuple[str, ...], tmp_path: Path, terminal: bool
) -> None:
    said, session = threading.Event(), tmp_path / "session.json"
    shown = f"{phrase('lead_written', 'fr', model='tiny')}\n\n{TRUE} [1]\n"
    with serving(waiting((TRUE, FALSE), said)) as server:
        command = ("ask", QUESTION, "--model", server.name, "--session", str(session), *where)
        with running(*command, terminal=terminal) as (process, reading):
            before = read_until(reading, f"{TRUE} [1]")
            assert said.wait(30)
            process.send_signal(signal.SIGINT)
            assert process.stderr is not None
            err = process.stderr.read()
            code = process.wait(60)
            after = read_until(reading, "")
        assert server.hung_up.wait(10)
    assert (before + after, code) == (shown, 130)
    assert err == b"rag: stopped; what is shown was checked, nothing was kept\n"
    assert not session.exists()
