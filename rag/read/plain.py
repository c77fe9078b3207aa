"""STAGE read: .txt -> Draft. The text is the file's own, letter for letter."""

from __future__ import annotations

import re
from pathlib import Path

from rag.read.draft import Draft
from rag.read.encoding import decode


def read_plain(path: Path, data: bytes) -> Draft:
    """The file's text; a form feed begins a new page."""
    text = decode(data, path)
    starts = tuple(match.end() for match in re.finditer("\f", text))
    return Draft(text, pages=(0, *starts) if starts else ())
