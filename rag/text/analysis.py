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

# Scripts written without spaces between words: indexed by character and pair of characters.
_UNSPACED_SIGNS = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_UNSPACED = regex.compile(f"[{_UNSPACED_SIGNS}]")
# The letter apostrophe parts words like the two typed ones; a year beside Chinese signs is a word of its own.
_TOKEN = regex.compile(
    rf"[{_UNSPACED_SIGNS}][{_UNSPACED_SIGNS}\p{{M}}]*|[[\p{{L}}\p{{N}}\p{{M}}]--[{_UNSPACED_SIGNS}\u02bc]]+", regex.V1
)
# Signs within a word that nobody sees or types: soft hyphens, joiners, direction marks, the Arabic stretch.
_INVISIBLE = regex.compile(r"[\u00ad\u0640\u200c-\u200f\u2060\ufeff]+")
# Combining marks that a person may leave out (accents, Arabic vowel signs); Indic vowel signs are letters, and so is
# the breve of й, on which Russian endings turn.
_OPTIONAL_MARKS = regex.compile(r"(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f\u064b-\u065f\u0670]+")
_SPECIAL = str.maketrans(
    {"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "ς": "σ", "’": "'", "ʼ": "'"}
)
# Two spellings of one letter: Romanian with cedillas, Russian without dots.
_SAME_LETTER = str.maketrans("şţё", "șțе")
# Longer words carry the same weight with their first letters only, and bound the size of a term.
_MAX_TERM_CHARS = 40
GRAM_CHARS = 4
# So much of what stands between white space is remembered, about 80 MB; then it is forgotten and learnt again.
_MOST_CHUNKS = 250_000


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """``word`` in lower case without accents or typographic variants.

    >>> fold("Œuvre"), fold("SÉCURITÉ"), fold("ΕΥΡΏΠΗ")
    ('oeuvre', 'securite', 'ευρωπη')
    """
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word).lower()
    plain = _OPTIONAL_MARKS.sub("", _INVISIBLE.sub("", decomposed)).translate(_SPECIAL)
    return unicodedata.normalize("NFC", plain)


def _primary(language: str) -> str:
    return language.replace("_", "-").split("-")[0].lower()


@cache
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    import Stemmer

    name = _STEMMERS.get(_primary(language))
    return Stemmer.Stemmer(name) if name else None


def has_stemmer(language: str) -> bool:
    """Whether the endings of a language are known, so that a word and its other forms are one term."""
    return _primary(language) in _STEMMERS


@lru_cache(maxsize=262_144)
def _term(word: str, language: str) -> str:
    """The indexed form of one word as it is written; empty for a stop word."""
    if _is_stop_word(word, language):
        return ""
    stemmer = _stemmer(language)
    folded = fold(word)
    return (stemmer.stemWord(folded) if stemmer else folded)[:_MAX_TERM_CHARS]


@lru_cache(maxsize=262_144)
def _is_stop_word(word: str, language: str) -> bool:
    """Whether ``word`` is a stop word as it is written; one with other accents is another word (mais, maïs)."""
    return word.lower().translate(_SAME_LETTER) in stop_words(language)


@cache
def stop_words(language: str) -> frozenset[str]:
    """The stop words of a language with their accents and without, so that folded words are found too."""
    primary = _primary(language)
    words = STOP_WORDS.get("no" if primary in ("nb", "nn") else primary, "").split()
    return frozenset(word.translate(_SAME_LETTER) for word in words) | frozenset(map(fold, words))


def _written_words(text: str) -> list[str]:
    """The words of ``text`` in order, with their accents and capitals."""
    plain = text if text.isascii() else _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    words: list[str] = _TOKEN.findall(plain)
    return words


def word_tokens(text: str) -> list[str]:
    """Folded words of ``text`` in order; an elided article and its noun are two words."""
    return [folded for word in _written_words(text) if (folded := fold(word))]


def terms(text: str, language: str) -> list[str]:
    """Index terms of ``text``: stemmed words without stop words, and pairs of characters for unspaced scripts.

    >>> terms("L’accord sur la sécurité", "fr") == terms("accords SECURITE", "fr")
    True
    """
    found: list[str] = []
    for word in _written_words(text):
        if _UNSPACED.match(word):
            found.extend(_unspaced_terms(fold(word)))
        elif term := _term(word, language):
            found.append(term)
    return found


def terms_and_grams(text: str, language: str) -> tuple[str, str]:
    """What ``terms`` and ``grams`` give, each joined by spaces, at a fraction of their price.

    >>> terms_and_grams("l'accord", "fr") == (" ".join(terms("l'accord", "fr")), " ".join(grams("l'accord", "fr")))
    True
    """
    known = _known.get(language) or _known.setdefault(language, _Chunks(language))
    found = [known[chunk] for chunk in text.split()]  # no word reaches over white space
    return _joined(found)


def _joined(found: list[tuple[str, str]]) -> tuple[str, str]:
    return " ".join([words for words, _ in found if words]), " ".join([parts for _, parts in found if parts])


class _Chunks(dict[str, tuple[str, str]]):
    """The terms and the 4-grams of what stands between white space in one language, found when first met."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, chunk: str) -> tuple[str, str]:
        analysed = [_analysed(word, self._language) for word in _written_words(chunk)]
        joined = _joined(analysed)
        if len(chunk) <= _MAX_TERM_CHARS:
            every = list(_known.values())
            if sum(map(len, every)) >= _MOST_CHUNKS:
                for chunks in every:
                    chunks.clear()
            self[chunk] = joined
        return joined


_known: dict[str, _Chunks] = {}


@lru_cache(maxsize=131_072)
def _analysed(word: str, language: str) -> tuple[str, str]:
    """The terms and the 4-grams of one word as it is written, each joined by spaces."""
    folded = "" if _is_stop_word(word, language) else fold(word)
    parts = " ".join(_word_grams(folded, GRAM_CHARS)) if folded else ""
    if _UNSPACED.match(word):
        return " ".join(_unspaced_terms(fold(word))), parts
    return _term(word, language), parts


def _unspaced_terms(word: str) -> list[str]:
    """Characters and pairs of characters of a run without spaces."""
    return [*word, *(word[i : i + 2] for i in range(len(word) - 1))]


def _word_grams(word: str, size: int) -> tuple[str, ...]:
    padded = f"_{word}_"
    return tuple(padded[i : i + size] for i in range(max(1, len(padded) - size + 1)))


def grams(text: str, language: str, size: int = GRAM_CHARS) -> list[str]:
    """Character n-grams of the words that are no stop words, with ``_`` at the edges of a word.

    They find a word through a typing error, a compound or an ending that no stemmer knows.

    >>> grams("l'accord", "fr")
    ['_acc', 'acco', 'ccor', 'cord', 'ord_']
    """
    kept = [fold(word) for word in _written_words(text) if not _is_stop_word(word, language)]
    return [gram for word in kept if word for gram in _word_grams(word, size)]
