"""A hub on this machine in the protocol of the real one, which misbehaves as it is told, and a process that uses it.

The client reads the hub's address when it is imported: commands run in a process of their own, which ends at once when
anything in it reaches beyond this machine.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = (".safetensors", ".gguf", ".bin", ".onnx")
"""What a hub keeps elsewhere and sends to by a redirection."""

LEFT = 97
WALL = f"""
import os, sys

def watch(event, arguments):
    if event == "socket.connect" and not isinstance(arguments[1], (str, bytes)):
        host = str(arguments[1][0])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = str(arguments[0])
    else:
        return
    if host not in ("127.0.0.1", "localhost", "::1", "None"):
        os.write(2, f"reached for {{host}}".encode())
        os._exit({LEFT})

sys.addaudithook(watch)
"""
DRIVER = (
    WALL
    + """
import contextlib, io, json, time, types
import huggingface_hub.file_download as download
download.time = types.SimpleNamespace(**vars(time) | {"sleep": lambda seconds: None})  # between two tries
download.constants.DOWNLOAD_CHUNK_SIZE = 65_536  # what came before the last whole chunk is fetched again
from rag.cli import main
orders, sys.stdin = sys.stdin, io.StringIO()  # the command may set how its own input is read
for line in orders:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(json.loads(line))
        except SystemExit as ended:
            code = ended.code
    print(json.dumps([code, out.getvalue(), err.getvalue()]), flush=True)
"""
)


class Asked(NamedTuple):
    """One request: its method, its path, and where it wanted the file from (0: the whole)."""

    method: str
    path: str
    start: int


@dataclass
class Repository:
    """The files of one model. ``faults`` says what happens to the next requests of a file.

    ``cut``: half of what is left is sent, ``break``: the connection is reset, ``stall``: half, then silence, ``alter``:
    other bytes, as many. One that ends in ``!`` happens every time. ``status`` is what every request is answered with.
    """

    files: dict[str, bytes]
    faults: dict[str, list[str]] = field(default_factory=dict)
    status: int = 200
    error_code: str = ""

    def fault(self, name: str) -> str:
        """What goes wrong with this request of a file, empty for nothing."""
        waiting = self.faults.get(name, [])
        if waiting and waiting[0].endswith("!"):
            return waiting[0][:-1]
        return waiting.pop(0) if waiting else ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        """Note the connection, to end it when the hub goes."""
        super().setup()
        self.server.hub.connections.append(self.connection)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        """Headers only."""
        self._reply()

    def do_GET(self) -> None:
        """Headers and content."""
        self._reply()

    def _reply(self) -> None:
        path = self.path.split("?")[0]
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        self.server.hub.asked.append(Asked(self.command, path, int(found[1]) if found else 0))
        api = re.fullmatch(rf"/api/models/([^/]+/[^/]+?)(/revision/\w+|/tree/(?:main|{COMMIT}))?", path)
        file = re.fullmatch(rf"/([^/]+/[^/]+)/resolve/(?:main|{COMMIT})/(.+)", path)
        kept = re.fullmatch(r"/kept/([^/]+/[^/]+?)/(.+)", path)
        name = next((match[1] for match in (api, file, kept) if match), "")
        repository = self.server.hub.repositories.get(name)
        if repository is None:
            self._send(404, b'{"error": "not found"}', {"X-Error-Code": "RepoNotFound"})
        elif repository.status != 200:
            self._send(repository.status, b"{}", {"X-Error-Code": repository.error_code, "X-Error-Message": "no"})
        elif api:
            self._send_json(self._tree(repository) if "/tree/" in path else self._facts(name, repository))
        else:
            wanted = (file or kept)[2]  # type: ignore[index]  # one of the two has matched
            self._file(name, repository, wanted, elsewhere=file is not None and wanted.endswith(LARGE))

    def _facts(self, name: str, repository: Repository) -> dict[str, Any]:
        siblings = [{"rfilename": file} for file in sorted(repository.files)]
        return {"id": name, "modelId": name, "sha": COMMIT, "siblings": siblings, "tags": [], "private": False}

    def _tree(self, repository: Repository) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = []
        for file, content in sorted(repository.files.items()):
            entry: dict[str, Any] = {"type": "file", "path": file, "size": len(content), "oid": _sum(content, "sha1")}
            if file.endswith(LARGE):
                entry["lfs"] = {"oid": _sum(content, "sha256"), "size": len(content), "pointerSize": 130}
            entries.append(entry)
        return entries

    def _file(self, name: str, repository: Repository, file: str, *, elsewhere: bool) -> None:
        content = repository.files.get(file)
        if content is None:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
        elif elsewhere:
            place = f"http://localhost:{self.server.server_address[1]}/kept/{name}/{file}"
            linked = {"X-Linked-ETag": f'"{_sum(content, "sha256")}"', "X-Linked-Size": str(len(content))}
            self._send(302, b"", linked | {"Location": place, "X-Repo-Commit": COMMIT})
        else:
            self._content(content, repository.fault(file) if self.command == "GET" else "")

    def _content(self, content: bytes, fault: str) -> None:
        start = self.server.hub.asked[-1].start
        rest = content[start:]
        if fault == "alter":
            rest = bytes([rest[0] ^ 1]) + rest[1:] if len(rest) < 3 else rest[:-1] + bytes([rest[-1] ^ 1])
        headers = {"ETag": f'"{_sum(content, "sha1")}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        sent = {"cut": len(rest) // 2, "stall": len(rest) // 2, "break": 1}.get(fault, len(rest))
        self._send(206 if start else 200, rest[:sent], headers, length=len(rest))
        if fault == "stall":
            self.server.hub.gone.wait(20)
        if fault == "break":  # what was sent is thrown away, and the other side is told so
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if fault:
            self.close_connection = True

    def _send_json(self, value: Any) -> None:
        self._send(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str], length: int | None = None) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body) if length is None else length)}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)
            self.wfile.flush()


def _sum(content: bytes, kind: str) -> str:
    return hashlib.new(kind, content).hexdigest()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    hub: Hub

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is no fault."""


