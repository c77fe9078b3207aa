"""TOOL: ``python -m rag.train words`` writes rag/text/common_words.txt: the words that are no names, per language.

A word is common when it mostly stands in small letters inside sentences. German and Luxembourgish write every noun with
a capital: there a noun is common when an article or the like often stands before it.
"""

from __future__ import annotations

import lzma
from collections import Counter
from itertools import pairwise
from pathlib import Path

import regex

from rag.text.abbreviations import CAPITAL_NOUN_LANGUAGES
from rag.text.analysis import fold
from rag.text.phrases import phrase_languages

SOURCES = frozenset({"eforms-sdk", "tatoeba-manythings", "tatoeba", "eurlex-en-fr", "duckduckgo-android",
                     "matrix-react-sdk", "python-docs", "udhr"})  # fmt: skip
"""Sources under CC BY, CC0, Apache 2.0 or the reuse terms of the European Union, as SOURCES.md beside them says."""

_WORD = regex.compile(r"[\p{L}\p{M}]+")
_DETERMINERS = frozenset(
    "der die das den dem des ein eine einen einem einer eines kein keine keinen im am zum zur vom beim diese dieser "
    "dieses diesem diesen jede jeder jedes alle allen aller seine seiner seinen ihre ihrer ihren unser unsere mein "
    "meine deine viele vielen mehrere einige".split()
)


def count_words(data: Path) -> dict[str, tuple[Counter[str], Counter[str]]]:
    """For each language, how often each folded word is common, and how often it looks like a name."""
    found = {language: (Counter[str](), Counter[str]()) for language in phrase_languages()}
    for language, text in _texts(data):
        if language in found:
            _count(text, *found[language], language in CAPITAL_NOUN_LANGUAGES)
    return found


def _texts(data: Path) -> list[tuple[str, str]]:
    texts: set[tuple[str, str]] = set()
    with lzma.open(data / "parallel.tsv.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            source, _, first, second, a, b = line.rstrip("\n").split("\t")
            if source in SOURCES:
                texts |= {(first, a), (second, b)}
    with lzma.open(data / "pairs.tsv.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            language, source, english, text = line.rstrip("\n").split("\t")
            if source in SOURCES:
                texts |= {("en", english), (language, text)}
    return sorted(texts)


def _count(text: str, common: Counter[str], name: Counter[str], capital_nouns: bool) -> None:
    words = _WORD.findall(text)
    for place, (before, word) in enumerate(pairwise(words)):
        folded = fold(word)
        first = words[place - 1] if place and before.islower() else before
        if word.islower() or (capital_nouns and {first.lower(), before.lower()} & _DETERMINERS):
            common[folded] += 1
        elif word[:1].isupper() and not before.isupper():
            name[folded] += 1


def write_words(data: Path, out: Path, count: int) -> None:
    """Write the ``count`` most frequent common words of each language, a line a language; three times as many where
    the nouns are among them for having an article."""
    lines = []
    for language, (common, name) in sorted(count_words(data).items()):
        nouns = language in CAPITAL_NOUN_LANGUAGES
        share, most = (0.15, 3 * count) if nouns else (0.6, count)
        kept = [word for word, often in common.most_common() if often >= 3 and often >= share * (often + name[word])]
        lines.append(" ".join([language, *sorted(kept[:most])]))
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
