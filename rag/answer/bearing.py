"""STAGE: whether the words of a written sentence, and what it denies, stand in the sentences it cites.

A word stands there in its own form, in another one, or, within one language and between two, by its meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rag.answer.names import find_names
from rag.schema import Scores
from rag.text.analysis import GRAM_CHARS, fold, grams, terms, word_tokens
from rag.text.denials import Clause, clauses, knows_denials
from rag.text.languages import same_language

LEAST_WORDS = 0.5
"""A sentence fewer of whose content words stand in what it cites says something else."""

LEAST_MEANING = 0.1
"""The late interaction of its content words with citations in another language: below, it says something else. Nine in
ten translations of FLORES-101 into twelve languages have more, and so does one in twenty other sentences."""

_SAME_WORD = 0.25
_SAME_ABROAD = 0.15
_ALIKE = 0.6
_SHORT_WORD = 3

Compare = Callable[[str, Sequence[str]], Scores]
"""The late interaction (0..1) of a text with others."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence that is cited: its text, its language, and the headings it stands under."""

    text: str
    language: str
    headings: tuple[str, ...] = ()


class WordsIn:
    """The words of sentences, to look other words up in; ``text`` is one of them or all."""

    def __init__(self, text: str, language: str, asked_in: str, compare: Compare | None) -> None:
        """``asked_in`` is the language of the words that are looked up."""
        self._text, self._asked_in, self._compare = text, asked_in, compare
        self._same = same_language(language, asked_in)
        self._folded = set(word_tokens(text))
        self._terms = set(terms(text, language))
        self._grams = [set(grams(word, language, GRAM_CHARS)) for word in self._folded]

    def has(self, word: str) -> bool:
        """Whether the word stands there, in some form or by its meaning."""
        if fold(word) in self._folded or not self._terms.isdisjoint(terms(word, self._asked_in)):
            return True
        own = set(grams(word, self._asked_in, GRAM_CHARS))
        if self._same and own and any(len(own & other) >= _ALIKE * len(own) for other in self._grams):
            return True
        least = _SAME_WORD if self._same else _SAME_ABROAD
        return self._compare is not None and bool(self._compare(word, [self._text])[0] >= least)


def content_words(text: str, language: str) -> list[str]:
    """The words that say something, folded and each once, without names and numbers: those are looked at apart.

    >>> content_words("En 2023 Frontex a surveillé les frontières.", "fr")
    ['surveille', 'frontieres']
    """
    named = {token for name in find_names(text, language) for token in word_tokens(name.word)}
    found = [word for word in dict.fromkeys(word_tokens(text)) if len(word) >= _SHORT_WORD and word not in named]
    return [word for word in found if terms(word, language) and not any(map(str.isdigit, word))]


def has_its_words(text: str, language: str, cited: Sequence[Cited], compare: Compare | None) -> bool:
    """Whether enough of the content words of ``text`` stand in ``cited``.

    One word that stands there in no form is let pass beside a figure, which is looked at apart: a verb alone is soon
    put otherwise. Words of scripts without spaces are not looked at.
    """
    words = content_words(text, language)
    if not words or (len(words) == 1 and any(map(str.isdigit, text))):
        return True
    near = [one for one in cited if same_language(one.language, language)]
    if near:
        there = [WordsIn(" ".join((one.text, *one.headings)), one.language, language, compare) for one in near]
        return sum(any(one.has(word) for one in there) for word in words) >= LEAST_WORDS * len(words)
    if compare is None:
        return True
    return bool(np.max(compare(" ".join(words), [one.text for one in cited])) >= LEAST_MEANING)


def denies_otherwise(text: str, language: str, cited: Sequence[Cited], compare: Compare | None) -> bool:
    """Whether ``text`` denies what ``cited`` says, or says what it denies.

    Only in languages whose words of denial are listed, and only about words that both have.
    """
    if not knows_denials(language) or not all(knows_denials(one.language) for one in cited):
        return False
    said = clauses(text, language)
    sources = [(one, clauses(one.text, one.language)) for one in cited]
    if any(clause.denied for clause in said):
        spoken = set(word_tokens(text))
        return not all(
            _is_denied_there(clause, spoken, language, sources, compare) for clause in said if clause.denied
        )
    if any(clause.leaning for clause in said):
        return False
    return any(_is_said_here(text, language, one, parts, compare) for one, parts in sources)


def _is_denied_there(
    clause: Clause,
    spoken: set[str],
    language: str,
    sources: Sequence[tuple[Cited, list[Clause]]],
    compare: Compare | None,
) -> bool:
    """Whether a clause of the sources that has one of the words denied denies too, or any where none has them.

    A word that may stand for a denial does not where it is ``spoken`` too: "did not vote against" denies "against".
    """
    about = {word for denied in clause.denied for word in denied}
    if not clause.plain:
        spoken = spoken.difference(clause.leaning)
    every = [(part, one.language) for one, parts in sources for part in parts]
    having = []
    for part, tag in every:
        there = WordsIn(" ".join(part.words), tag, language, compare)
        if len(part.words) > 1 and any(there.has(word) for word in about):
            having.append(part)
    parts = having or [part for part, _ in every]
    return any(part.plain or not spoken.issuperset(part.leaning) for part in parts)


def _is_said_here(text: str, language: str, one: Cited, parts: Sequence[Clause], compare: Compare | None) -> bool:
    """Whether ``text``, which denies nothing, has most of the words that a denial of the source bears on."""
    here = WordsIn(text, language, one.language, compare)
    affirmed = {word for part in parts if not part.denied for word in part.words}
    for denied in (denied for part in parts for denied in part.denied):
        if denied and affirmed.isdisjoint(denied) and 2 * sum(map(here.has, denied)) > len(denied):
            return True
    return False
