"""STAGE: a question with greetings, thanks and an introduction around it -> the question that is searched.

What is left out says nothing of what is asked, and no document need have it: "Bonjour, je suis journaliste à Metz.
Combien d'agents … ? Merci". The words stand in ``rag/text/courtesy.json``. A question with nothing of the kind around
it comes back as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import regex

from rag.followup import leans
from rag.text.abbreviations import CAPITAL_NOUN_LANGUAGES
from rag.text.courtesy import courtesies
from rag.text.followups import question_words
from rag.text.languages import primary_of
from rag.text.questions import what_is_wanted
from rag.text.sentences import sentences

_FIRST_PERSON = frozenset(
    "je j mon ma mes moi me nous nos notre i my we our ich mein meine meinen mir mich wir uns unser yo mi mis nosotros "
    "io mio mia miei noi nostro ik mijn mij wij ons eu meu minha nos jag min mitt vi jeg я мой моя "
    "мне мы ja moj moje".split()
)
"""Words by which a question is about the one who asks: who that is then matters."""
_MARKS = r"[\s,;:.!?…–—()\-،。！，]"
_MARK = regex.compile(r"[,;:.!?…–—\n،。！，]")
_WORD = regex.compile(r"\w")
_ASKED = regex.compile(r"[?？؟]\W*$")
_LEAST_WORDS = 2
"""What is asked must have so many content words of its own before an introduction is left out."""
_MOST_WORDS = 3
"""And an introduction ("Je suis journaliste à Metz.") has no more: a longer one tells what the question is about."""


@dataclass(frozen=True, slots=True)
class _Patterns:
    greeting: regex.Pattern[str]
    please: regex.Pattern[str]
    thanks: regex.Pattern[str]
    frame: regex.Pattern[str]
    introduced: regex.Pattern[str]
    oneself: regex.Pattern[str]


def without_courtesy(question: str, language: str) -> str:
    """The question without greetings, thanks, frames of politeness and the sentence in which one says who one is.

    >>> without_courtesy("Bonjour, je suis journaliste à Metz. Combien d’agents a Frontex ? Merci", "fr")
    'Combien d’agents a Frontex ?'
    >>> without_courtesy("Hello, could you please tell me when the Council met? Thanks!", "en")
    'when the Council met?'
    >>> without_courtesy("Bonjour", "fr")
    'Bonjour'
    """
    patterns = _patterns(primary_of(language))
    if patterns is None:
        return question
    parts = [question[start:end] for start, end in sentences(question, language)]
    bare = [_bare(part, language, patterns) for part in parts]
    asking = [index for index, part in enumerate(parts) if _ASKED.search(part)]
    if asking and _stands(" ".join(bare[asking[0] :]), language, " ".join(bare[: asking[0]])):
        bare[: asking[0]] = ["" if _introduces(part, language, patterns) else part for part in bare[: asking[0]]]
    if bare == parts or not any(bare):
        return question
    return " ".join(part for part in bare if part)


def is_courtesy(question: str, language: str) -> bool:
    """Whether nothing but greetings and thanks is said."""
    patterns = _patterns(primary_of(language))
    parts = [question[start:end] for start, end in sentences(question, language)]
    return patterns is not None and not any(_WORD.search(_bare(part, language, patterns)) for part in parts)


def _bare(part: str, language: str, patterns: _Patterns) -> str:
    """A sentence without what is polite before and after it, empty where that is all."""
    text, last = part, None
    while text != last and text:
        last = text
        greeting = patterns.greeting.match(text)
        rest = text[greeting.end() :] if greeting else ""
        ends = greeting and (_MARK.search(greeting[0]) or not rest or patterns.please.match(text))
        if ends or (greeting and (_asks(rest, language) or patterns.frame.match(rest))):
            text = rest
        text = patterns.thanks.sub(r"\g<mark>", text)
    introduced = patterns.introduced.match(text)
    framed = patterns.frame.match(text, introduced.end() if introduced else 0)
    if framed and _WORD.search(text, framed.end()):
        text = text[framed.end() :]
    return part if text == part or not _WORD.search(part) else text.strip() if _WORD.search(text) else ""


def _asks(text: str, language: str) -> bool:
    """Whether one of the first two words asks."""
    return any(word.asks for word in question_words(text, language)[:2])


def _introduces(part: str, language: str, patterns: _Patterns) -> bool:
    """Whether a sentence only says who is asking."""
    content = [word for word in question_words(part, language) if word.content]
    return bool(patterns.oneself.match(part)) and len(content) <= _MOST_WORDS


def _stands(asked: str, language: str, before: str) -> bool:
    """Whether what is asked needs nothing that was said before it."""
    words = question_words(asked, language)
    content = [word for word in words if word.content]
    if len(content) < _LEAST_WORDS or leans(words, opened=0, wanted=what_is_wanted(asked, language)):
        return False
    if any(word.folded in _FIRST_PERSON for word in words):
        return False
    named = any(word.name for word in question_words(before, language)) and language not in CAPITAL_NOUN_LANGUAGES
    return not (named and any(word.points for word in words))


@cache
def _patterns(language: str) -> _Patterns | None:
    row = courtesies(language)
    if row is None:
        return None
    end = r"(?!\w)" if language not in ("zh", "th") else ""
    please = f"(?:{_any(row.please)}){end}"
    opening = f"(?:{_any((*row.greetings, *row.thanks, *row.please))}){end}"
    closing = f"(?:{_any((*row.thanks, *row.please))}){end}"
    frame = f"(?:{_any(row.frames, please)}){end}"
    flags = regex.IGNORECASE | regex.VERSION1
    return _Patterns(
        greeting=regex.compile(rf"\W*{opening}(?!-){_MARKS}*", flags),
        please=regex.compile(rf"\W*{please}", flags),
        thanks=regex.compile(
            rf"(?:^|[,;:.!?…–—؟。！，][\s,]*|\s+(?={please})){closing}(?P<mark>\s*[?？؟]?){_MARKS}*$", flags
        ),
        frame=regex.compile(rf"{frame}(?:{_MARKS}*{please})?{_MARKS}*|{please}{_MARKS}+{frame}{_MARKS}*", flags),
        introduced=regex.compile(rf"(?:{_any(row.selves)}){end}[^?]*?{_MARKS}(?={frame})", flags),
        oneself=regex.compile(rf"(?:{_any(row.selves)}){end}", flags),
    )


def _any(phrases: tuple[str, ...], between: str = "") -> str:
    """A pattern of any of some phrases, the longest first; ``between`` may stand between their words."""
    gap = rf"(?:[\s,]+{between})?[\s,]+" if between else r"[\s,]+"
    longest = sorted(phrases, key=len, reverse=True)
    return "|".join(gap.join(map(_word, phrase.replace(",", " ").split())) for phrase in longest)


def _word(word: str) -> str:
    quoted: str = regex.sub(r"\\?['’]", "['’]", regex.escape(word))
    return quoted.replace(r"\-", "[- ]")
