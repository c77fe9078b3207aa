"""STAGE: one Document -> its Passages, the units that are embedded, found and shown.

A passage is cut where a reader would cut: between sections, else between paragraphs, else between list items, else
between sentences, and inside a sentence only if it is longer than a passage. Sections that fit into one passage
together with all their subsections are not cut: a reader takes such a page in at once, and an answer often needs two
of its lines. Sections that do not fit stay apart, because a passage about two things is close to questions about
neither; only a section of a line or two is put with its neighbour under the same parent, since by itself it says
too little to be found, and its heading, which stays in the text, still says what the lines are about.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag.schema import Document, Passage, Span
from rag.text.headings import heading_text, headings
from rag.text.paragraphs import paragraphs
from rag.text.sentences import sentences_in

CountTokens = Callable[[Sequence[str]], list[int]]

WHOLE = 1.5
"""A document up to so many times the target is one passage."""

LARGEST = 1.25
"""A passage of a longer document may be so many times the target, rather than leave a crumb."""

CRUMB = 0.2
"""A piece under this share of the target is too small to stand alone."""

_BREAK = {"heading": 0.0, "paragraph": 0.0, "item": 0.1, "sentence": 0.5, "piece": 0.8}
"""What it costs to begin a passage with a unit of this kind; an empty half of a passage costs 0.25."""

_INTRODUCED, _HEADED, _CRUMBLED = 2.0, 4.0, 1.0
_MANY = 1000
_ITEM = re.compile(r"[-*+•–—·▪▫◦‣⁃●○■□➢➤✓✔]\s|\(?[0-9a-zA-Z]{1,3}[.)]\s|\|")
_CLAUSE = (",", ";", ":", "،", "؛", "、", "，", "；", "：", ")", "–", "—")


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest stretch that is not cut: a heading, a sentence, a piece of a sentence that was too long."""

    start: int
    end: int
    tokens: int
    kind: str
    section: int


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it before the next one: units ``first`` to ``last``, the latter excluded."""

    level: int
    path: tuple[str, ...]
    first: int
    last: int


Group = tuple[int, int]
"""Units from the first index to the second, excluded, that make a passage."""


def split(document: Document, count_tokens: CountTokens, *, passage_tokens: int, overlap_tokens: int) -> list[Passage]:
    """The passages of ``document`` in order; every character that is not white space is in one of them.

    A passage has about ``passage_tokens`` tokens, at most 1.25 times as many, or 1.5 if it is the whole document. A
    heading belongs to the section it opens. ``overlap_tokens`` is how much of the end of the passage before, in whole
    sentences of the same section, a passage repeats. ``count_tokens`` is called at most twice, with all texts at once.
    """
    units, paths, levels = _units(document, count_tokens, passage_tokens)
    if not units:
        return []
    sections = _sections(units, paths, levels)
    if sum(unit.tokens for unit in units) <= WHOLE * passage_tokens:
        groups = [(0, len(units))]
    else:
        groups = _Packer(document.text, units, sections, passage_tokens).pack(0, len(sections))
    return [
        _passage(document, number, group, units, paths, overlap_tokens if number else 0)
        for number, group in enumerate(groups)
    ]


def _passage(
    document: Document, number: int, group: Group, units: list[Unit], paths: list[tuple[str, ...]], overlap: int
) -> Passage:
    first, last = group
    inside = [unit for unit in units[first:last] if unit.kind != "heading"] or units[first:last]
    while first and overlap > 0 and units[first - 1].section == units[first].section:
        overlap -= units[first - 1].tokens
        if overlap < 0 or units[first - 1].kind in ("heading", "piece"):
            break
        first -= 1
    start, end = units[first].start, units[last - 1].end
    path, text = _common([paths[unit.section] for unit in inside]), document.text[start:end]
    return Passage(f"{document.id}:{number}", document.id, document.language, start, end, text, path)


def _common(paths: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The longest beginning that all paths share."""
    low, high = min(paths), max(paths)
    while low != high[: len(low)]:
        low = low[:-1]
    return low


