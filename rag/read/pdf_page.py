"""STAGE read: one page of a PDF as a picture, a quotation marked on it, for whoever reads beside the answer."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import Reason, Unreadable
from rag.read.pdf import PDFIUM

_PIXELS_WIDE = 1_000
_MAX_SCALE = 4.0
_MAX_HEIGHT_SHARE = 6  # a page may be so many times as high as it is wide; a longer one is drawn smaller
_MARGIN = 40
_YELLOW = (255, 226, 120)
_BEGINNING = 40  # characters that must be found of a quotation that goes on over the page


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as a PNG; ``page_count`` is the file's, ``marked`` whether the quotation was found on the page."""

    png: bytes
    page_count: int
    marked: bool


def draw_page(path: Path, number: int, quote: str = "") -> PageImage:
    """Page ``number`` (from 1, the last one when there are fewer) of ``path``, the words of ``quote`` in yellow.

    Raises Unreadable where the file is gone, locked or damaged.
    """
    import pypdfium2

    try:
        data = path.read_bytes()
        with PDFIUM:
            document = pypdfium2.PdfDocument(data)
            try:
                count = len(document)
                page = document[max(1, min(number, count)) - 1]
                png, marked = _draw(page, quote)
                return PageImage(png, count, marked)
            finally:
                document.close()
    except OSError as error:
        raise Unreadable(
            path,
            Reason("moved", "the file cannot be opened ({detail}): look whether it has moved", detail=error.strerror),
        ) from error
    except pypdfium2.PdfiumError as error:
        raise Unreadable(
            path, Reason("undrawn", "the page cannot be drawn ({detail}): open the file itself", detail=error)
        ) from error


def _draw(page: Any, quote: str) -> tuple[bytes, bool]:
    from PIL import Image, ImageChops, ImageDraw

    width, height = page.get_size()
    scale = min(_PIXELS_WIDE / width, _MAX_SCALE, _PIXELS_WIDE * _MAX_HEIGHT_SHARE / height)
    bitmap = page.render(scale=scale)
    picture = bitmap.to_pil().convert("RGB")
    boxes = _boxes(page, quote)
    if boxes:
        place = bitmap.get_posconv(page).to_bitmap
        veil = Image.new("RGB", picture.size, "white")
        pen = ImageDraw.Draw(veil)
        for left, bottom, right, top in boxes:
            (x0, y0), (x1, y1) = place(left, top), place(right, bottom)
            pen.rectangle((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), fill=_YELLOW)
        picture = ImageChops.multiply(picture, veil)
    ink = ImageChops.invert(picture).getbbox()
    if ink is not None:  # empty margins would make the words small
        picture = picture.crop((max(0, ink[0] - _MARGIN), max(0, ink[1] - _MARGIN), ink[2] + _MARGIN, ink[3] + _MARGIN))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue(), bool(boxes)


def _boxes(page: Any, quote: str) -> list[tuple[float, float, float, float]]:
    """The box of each character of ``quote`` on the page, white space and hyphens aside; none where it is not there."""
    words = page.get_textpage()
    try:
        places = find_quote(words.get_text_range(), quote)
        # PDFium counts a character beyond the basic plane twice; its places cannot be told then
        return [words.get_charbox(place, loose=True) for place in places if place < words.count_chars()]
    finally:
        words.close()


def find_quote(page_text: str, quote: str) -> list[int]:
    """Where the characters of ``quote`` stand in ``page_text``, however either is broken into lines.

    A quotation that goes on over the page is found by its beginning, up to the page's end.

    >>> find_quote("le bud-\\nget", "budget")
    [3, 4, 5, 8, 9, 10]
    """
    wanted = "".join(character for character, _ in _letters(quote))
    letters = _letters(page_text)
    text = "".join(character for character, _ in letters)
    start = text.find(wanted) if wanted else -1
    end = start + len(wanted)
    if start < 0 and len(wanted) > _BEGINNING:
        start, end = text.find(wanted[:_BEGINNING]), len(letters)
        if start >= 0 and not wanted.startswith(text[start:]):
            start = -1
    return [] if start < 0 else [index for _, index in letters[start:end]]


def _letters(text: str) -> list[tuple[str, int]]:
    """Every character that is more than white space or a hyphen, ligatures taken apart, with its index."""
    return [
        (letter, index)
        for index, character in enumerate(text)
        for letter in unicodedata.normalize("NFKC", character)
        if not letter.isspace() and unicodedata.category(letter) not in ("Pd", "Cc", "Cf", "Cn")
    ]
