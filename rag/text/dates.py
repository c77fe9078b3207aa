"""FACTS: calendar dates as Europeans write them, found in running text and turned into ISO 8601.

Only whole dates count (day, month and year), and only those the calendar knows: 31 February is not a date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from rag.text.months import month_names

# Words that may stand between day, month and year: ordinal endings, prepositions, "year", "month".
_FILLERS = frozenset(
    {
        *("er", "ere", "re", "st", "nd", "rd", "th", "o", "a", "e", "u", "η", "ης", "ου", "го", "ого", "е"),
        *("de", "del", "dels", "di", "d", "ta", "of", "og", "le", "na", "mi", "من", "شهر", "سنة", "عام", "m", "g", "г"),
    }
)
_LETTERS = r"[^\W\d_]"
_EDGE = r"(?<!\d)(?<!\d[./:-])"  # not in the middle of a number, a version or a time
_DAY_FIRST = re.compile(_EDGE + r"(\d{1,2})(?!\d)(\D{3,30})(\d{4})(?!\d)")
_YEAR_FIRST = re.compile(_EDGE + r"(\d{4})(?!\d)(\D{3,24})(\d{1,2})(?!\d)")
_YEAR_DAY_MONTH = re.compile(_EDGE + rf"(\d{{4}})\.? ?(?:gada|g\.)[ \n](\d{{1,2}})\. ?({_LETTERS}+)")
_MONTH_FIRST = re.compile(_EDGE + r"(\d{1,2})(?:st|nd|rd|th)?(?:, ?|[ \n])(\d{4})(?!\d)")
_WORD_BEFORE = re.compile(rf"({_LETTERS}{{3,}})\.?[ \n]$")
_NUMERIC = re.compile(_EDGE + r"(\d{1,2})([./-]) ?(\d{1,2})\2 ?(\d{4})(?!\d|[./-]\d)")
_ROMAN = re.compile(_EDGE + r"(\d{1,2})[./] ?(x?i{1,3}|i?[vx]|vi{1,3}|iv)[./] ?(\d{4})(?!\d)")
_ISO = re.compile(_EDGE + r"(\d{4})([./-]) ?(\d{1,2})\2 ?(\d{1,2})(?!\d|[./-]\d)")
_CJK = re.compile(r"(?<!\d)(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日号號일]")
_ROMAN_MONTHS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
COMBINING = re.compile("[\u0300-\u036f\u0653-\u0655]")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d+")

Found = tuple[int, int, str]
"""A date in a text: where it starts, where it ends, and the day it names in ISO 8601."""


class _Fold(dict[int, str]):
    """One plain lower-case character for each code point, made when first met, so that offsets never move."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    """The character without accent or case, digits and spaces in their plain form; itself where that is not one."""
    decimal = unicodedata.decimal(character, None)
    if decimal is not None:
        return str(decimal)
    if character.isspace():
        return "\n" if character in "\n\v\f\r\x85\u2028\u2029" else " "
    parts = unicodedata.normalize("NFKD", character.lower())
    if parts[0].isdigit() or any(not unicodedata.combining(mark) for mark in parts[1:]):
        return character
    return parts[0].lower()


_FOLD = _Fold({ord(a): b for a, b in zip("’‘ʼ′`łŁđĐħĦıİςøØ–‑", "''''''llddhhiiσoo--"[1:], strict=True)})


def flatten(text: str) -> str:
    """The text in small letters without accents, digits and spaces in their plain form; no offset moves."""
    return text.translate(_FOLD)


MONTHS = {COMBINING.sub("", flatten(name)): number for name, number in month_names()}
"""Every name of a month, flattened, with its number from 1."""


def find_dates(text: str) -> list[Found]:
    """Every whole date of ``text`` in order, none overlapping, in any of the thirty or so languages of the table.

    Case, accents and the kind of apostrophe or space do not matter. Between ``/``, ``.`` or ``-`` the day comes
    before the month, unless only the other order exists in the calendar.

    >>> find_dates("Fait à Lyon, le 1er mars 2024.")
    [(16, 29, '2024-03-01')]
    >>> find_dates("31.02.2024")
    []
    """
    if not _DIGIT.search(text):
        return []
    if COMBINING.search(text):
        return _find_decomposed(text)
    return _find_folded(flatten(text))


def _find_decomposed(text: str) -> list[Found]:
    """The dates of a text that carries combining marks: they are set aside, and the offsets brought back."""
    kept = [index for index, character in enumerate(text) if not COMBINING.match(character)]
    found = _find_folded(flatten("".join(text[index] for index in kept)))
    return [(kept[start], kept[end - 1] + 1, day) for start, end, day in found]


def _find_folded(text: str) -> list[Found]:
    found: list[Found] = []
    numbers = [number.start() for number in _NUMBER.finditer(text)]
    for match in _matches(_CJK, text, numbers):
        _add(found, match.span(), match[1], match[2], match[3])
    for match in _matches(_ISO, text, numbers):
        _add(found, match.span(), match[1], match[3], match[4])
    for match in _matches(_NUMERIC, text, numbers):
        day, month = (match[1], match[3]) if int(match[3]) <= 12 else (match[3], match[1])
        _add(found, match.span(), match[4], month, day)
    for match in _matches(_ROMAN, text, numbers):
        if match[2] in _ROMAN_MONTHS:
            _add(found, match.span(), match[3], _ROMAN_MONTHS.index(match[2]) + 1, match[1])
    for match in _matches(_DAY_FIRST, text, numbers):
        _add(found, match.span(), match[3], _month_between(match[2]), match[1])
    for match in _matches(_YEAR_FIRST, text, numbers):
        if "," not in match[2]:
            _add(found, match.span(), match[1], _month_between(match[2]), match[3])
    for match in _matches(_YEAR_DAY_MONTH, text, numbers):
        _add(found, match.span(), match[1], MONTHS.get(match[3], 0), match[2])
    for match in _matches(_MONTH_FIRST, text, numbers):
        word = _WORD_BEFORE.search(text, max(0, match.start() - 16), match.start())
        if word:
            _add(found, (word.start(), match.end()), match[2], MONTHS.get(word[1], 0), match[1])
    return _without_overlaps(found)


def _matches(pattern: re.Pattern[str], text: str, numbers: list[int]) -> Iterator[re.Match[str]]:
    """What ``pattern.finditer`` gives, looked for only where a number begins, as every date here does."""
    after = 0
    for start in numbers:
        if start >= after and (match := pattern.match(text, start)):
            after = match.end()
            yield match


def _add(found: list[Found], span: tuple[int, int], year: int | str, month: int | str, day: int | str) -> None:
    """Append the date to ``found`` if the calendar has it."""
    try:
        found.append((*span, date(int(year), int(month), int(day)).isoformat()))
    except ValueError:
        return


def _month_between(words: str) -> int:
    """The month named in the words between a day and a year, 0 where they say anything else.

    Two names may stand there if they mean the same month, as in the Arabic of the United Nations.
    """
    if "\n\n" in words or words.strip(" .,'/-\n\xad") == "" or re.search(r"[^\w .,'/\n-]", words):
        return 0
    tokens = [token for token in re.split(r"[ .,'/\n-]+", words) if token and token not in _FILLERS]
    phrase = " ".join(tokens)
    if phrase == "listopada" and words.startswith("."):
        return 10  # the Croatian October; the Polish November is written without a full stop after the day
    if phrase in MONTHS:
        return MONTHS[phrase]
    for cut in range(1, len(tokens)):
        first, second = (MONTHS.get(" ".join(half), 0) for half in (tokens[:cut], tokens[cut:]))
        if first and first == second:
            return first
    return 0


def _without_overlaps(found: list[Found]) -> list[Found]:
    """The dates in order of their place; of two that overlap the earlier, then the longer, stays."""
    kept: list[Found] = []
    for start, end, day in sorted(found, key=lambda item: (item[0], -item[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, day))
    return kept


_ISO_PREFIX = re.compile(r"(?:D:)?([12]\d{3})(?:-?([01]\d)(?:-?([0-3]\d))?)?(?![\d-])(?:[T ].*)?", re.DOTALL)
_PDF_DATE = re.compile(r"(?:D:)?([12]\d{3})([01]\d)([0-3]\d)\d{0,6}(?:[Z+-].*)?")
_MONTH_YEAR = re.compile(rf"({_LETTERS}+)\.?(?: de| del)? ([12]\d{{3}})")


def iso_date(value: str) -> str | None:
    """The date a field of metadata means, as ISO 8601, possibly only a year or a month; None for anything else.

    >>> [iso_date(value) for value in ("2024-03-05T10:00:00Z", "D:20240305", "5 mars 2024", "mars 2024", "2024", "?")]
    ['2024-03-05', '2024-03-05', '2024-03-05', '2024-03', '2024', None]
    """
    value = value.strip()
    match = _PDF_DATE.fullmatch(value) or _ISO_PREFIX.fullmatch(value)
    if match:
        parts = [part for part in match.groups() if part]
        whole = [*map(int, parts), 1, 1][:3]
        try:
            date(*whole)
        except ValueError:
            return None
        return "-".join(parts)
    found = find_dates(value)
    if found:
        return found[0][2]
    month = _MONTH_YEAR.fullmatch(COMBINING.sub("", flatten(value)))
    return f"{month[2]}-{MONTHS[month[1]]:02}" if month and month[1] in MONTHS else None
