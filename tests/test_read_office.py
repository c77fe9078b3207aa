"""Word, OpenDocument and mail files: text in order, headings, properties, and the files that are refused."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from odf import dc, meta, table, text
from odf.opendocument import OpenDocumentText
from odf.style import Style

from rag.config import Config
from rag.errors import Unreadable
from rag.read import archive, read_file
from rag.schema import Document

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
EXPECTED = (
    "Le moulin de Brumeval\n\nUn été à l’œuvre : déjà 3\xa0€.\n\n2. Les travaux\n\n- la roue\n- le toit\n\n"
    "An | Somme\n2023 | 5 €\n\nFin.\n\nSelon le registre."
)
HEADINGS = [("Le moulin de Brumeval", 1), ("2. Les travaux", 2)]


def save_docx(document: Any) -> bytes:
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def make_docx(title: str = "Le moulin rouvre") -> bytes:
    """A Word file with headings, a list, a table and a footnote."""
    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.language, properties.created = title, "fr-FR", datetime(2024, 3, 5, 10, 20)
    document.add_heading("Le moulin de Brumeval", level=1)
    document.add_paragraph("Un été à l’œuvre : déjà 3\xa0€.")
    document.add_heading("2. Les travaux", level=2)
    document.add_paragraph("la roue", style="List Bullet")
    document.add_paragraph("le toit", style="List Number")
    grid = document.add_table(rows=2, cols=2)
    for cell, words in zip(grid._cells, ("An", "Somme", "2023", "5 €"), strict=True):
        cell.text = words
    document.add_paragraph("Fin.")
    return with_footnote(save_docx(document), "Selon le registre.")


def with_footnote(data: bytes, words: str) -> bytes:
    """The file with a part of footnotes, as Word writes it: a separator first, then the note."""
    note = f'<w:footnote w:id="1"><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:footnote>'
    line = '<w:footnote w:id="0" w:type="separator"><w:p><w:r><w:t>trait</w:t></w:r></w:p></w:footnote>'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    changes: dict[str, Callable[[bytes], bytes]] = {
        "word/_rels/document.xml.rels": lambda part: part.replace(
            b"</Relationships>",
            f'<Relationship Id="rId99" Type="{kind}" Target="footnotes.xml"/></Relationships>'.encode(),
        ),
    }
    return rebuild(data, changes, {"word/footnotes.xml": f"<w:footnotes {W}>{line}{note}</w:footnotes>".encode()})


def rebuild(data: bytes, changes: dict[str, Callable[[bytes], bytes]], added: dict[str, bytes] | None = None) -> bytes:
    """The archive with some members changed and some added."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, bytes)(old.read(name)))
        for name, part in (added or {}).items():
            new.writestr(name, part)
    return stream.getvalue()


def make_odt(title: str = "Le moulin rouvre") -> bytes:
    """An OpenDocument text with the same content as the Word file."""
    document = OpenDocumentText()
    document.meta.addElement(dc.Title(text=title))
    document.meta.addElement(dc.Language(text="fr-FR"))
    document.meta.addElement(meta.CreationDate(text="2024-03-05T10:20:00"))
    heading = Style(name="P1", family="paragraph", parentstylename="Title")
    document.automaticstyles.addElement(heading)
    document.text.addElement(text.P(stylename=heading, text="Le moulin de Brumeval"))
    paragraph = text.P(text="Un été à")
    paragraph.addElement(text.S(c=1))
    paragraph.addElement(text.Span(text="l’œuvre"))
    paragraph.addText(" : déjà 3\xa0€.")
    note = text.Note(noteclass="footnote")
    note.addElement(text.NoteCitation(text="1"))
    body = text.NoteBody()
    body.addElement(text.P(text="Selon le registre."))
    note.addElement(body)
    paragraph.addElement(note)
    document.text.addElement(paragraph)
    document.text.addElement(text.H(outlinelevel=2, text="2. Les travaux"))
    items = text.List()
    for words in ("la roue", "le toit"):
        item = text.ListItem()
        item.addElement(text.P(text=words))
        items.addElement(item)
    document.text.addElement(items)
    grid = table.Table()
    for words_of_row in (("An", "Somme"), ("2023", "5 €")):
        row = table.TableRow()
        for words in words_of_row:
            cell = table.TableCell()
            cell.addElement(text.P(text=words))
            row.addElement(cell)
        grid.addElement(row)
    document.text.addElement(grid)
    document.text.addElement(text.P(text="Fin."))
    stream = BytesIO()
    document.write(stream)
    return stream.getvalue()


