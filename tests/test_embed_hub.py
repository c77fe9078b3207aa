"""A model by its name: downloaded from a hub that runs on this machine, kept, and missed when there is none.

A process of its own loads the models, since the hub's client reads its address when it is imported.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hub_server import COMMIT, Hub, quiet

from rag.embed import load_encoder

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


class Loader:
    """A process that loads the encoders whose names it is told."""

    def __init__(self, home: Path, endpoint: str) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.upper().startswith(("HF_", "HUGGING", "TRANSFORMERS_"))}
        kept = {k: v for k, v in kept.items() if not k.lower().endswith("_proxy")}
        self._process = subprocess.Popen(
            [sys.executable, "-c", LOADER],
            env=kept | quiet() | {"TOKENIZERS_PARALLELISM": "false", "HF_HOME": str(home), "HF_ENDPOINT": endpoint},
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
    hub = Hub()
    hub.add(NAME, tiny_model)
    home = tmp_path_factory.mktemp("hub-home")
    first = Loader(home, hub.address)
    found = {"downloaded": first.load(NAME), "unknown": first.load("owner/unknown")}
    first.close()
    hub.asked.clear()
    second = Loader(home, hub.address)
    found["kept"] = second.load(NAME) | {"asked": list(hub.asked)}
    hub.go()
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
