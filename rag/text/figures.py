"""FACTS: the dates, times and numbers of a text in one form, so that those of two languages can be compared.

A figure that can be read in two ways (1.234) has both readings: what is held against a text must fail every one of them
to count as not being there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from rag.text.analysis import word_tokens
from rag.text.dates import COMBINING, MONTHS, find_dates, flatten
from rag.text.months import months_of
from rag.text.normalise import POINT_LANGUAGES
from rag.text.numerals import scale_of, spelled_numbers

Values = frozenset[str]
"""Readings that belong together: each must be there. Numbers as ``1234.5``, days as ``2024-03-05``, ``--03-05`` or
``--03``, months as ``2024-03``, times as ``T21:40``."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A date, a time or a number of a text as it is written, and the ways it can be read."""

    written: str
    kind: str
    readings: tuple[Values, ...]


_ORDINAL = r"(?:st|nd|rd|th|er|re|eme|e|o|a|º|ª|η|ης|-?го|-?е|-?й)?"
_LINK = r"(?: (?:de|del|of|d'|ta'|r\.|m\.|gada|года|р\.|г\.))?,?"
_WORD = r"[^\W\d_]{3,}"
_MONTH_YEAR = re.compile(rf"({_WORD})\.?{_LINK} ?,? ?(1[4-9]\d\d|20\d\d)(?!\d)")
_YEAR_MONTH = re.compile(rf"(?<!\d)(1[4-9]\d\d|20\d\d)\.?(?: ?(?:m|g|gada|aasta|год|р)\.?)? ({_WORD})")
_DAY_MONTH = re.compile(rf"(?<![\d.,])(\d{{1,2}})\.?{_ORDINAL}{_LINK} ?(?:d')?({_WORD})")
_MONTH_DAY = re.compile(rf"({_WORD}) (\d{{1,2}}){_ORDINAL}(?![\d.,:]\d|\d| ?%)")
_DAY_BEFORE = re.compile(
    rf"(?<!\d)(\d{{1,2}})\.?{_ORDINAL} ?(?:,|-|–|/|et|and|und|y|e|i|a|au|to|bis|al|og|och|en|ja|es|és|si|do|и|και|til|"
    r"till|tot|az|iki|lidz|ir|un|u|agus) ?$"
)
_TIME = re.compile(r"(?<![\d:.,])([01]?\d|2[0-4]) ?[:h] ?([0-5]\d)(?![\d:])(?: ?([ap])\.?m\b)?")
_NUMBER = re.compile(r"(?<![\d])\d{1,3}(?:[ '’]\d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)*")
_AFTER = re.compile(r"[ -]?([^\W\d_]+\.?)(?: ([^\W\d_]+))?")
_MONEY = re.compile(r" ?(md|mds|m|k|bn|mrd|mio|tn)(?=[€$£]|\b ?(?:euro|eur|usd))")
_ROMAN = re.compile(r"\b[IVX]{2,7}\b")
_ROMAN_FORM = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
_HAN = re.compile(
    r"[〇零一二三四五六七八九十百千万两亿]{2,}|[二三四五六七八九十两百千](?=[个名年月日人件项米座位条家次倍种岁])"
)
_MONEY_SCALE = {"md": 10**9, "mds": 10**9, "bn": 10**9, "mrd": 10**9, "m": 10**6, "mio": 10**6, "k": 1000, "tn": 10**12}


def find_figures(text: str, language: str) -> list[Figure]:
    """The figures of ``text``: dates first, then times, then numbers in digits, Roman ones, and those in words.

    >>> [figure.readings for figure in find_figures("Le 3 mars 2024, 2,5 millions de voix", "fr")]
    [(frozenset({'2024-03-03'}),), (frozenset({'2500000'}),)]
    """
    marked = COMBINING.search(text)
    text = "".join(ch for ch in text if not COMBINING.match(ch)) if marked else text
    page = _Page(text, flatten(text))
    _take_dates(page, language)
    _take_times(page)
    _take_numbers(page, language)
    _take_words(page, language)
    return page.found


