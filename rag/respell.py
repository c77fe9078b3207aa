"""STAGE: a question with slips of the keyboard -> the same with those words as the documents write them.

Only for the search: what a person typed is what is shown, read and refused. A word is taken for a slip where no passage
has it, a word of the passages is one slip away, and the encoder cuts that one into fewer pieces: what is well
spelled, though the documents lack it, is made of few pieces already.
Source of the distance: optimal string alignment, one edit: Damerau, A technique for computer detection and correction
of spelling errors (1964).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import regex

from rag.text.analysis import terms

_WORD = regex.compile(r"[\p{L}\p{M}]+")
_LEAST_LETTERS = 5
_MOST_WORDS = 20_000
"""So many words of the index that begin alike are looked at: a few milliseconds."""


class Vocabulary(Protocol):
    """The analysed words of an index."""

    def frequency(self, field: str, term: str) -> int:
        """In how many passages an analysed term stands in ``words`` or ``titles``."""

    def words_from(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Up to ``limit`` analysed words that begin with ``prefix``, each with the number of passages it is in."""


def respell(
    question: str, language: str, vocabulary: Vocabulary, count_tokens: Callable[[Sequence[str]], list[int]]
) -> str:
    """``question`` with each slip replaced by the analysed word it is nearest to; as it is where there is none."""

    def mended(match: regex.Match[str]) -> str:
        word = str(match[0])
        analysed = terms(word, language)
        if len(analysed) != 1 or len(analysed[0]) < _LEAST_LETTERS:
            return word
        if vocabulary.frequency("words", analysed[0]) or vocabulary.frequency("titles", analysed[0]):
            return word
        meant = _nearest(analysed[0], vocabulary)
        if meant is None:
            return word
        typed_pieces, meant_pieces = count_tokens([word, meant])
        return meant if meant_pieces < typed_pieces else word

    return str(_WORD.sub(mended, question))


def _nearest(term: str, vocabulary: Vocabulary) -> str | None:
    """The most frequent word one slip away from ``term``, None where there is none; its first letter is believed.

    The second one may be the slip itself, so that words with the third in its place are looked at too.
    """
    near = [
        (count, word)
        for prefix in dict.fromkeys((term[:2], term[0] + term[2]))
        for word, count in vocabulary.words_from(prefix, _MOST_WORDS)
        if is_one_slip(term, word)
    ]
    return max(near)[1] if near else None


def is_one_slip(one: str, other: str) -> bool:
    """Whether one letter more, less or other, or two neighbours changed round, makes ``other`` of ``one``.

    >>> [is_one_slip("prohpete", word) for word in ("prophete", "prohpetes", "prohpete", "prophetes")]
    [True, True, False, False]
    """
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if len(one) != len(other):
        longer, shorter = (one, other) if len(one) > len(other) else (other, one)
        return longer[same + 1 :] == shorter[same:]
    changed_round = one[same : same + 2] == other[same : same + 2][::-1] and one[same + 2 :] == other[same + 2 :]
    return one[same + 1 :] == other[same + 1 :] or changed_round
