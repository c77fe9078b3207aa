"""WALK: a dossier's file, of any format, -> its data, and whether what it shows is as it was written."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from rag.dossier import html, markdown, word
from rag.dossier.data import Dossier, read_json
from rag.errors import DossierError, Unreadable
from rag.read.archive import VALUE_ERRORS, ZIP_ERRORS, check_archive

_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class ReadDossier:
    """The data of a dossier. ``unaltered`` says whether the part that people read is as it was written, None for JSON,
    which is its own data."""

    dossier: Dossier
    unaltered: bool | None


def read_dossier(path: Path) -> ReadDossier:
    """The dossier in a file that render wrote; raises DossierError for any other file."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_BYTES + 1)
    except OSError as error:
        mend = "give a file that `rag export` wrote"
        raise DossierError(f"cannot read the dossier {path}: {error.strerror}: {mend}") from error
    if len(data) > _BYTES:
        raise DossierError(f"{path} has more than {_BYTES // 10**6} MB: that is no dossier")
    if data.startswith(b"PK"):
        return _read_docx(path, data)
    for opened, closed in ((html.OPENED, html.CLOSED), (markdown.OPENED, markdown.CLOSED)):
        start = data.rfind(opened.encode())
        if start >= 0:
            return _read_embedded(path, data, start, closed.encode())
    dossier, _ = read_json(data, str(path))
    return ReadDossier(dossier, None)


def _read_embedded(path: Path, data: bytes, start: int, closed: bytes) -> ReadDossier:
    """The data between the mark at ``start`` and ``closed``; what stands before it is what people read."""
    opened, end = data.find(b"{", start), data.rfind(closed)
    if opened < 0 or end < opened:
        raise DossierError(f"{path} was cut short: take another copy of it")
    dossier, values = read_json(data[opened:end], str(path))
    body = data[: data.rfind(b"<details>", 0, start)] if data[start:].startswith(html.OPENED.encode()) else data[:start]
    expected = sha256(body).hexdigest()
    return ReadDossier(dossier, values.get("shown_sha256") == expected and _nothing_after(data[end:]))


def _nothing_after(tail: bytes) -> bool:
    """Whether nothing that people could read was put behind the data."""
    return tail in (b"-->\n", b"</pre>\n</details>\n</body>\n</html>\n")


def _read_docx(path: Path, data: bytes) -> ReadDossier:
    from io import BytesIO
    from zipfile import ZipFile

    try:
        check_archive(path, data, "word/document.xml")
        with ZipFile(BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if member.filename.startswith("customXml/")]
            parts = [archive.read(member) for member in members if member.file_size <= _BYTES]
        found = [text for part in parts if (text := _own_data(part))]
        if not found:
            raise DossierError(f"{path} is no dossier or lost its data: give a file that `rag export` wrote")
        dossier, values = read_json(found[0], str(path))
        shown = word.shown_text(data)
    except Unreadable as error:
        raise DossierError(f"the dossier {path} cannot be read: {error.reason}") from error
    except (*ZIP_ERRORS, *VALUE_ERRORS) as error:
        raise DossierError(f"the dossier {path} is damaged ({error}): take another copy of it") from error
    return ReadDossier(dossier, values.get("shown_sha256") == sha256(shown.encode()).hexdigest())


def _own_data(part: bytes) -> str:
    """The JSON in a part of a .docx, empty where the part is another one."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(part, parser)
    except etree.XMLSyntaxError:
        return ""
    return str(root.text or "") if root.tag == f"{{{word.NAMESPACE}}}dossier" else ""
