"""The gate before the page: its rules on a bare application, and a real server on another address."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, MutableMapping
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from conftest import write_corpus

from rag.app.gate import Gate, gates, hash_password, is_password
from rag.app.serve import check_address, check_port, is_local
from rag.app.wording import catalogue
from rag.build import build
from rag.cli import main
from rag.config import Config
from rag.errors import BadUsage

PASSWORD = "côté cour, côté jardin"
HASHED = hash_password(PASSWORD)
OTHER = "127.0.0.2"


class Browser:
    """Talks to a gate as a browser would, and keeps its cookie."""

    def __init__(self, gate: Gate, address: str = "10.0.0.7") -> None:
        """A browser at ``address``."""
        self.gate, self.address, self.cookie = gate, address, ""
        self.sent: list[MutableMapping[str, Any]] = []

    def ask(self, path: str, method: str = "GET", body: str = "", kind: str = "http") -> int:
        """The status of the answer; 0 where the inner application got the request."""
        headers = [(b"accept-language", b"pt, de;q=0.8, en"), (b"cookie", self.cookie.encode())]
        scope = {"type": kind, "method": method, "path": path, "headers": headers, "client": (self.address, 1)}
        self.sent = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": body.encode(), "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            self.sent.append(message)

        asyncio.run(self.gate(scope, receive, send))
        return int(self.sent[0].get("status", self.sent[0].get("code", 0)))

    def enter(self, password: str) -> int:
        """Give a password."""
        status = self.ask("/enter", "POST", urlencode({"password": password}))
        headers = dict(self.sent[0]["headers"])
        if b"set-cookie" in headers:
            self.cookie = headers[b"set-cookie"].decode().split(";")[0]
        return status


class Clock:
    """A time that is set by hand."""

    now = 1_000_000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


async def page(scope: Any, receive: Any, send: Any) -> None:
    """What stands behind the gate."""
    await send({"type": "inside"})


@pytest.fixture
def clock() -> Clock:
    """The gate's time."""
    return Clock()


@pytest.fixture
def gate(clock: Clock) -> Gate:
    """A gate before ``page``."""
    return Gate(page, HASHED, clock)


def test_a_password_is_known_by_its_hash_alone() -> None:
    assert is_password(PASSWORD, HASHED)
    assert not is_password(PASSWORD + " ", HASHED)
    assert not is_password("", HASHED)
    assert PASSWORD not in HASHED
    assert hash_password(PASSWORD) != HASHED
    with pytest.raises(BadUsage, match="8 or more"):
        hash_password("sept777")


def test_nothing_passes_without_the_cookie(gate: Gate) -> None:
    browser = Browser(gate)
    for path in ("/", "/_stcore/upload_file/a/b", "/media/x", "/static/index.js", "/enter", "/_stcore/host-config"):
        for method in ("GET", "PUT", "DELETE", "HEAD"):
            assert browser.ask(path, method) == 401
    assert browser.ask("/", "POST") == 401
    assert browser.ask("/_stcore/stream", kind="websocket") == 1008
    assert browser.ask("/_stcore/health") == 0
    assert browser.ask("/_stcore/health", kind="websocket") == 1008
    for cookie in ("communique_entry=", "communique_entry=9999999999.", "communique_entry=9999999999.00", "\x00=;;="):
        browser.cookie = cookie
        assert browser.ask("/") == 401


def test_the_password_opens_and_the_cookie_ends_and_cannot_be_lengthened(gate: Gate, clock: Clock) -> None:
    browser = Browser(gate)
    assert browser.enter("wrong password") == 401
    assert catalogue()["de"]["gate_wrong"] in browser.sent[1]["body"].decode()
    assert browser.enter(PASSWORD) == 303
    assert dict(browser.sent[0]["headers"])[b"location"] == b"/"
    assert b"HttpOnly; SameSite=Lax" in dict(browser.sent[0]["headers"])[b"set-cookie"]
    assert browser.ask("/") == 0
    assert browser.ask("/_stcore/stream", kind="websocket") == 0
    name, _, seal = browser.cookie.partition(".")
    assert Browser(Gate(page, HASHED, clock)).ask("/") == 401
    good, browser.cookie = browser.cookie, f"{name}9.{seal}"
    assert browser.ask("/") == 401
    browser.cookie = good
    clock.now += 12 * 3600 + 1
    assert browser.ask("/") == 401