def make_eml(html: bool = False) -> bytes:
    """A letter with an attachment, its body plain or in HTML only."""
    message = EmailMessage()
    message["Subject"] = "Réouverture du moulin à Brumeval"
    message["From"] = "Élodie Garçonnet <elodie@brumeval.example>"
    message["Date"] = "Tue, 05 Mar 2024 23:30:00 -0500"
    if html:
        message.set_content("<p>Chère équipe,</p><p>> à lundi&nbsp;!</p>", subtype="html", charset="iso-8859-1")
    else:
        message.set_content("Chère équipe,\n\n> à lundi\n\nÉlodie\n", charset="iso-8859-1")
        message.add_alternative("<p>Autre version</p>", subtype="html")
        message.add_attachment(b"secret", maintype="text", subtype="plain", filename="piece.txt")
    return message.as_bytes()


MADE: dict[str, Callable[[], bytes]] = {".docx": make_docx, ".odt": make_odt, ".eml": make_eml}


def read(tmp_path: Path, data: bytes, name: str) -> Document:
    path = tmp_path / name
    path.write_bytes(data)
    (document,) = read_file(path, tmp_path, Config())
    return document


def headings_of(document: Document) -> list[tuple[str, int]]:
    return [(document.text[heading.start : heading.end], heading.level) for heading in document.headings]


@pytest.mark.parametrize("suffix", [".docx", ".odt"])
def test_text_headings_and_properties(tmp_path: Path, suffix: str) -> None:
    document = read(tmp_path, MADE[suffix](), f"moulin{suffix}")
    assert document.text == EXPECTED
    assert headings_of(document) == HEADINGS
    assert (document.title, document.language, document.date) == ("Le moulin rouvre", "fr", "2024-03-05")
    assert (document.source, document.pages) == (None, ())


@pytest.mark.parametrize("make", [make_docx, make_odt])
def test_a_title_given_by_the_program_is_passed_over(tmp_path: Path, make: Callable[[str], bytes]) -> None:
    suffix = ".docx" if make is make_docx else ".odt"
    assert read(tmp_path, make("Microsoft Word - doc1"), f"a{suffix}").title == "Le moulin de Brumeval"


def test_a_dateline_goes_before_the_day_the_file_was_made(tmp_path: Path) -> None:
    document = docx.Document()
    document.core_properties.created = datetime(2020, 1, 1)
    document.add_paragraph("Brumeval, le 5 mars 2024 – Le moulin rouvre.")
    assert read(tmp_path, save_docx(document), "a.docx").date == "2024-03-05"


def test_tracked_changes_frames_and_fields_of_word(tmp_path: Path) -> None:
    document = docx.Document()
    runs = (
        '<w:r><w:t xml:space="preserve">Le </w:t></w:r><w:del><w:r><w:delText>vieux </w:delText></w:r></w:del>'
        '<w:ins><w:r><w:t xml:space="preserve">grand </w:t></w:r></w:ins>'
        "<w:hyperlink><w:r><w:t>moulin</w:t></w:r></w:hyperlink>"
        "<w:r><w:tab/><w:t>tourne</w:t><w:br/><w:t>encore</w:t></w:r>"
        "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>Encadré</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
    )
    body = document.element.body
    body.insert(0, parse_xml(f"<w:p {W}>{runs}</w:p>"))
    control = "<w:sdtContent><w:p><w:r><w:t>Dans un champ.</w:t></w:r></w:p></w:sdtContent>"
    body.insert(1, parse_xml(f"<w:sdt {W}>{control}</w:sdt>"))
    level = '<w:pPr><w:outlineLvl w:val="2"/></w:pPr>'
    body.insert(2, parse_xml(f"<w:p {W}>{level}<w:r><w:t>Intertitre</w:t></w:r></w:p>"))
    read_back = read(tmp_path, save_docx(document), "a.docx")
    assert read_back.text == "Le grand moulin\ttourne\nencore\n\nEncadré\n\nDans un champ.\n\nIntertitre"
    assert headings_of(read_back) == [("Intertitre", 3)]


@pytest.mark.parametrize("name", ["Titre 2", "Überschrift 2", "Nagłówek 2"])
def test_localised_heading_styles(tmp_path: Path, name: str) -> None:
    document = docx.Document()
    style = document.styles.add_style(name, 1)
    document.add_paragraph("Les travaux", style=style)
    document.add_paragraph("Texte.")
    assert headings_of(read(tmp_path, save_docx(document), "a.docx")) == [("Les travaux", 2)]


def test_a_table_of_contents_is_left_out_and_layout_tables_are_read_cell_by_cell(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Les travaux 3", style=document.styles.add_style("toc 1", 1))
    cells = document.add_table(rows=1, cols=2)._cells
    cells[0].text = "Un.\nDeux."
    cells[0].add_paragraph("Trois.")
    cells[0].add_paragraph("Quatre.")
    cells[1].text = "Marge"
    assert read(tmp_path, save_docx(document), "a.docx").text == "Un.\nDeux.\n\nTrois.\n\nQuatre.\n\nMarge"


def test_tracked_deletions_and_comments_of_opendocument_are_left_out(tmp_path: Path) -> None:
    old = b"<text:p>Fin.</text:p>"
    new = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>effacé</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes><text:p>Fin<office:annotation><text:p>remarque</text:p>"
        "</office:annotation><text:tab/><text:line-break/>.</text:p>"
    ).encode()
    data = make_odt()
    with zipfile.ZipFile(BytesIO(data)) as opened:
        assert old in opened.read("content.xml")
    document = read(tmp_path, rebuild(data, {"content.xml": lambda part: part.replace(old, new)}), "a.odt")
    assert document.text == EXPECTED.replace("Fin.", "Fin\t\n.")


