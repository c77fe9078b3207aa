"""STAGE: signs that the hits answer the question, or do not: coverage, margins, and what is missing altogether."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray

from rag.answer import Asked
from rag.answer.features import NAMES as SENTENCE_NAMES
from rag.answer.features import READ_LIMIT, Seen, numbers
from rag.schema import Scores
from rag.text.abbreviations import CAPITAL_NOUN_LANGUAGES
from rag.text.analysis import grams, terms, word_tokens
from rag.text.languages import same_language
from rag.text.questions import what_is_wanted

NAMES = (
    "top",  # fused score of the best passage
    "margin",  # how far the second passage is behind
    "margin_ten",  # how far the tenth is
    "words",  # share of the question's words in the chosen sentence
    "words_near",  # the same in it and its two neighbours
    "words_passage",  # the same in its whole passage
    "late",  # late interaction with the chosen sentence
    "chance",  # probability of the chosen sentence among all of them
    "chance_passage",  # probability that falls on its passage
    "rarest_missing",  # rarity of the rarest word of the question that its passage has not, as a share of the rarest
    "numbers_missing",  # share of the question's numbers that its passage has not
    "pairs_missing",  # share of its numbers with the word before them ("article 28") that its passage lacks as such
    "names_missing",  # share of the question's names that its passage has not
    "names",  # the question has a name
    "wanted_met",  # a kind of thing is wanted and the chosen sentence has it
    "wanted_unmet",  # a kind of thing is wanted and the chosen sentence lacks it
    "question_length",  # logarithm of the number of the question's words
    "words_unknown",  # share of the question's words, by rarity, that no passage of the index has
    "mostly_unknown",  # how far that share exceeds MOSTLY
    "numbers_unknown",  # share of its numbers that no passage has
    "names_unknown",  # share of its names that no passage has
    "late_passage",  # late interaction with its whole passage
    "grams_passage",  # share of the question's character n-grams that its passage has
    "read",  # the reader's logit of an answer in the chosen sentence, against there being none in its passage
    "read_span",  # half the logit of the likeliest span in it
    "read_odds",  # the greatest logit of an answer in any passage read
    "read_best",  # the likeliest span of all passages stands in the chosen sentence
    "read_share",  # the probability of the chosen sentence by the reader alone
)

_MARKS = "«»“”„\"()[].,;:!?…¿¡"
MOSTLY = 0.4
"""Fewer than 4 % of the dev sets' answerable questions have a larger share of words that the whole index lacks."""
_TELLING = 100.0  # more than any rarity: names and numbers come first

Signs = NDArray[np.float32]
"""``(len(NAMES),)`` float32."""


def is_across(asked: Asked, seen: Seen, chances: Scores) -> bool:
    """Whether the sentence with the greatest chance is in another language than the question."""
    passage = asked.hits[seen.sentences[int(np.argmax(chances))].hit].passage
    return not same_language(passage.language, asked.language)


