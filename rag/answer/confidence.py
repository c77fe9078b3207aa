"""STAGE: signs that the hits answer the question, or do not: coverage, margins, names and numbers, what is read."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from math import log
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rag.answer import Asked
from rag.answer.asking import names, numbered_words, telling_weights
from rag.answer.features import NAMES as SENTENCE_NAMES
from rag.answer.features import READ_LIMIT, Seen
from rag.answer.names import NamesIn, find_names
from rag.answer.sought import NEAR, signs_of_rest, signs_of_wanted
from rag.answer.wanted import numbers
from rag.schema import Passage, Scores
from rag.text.analysis import grams, terms, word_tokens
from rag.text.languages import same_language
from rag.text.scripts import script

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
    "read_margin",  # how far the reader's second passage is behind its first
    "read_first",  # the reader's logit of an answer in the first hit
    "first_hit",  # the chosen sentence stands in the first hit
    "names_lacking",  # share of the question's names of which no form stands in the passage
    "pieces_unmet",  # share of the question's pieces, by weight, that nothing in the passage is near to
    "piece_least",  # the best cosine in the passage of the telling piece that is met worst
    "rest_passage",  # late interaction of the question without its names and numbers with the whole passage
    "rest_near",  # the same with the chosen sentence and its two neighbours
    "rest_missing",  # share of the question's words but for its names and numbers, by rarity, that the passage has not
    "rest_unmet",  # share of the pieces of those, by weight, that nothing in the passage is near to
    "wanted_share",  # a kind of thing is wanted: the probability that falls on sentences that have it
    "wanted_far",  # a kind of thing is wanted and neither the chosen sentence nor a neighbour has it; a day for a time
)

MOSTLY = 0.4
"""Fewer than 4 % of the dev sets' answerable questions have a larger share of words that the whole index lacks."""

Signs = NDArray[np.float32]
"""``(len(NAMES),)`` float32."""


Relation = Literal["within", "across", "scripts"]
"""How a question stands to what answers it: in one language, in two of one script, in two scripts.

Words can be compared within a language alone, and names only within a script.
"""


def relation(asked: Asked, seen: Seen, chances: Scores) -> Relation:
    """How the question stands to the sentence with the greatest chance."""
    place = seen.sentences[int(np.argmax(chances))]
    passage = asked.hits[place.hit].passage
    if same_language(passage.language, asked.language):
        return "within"
    text = passage.text[place.start - passage.start : place.end - passage.start]
    return "across" if script(text) == script(asked.question) else "scripts"


def gauge(asked: Asked, seen: Seen, chances: Scores) -> Signs:
    """The signs for the sentence with the greatest chance."""
    best = int(np.argmax(chances))
    place, row = seen.sentences[best], dict(zip(SENTENCE_NAMES, seen.rows[best], strict=True))
    passage = asked.hits[place.hit].passage
    values = {
        **_of_hits(asked, place.hit),
        **_of_sentence(row),
        **_of_words(asked, passage),
        **_of_names(asked, passage),
        **_of_pieces(asked, passage),
        **_of_reading(seen),
        **signs_of_rest(asked, seen, best),
        "words_near": min(1.0, row["words"] + row["words_before"] + row["words_after"]),
        "chance": chances[best],
        "chance_passage": float(sum(chances[i] for i, other in enumerate(seen.sentences) if other.hit == place.hit)),
        **signs_of_wanted(asked, seen, chances),
        "question_length": log(1 + len(word_tokens(asked.question))),
    }
    return np.array([values[name] for name in NAMES], dtype=np.float32)


def _of_hits(asked: Asked, chosen: int) -> dict[str, float]:
    """How the scores of the hits fall, and whether the chosen one is the first."""
    scores = [hit.score for hit in asked.hits]
    return {
        "top": scores[0],
        "margin": scores[0] - scores[1] if len(scores) > 1 else scores[0],
        "margin_ten": scores[0] - scores[min(9, len(scores) - 1)],
        "first_hit": float(chosen == 0),
    }


