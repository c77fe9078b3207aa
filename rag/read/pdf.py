"""STAGE read: .pdf -> Draft. Lines broken at the margin are made whole again, and each page's place is kept."""

from __future__ import annotations

import re
import threading
from bisect import bisect_left
from pathlib import Path
from typing import Any

from rag.errors import Reason, Unreadable
from rag.read.draft import Draft
from rag.read.pdf_lines import Line, join_pages, without_running_lines
from rag.read.title import declared_title

PDFIUM = threading.Lock()  # PDFium is not made for threads, and the app reads in several
_PASSWORD = "password"
# PDFium ends a line with a line feed, or with a mark in the place of a hyphen that breaks a word.
_LINE = re.compile(r"(?:[^\n\ufffe\x02]|[\ufffe\x02](?!\S))+[\n\ufffe\x02]?|[\n\ufffe\x02]")
_MARKED_HYPHEN = re.compile("[\ufffe\x02]$")


def read_pdf(path: Path, data: bytes) -> Draft:
    """The text of a PDF, page after page; raises Unreadable for one that is locked or has no text layer."""
    with PDFIUM:
        pages, properties = _read(path, data)
    text, starts = join_pages(without_running_lines(pages))
    if not any(character.isalnum() for character in text):
        raise Unreadable(
            path, Reason("scan", "it has no text layer, only pictures of pages: run OCR on it first, ocrmypdf for one")
        )
    return Draft(
        text,
        title=declared_title(properties.get("Title", "")),
        created=properties.get("CreationDate", ""),
        pages=starts,
    )


def _read(path: Path, data: bytes) -> tuple[list[list[Line]], dict[str, str]]:
    """The lines of every page and the properties of the file."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if _PASSWORD in str(error).lower():
            raise Unreadable(
                path, Reason("locked", "it is protected by a password: remove the password, save it again")
            ) from error
        raise Unreadable(
            path, Reason("pdf", "it is not a PDF that can be read: open it and save or print it as PDF again")
        ) from error
    try:
        pages = [_page(document, number) for number in range(len(document))]
        return pages, {key: _property(document, key) for key in ("Title", "CreationDate")}
    except pypdfium2.PdfiumError as error:
        raise Unreadable(
            path,
            Reason("pdf_page", "one of its pages is damaged ({detail}): save or print it as PDF again", detail=error),
        ) from error
    finally:
        document.close()


def _property(document: Any, key: str) -> str:
    """A property of the file, empty where it is missing or garbled."""
    try:
        return str(document.get_metadata_value(key))
    except UnicodeDecodeError:
        return ""


def _page(document: Any, number: int) -> list[Line]:
    page = document[number]
    try:
        words = page.get_textpage()
        try:
            return _lines(words)
        finally:
            words.close()
    finally:
        page.close()


def _lines(words: Any) -> list[Line]:
    """The lines of a page in the order of its text, each with its box; the box is empty where it cannot be told."""
    text = words.get_text_range()
    wide = [index for index, character in enumerate(text) if character > "\uffff"]  # PDFium counts these twice
    is_placed = len(text) + len(wide) == words.count_chars()
    lines: list[Line] = []
    for match in _LINE.finditer(text):
        stripped = match[0].strip()
        if not stripped:
            continue
        start = match.start() + match[0].index(stripped[0])
        places = [index + bisect_left(wide, index) for index in _ends(start, stripped)]
        lines.append(_box(words, _MARKED_HYPHEN.sub("-", stripped), places if is_placed else []))
    return lines


def _ends(start: int, line: str) -> tuple[int, int, int]:
    """The places of a line's first character, of the last of its first word, and of its last."""
    return start, start + len(line.split(maxsplit=1)[0]) - 1, start + len(line) - 1


def _box(words: Any, text: str, places: list[int]) -> Line:
    """The line with the box that spans its first and last characters, if their places are known."""
    if not places:
        return Line(text)
    first, word, last = (words.get_charbox(place, loose=True) for place in places)
    return Line(
        text,
        left=first[0],
        right=last[2],
        top=max(first[3], last[3]),
        bottom=min(first[1], last[1]),
        first_word=word[2] - first[0],
    )
