"""FACTS: where a sentence denies: the words of each language, in ``denials.json``, and the words they bear on.

``not`` are words that deny, ``with`` those one of which must follow (ne … pas), ``deny`` beginnings of words that deny
by their meaning (refused), ``lean`` beginnings of words that may stand for a denial (without, only), ``but`` runs that
deny nothing (not only). What is short is a whole word, but for a beginning that ends in a hyphen. ``after`` says that
the word denied may stand before. Written for this project.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import regex

from rag.text.analysis import fold, terms, word_tokens

_REACH = 6
"""So many words after the first part of a denial its second part stands at the latest (ne … pas)."""
_BORNE = 3
"""So many content words after a denial are what it denies."""
_SHORT = 3
_CLAUSE = regex.compile(r"[,;:.!?()…—–«»“”\n]+(?!\d)")
_CONTRACTED = regex.compile(r"n[’'ʼ]t\b")
_NUMERO = ("n", "no")
_SAME = {"nb": "no", "nn": "no"}


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a sentence between marks: its content words, folded.

    ``denied`` holds, for each denial in it, the content words that it bears on; ``plain`` says whether one is plain
    (not, never). ``leaning`` are the words that deny by their meaning or may stand for a denial.
    """

    words: tuple[str, ...]
    denied: tuple[tuple[str, ...], ...]
    plain: bool
    leaning: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beginnings:
    """Beginnings of words, and words too short to be the beginning of others."""

    begins: tuple[str, ...]
    whole: frozenset[str]

    def match(self, word: str) -> bool:
        """Whether a folded word begins so."""
        return word in self.whole or word.startswith(self.begins)


@dataclass(frozen=True, slots=True)
class _Words:
    negatives: frozenset[str]
    seconds: frozenset[str]
    denying: Beginnings
    leaning: Beginnings
    undone: tuple[str, ...]
    before: bool


def knows_denials(language: str) -> bool:
    """Whether the words that deny are listed for a language."""
    return _primary(language) in _table()


def clauses(text: str, language: str) -> list[Clause]:
    """The clauses of ``text``, with what each denies.

    >>> [clause.denied for clause in clauses("Le port ne ferme pas, il ouvre.", "fr")]
    [(('ferme',),), ()]
    >>> [clause.denied for clause in clauses("It is not only a port.", "en")]
    [()]
    """
    listed = _words(_primary(language))
    plain = _CONTRACTED.sub(" not", text)
    return [_clause(words, language, listed) for part in _CLAUSE.split(plain) if (words := word_tokens(part))]


def _clause(words: list[str], language: str, listed: _Words | None) -> Clause:
    content = [index for index, word in enumerate(words) if len(word) > 2 and terms(word, language)]
    said = tuple(words[index] for index in content)
    if listed is None:
        return Clause(said, (), False, ())
    line = " ".join(words)
    undone = any(regex.search(rf"\b{regex.escape(run)}\b", line) for run in listed.undone)
    denied: list[tuple[str, ...]] = []
    plain, last = False, -_REACH
    for index, word in enumerate(words):
        is_negative = word in listed.negatives and _is_whole(words, index, listed)
        is_denying = listed.denying.match(word) and index in content
        if undone or not (is_negative or is_denying):
            continue
        plain = plain or is_negative
        after = [at for at in content if at > index and words[at] not in listed.negatives | listed.seconds]
        borne = after[:_BORNE]
        if listed.before or not borne:
            borne = [at for at in content if at < index][-1:] + borne
        if index - last < _REACH and denied and set(denied[-1]) >= {words[at] for at in borne}:
            continue  # two words of one denial: "n'a aucun"
        denied.append(tuple(words[at] for at in borne))
        last = index
    leaning = [word for word in words if listed.leaning.match(word) or listed.denying.match(word)]
    return Clause(said, tuple(denied), plain, tuple(leaning))


def _is_whole(words: list[str], index: int, listed: _Words) -> bool:
    """Whether a word that denies does so here: "ne" with its "pas", and not the n of "n° 12"."""
    following = words[index + 1 : index + 1 + _REACH]
    if words[index] in _NUMERO and following and following[0].isdecimal():
        return False
    return not listed.seconds or words[index] in listed.seconds or not listed.seconds.isdisjoint(following)


@cache
def _table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("denials.json").read_text(encoding="utf-8"))
    return table


@cache
def _words(language: str) -> _Words | None:
    row = _table().get(language)
    if row is None:
        return None

    def folded(key: str) -> tuple[str, ...]:
        return tuple(" ".join(word_tokens(run)) or fold(run) for run in row.get(key, "").split("|") if run)

    return _Words(
        negatives=frozenset(folded("not")),
        seconds=frozenset(folded("with")),
        denying=_beginnings(row["deny"]),
        leaning=_beginnings(row["lean"]),
        undone=folded("but"),
        before="after" in row,
    )


def _beginnings(row: str) -> Beginnings:
    parts = [(fold(part.removesuffix("-")), part.endswith("-")) for part in row.split("|")]
    short = {part for part, marked in parts if len(part) <= _SHORT and not marked}
    return Beginnings(tuple(part for part, _ in parts if part not in short), frozenset(short))


def _primary(language: str) -> str:
    plain = language.replace("_", "-").split("-")[0].lower()
    return _SAME.get(plain, plain)