class _Page:
    """A text of which what was read is blotted out."""

    def __init__(self, text: str, flat: str) -> None:
        self.text, self.flat = text, flat
        self.found: list[Figure] = []

    def take(self, start: int, end: int, kind: str, *readings: Values) -> None:
        """Note a figure and blot it out."""
        self.found.append(Figure(self.text[start:end], kind, readings))
        self.flat = self.flat[:start] + "\N{SYMBOL FOR SUBSTITUTE}" * (end - start) + self.flat[end:]


def _take_dates(page: _Page, language: str) -> None:
    for start, end, day in find_dates(page.text):
        listed = _DAY_BEFORE.search(page.flat, max(0, start - 40), start)
        while listed and 0 < int(listed[1]) <= 31:
            page.take(*listed.span(1), "date", frozenset({f"{day[:8]}{int(listed[1]):02}"}))
            listed = _DAY_BEFORE.search(page.flat, max(0, listed.start() - 40), listed.start())
        page.take(start, end, "date", frozenset({day}))
    for pattern in (_MONTH_YEAR, _YEAR_MONTH, _DAY_MONTH, _MONTH_DAY):
        for match in list(pattern.finditer(page.flat)):
            word, digits = (match[2], match[1]) if match[1].isdecimal() else (match[1], match[2])
            month, number = MONTHS.get(word, 0), int(digits)
            if month and number > 1000:
                page.take(*match.span(), "date", frozenset({f"{number:04}-{month:02}"}))
            elif month and 0 < number <= 31:
                page.take(*match.span(), "date", frozenset({f"--{month:02}-{number:02}"}))
    names = _months(language)
    for match in list(re.finditer(rf"{_WORD}", page.flat)):
        named = page.text[match.start()].isupper() and match.start() > 0
        long = len(match[0]) > 3 - named or match[0] in _SHORT_MONTHS
        if match[0] in names and long and (named or match[0] not in ("march", "may")):
            page.take(*match.span(), "date", frozenset({f"--{names[match[0]]:02}"}))


_SHORT_MONTHS = frozenset({"mai", "mei", "maj"})  # whole names; the other short ones are abbreviations


@cache
def _months(language: str) -> dict[str, int]:
    return {flatten(name): number for name, number in months_of(language) if len(name) > 2}


def _take_times(page: _Page) -> None:
    for match in list(_TIME.finditer(page.flat)):
        hour = int(match[1]) % 12 + 12 * (match[3] == "p") if match[3] else int(match[1])
        time = frozenset({f"T{hour:02}:{match[2]}"})
        whole = (frozenset({str(int(match[1]))}),) if match[2] == "00" else ()
        page.take(*match.span(), "time", time, *whole)


def _take_numbers(page: _Page, language: str) -> None:
    for match in list(_NUMBER.finditer(page.flat)):
        start, end = match.span()
        times, end = _scale(page.flat, end, language)
        readings = [{_shown(value * times) for value in values} for values in _readings(match[0], language)]
        page.take(start, end, "number", *map(frozenset, readings))
    for match in list(_ROMAN.finditer(page.text)):
        if _ROMAN_FORM.fullmatch(match[0]) and page.flat[match.start()] != "\N{SYMBOL FOR SUBSTITUTE}":
            page.take(*match.span(), "number", frozenset({str(_roman(match[0]))}), frozenset({match[0]}))
    for match in list(_HAN.finditer(page.flat)):
        page.take(*match.span(), "number", frozenset({str(_han(match[0]))}))


def _take_words(page: _Page, language: str) -> None:
    """Numbers in words; a word of the text that was read as something else parts them."""
    for part in re.split('\N{SYMBOL FOR SUBSTITUTE}+|[,;:.!?()«»"“”]', page.flat):
        for number in spelled_numbers(word_tokens(part), language):
            page.found.append(Figure(str(number), "number", (frozenset({str(number)}),)))


def _scale(flat: str, end: int, language: str) -> tuple[int, int]:
    """What the words after a number multiply it by, and where they end."""
    money = _MONEY.match(flat, end)
    if money:
        return _MONEY_SCALE[money[1]], money.end()
    words = _AFTER.match(flat, end)
    if not words or (times := scale_of(words[1], language)) == 1:
        return 1, end
    further = scale_of(words[2], language) if words[2] else 1
    return times * further, words.end(2) if further > 1 else words.end(1)