def _units(
    document: Document, count_tokens: CountTokens, passage_tokens: int
) -> tuple[list[Unit], list[tuple[str, ...]], list[int]]:
    """The units of a document, and for each section its path of headings and its level (section 0 has none)."""
    text, found = document.text, headings(document)
    paths: list[tuple[str, ...]] = [()]
    levels = [0]
    stack: list[tuple[int, str]] = []
    units: list[Unit] = []
    cursor = 0
    for heading in found:
        units += _body(document, cursor, heading.start, len(levels) - 1)
        while stack and stack[-1][0] >= heading.level:
            stack.pop()
        stack.append((heading.level, heading_text(text, heading)))
        paths.append(tuple(words for _, words in stack))
        levels.append(heading.level)
        units.append(Unit(heading.start, heading.end, 0, "heading", len(levels) - 1))
        cursor = heading.end
    units += _body(document, cursor, len(text), len(levels) - 1)
    return _counted(text, units, count_tokens, passage_tokens), paths, levels


def _body(document: Document, start: int, end: int, section: int) -> list[Unit]:
    """The sentences between two headings."""
    text = document.text[start:end]
    units: list[Unit] = []
    for paragraph in paragraphs(text):
        kind = "item" if _ITEM.match(text, *paragraph) else "paragraph"
        for left, right in sentences_in(text, paragraph, document.language):
            units.append(Unit(start + left, start + right, 0, kind, section))
            kind = "sentence"
    return units


def _counted(text: str, units: list[Unit], count_tokens: CountTokens, most: int) -> list[Unit]:
    """The units with their numbers of tokens, those of more than ``most`` cut to pieces."""
    if not units:
        return []
    counts = count_tokens([text[unit.start : unit.end] for unit in units])
    counted = [Unit(u.start, u.end, count, u.kind, u.section) for u, count in zip(units, counts, strict=True)]
    atoms = [list(_atoms(text, unit, most)) if unit.tokens > most else [] for unit in counted]
    flat = [text[start:end] for spans in atoms for start, end in spans]
    sizes = iter(count_tokens(flat) if flat else [])
    cut: list[Unit] = []
    for unit, spans in zip(counted, atoms, strict=True):
        cut += _pieces(text, unit, [(span, next(sizes)) for span in spans], most) if spans else [unit]
    return cut


