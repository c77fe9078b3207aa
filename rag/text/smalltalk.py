"""FACTS: what people say to a chatbot that is no question to the documents: greetings, thanks, "who are you".

The closed lists of each language stand in ``smalltalk.json`` and ``courtesy.json``. Written for this project.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from rag.text.analysis import word_tokens
from rag.text.courtesy import courtesies
from rag.text.languages import primary_of


def small_talk(said: str, likely: tuple[str, ...] = ()) -> str:
    """The language in which all of ``said`` is small talk, the first of ``likely`` that is one; empty where none is.

    >>> small_talk("Merci !"), small_talk("Qui es-tu ?"), small_talk("Qui a dit merci ?")
    ('fr', 'fr', '')
    """
    spoken = _listed().get(_key(said), ())
    return next((tag for tag in map(primary_of, likely) if tag in spoken), spoken[0] if spoken else "")


@cache
def _listed() -> dict[str, tuple[str, ...]]:
    """The languages of each thing said."""
    table: dict[str, str] = json.loads(Path(__file__).with_name("smalltalk.json").read_text(encoding="utf-8"))
    found: dict[str, tuple[str, ...]] = {}
    for language, row in table.items():
        polite = courtesies(language)
        more = (*polite.greetings, *polite.thanks) if polite else ()
        for said in dict.fromkeys(map(_key, (*row.split("|"), *more))):
            found[said] = (*found.get(said, ()), language)
    return found


def _key(said: str) -> str:
    return " ".join(word_tokens(said))
