"""STAGE: what a question wants (a person, a time, a quantity, a place, a reason) held against what a sentence has."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from unicodedata import decimal

import regex

from rag.text.abbreviations import CAPITAL_NOUN_LANGUAGES
from rag.text.amounts import asks_money, tells_money
from rag.text.analysis import stop_words, word_tokens
from rag.text.dates import MONTHS, find_dates
from rag.text.numerals import spelled_numbers
from rag.text.questions import Wanted, what_is_wanted

# Groups of three parted by spaces are one number ("39 870"); other numbers that follow one another are two.
_NUMBER = regex.compile(
    r"(?<!\p{Nd})\p{Nd}{1,3}(?:[ \u00a0\u2009\u202f]\p{Nd}{3})+(?!\p{Nd})(?:[.,]\p{Nd}+)*|\p{Nd}+(?:[.,]\p{Nd}+)*"
)
_NAME = regex.compile(r"(?<![.!?:;»”\"\n]\s)(?<!^)(?<=\s|[’'«“(])\p{Lu}[\p{L}\p{M}’'-]+")
_CAPITALS = regex.compile(r"\b\p{Lu}{2,}\b")
# A name of several words: "Marlene Achterberg", "Mme de La Tour", "Frau Dragosin".
_RUN = regex.compile(
    r"\p{Lu}[\p{L}\p{M}’'-]*\.?(?:\s(?:(?:de|del|della|di|da|du|des|la|le|van|von|den|der|ten|zu|dos|al|el)\s){0,2}"
    r"\p{Lu}[\p{L}\p{M}’'-]+)+"
)
# A telephone number begins with 0 or + and has three groups or more; it answers no "how many".
_TELEPHONE = regex.compile(r"(?<!\p{Nd})(?:\+\p{Nd}{1,3}|0)\p{Nd}{0,3}(?:[ \u00a0\u202f.\-/]\p{Nd}{2,4}){2,}(?!\p{Nd})")
_YEAR = regex.compile(r"(?<![\p{Nd}.,])(?:1\p{Nd}{3}|20\p{Nd}{2})(?![\p{Nd}%])")
_REASON = regex.compile(
    r"\b(?:car|parce|puisque|afin|raison|grace|cause|because|since|due|order|reason|weil|denn|damit|wegen|grund|aufgrund|"
    r"porque|debido|razon|perche|poiche|motivo|pentru|deoarece|fiindca|omdat|want|zodat|poniewaz|gdyz|aby|protoze|"
    r"pretoze|jer|zato|ker|защото|потому|чтобы|тому|щоб|mert|hogy|fordi|eftersom|darfor|koska|sest|jo|nes|γιατι|επειδη|"
    r"διοτι|ωστε|cunku|icin|ghax|mar|لان)\b|因为|由于"
)


def see_wanted(question: str, asked_in: str, sentences: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
    """For each sentence, given with its language, features of rag.answer.features by name.

    Those of what is wanted, of its length and of its numbers.
    """
    wanted, money = what_is_wanted(question, asked_in), asks_money(question, asked_in)
    asked_words, asked_numbers = set(word_tokens(question)), numbers(question)
    rows = []
    for language, text in sentences:
        words, found = word_tokens(text), numbers(text)
        kinds = set(words) - asked_words
        row = {
            "length": log(1 + len(words)),
            "short": float(len(words) < 5),
            "numbers": len(asked_numbers & found) / len(asked_numbers) if asked_numbers else 0.0,
            "new": len(kinds) / max(len(set(words)), 1),
        }
        if wanted is Wanted.HOW_MANY:
            counts = quantities(text, language) - asked_numbers
            row["wanted_number"] = float(bool(counts) and (not money or tells_money(text)))
        elif wanted is Wanted.WHEN:
            row["wanted_time"] = float(bool(found - asked_numbers))
            row["wanted_date"] = float(bool(found - asked_numbers) and _tells_a_day(text, words, asked_numbers))
        elif wanted in (Wanted.WHO, Wanted.WHERE):
            named = "wanted_name" if wanted is Wanted.WHO else "wanted_place"
            row[named] = float(_names_anew(text, language, asked_words))
            row["wanted_person"] = float(wanted is Wanted.WHO and _has_full_name(text, language, asked_words))
        elif wanted is Wanted.WHY:
            row["wanted_reason"] = float(_gives_reason(words))
        rows.append(row)
    return rows


def _names_anew(text: str, language: str, asked_words: set[str]) -> bool:
    """Whether the sentence has a name the question has not; only sure ones count where every noun has a capital."""
    if language in CAPITAL_NOUN_LANGUAGES:
        return _has_full_name(text, language, asked_words) or bool(_folded(_CAPITALS.findall(text)) - asked_words)
    return bool(_folded(_NAME.findall(text)) - asked_words)


def _has_full_name(text: str, language: str, asked_words: set[str]) -> bool:
    """Whether the sentence has a name of several words, one of which at least the question has not."""
    for run in _RUN.findall(text):
        words = word_tokens(run)
        telling = [word for word in words if word not in stop_words(language)]
        if len(telling) > 1 and not asked_words.issuperset(telling):
            return True
    return False


def _tells_a_day(text: str, words: Sequence[str], asked_numbers: set[str]) -> bool:
    """Whether the sentence has a date, a year that the question has not, or the name of a month."""
    years = {year for year in _YEAR.findall(text) if year not in asked_numbers}
    return bool(years or find_dates(text) or not MONTHS.keys().isdisjoint(words))


def _folded(names: Sequence[str]) -> set[str]:
    return {word for name in names for word in word_tokens(name)}


def quantities(text: str, language: str) -> set[str]:
    """The numbers of a sentence in digits or in words, those of its dates and telephone numbers left out."""
    bare = text
    for start, end, _ in reversed(find_dates(text)):
        bare = bare[:start] + bare[end:]
    bare = _TELEPHONE.sub(" ", bare)
    return numbers(bare) | {str(number) for number in spelled_numbers(word_tokens(bare), language)}


def gives_reason(text: str) -> bool:
    """Whether a sentence says why, by a word that does.

    >>> gives_reason("Elle recule, car le port est fermé."), gives_reason("Elle recule.")
    (True, False)
    """
    return _gives_reason(word_tokens(text))


def _gives_reason(words: Sequence[str]) -> bool:
    return bool(_REASON.search(" ".join(words)))


def numbers(text: str) -> set[str]:
    """The numbers of ``text`` as European digits alone, grouping and decimal signs left out.

    >>> sorted(numbers("1 000 agents en 2023, soit 3,5 %"))
    ['1000', '2023', '35']
    """
    return {"".join(str(decimal(ch)) for ch in found if ch.isdecimal()) for found in _NUMBER.findall(text)}
