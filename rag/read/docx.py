"""STAGE read: .docx -> Draft. The body in order: paragraphs, list items, tables, then the footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from rag.read.archive import VALUE_ERRORS, ZIP_ERRORS, broken, check_archive
from rag.read.draft import Block, Draft, join_blocks
from rag.read.title import declared_title

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Deleted and moved-away text, comments, and the frames whose paragraphs are read as blocks of their own.
_SKIPPED = frozenset({_W + "del", _W + "moveFrom", _W + "pPr", _W + "rPr", _W + "txbxContent", _FALLBACK})
_MARKS = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "\u2011", _W + "softHyphen": "\xad"}
_HEADING_NAME = re.compile(
    r"(?i)(?:heading|titre|überschrift|encabezado|título|titolo|título|nagłówek|rubrik|overskrift|kop|otsikko|nadpis|"
    r"címsor|titlu|naslov|επικεφαλίδα|заголовок|заглавие)\s*([1-9])"
)
_LEVELS = 9
_CELL_PARAGRAPHS = 2  # a cell with more of them lays out a page
_STYLE_DEPTH = 12  # styles rest on one another; a loop among them ends here


def read_docx(path: Path, data: bytes) -> Draft:
    """The text of a Word file with its headings; tracked deletions are left out, insertions kept."""
    check_archive(path, data, "[Content_Types].xml")
    import docx
    from docx.opc.exceptions import OpcError
    from lxml import etree

    try:
        document = docx.Document(BytesIO(data))
        styles = _Styles(document)
        text, headings = join_blocks([*_blocks(document.element.body, styles), *_notes(document, styles)])
        properties = document.core_properties
        created = properties.created
        return Draft(
            text,
            title=declared_title(properties.title),
            language=properties.language,
            created=created.date().isoformat() if created else "",
            headings=headings,
        )
    except (OpcError, etree.LxmlError, *VALUE_ERRORS, *ZIP_ERRORS) as error:
        raise broken(path, error) from error


class _Styles:
    """What a paragraph's style says: the level of a heading, an item of a list, a line of a table of contents."""

    def __init__(self, document: Any) -> None:
        self._by_id = {node.get(_W + "styleId"): node for node in document.styles.element.iter(_W + "style")}

    def _chain(self, paragraph: Any) -> Iterator[Any]:
        """The paragraph's own properties, then each style it rests on."""
        properties = paragraph.find(_W + "pPr")
        if properties is None:
            return
        yield properties
        style = properties.find(_W + "pStyle")
        for _ in range(_STYLE_DEPTH):
            node = self._by_id.get(style.get(_W + "val")) if style is not None else None
            if node is None:
                return
            yield node
            style = node.find(_W + "basedOn")

    def level(self, paragraph: Any) -> int:
        """The level of a heading from 1, 0 for other paragraphs."""
        for node in self._chain(paragraph):
            outline = next(node.iter(_W + "outlineLvl"), None)
            if outline is not None:
                level = int(outline.get(_W + "val", "9")) + 1
                return level if level <= _LEVELS else 0
            name = _style_name(node)
            match = _HEADING_NAME.fullmatch(name)
            if match or name == "title":
                return int(match[1]) if match else 1
        return 0

    def is_item(self, paragraph: Any) -> bool:
        for node in self._chain(paragraph):
            numbering = next(node.iter(_W + "numId"), None)
            if numbering is not None:
                return str(numbering.get(_W + "val")) != "0"
        return False

    def is_contents(self, paragraph: Any) -> bool:
        return any(re.match(r"(?:toc|tm|index) ?\d", _style_name(node)) for node in self._chain(paragraph))


def _style_name(node: Any) -> str:
    name = node.find(_W + "name")
    return (name.get(_W + "val") or "").strip().lower() if name is not None else ""


def _blocks(container: Any, styles: _Styles) -> Iterator[Block]:
    """The blocks of a body, cell, frame or note; content controls and custom markup are seen through."""
    stack = [iter(container)]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
        elif node.tag == _W + "p":
            yield from _paragraph(node, styles)
        elif node.tag == _W + "tbl":
            yield from _table(node, styles)
        elif node.tag not in _SKIPPED and isinstance(node.tag, str):
            stack.append(iter(node))


def _paragraph(node: Any, styles: _Styles) -> Iterator[Block]:
    text = _text(node)
    level = styles.level(node)
    if text.strip() and not styles.is_contents(node):
        if level:
            yield Block(" ".join(text.split()), level)
        elif styles.is_item(node):
            yield Block("- " + text.strip(), group="list")
        else:
            yield Block(text.strip())
    for frame in node.iter(_W + "txbxContent"):
        if not any(parent.tag == _FALLBACK for parent in frame.iterancestors()):
            for inner in frame.iter(_W + "p"):
                yield Block(_text(inner).strip())


def _text(node: Any) -> str:
    """The words of a paragraph as they are displayed."""
    pieces: list[str] = []
    stack = [iter(node)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif child.tag == _W + "t":
            pieces += [child.text or "", *(inner.tail or "" for inner in child)]
        elif child.tag in _MARKS:
            pieces.append(_MARKS[child.tag])
        elif child.tag not in _SKIPPED:
            stack.append(iter(child))
    return "".join(pieces)


def _table(table: Any, styles: _Styles) -> Iterator[Block]:
    """One line for each row, its cells between bars; the cells of a row that lays out a page are read one by one."""
    for row in (node for node in table.iter(_W + "tr") if _enclosing(node, "tbl") is table):
        cells = [node for node in row.iter(_W + "tc") if _enclosing(node, "tr") is row]
        if any(_is_layout(cell, styles) for cell in cells):
            for cell in cells:
                yield from _blocks(cell, styles)
        else:
            words = (" ".join(" ".join(_text(node) for node in cell.iter(_W + "p")).split()) for cell in cells)
            yield Block(" | ".join(cell for cell in words if cell), group="row")


def _enclosing(node: Any, name: str) -> Any:
    return next(node.iterancestors(_W + name), None)


def _is_layout(cell: Any, styles: _Styles) -> bool:
    """Whether a cell holds more than a value: a heading, another table, several paragraphs."""
    paragraphs = [node for node in cell.iter(_W + "p") if _text(node).strip()]
    nested = next(cell.iter(_W + "tbl"), None) is not None
    return nested or len(paragraphs) > _CELL_PARAGRAPHS or any(styles.level(node) for node in paragraphs)


def _notes(document: Any, styles: _Styles) -> Iterator[Block]:
    """The paragraphs of footnotes and endnotes, in their own order."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(("/footnotes", "/endnotes")):
            continue
        root = etree.fromstring(relation.target_part.blob, parser)
        for note in root:
            if note.get(_W + "type") in (None, "normal"):
                yield from _blocks(note, styles)
