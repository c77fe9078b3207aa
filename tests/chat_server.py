"""A server on this machine that speaks the chat protocol of OpenAI, and misbehaves as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Reads the request, then behaves."""

    server: ChatServer

    def do_POST(self) -> None:
        """Keep what was asked, and answer."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, dict(self.headers), body))
        try:
            self.server.behaviour(self)
        except (BrokenPipeError, ConnectionResetError):
            self.server.hung_up.set()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""

    def begin(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        """Send the head; the body ends with the connection."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()

    def send(self, data: str) -> None:
        """One event."""
        self.wfile.write(f"data: {data}\n\n".encode())
        self.wfile.flush()

    def say(self, text: str, finish: str | None = None) -> None:
        """One event with a piece of text."""
        self.send(json.dumps({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]}))


class ChatServer(ThreadingHTTPServer):
    """Keeps the requests; ``behaviour`` may be changed between them."""

    daemon_threads = True

    def __init__(self, behaviour: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviour = behaviour
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.hung_up = threading.Event()
        self.stop = threading.Event()

    @property
    def name(self) -> str:
        """What `--model` is given."""
        return f"openai:http://127.0.0.1:{self.server_address[1]}/v1#tiny"


def stream(text: str, size: int = 7) -> Behaviour:
    """Send ``text`` in pieces of ``size`` characters, as a good server does."""

    def behave(handler: Handler) -> None:
        handler.begin()
        handler.send(json.dumps({"choices": [{"delta": {"role": "assistant", "content": ""}, "finish_reason": None}]}))
        for start in range(0, len(text), size):
            handler.say(text[start : start + size])
        handler.say("", "stop")
        handler.send(json.dumps({"choices": [], "usage": {"total_tokens": 9}}))
        handler.send("[DONE]")

    return behave


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[ChatServer]:
    """A server that runs as long as the block."""
    server = ChatServer(behaviour)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
