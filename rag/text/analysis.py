"""FACTS: words as they are indexed and searched: folded, without elisions and stop words, stemmed in their language.

Accents are folded *before* stemming, on both sides, so that ``securite`` meets ``sécurité`` and ``Sécurités``.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import regex

from rag.text.stopwords import STOP_WORDS

if TYPE_CHECKING:
    import Stemmer

# Snowball's algorithms by BCP-47 tag; the other languages are matched by word form and by character n-grams.
_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "it": "italian", "lt": "lithuanian", "nb": "norwegian",
    "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

_TOKEN = regex.compile(r"[\p{L}\p{N}\p{M}]+")
# Scripts written without spaces between words: indexed by character and pair of characters.
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]+")
# Combining marks that a person may leave out (accents, Arabic vowel signs); Indic vowel signs are letters.
_OPTIONAL_MARKS = regex.compile(r"[\u0300-\u036f\u064b-\u065f\u0670]+")
_SPECIAL = str.maketrans({"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "’": "'"})
# Longer words carry the same weight with their first letters only, and bound the size of a term.
_MAX_TERM_CHARS = 40


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """``word`` in lower case without accents or typographic variants.

    >>> fold("Œuvre"), fold("SÉCURITÉ"), fold("ΕΥΡΏΠΗ")
    ('oeuvre', 'securite', 'ευρωπη')
    """
    decomposed = unicodedata.normalize("NFKD", word.lower().translate(_SPECIAL))
    return unicodedata.normalize("NFC", _OPTIONAL_MARKS.sub("", decomposed)).replace("ς", "σ")


@cache
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    import Stemmer

    name = _STEMMERS.get(language)
    return Stemmer.Stemmer(name) if name else None


@lru_cache(maxsize=262_144)
def _term(word: str, language: str) -> str:
    """The indexed form of one folded word; empty for a stop word."""
    if word in _folded_stop_words(language):
        return ""
    stemmer = _stemmer(language)
    return (stemmer.stemWord(word) if stemmer else word)[:_MAX_TERM_CHARS]


@cache
def _folded_stop_words(language: str) -> frozenset[str]:
    return frozenset(fold(word) for word in STOP_WORDS.get(language, "").split())


def word_tokens(text: str) -> list[str]:
    """Folded words of ``text`` in order; an elided article and its noun are two words."""
    return [fold(match) for match in _TOKEN.findall(unicodedata.normalize("NFC", text))]


def terms(text: str, language: str) -> list[str]:
    """Index terms of ``text``: stemmed words without stop words, and pairs of characters for unspaced scripts.

    >>> terms("L’accord sur la sécurité", "fr") == terms("accords SECURITE", "fr")
    True
    """
    found: list[str] = []
    for word in word_tokens(text):
        if _UNSPACED.search(word):
            found.extend(_unspaced_terms(word))
        elif term := _term(word, language):
            found.append(term)
    return found


def _unspaced_terms(word: str) -> list[str]:
    """Characters and pairs of characters of a run without spaces."""
    return [*word, *(word[i : i + 2] for i in range(len(word) - 1))]


@lru_cache(maxsize=262_144)
def _word_grams(word: str, size: int) -> tuple[str, ...]:
    padded = f"_{word}_"
    return tuple(padded[i : i + size] for i in range(max(1, len(padded) - size + 1)))


def grams(text: str, language: str, size: int = 4) -> list[str]:
    """Character n-grams of the words that are no stop words, with ``_`` at the edges of a word.

    They find a word through a typing error, a compound or an ending that no stemmer knows.

    >>> grams("l'accord", "fr")
    ['_acc', 'acco', 'ccor', 'cord', 'ord_']
    """
    stop = _folded_stop_words(language)
    return [gram for word in word_tokens(text) if word not in stop for gram in _word_grams(word, size)]
