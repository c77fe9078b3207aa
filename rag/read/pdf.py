"""STAGE read: .pdf -> Draft. Lines broken at the margin are made whole again, and each page's place is kept."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

from rag.errors import Unreadable
from rag.read.draft import Draft
from rag.read.pdf_lines import Line, join_pages, without_running_lines
from rag.read.title import declared_title

_PDFIUM = threading.Lock()  # PDFium is not made for threads, and the app reads in several
_PASSWORD = "password"
# PDFium ends a line with a line feed, or with a mark in the place of a hyphen that breaks a word.
_LINE = re.compile("[^\n\ufffe\x02]*[\n\ufffe\x02]?")
_MARKED_HYPHEN = re.compile("[\ufffe\x02]$")


def read_pdf(path: Path, data: bytes) -> Draft:
    """The text of a PDF, page after page; raises Unreadable for one that is locked or has no text layer."""
    with _PDFIUM:
        pages, properties = _read(path, data)
    text, starts = join_pages(without_running_lines(pages))
    if not any(character.isalnum() for character in text):
        raise Unreadable(path, "it has no text layer, only pictures of pages: run OCR on it first, ocrmypdf for one")
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
            raise Unreadable(path, "it is protected by a password: remove the password, save it again") from error
        raise Unreadable(path, "it is not a PDF that can be read: open it and save or print it as PDF again") from error
    try:
        return [_page(document, number) for number in range(len(document))], document.get_metadata_dict()
    except pypdfium2.PdfiumError as error:
        raise Unreadable(path, f"one of its pages is damaged ({error}): save or print it as PDF again") from error
    finally:
        document.close()


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
    placed = len(text) == words.count_chars()  # else offsets in the text are not PDFium's own
    lines: list[Line] = []
    for match in _LINE.finditer(text):
        stripped = match[0].strip()
        if stripped:
            first = match.start() + match[0].index(stripped[0])
            line = _box(words, stripped, first) if placed else Line(_MARKED_HYPHEN.sub("-", stripped))
            lines.append(line)
    return lines


def _box(words: Any, text: str, first: int) -> Line:
    """The line whose first character is number ``first`` of the page."""
    left, bottom, _, top = words.get_charbox(first, loose=True)
    _, last_bottom, right, last_top = words.get_charbox(first + len(text) - 1, loose=True)
    word_end = first + len(text.split(maxsplit=1)[0]) - 1
    return Line(
        _MARKED_HYPHEN.sub("-", text),
        left=left,
        right=right,
        top=max(top, last_top),
        bottom=min(bottom, last_bottom),
        first_word=words.get_charbox(word_end, loose=True)[2] - left,
    )
