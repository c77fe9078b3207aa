"""STAGE: what the question has and no document: words to name in a refusal, names to warn of beside an answer."""

from __future__ import annotations

from rag.answer import Asked
from rag.answer.asking import MARKS, names, written_words
from rag.answer.names import NamesIn, is_common
from rag.text.analysis import terms, word_tokens
from rag.text.languages import same_language
from rag.text.verbs import is_common_verb

MOST_SHARE = 0.5
"""Words that are neither names nor numbers are said to be missing where they are this share of the question."""
_TELLING = 100.0  # more than any rarity: names and numbers come first


def missing_words(asked: Asked) -> tuple[str, ...]:
    """The words of the question, as asked, that no passage of the index has: names and numbers first, three at most.

    Where no document is in the asker's language only numbers and names can be missed, and neither acronyms nor names
    of common words: those have translations (AI, IA, KI; Border Guard, Straż Graniczna). Other words alone are named
    where they are most of the question: one verb that the documents put otherwise says nothing of what they lack. Verbs
    of saying, thinking and asking, and other common ones, are never named.
    """
    lacking: dict[str, float] = {}
    every = dict.fromkeys(terms(asked.question, asked.language))
    named = _named(asked)
    translated = not asked.same_language and any(is_common(word, asked.language) for word in named)
    for shown in _shown(asked):
        of_word = terms(shown, asked.language)
        counted = any(map(str.isdigit, shown))
        telling = shown in named or counted
        sure = asked.same_language or counted or (telling and not translated and not shown.isupper())
        if not telling and is_common_verb(shown, asked.language):
            continue  # "What does X think of it?": that no document says "think" says nothing
        if of_word and sure and not any(asked.occurs(term) for term in of_word):
            lacking[shown] = max(asked.term_weight(term) for term in of_word) + (_TELLING if telling else 0)
    if sum(lacking.values()) < MOST_SHARE * sum(map(asked.term_weight, every)):
        return ()
    return tuple(sorted(lacking, key=lambda word: -lacking[word])[:3])


def missing_names(asked: Asked) -> tuple[str, ...]:
    """The names among the missing words that stand in no form in what was found, be it inflected or in another script.

    A refusal may name one too many; beside an answer that would be a false alarm, and so nothing is said either where
    the best passage is in another language: names have translations (Lussemburgo).
    """
    if not asked.hits or not same_language(asked.hits[0].passage.language, asked.language):
        return ()
    named = _named(asked)
    lacking = [word for word in missing_words(asked) if word in named and not any(map(str.isdigit, word))]
    for passage in (hit.passage for hit in asked.hits):
        if not lacking:
            break
        held = NamesIn(" ".join((passage.text, *passage.headings)), passage.language)
        lacking = [word for word in lacking if not held.has(word, asked.language)]
    return tuple(lacking)


def _shown(asked: Asked) -> list[str]:
    """The words of the question as written, without the marks around them."""
    return [word.strip(MARKS) for word in written_words(asked.question)]


def _named(asked: Asked) -> list[str]:
    capitals = names(asked.question, asked.language)
    return [word for word in _shown(asked) if not capitals.isdisjoint(word_tokens(word))]
