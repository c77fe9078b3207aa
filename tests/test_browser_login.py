"""In a real Chromium: a page that only those see whom an OIDC provider, here one on this machine, knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from app_pages import DOCUMENTS
from browsing import START_S, a_server, free_port
from conftest import write_corpus
from oidc_provider import providing, secrets

from rag.build import build
from rag.config import Config

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_a_person_logs_in_with_the_provider_and_out_again(chromium: Browser, tmp_path: Path) -> None:
    pytest.importorskip("authlib", reason="run `pip install 'communique-rag[test]'`")
    port = free_port()
    build(write_corpus(tmp_path / "corpus", DOCUMENTS), Config(index=tmp_path / "index"))
    with providing() as provider:
        (tmp_path / ".streamlit").mkdir()
        text = secrets(provider, f"http://localhost:{port}")
        (tmp_path / ".streamlit" / "secrets.toml").write_text(text, encoding="utf-8")
        with a_server(tmp_path, port=port) as (address, _):
            page = chromium.new_context(locale="fr-FR", viewport={"width": 1280, "height": 850}).new_page()
            page.set_default_timeout(START_S * 1000)
            page.goto(address)
            button = page.locator(".st-key-login- button")
            button.wait_for()
            assert page.locator("[data-testid=stChatInput]").count() == 0
            page.screenshot(path=tmp_path / "login.png")
            button.click()
            page.locator("[data-testid=stChatInput] textarea").wait_for()
            page.locator(".st-key-logout button").wait_for()
            assert "Ada <b>Adamova</b>" in page.locator("[data-testid=stSidebar]").inner_text()
            page.screenshot(path=tmp_path / "logged-in.png")
            page.locator(".st-key-logout button").click()
            button.wait_for()
            assert page.locator("[data-testid=stChatInput]").count() == 0
