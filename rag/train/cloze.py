"""TOOL: questions made of passages by leaving out what answers them, to teach the reader more than people marked.

A name, a date, a number or a run of words is left out of a sentence; what remains, in part and out of order, behind a
question word of that kind, is the question.
Source: the idea, with translation where order is lost here, Lewis et al., Unsupervised Question Answering by Cloze
Translation (2019), section 2.
"""

from __future__ import annotations

import lzma
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import regex

from rag.text.analysis import fold, stop_words
from rag.text.dates import find_dates
from rag.text.questions import Wanted, cues
from rag.text.sentences import sentences
from rag.train.questions import Marked

_WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+(?:[.,'’-][\p{L}\p{N}\p{M}]+)*")
_NUMBER = regex.compile(r"(?<!\p{N})\p{N}{2,}(?:[.,\u00a0\u202f ]\p{N}{3})*(?:[.,]\p{N}+)?(?:\s?[%€$£])?")
_SENTENCE_CHARS = (50, 400)
_ASKED_WORDS = 12
_DROPPED = 0.2
_PHRASE_WORDS = 5
_KINDS = ("name", "date", "number", "phrase")
_KIND_CHANCES = (0.35, 0.15, 0.2, 0.3)
_CUES = {
    "name": (Wanted.WHO, Wanted.WHERE, None),
    "date": (Wanted.WHEN,),
    "number": (Wanted.HOW_MANY,),
    "phrase": (None,),
}
_BY_TITLE = 2500
_TITLE_CHARS = (300, 1800)

Place = tuple[int, int]


def cloze_questions(source: str, passages: Sequence[tuple[str, str]], each: int, seed: int) -> list[Marked]:
    """Up to ``each`` questions of every passage, given with its language first; the same for the same ``seed``.

    ``source`` is what they are called.
    """
    rng = np.random.default_rng(seed)
    found = []
    for language, text in passages:
        spans = [
            span for span in sentences(text, language) if _SENTENCE_CHARS[0] <= span[1] - span[0] <= _SENTENCE_CHARS[1]
        ]
        for at in rng.permutation(len(spans))[:each]:
            made = _ask(text, spans[at], language, rng)
            if made is not None:
                question, (start, end) = made
                found.append(Marked(source, language, question, text, ((start, text[start:end]),)))
    return found


def read_passages(file: Path, seed: int) -> list[tuple[str, str]]:
    """Language and passage of ``title_passage.tsv.xz``, at most _BY_TITLE a language, chosen by ``seed``."""
    rng = np.random.default_rng(seed)
    with lzma.open(file, "rt", encoding="utf-8") as stream:
        rows = [line.rstrip("\n").split("\t") for line in stream][1:]
    taken: Counter[str] = Counter()
    found = []
    for at in rng.permutation(len(rows)):
        language, text = rows[at][2], rows[at][4]
        if _TITLE_CHARS[0] <= len(text) <= _TITLE_CHARS[1] and taken[language] < _BY_TITLE:
            taken[language] += 1
            found.append((language, text))
    return found


def _ask(text: str, sentence: Place, language: str, rng: np.random.Generator) -> tuple[str, Place] | None:
    """A question about one sentence of ``text`` and where its answer stands; None where nothing can be left out."""
    low, high = sentence
    words = [(low + m.start(), low + m.end()) for m in _WORD.finditer(text[low:high])]
    answers = {
        "name": _names(text, words),
        "date": [(low + start, low + end) for start, end, _ in find_dates(text[low:high])],
        "number": [(low + m.start(), low + m.end()) for m in _NUMBER.finditer(text[low:high])],
        "phrase": _phrases(text, words, language),
    }
    chances = np.array([chance if answers[kind] else 0.0 for kind, chance in zip(_KINDS, _KIND_CHANCES, strict=True)])
    if not chances.any() or len(words) < 6:
        return None
    kind = _KINDS[rng.choice(len(_KINDS), p=chances / chances.sum())]
    start, end = answers[kind][rng.integers(len(answers[kind]))]
    before = [word for word in words if word[1] <= start][-_ASKED_WORDS // 2 :]
    after = [word for word in words if word[0] >= end][: _ASKED_WORDS - len(before)]
    parts = [[text[a:b] for a, b in part if rng.random() >= _DROPPED] for part in (before, after)]
    if sum(fold(word) not in stop_words(language) for part in parts for word in part) < 3:
        return None
    if rng.random() < 0.5:
        parts.reverse()
    return " ".join([*_cue(kind, language, rng), *parts[0], *parts[1], "?"]), (start, end)


def _cue(kind: str, language: str, rng: np.random.Generator) -> list[str]:
    wanted = _CUES[kind][rng.integers(len(_CUES[kind]))]
    listed = cues().get(language, {}).get(wanted, "") if wanted else ""
    asking = listed.replace("^", "").split("|")
    return [asking[rng.integers(len(asking))]] if asking[0] else []


def _names(text: str, words: Sequence[Place]) -> list[Place]:
    """Runs of words with a capital, but at the beginning."""
    found: list[Place] = []
    for start, end in words[1:]:
        if not text[start].isupper():
            continue
        if found and text[found[-1][1] : start] == " ":
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _phrases(text: str, words: Sequence[Place], language: str) -> list[Place]:
    """Runs of up to _PHRASE_WORDS words that begin after a stop word and end before one, or before a sign."""
    stop = [fold(text[a:b]) in stop_words(language) for a, b in words]
    found = []
    for i in range(1, len(words)):
        if not stop[i - 1] or stop[i]:
            continue
        for j in range(i, min(i + _PHRASE_WORDS, len(words))):
            last = j + 1 == len(words) or stop[j + 1] or text[words[j][1] : words[j + 1][0]] != " "
            if last and not stop[j]:
                found.append((words[i][0], words[j][1]))
                break
    return found
