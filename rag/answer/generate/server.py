"""STAGE: any server that speaks the chat protocol of OpenAI: Ollama, llama.cpp, vLLM, TGI, LM Studio.

Only the standard library is used, no proxy is asked, and no redirection is followed: the question and the passages go
to the address that was named and nowhere else.
"""

from __future__ import annotations

import http.client
import json
import os
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

from rag.answer.generate import SERVER_PREFIX, Sampling
from rag.answer.prompt import Message
from rag.errors import BadUsage, GeneratorFailed

KEY_VARIABLE = "RAG_API_KEY"
"""The environment variable whose value is sent as the server's key, where it wants one."""

_FORM = "the form is openai:http://127.0.0.1:11434/v1#MODEL"
_CHARS_PER_TOKEN = 3.5  # about what tokenizers make of European languages; a server does not tell its own
_MOST_LINE_BYTES = 1_000_000
_EXTRAS = ("chat_template_kwargs", "seed")
"""Fields that some servers do not know; where one refuses the request it is sent once more without them."""


class ServerGenerator:
    """Speaks to ``POST BASE/chat/completions`` and reads the answer as a stream of events."""

    prompt_tokens = 1_500

    def __init__(self, name: str, *, timeout_s: float = 120.0) -> None:
        """``name`` is ``openai:BASE#MODEL``; raises BadUsage for anything else. The server is not asked yet."""
        address, _, model = name.removeprefix(SERVER_PREFIX).partition("#")
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError as error:
            raise BadUsage(f"{name!r} is no address of a server ({error}): {_FORM}") from error
        if parts.scheme not in ("http", "https") or not parts.hostname or not model or parts.username:
            raise BadUsage(f"{name!r} is no address of a server with a model: {_FORM}")
        self.name = model
        self._address = address.rstrip("/")
        self._secure, self._host, self._port = parts.scheme == "https", parts.hostname, port
        self._path = parts.path.rstrip("/") + "/chat/completions"
        self._timeout_s = timeout_s

    def count_tokens(self, text: str) -> int:
        """About how many tokens ``text`` has."""
        return int(len(text) / _CHARS_PER_TOKEN) + 1

    def write(self, messages: Sequence[Message], sampling: Sampling, tell: Callable[[str], None]) -> None:
        """Give ``tell`` each piece as it arrives; the connection is closed however the writing ends."""
        body = self._body(messages, sampling)
        connection, response = self._open(body)
        if response.status in (400, 422):
            response.close()
            connection.close()
            connection, response = self._open({key: value for key, value in body.items() if key not in _EXTRAS})
        with closing(connection), closing(response):
            if response.status != 200:
                raise GeneratorFailed(self._complaint(response))
            told = False
            for piece in self._pieces(response):
                told = told or bool(piece)
                tell(piece)
            if not told:
                raise GeneratorFailed(f"the server at {self._address} sent an empty answer from {self.name}: try again")

    def _body(self, messages: Sequence[Message], sampling: Sampling) -> dict[str, Any]:
        return {
            "model": self.name,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "stream": True,
            "temperature": sampling.temperature,
            "max_tokens": sampling.max_new_tokens,
            "seed": sampling.seed,
            "chat_template_kwargs": {"enable_thinking": False},
        }

    def _open(self, body: dict[str, Any]) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection: http.client.HTTPConnection
        if self._secure:
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(self._host, self._port, timeout=self._timeout_s, context=context)
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_s)
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        key = os.environ.get(KEY_VARIABLE)
        if key:
            headers["Authorization"] = f"Bearer {key}"
        try:
            connection.request("POST", self._path, json.dumps(body).encode(), headers)
            return connection, connection.getresponse()
        except TimeoutError as error:
            connection.close()
            raise self._silent() from error
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise GeneratorFailed(
                f"no server answers at {self._address} ({_short(error)}): start it, or check the address"
            ) from error

    def _pieces(self, response: http.client.HTTPResponse) -> Iterator[str]:
        """The text of each event; a server that answers in one piece instead of a stream is understood too."""
        if "json" in response.headers.get_content_type():
            yield self._whole(self._read(response, 10 * _MOST_LINE_BYTES))
            return
        ended = False
        while not ended:
            line = self._read_line(response)
            if not line:
                raise GeneratorFailed(f"the server at {self._address} broke off in the middle of an answer: try again")
            field, _, value = line.decode("utf-8", "replace").strip().partition(":")
            if field != "data":
                continue
            if value.strip() == "[DONE]":
                return
            piece, ended = self._piece(value)
            yield piece

    def _piece(self, value: str) -> tuple[str, bool]:
        """The text of one event and whether it is the last one."""
        event = self._parsed(value)
        choices: Any = event.get("choices")
        if choices == []:
            return "", False  # an event that counts tokens
        try:
            delta = choices[0].get("delta") or {}
            content = delta.get("content") or ""
            ended = choices[0].get("finish_reason") is not None
        except (TypeError, AttributeError, KeyError, IndexError) as error:
            raise self._strange(value) from error
        if not isinstance(content, str):
            raise self._strange(value)
        return content, ended

    def _whole(self, body: bytes) -> str:
        value = body.decode("utf-8", "replace")
        try:
            content = self._parsed(value)["choices"][0]["message"]["content"]
        except (TypeError, KeyError, IndexError) as error:
            raise self._strange(value) from error
        if not isinstance(content, str):
            raise self._strange(value)
        return content

    def _parsed(self, value: str) -> dict[str, Any]:
        try:
            event = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise self._strange(value) from error
        if not isinstance(event, dict):
            raise self._strange(value)
        if event.get("error"):
            raise GeneratorFailed(f"the server at {self._address} reports: {_message_of(event)}")
        return event

    def _read_line(self, response: http.client.HTTPResponse) -> bytes:
        try:
            line = response.readline(_MOST_LINE_BYTES + 1)
        except TimeoutError as error:
            raise self._silent() from error
        except (OSError, http.client.HTTPException) as error:
            raise GeneratorFailed(f"the connection to {self._address} broke ({_short(error)}): try again") from error
        if len(line) > _MOST_LINE_BYTES:
            raise self._strange("a line without end")
        return line

    def _read(self, response: http.client.HTTPResponse, most: int) -> bytes:
        try:
            return response.read(most)
        except TimeoutError as error:
            raise self._silent() from error
        except (OSError, http.client.HTTPException) as error:
            raise GeneratorFailed(f"the connection to {self._address} broke ({_short(error)}): try again") from error

    def _complaint(self, response: http.client.HTTPResponse) -> str:
        said = self._read(response, 10_000).decode("utf-8", "replace")
        try:
            said = _message_of(json.loads(said))
        except (ValueError, RecursionError):
            said = response.reason
        place = f"the server at {self._address}"
        if response.status in (301, 302, 303, 307, 308):
            return f"{place} sends elsewhere, which is not followed: name the address it stands at"
        if response.status in (401, 403):
            return f"{place} wants a key ({said}): put it in the environment variable {KEY_VARIABLE}"
        if response.status == 404:
            return f"{place} has no model {self.name!r}, or no such path ({said}): check both; {_FORM}"
        return f"{place} answered {response.status} ({said}): see its log, then try again"

    def _silent(self) -> GeneratorFailed:
        return GeneratorFailed(
            f"the server at {self._address} has been silent for {self._timeout_s:g} s: wait until it has loaded its "
            "model, or set model_timeout_s higher"
        )

    def _strange(self, value: str) -> GeneratorFailed:
        return GeneratorFailed(
            f"what answers at {self._address} does not speak the chat protocol of OpenAI ({_short(value)}): check the "
            "address, which mostly ends in /v1"
        )


def _message_of(event: Any) -> str:
    error = event.get("error", event) if isinstance(event, dict) else event
    return _short(error.get("message", error) if isinstance(error, dict) else error)


def _short(value: object) -> str:
    text = " ".join(str(value).split()) or type(value).__name__
    return text if len(text) <= 160 else text[:159] + "…"
