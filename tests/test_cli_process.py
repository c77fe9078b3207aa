"""The `rag` command as a process of its own: what it loads, its streams, signals and exit codes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import pytest

from rag.config import Config

ROOT = Path(__file__).parent.parent
QUESTION = "Combien de lits compte le centre de Brévannes ?"


def run_apart(
    *arguments: object, stdout: int | IO[bytes] = subprocess.PIPE, environment: Mapping[str, str] = os.environ
) -> subprocess.CompletedProcess[bytes]:
    """Runs the command in a process of its own."""
    line = [sys.executable, "-m", "rag.cli", *(str(argument) for argument in arguments)]
    return subprocess.run(
        line, cwd=ROOT, timeout=60, check=False, stdout=stdout, stderr=subprocess.PIPE, env=environment
    )


def test_the_command_line_loads_nothing_heavy() -> None:
    heavy = "numpy torch faiss streamlit transformers sentence_transformers tantivy tokenizers regex lxml"
    script = f"import sys, rag.cli, rag.show; print(sorted(set({heavy.split()}) & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_consoles_that_know_no_accents_get_utf8(tiny_config: Config) -> None:
    console = os.environ | {"PYTHONIOENCODING": "ascii"}
    ran = run_apart("search", QUESTION, "--index", tiny_config.index, environment=console)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "Brévannes" in ran.stdout.decode("utf-8")


@pytest.mark.parametrize(
    ("closed", "question", "code", "told"),
    [
        (">&-", QUESTION, 0, b""),
        ("<&-", "-", 2, b"rag: the question is empty: type a question in words\n"),
    ],
)
def test_a_closed_stream_is_no_fault_of_the_command(
    tiny_config: Config, closed: str, question: str, code: int, told: bytes
) -> None:
    command = [sys.executable, "-m", "rag.cli", "search", question, "--index", str(tiny_config.index)]
    line = ["sh", "-c", f'exec "$0" "$@" {closed}', *command]
    ran = subprocess.run(line, cwd=ROOT, timeout=60, check=False, stderr=subprocess.PIPE)
    assert (ran.returncode, ran.stderr) == (code, told)


def test_a_reader_that_goes_away_is_no_error(tiny_config: Config) -> None:
    read, write = os.pipe()
    os.close(read)
    ran = run_apart("search", QUESTION, "--index", tiny_config.index, stdout=write)
    os.close(write)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_a_reader_that_goes_away_takes_no_conversation_with_it(tiny_config: Config, tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    kept = tmp_path / "s.json"
    ran = run_apart("ask", QUESTION, "--index", tiny_config.index, "--session", kept, stdout=write)
    os.close(write)
    assert (ran.returncode, ran.stderr, kept.is_file()) == (0, b"", True)


def test_interrupted_process_ends_with_130() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "rag.cli", "ask", "-"], cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)  # it waits for the question
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.startswith(b"rag: stopped; ")
    assert err.count(b"\n") == 1


LOADING = """
import os, signal, sys
import rag.cli
from rag.cli import main
def load(options):
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt:
        raise ImportError("a package makes this of it")
def fail(options):
    raise ImportError("a package is missing")
rag.cli._run = {"load": load, "fail": fail}[sys.argv[1]]
main(["models"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent otherwise there")
def test_ctrl_c_while_a_package_is_loaded_is_one_line_and_a_missing_package_is_not_hidden() -> None:
    run = subprocess.run([sys.executable, "-c", LOADING, "load"], cwd=ROOT, capture_output=True, check=False)
    assert (run.returncode, run.stderr.count(b"\n")) == (130, 1)
    assert run.stderr.startswith(b"rag: stopped; ")
    run = subprocess.run([sys.executable, "-c", LOADING, "fail"], cwd=ROOT, capture_output=True, check=False)
    assert (run.returncode, b"a package is missing" in run.stderr) == (1, True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_full_disk_is_one_line(tiny_config: Config) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = run_apart("search", QUESTION, "--index", tiny_config.index, stdout=full)
    assert ran.returncode == 2
    assert ran.stderr.startswith(b"rag: the system refused: [Errno 28]")
    assert ran.stderr.count(b"\n") == 1
