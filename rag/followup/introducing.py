"""STAGE: the prepositions and articles before a name, as its new place wants them ("de Nantes", "du Havre")."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rag.text.analysis import fold
from rag.text.followups import Cues, Word

_VOWELS = frozenset("aeiouœæ")


def lead_of(words: Sequence[Word], first: int, known: Cues | None) -> tuple[str, ...]:
    """The words that introduce the phrase at ``first``, folded, without articles, contractions undone."""
    lead = [word.folded for word in introducing(words, first) if word.introduces]
    return tuple(known.same.get(word, word) if known else word for word in lead)


def stand_alike(
    words: Sequence[Word], head: int, asked: Sequence[Word], first: int, known: Cues, *, by_article: bool
) -> bool:
    """Whether the name at ``head`` of a fragment and the one at ``first`` of a question may both be those of places.

    ``by_article`` holds where nouns have a capital too: a name is then what has no article.
    """
    lead, own = _place(words, head, known), _place(asked, first, known)
    if not own or not lead or (asked[first].text.isupper() and not words[head].text.isupper()):
        return False
    articled = has_article(words, head, known), has_article(asked, first, known)
    if any(articled) and (by_article or _written(words, head) & known.bare):
        return False
    return articled[1] or own not in known.places.values() or not _written(words, head) & known.lands


def has_article(words: Sequence[Word], first: int, known: Cues) -> bool:
    """Whether an article introduces the phrase at ``first``, be it joined to a preposition."""
    apart = any(word.article for word in introducing(words, first))
    return apart or not _written(words, first).isdisjoint(known.joined)


def is_bare_place(words: Sequence[Word], first: int, known: Cues) -> bool:
    """Whether the phrase at ``first`` has the preposition of a place before it and no article."""
    return bool(_place(words, first, known)) and not has_article(words, first, known)


def introduced(words: Sequence[Word], head: int, asked: Sequence[Word], first: int, known: Cues) -> str | None:
    """What to put before the name at ``head`` of a fragment where the name at ``first`` of a question stood.

    None where its own words are right: they have a preposition, and that says no less than the question's.
    """
    lead, own = _place(words, head, known), _place(asked, first, known)
    owning = known.places.values()
    loose, brought = _loosened(introducing(asked, first), known), _loosened(introducing(words, head), known)
    if lead and (own not in owning or lead in owning):
        return None
    prepositions = [word for word, article in loose if not article]
    articles = [word for word, article in brought if article]
    if not articles and (not lead or _written(words, head) & known.lands):  # "de la France", then "en Espagne"
        apart = [word.text for word in introducing(asked, first) if word.article]
        articles = [word for word in apart if word.lower() in known.elided or not known.elided]
    return _tightened(prepositions + articles, words[head].text, known)


def introducing(words: Sequence[Word], first: int) -> Sequence[Word]:
    """The prepositions and articles before the phrase at ``first``."""
    start = first
    while start and (words[start - 1].introduces or words[start - 1].article):
        start -= 1
    return words[start:first]


def _written(words: Sequence[Word], first: int) -> set[str]:
    return {unicodedata.normalize("NFC", word.text.lower()) for word in introducing(words, first)}


def _place(words: Sequence[Word], first: int, known: Cues) -> str:
    """The one preposition of a place before ``first``, or the article that does its work; empty where there is none."""
    lead = lead_of(words, first, known) or tuple(word.folded for word in introducing(words, first))
    return lead[0] if len(lead) == 1 and lead[0] in known.places else ""


def _loosened(words: Sequence[Word], known: Cues) -> list[tuple[str, bool]]:
    """Prepositions and articles one by one, each with whether it is an article."""
    whole = {short.rstrip("'"): word for word, short in known.elided.items() if word in known.places}
    found: list[tuple[str, bool]] = []
    for word in words:
        written = unicodedata.normalize("NFC", word.text.lower())
        if written in known.joined:
            preposition, article = known.joined[written]
            found += [(preposition, False), (article, True)]
        elif word.article:
            found.append((word.text, True))
        else:
            found.append((whole.get(written, written), False))
    return found


def _tightened(words: list[str], name: str, known: Cues) -> str:
    """The words as they are written before ``name``, joined and elided."""
    if not words:
        return ""
    joins = {pair: one for one, pair in known.joined.items()}
    pair = (words[-2], words[-1].lower()) if len(words) > 1 else ("", "")
    written = [*words[:-2], joins[pair]] if pair in joins else list(words)
    if fold(name)[:1] in _VOWELS:
        written[-1] = known.elided.get(written[-1], written[-1])
    text = " ".join(written)
    return f"{text}'" if words[-1].lower() == "l" else text if text.endswith("'") else f"{text} "
