"""FACTS: calendar dates as Europeans write them, found in running text and turned into ISO 8601.

Only whole dates count (day, month and year), and only those the calendar knows: 31 February is not a date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from rag.text.months import month_names

_DATELINE_CHARS = 1_500  # a press release says when it was issued before its second paragraph is over
_LEAD_CHARS = 600  # beyond it a date inside a paragraph is hardly ever the day of issue
_SHORT_LINE_CHARS = 150
_OLDEST_PUBLICATION = 1900  # an older date at the top of a text tells of history, not of the day it was issued

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


_BEFORE_DATELINE = re.compile(
    r"""[^\w\n]*                                                  # marks of emphasis, quotation, lists
    (?:[^\W\d_][^\d\n,:;.!?]{0,48}(?:,|:|;|\ [-—|])[^\w\n]*){0,2}  # a place, a label, and what closes each
    (?:(?:le|den|the|on|am|vom|il|el|em|op|a|dne|dnia|la|li|στις|на|от|du|d)[ ']){0,2}
    (?:[^\W\d_-]{3,14}[,.]?\ (?:(?:de|den|the|le)\ )?)?             # a day of the week
    """,
    re.VERBOSE,
)
_ISSUED = re.compile(
    r"\b(?:publi|veroffent|posted|issued|released|stand|udgivet|utgitt|julkaistu|opublikowan|pubblicat|gepubliceerd"
    r"|δημοσιευ|опубликован|публикуван|mis en ligne|last updated|mise a jour)\w*\W{1,3}(?:\w{1,5}\W){0,2}$"
)
# A number before "of", as in "Regulation (EU) 2016/679 of", or an act named by its day alone.
_REFERENCE = re.compile(
    r"(?:\d[\d/.-]*\)?|\([a-z]{2,3}\)) ?,?(?:\w{1,4}['. ]{1,2}){0,2}$"
    r"|\b(?:loi|lois|arrete|ordonnances?|decret|reglement|directive|law|act|regulation|decision|gesetz|verordnung"
    r"|richtlinie|ley|real decreto|reglamento|directiva|legge|decreto|regolamento|direttiva|wet|verordening|richtlijn"
    r"|ustaw[ay]|rozporzadzeni[ea])\b[^.;:]{0,40}$"
)
# Words before a day on which something begins, ends or falls due, or on which somebody was born.
_TERM = re.compile(
    r"\b(?:jusqu|avant|depuis|partir|compter|entre|ici|tard|dela|until|till|before|since|by|from|after|between|bis|vor|ab"
    r"|seit|nach|zwischen|spatestens|hasta|antes|despues|desde|fino|entro|dal|prima|dopo|tot|voor|vanaf|sinds|tussen|ate"
    r"|od|przed|miedzy|nee?|born|geb|geboren|nat[oa]|nacid[oa])\W{1,2}(?:\w{1,9}\W{1,2}){0,5}$"
)


def publication_date(text: str, today: date | None = None) -> str | None:
    """The day on which a text says it was issued, ISO 8601, None where its beginning names no such day.

    Looked for in the first 1,500 characters. A dateline (a place and a day, or a day that opens a line) or the words
    "published on" win. Else the first date of a short line or of the first 600 characters counts. Never counted is a
    date in brackets, older than 1900, or that of a law, a birth or a term ("since", "until"), nor a day after ``today``
    (the real one where None) that is no dateline: what is to happen then is announced.

    >>> publication_date("Bilan du 2 mai 2022\\n\\n**Bruxelles, 17 novembre 2023** – La directive…")
    '2023-11-17'
    """
    top = text[:_DATELINE_CHARS]
    folded = flatten(top)
    likely: str | None = None
    for start, _, day in find_dates(top):
        begin = folded.rfind("\n", 0, start) + 1
        line = folded[begin:start]
        if _is_another_day(line, day):
            continue
        if _BEFORE_DATELINE.fullmatch(line) or _ISSUED.search(line):
            return day
        end = folded.find("\n", start)
        is_short = (end if end >= 0 else len(text)) - begin <= _SHORT_LINE_CHARS
        if likely is None and (is_short or start < _LEAD_CHARS) and day <= (today or date.today()).isoformat():
            likely = day
    return likely


def _is_another_day(line: str, day: str) -> bool:
    """Whether what stands on the line before a date says that it is not the day the text was issued."""
    if int(day[:4]) < _OLDEST_PUBLICATION or line.count("(") > line.count(")"):
        return True
    return bool(_REFERENCE.search(line) or _TERM.search(line[-60:]))


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
