"""STAGE: a question that lacks what it is about ("who opposed it?") with phrases of the question before behind it."""

from __future__ import annotations

from collections.abc import Sequence

from rag.exchange import Turn
from rag.text.abbreviations import CAPITAL_NOUN_LANGUAGES
from rag.text.analysis import fold
from rag.text.followups import Word, cues, question_words, without_end
from rag.text.questions import Wanted, what_is_wanted

# Beginnings of the words for "which", after which comes a noun.
_CHOOSING = (
    "quel", "which", "welch", "welk", "vilk", "hvilk", "qual", "cual", "ktor", "kter", "kater", "koj", "kur", "mely",
    "ποι", "кой", "коя", "кое", "кои", "как", "liema", "cen", "hangi", "care", "як",
)  # fmt: skip


def completed(question: str, body: str, words: list[Word], before: Turn, asked: list[Word]) -> str:
    """The follow-up with what the question before was about in brackets behind it."""
    content = [word for word in words if word.content]
    topic = _whole_topic(before, asked) if not content else _topic(words, before, asked)
    if not topic:
        return ""
    end = question.rstrip()[len(without_end(question)) :]
    bare = topic.replace(" (", ", ").replace("(", "").replace(")", "")  # of a question that was completed itself
    return f"{body[:1].upper()}{body[1:]} ({bare}){end}"


def _whole_topic(before: Turn, asked: list[Word]) -> str:
    """All of the question before but the words that ask at its start or end."""
    first, last = 0, len(asked) - 1
    while first < last and (asked[first].asks or (asked[first].introduces and not asked[first].content)):
        first += 1
    while last > first and (asked[last].asks or (asked[last].function and any(word.asks for word in asked[last:]))):
        last -= 1
    return before.searched[asked[first].start : asked[last].end]


def _topic(words: list[Word], before: Turn, asked: list[Word]) -> str:
    """The phrases of the question before, without its verbs where those can be told, and the name that answered it."""
    dated = any(word.year or word.month for word in words)
    runs = [run for run in _runs(asked, before.language) if not (dated and _is_date(asked, run))]
    if not runs:
        content = [i for i, word in enumerate(asked) if word.content]
        runs = [(i, i) for i in content]
    parts = [before.searched[asked[first].start : asked[last].end] for first, last in runs]
    if what_is_wanted(before.searched, before.language) is Wanted.WHO:
        parts += _names(before)
    return ", ".join(parts)


def _is_date(asked: Sequence[Word], run: tuple[int, int]) -> bool:
    content = [word for word in asked[run[0] : run[1] + 1] if word.content]
    return all(word.number or word.month for word in content) and any(word.year or word.month for word in content)


def _names(before: Turn) -> list[str]:
    """The first name of two words or more in the answer that the question did not have."""
    found: list[list[Word]] = []
    for word in question_words(before.reply, before.language):
        adjoins = found and before.reply[found[-1][-1].end : word.start] in (" ", "-", "\u00a0")
        if word.name and adjoins:
            found[-1].append(word)
        elif word.name:
            found.append([word])
    names = [before.reply[run[0].start : run[-1].end] for run in found if len(run) > 1]
    return [name for name in names if name not in before.searched][:1]


def _runs(asked: list[Word], language: str) -> list[tuple[int, int]]:
    """The noun phrases of a question: stretches between its other function words that an article, a preposition, a
    name, a number or a question word marks as such."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    known = cues(language)
    joining = {fold(run[0]) for run in known.opens if len(run) == 1} if known else set()
    for i in range(len(asked) + 1):
        joined = 0 < i < len(asked) - 1 and asked[i].folded in joining and asked[i - 1].content
        inside = i < len(asked) and (joined or _is_nominal(asked[i]))
        if inside and start is None:
            start = i
        elif not inside and start is not None:
            found += _phrase(asked, start, i - 1, language)
            start = None
    return found


def _is_nominal(word: Word) -> bool:
    return (word.content or word.introduces or word.article) and not word.points


def _phrase(asked: list[Word], first: int, last: int, language: str) -> list[tuple[int, int]]:
    """The stretch without the verb it may begin with and without introducing words at its ends; none where no noun is
    marked in it."""
    choosing = first > 0 and asked[first - 1].asks and asked[first - 1].folded.startswith(_CHOOSING)
    counting = any(word.asks for word in asked[:first]) and _wanted(asked[:first], language) is Wanted.HOW_MANY
    content = sum(word.content for word in asked[first : last + 1])
    counted = counting and not any(word.content for word in asked[:first])
    if not choosing and not counted and asked[first].content and not _marks_noun(asked, first, last, language):
        if content == 1:
            return []
        first += 1
    while first <= last and not asked[first].content:
        first += 1
    while last >= first and not asked[last].content:
        last -= 1
    if language in CAPITAL_NOUN_LANGUAGES:
        while last > first and not (asked[last].number or asked[last].text[:1].isupper()):
            last -= 1
    return [(first, last)] if first <= last else []


def _wanted(words: Sequence[Word], language: str) -> Wanted | None:
    """What the question that begins with ``words`` asks for."""
    return what_is_wanted(" ".join(word.text for word in words), language)


def _marks_noun(asked: list[Word], i: int, last: int, language: str) -> bool:
    word = asked[i]
    return (
        word.name
        or word.number
        or (i < last and asked[i + 1].number)
        or (language in CAPITAL_NOUN_LANGUAGES and word.text[:1].isupper())
    )