def _readings(run: str, language: str) -> list[list[Decimal]]:
    """The numbers a run of digits, points, commas and spaces can stand for; more than one where it falls into parts."""
    groups = re.split(r"[ '’]", run)
    if len(groups) > 1:
        joined = _readings("".join(groups), language)
        return [
            *joined,
            [Decimal(group.replace(",", ".")) for group in groups if group.count(",") + group.count(".") < 2],
        ]
    marks = re.findall(r"[.,]", run)
    parts = [Decimal(part) for part in re.split(r"[.,]", run)]
    if not marks:
        return [parts]
    tail = re.split(r"[.,]", run)[1:]
    grouped = all(len(part) == 3 for part in tail) and not run.startswith("0") and len(re.split(r"[.,]", run)[0]) <= 3
    bare = Decimal(re.sub(r"[.,]", "", run))
    if len(marks) == 1:
        fraction = [Decimal(run.replace(",", "."))]
        if not grouped:
            return [fraction, parts] if len(tail[0]) <= 2 and marks == ["."] and language != "en" else [fraction]
        decimal = "." if language.split("-")[0] in POINT_LANGUAGES else ","
        return [[bare], fraction] if marks[0] != decimal else [fraction, [bare]]
    if len(set(marks)) == 1:
        return [[bare], parts] if grouped else [parts]
    whole, fraction_digits = re.sub(r"[.,]", "", run[: run.rfind(marks[-1])]), tail[-1]
    return [[Decimal(f"{whole}.{fraction_digits}")], parts]


def _shown(value: Decimal) -> str:
    """Without a fraction that is nothing.

    >>> _shown(Decimal("2.50")), _shown(Decimal("1E+3"))
    ('2.5', '1000')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _roman(numeral: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[sign] for sign in numeral]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))


def _han(run: str) -> int:
    """A Chinese number: digit by digit, or with tens, hundreds, thousands.

    >>> _han("一九五三"), _han("二百"), _han("三千零五十")
    (1953, 200, 3050)
    """
    digits = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
    units = {"十": 10, "百": 100, "千": 1000}
    if all(sign in digits for sign in run):
        return int("".join(str(digits[sign]) for sign in run))
    total = section = digit = 0
    for sign in run:
        if sign in digits:
            digit = digits[sign]
        elif sign in units:
            section, digit = section + max(digit, 1) * units[sign], 0
        else:
            total, section, digit = (total + section + digit) * (10_000 if sign == "万" else 10**8), 0, 0
    return total + section + digit


def known_values(figures: list[Figure]) -> set[str]:
    """Everything that a text with these figures says: of a whole date its month, its year and its day as well."""
    known = {value for figure in figures for reading in figure.readings for value in reading}
    for value in list(known):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            known |= {value[:7], value[:4], f"-{value[4:]}", f"-{value[4:7]}", str(int(value[8:]))}
        elif re.fullmatch(r"\d{4}-\d\d", value):
            known |= {value[:4], f"-{value[4:]}"}
        elif re.fullmatch(r"--\d\d-\d\d", value):
            known |= {value[:4], str(int(value[5:]))}
        elif re.fullmatch(r"T\d\d:00", value):
            known.add(str(int(value[1:3])))
    return known


def is_known(figure: Figure, figures: list[Figure]) -> bool:
    """Whether a text with ``figures`` says ``figure``.

    A whole date also counts as said where the text has its day without a year, and the year elsewhere.

    >>> is_known(find_figures("3.5.2024", "de")[0], find_figures("le 3 mai 2024", "fr"))
    True
    >>> is_known(find_figures("13 May 2024", "en")[0], find_figures("le 3 mai 2024", "fr"))
    False
    """
    known = known_values(figures)
    partial = {value for one in figures for reading in one.readings for value in reading if value.startswith("--")}
    for reading in figure.readings:
        if reading <= known:
            return True
        days = [value for value in reading if re.fullmatch(r"\d{4}-\d\d-\d\d", value)]
        if days and all(f"-{day[4:]}" in partial and day[:4] in known for day in days):
            return True
    return False