def _atoms(text: str, unit: Unit, most: int) -> Iterator[Span]:
    """Words of a sentence, and pieces of words no tokenizer can make into more than ``most`` tokens or so."""
    longest = max(4, min(64, most // 4))
    for word in re.finditer(r"[^\s、，；：]+[、，；：]*|[、，；：]+", text[unit.start : unit.end]):
        start, end = unit.start + word.start(), unit.start + word.end()
        while end - start > longest:
            cut = start + longest
            while cut < end and unicodedata.category(text[cut])[0] == "M" and cut - start < 2 * longest:
                cut += 1
            yield start, cut
            start = cut
        if start < end:
            yield start, end


def _pieces(text: str, unit: Unit, atoms: list[tuple[Span, int]], most: int) -> Iterator[Unit]:
    """A sentence as pieces of at most ``most`` tokens, cut after a comma or the like in their second half if any."""
    kind, first = unit.kind, 0
    while first < len(atoms):
        last, tokens, clause = first, 0, 0
        while last < len(atoms) and (last == first or tokens + atoms[last][1] <= most):
            tokens += atoms[last][1]
            last += 1
            if tokens >= most / 2 and text[atoms[last - 1][0][1] - 1] in _CLAUSE:
                clause = last
        if last < len(atoms) and clause:
            last = clause
        tokens = sum(count for _, count in atoms[first:last])
        yield Unit(atoms[first][0][0], atoms[last - 1][0][1], tokens, kind, unit.section)
        kind, first = "piece", last


def _sections(units: list[Unit], paths: list[tuple[str, ...]], levels: list[int]) -> list[Section]:
    """The sections in order, the first for what stands before any heading; a heading directly over a deeper one opens
    that one's section, so that it is never cut from what it heads."""
    sections: list[Section] = []
    here: tuple[int, tuple[str, ...]] = (-1, ())
    first = 0
    for index, unit in enumerate(units):
        level = levels[unit.section]
        after_heading = index > first and units[index - 1].kind == "heading"
        if unit.kind == "heading" and not (after_heading and here[0] < level):
            sections.append(Section(*here, first, index))
            here, first = (level, paths[unit.section]), index
        else:
            here = here[0], paths[unit.section]
    return [*sections, Section(*here, first, len(units))]


class _Packer:
    """Packs the sections of one document into groups of units."""

    def __init__(self, text: str, units: list[Unit], sections: list[Section], target: int) -> None:
        self._text, self._units, self._sections, self._target = text, units, sections, target
        self._sums = [0]
        for unit in units:
            self._sums.append(self._sums[-1] + unit.tokens)

    def pack(self, first: int, last: int) -> list[Group]:
        """The groups of section ``first`` and its subsections, which end before section ``last``."""
        here, end = self._sections[first], self._sections[last - 1].last
        if here.first < end and self._tokens(here.first, end) <= self._target:
            return [(here.first, end)]
        groups = self._paragraphs(here.first, here.last)
        only_own, child = True, first + 1
        while child < last:
            after = child + 1
            while after < last and self._sections[after].level > self._sections[child].level:
                after += 1
            packed = self.pack(child, after)
            if groups and self._joins(groups[-1], packed, introduction=only_own, last=after == last):
                packed[0] = (groups.pop()[0], packed[0][1])
            groups += packed
            only_own, child = False, after
        return groups

    def _joins(self, before: Group, packed: list[Group], introduction: bool, last: bool) -> bool:
        """Whether a section's first group is put with the group before it: one of the two is a crumb.

        Headings with nothing under them go with what follows, and at the end with what is before.
        """
        sizes = self._tokens(*before), self._tokens(*packed[0])
        crumb = CRUMB * self._target
        if self._bare(packed[0]):
            return (last or self._bare(before)) and sum(sizes) <= LARGEST * self._target
        if self._bare(before) or (introduction and sizes[0] < crumb):
            return sum(sizes) <= LARGEST * self._target
        return sum(sizes) <= self._target and (sizes[0] < crumb or (len(packed) == 1 and sizes[1] < crumb))

    def _bare(self, group: Group) -> bool:
        return all(unit.kind == "heading" for unit in self._units[slice(*group)])

    def _tokens(self, first: int, last: int) -> int:
        return self._sums[last] - self._sums[first]

    def _paragraphs(self, first: int, last: int) -> list[Group]:
        """The cheapest way to cut one section into groups, by dynamic programming over the places to cut."""
        if first == last:
            return []
        places = self._places(first, last)
        begun, origin = [0.0], [0]  # the cost of beginning a group at each place, and where the group before begins
        for end in range(1, len(places)):
            cheapest = float("inf")
            origin.append(end - 1)
            for start in range(end - 1, -1, -1):
                size = self._tokens(places[start], places[end]) / self._target
                if size > LARGEST and start < end - 1:
                    break
                cost = begun[start] + self._misfit(size)
                if cost < cheapest:
                    cheapest, origin[end] = cost, start
            begun.append(cheapest + (self._break(places[end]) if places[end] < last else 0.0))
        ends = [len(places) - 1]
        while ends[-1]:
            ends.append(origin[ends[-1]])
        return [(places[start], places[end]) for end, start in itertools.pairwise(ends)][::-1]

    def _places(self, first: int, last: int) -> list[int]:
        """The units before which a section may be cut, and its end; in a very long section not before every one."""
        if last - first <= _MANY:
            return list(range(first, last + 1))
        places = [first]
        for index in range(first + 1, last):
            if self._tokens(places[-1], index) >= self._target / 32:
                places.append(index)
        return [*places, last]

    @staticmethod
    def _misfit(size: float) -> float:
        """What a group of ``size`` times the target costs."""
        if size > 1:
            return 4 * (size - 1)
        return (1 - size) ** 2 + (_CRUMBLED if size < CRUMB else 0.0)

    def _break(self, index: int) -> float:
        """What it costs to begin a group with the unit ``index``."""
        before, unit = self._units[index - 1], self._units[index]
        if before.kind == "heading":
            return _HEADED
        introduced = unit.kind in ("item", "paragraph") and self._text[before.end - 1] in ":："
        return _INTRODUCED if introduced else _BREAK[unit.kind]
