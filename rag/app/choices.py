"""DOOR: what a person has set: language, strictness, language of answers, number of passages. Kept in a cookie.

The cookie holds these values and nothing of any document; it never leaves this machine's browser and server.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from urllib.parse import quote, unquote

import streamlit as st

from rag.app.parts import draw_cookie, draw_frame
from rag.app.wording import CHOSEN, LANGUAGES, interface_language, say
from rag.config import Config
from rag.text.phrases import phrase_languages

PASSAGES = (5, 10, 20, 30, 50)
_KEY = "choices"
_COOKIE = "communique"


@dataclass(frozen=True, slots=True)
class Choices:
    """What is set. None and empty leave it to the settings of `rag chat`, the browser or the question.

    ``quotes`` asks for quotations even where the settings name a language model.
    """

    interface: str = ""
    strictness: float | None = None
    answers: str = ""
    passages: int | None = None
    quotes: bool = False


def choices() -> Choices:
    """What this visitor has set, now or at an earlier visit with the same browser."""
    if _KEY not in st.session_state:
        found = read_choices(kept_cookie())
        st.session_state[_KEY] = found
        st.session_state[CHOSEN] = found.interface
    kept: Choices = st.session_state[_KEY]
    return kept


def kept_cookie() -> str:
    """What the browser has kept, empty where it has nothing."""
    value = st.context.cookies.get(_COOKIE, "")
    return unquote(value) if isinstance(value, str) else ""  # a page that runs in a test has no cookies to speak of


def choose(**values: object) -> None:
    """Set some of them, from now on."""
    chosen = replace(choices(), **values)  # type: ignore[arg-type]
    st.session_state[_KEY] = chosen
    st.session_state[CHOSEN] = chosen.interface


def read_choices(text: str) -> Choices:
    """The choices that a cookie holds; whatever in it means nothing is passed over.

    >>> read_choices('{"interface": "de", "strictness": 7, "answers": "tlh"}')
    Choices(interface='de', strictness=None, answers='', passages=None, quotes=False)
    """
    try:
        values = json.loads(text or "{}")
    except ValueError:
        return Choices()
    if not isinstance(values, dict):
        return Choices()
    interface, strictness = values.get("interface"), values.get("strictness")
    answers, passages = values.get("answers"), values.get("passages")
    return Choices(
        interface=interface if isinstance(interface, str) and interface in LANGUAGES else "",
        strictness=strictness if isinstance(strictness, float) and 0 <= strictness <= 1 else None,
        answers=answers if isinstance(answers, str) and answers in phrase_languages() else "",
        passages=passages if isinstance(passages, int) and passages in PASSAGES else None,
        quotes=values.get("quotes") is True,
    )


def remember(place: str = "page") -> None:
    """Let the browser keep what is set, and know what it has to of the page; ``place`` is where this is drawn."""
    draw_cookie(f"cookie-of-{place}", cookie())
    stopped = {"title": say("server_stopped"), "how": say("server_stopped_how"), "close": say("close_dialog")}
    lists = {"all": say("select_all"), "matches": say("select_matches", count="{count}"), "none": say("select_none")}
    draw_frame(f"frame-of-{place}", {"lang": interface_language(), "stopped": stopped, "lists": lists})


def cookie() -> dict[str, str]:
    """The cookie that holds what is set."""
    return {"name": _COOKIE, "value": quote(json.dumps(asdict(choices())))}


def chosen_config(config: Config) -> Config:
    """The settings of the walk as they are with what this visitor has set."""
    mine = choices()
    return replace(
        config,
        strictness=config.strictness if mine.strictness is None else mine.strictness,
        hit_count=mine.passages or config.hit_count,
        model="" if mine.quotes else config.model,
    )
