"""FACTS: the words by which a question shows that it follows another one, and the words of a question with their parts.

The words of each language stand in ``followups.json``, between bars: what opens a follow-up ("et", "what about"), what
asks, what points back ("she", "dagegen"), what shows ("this"), runs that point at nothing ("y a-t-il"), articles, what
introduces a noun, and how what introduces the name of a place changes. Written for this project.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path

import regex

from rag.text.analysis import fold, terms
from rag.text.languages import primary_of
from rag.text.months import month_names

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_YEAR = regex.compile(r"(?:1[0-9]|20|21)[0-9]{2}")
_MONTHS = frozenset(word for name, _ in month_names() for word in fold(name).split())
# Words that belong to a date beside a number only: months that are words of their own, and the word for a year.
_BESIDE_NUMBERS = frozenset(
    "mai mar set out sep mag gen jun jan ene may kovo lip marts mars march marta marti marca marec marzo mart august "
    "roku rok rokem roce godini godine godina година години году года год роки року році metais metu metai gada gads "
    "aastal aasta aastat vuonna vuoden leta letu leto anul ano anno ar aret jahr jahre jaar evben ev yilinda "
    "ετος bliain".split()
)


_END = regex.compile(r"[\s?!.…;؟？。:,]+$")


@dataclass(frozen=True, slots=True)
class Cues:
    """The words of one language with their accents; ``asks``, ``expletives``, ``same`` and ``places`` are folded.

    ``places`` are the prepositions before the name of a place, each with the one that makes it belong to something
    ("à" with "de"); ``lands`` those of them before a name that has an article elsewhere ("en"), ``bare`` those that
    only tell a place where the name has none ("pour Lille"). ``joined`` are a preposition and an article by the one
    word they become, ``elided`` words by what they become before a vowel.
    """

    opens: tuple[tuple[str, ...], ...]
    points: tuple[tuple[str, ...], ...]
    asks: frozenset[str]
    shows: frozenset[str]
    expletives: tuple[tuple[str, ...], ...]
    articles: frozenset[str]
    introduces: frozenset[str]
    same: dict[str, str]
    places: dict[str, str]
    lands: frozenset[str]
    bare: frozenset[str]
    joined: dict[str, tuple[str, str]]
    elided: dict[str, str]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question at ``start:end``: as written, folded, and what part it plays.

    Exactly one of ``asks``, ``function`` (which holds articles and what introduces a noun too) and ``content`` is true.
    A number or a name is content. ``points`` marks what points back.
    """

    text: str
    folded: str
    start: int
    end: int
    asks: bool = False
    function: bool = False
    article: bool = False
    introduces: bool = False
    points: bool = False
    number: bool = False
    year: bool = False
    month: bool = False
    name: bool = False

    @property
    def content(self) -> bool:
        """Whether it says what the question is about."""
        return not (self.asks or self.function)


@cache
def cues(language: str) -> Cues | None:
    """The cues of a language, None where there are none."""
    listed = _listed().get(primary_of(language))
    if listed is None:
        return None
    runs = {name: tuple(sorted((tuple(_WORD.findall(run)) for run in words.split("|") if run), key=len, reverse=True))
            for name, words in listed.items()}  # fmt: skip
    folded = {name: tuple(tuple(map(fold, run)) for run in found) for name, found in runs.items()}
    return Cues(
        opens=runs["opens"],
        points=runs["points"],
        asks=frozenset(chain.from_iterable(folded["asks"])),
        shows=frozenset(chain.from_iterable(runs["shows"])),
        expletives=folded["expletives"],
        articles=frozenset(chain.from_iterable(runs["articles"])),
        introduces=frozenset(chain.from_iterable(runs["introduces"])),
        same=_pairs(fold(listed["same"])),
        places=_pairs(fold(listed["places"])),
        lands=frozenset(chain.from_iterable(runs["lands"])),
        bare=frozenset(chain.from_iterable(runs["bare"])),
        joined={one: (pair.split()[0], pair.split()[1]) for pair, one in _pairs(listed["joined"]).items()},
        elided=_pairs(listed["elided"]),
    )


