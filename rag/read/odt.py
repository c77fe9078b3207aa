"""STAGE read: .odt -> Draft. The body in order: paragraphs, list items, tables, then the notes.

The parts are parsed here, not by odfpy, which prints a part it cannot parse and goes on without it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from rag.errors import Unreadable
from rag.read.archive import LOCKED, VALUE_ERRORS, ZIP_ERRORS, broken, check_archive
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
_CELL_PARAGRAPHS = 2  # a cell with more of them lays out a page
_SPACES_MOST = 100  # a repeat count is the file's word; more spaces than this say no more
_CONTENT, _META, _MANIFEST = "content.xml", "meta.xml", "META-INF/manifest.xml"


def read_odt(path: Path, data: bytes) -> Draft:
    """The text of an OpenDocument text with its headings; tracked deletions are left out."""
    check_archive(path, data, _CONTENT)
    from lxml import etree

    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = {name: archive.read(name) for name in (_CONTENT, _META, _MANIFEST) if name in archive.namelist()}
        if b"encryption-data" in parts.get(_MANIFEST, b""):
            raise Unreadable(path, LOCKED)
        text, headings = join_blocks(_body(_parse(parts[_CONTENT])))
        properties = _properties(_parse(parts[_META])) if _META in parts else {}
    except (etree.LxmlError, *VALUE_ERRORS, *ZIP_ERRORS) as error:
        raise broken(path, error) from error
    return Draft(
        text,
        title=declared_title(properties.get("title", "")),
        language=properties.get("language", ""),
        created=properties.get("creation-date", ""),
        headings=headings,
    )


def _parse(part: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def _name(node: Any) -> str:
    """The element's name without its namespace, empty for comments and entities."""
    return str(node.tag).rpartition("}")[2] if isinstance(node.tag, str) else ""


def _attribute(node: Any, name: str) -> str:
    return next((str(value) for key, value in node.attrib.items() if key.rpartition("}")[2] == name), "")


def _properties(root: Any) -> dict[str, str]:
    return {_name(node): node.text or "" for node in root.iter() if _name(node)}


def _body(root: Any) -> list[Block]:
    """The blocks of the text, then those of its notes."""
    styles = (node for node in root.iter() if _name(node) == "style")
    parents = {_attribute(node, "name"): _attribute(node, "parent-style-name") for node in styles}
    notes: list[Any] = []
    blocks = [block for node in root.iter() if _name(node) == "text" for block in _blocks(node, parents, notes)]
    for note in notes:  # a note inside a note is appended while this runs
        blocks += _blocks(note, parents, notes)
    return blocks


def _blocks(top: Any, parents: dict[str, str], notes: list[Any]) -> Iterator[Block]:
    """The blocks under a node; the bodies of notes met on the way are appended to ``notes``."""
    from lxml import etree

    depth, bullet = 0, ""
    walk = etree.iterwalk(top, events=("start", "end"))
    for event, node in walk:
        name = _name(node)
        if event == "end":
            depth -= name == "list-item"
            continue
        if name == "list-item":
            depth, bullet = depth + 1, "- "
        elif name in ("h", "p"):
            walk.skip_subtree()
            words, level = _words(node, notes), _level(node, name, parents)
            if level:
                yield Block(" ".join(words.split()), level)
            elif words:
                yield Block(bullet + words if depth else words, group="list" if depth else "")
                bullet = ""
        elif name == "table-row" and not _is_layout(node):
            walk.skip_subtree()
            cells = (" ".join(_words(cell, notes).split()) for cell in node if _name(cell) == "table-cell")
            yield Block(" | ".join(cell for cell in cells if cell), group="row")
        elif not name or name in _SKIPPED:
            walk.skip_subtree()


def _is_layout(row: Any) -> bool:
    """Whether a cell of the row holds more than a value: a heading, another table, several paragraphs."""
    for cell in row:
        names = [_name(node) for node in cell.iter()]
        if "h" in names or "table" in names or names.count("p") > _CELL_PARAGRAPHS:
            return True
    return False


def _level(node: Any, name: str, parents: dict[str, str]) -> int:
    """The level of a heading from 1, 0 for a paragraph; the document's own title counts as a heading."""
    if name == "h":
        outline = _attribute(node, "outline-level")
        return min(_LEVELS, max(1, int(outline))) if outline.isdigit() else 1
    style = _attribute(node, "style-name")
    return int("Title" in (style, parents.get(style)))


def _words(top: Any, notes: list[Any]) -> str:
    """The words under a node as they are displayed; paragraphs inside it are parted by a space."""
    from lxml import etree

    pieces: list[str] = []
    walk = etree.iterwalk(top, events=("start", "end"))
    for event, node in walk:
        name = _name(node)
        if event == "end":
            pieces.append((node.tail or "") if node is not top else "")
            continue
        if name == "note-body":
            notes.append(node)
        if node is not top and (not name or name in _SKIPPED or name == "note-body"):
            walk.skip_subtree()
            continue
        if name == "s":
            count = _attribute(node, "c")
            pieces.append(" " * min(_SPACES_MOST, int(count) if count.isdigit() else 1))
        elif name in ("tab", "line-break"):
            pieces.append("\t" if name == "tab" else "\n")
        elif name in ("p", "h") and node is not top:
            pieces.append(" ")
        pieces.append(node.text or "")
    return "".join(pieces).strip()
