"""A page of a PDF as a picture: the words quoted are found however they are broken, and marked in yellow."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from rag.errors import Unreadable
from rag.read.pdf_page import draw_page, find_quote

PDF = Path(__file__).parent.parent / "corpus" / "positions" / "securtech-position-charte-passerelle.pdf"
QUOTE = "Deuxième demande : remplacer, à l’article 23, le prix d’achat par une fourchette de prix"


def yellow(png: bytes) -> int:
    """How many pixels are the marker's yellow."""
    from PIL import Image

    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    return int(((pixels[..., 0] > 240) & (pixels[..., 2] < 140)).sum())


def test_the_quote_is_marked_on_its_page_and_on_no_other() -> None:
    page = draw_page(PDF, 2, QUOTE)
    assert page.marked
    assert page.page_count == 2
    assert yellow(page.png) > 5_000
    other = draw_page(PDF, 1, QUOTE)
    assert not other.marked
    assert yellow(other.png) == 0


def test_a_page_beyond_the_last_is_the_last() -> None:
    assert draw_page(PDF, 99).png == draw_page(PDF, 2).png


@pytest.mark.parametrize(
    ("page", "quote", "found"),
    [
        ("le bud-\nget", "budget", "budget"),
        ("un  deux\ntrois", "deux trois", "deuxtrois"),
        ("eﬃcace", "efficace", "eﬃﬃﬃcace"),
        ("rien", "quelque chose", ""),
        ("rien", "", ""),
        ("fin. " + "abcdefghij" * 5, "abcdefghij" * 9, "abcdefghij" * 5),
        ("abcdefghij" * 5 + "XYZ", "abcdefghij" * 9, ""),
    ],
)
def test_a_quote_is_found_however_it_is_broken(page: str, quote: str, found: str) -> None:
    assert "".join(page[place] for place in find_quote(page, quote)) == found


def test_a_file_that_is_gone_or_broken_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be opened"):
        draw_page(tmp_path / "gone.pdf", 1)
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 nothing")
    with pytest.raises(Unreadable, match="cannot be drawn"):
        draw_page(tmp_path / "bad.pdf", 1)
