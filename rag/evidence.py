"""WALK: the candidates of a question -> what is known of each, from every store and from the texts themselves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import log

import numpy as np
from numpy.typing import NDArray

from rag.embed import PieceEncoder
from rag.library import Library
from rag.rank import Evidence
from rag.schema import Scores
from rag.text.analysis import terms
from rag.text.languages import same_language
from rag.text.namesakes import name_shares
from rag.text.yes_no import asks_yes_or_no, begins_yes_or_no

USUAL_PIECES, SHORTEST_PIECES = 160, 50
FITS, MISFITS = 0.3, -1.0
"""What a passage that begins with yes or no is worth to a question that asks for that, and to any other: of the FAQ
entries measured (README) a third that answer the one begin so, and one in a hundred that answer the other."""


def evidence_of(library: Library, question: str, language: str, vector: Scores, rows: list[int]) -> Evidence:
    """What is known of the passages in ``rows`` for ``question``, whose vector is ``vector``."""
    lexical = library.lexical.scores(question, language, rows)
    window, mean = library.vectors.scores(vector, rows)
    late, near, brief = np.zeros((3, len(rows)), np.float32)
    if library.pieces is not None and isinstance(library.encoder, PieceEncoder):
        pieces = library.pieces.of(rows)
        late, near = library.encoder.interact_nearby(question, pieces)
        brief = brevity([len(held) for held in pieces])
    languages = [library.passages.document_of(row).language for row in rows]
    return Evidence(
        words=lexical.words,
        grams=lexical.grams,
        titles=lexical.titles,
        late=late,
        near=near,
        window=window,
        mean=mean,
        names=_names(library, question, language, rows, languages),
        brief=brief,
        opening=_openings(library, question, language, rows),
        same_language=np.array([same_language(language, other) for other in languages]),
        known=_known(library, language, languages),
    )


def brevity(lengths: Sequence[int]) -> Scores:
    """How short passages of so many pieces are: a long one meets more of a question by chance.

    The logarithm of a usual length over their own, where less than the shortest counts as that: a crumb is no better.

    >>> brevity([160, 50, 10]).round(2).tolist()
    [0.0, 1.16, 1.16]
    """
    return np.asarray(np.log(USUAL_PIECES / np.maximum(lengths, SHORTEST_PIECES)), dtype=np.float32)


def _openings(library: Library, question: str, language: str, rows: list[int]) -> Scores:
    """FITS or MISFITS for the passages that begin with yes or no; 0 for others, or where the question is unsure."""
    wanted = asks_yes_or_no(question, language)
    if wanted is None:
        return np.zeros(len(rows), np.float32)
    passages = library.passages.passages(rows)
    begins = np.array([begins_yes_or_no(passage.text, passage.language) for passage in passages], np.float32)
    return begins * np.float32(FITS if wanted else MISFITS)


def _known(library: Library, language: str, languages: list[str]) -> NDArray[np.bool_]:
    """Whether the encoder's card names both languages; an encoder whose card names none is believed to know all."""
    trained = library.encoder.card.languages
    return np.array([not trained or (language in trained and other in trained) for other in languages])


def _names(library: Library, question: str, language: str, rows: list[int], languages: list[str]) -> Scores:
    """How much of the question's names and numbers stands in the passages in other scripts; 0 within a language."""
    shares = np.zeros(len(rows), np.float32)
    foreign = [place for place, other in enumerate(languages) if not same_language(language, other)]
    if foreign:
        passages = library.passages.passages([rows[place] for place in foreign])
        texts = [(passage.text, passage.language) for passage in passages]
        shares[foreign] = name_shares(question, language, texts, partial(_rarity, library))
    return shares


def _rarity(library: Library, word: str, language: str) -> float:
    """How rare a word is among the passages, 0..1, where 1 is a word that stands in one of them."""
    count = library.lexical.passage_count
    rarest = log(1 + (count - 0.5) / 1.5)
    return min(1.0, max((library.lexical.term_weight(term) for term in terms(word, language)), default=0.0) / rarest)
