"""STAGE read: what every format's reader hands over, and how it becomes a Document."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rag.errors import Reason, Unreadable
from rag.read.title import first_line_title, tidy
from rag.schema import Document, Heading
from rag.text.dates import iso_date
from rag.text.issue import publication_date

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis"})  # ISO 639-2: undetermined, several, none, uncoded
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Draft:
    """A file as its reader understood it; every field but the text may be missing.

    ``date`` is what the file declares for its readers, ``created`` the property its program wrote: a date found in the
    text comes between the two, but where the text is a ``table``. Both may be in words.
    """

    text: str
    title: str = ""
    language: str = ""
    date: str = ""
    created: str = ""
    source: str = ""
    pages: tuple[int, ...] = ()
    headings: tuple[Heading, ...] = ()
    table: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading (``level`` from 1), list item or row; neighbours of one ``group`` stand line on line."""

    text: str
    level: int = 0
    group: str = ""


def join_blocks(blocks: Iterable[Block]) -> tuple[str, tuple[Heading, ...]]:
    """The blocks as one text, empty ones left out, and the places of the headings in it.

    >>> join_blocks([Block("Titre", 1), Block("- un", group="list"), Block("- deux", group="list")])
    ('Titre\\n\\n- un\\n- deux', (Heading(start=0, end=5, level=1),))
    """
    parts: list[str] = []
    headings: list[Heading] = []
    length, group = 0, ""
    for block in blocks:
        words = block.text.strip("\n") if block.text.strip() else ""
        if not words:
            continue
        gap = "" if not parts else "\n" if block.group and block.group == group else "\n\n"
        length += len(gap)
        if block.level:
            headings.append(Heading(length, length + len(words), block.level))
        parts += [gap, words]
        length += len(words)
        group = block.group
    return "".join(parts), tuple(headings)


def finish(draft: Draft, identifier: str, path: Path) -> Document:
    """The document of a draft: empty fields filled from the text, the language only if it looks like a tag.

    Raises Unreadable where there is no word to read.
    """
    if not any(character.isalnum() for character in draft.text):
        raise Unreadable(
            path, Reason("no_text", "there is no text in it: remove it, or put a file with text in its place")
        )
    if _SURROGATE.search(draft.text) or _SURROGATE.search(identifier):
        raise Unreadable(
            path, Reason("half", "its text or id holds half characters (lone surrogates): save it again as UTF-8")
        )
    return Document(
        id=identifier,
        title=tidy(draft.title) or _heading_title(draft) or first_line_title(draft.text) or tidy(path.stem),
        language=language_tag(draft.language),
        date=_date(draft),
        source=tidy(draft.source) or None,
        text=draft.text,
        pages=draft.pages,
        headings=draft.headings,
    )


def language_tag(value: str) -> str:
    """The primary subtag of a BCP-47 tag in lower case, empty for anything else.

    >>> language_tag("fr-FR"), language_tag("français"), language_tag("und")
    ('fr', '', '')
    """
    match = _TAG.fullmatch(value.strip())
    primary = match[1].lower() if match else ""
    return "" if primary in _NO_LANGUAGE else primary


def _date(draft: Draft) -> str | None:
    told = None if draft.table else publication_date(draft.text)
    return iso_date(draft.date) or told or iso_date(draft.created)


def _heading_title(draft: Draft) -> str:
    """The first heading that says more than what kind of document this is."""
    titles = (first_line_title(draft.text[heading.start : heading.end]) for heading in draft.headings)
    return next((title for title in titles if title), "")
