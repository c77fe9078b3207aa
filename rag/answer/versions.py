"""STAGE: the sentence of another document that says the same with another figure, which an answer may not keep quiet.

A press release and its correction, two years' budgets: whoever quotes the one has to know of the other.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import regex

from rag.answer import Asked
from rag.answer.features import Seen, SentenceAt
from rag.answer.wanted import quantities
from rag.text.analysis import terms, word_tokens
from rag.text.dates import find_dates
from rag.text.languages import same_language
from rag.text.questions import Wanted, what_is_wanted

_ALIKE = 0.6
"""Two sentences say the same where they share so much of the words that either has, figures aside."""
_WITHIN = 0.85
"""Or where the shorter one has so much of its words from the longer one."""
_LEAST_WORDS = 3
"""A sentence of fewer words than this, figures aside, is like too many others."""
# What sets one figure against another: "and not 41 200", "instead of", "berichtigt".
_CORRECTS = regex.compile(
    r"\b(?:et non|au lieu d|et pas|rectifi|corrig|instead of|rather than|and not|corrected|statt|anstatt|und nicht|"
    r"berichtig|korrig|y no|en lugar de|en vez de|corregi|e non|invece d|anziche|rettific|corrett|e nao|em vez de|"
    r"retific|in plaats van|en niet|gecorrig|si nu|in loc d|corectat|a nie|zamiast|skoryg|i stallet for|och inte|"
    r"i stedet for|og ikke|rattat|rettet|a ne|misto|nikoli|namiesto|namesto|umjesto|helyett|sijaan|asemel|vietoj|"
    r"και οχι|αντι|а не|вместо|замість)\b"
)
_SPECIFIC = 3
"""A figure of so many digits is hardly another's by chance."""
_FIGURES = (Wanted.HOW_MANY, Wanted.WHEN, None)


def other_version(asked: Asked, seen: Seen, best: int) -> int | None:
    """The sentence likest to the best one, in another document and with other figures; None where there is none.

    It has every word of the question that the best one has: what was counted in May is no other version of April.
    Before any other, one that sets its figure against the best one's ("and not 41 200"), in whatever language. Only
    where a figure may be asked for.
    """
    if what_is_wanted(asked.question, asked.language) not in _FIGURES:
        return None
    place = seen.sentences[best]
    language, document = _of(asked, place)
    words, figures = _read(asked, place)
    if len(words) < _LEAST_WORDS or not figures:
        return None
    correction = _correction(asked, seen, best, figures)
    if correction is not None:
        return correction
    wanted = set(terms(asked.question, asked.language))
    met = wanted & set(terms(_text(asked, place), language))
    found: list[tuple[float, int]] = []
    for number, other in enumerate(seen.sentences):
        other_language, other_document = _of(asked, other)
        if other_document == document or not same_language(language, other_language):
            continue
        other_words, other_figures = _read(asked, other)
        alike = _likeness(words, other_words)
        if alike == 0 or not other_figures or other_figures == figures:
            continue
        if met <= set(terms(_text(asked, other), other_language)):
            found.append((alike, -number))
    return -max(found)[1] if found else None


def _correction(asked: Asked, seen: Seen, best: int, figures: AbstractSet[str]) -> int | None:
    """The first sentence of another document that says not this but that, with a telling figure of the best one."""
    _, document = _of(asked, seen.sentences[best])
    telling = {figure for figure in figures if figure.isdecimal() and len(figure) >= _SPECIFIC}
    for number, other in enumerate(seen.sentences):
        if not telling or _of(asked, other)[1] == document:
            continue
        _, other_figures = _read(asked, other)
        against = other_figures - figures
        if telling & other_figures and against and _CORRECTS.search(" ".join(word_tokens(_text(asked, other)))):
            return number
    return None


def _likeness(words: AbstractSet[str], others: AbstractSet[str]) -> float:
    """The share of the words that both have, of all or of the shorter sentence's; 0 where they say different things."""
    shared, shorter = len(words & others), min(len(words), len(others))
    if shorter < _LEAST_WORDS:
        return 0.0
    within, alike = shared / shorter, shared / len(words | others)
    return max(within if within >= _WITHIN else 0.0, alike if alike >= _ALIKE else 0.0)


def _of(asked: Asked, place: SentenceAt) -> tuple[str, str]:
    """The language and the document of a sentence."""
    passage = asked.hits[place.hit].passage
    return passage.language, passage.document_id


def _text(asked: Asked, place: SentenceAt) -> str:
    passage = asked.hits[place.hit].passage
    return passage.text[place.start - passage.start : place.end - passage.start]


def _read(asked: Asked, place: SentenceAt) -> tuple[frozenset[str], frozenset[str]]:
    """The analysed words of a sentence without digits and dates, and its figures: quantities and days."""
    text, language = _text(asked, place), asked.hits[place.hit].passage.language
    found = find_dates(text)
    bare = text
    for start, end, _ in reversed(found):
        bare = f"{bare[:start]} {bare[end:]}"
    words = frozenset(term for term in terms(bare, language) if not any(map(str.isdigit, term)))
    days = (str(day) for _, _, day in found)
    return words, frozenset([*quantities(text, language), *days])
