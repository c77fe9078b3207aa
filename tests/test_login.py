"""The login with OIDC: what must be in the secrets file, what is said where it cannot work, who sees what."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from app_pages import ENGLISH, ask, pages, parts

from rag.app import login
from rag.app.login import LOGIN, check_login, login_file
from rag.app.serve import check_address
from rag.config import Config
from rag.errors import BadUsage
from rag.store.conversations import open_conversations

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

WHOLE = (
    '[auth]\nredirect_uri = "http://localhost/oauth2callback"\ncookie_secret = "x"\n'
    'client_id = "a"\nclient_secret = "b"\nserver_metadata_url = "http://localhost/m"\n'
)


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Writes the secrets file of the current folder; the home has none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")

    def write(text: str) -> Path:
        file = tmp_path / ".streamlit" / "secrets.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_a_section_auth_stands_for_the_password(secrets: Callable[[str], Path], monkeypatch: Any) -> None:
    monkeypatch.setattr(login, "find_spec", lambda _: True)
    with pytest.raises(BadUsage, match=r"--password-file FILE .* under \[auth\] in .streamlit/secrets.toml"):
        check_address("0.0.0.0", "")
    secrets("[database]\nurl = 'x'\n")
    assert login_file() is None
    assert not check_address("127.0.0.1", "")
    secrets(WHOLE)
    assert check_address("0.0.0.0", "")
    assert check_address("127.0.0.1", "")  # behind a proxy that other machines reach
    assert not check_address("0.0.0.0", "a password")


@pytest.mark.parametrize("key", ["redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url"])
def test_what_the_section_lacks_is_named(secrets: Callable[[str], Path], key: str) -> None:
    file = secrets("\n".join(line for line in WHOLE.split("\n") if not line.startswith(f"{key} =")))
    with pytest.raises(BadUsage, match=rf"has no {key}: write it there"):
        check_login(file)


def test_a_named_provider_is_looked_at_in_its_own_section(secrets: Callable[[str], Path], monkeypatch: Any) -> None:
    monkeypatch.setattr(login, "find_spec", lambda _: True)
    check_login(secrets(WHOLE.replace("client_id", "[auth.ours]\nclient_id")))
    with pytest.raises(BadUsage, match="has no client_secret"):
        check_login(secrets(WHOLE.replace("client_id", "[auth.ours]\nclient_id").replace("client_secret", "secret")))


def test_a_missing_package_is_named_with_the_way_to_get_it(secrets: Callable[[str], Path], monkeypatch: Any) -> None:
    monkeypatch.setattr(login, "find_spec", lambda name: None if name == "authlib" else find_spec(name))
    with pytest.raises(BadUsage, match=r"authlib is missing .*`pip install 'communique-rag\[login\]'`"):
        check_login(secrets(WHOLE))


def test_a_broken_secrets_file_is_one_sentence(secrets: Callable[[str], Path]) -> None:
    secrets("[auth\n")
    with pytest.raises(BadUsage, match=r"cannot read .*secrets\.toml"):
        check_address("0.0.0.0", "")


class Person(dict[str, Any]):
    """What Streamlit knows of a visitor."""

    def __init__(self, **claims: Any) -> None:
        super().__init__(claims)
        self.is_logged_in = bool(claims)


def test_nothing_is_drawn_before_the_login_and_each_person_keeps_their_own(
    start: Callable[..., AppTest], config: Config, secrets: Callable[[str], Path], monkeypatch: Any
) -> None:
    secrets(WHOLE)
    monkeypatch.setenv(LOGIN, "1")
    monkeypatch.setattr("streamlit.user", Person())
    app = start(locale="en-GB", unfolded=())
    assert not app.exception
    assert [button.key for button in app.button] == ["login-"]
    assert not app.chat_input
    assert "These documents are for those who have logged in." in pages(app)
    for number, sub in enumerate(("p1", "p2")):
        monkeypatch.setattr("streamlit.user", Person(iss="http://localhost", sub=sub, name=f"<b>{sub}</b>"))
        before = open_conversations(config)
        assert before is not None
        shared = before.list()
        app = start(locale="en-GB", unfolded=())
        assert not [button for button in app.button if str(button.key).startswith("resume-")], number
        assert f"\\<b\\>{sub}" in "".join(caption.value for caption in app.caption)
        ask(app, ENGLISH)
        assert parts(app, "reply")
        assert [button for button in app.run().button if str(button.key).startswith("resume-")]
        assert before.list() == shared  # the file of those without a login is left alone
