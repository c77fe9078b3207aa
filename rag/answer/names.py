"""STAGE: the proper names of a sentence, and whether a text has them in any of their forms.

Conservative on both sides: a word counts as a name only where its writing says so, and as missing only where no form,
no inflection, no compound and no abbreviation of it stands in the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import regex

from rag.text.abbreviations import CAPITAL_NOUN_LANGUAGES
from rag.text.analysis import fold, stop_words, terms, word_tokens
from rag.text.months import month_names
from rag.text.spelling import latin

_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:[’'.&][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*\.?")
_OPENS = regex.compile(r"(?:^|[.!?:…»”\"„“(–—\n•]\s*)$")
_ELIDED = regex.compile(r"^\p{Ll}{1,5}[’'](?=\p{L})|^[LDJNMSC][’'](?=\p{L})|^Qu[’'](?=\p{L})")
_ENDED = regex.compile(r"[’'](?:s|\p{L}{1,3})$")

_CASELESS = frozenset("da de en es fr ga it mt nb nl nn no pt sv".split())
"""Languages whose names keep their form, but for a genitive s."""

_DERIVED = ("n", "an", "ian", "ean", "ish", "ese", "i", "er", "isch", "ische", "ischen", "ischer", "isches", "ien",
            "ienne", "iens", "iennes", "ais", "aise", "ois", "oise", "ano", "ana", "anos", "anas", "ese", "esi", "is",
            "ic", "ico", "ica", "s", "es", "e", "ns", "a", "as", "en", "ern")  # fmt: skip
"""Endings that make an adjective or a people of a country's name: Hungary, Hungarian; Ungarn, ungarisch."""

_ALIASES = (
    "eu ue es ес еу εε ab is lb", "un onu vn osn onz оон uno oon ohn yk fn fao", "nato otan нато",
    "usa us eua eeuu сша ηπα сащ", "gdpr rgpd dsgvo avg rodo", "cjeu cjue eugh tjue cgue hvjeu",
    "ecb bce ezb ebc екв", "ai ia ki mi ии ші tn yz", "vat tva iva mwst btw ddv dph dds", "who oms voz воз",
    "uk ru gb vk", "meps mdep eurodeputes mep",
)  # fmt: skip

@dataclass(frozen=True, slots=True)
class Name:
    """A word of a sentence that is written like a name. ``sure`` where nothing else has that writing."""

    word: str
    sure: bool


@cache
def common_words() -> dict[str, frozenset[str]]:
    """Folded words that are no names, by language."""
    lines = (Path(__file__).parents[1] / "text" / "common_words.txt").read_text(encoding="utf-8").splitlines()
    return {language: frozenset(words) for language, *words in (line.split(" ") for line in lines)}


@cache
def _no_names(language: str) -> frozenset[str]:
    """Folded words that never count as names: common ones, little ones, months."""
    months = frozenset(fold(word) for name, _ in month_names() for word in name.split())
    return stop_words(language) | months | common_words().get(language, frozenset())


def find_names(sentence: str, language: str) -> list[Name]:
    """The words of ``sentence`` that are names, in order.

    A word with a capital inside the sentence is one, and so is a word of capitals or of letters and digits. The first
    word, and in German every noun, is one unless it is among the common words; such a name is not sure.

    >>> [name.word for name in find_names("Les membres de Frontex saluent l’ONU.", "fr")]
    ['Frontex', 'ONU']
    """
    primary = language.split("-")[0]
    nouns = primary in CAPITAL_NOUN_LANGUAGES
    found = []
    for match in _WORD.finditer(sentence):
        opens = bool(_OPENS.search(sentence, 0, match.start()))
        word = _ELIDED.sub("", match[0]).rstrip(".")
        if not word[:1].isupper() and not (any(map(str.isalpha, word)) and regex.search(r"\d\p{Lu}|\p{Lu}", word)):
            continue
        if len(word) < 2 or regex.fullmatch(r"[IVX]+", word):
            continue
        shouts = sum(map(str.isupper, word)) > 1
        if shouts or not (opens or nouns):
            found.append(Name(word, True))
        elif not is_common(word, primary):
            found.append(Name(word, False))
    return found


def is_common(word: str, language: str) -> bool:
    """Whether the word is among the common ones, as it is or as the last part of a compound."""
    folded, known = fold(_ENDED.sub("", word)), _no_names(language)
    if folded in known or any(folded.endswith(end) and folded[: -len(end)] in known for end in _INFLECTED):
        return True
    if language not in CAPITAL_NOUN_LANGUAGES:
        return False
    return folded.endswith(_ABSTRACT) or any(folded[cut:] in known for cut in range(3, len(folded) - 3))


_INFLECTED = ("s", "n", "e", "en", "er", "es")
_ABSTRACT = ("ung", "ungen", "heit", "keit", "heiten", "keiten", "schaft", "tion", "tionen", "tat", "ismus")


class NamesIn:
    """The words of a text, to look names up in."""

    def __init__(self, text: str, language: str) -> None:
        """``language`` is that of the text."""
        self._language = language.split("-")[0]
        self._words = set(word_tokens(text))
        self._latin = {latin(word) for word in self._words}
        self._terms = set(terms(text, language))
        self._initials = _initials(text)
        self._shouted = {fold(word) for word in regex.findall(r"\b\p{Lu}{2,}\b", text)}

    def has(self, name: str, language: str) -> bool:
        """Whether the name stands in the text; ``language`` is that of the sentence it is in."""
        word = _ENDED.sub("", name)
        parts = word_tokens(word)
        if not parts or all(self._has_word(part, language) for part in parts):
            return True
        return word.isupper() and self._has_short(fold(word))

    def _has_word(self, word: str, language: str) -> bool:
        if word in self._words or set(terms(word, language)) & self._terms:
            return True
        latinised = latin(word)
        if latinised in self._latin:
            return True
        caseless = language.split("-")[0] in _CASELESS and self._language in _CASELESS
        return any(_same_name(latinised, other, caseless) for other in self._latin)

    def _has_short(self, word: str) -> bool:
        """An abbreviation that the text spells out, or has in another language."""
        if any(word in initials for initials in self._initials):
            return True
        return any(word in row.split() and self._shouted & set(row.split()) for row in _ALIASES)


def _same_name(word: str, other: str, caseless: bool) -> bool:
    """Whether two words are one name with two endings, or one inside a compound.

    >>> _same_name("hungary", "hungarian", True), _same_name("dupont", "dupond", True)
    (True, False)
    >>> _same_name("kowalski", "kowalskiego", False)
    True
    """
    shared = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    rest, other_rest = word[shared:], other[shared:]
    if shared < 3 or shared < min(len(word), len(other)) - 3:
        return False
    if caseless:
        endings = {rest, other_rest}
        known = ("", "y", "ia", "ie", "land", *_DERIVED)
        derived = shared >= 4 and all(end in known for end in endings)
        return derived and (len(rest) > 1 or len(other_rest) > 1 or endings <= {"", "s", "n", "e"})
    return max(len(rest), len(other_rest)) <= 4 and min(len(rest), len(other_rest)) <= 2


def _initials(text: str) -> set[str]:
    """What the words with capitals that follow one another begin with, little words between them passed over."""
    found: set[str] = set()
    words = regex.findall(r"\p{L}+", text)
    for start in range(len(words)):
        run = ""
        for word in words[start : start + 9]:
            if word[:1].isupper() or len(word) > 3:
                run += fold(word[0])
                if len(run) > 1:
                    found.add(run)
    return found
