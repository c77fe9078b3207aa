"""FACTS: which language a text is in, for whole documents and for questions of three words.

py3langid (BSD, offline, one 4 MB model in its wheel) reads the bytes. Its probabilities are then weighed with what it
cannot know: which languages are likely here, and, where the text is short, which little words of which language it
holds. On words that several languages share ("Importar marcadores") no method can tell; the probability says so.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection
from functools import cache, lru_cache
from typing import TYPE_CHECKING, TypeAlias

from rag.text.stopwords import STOP_WORDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.text.language_model import Detector

Logarithms: TypeAlias = "NDArray[np.float64]"
"""One for each language of the detector, ``(n,)``; added to those of its probabilities."""

_PRIOR = (
    ({"en", "fr", "hr"}, 0.3),
    ({"de", "es", "it", "pt"}, 0.25),
    ({"bg", "cs", "da", "el", "et", "fi", "ga", "hu", "lt", "lv", "mt", "nl", "pl", "ro", "sk", "sl", "sv"}, 0.0),
    ({"ar", "hi", "no", "ru", "th", "tr", "uk", "vi", "zh"}, math.log(0.6)),
)
"""What a text that tells nothing is likely to be in, as logarithms: the languages this product is made for first.

Croatian is raised until, on short lines, it is taken for Slovene as often as Slovene for it.
"""

_UNLIKELY = math.log(0.02)
"""Any other language: a short text is taken for one only if it clearly is."""

_NOT_LATIN = frozenset("ar be bg el fa he hi hy ja ka ko mk ru th uk ur zh".split(" "))

_GROUPS = ({"no", "nb", "nn"}, {"hr", "bs", "sr", "sh"})
_GROUP = {language: min(group) for group in _GROUPS for language in group}
_NOT_AMONG = math.log(0.15)
_WRONG_SCRIPT = math.log(1e-4)
_PER_WORD, _FEW_WORDS = 1.5, 25
"""What a word weighs that is a little word of one language only, in a text of at most so many words. The weights were
chosen on interface strings of 10 to 60 characters in the 24 languages of the Union, and questions in twelve."""

_ASKS, _ASKS_UNMARKED = 6.0, 2.0
"""What counts a question word of the language at the beginning, with a question mark at the end and without: more than
what the names behind it look like. Without one, "Care" and "Come" may well be English."""
_HYPHENED = re.compile(r"\W*\w+-")  # "Co-operation" asks nothing
_QUESTION_MARKS = ("?", ";", "؟", "？", "\u037e")

_LIKELY = math.log(4)
"""What the language of the browser or the terminal counts: it decides "budget Frontex", and leaves alone a question
that is plainly in another."""

_PART_CHARS = 2000
_SIGNS = re.compile(r"[\d_#*|<>=%/\\]+")
_NOISE = re.compile(rf"\S+@\S+|https?://\S+|www\.\S+|{_SIGNS.pattern}")
_ADDRESS_MARKS = ("@", "://", "www.")
_BEYOND_LATIN = re.compile("[\u0250-\u1dff\u1f00-\U0010ffff]")
_WORD = re.compile(r"[^\W\d_]+")


def detect_language(text: str, among: Collection[str] | None = None, likely: str = "") -> tuple[str, float]:
    """The primary subtag of the language of ``text``, and how likely it is (0 to 1); ``und`` if it has no letters.

    ``among`` are languages that are likely, such as those of an index: they are preferred when the text leaves a
    doubt, and another one is still found where it leaves none. ``likely`` is the one that whoever wrote it has most
    likely, where that is known. Of a long text, three parts are read.

    >>> detect_language("Quelles mesures la Commission propose-t-elle ?")[0]
    'fr'
    """
    import numpy as np

    sample = _sample(text)
    words = _WORD.findall(sample.lower())
    if not words:
        return "und", 0.0
    model = _model()
    scores = model.log_chances(sample) + _priors()
    if len(words) <= _FEW_WORDS:
        for language, weight in _hints(words).items():
            if language in model.languages:
                scores[model.languages.index(language)] += weight
        marked = text.rstrip().endswith(_QUESTION_MARKS)
        for language in _opened_by(words) if marked or not _HYPHENED.match(sample) else ():
            scores[model.languages.index(language)] += _ASKS if marked else _ASKS_UNMARKED
    if not _BEYOND_LATIN.search("".join(words)):
        scores += _wrong_script()
    if among:
        scores += _not_among(frozenset(_group(_primary(tag)) for tag in among))
    if _primary(likely) in model.languages:
        scores[model.languages.index(_primary(likely))] += _LIKELY
    top = scores.max()
    best = max(model.languages[place] for place in np.flatnonzero(scores == top))
    return best, float(1 / np.exp(scores - top).sum())


def same_language(a: str, b: str) -> bool:
    """Whether two BCP-47 tags name one language for a reader: the Norwegian ones do, and Croatian with its sisters.

    >>> same_language("pt-BR", "pt"), same_language("nb", "nn"), same_language("sk", "cs")
    (True, True, False)
    """
    return _group(_primary(a)) == _group(_primary(b))


def primary_of(tag: str) -> str:
    """The language of a tag as the tables of words call it, both written forms of Norwegian being one.

    >>> primary_of("pt-BR"), primary_of("nb_NO")
    ('pt', 'no')
    """
    primary = _primary(tag)
    return "no" if primary in ("nb", "nn") else primary


def _primary(tag: str) -> str:
    return tag.replace("_", "-").split("-")[0].lower()


def _group(language: str) -> str:
    return _GROUP.get(language, language)


def _sample(text: str) -> str:
    """The text without addresses and digits, its beginning, middle and end if it is long, composed, in small letters
    where it shouts."""
    if len(text) > 3 * _PART_CHARS:
        middle = (len(text) - _PART_CHARS) // 2
        text = "\n".join((text[:_PART_CHARS], text[middle : middle + _PART_CHARS], text[-_PART_CHARS:]))
    text = unicodedata.normalize("NFC", text)
    noise = _NOISE if any(mark in text for mark in _ADDRESS_MARKS) else _SIGNS
    clean = " ".join(noise.sub(" ", text).split())
    return clean.lower() if clean.isupper() else clean


@cache
def _telling() -> dict[str, tuple[str, ...]]:
    """Little words and the languages that have them."""
    found: dict[str, list[str]] = {}
    for language, words in STOP_WORDS.items():
        for word in set(words.split()):
            if len(word) > 1:
                found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}


def _hints(words: list[str]) -> dict[str, float]:
    """For each language, the weight of its little words among ``words``; what many share tells less."""
    hints: dict[str, float] = {}
    for word in set(words):
        languages = _telling().get(word, ())
        for language in languages:
            hints[language] = hints.get(language, 0.0) + _PER_WORD / len(languages)
    return hints


def _opened_by(words: list[str]) -> list[str]:
    """The languages that a question word opens ``words`` in, with one little word before it at most ("in welchem")."""
    from rag.text.analysis import fold

    first, second = ([*words, ""])[:2]
    return [
        language
        for language, asking in _asking().items()
        if fold(first) in asking or (fold(second) in asking and language in _telling().get(first, ()))
    ]


@cache
def _asking() -> dict[str, frozenset[str]]:
    """The question words of the languages that the detector knows, folded."""
    from rag.text.followups import cue_languages, cues

    known = {language: cues(language) for language in cue_languages() if language in _model().languages}
    return {language: found.asks for language, found in known.items() if found}


@cache
def _priors() -> Logarithms:
    import numpy as np

    def prior(language: str) -> float:
        return next((weight for languages, weight in _PRIOR if language in languages), _UNLIKELY)

    return np.array([prior(language) for language in _model().languages])


@cache
def _wrong_script() -> Logarithms:
    import numpy as np

    return np.array([_WRONG_SCRIPT if language in _NOT_LATIN else 0.0 for language in _model().languages])


@lru_cache(maxsize=64)
def _not_among(liked: frozenset[str]) -> Logarithms:
    import numpy as np

    return np.array([0.0 if _group(language) in liked else _NOT_AMONG for language in _model().languages])


@cache
def _model() -> Detector:
    from rag.text.language_model import Detector

    """The detector, read once from its wheel (about half a second, 95 MB)."""
    return Detector()
