"""FACTS: whether a question asks for yes or no, and whether a text begins with one of the two.

Written for this project. Where a language's words are not listed, or a question could be either, nothing is said.
"""

from __future__ import annotations

from functools import cache

import regex

from rag.text.analysis import word_tokens
from rag.text.followups import asking_runs
from rag.text.languages import primary_of
from rag.text.questions import Wanted, what_is_wanted
from rag.text.sentences import sentences

_ANSWERS = {
    "bg": "да|не", "cs": "ano|ne", "da": "ja|jo|nej", "de": "ja|nein|doch", "el": "ναι|όχι", "en": "yes|no",
    "es": "sí|no", "et": "jah|jaa|ei", "fi": "kyllä|joo|ei", "fr": "oui|non", "hr": "da|ne", "hu": "igen|nem",
    "it": "sì|no", "lt": "taip|ne", "lv": "jā|nē", "mt": "iva|le", "nl": "ja|nee", "no": "ja|jo|nei",
    "pl": "tak|nie", "pt": "sim|não", "ro": "da|nu", "ru": "да|нет", "sk": "áno|nie", "sl": "da|ja|ne",
    "sv": "ja|jo|nej", "uk": "так|ні",
}  # fmt: skip
_PARTICLES = {"bg": "дали", "et": "kas", "fr": "est ce", "lt": "ar", "lv": "vai", "pl": "czy"}
"""What asks for yes or no, among the words that ask."""

_CLAUSE = regex.compile(r"[^,;:()]+")
_MARKS = {"el": ";\u037e?"}
_FIRST, _NEAR, _SHORT = 2, 5, 3
"""A word that asks is among the first two of its clause; longer ones, which seldom join clauses, among the first five:
"à partir de quelle date", but not "peut-on dire que"."""


def asks_yes_or_no(question: str, language: str) -> bool | None:
    """Whether yes or no answers ``question``; False where it asks for something else, None where neither is sure.

    >>> asks_yes_or_no("Je suis seul, puis-je sortir ?", "fr"), asks_yes_or_no("Comment sortir ?", "fr")
    (True, False)
    >>> asks_yes_or_no("sorties autorisées", "fr") is None
    True
    """
    primary = primary_of(language)
    if primary not in _ANSWERS:
        return None
    parts = [question[start:end].rstrip() for start, end in sentences(question, language)]
    asked = [part for part in parts if part[-1] in _MARKS.get(primary, "?")]
    kinds = {_wants_yes_or_no(part, primary) for part in asked or parts}
    kind = kinds.pop() if len(kinds) == 1 else None
    return kind if asked or not kind else None


def begins_yes_or_no(text: str, language: str) -> bool:
    """Whether ``text`` begins with yes or no and a mark after it.

    >>> begins_yes_or_no("[NON]. Il est fermé.", "fr"), begins_yes_or_no("No. 5 is shut.", "en")
    (True, False)
    """
    pattern = _opening(primary_of(language))
    return pattern is not None and pattern.match(text) is not None


def _wants_yes_or_no(sentence: str, language: str) -> bool | None:
    """The same for one sentence: it turns on where a word that asks stands in a clause, if there is one."""
    clauses: list[str] = _CLAUSE.findall(sentence)
    asking = [clause for clause in clauses if _asks(clause, language, _FIRST, _NEAR)]
    if not asking:
        return None if _asks(sentence, language, 0, len(sentence)) else True
    # "Quand je tombe malade, puis-je …": when may join a clause to the next one
    joins = all(clause is not clauses[-1] and what_is_wanted(clause, language) is Wanted.WHEN for clause in asking)
    return None if joins else False


def _asks(clause: str, language: str, first: int, near: int) -> bool:
    """Whether a word that asks is among the ``first`` words of a clause, or a longer one among those ``near``."""
    words = word_tokens(clause)
    particle = tuple(_PARTICLES.get(language, "").split())
    return any(
        tuple(words[at : at + len(run)]) == run
        for run in asking_runs(language)
        if run != particle
        for at in range(min(len(words), near if len(" ".join(run)) > _SHORT else first))
    )


@cache
def _opening(language: str) -> regex.Pattern[str] | None:
    words = _ANSWERS.get(language)
    if words is None:
        return None
    return regex.compile(rf"\W*(?:{words})[*_\])»”]*(?:\s?[.,;:!](?!\s?\d)|\s[–—-]\s)", regex.IGNORECASE)
