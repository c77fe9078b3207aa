"""No file, however broken, ends in anything but documents or an error that names it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_read_markup import page
from test_read_office import make_docx, make_eml, make_odt, rebuild
from test_read_pdf import make_pdf

from rag.config import Config
from rag.errors import Unreadable
from rag.read import SUFFIXES, read_file
from rag.schema import Document

BODY = "<h1>Le moulin</h1><p>Metz, 5 mars 2024 – Il <b>rouvre</b>.</p><table><tr><td>a<td>b</table><ul><li>c</ul>"
SOUND: dict[str, bytes] = {
    ".txt": "Le moulin de Brême rouvre.\n\nMetz, 5 mars 2024.".encode(),
    ".md": "---\ntitle: Le moulin\ndate: 2024-03-05\n---\n# Brême\n\nTexte\n=====\n".encode(),
    ".html": page(BODY, "<title>Le moulin | Ville</title>").encode(),
    ".htm": page(BODY).encode("utf-16"),
    ".pdf": make_pdf("Le moulin\n\nIl rouvre à Brême.", "Page deux.", title="Moulin", created="D:20240305"),
    ".docx": make_docx(),
    ".odt": make_odt(),
    ".eml": make_eml(),
    ".csv": "Port;2023;Note\nBrême;12;rouvre\nMetz;3;\"à deux\nlignes\"\n".encode(),
    ".tsv": "Port\tNote\nBrême\trouvre\n".encode("cp1252"),
    ".jsonl": "\n".join(json.dumps({"id": str(n), "text": "Été.", "date": "2024"}) for n in range(4)).encode(),
}
PARTS = {".docx": ("word/document.xml", "word/styles.xml", "docProps/core.xml", "[Content_Types].xml"),
         ".odt": ("content.xml", "meta.xml", "META-INF/manifest.xml")}  # fmt: skip
FUZZ = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(folder: Path, suffix: str, data: bytes) -> list[Document]:
    """What the reader makes of the bytes; no documents where it says why it cannot read them."""
    path = folder / f"note{suffix}"
    path.write_bytes(data)
    problems: list[Unreadable] = []
    documents: list[Document] = []
    try:
        documents = list(read_file(path, folder, Config(), problems))
    except Unreadable as error:
        problems.append(error)
    assert all(problem.path == str(path) and problem.reason for problem in problems)
    assert documents or problems
    for document in documents:
        check(document)
    return documents


def check(document: Document) -> None:
    """What holds of every document: words in it, encodable fields, offsets inside the text and in order."""
    assert any(character.isalnum() for character in document.text)
    assert document.title.strip()
    assert "\r" not in document.text
    for value in (document.id, document.title, document.source or "", document.text):
        assert value.encode("utf-8").decode("utf-8") == value
    assert list(document.pages) == sorted(document.pages)
    assert all(0 <= start <= len(document.text) for start in document.pages)
    spans = [(heading.start, heading.end) for heading in document.headings]
    assert spans == sorted(spans)
    assert all(document.text[start:end].strip() == document.text[start:end] != "" for start, end in spans)


def test_there_is_a_sound_file_of_every_format(tmp_path: Path) -> None:
    assert set(SOUND) == set(SUFFIXES)
    assert [len(read(tmp_path, suffix, data)) for suffix, data in SOUND.items()] == [1] * 10 + [4]


def test_a_heading_begins_after_signs_that_are_no_letters(tmp_path: Path) -> None:
    (document,) = read(tmp_path, ".md", SOUND[".md"].replace(b"# Br", b"# \x0bBr"))
    assert [document.text[heading.start : heading.end] for heading in document.headings] == ["Brême", "Texte"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_cut_short_anywhere(tmp_path: Path, suffix: str) -> None:
    data = SOUND[suffix]
    for size in range(0, len(data), max(1, len(data) // 24)):
        read(tmp_path, suffix, data[:size])


@pytest.mark.parametrize("suffix", SUFFIXES)
@FUZZ
@given(data=st.binary(max_size=300))
def test_any_bytes(tmp_path: Path, suffix: str, data: bytes) -> None:
    read(tmp_path, suffix, data)


@pytest.mark.parametrize("suffix", SUFFIXES)
@FUZZ
@given(data=st.data())
def test_a_few_bytes_changed(tmp_path: Path, suffix: str, data: st.DataObject) -> None:
    read(tmp_path, suffix, _changed(SOUND[suffix], data))


@pytest.mark.parametrize(("suffix", "part"), [(suffix, part) for suffix, parts in PARTS.items() for part in parts])
@FUZZ
@given(data=st.data())
def test_a_few_bytes_changed_inside_the_archive(tmp_path: Path, suffix: str, part: str, data: st.DataObject) -> None:
    read(tmp_path, suffix, rebuild(SOUND[suffix], {part: lambda content: _changed(content, data)}))


def _changed(content: bytes, data: st.DataObject) -> bytes:
    """The content with up to four stretches overwritten, inserted or removed."""
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content)))
        removed = data.draw(st.integers(0, 30))
        content = content[:place] + data.draw(st.binary(max_size=20)) + content[place + removed :]
    return content


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES if suffix not in (".pdf", ".docx", ".odt")])
@FUZZ
@given(words=st.text(max_size=200))
def test_any_text(tmp_path: Path, suffix: str, words: str) -> None:
    read(tmp_path, suffix, words.encode("utf-8", "surrogatepass"))


@FUZZ
@given(headers=st.lists(st.tuples(st.sampled_from(["Subject", "From", "Date", "Content-Type"]), st.text(max_size=40))))
def test_any_headers_of_a_letter(tmp_path: Path, headers: list[tuple[str, str]]) -> None:
    head = "".join(f"{name}: {value}\n" for name, value in headers)
    read(tmp_path, ".eml", f"{head}\nBonjour.\n".encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "head",
    ["From: " + "(" * 5_000, "From: " + '"a" <a@b.fr>, ' * 20_000, "Subject: " + "=?utf-8?q?a?= " * 100_000],
    ids=["comments in comments", "addresses without end", "words without end"],
)
def test_a_letter_whose_headers_are_a_trap_is_read_without_them(tmp_path: Path, head: str) -> None:
    began = time.process_time()
    file = tmp_path / "a.eml"
    file.write_text(f"{head}\nDate: Tue, 5 Mar 2024 10:00:00 +0100\n\nBonjour.\n", encoding="utf-8")
    (document,) = read_file(file, tmp_path, Config())
    assert (document.text.strip(), document.source, document.date) == ("Bonjour.", None, "2024-03-05")
    assert time.process_time() - began < 5
