"""STAGE: the spans of a sentence that may be its short answer, and what is seen of each of them, as numbers.

All features are language-neutral: the reader's logits, the kind of thing the question wants, the asker's own words, and
what stands at the edges of the span: a span should not end with a function word, nor cut a name or a date.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.answer.network import Floats
from rag.answer.reader import Reading
from rag.answer.words import Words, words_of
from rag.schema import Scores
from rag.text.analysis import terms
from rag.text.questions import Wanted, what_is_counted, what_is_wanted

CANDIDATES = 40
"""So many of the likeliest spans are looked at: the best of them has an F1 of .9 in the right sentence."""
LIKELY = 200
"""So many are taken for what the answer may be when the expected F1 is worked out."""
LONGEST = 32
"""No candidate has more words."""
BEFORE, AFTER, FAR = 2, 4, 0.15
"""How far from a number the noun it counts may stand, in words, and what each word takes from how near it is."""
SIGNS_A_WORD = 1.5
"""How many signs of a script without spaces are as long as a word."""
UNSPACED = frozenset({"zh", "ja", "th"})
"""The languages written in one."""

_KINDS = (Wanted.HOW_MANY, Wanted.WHEN, Wanted.WHO, Wanted.WHERE, None)
_BY_KIND = (
    "length", "one", "number", "number_start", "several", "time", "capital_start", "capital_end", "capitals",
    "case_turns", "stop_start", "stops", "comma",
)  # fmt: skip
_PLAIN = (
    "chance",  # the logarithm of the span's probability among all spans of the sentence, by the reader
    "start",  # the logit of its start and of its end, below the best of any candidate
    "end",
    "expected",  # its expected F1, by the reader's probabilities, and by flatter ones
    "expected_flat",
    "length",  # logarithm of its number of words, and its square
    "length_squared",
    "one",  # it is one word
    "first",  # it opens the sentence, or closes it
    "last",
    "stop_start",  # its first word is a stop word; its last; the word before it; the word after it
    "stop_end",
    "stop_before",
    "stop_after",
    "stops",  # the share of stop words in it
    "sign_before",  # a sign stands right before it; right after it
    "sign_after",
    "comma",  # a comma stands in it; right before it; right after it
    "comma_before",
    "comma_after",
    "heavy",  # a semicolon, a colon or a dash stands in it
    "opened",  # a bracket or a quotation mark opens right before it; closes right after it
    "closed",
    "unbalanced",  # a bracket or a quotation mark in it has no other half there
    "asked",  # the share of the question's words in it
    "asked_start",  # its first word is one of the question's; its last; the word before it; the word after it
    "asked_end",
    "asked_before",
    "asked_after",
    "asked_far",  # logarithm of its distance in words from the nearest of them
    "cut_name_before",  # the word before it and its first word have capitals; likewise at its end
    "cut_name_after",
    "cut_number_before",  # the same with numbers and months
    "cut_number_after",
    "capital_start",  # its first word has a capital and does not open the sentence; its last; the share of such words
    "capital_end",
    "capitals",
    "case_turns",  # it begins with a capital and ends with a small letter
    "number",  # it has a number; begins with one; has several
    "number_start",
    "several",
    "time",  # it has a year or a month
    "unfit",  # it has not the kind of thing that is wanted, though the sentence has
    "near",  # how near its number is to the noun asked for, 0..1; how much nearer another number is
    "near_lost",
)
NAMES = (*_PLAIN, *(f"{name}_{kind or 'other'}" for kind in _KINDS for name in _BY_KIND))
"""All of them, then some again by what is wanted, 0 where it is something else."""

Compare = Callable[[str, Sequence[str]], Scores]
Columns = dict[str, NDArray[Any]]
Booleans = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The likeliest spans of a sentence, best first: offsets in the text, ``(n, 2)``, features, ``(n, len(NAMES))``.

    ``logits`` are the reader's for an answer there against none (start + end - 2 null).
    """

    spans: Places
    rows: Floats
    logits: Floats

    def column(self, name: str) -> Floats:
        """One feature of all of them."""
        return np.asarray(self.rows[:, NAMES.index(name)])


