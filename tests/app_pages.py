"""What the tests of the chat share: a small index with a hostile document in it, and a page to open on it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import write_corpus

from rag.answer import Asked, Reply
from rag.answer.extractive import ExtractiveModel
from rag.app.serve import SETTINGS
from rag.ask import ask as walk
from rag.build import build
from rag.config import Config
from rag.library import Library
from rag.schema import Answer

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

SCRIPT = Path(__file__).parent.parent / "rag" / "app" / "script.py"
HOSTILE_TITLE = (
    "<script>alert(1)</script> ![img](http://evil.example/x.png) [go](http://evil.example) $\\frac{a}{b}$ \u202egnp.exe"
)
HOSTILE = (
    f"---\ntitle: '{HOSTILE_TITLE}'\ndate: 2023-05-06\nsource: '<img src=x onerror=alert(2)>'\n---\n\n"
    "The harbour master of Kvalnes is <b>Torvald Haugen</b>, ![p](http://evil.example/p.png) "
    "[he lives](javascript:alert(3)) in $E=mc^2$ street, \u202edesrever\u202c.\n\n<script>window.pwned = 1</script>\n"
)
DOCUMENTS = {
    "accueil.md": "---\ntitle: Le centre d'accueil de Brévannes\ndate: 2024-03-01\nsource: Mairie de Brévannes\n---\n\n"
    "Le centre de Brévannes ouvre ses portes le 3 mars 2024. Il compte quarante-deux lits pour les familles.\n",
    "train.md": "---\ntitle: The night train to Osterby\ndate: 2022-10-11\nsource: Coastal Railways\n---\n\n"
    "The night train leaves Osterby at 21:40 every evening. It reaches the coast by dawn.\n",
    "hafen.md": "---\ntitle: Der Hafen von Kielmünde\ndate: 2021\n---\n\n"
    "Der Hafen von Kielmünde wurde im Jahr 1887 gebaut. Heute legen dort sechs Fähren am Tag an.\n",
    "hostile.md": HOSTILE,
}
PANELS = ("filters-panel", "bring-panel", "index-panel")
WAYS = ("words", "both", "meaning")
FRENCH = "Combien de lits compte le centre de Brévannes ?"
ENGLISH = "When does the night train leave Osterby?"


class Halting:
    """A model that replies when it is let go, as a large one on a small machine does."""

    default_strictness = 0.0

    def __init__(self) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()

    def reply(self, asked: Asked) -> Reply:
        """What the shipped model replies, once it may."""
        self.begun.set()
        assert self.let_go.wait(60)
        return ExtractiveModel().reply(asked)


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Settings of an index of DOCUMENTS that never refuses of itself."""
    folder = tmp_path_factory.mktemp("app")
    settings = Config(index=folder / "index", strictness=0.0)
    build(write_corpus(folder / "corpus", DOCUMENTS), settings)
    return settings


@pytest.fixture
def start(config: Config, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Opens the page on the index, or with other settings, in the language given, its panels ``unfolded``."""
    from streamlit.testing.v1 import AppTest

    def run(
        settings: Config = config, locale: str = "fr-FR", cookie: str = "", unfolded: Sequence[str] = PANELS
    ) -> AppTest:
        monkeypatch.setenv(SETTINGS, json.dumps(asdict(settings), default=str))
        monkeypatch.setattr("rag.app.choices.kept_cookie", lambda: cookie)  # AppTest has no cookies of its own
        app = AppTest.from_file(SCRIPT, default_timeout=240)
        app.context["locale"] = locale
        for key in unfolded:
            app.session_state[key] = True
        return app.run()

    return run


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that reach the walk, in order."""
    questions: list[str] = []

    def counted(library: Library, question: str, *rest: Any, **named: Any) -> Answer:
        questions.append(question)
        return walk(library, question, *rest, **named)

    monkeypatch.setattr("rag.app.conversation.ask", counted)
    return questions


def filter_key(app: AppTest, field: str) -> str:
    """The key of the widget that chooses ``field`` now: it is another one whenever a filter was set elsewhere."""
    keys = [str(widget.key) for widget in (*app.multiselect, *app.date_input)]
    (key,) = [key for key in keys if key.startswith(f"filter-{field}-")]
    return key


def part(app: AppTest, name: str) -> dict[str, Any]:
    """The data of the only part of the page called ``name``."""
    (found,) = parts(app, name)
    return found


def parts(app: AppTest, name: str) -> list[dict[str, Any]]:
    """The data of every part of the page called ``name``, from the top."""
    protos = [element.proto for element in app.get("bidi_component")]
    return [json.loads(proto.json) for proto in protos if proto.component_name == f"communique_{name}"]


def said(sentence: dict[str, Any]) -> str:
    """The text of a sentence or a citation, its pieces one after the other."""
    return "".join(text for _, text in sentence["pieces"])


def pages(app: AppTest) -> str:
    """Every piece of HTML on the page, one after the other."""
    return "\n".join(element.proto.body for element in app.get("html") if "<style>" not in element.proto.body)


def ask(app: AppTest, question: str) -> AppTest:
    """Type a question."""
    return app.chat_input[0].set_value(question).run()
