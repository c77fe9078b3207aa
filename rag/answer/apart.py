"""STAGE: two words of a question that the documents have, though no document has both: what a refusal can name.

A word counts as there wherever some word begins like it, in any form, so that what is said to be apart is.
"""

from __future__ import annotations

from itertools import combinations

from rag.answer import Asked
from rag.answer.asking import names, written_words
from rag.text.analysis import terms, word_tokens
from rag.text.languages import same_language
from rag.text.verbs import is_common_verb

_MARKS = "«»“”„\"'()[].,;:!?…¿¡।。？"
_TELLING = 100.0  # more than any rarity: a name or a number is what a question turns on
_LEAST_RARITY = 1.0
"""A word of more than a third of the passages says nothing of what a question is about."""
_MOST_WORDS = 8
_NEAREST = 5


def words_apart(asked: Asked) -> tuple[str, str] | None:
    """Two words of the question, as they stand in it and in its order, that no document has together.

    One of them is a name or a number, the other the rarest word it never stands with; None where there are none, and
    where one of the nearest passages is in another language than the asker's: names are translated as well (Charter,
    charte). Any other document in another language may say any word but a name or a number in its own.
    """
    nearest = asked.hits[:_NEAREST]
    if asked.documents_with is None or any(
        not same_language(hit.passage.language, asked.language) for hit in nearest
    ):
        return None
    weights = _weights(asked)
    chosen = sorted(weights, key=lambda word: -weights[word])[:_MOST_WORDS]
    where = {word: _documents(asked, word, weights[word] < _TELLING) for word in chosen}
    pairs = [
        (weights[one] + weights[other], one, other)
        for one, other in combinations([word for word in weights if where.get(word)], 2)
        if max(weights[one], weights[other]) >= _TELLING and where[one].isdisjoint(where[other])
    ]
    if not pairs:
        return None
    best = max(pairs, key=lambda pair: pair[0])
    return best[1], best[2]


def _weights(asked: Asked) -> dict[str, float]:
    """The content words of the question in its order, by how telling they are; common verbs tell nothing."""
    capitals = names(asked.question, asked.language)
    found: dict[str, float] = {}
    for word in written_words(asked.question):
        shown = word.strip(_MARKS)
        rarity = max((asked.term_weight(term) for term in terms(shown, asked.language)), default=0.0)
        telling = not capitals.isdisjoint(word_tokens(shown)) or any(ch.isdigit() for ch in shown)
        if rarity >= _LEAST_RARITY and (telling or not is_common_verb(shown, asked.language)):
            found[shown] = rarity + (_TELLING if telling else 0)
    return found


def _documents(asked: Asked, word: str, translated: bool) -> frozenset[int]:
    """The documents that have every part of a word."""
    assert asked.documents_with is not None
    held = [frozenset(asked.documents_with(term, translated)) for term in terms(word, asked.language)]
    return frozenset.intersection(*held) if held else frozenset()
