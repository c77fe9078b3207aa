"""Nothing leaves the machine: build, ask and eval with every way out of it closed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LEFT = 97
QUESTION = "Combien de lits compte le centre de Brévannes ?"

# An audit hook sees what C code does as well, and nobody can catch the end of the process.
CLOSED = f"""
import os, sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"):
        os.write(2, f"reached for {{arguments[-1]!r}} by {{event}}".encode())
        os._exit({LEFT})

sys.addaudithook(watch)
"""
RUN = CLOSED + "from rag.cli import main\nmain(sys.argv[1:])\n"


def run_closed(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs a script in a process that ends with 97 as soon as it reaches for the network."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    line = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    "reach",
    [
        "import urllib.request; urllib.request.urlopen('http://localhost:9/')",
        "import socket; socket.create_connection(('127.0.0.1', 9), timeout=1)",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import socket; socket.socket().bind(('127.0.0.1', 0))",
    ],
)
def test_the_wall_holds(reach: str) -> None:
    script = f"{CLOSED}\ntry:\n    {reach}\nexcept OSError:\n    pass\n"
    assert run_closed(script).returncode == LEFT


def test_build_ask_and_eval_reach_for_nothing(tiny_corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    test_set = tmp_path / "set.jsonl"
    test_set.write_text(
        '{"id": "q1", "language": "fr", "question": "Combien de lits ?", "answers": ["quarante-deux"], '
        '"document_id": "accueil.md", "start": null, "answerable": true}\n',
        encoding="utf-8",
    )
    for arguments, expected in (
        (("build", tiny_corpus, "--index", index), "6 documents"),
        (("ask", QUESTION, "--index", index, "--strictness", "0"), "accueil.md"),
        (("eval", test_set, "--index", index), "fr"),
        (("doctor", "--index", index), "ok"),
    ):
        ran = run_closed(RUN, *arguments)
        assert (ran.returncode, ran.stderr) == (0, ""), arguments[0]
        assert expected in ran.stdout


def test_an_encoder_on_a_hub_is_the_one_thing_that_needs_a_network(tiny_corpus: Path, tmp_path: Path) -> None:
    ran = run_closed(RUN, "build", tiny_corpus, "--index", tmp_path / "index", "--encoder", "nobody/no-such-encoder")
    assert ran.returncode == LEFT
    assert "reached for" in ran.stderr
    assert not list((tmp_path).glob("index/generation-*"))