def test_guessing_is_slowed_for_one_and_for_all(gate: Gate, clock: Clock) -> None:
    browser, other = Browser(gate), Browser(gate, "10.0.0.8")
    assert [browser.enter(f"guess number {n}") for n in range(6)] == [401] * 5 + [429]
    assert browser.enter(PASSWORD) == 429
    assert catalogue()["de"]["gate_wait"] in browser.sent[1]["body"].decode()
    assert other.enter(PASSWORD) == 303
    clock.now += 61
    assert browser.enter(PASSWORD) == 303
    statuses = [Browser(gate, f"10.0.1.{n}").enter("a guess") for n in range(61)]
    assert statuses == [401] * 60 + [429]


def test_a_long_body_is_not_read_to_its_end(gate: Gate) -> None:
    assert Browser(gate).enter("x" * 100_000) == 401


def test_only_this_machine_needs_no_password() -> None:
    assert [is_local(name) for name in ("127.0.0.1", "localhost", "::1", OTHER, "0.0.0.0", "", None)] == (
        [True] * 3 + [False] * 4
    )
    check_address("127.0.0.1", "")
    check_address("0.0.0.0", PASSWORD)
    with pytest.raises(BadUsage, match="give a password with --password-file"):
        check_address(OTHER, "")
    for address in ("192.0.2.1", "no.such.name.invalid"):
        with pytest.raises(BadUsage, match="--address"):
            check_port(8501, address)


def test_the_server_of_the_gate_needs_what_is_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMMUNIQUE_GATE", raising=False)
    with pytest.raises(BadUsage, match="--password-file"):
        gates()


@pytest.mark.parametrize("text", ["", "\n", "short\n", None])
def test_a_password_file_without_a_password_is_said(
    text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "password"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    build(write_corpus(tmp_path / "corpus"), Config(index=tmp_path / "index"))
    words = ["--index", str(tmp_path / "index"), "--address", OTHER, "--password-file", str(file), "--port", "8593"]
    with pytest.raises(SystemExit) as stop:
        main(["chat", "--no-browser", *words])
    assert stop.value.code == 2
    assert "password" in capsys.readouterr().err


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The port of `rag chat` on another address, and the file of what it printed."""
    folder = tmp_path_factory.mktemp("gate")
    build(write_corpus(folder / "corpus"), Config(index=folder / "index"))
    (folder / "password").write_text(f"{PASSWORD}\n", encoding="utf-8")
    with socket.socket() as probe:
        try:
            probe.bind((OTHER, 0))
        except OSError:
            pytest.skip(f"this machine has no address {OTHER}")
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "rag.cli", "chat", "--no-browser", "--port", str(port)]
    command += ["--index", str(folder / "index"), "--address", OTHER, "--password-file", str(folder / "password")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, env=dict(os.environ))
        try:
            deadline = time.monotonic() + 90
            while time.monotonic() < deadline and server.poll() is None:
                try:
                    urllib.request.urlopen(f"http://{OTHER}:{port}/_stcore/health", timeout=2).close()
                    break
                except (urllib.error.URLError, ConnectionError, TimeoutError):
                    time.sleep(0.2)
            else:
                pytest.fail((folder / "log").read_text(encoding="utf-8"))
            yield port, folder / "log"
        finally:
            server.terminate()
            server.wait(60)


def test_a_real_server_shows_nothing_before_the_password(served: tuple[int, Path]) -> None:
    port, log = served

    def ask(method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, str]:
        with closing(HTTPConnection(OTHER, port, timeout=30)) as connection:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            return answer.status, text, answer.headers.get("set-cookie") or ""

    status, text, _ = ask("GET", "/")
    assert status == 401
    assert 'name="password"' in text
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": f"http://{OTHER}:{port}"}
    assert ask("GET", "/_stcore/stream", **upgrade, **key)[0] == 403
    assert ask("PUT", "/_stcore/upload_file/x/y", "data")[0] == 401
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask("POST", "/enter", urlencode({"password": "not it at all"}), **form)[0] == 401
    status, _, cookie = ask("POST", "/enter", urlencode({"password": PASSWORD}), **form)
    assert status == 303
    status, text, _ = ask("GET", "/", Cookie=cookie.split(";")[0])
    assert status == 200
    assert 'name="password"' not in text
    assert "<div id=\"root\">" in text
    with socket.socket() as probe:  # this address and no other
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert PASSWORD not in log.read_text(encoding="utf-8")
    assert json.loads(HASHED)["hash"] not in log.read_text(encoding="utf-8")