class Hub:
    """Repositories by their name, and what was asked of them; it can go and come back under the same address."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.asked: list[Asked] = []
        self.connections: list[socket.socket] = []
        self.gone = threading.Event()
        self._port = 0
        self.come()

    @property
    def address(self) -> str:
        """What HF_ENDPOINT is set to."""
        return f"http://127.0.0.1:{self._port}"

    def come(self) -> None:
        """Answer."""
        self.gone.clear()
        self._server = _Server(("127.0.0.1", self._port), _Handler)
        self._server.hub = self
        self._port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def go(self) -> None:
        """End every connection and refuse new ones."""
        self.gone.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.connections.clear()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Be gone for the length of the block."""
        self.go()
        try:
            yield
        finally:
            self.come()

    def add(self, name: str, folder: Path, **more: bytes) -> Repository:
        """A repository with the files of ``folder`` and ``more``."""
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        self.repositories[name] = Repository({file: path.read_bytes() for file, path in files.items()} | more)
        return self.repositories[name]

    def fetched(self) -> list[str]:
        """The files that were got, each once, sorted."""
        found = (re.search(r"/(?:resolve/\w+|kept/[^/]+/[^/]+)/(.+)", path) for _, path, _ in self._got())
        return sorted({match[1] for match in found if match})

    def _got(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.method == "GET"]


class Ended(NamedTuple):
    """What a command left."""

    code: int
    out: str
    err: str


class Commands:
    """A process that runs the command line as often as it is told, with this hub and an own cache."""

    def __init__(self, home: Path, address: str) -> None:
        ours = ("HF_", "HUGGING", "TRANSFORMERS_")
        kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(ours)}
        kept = {name: value for name, value in kept.items() if not name.lower().endswith("_proxy")}
        quick = {"HF_HUB_DOWNLOAD_TIMEOUT": "1", "HF_HUB_ETAG_TIMEOUT": "5", "TOKENIZERS_PARALLELISM": "false"}
        self.cache = home / "hub"
        self._log = (home / "errors.txt").open("w")
        self._process = subprocess.Popen(
            [sys.executable, "-c", DRIVER],
            cwd=Path(__file__).parent.parent,
            env=kept | quiet() | quick | {"HF_HOME": str(home), "HF_ENDPOINT": address},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    def run(self, *arguments: object) -> Ended:
        """What `rag` with these arguments leaves."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(argument) for argument in arguments]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the process ended: {Path(self._log.name).read_text()[-2000:]}"
        return Ended(*json.loads(line))

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=60)
        self._log.close()


def quiet() -> dict[str, str]:
    """No bars, and nothing told to anybody."""
    return {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