def candidates(
    question: tuple[str, str],
    passage: tuple[str, str],
    reading: Reading,
    start: int,
    end: int,
    compare: Compare | None = None,
) -> Candidates | None:
    """The candidates of ``text[start:end]``; question and passage are given as text and language.

    ``compare`` says how near a word is to others (0..1). None where the reader has seen no word of the sentence.
    """
    text, language = passage
    words = words_of(text, language, reading, start, end)
    if words is None or words.signs.all():
        return None
    low, high, logits = _likely(words)
    i, j = low[:CANDIDATES], high[:CANDIDATES]
    written = [text[first:last] for first, last in words.spans]
    inside = _Inside(words, i, j)
    seen = _read(words, low, high, logits) | _edges(inside, written) | _kinds(inside)
    seen |= _own_words(inside, question, written, language) | _fit(inside, question, written, compare)
    seen["length"] = np.log(np.maximum(1, inside.sizes / (SIGNS_A_WORD if language[:2] in UNSPACED else 1)))
    seen["length_squared"] = seen["length"] ** 2
    wanted = what_is_wanted(*question)
    plain = np.column_stack([np.asarray(seen[name], np.float32) for name in _PLAIN])
    some = plain[:, [_PLAIN.index(name) for name in _BY_KIND]]
    rows = np.hstack([plain, *(some * float(wanted == kind) for kind in _KINDS)])
    spans = np.stack([words.spans[i, 0], words.spans[j, 1]], axis=1)
    return Candidates(spans, rows.astype(np.float32), (logits[:CANDIDATES] - 2 * reading.null).astype(np.float32))


class _Inside:
    """Counts within the candidates from word ``i`` to word ``j``, and what stands beside them."""

    def __init__(self, words: Words, i: Places, j: Places) -> None:
        self.words, self.i, self.j = words, i, j
        self.sizes = np.maximum(self.count(~words.signs), 1).astype(np.float32)

    def count(self, mask: Booleans) -> Places:
        """How many of the words that ``mask`` marks each has."""
        sums = np.concatenate([[0], np.cumsum(mask)])
        return np.asarray(sums[self.j + 1] - sums[self.i])

    def share(self, mask: Booleans) -> Floats:
        """Their share."""
        return np.asarray(self.count(mask) / self.sizes, np.float32)

    def before(self, mask: Booleans) -> Booleans:
        """Whether the word before is marked."""
        return np.asarray(np.concatenate([[False], mask])[self.i])

    def after(self, mask: Booleans) -> Booleans:
        """Whether the word after is marked."""
        return np.asarray(np.concatenate([mask, [False]])[self.j + 1])

    def cuts(self, mask: Booleans) -> tuple[Booleans, Booleans]:
        """Whether the span parts two marked words with nothing but a space between them, at its start and its end."""
        spans, parted = self.words.spans, np.zeros(len(mask) + 1, np.bool_)
        parted[1:-1] = mask[1:] & mask[:-1] & (spans[1:, 0] - spans[:-1, 1] <= 1)
        return np.asarray(parted[self.i]), np.asarray(parted[self.j + 1])


def _likely(words: Words) -> tuple[Places, Places, Floats]:
    """The first and last words of the likeliest spans and their logits, best first; none begins or ends with a sign."""
    size = len(words)
    scores = words.starts[:, None] + words.ends[None, :]
    lengths = np.arange(size)[None, :] - np.arange(size)[:, None]
    allowed = (lengths >= 0) & (lengths < LONGEST) & ~words.signs[:, None] & ~words.signs[None, :]
    places = np.flatnonzero(allowed)
    order = places[np.argsort(-scores.ravel()[places], kind="stable")[:LIKELY]]
    low, high = np.unravel_index(order, scores.shape)
    return np.asarray(low), np.asarray(high), np.asarray(scores.ravel()[order])


def _read(words: Words, low: Places, high: Places, logits: Floats) -> Columns:
    """What the reader says of the first candidates among all that are likely."""
    sums = np.concatenate([[0], np.cumsum(~words.signs)])
    sizes = sums[high + 1] - sums[low]
    i, j = low[:CANDIDATES], high[:CANDIDATES]
    first = np.maximum(i[:, None], low[None, :])
    last = np.maximum(np.minimum(j[:, None], high[None, :]) + 1, first)
    agreement = 2 * (sums[last] - sums[first]) / (sizes[:CANDIDATES, None] + sizes[None, :])
    chances = np.exp(logits - logits.max())
    flat = np.sqrt(chances)
    return {
        "chance": np.log(chances[:CANDIDATES] / chances.sum()),
        "start": words.starts[i] - words.starts[low].max(),
        "end": words.ends[j] - words.ends[high].max(),
        "expected": agreement @ (chances / chances.sum()),
        "expected_flat": agreement @ (flat / flat.sum()),
    }


