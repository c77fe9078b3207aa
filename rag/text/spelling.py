"""FACTS: how one name is spelled in several alphabets: in Latin letters, and as its consonants.

Vowels are written otherwise in every language, and hardly at all in Arabic; the consonants of a name stay about the
same: Tesla, Тесла, Τέσλα and تسلا are all ``tsl``.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import groupby

import regex

from rag.text import han
from rag.text.analysis import fold

_GREEK = dict(
    zip("αβγδεζηθικλμνξοπρστυφχψω", "a v g d e z i th i k l m n x o p r s t y f ch ps o".split(), strict=True)
)
_CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґј",
        "a b v g d e zh z i i k l m n o p r s t u f kh ts ch sh sht a y - e yu ya i yi ye g j".split(),
        strict=True,
    )
)
_LATIN = {ord(sign): latin.strip("-") for table in (_GREEK, _CYRILLIC) for sign, latin in table.items()}

# The consonants, one sign each: c is sh, ch and their like, j is zh and dzh, h also the Russian х. What a sign does not
# stand for is a vowel. Where a spelling has two sounds, both are tried: ``[kc]``.
_SPELLINGS = {
    "latin": (
        *zip("tsch tch sch sh ch zh dzh dj ph th gh kh ck qu sz cz ts tz".split(),
             "c c c c [ck] j j j f t g h k k c c s s".split(), strict=True),
        ("c(?=[eiy])", "s"), ("g(?=[eiy])", "[gj]"), ("h(?![aeiouyäöü])", ""), ("(?<=[aeiou])w(?![aeiouy])", ""),
        *zip("ş ș š ç č ž x c q j y ğ".split(), "c c c c c j ks k k [jy] y y".split(), strict=True),
    ),
    "greek": (
        ("γ?ου(?=[αεηιο])", "w"),
        *zip("μπ ντ γκ γγ τσ τζ".split(), "b d g g s j".split(), strict=True),
        *zip("β γ δ ζ θ κ λ μ ν ξ π ρ σ ς τ φ χ ψ".split(),
             "v g d z t k l m n ks p r s s t f h ps".split(), strict=True),
    ),
    "cyrillic": (
        ("дж", "j"),
        *zip("б в г ґ д ж з к л м н п р с т ф х ц ч ш щ ђ џ љ њ ј".split(),
             "b v g g d j z k l m n p r s t f h s c c c j j l n y".split(), strict=True),
    ),
    "arabic": (
        ("^و", "w"), ("و(?=[اي])", "[wy]"), ("[هة]$", ""), ("تش", "c"),
        *zip("ب ت ث ج ح خ د ذ ر ز س ش ص ض ط ظ غ ف ق ك ل م ن ه پ چ ڤ گ".split(),
             "b t t [jg] h h d d r z s c s d t z g f k k l m n h p c v g".split(), strict=True),
    ),
}  # fmt: skip
_RULES = {
    name: (regex.compile("|".join(f"({written})" for written, _ in rules)), tuple(sound for _, sound in rules))
    for name, rules in _SPELLINGS.items()
}
_SCRIPT_OF = {"LATIN": "latin", "GREEK": "greek", "CYRILLIC": "cyrillic", "ARABIC": "arabic", "CJK": "han"}
_EITHER = regex.compile(r"\[(\w)(\w)\]")
_NO_CONSONANT = regex.compile(r"[^bcdfghjklmnprstvwz]+")
_MOST_READINGS = 4
# What an Arabic word may begin with that is written as one with it: the article, and, with, for, like.
_BEFORE = regex.compile(r"^(?:[وفبكل]?ال|لل|[وفبلك])(?=\p{L}{3})")
_FAMILIES = ("bpfvw", "td", "szcj", "kgh", "l", "m", "n", "r")
_KIN = {sound: place for place, sounds in enumerate(_FAMILIES) for sound in sounds}
_OTHER_OF_KIN = 0.25
_ENDING = 0.5
LEAST_CONSONANTS = 3


def latin(word: str) -> str:
    """A folded word with its Greek and Cyrillic letters in Latin ones.

    >>> latin("тесла"), latin("αθηνα"), latin("paris")
    ('tesla', 'athina', 'paris')
    """
    return word.translate(_LATIN)


@lru_cache(maxsize=65_536)
def consonants(word: str) -> tuple[str, ...]:
    """The ways to read the consonants of a word in Latin, Greek, Cyrillic or Arabic letters, or of han.runs.

    There is none in another script.

    >>> consonants("Tesla"), consonants("Тесла"), consonants("Τέσλα"), consonants("تسلا")
    (('tsl',), ('tsl',), ('tsl',), ('tsl',))
    >>> consonants("Churchill")
    ('crcl', 'crkl', 'krcl', 'krkl')
    """
    script = _script(word)
    if not script:
        return ()
    if script == "han":
        return tuple(_either(han.sounds(word))[:_MOST_READINGS]) if han.runs(word) == [word] else ()
    written = word.lower() if script == "latin" else fold(word)
    readings = [written]
    if script == "arabic" and (bare := _BEFORE.sub("", written)) != written:
        readings.append(bare)
    found = [read for reading in readings for read in _either(_heard(reading, script))]
    return tuple(dict.fromkeys(found[:_MOST_READINGS]))


def family(sound: str) -> int:
    """Which group of consonants, that languages take for one another, a sound belongs to."""
    return _KIN[sound]


@lru_cache(maxsize=131_072)
def alike(one: str, other: str) -> float:
    """How much two words are alike by their consonants, 0..1; 0 for what cannot be one name.

    >>> alike("vrcv", "wrs"), alike("tsl", "tsl"), alike("brln", "tknl")
    (0.0, 1.0, 0.0)
    """
    if len(one) > len(other):
        one, other = other, one
    if len(one) < LEAST_CONSONANTS or len(other) - len(one) > 1 or _KIN[one[0]] != _KIN[other[0]]:
        return 0.0
    apart = _apart(one, other)
    return 0.0 if apart > len(one) / 4 else 1 - apart / len(one)


def _apart(one: str, other: str) -> float:
    """What turns ``one`` into ``other``, which has as many signs or one more."""
    if len(one) == len(other):
        return sum(_swap(a, b) for a, b in zip(one, other, strict=True))
    gaps = []
    for gap in range(1, len(other)):
        left = other[:gap] + other[gap + 1 :]
        price = _ENDING if gap == len(one) else 1.0
        gaps.append(price + sum(_swap(a, b) for a, b in zip(one, left, strict=True)))
    return min(gaps)


def _swap(one: str, other: str) -> float:
    return 0.0 if one == other else _OTHER_OF_KIN if _KIN[one] == _KIN[other] else 1.0


def _script(word: str) -> str:
    return _SCRIPT_OF.get(unicodedata.name(word[0], "").split(" ")[0], "") if word else ""


def _heard(written: str, script: str) -> str:
    """The consonants of a word in the order they are heard, two readings in brackets."""
    pattern, sounds = _RULES[script]
    heard = pattern.sub(lambda match: sounds[(match.lastindex or 1) - 1], written)
    return fold(heard) if script == "latin" else heard


def _either(heard: str) -> list[str]:
    """Every reading of ``heard``, doubled letters once."""
    match = _EITHER.search(heard)
    if match is None:
        return [_NO_CONSONANT.sub("", "".join(sign for sign, _ in groupby(heard)))]
    before, after = heard[: match.start()], heard[match.end() :]
    return [reading for sound in match.groups() for reading in _either(before + sound + after)]
