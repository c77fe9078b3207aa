"""STAGE: a fragment ("and in 2020?") in the place of its like in the question before: a date for a date, a number for a
number, a name or a phrase for one that stands like it; behind the question where there is none.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.exchange import Turn
from rag.followup.introducing import has_article, introduced, introducing, is_bare_place, lead_of, stand_alike
from rag.text.abbreviations import CAPITAL_NOUN_LANGUAGES
from rag.text.analysis import terms
from rag.text.followups import Cues, Word, cues, without_end


def replaced(question: str, words: list[Word], before: Turn, asked: list[Word]) -> str:
    """The question before with one of its dates, numbers, names or phrases replaced; empty where none is alike."""
    known = cues(before.language)
    content = [word for word in words if word.content]
    if any(word.year or word.month for word in content) and all(word.number or word.month for word in content):
        span = _date_span(words, asked)
    else:
        span = _same_head(words, asked, before.language) or _same_number(words, asked)
        if span is None:
            span = _same_place(words, asked, before.language, known)
            if span is None and known:
                return _other_place(question, words, before, asked, known)
    if span is None:
        return ""
    first, last = span
    kept = _from(words, asked, first)
    return _put(before.searched, asked[first].start, asked[last].end, question[words[kept].start : words[-1].end])


def _put(text: str, start: int, end: int, put: str) -> str:
    """``text`` with ``put`` in the place of ``text[start:end]``, with a capital at the beginning."""
    put = put[:1].upper() + put[1:] if not text[:start].strip(" ¿") else put
    return text[:start] + put + text[end:]


def _from(words: Sequence[Word], asked: Sequence[Word], first: int) -> int:
    """The word from which a fragment is put: without its own introducing words where those of the question stay."""
    before = asked[first - 1] if first else None
    stays = before and asked[first].content and (before.introduces or before.article or asked[first].number)
    return _head(words) if stays else 0


def _date_span(words: Sequence[Word], asked: Sequence[Word]) -> tuple[int, int] | None:
    """The last date of the question before, with the word before it where the fragment has one too."""
    ends = [i for i, word in enumerate(asked) if word.year or word.month]
    if not ends:
        return None
    first = last = ends[-1]
    introduced = words[0].introduces or words[0].article
    if not introduced and sum(word.content for word in words) == 1:
        return (last, last)
    while first and (asked[first - 1].number or asked[first - 1].month):
        first -= 1
    while introduced and first and (asked[first - 1].introduces or asked[first - 1].article):
        first -= 1
    return first, last


def _same_number(words: Sequence[Word], asked: Sequence[Word]) -> tuple[int, int] | None:
    """The one number of the question before, with the noun before it where the fragment has one too."""
    if not words[-1].number or words[-1].year:
        return None
    places = [i for i, word in enumerate(asked) if word.number and not word.year]
    if len(places) != 1:
        return None
    place = places[0]
    if sum(word.content for word in words) == 1:
        return place, place
    first = place - 1 if place and asked[place - 1].content else place
    return _with_introducers(words, asked, first), place


def _same_head(words: Sequence[Word], asked: Sequence[Word], language: str) -> tuple[int, int] | None:
    """The phrase of the question before that begins with the same noun, as many words as the fragment has."""
    content = [word for word in words if word.content]
    if len(content) < 2:
        return None
    head = terms(content[0].text, language)
    for i, word in enumerate(asked):
        if word.content and terms(word.text, language) == head:
            last, count = i, 1
            for j in range(i + 1, len(asked)):
                if asked[j].content:
                    last, count = j, count + 1
                elif not (asked[j].introduces or asked[j].article):
                    break
                if count == len(content):
                    break
            while last + 1 < len(asked) and asked[last].name and asked[last + 1].name:
                last += 1
            return (_with_introducers(words, asked, i), last) if count > 1 else None
    return None


def _with_introducers(words: Sequence[Word], asked: Sequence[Word], first: int) -> int:
    """``first``, or the start of the introducing words before it where the fragment has some of its own."""
    if words[0].content:
        return first
    while first and (asked[first - 1].introduces or asked[first - 1].article):
        first -= 1
    return first


def _same_place(
    words: Sequence[Word], asked: Sequence[Word], language: str, known: Cues | None
) -> tuple[int, int] | None:
    """The phrase of the question before that stands like the fragment: same preposition, same ending."""
    head = _head(words)
    lead = lead_of(words, head, known)
    best: tuple[int, tuple[int, int]] | None = None
    for first, last in _phrases(asked, named=_is_named(words), language=language):
        if language in CAPITAL_NOUN_LANGUAGES and known and _is_common(words, asked, first, known):
            continue
        score = _likeness(words, lead, asked, (first, last), lead_of(asked, first, known), language)
        if score > 1 and (best is None or score > best[0]):
            best = score, (_with_introducers(words, asked, first), last)
    return best[1] if best else None


def _is_common(words: Sequence[Word], asked: Sequence[Word], first: int, known: Cues) -> bool:
    """Whether the noun at ``first`` has an article and a name behind it that stands as the fragment does."""
    head = _head(words)
    if not has_article(asked, first, known) or has_article(words, head, known):
        return False
    later = range(first + 1, len(asked))
    return any(stand_alike(words, head, asked, i, known, by_article=True) for i in later if asked[i].name)


def _other_place(question: str, words: Sequence[Word], before: Turn, asked: Sequence[Word], known: Cues) -> str:
    """The question before with the last name of a place, or its only name, replaced by the fragment's."""
    if not _is_named(words):
        return ""
    head, by_article = _head(words), before.language in CAPITAL_NOUN_LANGUAGES
    names = _phrases(asked, named=True, language=before.language)
    if lead_of(words, head, known):
        places = [(first, last) for first, last in names
                  if stand_alike(words, head, asked, first, known, by_article=by_article)]  # fmt: skip
    elif by_article:
        places = [(first, last) for first, last in names if is_bare_place(asked, first, known)]
        places = places if len(places) == 1 and not has_article(words, head, known) else []
    else:
        places = names if len(names) == 1 else []  # "and Poland?" after "in France": the only name there is
    if not places:
        return ""
    first, last = places[-1]
    start = asked[first - len(introducing(asked, first))].start
    put = introduced(words, head, asked, first, known)
    own = head if put is not None else head - len(introducing(words, head))
    put = (put or "") + question[words[own].start : words[-1].end]
    return _put(before.searched, start, asked[last].end, put)


