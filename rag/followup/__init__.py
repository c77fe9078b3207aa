"""STAGE: a question and the conversation before it -> the question that stands alone.

By rules over small lists of words, in words of the conversation only, but for the form of an article or a preposition
("au Havre" becomes "du Havre"). A complete question is left as it is: a
follow-up that is missed can be typed again, a question that is altered answers something nobody asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rag.exchange import Turn
from rag.followup.fragment import appended, replaced
from rag.followup.topic import completed
from rag.text.followups import Word, cues, opening, question_words, without_end
from rag.text.questions import Wanted, what_is_wanted

_FRAGMENT_WORDS = 6
"""A fragment that a connective opens ("and for unaccompanied minors?") has no more words that say something."""
_BARE_WORDS = 2
"""And one that none opens ("pour les mineurs ?") no more than so many."""
_CLAUSE_WORDS = 3
"""A question that a connective opens and that names nothing leans on the one before it up to so many."""
_POINTING_WORDS = 3
"""A question with a pronoun and nothing it could stand for leans on the one before it up to so many."""
_OWNED_WORDS = 2
"""The same for what points with a noun behind it ("his budget", "this vote"), which may be said of anybody."""


class Rewriter(Protocol):
    """Makes a follow-up stand alone: the rules here, or a generative model."""

    def rewrite(self, question: str, language: str, history: Sequence[Turn]) -> str:
        """The question as it would be asked without the conversation; empty where it stands alone already."""


class RuleRewriter:
    """The rewriter that needs no model."""

    def rewrite(self, question: str, language: str, history: Sequence[Turn]) -> str:
        """The standalone question in words of the conversation; empty for a first or a complete question.

        >>> before = Turn("Quel était le budget de Frontex en 2019 ?", "fr")
        >>> RuleRewriter().rewrite("Et en 2020 ?", "fr", [before])
        'Quel était le budget de Frontex en 2020 ?'
        """
        if not history or cues(language) is None:
            return ""
        opened, start = opening(question, language)
        words = question_words(question, language, start)
        if not leans(words, opened=opened, wanted=what_is_wanted(question[start:], language)):
            return ""
        before = history[-1]
        asked = question_words(before.searched, before.language)
        if not any(word.content for word in asked):
            return ""
        body = without_end(question[start:])
        if _is_fragment(words):
            made = replaced(question, words, before, asked) or appended(body, words, before)
        else:
            made = completed(question, body, words, before, asked)
        return made if made != question.strip() else ""


def leans(words: Sequence[Word], *, opened: int, wanted: Wanted | None) -> bool:
    """Whether a question needs the one before it; ``opened`` counts the words of a connective before ``words``."""
    content = [word for word in words if word.content]
    named = any(word.name for word in content)
    if not words:
        return False
    if _points_back(words, opened=opened > 0):
        return True
    if any(word.asks for word in words):
        if not content:
            return True
        telling = named or any(word.number for word in content)
        if opened:
            return len(content) <= _CLAUSE_WORDS and not telling
        definition = wanted is None or any(word.article for word in words)
        return len(content) == 1 and not telling and not definition
    if opened:
        return 0 < len(content) <= (_FRAGMENT_WORDS if opened == 1 else _CLAUSE_WORDS - named)
    if not content:
        return False
    bare = len(content) <= _BARE_WORDS and (words[0].introduces or all(word.number or word.month for word in content))
    return bare or (len(content) == 1 and (len(words) == 1 or (len(words) == 2 and (named or words[0].article))))


def _points_back(words: Sequence[Word], *, opened: bool) -> bool:
    """Whether a word points back and nothing before it in the question could be meant."""
    content = [word for word in words if word.content]
    if len(content) > _POINTING_WORDS or (not opened and any(word.name for word in content)):
        return False
    for i, word in enumerate(words):
        owned = i + 1 < len(words) and words[i + 1].content and (word.introduces or not word.article)
        if word.points and (not owned or opened or len(content) <= _OWNED_WORDS):
            return not any(_is_antecedent(words, j) for j in range(i))
    return False


def _is_antecedent(words: Sequence[Word], i: int) -> bool:
    """Whether the word at ``i`` is a name, or a noun that is not what the question asks for."""
    word = words[i]
    if not word.content:
        return False
    if word.name or word.number or (i < 2 and not words[0].asks):
        return True
    asked_for = i < 4 and words[0].asks and not any(other.content or other.article for other in words[:i])
    return i > 0 and not asked_for and (words[i - 1].article or words[i - 1].introduces)


def _is_fragment(words: Sequence[Word]) -> bool:
    return not any(word.asks or word.points for word in words)
