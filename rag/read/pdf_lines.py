"""STAGE read: the lines of a PDF's pages -> one text whose sentences are whole."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_EDGE_LINES = 3  # a running head or foot is among the first or last three lines of its page
_STRIP = 10.0  # points; the grid on which beginnings of lines are compared
_SHARE = 0.4  # of the pages: heads that alternate left and right stand on about half of them
_TERMINAL = re.compile(r"[.!?…:;。！？][»”\"'’)\]]*$")
_BULLET = re.compile(r"[•▪◦‣●■□➢➤✓·\uf0b7\uf0a7][ \t]?")
_DASH_ITEM = re.compile(r"(?:[-–—*]|\(?(?:\d{1,2}|[a-zA-Z])[.)])\s")
_NUMBER = re.compile(r"(?<!\d)[0-9]{1,6}(?!\d)")
_ONLY_NUMBER = re.compile(r"\W*(?:\w{1,7}\.?\s)?#(?:\s?(?:/|\w{1,5})\s?\d+)?\W*")  # "- 3 -", "page 3/12"
_LEADERS = re.compile(r"(?:\.\s?|…){4,}\d*$")  # the dots of a table of contents
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_LIGATURES = re.compile("[\ufb00-\ufb06]")
_HYPHENS = "-\u2010\xad"
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST_WORD = re.compile(r"[^\W\d_]+$")
# After a hyphen at a line's end these stay apart: the second halves of French verbs and pronouns ...
_KEEP_HYPHEN = frozenset(
    {
        *("il", "elle", "on", "ils", "elles", "je", "tu", "nous", "vous", "moi", "toi", "lui", "leur", "le", "la"),
        *("les", "ce", "ci", "là", "y", "même", "mêmes", "être"),
    }
)
# ... and the words that join two halves of a compound ("Ein- und Ausreise").
_KEEP_SPACE = frozenset({"und", "oder", "bzw", "og", "och", "eller", "ja", "tai"})

Key = tuple[str, str, int | None]
"""What a line at an edge repeats: which edge, its words, and by how much its number exceeds the page's (from 0)."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page and its box in points, y upwards; all zero where it cannot be told.

    ``first_word`` is the width of the line's first word: it tells whether the line above had room for it.
    """

    text: str
    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    first_word: float = 0.0

    @property
    def height(self) -> float:
        """How tall the line's letters are, in points; 0 where it cannot be told."""
        return self.top - self.bottom


def without_running_lines(pages: list[list[Line]]) -> list[list[Line]]:
    """The pages without the heads, feet and page numbers that most of them repeat; all lines where no others are left.

    A line repeats another if it says the same, or the same but for a number that grows with the page.
    """
    keys = [_edge_keys(page, number, len(pages)) for number, page in enumerate(pages)]
    counts = Counter(key for page_keys in keys for key in {key for found in page_keys.values() for key in found})
    steps = Counter(step for page_keys in keys for step in {key[2] for found in page_keys.values() for key in found})
    least = max(2, _SHARE * len(pages))
    numbering = {step for step, count in steps.items() if step is not None and count >= least}
    running = {key for key, count in counts.items() if _is_running(key, count, least, key[2] in numbering)}
    kept = []
    for page, page_keys in zip(pages, keys, strict=True):
        dropped = {index for index, found in page_keys.items() if not running.isdisjoint(found)}
        kept.append([line for index, line in enumerate(page) if index not in dropped])
    return kept if any(kept) else pages


def _is_running(key: Key, count: int, least: float, numbers_pages: bool) -> bool:
    """Whether a line met on ``count`` pages is no part of the text; ``least`` is how many make most of them."""
    edge, words, step = key
    if step is None:
        return count >= max(least, 3) or (least == count == 2 and len(words) > 0)
    if not numbers_pages:
        return False
    return bool(_ONLY_NUMBER.fullmatch(words)) or count > 2 or (count == least and edge == "bottom")


def _edge_keys(page: list[Line], number: int, page_count: int) -> dict[int, set[Key]]:
    """What each line near the top or bottom of a page repeats there: its words, and its words with each number in turn
    put as its distance from the page's. Of a document of two pages only the outermost lines are looked at.
    """
    depth = _EDGE_LINES if page_count > 2 else 1
    order = sorted(range(len(page)), key=lambda index: -page[index].top)
    keys: dict[int, set[Key]] = {}
    for edge, indices in (("top", order[:depth]), ("bottom", order[-depth:])):
        for index in indices:
            words = " ".join(page[index].text.casefold().split())
            found = keys.setdefault(index, set())
            found.add((edge, words, None))
            for match in _NUMBER.finditer(words):
                rest = f"{words[: match.start()]}#{words[match.end() :]}"
                found.add((edge, rest, int(match[0]) - number))
    return keys


def join_pages(pages: list[list[Line]]) -> tuple[str, tuple[int, ...]]:
    """The text of all pages and the offset at which each begins; a page without text begins where the next one does.

    Inside a paragraph lines are joined by a space, at a deliberate break by a line end, between paragraphs by an empty
    line. A sentence that runs on over a page's end stays whole; a word broken by a hyphen is made whole.
    """
    texts = [clean(line.text) for page in pages for line in page]
    gaps = _whole_words(texts, _gaps(pages))
    offsets, length = [], 0
    for gap, text in zip(gaps, texts, strict=True):
        offsets.append(length + len(gap))
        length += len(gap) + len(text)
    starts, index = [], 0
    for page in pages:
        starts.append(offsets[index] if index < len(offsets) else length)
        index += len(page)
    return "".join(piece for pair in zip(gaps, texts, strict=True) for piece in pair), tuple(starts)


