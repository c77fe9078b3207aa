"""Write the binary documents of the sample corpus, and the offsets of its test set.

Run by hand from the repository, with the package installed (and, for the PDFs, reportlab):

    python tests/make_corpus_files.py             the .pdf, .docx, .odt and .eml files of corpus/
    python tests/make_corpus_files.py --offsets   every `start` of tests/questions.jsonl, from its first answer

The texts stand in ``tests/corpus_sources/``: a few ``key: value`` lines, an empty line, then the body, in which a line
that begins with ``# ``, ``## ``, ``- `` or ``1. `` is a heading or a list item. The same source gives the same bytes.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.utils import formataddr, parseaddr
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent
CORPUS = TESTS.parent / "corpus"
SOURCES = TESTS / "corpus_sources"
QUESTIONS = TESTS / "questions.jsonl"
OUTPUTS = {
    "positions/securtech-position-charte-passerelle.pdf": "securtech-position-charte-passerelle.txt",
    "communiques/2024-03-28-havenalliantie-grijs-zout.pdf": "havenalliantie-grijs-zout.txt",
    "comptes-rendus/2024-05-16-groupe-ia-suivi.docx": "2024-05-16-groupe-ia-suivi.txt",
    "comptes-rendus/2024-04-18-protokoll-haushaltsausschuss.docx": "2024-04-18-protokoll-haushaltsausschuss.txt",
    "communiques/2024-09-30-centrul-alba-mare.odt": "centrul-alba-mare.txt",
    "lettres/2024-04-03-lettre-maire-saint-aure.eml": "2024-04-03-lettre-maire-saint-aure.txt",
}
"""Each document under corpus/ and the source it is made from."""

NOON_OF_ZIP = (2024, 1, 1, 12, 0, 0)
"""The one time of every member of a zipped document, so that making it twice gives the same bytes."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a source: ``kind`` is h1, h2, bullet, number or text."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class SourceText:
    """A source as it was read: its ``key: value`` lines and its body."""

    fields: dict[str, str]
    body: str

    @property
    def date(self) -> datetime:
        """Nine in the morning of the day the document is dated."""
        return datetime.fromisoformat(f"{self.fields['date']}T09:00:00")

    def blocks(self) -> list[Block]:
        """The body's paragraphs and list items, in order."""
        kinds = (("h2", r"## "), ("h1", r"# "), ("bullet", r"- "), ("number", r"\d+\. "))
        found = []
        for line in filter(None, self.body.split("\n")):
            for kind, pattern in kinds:
                if match := re.match(pattern, line):
                    found.append(Block(kind, line[match.end() :]))
                    break
            else:
                found.append(Block("text", line))
        return found


def read_source(name: str) -> SourceText:
    """The source of that name."""
    head, body = (SOURCES / name).read_text(encoding="utf-8").split("\n\n", 1)
    fields = dict(line.split(": ", 1) for line in head.split("\n"))
    return SourceText(fields, body.strip() + "\n")


def pdf_bytes(source: SourceText) -> bytes:
    """The source as a PDF of A4 pages with numbered feet, set in Times (WinAnsi)."""
    from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
    from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
    from reportlab.lib.units import cm  # type: ignore[import-untyped]
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph  # type: ignore[import-untyped]

    text = ParagraphStyle("text", fontName="Times-Roman", fontSize=11.5, leading=16.5, spaceAfter=7)
    heading = ParagraphStyle("h2", text, fontName="Times-Bold", fontSize=13, spaceBefore=9, keepWithNext=1)
    styles = {"text": text, "h2": heading, "h1": ParagraphStyle("h1", heading, fontSize=17, leading=22)}
    stamp = source.date.strftime("D:%Y%m%d%H%M%S+00'00'")

    def foot(canvas: Any, document: Any) -> None:
        canvas.setDateFormatter(lambda *_: stamp)
        canvas.setFont("Times-Italic", 9)
        canvas.drawCentredString(A4[0] / 2, 1.3 * cm, f"{source.fields['author']} – {document.page}")

    out = io.BytesIO()
    about = {"title": source.fields["title"], "author": source.fields["author"], "lang": source.fields["language"]}
    document = BaseDocTemplate(out, pagesize=A4, invariant=1, **about)
    frame = Frame(2.5 * cm, 2.2 * cm, A4[0] - 5 * cm, A4[1] - 4.4 * cm)
    document.addPageTemplates(PageTemplate(frames=[frame], onPageEnd=foot))
    document.build([Paragraph(block.text, styles[block.kind]) for block in source.blocks()])
    return out.getvalue()


def docx_bytes(source: SourceText) -> bytes:
    """The source as a Word document with its own heading and list styles."""
    from docx import Document

    styles = {"h1": "Title", "h2": "Heading 1", "bullet": "List Bullet", "number": "List Number", "text": "Normal"}
    document = Document()
    about = document.core_properties
    about.title, about.author, about.language = (source.fields[key] for key in ("title", "author", "language"))
    about.created = about.modified = source.date
    about.comments = about.keywords = about.last_modified_by = ""
    for block in source.blocks():
        document.add_paragraph(block.text, style=styles[block.kind])
    out = io.BytesIO()
    document.save(out)
    return steady_zip(out.getvalue())


