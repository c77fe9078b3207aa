"""FACTS: the words of politeness of each language, in ``courtesy.json``, between bars. Written for this project."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Courtesies:
    """The greetings, thanks and "please" of a language, what frames a question, how one says who one is."""

    greetings: tuple[str, ...]
    thanks: tuple[str, ...]
    please: tuple[str, ...]
    frames: tuple[str, ...]
    selves: tuple[str, ...]


@cache
def courtesies(language: str) -> Courtesies | None:
    """The words of a language, None where none are listed.

    >>> courtesies("fr").please[0]
    "s'il vous plaît"
    """
    row = _table().get(language)
    if row is None:
        return None
    return Courtesies(*(tuple(row[key].split("|")) for key in ("greet", "thank", "please", "frame", "self")))


@cache
def _table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("courtesy.json").read_text(encoding="utf-8"))
    return table