def _edges(inside: _Inside, written: Sequence[str]) -> Columns:
    words = inside.words
    comma, heavy = (np.array([sign in marks for sign in written]) for marks in (",،、，", ";:—–；："))
    opens, closes = (np.array([sign in marks for sign in written]) for marks in ("([{«“„‹（《", ")]}»”›）》"))
    return {
        "one": inside.i == inside.j,
        "first": inside.i == 0,
        "last": inside.j == len(words) - 1,
        "stop_start": words.stops[inside.i],
        "stop_end": words.stops[inside.j],
        "stop_before": inside.before(words.stops),
        "stop_after": inside.after(words.stops),
        "stops": inside.share(words.stops),
        "sign_before": inside.before(words.signs),
        "sign_after": inside.after(words.signs),
        "comma": inside.count(comma) > 0,
        "comma_before": inside.before(comma),
        "comma_after": inside.after(comma),
        "heavy": inside.count(heavy) > 0,
        "opened": inside.before(opens),
        "closed": inside.after(closes),
        "unbalanced": inside.count(opens) != inside.count(closes),
    }


def _own_words(inside: _Inside, question: tuple[str, str], written: Sequence[str], language: str) -> Columns:
    asked = set(terms(*question))
    met = np.array([not asked.isdisjoint(terms(word, language)) for word in written])
    places = np.flatnonzero(met)
    edges = np.stack([inside.i, inside.j], axis=1)
    far = np.abs(edges[:, :, None] - places).min(axis=(1, 2)) if len(places) else np.zeros(len(edges))
    return {
        "asked": inside.share(met),
        "asked_start": met[inside.i],
        "asked_end": met[inside.j],
        "asked_before": inside.before(met),
        "asked_after": inside.after(met),
        "asked_far": np.log1p(far),
    }


def _kinds(inside: _Inside) -> Columns:
    words, i, j = inside.words, inside.i, inside.j
    capitals = _capitals(words)
    named = words.capitals & ~((np.arange(len(words)) == 0) & words.stops)
    cut_name, cut_number = inside.cuts(named), inside.cuts(words.numbers | words.times)
    return {
        "cut_name_before": cut_name[0],
        "cut_name_after": cut_name[1],
        "cut_number_before": cut_number[0],
        "cut_number_after": cut_number[1],
        "capital_start": capitals[i],
        "capital_end": capitals[j],
        "capitals": inside.share(capitals),
        "case_turns": capitals[i] & ~words.capitals[j] & ~words.numbers[j] & (j > i),
        "number": inside.count(words.numbers) > 0,
        "number_start": words.numbers[i],
        "several": inside.count(words.numbers & ~words.times) > 1,
        "time": inside.count(words.times) > 0,
    }


def _fit(inside: _Inside, question: tuple[str, str], written: Sequence[str], compare: Compare | None) -> Columns:
    words, wanted = inside.words, what_is_wanted(*question)
    quantity = words.numbers & ~words.times
    kind = quantity if wanted is Wanted.HOW_MANY else words.times if wanted is Wanted.WHEN else _capitals(words)
    told = wanted in (Wanted.HOW_MANY, Wanted.WHEN, Wanted.WHO, Wanted.WHERE) and bool(kind.any())
    none = np.zeros(len(inside.i), np.float32)
    seen: Columns = {"unfit": (inside.count(kind) == 0) & told, "near": none, "near_lost": none}
    noun = what_is_counted(*question) if compare is not None and quantity.any() else ""
    if compare is not None and noun:
        near = _nearness(noun, words, written, compare) * quantity
        within = (np.arange(len(near)) >= inside.i[:, None]) & (np.arange(len(near)) <= inside.j[:, None])
        seen["near"] = np.where(within, near, 0).max(axis=1)
        seen["near_lost"] = np.maximum(np.where(within, 0, near).max(axis=1) - seen["near"], 0)
    return seen


def _capitals(words: Words) -> Booleans:
    """Which words have a capital that the beginning of the sentence does not explain."""
    return np.asarray(words.capitals & (np.arange(len(words)) > 0))


def _nearness(noun: str, words: Words, written: Sequence[str], compare: Compare) -> Floats:
    """How near each number is to the noun, by the words around it."""
    content = [int(place) for place in np.flatnonzero(~words.stops & ~words.signs & ~words.numbers)]
    alike, near = np.zeros(len(words), np.float32), np.zeros(len(words), np.float32)
    if content:
        alike[content] = compare(noun, [written[place] for place in content])
    for place in map(int, np.flatnonzero(words.numbers)):
        for other in range(max(0, place - BEFORE), min(len(words), place + AFTER + 1)):
            away = other - place if other >= place else place - other + 1
            near[place] = max(near[place], alike[other] * (1 - FAR * away))
    return near
