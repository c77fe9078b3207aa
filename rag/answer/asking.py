"""STAGE: the words of a question that are names or numbers, and what is asked about them."""

from __future__ import annotations

from itertools import pairwise

from rag.answer import Asked
from rag.text.abbreviations import CAPITAL_NOUN_LANGUAGES
from rag.text.analysis import terms, word_tokens
from rag.text.verbs import is_common_verb

MARKS = '«»“”„"()[].,;:!?…¿¡'
"""The signs around a word that are not part of it."""


def names(question: str, language: str) -> set[str]:
    """Folded words of the question that are written with a capital, but for the first word.

    Where every noun has a capital only words in capitals throughout are taken for names. Saint-Jean is two words, as
    it is in a passage.

    >>> sorted(names("Que dit Frontex à l’Union ?", "fr"))
    ['frontex', 'union']
    >>> names("Warum warnt EOS vor der Nutzung?", "de")
    {'eos'}
    """
    words = written_words(question)
    found = (word.strip(MARKS) for word in words[1:])
    if language in CAPITAL_NOUN_LANGUAGES:
        capital = [word for word in found if len(word) > 1 and word.isupper()]
    else:
        capital = [word for word in found if word[:1].isupper()]
    return {token for word in capital for token in word_tokens(word)}


def written_words(question: str) -> list[str]:
    """The words as they are written, with the marks around them; what is elided stands apart.

    >>> written_words("Que dit l’Union ?")
    ['Que', 'dit', 'l', 'Union', '?']
    """
    return question.replace("’", " ").replace("'", " ").split()


def numbered_words(text: str, language: str) -> set[tuple[str, str]]:
    """Each number with the analysed word right before it, which tells "amendement 12" from "12 décembre".

    >>> sorted(numbered_words("L'article 28, paragraphe 2, en 2023", "fr"))
    [('articl', '28'), ('paragraph', '2')]
    """
    words = word_tokens(text)
    pairs = ((before, word) for before, word in pairwise(words) if word.isdecimal())
    return {
        (analysed[0], number)
        for before, number in pairs
        if not before.isdecimal() and (analysed := terms(before, language))
    }


def telling_weights(asked: Asked, text: str) -> dict[str, float]:
    """The analysed terms of the question, or of a part of it, that an answer should have, each with its rarity.

    Verbs of saying, thinking and asking and other common ones are left out, unless there is nothing else: "What does X
    think of it?" is answered without "think".
    """
    every = dict.fromkeys(terms(text, asked.language))
    verbs = {term for word in _verbs_of(text, asked.language) for term in terms(word, asked.language)}
    return {term: asked.term_weight(term) for term in every if term not in verbs or verbs.issuperset(every)}


def _verbs_of(text: str, language: str) -> list[str]:
    return [word for word in map(_bare, written_words(text)) if word and is_common_verb(word, language)]


def _bare(word: str) -> str:
    return word.strip(MARKS)


def without_names(asked: Asked) -> str:
    """The question without its names and numbers; all of it where nothing else is asked."""
    named = names(asked.question, asked.language)
    words = written_words(asked.question)
    rest = [word for word in words if named.isdisjoint(word_tokens(word)) and not any(map(str.isdigit, word))]
    return " ".join(rest) or asked.question
