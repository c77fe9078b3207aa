"""STAGE read: .odt -> Draft. The body in order: paragraphs, list items, tables, then the notes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError
from xml.sax import SAXException

from rag.errors import Unreadable
from rag.read.archive import VALUE_ERRORS, ZIP_ERRORS, broken, check_archive
from rag.read.draft import Block, Draft, join_blocks
from rag.read.title import declared_title

_SKIPPED = frozenset(
    {
        *("tracked-changes", "annotation", "annotation-end", "note-citation", "ruby-text", "title", "desc", "forms"),
        *("table-of-content", "table-index", "illustration-index", "alphabetical-index", "bibliography"),
        *("sequence-decls", "variable-decls", "user-field-decls", "binary-data"),
    }
)
_LEVELS = 9
_MANIFEST = "META-INF/manifest.xml"


def read_odt(path: Path, data: bytes) -> Draft:
    """The text of an OpenDocument text with its headings; tracked deletions are left out."""
    check_archive(path, data, "content.xml")
    from odf.opendocument import load

    try:
        _check_manifest(path, data)
        document = load(BytesIO(data))
        notes: list[Any] = []
        blocks = list(_blocks(document.text, notes))
        while notes:
            waiting, notes = notes, []
            for note in waiting:
                blocks += _blocks(note, notes)
        text, headings = join_blocks(blocks)
        meta = _meta(document.meta)
    except (SAXException, ExpatError, *VALUE_ERRORS, *ZIP_ERRORS) as error:
        raise broken(path, error) from error
    return Draft(
        text,
        title=declared_title(meta.get("title", "")),
        language=meta.get("language", ""),
        created=meta.get("creation-date", ""),
        headings=headings,
    )


def _check_manifest(path: Path, data: bytes) -> None:
    """Raise Unreadable where the manifest says that the content is encrypted."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if _MANIFEST in archive.namelist() and b"encryption-data" in archive.read(_MANIFEST):
            raise Unreadable(path, "it is protected by a password: open it, remove the password, save it again")


def _name(node: Any) -> str:
    """The element's local name, empty for text."""
    return str(node.qname[1]) if node.nodeType == node.ELEMENT_NODE else ""


def _meta(meta: Any) -> dict[str, str]:
    return {_name(node): _words(node, []) for node in meta.childNodes if _name(node)}


def _blocks(top: Any, notes: list[Any]) -> Iterator[Block]:
    """The blocks under a node; bodies of notes met on the way are appended to ``notes``."""
    stack = [iter(top.childNodes)]
    items: list[int] = []  # depth of the stack at each list item under way
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            if items and items[-1] > len(stack):
                items.pop()
            continue
        name = _name(node)
        if name == "h":
            level = min(_LEVELS, max(1, int(node.getAttribute("outlinelevel") or 1)))
            yield Block(" ".join(_words(node, notes).split()), level)
        elif name == "p":
            words = _words(node, notes).strip()
            yield Block("- " + words if items and words else words, group="list" if items else "")
        elif name == "table-row":
            cells = (" ".join(_words(cell, notes).split()) for cell in node.childNodes if _name(cell) == "table-cell")
            yield Block(" | ".join(cell for cell in cells if cell), group="row")
        elif name and name not in _SKIPPED:
            stack.append(iter(node.childNodes))
            if name == "list-item":
                items.append(len(stack))


def _words(top: Any, notes: list[Any]) -> str:
    """The words under a node as they are displayed; paragraphs inside it are parted by a space."""
    pieces: list[str] = []
    stack = [iter(top.childNodes)]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            continue
        name = _name(node)
        if node.nodeType in (node.TEXT_NODE, node.CDATA_SECTION_NODE):
            pieces.append(str(node.data))
        elif name == "s":
            pieces.append(" " * min(100, int(node.getAttribute("c") or 1)))
        elif name in ("tab", "line-break"):
            pieces.append("\t" if name == "tab" else "\n")
        elif name == "note-body":
            notes.append(node)
        elif name and name not in _SKIPPED:
            if name in ("p", "h"):
                pieces.append(" ")
            stack.append(iter(node.childNodes))
    return "".join(pieces)