def _head(words: Sequence[Word]) -> int:
    return next(i for i, word in enumerate(words) if word.content)


def _is_named(words: Sequence[Word]) -> bool:
    """Whether all that a fragment says is a name."""
    content = [word for word in words if word.content]
    return all(word.name or (i == 0 and word.text[:1].isupper()) for i, word in enumerate(content))


def _phrases(asked: Sequence[Word], *, named: bool, language: str) -> list[tuple[int, int]]:
    """Runs of names of a question, or of any words that say something where the fragment names nothing."""
    found: list[tuple[int, int]] = []
    for i, word in enumerate(asked):
        fits = (
            word.name or (i == 0 and word.content and word.text[:1].isupper())
            if named
            else word.content and not word.name
        )
        if not fits or word.number or word.month:
            continue
        if found and found[-1][1] == i - 1:
            found[-1] = found[-1][0], i
        else:
            found.append((i, i))
    return found


def _likeness(
    words: Sequence[Word],
    lead: tuple[str, ...],
    asked: Sequence[Word],
    place: tuple[int, int],
    own: tuple[str, ...],
    language: str,
) -> int:
    """How alike a fragment and a phrase stand: 0 not at all, above 1 enough to take its place."""
    if lead != own:
        return 0
    if lead:
        return 4
    common = any(word.content and not word.name for word in words[1:]) or not any(word.name for word in words[1:])
    if language in CAPITAL_NOUN_LANGUAGES:
        articles = words[0].article, place[0] > 0 and asked[place[0] - 1].article
        return 3 if articles[0] == articles[1] else 0
    if (
        not any(asked[i].name for i in range(place[0], place[1] + 1))
        and place[0]
        and common
        and not words[-1].text[:1].isupper()
    ):
        return 0
    endings = words[-1].folded[-3:] == asked[place[1]].folded[-3:]
    return 3 if endings else 2


def appended(body: str, words: Sequence[Word], before: Turn) -> str:
    """The question before with the fragment behind it."""
    text = before.searched.strip()
    kept = without_end(text)
    between = " " if words[0].introduces else ", "
    return f"{kept}{between}{body}{text[len(kept) :]}"
