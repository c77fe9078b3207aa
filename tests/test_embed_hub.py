"""A model by its name: downloaded from a hub that runs on this machine, kept, and missed when there is none.

A process of its own loads the models, since the hub's client reads its address when it is imported.
"""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.embed import load_encoder

COMMIT = "0123456789abcdef0123456789abcdef01234567"
NAME = "owner/tiny-model"
LOADER = """
import json, sys, time
from dataclasses import asdict
from rag.embed import load_encoder
from rag.errors import ModelMissing
for line in sys.stdin:
    started = time.perf_counter()
    try:
        encoder = load_encoder(line.strip())
        reply = {"card": asdict(encoder.card), "vector": encoder.encode_questions(["abc"])[0].tolist()}
    except ModelMissing as error:
        reply = {"error": str(error)}
    print(json.dumps(reply | {"seconds": time.perf_counter() - started}), flush=True)
"""
GENEROUS_S = 20.0
"""Far more than looking in vain takes here, far less than a client that tries again and again with growing pauses."""


class TinyHub(http.server.BaseHTTPRequestHandler):
    """Serves the folder ``files`` as NAME in the hub's protocol; every other name is not found."""

    files: Path
    asked: list[str]
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_HEAD(self) -> None:
        """Headers only."""
        self._reply(with_body=False)

    def do_GET(self) -> None:
        """Headers and content."""
        self._reply(with_body=True)

    def _reply(self, *, with_body: bool) -> None:
        path = self.path.split("?")[0]
        self.asked.append(path)
        names = sorted(p.relative_to(self.files).as_posix() for p in self.files.rglob("*") if p.is_file())
        file = next((name for name in names if path in (f"/{NAME}/resolve/{r}/{name}" for r in ("main", COMMIT))), None)
        headers = {"X-Repo-Commit": COMMIT, "Content-Type": "application/octet-stream"}
        status, body = 200, b""
        if file is not None:
            body = (self.files / file).read_bytes()
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()}"'
        elif path in (
            f"/api/models/{NAME}",
            f"/api/models/{NAME}/revision/main",
            f"/api/models/{NAME}/revision/{COMMIT}",
        ):
            siblings = [{"rfilename": name} for name in names]
            body = json.dumps({"id": NAME, "modelId": NAME, "sha": COMMIT, "siblings": siblings, "tags": []}).encode()
            headers["Content-Type"] = "application/json"
        elif path.startswith((f"/api/models/{NAME}/tree/main", f"/api/models/{NAME}/tree/{COMMIT}")):
            entries = [{"type": "file", "path": n, "size": (self.files / n).stat().st_size, "oid": "0"} for n in names]
            body, headers["Content-Type"] = json.dumps(entries).encode(), "application/json"
        else:
            status, body = 404, b'{"error":"not found"}'
            ours = path.startswith(f"/{NAME}/")
            headers["X-Error-Code"] = "EntryNotFound" if ours else "RepoNotFound"
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)


class Loader:
    """A process that loads the encoders whose names it is told."""

    def __init__(self, home: Path, endpoint: str) -> None:
        quiet = {
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "TOKENIZERS_PARALLELISM": "false",
        }
        kept = {k: v for k, v in os.environ.items() if not k.upper().startswith(("HF_", "HUGGING", "TRANSFORMERS_"))}
        kept = {k: v for k, v in kept.items() if not k.lower().endswith("_proxy")}
        self._process = subprocess.Popen(
            [sys.executable, "-c", LOADER],
            env=kept | quiet | {"HF_HOME": str(home), "HF_ENDPOINT": endpoint},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def load(self, name: str) -> dict[str, Any]:
        """The card and a vector of the encoder called ``name``, or the error; how long it took in either case."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(name + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the loading process died"
        reply: dict[str, Any] = json.loads(line)
        return reply

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=60)


@pytest.fixture(scope="module")
def replies(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """What a first process says of the hub, then a second one that finds the model kept, then once the hub is gone."""
    asked: list[str] = []
    handler = type("Handler", (TinyHub,), {"files": tiny_model, "asked": asked})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    home, endpoint = tmp_path_factory.mktemp("hub-home"), f"http://127.0.0.1:{server.server_address[1]}"
    first = Loader(home, endpoint)
    found = {"downloaded": first.load(NAME), "unknown": first.load("owner/unknown")}
    first.close()
    asked.clear()
    second = Loader(home, endpoint)
    found["kept"] = second.load(NAME) | {"asked": list(asked)}
    server.shutdown()
    server.server_close()
    thread.join()
    found |= {"alone": second.load(NAME), "unreachable": second.load("owner/other")}
    yield found
    second.close()


def test_a_model_is_downloaded_and_its_commit_recorded(replies: dict[str, dict[str, Any]], tiny_model: Path) -> None:
    reply, folder = replies["downloaded"], load_encoder(str(tiny_model))
    assert "error" not in reply, reply
    assert (reply["card"]["name"], reply["card"]["revision"]) == (NAME, COMMIT)
    assert reply["card"]["fingerprint"] == folder.card.fingerprint
    assert np.allclose(reply["vector"], folder.encode_questions(["abc"])[0], atol=1e-6)


@pytest.mark.parametrize("case", ["kept", "alone"])
def test_a_kept_model_needs_no_hub(replies: dict[str, dict[str, Any]], case: str) -> None:
    first, kept = replies["downloaded"], replies[case]
    assert {key: kept[key] for key in ("card", "vector")} == {key: first[key] for key in ("card", "vector")}
    assert kept["seconds"] < GENEROUS_S


def test_nothing_is_asked_of_the_hub_for_a_kept_model(replies: dict[str, dict[str, Any]]) -> None:
    assert replies["kept"]["asked"] == []


@pytest.mark.parametrize(("case", "name"), [("unknown", "owner/unknown"), ("unreachable", "owner/other")])
def test_a_model_that_no_hub_gives_is_missed_in_one_sentence(
    replies: dict[str, dict[str, Any]], case: str, name: str
) -> None:
    error = replies[case]["error"]
    assert error.startswith(f"the encoder {name!r} is not on this disk and no hub gave it (")
    assert error.endswith("connect once to download it, or leave --encoder out to use the one that is shipped")
    assert "\n" not in error
    assert replies[case]["seconds"] < GENEROUS_S
