"""STAGE: whether what is quoted speaks of another year than the question, or of another thing of the same name.

"In 2017" is not answered by a passage about 2023, "amendment 41" not by one about amendment 14, however near the rest.
Of the questions of public sets with a year, 3 % would be refused though their passage answers; of those with a numbered
thing, 1 %.
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

from rag.answer import Asked
from rag.answer.asking import numbered_words
from rag.answer.wanted import numbers
from rag.schema import Passage, Quoted

# What a paper is cited by ("2001/55/CE", "2021-305") is no year.
REFERENCE = regex.compile(r"(?<!\p{Nd})\p{Nd}{4}[/-]\p{Nd}+|\p{Nd}+/\p{Nd}{4}(?!\p{Nd})")
_YEAR = regex.compile(r"(?<![\p{Nd}.,])(?:1[5-9]\p{Nd}{2}|20[0-4]\p{Nd})(?![\p{Nd}%]|[.,]\p{Nd}|\s\p{Nd}{3}(?!\p{Nd}))")


def is_at_odds(asked: Asked, quoted: Sequence[Quoted]) -> bool:
    """Whether all of the quotations stand in passages of another year, or of things numbered otherwise."""
    years = years_of(REFERENCE.sub(" ", asked.question))
    pairs = numbered_words(asked.question, asked.language)
    return bool(quoted) and all(
        _is_of_other_years(asked, found.passage, years) or _is_of_another(asked, found.passage, pairs)
        for found in quoted
    )


def years_of(text: str) -> set[str]:
    """The years of ``text`` from 1500 to 2049.

    >>> sorted(years_of("1 998 agents en 2023, 2050 en tout"))
    ['2023']
    """
    return set(_YEAR.findall(text))


def _is_of_other_years(asked: Asked, passage: Passage, years: set[str]) -> bool:
    """Whether a passage, with its titles and the date of its document, has years and none of those asked for."""
    if not years:
        return False
    text = asked.under_titles(passage)
    date = (asked.date_of(passage.document_id) if asked.date_of else "")[:4]
    held = years_of(text) | ({date} if date else set())
    return bool(held) and years.isdisjoint(held | numbers(text))


def _is_of_another(asked: Asked, passage: Passage, pairs: set[tuple[str, str]]) -> bool:
    """Whether a passage has the word before one of the question's numbers with another number, and that one nowhere."""
    if not pairs:
        return False
    text = asked.under_titles(passage)
    held, there = numbers(text), numbered_words(text, passage.language)
    return any(number not in held and word in {other for other, _ in there} for word, number in pairs)
