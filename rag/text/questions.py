"""FACTS: what a question asks for: a person, a time, a quantity, a place, a reason, a manner.

The words are looked for after folding (no accents, lower case), so each is listed once. Written for this project.
"""

from __future__ import annotations

import json
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

import regex

from rag.text.analysis import fold, stop_words, word_tokens
from rag.text.languages import primary_of


class Wanted(StrEnum):
    """What kind of thing answers a question."""

    HOW_MANY = "how_many"
    WHEN = "when"
    WHO = "who"
    WHERE = "where"
    WHY = "why"
    HOW = "how"


class Cue(NamedTuple):
    """What a question asks for, and where the words that say so stand among its folded words, a space between two."""

    wanted: Wanted
    text: str
    start: int
    end: int


@cache
def cues() -> dict[str, dict[Wanted, str]]:
    """By language, for each kind the words or runs of words that ask for it, between bars (``questions.json``).

    After ^ stand those that mean something else inside a sentence ("ou", "como", "jak"): they ask only at its start or
    after a word of one or two letters ("d'où", "et où").
    """
    table = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return {language: {Wanted(kind): listed for kind, listed in kinds.items()} for language, kinds in table.items()}


@cache
def _patterns(language: str) -> tuple[tuple[Wanted, regex.Pattern[str]], ...]:
    """A pattern over folded, space-separated words for each kind; scripts without spaces match anywhere."""
    edge = ("", "") if language in ("zh", "th") else (r"(?:^|(?<=\s))", r"(?=\s|$)")
    compiled = []
    for wanted, listed in cues().get(language, {}).items():
        anywhere = [cue for cue in listed.split("|") if not cue.startswith("^")]
        at_start = [cue[1:] for cue in listed.split("|") if cue.startswith("^")]
        pattern = f"{edge[0]}(?:{_either(anywhere)}){edge[1]}"
        if at_start:
            pattern += rf"|(?<=^(?:\S{{1,2}}\s)?)(?:{_either(at_start)}){edge[1]}"
        compiled.append((wanted, regex.compile(pattern)))
    return tuple(compiled)


def _either(alternatives: list[str]) -> str:
    """The folded cues as alternatives, the longest first."""
    folded = (" ".join(fold(word) for word in cue.split()) for cue in alternatives)
    return "|".join(sorted(folded, key=len, reverse=True))


# How much of a long question is looked at for its question word: from its start, in words.
_CUE_WORDS = 12


def what_is_wanted(question: str, language: str) -> Wanted | None:
    """What a question in ``language`` asks for, None where no question word says it.

    The question word that comes first decides; at the same place the longest run of words does ("hvor mange").

    >>> what_is_wanted("Combien d'agents ?", "fr"), what_is_wanted("Le budget ?", "fr")
    (<Wanted.HOW_MANY: 'how_many'>, None)
    """
    cue = first_cue(question, language)
    return cue.wanted if cue else None


def what_is_counted(question: str, language: str) -> str:
    """The first telling word after the one that asks how many, folded; empty where no number is asked for.

    >>> what_is_counted("Combien d'agents sont à Calais ?", "fr"), what_is_counted("Où ?", "fr")
    ('agents', '')
    """
    cue = first_cue(question, language)
    if cue is None or cue.wanted is not Wanted.HOW_MANY:
        return ""
    common = stop_words(language)
    after = " ".join(word_tokens(question))[cue.end :].split()
    return next((word for word in after if word not in common and len(word) > 2), "")


def first_cue(question: str, language: str) -> Cue | None:
    """The question word that comes first; at the same place the longest run of words."""
    words = " ".join(word_tokens(question)[:_CUE_WORDS])
    matches = ((p.search(words), rank, wanted) for rank, (wanted, p) in enumerate(_patterns(primary_of(language))))
    found = [(match.start(), -len(match[0]), rank, wanted, match) for match, rank, wanted in matches if match]
    if not found:
        return None
    *_, wanted, match = min(found, key=lambda cue: cue[:3])
    return Cue(wanted, match[0], match.start(), match.end())