@cache
def asking_runs(language: str) -> tuple[tuple[str, ...], ...]:
    """The words that ask in a language, and runs of them ("por qué"), folded; none where it has no cues."""
    listed = _listed().get(primary_of(language), {}).get("asks", "")
    return tuple(tuple(map(fold, _WORD.findall(run))) for run in listed.split("|") if run)


def _pairs(listed: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in listed.split("|") if pair)


def cue_languages() -> tuple[str, ...]:
    """The languages that have cues."""
    return tuple(_listed())


@cache
def _listed() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return table


def opening(question: str, language: str) -> tuple[int, int]:
    """How many words open the question as a follow-up, and where it begins after them; zeros where there are none.

    >>> opening("Et en 2020 ?", "fr")
    (1, 3)
    """
    known = cues(language)
    found = list(_WORD.finditer(question))
    written = [unicodedata.normalize("NFC", match[0].lower()) for match in found]
    for run in known.opens if known else ():
        if len(written) > len(run) and tuple(written[: len(run)]) == run:
            return len(run), int(found[len(run)].start())
    return 0, 0


def without_end(question: str) -> str:
    """The question without the marks and the space at its end."""
    return str(_END.sub("", question))


def question_words(question: str, language: str, start: int = 0) -> list[Word]:
    """The words of ``question[start:]`` with their parts; offsets are those of ``question``."""
    known = cues(language)
    found = list(_WORD.finditer(question, start))
    folded = [fold(match[0]) for match in found]
    if known is None:
        return [
            _content(match, plain, language, first=not i)
            for i, (match, plain) in enumerate(zip(found, folded, strict=True))
        ]
    written = [unicodedata.normalize("NFC", match[0].lower()) for match in found]
    pointing = _marked(written, known.points)
    idle = _marked(folded, known.expletives)
    words: list[Word] = []
    for i, (match, plain) in enumerate(zip(found, folded, strict=True)):
        word = Word(match[0], plain, *match.span())
        article, introduces = written[i] in known.articles, written[i] in known.introduces
        little = article or introduces or pointing[i] or idle[i] or written[i] in known.shows
        if plain in known.asks:
            words.append(replace(word, asks=True))
        elif little or not terms(match[0], language):
            points = pointing[i] and not idle[i]
            words.append(replace(word, function=True, article=article, introduces=introduces, points=points))
        else:
            words.append(_content(match, plain, language, first=not i))
    return [_settled(words, i, known) for i in range(len(words))]


def _settled(words: list[Word], i: int, known: Cues) -> Word:
    """The word at ``i``; where it could be a pronoun or stand before a noun, what comes next decides."""
    word, after = words[i], words[i + 1] if i + 1 < len(words) else None
    before_content = after is not None and after.content
    beside_number = any(words[j].number for j in (i - 1, i + 1) if 0 <= j < len(words))
    if word.content and word.folded in _BESIDE_NUMBERS and beside_number:
        return replace(word, month=True, name=False)
    if word.article and i == 1 and len(words) == 3 and words[0].asks and before_content and not words[2].name:
        return replace(word, points=True, article=False)  # "Qui la dirige ?"
    if word.function and unicodedata.normalize("NFC", word.text.lower()) in known.shows:
        return replace(word, points=before_content or word.points)
    if word.points and word.article:
        return replace(word, points=not before_content, article=before_content)
    if word.points and word.introduces:
        return replace(word, points=before_content)
    return word


def _content(match: regex.Match[str], plain: str, language: str, *, first: bool) -> Word:
    text = match[0]
    number = any(character.isdigit() for character in text)
    capital = text[:1].isupper() and not first
    shouts = len(text) > 1 and text.isupper()
    return Word(
        text,
        plain,
        match.start(),
        match.end(),
        number=number,
        year=bool(_YEAR.fullmatch(text)),
        month=plain in _MONTHS and plain not in _BESIDE_NUMBERS,
        name=not number and (capital or shouts),
    )


def _marked(words: list[str], runs: tuple[tuple[str, ...], ...]) -> list[bool]:
    """Which words belong to one of the runs."""
    marks = [False] * len(words)
    for run in runs:
        for i in range(len(words) - len(run) + 1):
            if tuple(words[i : i + len(run)]) == run:
                marks[i : i + len(run)] = [True] * len(run)
    return marks
