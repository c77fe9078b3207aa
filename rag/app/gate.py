"""DOOR: nobody sees anything of the page without the password, where it is served to other machines.

It stands before the server of the page: no request and no socket gets through without the cookie it gives.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from hashlib import scrypt, sha256
from html import escape
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from rag.app.wording import LANGUAGES, catalogue
from rag.errors import BadUsage
from rag.text.phrases import FALLBACK

GATE = "COMMUNIQUE_GATE"
"""The environment variable in which `rag chat` hands the salt and the hash of the password to the server."""

LEAST_CHARS = 8
_COOKIE = "communique_entry"
_ENTER = "/enter"
_OPEN_PATHS = frozenset({"/_stcore/health"})
_STAY_S = 12 * 3600
_BODY_BYTES = 4_096
_TRIES, _TRIES_OF_ALL, _WINDOW_S = 5, 60, 60.0
_REMEMBERED = 1_000
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def hash_password(password: str) -> str:
    """A salt and the scrypt hash of ``password``, as JSON; raises BadUsage for one of less than eight characters."""
    if len(password) < LEAST_CHARS:
        raise BadUsage(f"the password has {len(password)} characters: choose one of {LEAST_CHARS} or more")
    salt = secrets.token_bytes(16)
    return json.dumps({"salt": salt.hex(), "hash": _scrypt(password, salt).hex()})


def _scrypt(password: str, salt: bytes) -> bytes:
    # OWASP's parameters for scrypt with 16 MB; a guess takes some tens of milliseconds.
    return scrypt(password.encode("utf-8", "surrogateescape"), salt=salt, n=2**14, r=8, p=5, maxmem=2**26)


def is_password(given: str, hashed: str) -> bool:
    """Whether ``given`` is what hash_password was given; takes the same time for every wrong one."""
    kept = json.loads(hashed)
    return hmac.compare_digest(_scrypt(given, bytes.fromhex(kept["salt"])), bytes.fromhex(kept["hash"]))


class Gate:
    """Lets through who has entered; shows everybody else a page that asks for the password."""

    def __init__(self, app: App, hashed: str, clock: Callable[[], float] = time.time) -> None:
        """Stand before ``app``; ``hashed`` is what hash_password gave."""
        self._app, self._hashed, self._clock = app, hashed, clock
        self._secret = secrets.token_bytes(32)  # of this process: a restart asks everybody again
        self._failed: dict[str, deque[float]] = {}
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        kind = scope["type"]
        if kind not in ("http", "websocket") or self._may_pass(scope):
            await self._app(scope, receive, send)
        elif kind == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["method"] == "POST" and scope["path"] == _ENTER:
            await self._enter(scope, receive, send)
        else:
            await _answer(send, 401, _page(_language(scope)))

    def _may_pass(self, scope: Scope) -> bool:
        if scope["type"] == "http" and scope["path"] in _OPEN_PATHS:
            return True
        cookies = SimpleCookie()
        try:
            cookies.load(_header(scope, b"cookie"))
        except CookieError:
            return False
        until, _, seal = cookies[_COOKIE].value.partition(".") if _COOKIE in cookies else ("", "", "")
        sealed = hmac.compare_digest(self._seal(until).encode(), seal.encode())
        return sealed and until.isdecimal() and int(until) > self._clock()

    def _seal(self, until: str) -> str:
        return hmac.new(self._secret, until.encode(), sha256).hexdigest()

    async def _enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a password in; the page is told that it was wrong, or that there were too many."""
        who = str((scope.get("client") or ("",))[0])
        language, body = _language(scope), await _body(receive)
        async with self._one_at_a_time:
            if self._too_many(who):
                await _answer(send, 429, _page(language, "gate_wait"), (b"retry-after", b"60"))
                return
            given = parse_qs(body).get("password", [""])[0]
            right = await asyncio.to_thread(is_password, given, self._hashed)
            if not right:
                self._failed.setdefault(who, deque(maxlen=_TRIES)).append(self._clock())
        if not right:
            await _answer(send, 401, _page(language, "gate_wrong"))
            return
        until = str(int(self._clock()) + _STAY_S)
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        cookie = f"{_COOKIE}={until}.{self._seal(until)}; Max-Age={_STAY_S}; Path=/; HttpOnly; SameSite=Lax{secure}"
        await _answer(send, 303, "", (b"location", b"/"), (b"set-cookie", cookie.encode()))

    def _too_many(self, who: str) -> bool:
        """Whether this address, or all together, have failed too often within the last minute."""
        since = self._clock() - _WINDOW_S
        for address in [address for address, times in self._failed.items() if times[-1] < since]:
            del self._failed[address]
        recent = {address: sum(moment >= since for moment in times) for address, times in self._failed.items()}
        full = len(recent) >= _REMEMBERED
        return full or recent.get(who, 0) >= _TRIES or sum(recent.values()) >= _TRIES_OF_ALL


async def _body(receive: Receive) -> str:
    """The body of a request, cut where no password is that long."""
    body, more = b"", True
    while more and len(body) <= _BODY_BYTES:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False) and message["type"] == "http.request"
    return body[:_BODY_BYTES].decode("utf-8", "replace")


async def _answer(send: Send, status: int, text: str, *headers: tuple[bytes, bytes]) -> None:
    body = text.encode()
    own = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", _POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": [*own, *headers]})
    await send({"type": "http.response.body", "body": body})


def _header(scope: Scope, name: bytes) -> str:
    values = [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]
    return "; ".join(values)


def _language(scope: Scope) -> str:
    """The first language of the browser that the interface has."""
    for wanted in _header(scope, b"accept-language").split(","):
        tag = wanted.split(";")[0].split("-")[0].strip().lower()
        if tag in LANGUAGES:
            return tag
    return FALLBACK


def _page(language: str, problem: str = "") -> str:
    texts = {key: escape(text) for key, text in catalogue()[language].items() if key.startswith("gate_")}
    told = f'<p role="alert">{texts[problem]}</p>' if problem else ""
    return f"""<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Communiqué</title><style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center;
  background: light-dark(#fcfbf8, #15181c); color: light-dark(#22272e, #e8e4db); }}
form {{ display: grid; gap: .8rem; width: min(20rem, 86vw); }}
h1 {{ font: 600 1.7rem/1.2 serif; margin: 0; }}
p {{ margin: 0; }}
input, button {{ font: inherit; padding: .55rem .7rem; border-radius: 6px;
  border: 1px solid light-dark(#8a8375, #767e88); background: light-dark(#fff, #1e2227); color: inherit; }}
button {{ background: light-dark(#1f4e79, #7fb0dc); color: light-dark(#fff, #15181c); border: 0; cursor: pointer; }}
:focus-visible {{ outline: 3px solid light-dark(#1f4e79, #7fb0dc); outline-offset: 2px; }}
</style></head><body><main><form method="post" action="{_ENTER}"><h1>Communiqué</h1>{told}
<label for="password">{texts["gate_password"]}</label>
<input id="password" name="password" type="password" required autofocus autocomplete="current-password">
<button>{texts["gate_enter"]}</button></form></main></body></html>
"""


def gates() -> list[Any]:
    """The gate as Streamlit's server takes it, with what `rag chat` handed over; raises BadUsage without that."""
    from starlette.middleware import Middleware

    hashed = os.environ.get(GATE)
    if not hashed:
        raise BadUsage(f"{GATE} is not set: start the page with `rag chat --address … --password-file …`")
    return [Middleware(Gate, hashed=hashed)]