def _of_sentence(row: Mapping[str, float]) -> dict[str, float]:
    return {name: float(row[name]) for name in ("words", "late", "read", "read_span", "read_best", "read_share")}


def _of_words(asked: Asked, passage: Passage) -> dict[str, float]:
    """How much of the question, by the rarity of its words, the passage has and the whole index has."""
    weights = telling_weights(asked, asked.question)
    told = asked.under_titles(passage)
    found = set(terms(told, passage.language))
    total = max(sum(weights.values()), 1e-6)
    lacking = {term: weight for term, weight in weights.items() if term not in found}
    words_unknown = sum(weight for term, weight in weights.items() if not asked.occurs(term)) / total
    asked_grams = set(grams(asked.question, asked.language))
    return {
        "words_passage": 1 - sum(lacking.values()) / total,
        "rarest_missing": max(lacking.values(), default=0.0) / max([*weights.values(), 1e-6]),
        "words_unknown": words_unknown,
        "mostly_unknown": max(0.0, words_unknown - MOSTLY),
        "grams_passage": len(asked_grams & set(grams(told, asked.language))) / max(len(asked_grams), 1),
    }


def _of_names(asked: Asked, passage: Passage) -> dict[str, float]:
    """How many of the question's names and numbers the passage lacks, and the whole index."""
    asked_numbers, asked_names = numbers(asked.question), names(asked.question, asked.language)
    unknown = {term for term in terms(asked.question, asked.language) if not asked.occurs(term)}
    written, told = find_names(asked.question, asked.language), asked.under_titles(passage)
    held = NamesIn(told, passage.language) if written else None
    lacking = [name for name in written if held and not held.has(name.word, asked.language)]
    return {
        "numbers_missing": _share_missing(asked_numbers, numbers(told)),
        "pairs_missing": _share_missing(
            numbered_words(asked.question, asked.language), numbered_words(told, passage.language)
        ),
        "names_missing": _share_missing(asked_names, set(word_tokens(told))),
        "names": float(bool(asked_names)),
        "numbers_unknown": _share_missing(asked_numbers, asked_numbers - unknown),
        "names_unknown": _share_unknown(asked, asked_names),
        "names_lacking": len(lacking) / len(written) if written else 0.0,
    }


def _of_pieces(asked: Asked, passage: Passage) -> dict[str, float]:
    """How near the passage comes to the question's pieces; nothing is said where the encoder has none."""
    told = asked.under_titles(passage)
    late = float(asked.interact([told])[0]) if asked.interact else 0.0
    if asked.meet is None:
        return {"late_passage": late, "pieces_unmet": 0.0, "piece_least": 0.0}
    weights, best = asked.meet(asked.question, told)
    telling = best[weights >= weights.mean()]
    return {
        "late_passage": late,
        "pieces_unmet": float(weights[best < NEAR].sum()),
        "piece_least": float(telling.min()) if len(telling) else 0.0,
    }


def _of_reading(seen: Seen) -> dict[str, float]:
    """How sure the reader is of its passages."""
    odds = [_held(reading.odds) for reading in seen.readings]
    ordered = sorted(odds, reverse=True)
    return {
        "read_odds": ordered[0] if odds else 0.0,
        "read_margin": ordered[0] - ordered[1] if len(odds) > 1 else 0.0,
        "read_first": odds[0] if odds else 0.0,
    }


def _held(odds: float) -> float:
    return max(-READ_LIMIT, min(READ_LIMIT, odds))




def _share_unknown(asked: Asked, found: set[str]) -> float:
    """The share of some folded words of the question that no passage of the index has."""
    lacking = [word for word in found if not any(asked.occurs(term) for term in terms(word, asked.language))]
    return len(lacking) / len(found) if found else 0.0


def _share_missing(asked: AbstractSet[object], found: AbstractSet[object]) -> float:
    return len(asked - found) / len(asked) if asked else 0.0
