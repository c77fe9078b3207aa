"""WALK: a dossier as a Word document, its data in a part of its own that word processors keep."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from typing import Any

from rag.dossier.data import Dossier, write_json
from rag.dossier.outline import Block, outline

PART = "/customXml/item99.xml"
NAMESPACE = "urn:communique:dossier"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
_STYLES = {"title": "Title", "heading": "Heading 1", "subheading": "Heading 2", "quote": "Quote", "fact": "List Bullet"}


def write_docx(dossier: Dossier) -> bytes:
    """The dossier as a .docx."""
    import docx
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    document = docx.Document()
    blocks = list(outline(dossier))
    document.core_properties.title = blocks[0].text[:255]
    document.core_properties.author = "Communiqué"
    for block in blocks:
        _add(document, block)
    body = BytesIO()
    document.save(body)
    data = write_json(dossier, shown_sha256=sha256(shown_text(body.getvalue()).encode()).hexdigest()).decode()
    xml = f'<?xml version="1.0" encoding="UTF-8"?>\n<dossier xmlns="{NAMESPACE}">{data}</dossier>'
    part = Part(PackURI(PART), "application/xml", xml.encode(), document.part.package)
    document.part.relate_to(part, _RELATION)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _add(document: Any, block: Block) -> None:
    paragraph = document.add_paragraph(style=_STYLES.get(block.kind))
    if block.name:
        paragraph.add_run(f"{block.name}: ").bold = True
    paragraph.add_run(block.text)


def shown_text(data: bytes) -> str:
    """The words that a .docx shows, without the spaces that a word processor may move."""
    import docx

    document = docx.Document(BytesIO(data))
    return "".join("".join(paragraph.text.split()) for paragraph in document.paragraphs)
