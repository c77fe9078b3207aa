"""STAGE: a question about what the documents say -> what it is about, which is what is searched.

Every question is put to the documents: that one says so ("What do the press releases say about …?", "D'après le
communiqué, …") tells nothing of what is asked, and no document need have the words. They stand in
``rag/text/sayings.json``. Without a frame of that kind a question comes back as it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import regex

from rag.text.followups import Word, question_words
from rag.text.languages import primary_of
from rag.text.sayings import sayings

_LEAST_WORDS = 2
"""A question has so many words of its own, one of which says something, without "in the documents"."""
_UNSPACED = ("zh", "th")
_NAMED = "\0"  # in the place of what the documents are called
_WRITTEN = {" ": r"[\s,:]+", ",": r"\s*,", "，": "[,，]?", "'": "['’]", "-": "[- ]", "…": r"(?P<asked>\S(?:.*?\S)?)"}
_FLAGS = regex.IGNORECASE | regex.DOTALL


@dataclass(frozen=True, slots=True)
class _Frames:
    """What the documents are called in a language, and the frames of a subject and of a whole question."""

    documents: regex.Pattern[str]
    about: regex.Pattern[str]
    within: regex.Pattern[str]


def without_saying(question: str, language: str) -> str:
    """The question without its frame; as it is where too little would be left, or what points back.

    >>> without_saying("Que disent les documents sur la rétention ?", "fr")
    'la rétention ?'
    >>> without_saying("According to the press release, who signed?", "en")
    'who signed?'
    >>> without_saying("What do the documents say about it?", "en")
    'What do the documents say about it?'
    """
    frames = _frames(primary_of(language))
    if frames is None:
        return question
    for named in frames.documents.finditer(question):
        text = question[: named.start()] + _NAMED + question[named.end() :]
        about = frames.about.fullmatch(text)
        found = about or frames.within.fullmatch(text)
        if found is not None:
            rest = found["asked"].rstrip(" ,") + found["end"]
            words = question_words(rest, language)
            whole = _is_subject(words) if about else _is_question(words) or language.startswith(_UNSPACED)
            return rest if whole else question
    return question


def _is_subject(words: Sequence[Word]) -> bool:
    return any(word.content for word in words) and not any(word.points for word in words)


def _is_question(words: Sequence[Word]) -> bool:
    own = sum(word.asks or word.content for word in words)
    return own >= _LEAST_WORDS and any(word.content for word in words)


@cache
def _frames(language: str) -> _Frames | None:
    row = sayings(language)
    if row is None:
        return None
    edges = ("", "") if language in _UNSPACED else (r"(?<!\w)", r"(?!\w)")
    documents = regex.compile(f"(?:{_either(row.documents)})".join(edges), _FLAGS)
    return _Frames(documents, *(_framed(frames) for frames in (row.about, row.within)))


def _framed(frames: tuple[str, ...]) -> regex.Pattern[str]:
    """A pattern of whole questions in any of the frames."""
    return regex.compile(rf"[\s¿¡]*(?:{_either(frames)})(?P<end>[\s?？؟;!.。]*)", _FLAGS)


def _either(phrases: tuple[str, ...]) -> str:
    """A pattern of any of the phrases, the longest first."""
    longest = sorted(phrases, key=len, reverse=True)
    return "|".join("".join(map(_written, phrase.replace("{}", _NAMED))) for phrase in longest)


def _written(character: str) -> str:
    """A pattern of a character of a phrase as people type it: an accent may be missing."""
    bare = unicodedata.normalize("NFD", character)[0]
    accented = bare != character and character.isalpha()
    return _WRITTEN.get(character) or (f"[{character}{bare}]" if accented else regex.escape(character))
