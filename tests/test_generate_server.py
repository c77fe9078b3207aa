"""The generator on a server: a real loopback server that streams, stalls, errors, lies and goes away."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from chat_server import Behaviour, Handler, serving, stream

from rag.answer.generate import Sampling, load_generator
from rag.answer.generate.server import KEY_VARIABLE, ServerGenerator
from rag.answer.prompt import Message
from rag.errors import BadUsage, GeneratorFailed

CHAT = (Message("system", "Rules."), Message("user", "Où ?"))


def written(name: str, timeout_s: float = 5.0, sampling: Sampling | None = None) -> list[str]:
    pieces: list[str] = []
    load_generator(name, timeout_s=timeout_s).write(CHAT, sampling or Sampling(), pieces.append)
    return pieces


def test_the_text_arrives_piece_by_piece_and_whole() -> None:
    text = "Le port – « l’été » – ouvre. [1]\nÀ 21 h 40. [2]"
    with serving(stream(text)) as server:
        pieces = written(server.name, sampling=Sampling(77, 0.5, 3))
    assert "".join(pieces) == text
    assert len([piece for piece in pieces if piece]) == 7
    path, headers, body = server.requests[0]
    assert path == "/v1/chat/completions"
    assert headers["Accept"] == "text/event-stream"
    assert "Authorization" not in headers
    assert body["messages"] == [{"role": "system", "content": "Rules."}, {"role": "user", "content": "Où ?"}]
    assert (body["model"], body["stream"], body["max_tokens"]) == ("tiny", True, 77)
    assert (body["temperature"], body["seed"]) == (0.5, 3)


def test_a_key_in_the_environment_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "secret")
    with serving(stream("a")) as server:
        written(server.name)
    assert server.requests[0][1]["Authorization"] == "Bearer secret"


def test_a_server_that_does_not_stream_is_understood() -> None:
    def whole(handler: Handler) -> None:
        handler.begin(kind="application/json")
        handler.wfile.write(json.dumps({"choices": [{"message": {"content": "Tout."}}]}).encode())

    with serving(whole) as server:
        assert written(server.name) == ["Tout."]


def test_a_server_that_refuses_unknown_fields_is_asked_again_without_them() -> None:
    def strict(handler: Handler) -> None:
        if "chat_template_kwargs" in handler.server.requests[-1][2]:
            handler.begin(400, "application/json")
        else:
            stream("bien")(handler)

    with serving(strict) as server:
        assert "".join(written(server.name)) == "bien"
    assert len(server.requests) == 2


def error_status(status: int, body: str = '{"error": {"message": "out of\\nluck"}}') -> Behaviour:
    def behave(handler: Handler) -> None:
        handler.begin(status, "application/json", Location="http://192.0.2.1/")
        handler.wfile.write(body.encode())

    return behave


def events(*values: str) -> Behaviour:
    def behave(handler: Handler) -> None:
        handler.begin()
        for value in values:
            handler.send(value)

    return behave


def cut(handler: Handler) -> None:
    handler.begin()
    handler.say("half a sen")


def stall(handler: Handler) -> None:
    handler.begin()
    handler.say("and then")
    handler.server.stop.wait(10)


def stall_first(handler: Handler) -> None:
    handler.server.stop.wait(10)


def endless_line(handler: Handler) -> None:
    handler.begin()
    handler.wfile.write(b"data: " + b"x" * 1_100_000)


def not_http(handler: Handler) -> None:
    handler.wfile.write(b"\x16\x03\x01 what is this\r\n\r\n")


def web_page(handler: Handler) -> None:
    handler.begin(kind="text/html")
    handler.wfile.write(b"<html>\n<body>A web page</body>\n")


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (error_status(404), "has no model 'tiny'"),
        (error_status(401), f"wants a key.*{KEY_VARIABLE}"),
        (error_status(500), r"answered 500 \(out of luck\)"),
        (error_status(503, "plain"), "answered 503"),
        (error_status(302), "sends elsewhere, which is not followed"),
        (error_status(400), "answered 400"),
        (events('{"error": {"message": "model is broken"}}'), "reports: model is broken"),
        (events("no json"), "does not speak the chat protocol"),
        (events("[1, 2]"), "does not speak the chat protocol"),
        (events('{"choices": 3}'), "does not speak the chat protocol"),
        (events('{"choices": [{"delta": {"content": 5}}]}'), "does not speak the chat protocol"),
        (events("[DONE]"), "sent an empty answer"),
        (cut, "broke off in the middle"),
        (stall, "silent for 0.3 s"),
        (stall_first, "silent for 0.3 s"),
        (endless_line, "does not speak the chat protocol"),
        (not_http, "no server answers"),
        (web_page, "broke off"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_whatever_a_server_does_becomes_one_sentence(behaviour: Behaviour, said: str) -> None:
    with serving(behaviour) as server, pytest.raises(GeneratorFailed, match=said) as caught:
        written(server.name, timeout_s=0.3)
    assert "\n" not in str(caught.value)


def test_no_server_at_all_is_one_sentence() -> None:
    with serving(stream("a")) as server:
        name = server.name
    with pytest.raises(GeneratorFailed, match=r"no server answers at http:.*start it"):
        written(name)


@pytest.mark.parametrize("name", ["openai:", "openai:http://a/v1", "openai:ftp://a/v1#m", "openai:http://a:x/v1#m",
                                  "openai:#m", "openai:http://[::1#m", "openai:http://me:pw@a/v1#m"])  # fmt: skip
def test_an_address_that_means_nothing_names_the_form(name: str) -> None:
    with pytest.raises(BadUsage, match="the form is openai:"):
        ServerGenerator(name)


def test_what_the_reader_of_pieces_raises_comes_through_and_hangs_up() -> None:
    def endless(handler: Handler) -> None:
        handler.begin()
        while not handler.server.stop.is_set():
            handler.say("word " * 100)

    def enough(piece: str) -> None:
        raise KeyboardInterrupt

    with serving(endless) as server:
        with pytest.raises(KeyboardInterrupt):
            load_generator(server.name).write(CHAT, Sampling(), enough)
        assert server.hung_up.wait(5)


def test_tokens_are_counted_about() -> None:
    count: Callable[[str], int] = ServerGenerator("openai:http://a/v1#m").count_tokens
    assert count("") == 1
    assert count("x" * 35) == 11