def gauge(asked: Asked, seen: Seen, chances: Scores) -> Signs:
    """The signs for the sentence with the greatest chance."""
    best = int(np.argmax(chances))
    place, row = seen.sentences[best], dict(zip(SENTENCE_NAMES, seen.rows[best], strict=True))
    passage = asked.hits[place.hit].passage
    scores = [hit.score for hit in asked.hits]
    weights = {term: asked.term_weight(term) for term in dict.fromkeys(terms(asked.question, asked.language))}
    found = set(terms(passage.text + " " + " ".join(passage.headings), passage.language))
    total = max(sum(weights.values()), 1e-6)
    lacking = {term: weight for term, weight in weights.items() if term not in found}
    unknown = {term for term in weights if not asked.occurs(term)}
    words_unknown = sum(weights[term] for term in unknown) / total
    asked_grams = set(grams(asked.question, asked.language))
    wanted = what_is_wanted(asked.question, asked.language)
    met = any(value for name, value in row.items() if name.startswith("wanted_"))
    passage_words = set(word_tokens(passage.text))
    asked_numbers, asked_names = numbers(asked.question), names(asked.question, asked.language)
    on_passage = float(sum(chances[i] for i, other in enumerate(seen.sentences) if other.hit == place.hit))
    values = {
        "top": scores[0],
        "margin": scores[0] - scores[1] if len(scores) > 1 else scores[0],
        "margin_ten": scores[0] - scores[min(9, len(scores) - 1)],
        "words": row["words"],
        "words_near": min(1.0, row["words"] + row["words_before"] + row["words_after"]),
        "words_passage": 1 - sum(lacking.values()) / total,
        "late": row["late"],
        "chance": chances[best],
        "chance_passage": on_passage,
        "rarest_missing": max(lacking.values(), default=0.0) / max([*weights.values(), 1e-6]),
        "numbers_missing": _share_missing(asked_numbers, numbers(passage.text)),
        "pairs_missing": _share_missing(
            numbered_words(asked.question, asked.language), numbered_words(passage.text, passage.language)
        ),
        "names_missing": _share_missing(asked_names, passage_words),
        "names": float(bool(asked_names)),
        "wanted_met": float(wanted is not None and met),
        "wanted_unmet": float(wanted is not None and not met),
        "question_length": log(1 + len(word_tokens(asked.question))),
        "words_unknown": words_unknown,
        "mostly_unknown": max(0.0, words_unknown - MOSTLY),
        "numbers_unknown": _share_missing(asked_numbers, asked_numbers - unknown),
        "names_unknown": _share_unknown(asked, asked_names),
        "late_passage": float(asked.interact([passage.text])[0]) if asked.interact else 0.0,
        "read": row["read"],
        "read_span": row["read_span"],
        "read_odds": max((_held(reading.odds) for reading in seen.readings), default=0.0),
        "read_best": row["read_best"],
        "read_share": row["read_share"],
        "grams_passage": len(asked_grams & set(grams(passage.text, asked.language))) / max(len(asked_grams), 1),
    }
    return np.array([values[name] for name in NAMES], dtype=np.float32)


def _held(odds: float) -> float:
    return max(-READ_LIMIT, min(READ_LIMIT, odds))


def names(question: str, language: str) -> set[str]:
    """Folded words of the question that are written with a capital, but for the first word.

    Where every noun has a capital only words in capitals throughout are taken for names. Saint-Jean is two words, as
    it is in a passage.

    >>> sorted(names("Que dit Frontex à l’Union ?", "fr"))
    ['frontex', 'union']
    >>> names("Warum warnt EOS vor der Nutzung?", "de")
    {'eos'}
    """
    words = question.replace("’", " ").replace("'", " ").split()
    found = (word.strip(_MARKS) for word in words[1:])
    if language in CAPITAL_NOUN_LANGUAGES:
        capital = [word for word in found if len(word) > 1 and word.isupper()]
    else:
        capital = [word for word in found if word[:1].isupper()]
    return {token for word in capital for token in word_tokens(word)}


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


def missing_words(asked: Asked) -> tuple[str, ...]:
    """The words of the question, as asked, that no passage of the index has: names and numbers first, three at most.

    Where no document is in the asker's language only numbers and names can be missed, and no acronyms: the others have
    translations (AI, IA, KI).
    """
    lacking: dict[str, float] = {}
    capitals = names(asked.question, asked.language)
    for word in asked.question.replace("’", " ").replace("'", " ").split():
        shown = word.strip(_MARKS)
        of_word = terms(shown, asked.language)
        telling = not capitals.isdisjoint(word_tokens(shown)) or any(ch.isdigit() for ch in shown)
        sure = asked.same_language or (telling and not shown.isupper())
        if of_word and sure and not any(asked.occurs(term) for term in of_word):
            lacking[shown] = max(asked.term_weight(term) for term in of_word) + (_TELLING if telling else 0)
    return tuple(sorted(lacking, key=lambda word: -lacking[word])[:3])


def _share_unknown(asked: Asked, found: set[str]) -> float:
    """The share of some folded words of the question that no passage of the index has."""
    lacking = [word for word in found if not any(asked.occurs(term) for term in terms(word, asked.language))]
    return len(lacking) / len(found) if found else 0.0


def _share_missing(asked: AbstractSet[object], found: AbstractSet[object]) -> float:
    return len(asked - found) / len(asked) if asked else 0.0
