"""An OIDC provider on this machine that asks nobody anything: whoever comes is the person it was told."""

from __future__ import annotations

import json
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

CLIENT, SECRET = "communique", "a secret between the two"


class Provider(ThreadingHTTPServer):
    """Signs ``person`` in; ``codes`` are those given and not yet redeemed, each with the nonce it was asked with."""

    daemon_threads = True

    def __init__(self) -> None:
        from joserfc.jwk import RSAKey

        super().__init__(("127.0.0.1", 0), Handler)
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.person = {"sub": "p1", "name": "Ada <b>Adamova</b>", "email": "ada@example.org"}
        self.codes: dict[str, str] = {}

    @property
    def issuer(self) -> str:
        """What it calls itself."""
        return f"http://localhost:{self.server_address[1]}"

    def metadata(self) -> dict[str, Any]:
        """What a client reads first."""
        ends = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token")}
        return ends | {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def token(self, nonce: str) -> dict[str, Any]:
        """Who has come, signed."""
        from joserfc import jwt

        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 600, "nonce": nonce} | self.person
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        return {"access_token": "nothing", "token_type": "Bearer", "expires_in": 600, "id_token": signed}


class Handler(BaseHTTPRequestHandler):
    """Speaks for the provider."""

    server: Provider

    def do_GET(self) -> None:
        """The metadata, the keys, and the way back to the page with a code."""
        address = urlsplit(self.path)
        if address.path == "/.well-known/openid-configuration":
            self._json(self.server.metadata())
        elif address.path == "/keys":
            self._json({"keys": [self.server.key.as_dict(private=False)]})
        elif address.path == "/authorization":
            asked = {name: values[0] for name, values in parse_qs(address.query).items()}
            code = f"code-{len(self.server.codes)}-{time.monotonic_ns()}"
            self.server.codes[code] = asked["nonce"]
            self.send_response(302)
            back = urlencode({"code": code, "state": asked["state"]})
            self.send_header("Location", f"{asked['redirect_uri']}?{back}")
            self.end_headers()
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        """A token for a code, once, to the client that knows the secret."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        who = b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        nonce = self.server.codes.pop(form["code"][0], "")
        if nonce and "code_verifier" in form and unquote(who) == f"{CLIENT}:{SECRET}":
            self._json(self.server.token(nonce))
        else:
            self.send_error(400)

    def _json(self, value: dict[str, Any]) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider that runs as long as the block."""
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def secrets(provider: Provider, address: str) -> str:
    """The `.streamlit/secrets.toml` of a page at ``address`` whose people ``provider`` knows."""
    values = {
        "redirect_uri": f"{address}/oauth2callback",
        "cookie_secret": "x" * 40,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "server_metadata_url": f"{provider.issuer}/.well-known/openid-configuration",
    }
    return "[auth]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())