def test_a_letter(tmp_path: Path) -> None:
    document = read(tmp_path, make_eml(), "lettre.eml")
    assert document == Document(
        "lettre.eml",
        "Réouverture du moulin à Brumeval",
        "",
        "2024-03-05",
        "Élodie Garçonnet",
        "Chère équipe,\n\n> à lundi\n\nÉlodie\n",
    )


def test_a_letter_in_html_only(tmp_path: Path) -> None:
    document = read(tmp_path, make_eml(html=True), "lettre.eml")
    assert document.text == "Chère équipe,\n\n> à lundi\xa0!"
    assert document.title == "Réouverture du moulin à Brumeval"


@pytest.mark.parametrize(
    ("header", "source"),
    [
        ("From: mairie@brume.example", "mairie@brume.example"),
        ("From: =?utf-8?q?Id=C3=A9e?= <a@b.example>", "Idée"),
        ("", None),
    ],
)
def test_who_wrote_a_letter(tmp_path: Path, header: str, source: str | None) -> None:
    raw = f"Subject: Le pont\nDate: n'importe quoi\n{header}\n\nTexte.\n".replace("\n\n\n", "\n\n")
    document = read(tmp_path, raw.encode(), "a.eml")
    assert (document.source, document.date, document.title) == (source, None, "Le pont")


def test_what_is_no_letter_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not a letter"):
        read(tmp_path, b"Bonjour\n\ntout le monde.", "a.eml")
    only_picture = b"Subject: x\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n"
    with pytest.raises(Unreadable, match="not a letter"):
        read(tmp_path, only_picture, "a.eml")


@pytest.mark.parametrize("suffix", [".docx", ".odt"])
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"Bonjour", "it is damaged"),
        (b"PK\x03\x04" + b"\x00" * 40, "it is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 99, "an old Word file"),
    ],
)
def test_files_that_are_no_archive(tmp_path: Path, suffix: str, data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read(tmp_path, data, f"a{suffix}")


@pytest.mark.parametrize(("suffix", "part"), [(".docx", "word/document.xml"), (".odt", "content.xml")])
def test_a_damaged_part_is_reported_not_read_by_half(tmp_path: Path, suffix: str, part: str) -> None:
    data = rebuild(MADE[suffix](), {part: lambda content: content[: len(content) // 2]})
    with pytest.raises(Unreadable, match="it is damaged"):
        read(tmp_path, data, f"a{suffix}")


@pytest.mark.parametrize(("suffix", "other"), [(".docx", ".odt"), (".odt", ".docx")])
def test_an_archive_of_another_kind_is_named(tmp_path: Path, suffix: str, other: str) -> None:
    with pytest.raises(Unreadable, match=rf"not a {suffix} file"):
        read(tmp_path, MADE[other](), f"a{suffix}")


def test_an_encrypted_opendocument_asks_for_its_password_to_be_removed(tmp_path: Path) -> None:
    data = rebuild(
        make_odt(), {"META-INF/manifest.xml": lambda part: part.replace(b"</", b"<manifest:encryption-data/></", 1)}
    )
    with pytest.raises(Unreadable, match="protected by a password"):
        read(tmp_path, data, "a.odt")


@pytest.mark.parametrize("suffix", [".docx", ".odt"])
def test_an_archive_that_unpacks_too_large_is_refused_unread(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = rebuild(MADE[suffix](), {}, {"media/zeros": bytes(3_000_000)})
    assert read(tmp_path, data, f"a{suffix}").text == EXPECTED
    monkeypatch.setattr(archive, "_UNPACKED_BYTES", 3_000_000)
    with pytest.raises(Unreadable, match="unpacks to more than"):
        read(tmp_path, data, f"a{suffix}")


@pytest.mark.parametrize(("suffix", "part"), [(".docx", "word/document.xml"), (".odt", "content.xml")])
def test_entities_neither_grow_nor_fetch(tmp_path: Path, suffix: str, part: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mot de passe")
    entities = (
        f"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'><!ENTITY f SYSTEM '{secret.as_uri()}'>]>".encode()
    )

    def change(content: bytes) -> bytes:
        head, _, rest = content.partition(b"?>")
        return head + b"?>" + entities + rest.replace(b"Fin.", b"Fin &b;&f;.", 1)

    text_read = read(tmp_path, rebuild(MADE[suffix](), {part: change}), f"a{suffix}").text
    assert "Fin ." in text_read
    assert "aaaa" not in text_read
    assert "mot de passe" not in text_read
