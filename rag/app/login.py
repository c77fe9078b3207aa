"""DOOR: who may see the page where `.streamlit/secrets.toml` names an OIDC provider: whoever that provider knows.

Streamlit speaks with the provider and keeps the cookie; nothing of the desk is drawn for a person it does not know.
"""

from __future__ import annotations

import os
import tomllib
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rag.errors import BadUsage

LOGIN = "COMMUNIQUE_LOGIN"
"""The environment variable in which `rag chat` tells the page that everybody has to log in."""

_FILE = Path(".streamlit") / "secrets.toml"
_SHARED = ("redirect_uri", "cookie_secret")
_OF_PROVIDER = ("client_id", "client_secret", "server_metadata_url")


def login_file() -> Path | None:
    """The secrets file, of the current folder or of the home, that has a section ``[auth]``; None where none has."""
    for folder in (Path.cwd(), Path.home()):
        if "auth" in _read(folder / _FILE):
            return folder / _FILE
    return None


def check_login(file: Path) -> None:
    """Raise BadUsage where nobody could log in with what ``file`` says, naming what is missing."""
    section = _read(file)["auth"]
    parts = [section[name] for name in providers(section) if name] or [section]
    missing = [key for key in _SHARED if not section.get(key)]
    missing += [key for key in _OF_PROVIDER if any(not part.get(key) for part in parts)]
    if missing:
        raise BadUsage(f"[auth] in {file} has no {', '.join(missing)}: write it there, or use --password-file")
    for package in ("authlib", "httpx"):
        if find_spec(package) is None:
            raise BadUsage(
                f"{file} asks for a login with OIDC, and {package} is missing for it: "
                "run `pip install 'communique-rag[login]'`, or use --password-file"
            )


def providers(section: dict[str, Any]) -> list[str]:
    """The names of the providers in an ``[auth]`` section; an empty one where it holds a single provider itself.

    >>> providers({"cookie_secret": "x", "ours": {"client_id": "a"}}), providers({"client_id": "a"})
    (['ours'], [''])
    """
    named = [name for name, value in section.items() if isinstance(value, dict) and "client_id" in value]
    return named or [""]


def must_log_in() -> bool:
    """Whether the page is for those alone who have logged in."""
    return os.environ.get(LOGIN) == "1"


def draw_login() -> bool:
    """Whether the person has logged in; draws the way to do so where not."""
    import streamlit as st

    from rag.app.inert import inert_html, inert_line, inert_markdown
    from rag.app.wording import say

    if st.user.is_logged_in:
        return True
    st.html(f'<h1 class="desk-head">Communiqué</h1><p>{inert_html(say("login_needed"))}</p>')
    file = login_file()
    for name in providers(_read(file)["auth"]) if file is not None else [""]:
        label = say("login_with", provider=inert_line(name)) if name else say("login")
        arguments = (name,) if name else ()
        st.button(inert_markdown(label), key=f"login-{name}", type="primary", on_click=st.login, args=arguments)
    return False


def draw_logout() -> None:
    """Who has logged in, and the way out; nothing where nobody has to."""
    if not must_log_in():
        return
    import streamlit as st

    from rag.app.inert import inert_line, inert_markdown
    from rag.app.wording import say

    name = str(st.user.get("name") or st.user.get("email") or st.user.get("sub") or "")
    st.caption(inert_markdown(say("logged_in", name=inert_line(name))))
    st.button(say("logout"), key="logout", icon=":material/logout:", width="stretch", on_click=st.logout)


def owner() -> str:
    """What the kept conversations of the person go by: of each provider and person another; empty without a login."""
    if not must_log_in():
        return ""
    import streamlit as st

    known = f"{st.user.get('iss', '')} {st.user.get('sub') or st.user.get('email') or ''}"
    return sha256(known.encode()).hexdigest()[:32]


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadUsage(f"cannot read {file}: {error}") from error
