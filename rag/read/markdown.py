"""STAGE read: .md -> Draft. The text is the raw Markdown after the front matter, letter for letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from rag.read.draft import Draft
from rag.read.encoding import decode
from rag.schema import Heading

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_MATTER_CHARS = 64_000
_FIELDS = {
    "title": ("title", "titre", "titel", "título", "titolo", "tytuł"),
    "language": ("language", "lang", "langue", "sprache", "locale"),
    "date": ("date", "published", "publication_date", "datum", "fecha", "data"),
    "source": ("source", "publisher", "author", "auteur", "site"),
}
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_SETEXT = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_NOT_A_PARAGRAPH = re.compile(r" {0,3}(?:[>|]|[-+*][ \t]|\d+[.)][ \t])| {4}|\t")
_SETEXT_CHARS = 200  # a longer line above a rule is a paragraph whose author forgot the empty line


def read_markdown(path: Path, data: bytes) -> Draft:
    """The Markdown below the front matter, with the fields the front matter declares.

    Front matter that is no YAML mapping is left in the text.
    """
    text = decode(data, path)
    match = _FRONT_MATTER.match(text[:_FRONT_MATTER_CHARS])
    fields = _fields(match[1] or "") if match else None
    if match is None or fields is None:
        return Draft(text, headings=tuple(find_headings(text)))
    body = text[match.end() :]
    title, language, date, source = (fields[name] for name in _FIELDS)
    return Draft(body, title, language, date, source=source, headings=tuple(find_headings(body)))


def _fields(front_matter: str) -> dict[str, str] | None:
    """Title, language, date and source as strings, None where the text is no YAML mapping."""
    import yaml

    try:
        values = yaml.safe_load(front_matter)
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    if not isinstance(values, dict):
        return None
    by_name = {str(key).strip().lower(): value for key, value in values.items() if isinstance(key, str)}
    fields = {}
    for field, names in _FIELDS.items():
        found = (_as_text(by_name[name], field) for name in names if name in by_name)
        fields[field] = next((value for value in found if value), "")
    return fields


def _as_text(value: object, field: str) -> str:
    if value is False and field == "language":
        return "no"  # YAML 1.1 reads the tag of Norwegian as a refusal
    if isinstance(value, list):
        return ", ".join(item for item in value if isinstance(item, str))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        return str(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        return ""


def find_headings(text: str) -> Iterator[Heading]:
    """The headings of a Markdown text, in order; each span covers the words without the marks around them.

    >>> list(find_headings("# Un #\\n\\nDeux\\n----\\n"))
    [Heading(start=2, end=4, level=1), Heading(start=8, end=12, level=2)]
    """
    offset, fence = 0, ""
    before = (0, "")  # the line above, empty when it cannot be the words of an underlined heading
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        underline = _SETEXT.fullmatch(line)
        atx = _ATX.match(line)
        paragraph = ""
        if fence or mark:
            fence = _fence_after(fence, mark[1] if mark else "")
        elif atx:
            end = offset + len(_without_closing_marks(line, atx.end()))
            yield from _heading(text, offset + atx.end(), end, len(atx[1]))
        elif underline and before[1]:
            yield from _heading(text, before[0], before[0] + len(before[1]), 1 if underline[1][0] == "=" else 2)
        elif line.strip() and len(line) <= _SETEXT_CHARS and not _NOT_A_PARAGRAPH.match(line):
            paragraph = line
        before = (offset, paragraph)
        offset += len(line) + 1


def _without_closing_marks(line: str, start: int) -> str:
    """The line without the number signs that may close a heading whose words begin at ``start``."""
    line = line.rstrip(" \t")
    bare = line.rstrip("#")
    return bare if len(bare) <= start or bare[-1] in " \t" else line


def _fence_after(fence: str, mark: str) -> str:
    """The fence of code that is open after a line with this mark, empty for none."""
    if not fence:
        return mark
    return "" if mark.startswith(fence) else fence


def _heading(text: str, start: int, end: int, level: int) -> Iterator[Heading]:
    """The heading without spaces and marks of emphasis at its ends, nothing where only marks are left."""
    while start < end and (text[start].isspace() or text[start] in "*_"):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in "*_"):
        end -= 1
    if start < end:
        yield Heading(start, end, level)