def odt_bytes(source: SourceText) -> bytes:
    """The source as an OpenDocument text with outline levels and real lists."""
    from odf import dc, meta, text
    from odf.opendocument import OpenDocumentText

    document = OpenDocumentText()
    for element, value in (
        (dc.Title(), source.fields["title"]),
        (dc.Creator(), source.fields["author"]),
        (dc.Language(), source.fields["language"]),
        (dc.Date(), source.date.isoformat()),
        (meta.CreationDate(), source.date.isoformat()),
    ):
        element.addText(value)
        document.meta.addElement(element)
    items = None
    for block in source.blocks():
        if block.kind in {"bullet", "number"}:
            if items is None:
                items = text.List(parent=document.text)
            text.P(parent=text.ListItem(parent=items), text=block.text)
            continue
        items = None
        if block.kind == "text":
            text.P(parent=document.text, text=block.text)
        else:
            text.H(parent=document.text, outlinelevel=int(block.kind[1]), text=block.text)
    out = io.BytesIO()
    document.write(out)
    return steady_zip(out.getvalue())


def eml_bytes(source: SourceText) -> bytes:
    """The source as a letter in ISO-8859-1, quoted-printable, as many mail programs still send it."""
    charset = Charset("iso-8859-1")
    charset.body_encoding = QP
    message = Message()
    for header, key in (("From", "from"), ("To", "to")):
        message[header] = formataddr(parseaddr(source.fields[key]), charset)
    message["Subject"] = Header(source.fields["title"], charset).encode()
    message["Date"] = source.date.strftime("%a, %d %b %Y %H:%M:%S +0200")
    message["Message-ID"] = f"<{source.fields['date']}.1@saint-aure.example>"
    message["Content-Language"] = source.fields["language"]
    message.set_payload(source.body, charset)
    return message.as_bytes()


def steady_zip(data: bytes) -> bytes:
    """The same archive with its members in the same order and one fixed time."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            kept = zipfile.ZipInfo(member.filename, NOON_OF_ZIP)
            kept.compress_type = member.compress_type
            new.writestr(kept, old.read(member))
    return out.getvalue()


WRITERS: dict[str, Callable[[SourceText], bytes]] = {
    ".pdf": pdf_bytes,
    ".docx": docx_bytes,
    ".odt": odt_bytes,
    ".eml": eml_bytes,
}


def write_documents() -> None:
    """Write every document of OUTPUTS into corpus/."""
    for output, name in OUTPUTS.items():
        path = CORPUS / output
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(WRITERS[path.suffix](read_source(name)))


def verbatim(text: str, wanted: str) -> list[tuple[int, str]]:
    """Every place of ``wanted`` in ``text`` and how it is written there: any space and any apostrophe will do.

    >>> verbatim("soit 41\u00a0200 personnes", "41 200 personnes")
    [(5, '41\xa0200 personnes')]
    """
    pattern = re.escape(wanted).replace(r"\ ", r"\s+").replace("'", "['’]")
    pattern = re.sub(r"[\xa0\u202f]", lambda _: r"\s+", pattern)
    return [(match.start(), match[0]) for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text)]


def place_answers(question: dict[str, Any], text: str) -> None:
    """Set a question's answers to the document's own letters and ``start`` to the place of the first.

    Of several places it takes the one inside ``context`` (which is dropped), else the one nearest to the old ``start``.
    """
    spans = [verbatim(text, answer) for answer in question["answers"]]
    context = verbatim(text, question.pop("context", "") or question["answers"][0])
    if not all(spans) or not context:
        raise SystemExit(f"{question['id']}: an answer or the context does not stand in {question['document_id']}")
    low, words = min(context, key=lambda place: abs(place[0] - question["start"]))
    inside = [place for place in spans[0] if low <= place[0] < low + len(words)]
    question["start"], first = inside[0]
    question["answers"] = [first, *(places[0][1] for places in spans[1:])]


def write_offsets() -> None:
    """Recompute the answers and offsets of every answerable question from the documents as the product reads them."""
    from rag.config import Config
    from rag.read import find_files, read_file

    files = find_files(CORPUS)
    texts = {document.id: document.text for file in files for document in read_file(file, CORPUS, Config())}
    questions = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    for question in questions:
        if question["answerable"]:
            place_answers(question, texts[question["document_id"]])
    lines = (json.dumps(question, ensure_ascii=False) + "\n" for question in questions)
    QUESTIONS.write_text("".join(lines), encoding="utf-8")


def main() -> None:
    """Write the documents, or the offsets where ``--offsets`` is given."""
    parser = argparse.ArgumentParser(description="Write the binary documents of corpus/.")
    parser.add_argument("--offsets", action="store_true", help="recompute the offsets of tests/questions.jsonl")
    if parser.parse_args().offsets:
        write_offsets()
    else:
        write_documents()


if __name__ == "__main__":
    main()
