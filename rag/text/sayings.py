"""FACTS: how a question says that it is put to the documents ("What do the documents say about …?"), by language.

In ``sayings.json`` stand, between bars, what the documents may be called and two kinds of frames: ``about`` is the
frame of a subject, ``within`` that of a question which is whole without it. In a frame "…" is the place of what is
asked and "{}" that of the documents. Written for this project.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rag.text.languages import primary_of


@dataclass(frozen=True, slots=True)
class Sayings:
    """The names of the documents in a language, the frames of a subject and those of a whole question."""

    documents: tuple[str, ...]
    about: tuple[str, ...]
    within: tuple[str, ...]


@cache
def sayings(language: str) -> Sayings | None:
    """The frames of a language, None where none are listed.

    >>> sayings("en").about[0]
    'what do {} say about …'
    """
    row = _table().get(primary_of(language))
    return Sayings(*(tuple(row[key].split("|")) for key in ("documents", "about", "within"))) if row else None


@cache
def _table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return table
