"""STAGE: the prompts that encoder families ask for, as their model cards give them, in one table.

Patterns are matched against the lower-case end of the model's name or folder, the first that fits wins. A model with
prompts of its own in ``config_sentence_transformers.json`` named ``query`` and ``document`` or ``passage`` uses those.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """Text put before a question and before a passage."""

    pattern: str
    query_prompt: str
    passage_prompt: str


_TASK = "Given a question, retrieve passages that answer it"

PRESETS: tuple[Preset, ...] = (
    Preset(r"multilingual-e5-.*instruct", f"Instruct: {_TASK}\nQuery: ", ""),
    Preset(r"(multilingual-)?e5-(small|base|large)(-v2)?", "query: ", "passage: "),
    Preset(r"bge-m3.*", "", ""),
    Preset(r"gte-multilingual-.*", "", ""),
    Preset(r"granite-embedding-.*", "", ""),
    Preset(r"snowflake-arctic-embed-.*v2.*", "query: ", ""),
    Preset(r"snowflake-arctic-embed-.*", "Represent this sentence for searching relevant passages: ", ""),
    Preset(r"qwen3-embedding-.*", f"Instruct: {_TASK}\nQuery:", ""),
    Preset(r"embeddinggemma-.*", "task: search result | query: ", "title: none | text: "),
)


def find_preset(name: str) -> Preset | None:
    """The preset of the family that ``name`` (hub name or folder) belongs to.

    >>> find_preset("intfloat/multilingual-e5-small").query_prompt
    'query: '
    >>> find_preset("someone/unknown") is None
    True
    """
    last = re.split(r"[/\\]", name.rstrip("/\\"))[-1].lower()
    return next((preset for preset in PRESETS if re.fullmatch(preset.pattern, last)), None)
