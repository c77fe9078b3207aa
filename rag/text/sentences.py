"""FACTS: where sentences begin and end, in every language of the Union and a few more.

The reader of a quotation sees one of these spans, so a sentence cut short is worse than two left together. Paragraphs
are found first (rag.text.paragraphs). Within one every possible end is then judged by the word before it, by the word
after it, and by what the language abbreviates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.schema import Span
from rag.text.abbreviations import CAPITAL_NOUN_LANGUAGES, ORDINAL_LANGUAGES, Abbreviations, abbreviations
from rag.text.paragraphs import LINE, ORDINAL_DATE, paragraphs, trimmed

LONG_CHARS = 600
"""A sentence over several lines longer than this is cut at its line breaks: nobody reads such a quotation."""

THAI_CHARS = 110
"""Thai marks no sentence ends: a space after this many characters is taken for one."""

_NEAR_CHARS = 60
"""How far back the words before a mark are looked at."""

_LEADING = re.compile(r"(?:#{1,6}[ \t]+|>[ \t]?|[-*+•▪◦‣●■][ \t]+|\d{1,3}[.)][ \t]+(?![a-zß-ÿ]))")

_SURE = "。！？｡।॥؟۔։።"
_CLOSERS = "\"'”’»›“«‹)\\]}*_」』）】》〉"
_STOP = rf"(?<![.!?…‽])[.!?…‽]+(?:[ \u00a0\u202f][»›](?!\w)|[{_CLOSERS}])*(?:\[[^\[\]\n]{{1,30}}\])*"
_GLUED = r"(?<=[^\W\d_A-Z]{3})[.!?](?=[^\W\d_])"
_END = re.compile(rf"(?:[{_SURE}]+|[!?]+(?=[\u2e80-\u9fff]))[{_CLOSERS}]*|{_STOP}(?=\s|$)|{_GLUED}")
_GREEK_END = re.compile(rf"{_END.pattern}|[;\u037e][{_CLOSERS}]*(?=\s|$)")
_MARK = re.compile(rf"[{_SURE}.!?…‽]")
_GREEK_MARK = re.compile(rf"[{_SURE}.!?…‽;\u037e]")
_NEXT = re.compile(r"[«»\"“”„‚‘'’\[({¿¡*_\s—–‹›#>-]*(\w*)(\W?)")
_BEFORE = re.compile(r"([^\s()\[\]{}«»\"“”„’'/…,;:]+)$")
_SEVERAL_STOPS = re.compile(r"(?:[^\W\d_]{1,4}\.)+[^\W\d_]{1,4}$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-)*[^\W\d_]$")
_ROMAN = re.compile(r"[IVXLC]+$")
_LABEL = re.compile(r"[\W_]{,9}(?:[^\W\d_]{1,30}\s{1,9})?(?:\d+(?:\.\d+)*|[IVXLC]+|[^\W\d_])$")
_THAI_SPACE = re.compile(r"(?<=[\u0e00-\u0e7f\d)”\"]) +(?=[\u0e00-\u0e7f“\"(])")


def sentences(text: str, language: str) -> list[Span]:
    """The sentences of ``text`` in order, trimmed; together they hold every character that is not white space.

    ``language`` is a BCP-47 tag. A heading, a list item, a table row each begins and ends a sentence.

    >>> text = "Vu l'art. 28 du traité, M. Dupont vota. Il partit."
    >>> [text[start:end] for start, end in sentences(text, "fr")]
    ["Vu l'art. 28 du traité, M. Dupont vota.", 'Il partit.']
    """
    return [span for paragraph in paragraphs(text) for span in sentences_in(text, paragraph, language)]


def sentences_in(text: str, paragraph: Span, language: str) -> list[Span]:
    """The sentences of one span of ``paragraphs``."""
    primary = language.replace("_", "-").split("-")[0].lower()
    spans: list[Span] = []
    start, end = paragraph
    for cut in _cuts(text, paragraph, primary):
        spans += trimmed(text, start, cut)
        start = cut
    spans += trimmed(text, start, end)
    return [piece for span in spans for piece in _lines_of_long(text, span)]


def quotable(text: str, span: Span) -> Span:
    """``span`` without the Markdown around its sentence: list and heading marks, emphasis that encloses it all.

    >>> quotable("- **Fin.**", (0, 10))
    (4, 8)
    """
    start, end = span
    while (mark := _LEADING.match(text, start, end)) and not ORDINAL_DATE.match(text, start):
        if mark.end() >= end or (mark[0][0].isdigit() and not _opens_line(text, span[0])):
            break
        start = mark.end()
    for emphasis in ("**", "__", "*", "_"):
        if not text.startswith(emphasis, start):
            continue
        inside = text[start + len(emphasis) : end - len(emphasis)]
        if text.endswith(emphasis, start, end) and inside and inside == inside.strip() and emphasis not in inside:
            start, end = start + len(emphasis), end - len(emphasis)
    return start, end


def _opens_line(text: str, start: int) -> bool:
    return not text[text.rfind("\n", 0, start) + 1 : start].strip()


def _lines_of_long(text: str, span: Span) -> list[Span]:
    """The span, or its lines where it is too long to be quoted."""
    start, end = span
    if end - start <= LONG_CHARS or "\n" not in text[start:end]:
        return [span]
    lines = (trimmed(text, start + line.start(), start + line.end()) for line in LINE.finditer(text[start:end]))
    return [piece for line in lines for piece in line]


def _cuts(text: str, paragraph: Span, language: str) -> Iterator[int]:
    """The offsets within a paragraph at which a sentence ends."""
    start, end = paragraph
    if language == "th":
        yield from _thai_cuts(text, paragraph)
        return
    table = abbreviations(language)
    for match in _marks(text, paragraph, greek=language == "el"):
        if match.end() < end and _ends(text, start, match, end, language, table):
            yield match.end()
            start = match.end()


def _marks(text: str, paragraph: Span, *, greek: bool) -> Iterator[re.Match[str]]:
    """What may end a sentence, in order: the matches of _END, looked for only where one of its signs stands."""
    whole, sign = (_GREEK_END, _GREEK_MARK) if greek else (_END, _MARK)
    after, end = paragraph
    for found in sign.finditer(text, after, end):
        if found.start() >= after and (match := whole.match(text, found.start(), end)):
            after = match.end()
            yield match


def _thai_cuts(text: str, paragraph: Span) -> Iterator[int]:
    start, end = paragraph
    for space in _THAI_SPACE.finditer(text, start, end):
        if space.start() - start >= THAI_CHARS and end - space.end() >= THAI_CHARS // 3:
            yield space.start()
            start = space.end()


def _ends(text: str, start: int, match: re.Match[str], end: int, language: str, table: Abbreviations) -> bool:
    """Whether the sentence that began at ``start`` ends with the mark ``match``."""
    mark = match[0]
    following = _NEXT.match(text, match.end(), end)
    word, symbol = (following[1], following[2]) if following else ("", "")
    if mark[0] in _SURE or "\u2e80" <= text[match.end()] <= "\u9fff":
        return True
    if not text[match.end()].isspace():
        return word in table.starters or "\u0600" <= text[match.end()] <= "\u06ff"
    if word[:1].islower() and not any(letter.isupper() for letter in word[:3]):
        return False
    if mark[0] != "." or mark.startswith(".."):
        return _exclaims(text, start, match, word, table)
    if _LABEL.fullmatch(text, start, match.start()):
        return False
    near = max(start, match.start() - _NEAR_CHARS)
    before = _BEFORE.search(text, near, match.start())
    return before is None or _full_stop(text[near : before.start()], before[1], word, symbol, language, table)


def _exclaims(text: str, start: int, match: re.Match[str], word: str, table: Abbreviations) -> bool:
    """Whether a sentence ends with ``?``, ``!`` or dots before a word that begins with a capital."""
    if ")" not in match[0] and "]" not in match[0]:
        return True
    opening = text[max(start, match.start() - _NEAR_CHARS) : match.start()].rstrip()
    if opening.endswith(("(", "[")):  # "[…]": something was left out
        return opening[:-1].rstrip().endswith((".", "!", "?", "…"))
    return word in table.starters


def _full_stop(lead: str, token: str, word: str, symbol: str, language: str, table: Abbreviations) -> bool:
    """Whether the full stop after ``token``, which ``lead`` precedes and ``word`` or ``symbol`` follows, ends it."""
    bare = token.strip("*_-")
    lower = bare.lower()
    without_article = lower.rpartition("-")[2]  # Maltese: "id-Dr. Borg"
    if not table.never.isdisjoint((bare, lower, without_article)):
        return False
    if _INITIALS.fullmatch(bare):
        return _after_initial(lead, bare, word, language, table)
    if bare[:1].isdigit() or _ROMAN.fullmatch(bare):
        return _after_number(bare, word, symbol, language, table)
    counted = word[:1].isdigit() or symbol in tuple("§№") or len(word) == 1 or bool(_ROMAN.fullmatch(word))
    if counted and (bare in table.numbered or lower in table.numbered or lower.endswith("str")):
        return False
    if not table.soft.isdisjoint((bare, lower)) or _SEVERAL_STOPS.fullmatch(bare):
        return word in table.starters or not word
    return True


def _after_initial(lead: str, letter: str, word: str, language: str, table: Abbreviations) -> bool:
    """Whether a single letter ("J.", "p.", "vitamine C.") and its full stop end the sentence."""
    if letter == "J.-C":
        return True
    if not letter[-1].isupper():
        return letter[-1].islower() and word in table.starters
    if word not in table.starters or lead.rstrip().endswith("."):
        return False
    previous = lead.split()
    if language in ORDINAL_LANGUAGES and letter in "IVX":
        return True
    return bool(previous) and (previous[-1].islower() or letter in "IVX")


def _after_number(number: str, word: str, symbol: str, language: str, table: Abbreviations) -> bool:
    """Whether a number and its full stop end the sentence, or the full stop makes it an ordinal."""
    if language not in ORDINAL_LANGUAGES:
        return True
    if language == "hu" and (word[:1].isdigit() or _ROMAN.fullmatch(word)):  # 2023. 12. 05., 2023. I. negyedév
        return False
    if number[:1].isdigit() and len(number) > 2:
        return True
    if word[:1].isdigit() or symbol == "§":  # 13. 5. 2020
        return False
    if language in CAPITAL_NOUN_LANGUAGES or _ROMAN.fullmatch(number):
        return word in table.starters
    return True