def clean(text: str) -> str:
    """The line without control characters, its ligatures in letters and its spaces single."""
    text = _CONTROL.sub("", _LIGATURES.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text))
    return re.sub("[ \t]+", " ", text.replace("\uf0b7", "•").replace("\uf0a7", "•"))


def _gaps(pages: list[list[Line]]) -> list[str]:
    """What stands before each line of the pages, in order."""
    gaps: list[str] = []
    before, right = Line(""), 0.0  # the line above and the right edge of its column
    for page in pages:
        spacing, rights = _spacing(page), _column_rights(page)
        for index, line in enumerate(page):
            if not gaps:
                gaps.append("")
            elif index == 0 or line.bottom > before.top:
                gaps.append(_gap_across(before, line, right))
            else:
                gaps.append(_gap(before, line, right, spacing))
            before, right = line, rights[index]
    return gaps


def _gap_across(before: Line, line: Line, right: float) -> str:
    """Between the end of a page or column and the next: a sentence that runs on is joined."""
    if _TERMINAL.search(before.text) or _LEADERS.search(before.text[-80:]) or _BULLET.match(line.text):
        return "\n\n"
    runs_on = line.height > 0 and before.right > right - 2 * line.height and 0.9 < before.height / line.height < 1.1
    return " " if line.text[:1].islower() or (runs_on and not line.text[:1].isdigit()) else "\n\n"


def _gap(before: Line, line: Line, right: float, spacing: float) -> str:
    """Between two lines of one column that ends at ``right`` and whose lines stand ``spacing`` heights apart."""
    ended = bool(_TERMINAL.search(before.text))
    if _BULLET.match(line.text) or _LEADERS.search(before.text[-80:]):
        return "\n"
    if not line.height or not before.height:
        return "\n" if ended else " "
    if min(before.top, line.top) - max(before.bottom, line.bottom) > 0.5 * min(before.height, line.height):
        return " "  # the same row: PDFium broke it at a wide space
    larger = max(before.height, line.height) / min(before.height, line.height)
    if larger > 1.15 or before.top - line.top > 1.3 * spacing * line.height:
        return "\n\n"
    if before.text[-1] in _HYPHENS and line.text[0].isalpha():
        return " "
    if ended and _DASH_ITEM.match(line.text):
        return "\n"
    had_room = before.right + 0.25 * line.height + line.first_word < right - 0.1 * line.height
    if had_room:
        return "\n\n" if ended else "\n"
    return "\n\n" if ended and abs(line.left - before.left) > 0.8 * line.height else " "


def _spacing(page: list[Line]) -> float:
    """How far apart, in heights, the page's lines stand when they belong together: the median, 1.5 at most."""
    steps = [
        (above.top - below.top) / above.height
        for above, below in pairwise(page)
        if above.height > 0 and 0.5 * above.height < above.top - below.top < 2 * above.height
    ]
    return min(median(steps), 1.5) if steps else 1.25


def _column_rights(page: list[Line]) -> list[float]:
    """For each line the right edge of its column: the furthest of the lines that begin near where it begins."""
    furthest: dict[int, float] = {}  # by the strip of the page in which lines begin
    for line in page:
        strip = int(line.left // _STRIP)
        furthest[strip] = max(furthest.get(strip, line.right), line.right)
    rights = []
    for line in page:
        reach = min(4 * line.height, 20 * _STRIP)
        strips = range(int((line.left - reach) // _STRIP), int((line.left + reach) // _STRIP) + 1)
        rights.append(max(furthest.get(strip, line.right) for strip in strips))
    return rights


def _whole_words(texts: list[str], gaps: list[str]) -> list[str]:
    """The gaps, with words broken at a line's end made whole: edits ``texts``, which belong to the caller's loop."""
    words = Counter(word for text in texts for word in _WORD.findall(text.casefold()))
    whole = list(gaps)
    for index in range(1, len(texts)):
        head, tail = texts[index - 1], texts[index]
        if gaps[index] == " " and len(head) > 1 and head[-1] in _HYPHENS:
            texts[index - 1], whole[index] = _mend(head, tail, words)
    return whole


def _mend(head: str, tail: str, words: Counter[str]) -> tuple[str, str]:
    """The line before a hyphenated break and what stands between it and the next line.

    A soft hyphen always goes. Others stay where the document writes the word with one elsewhere, before a capital or a
    figure, and in French inversions; "Ein-" before "und" keeps its space too.
    """
    first, second = _LAST_WORD.search(head[:-1]), _WORD.match(tail)
    if head[-1] == "\xad":
        return head[:-1], ""
    if first is None or second is None:
        return head, "" if first else " "
    left, right = first[0].casefold(), second[0].casefold()
    if right in _KEEP_SPACE:
        return head, " "
    together, apart = words[left + right], words[f"{left}-{right}"]
    if not second[0][0].islower() or apart > together or (right in _KEEP_HYPHEN and not together):
        return head, ""
    return head[:-1], ""
