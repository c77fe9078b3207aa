"""FACTS: the headings of a document, those its format declares and those a reader would recognise in plain text."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import replace

from rag.schema import Document, Heading, Span
from rag.text.paragraphs import paragraphs
from rag.text.sentences import quotable

DEEPEST = 30
"""Levels are held to this, so that a tree of sections is never deeper."""

LINE_CHARS, LINE_WORDS = 90, 14
"""A line longer than this is not taken for a heading unless it is marked as one."""

BODY_CHARS = 60
"""What follows an unmarked heading is at least this long: a short line after a short line is a list."""

CHAIN = 3
"""At most so many unmarked headings stand under one another; more short lines are a list."""

_TITLE, _MARKDOWN, _LABELLED, _CAPITALS, _NUMBERED, _BOLD, _SHORT = 1, 1, 1, 7, 7, 15, 20
"""Levels: the first line, then hashes and legal divisions (plus their depth), then what only looks like a heading."""


class _Bare(dict[int, int | None]):
    """Nothing for an accent, itself for any other code point; made when first met."""

    def __missing__(self, code: int) -> int | None:
        self[code] = bare = None if unicodedata.category(chr(code)) == "Mn" else code
        return bare


_BARE = _Bare()


def _fold(words: str) -> str:
    """The words without accents, which capitals often lack."""
    return words if words.isascii() else unicodedata.normalize("NFD", words).translate(_BARE)


_LABELS = (
    (
        "part partie teil parte partea část časť część μέρος част dio del osa rész dalis daļa deel cuid parti "
        "annex annexe anhang anexo allegato anexa příloha príloha załącznik παράρτημα приложение prilog priloga "
        "lisa liite melléklet priedas pielikums bijlage bilag bilaga iarscríbhinn anness vedlegg додаток"
    ),
    (
        "title titre titel título titolo titlul teideal hlava tytuł τίτλος дял naslov jaotis osasto cím avdeling "
        "titolu"
    ),
    (
        "chapter chapitre kapitel capítulo capitolo capitolul kapitola rozdział κεφάλαιο глава poglavlje poglavje "
        "peatükk luku fejezet skyrius nodaļa hoofdstuk caibidil kapitolu розділ"
    ),
    (
        "section abschnitt sección sezione secțiunea secção seção oddíl oddiel sekcja oddział τμήμα раздел "
        "odjeljak oddelek jagu jakso szakasz skirsnis iedaļa afdeling avsnitt afsnit roinn taqsima"
    ),
    (
        "article artikel artículo articolo artigo articolul článek článok artykuł άρθρο член članak člen artikkel "
        "artikla cikk straipsnis pants airteagal artikolu статья стаття artikkeli madde § art"
    ),
)
_FOLDED = [{_fold(word) for word in words.split()} for words in _LABELS]
_WORDS = "|".join(re.escape(word) for words in _FOLDED for word in sorted(words))
_COUNT = r"(?:\d{1,4}[a-z]?|[IVXLC]{1,7}|[A-HΑ-Ω]|premier|premiere|primero|primo)\b\.?"
_LABEL = re.compile(rf"(?i:({_WORDS}))\.?\s*{_COUNT}|{_COUNT}\s*(?i:({_WORDS}))\b")
_NUMBER = re.compile(r"((?:\d{1,2}|[IVX]{1,5}|[A-H])(?:\.\d{1,2}){0,4})[.)]?\s+[^\W\d_]")
_BLANK_LINE = re.compile(r"[^\S\n]*\n[^\S\n]*\n")
_HASHES = re.compile(r"(#{1,6})\s+\S")
_MARKS = re.compile(r"[-*+•–—·▪◦‣●|>]\s|[a-z0-9]{1,3}\)|\||>")
_CONTACT = re.compile(r"@|©|https?:|www\.|\d[\d .]{7,}")


def headings(document: Document) -> list[Heading]:
    """The headings of ``document`` in order, none over another, the larger the level the deeper.

    Where the format declares headings they are kept as they are, and only what is marked by its own form ("Article
    3") is added, deeper. Where it declares none, or a title only, short lines that stand over a paragraph are too.
    """
    text = document.text
    declared = _declared(document)
    lines = paragraphs(text)
    if len(declared) < 2:
        found = _unmarked(text, lines)
    else:
        found = [heading for span in lines if (heading := _marked(text, span))]
    lowest = max((heading.level for heading in declared), default=0)
    added = [replace(heading, level=min(lowest + heading.level, DEEPEST)) for heading in found]
    kept = [heading for heading in added if not _covered(heading, declared)]
    return sorted([*declared, *kept], key=lambda heading: heading.start)


def heading_text(text: str, heading: Heading) -> str:
    """The words of a heading on one line, without Markdown and without a colon at the end."""
    start, end = quotable(text, (heading.start, heading.end))
    words = " ".join(text[start:end].split())
    return words.rstrip(" :") or words


def _declared(document: Document) -> list[Heading]:
    """The document's own headings that stand in its text, trimmed, without those that begin within another."""
    kept: list[Heading] = []
    for heading in sorted(document.headings, key=lambda heading: (heading.start, -heading.end)):
        start = max(heading.start, kept[-1].end if kept else 0)
        words = document.text[start : heading.end]
        if heading.start == start and words.strip():
            start += len(words) - len(words.lstrip())
            level = max(1, min(heading.level, DEEPEST))
            kept.append(Heading(start, start + len(words.strip()), level))
    return kept


def _covered(heading: Heading, declared: list[Heading]) -> bool:
    """Whether it meets one of the declared headings, which rise and lie apart."""
    before = bisect_left(declared, heading.end, key=lambda other: other.start)
    return before > 0 and heading.start < declared[before - 1].end


def _is_line(text: str, span: Span) -> bool:
    return span[1] - span[0] <= 2 * LINE_CHARS and "\n" not in text[span[0] : span[1]]


def _marked(text: str, span: Span) -> Heading | None:
    """The heading that a line announces by its own form: hashes, "Article 3", "3.1 Objet"."""
    if not _is_line(text, span):
        return None
    line = text[slice(*quotable(text, span))]
    level = 0
    if hashes := _HASHES.match(text, *span):
        level = _MARKDOWN + len(hashes[1])
    elif len(line) <= LINE_CHARS and (label := _LABEL.match(_fold(line))):
        word = (label[1] or label[2]).lower()
        depth = next(depth for depth, words in enumerate(_FOLDED) if word in words)
        level = 0 if _is_sentence(_fold(line)[label.end() :]) else _LABELLED + 1 + depth
    elif len(line) <= LINE_CHARS and (number := _NUMBER.match(text, *span)) and "." in number[1]:
        level = 0 if _is_sentence(line) else _NUMBERED + 1 + number[1].count(".")
    return Heading(*span, level) if level else None


def _is_sentence(line: str) -> bool:
    """Whether a line ends as a sentence or breaks off as one; a question may well be a heading."""
    return line.rstrip(" *_").endswith((".", "!", ";", ":", ",", "…", "。", "।", "-", "–", "—"))


def _unmarked(text: str, lines: list[Span]) -> list[Heading]:
    """The headings of a text whose format declares none."""
    found: list[Heading] = []
    chain: list[Span] = []
    before: Span | None = None
    for span in lines:
        marked = _marked(text, span)
        if marked is None and _may_head(text, span, first=span == lines[0]):
            chain.append(span)
            continue
        if chain and len(chain) <= CHAIN and (marked or _is_body(text, span)) and _rests(text, before, chain[0]):
            found += _chained(text, chain, first=chain[0] == lines[0])
        chain, before = [], span
        if marked:
            found.append(marked)
            before = None
    return found


def _rests(text: str, before: Span | None, line: Span) -> bool:
    """Whether what stands before a line is finished, so that the line is not one more item of a list."""
    if before is None:
        return True
    last = text[before[1] - 1]
    blank = text.count("\n", before[1], line[0]) > 1
    return last in ".!?…。！？।»”" or (blank and last not in ":：,;")


def _chained(text: str, chain: list[Span], first: bool) -> list[Heading]:
    """Headings of lines that stand under one another; an unmarked one is deeper than the unmarked one before."""
    found: list[Heading] = []
    for depth, span in enumerate(chain):
        words = text[slice(*quotable(text, span))]
        if first and depth == 0:
            level = _TITLE
        elif number := _NUMBER.match(words):
            level = _NUMBERED + 1 + number[1].count(".")
        elif words.isupper() and len(words) > 8:
            level = _CAPITALS
        else:
            level = _BOLD if text.startswith("**", span[0]) else _SHORT + depth
        found.append(Heading(*span, level))
    return found


def _may_head(text: str, span: Span, first: bool) -> bool:
    """Whether a line looks like a heading that nothing marks: short, begun with a capital, not ended as a sentence.

    The first line of a document, and one that is bold as a whole, may be twice as long.
    """
    line = text[slice(*quotable(text, span))]
    room = 2 if first or line != text[slice(*span)] else 1
    if first and _BLANK_LINE.match(text, span[1]):
        line = line.rstrip(" :\u00a0")
    if len(line) > room * LINE_CHARS or len(line.split()) > room * LINE_WORDS or "\n" in line or _is_sentence(line):
        return False
    if _MARKS.match(text, *span) or _CONTACT.search(line) or sum(map(str.isalpha, line)) < max(2, len(line) // 3):
        return False
    return not next(letter for letter in line if letter.isalpha()).islower()


def _is_body(text: str, span: Span) -> bool:
    return span[1] - span[0] >= BODY_CHARS and not _MARKS.match(text, *span)
