"""STAGE read: the checks on a zipped document (.docx, .odt) before any library unpacks it."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from pathlib import Path

from rag.errors import Reason, Unreadable

_UNPACKED_BYTES = 512 * 1024 * 1024  # a thousand-page book with its pictures stays well below
_MEMBERS = 20_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_ZIP = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error)
ZIP_ERRORS = (*_ZIP, EOFError, NotImplementedError, RuntimeError, OSError)
"""What unpacking a damaged archive may raise."""
VALUE_ERRORS = (ValueError, KeyError, IndexError, AttributeError, TypeError, AssertionError)
"""What the libraries let out when the parts of a document do not fit together."""
LOCKED = Reason("locked", "it is protected by a password: open it, remove the password, save it again")


def check_archive(path: Path, data: bytes, needed: str) -> None:
    """Raise Unreadable for a file that is encrypted, unpacks too large, or is no zip with the member ``needed``."""
    if data.startswith(_OLE):
        if _ENCRYPTED_PACKAGE in data:
            raise Unreadable(path, LOCKED)
        raise Unreadable(
            path, Reason("old_word", "it is an old Word file (.doc) under another suffix: save it as .docx")
        )
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
    except (*ZIP_ERRORS, *VALUE_ERRORS) as error:
        raise broken(path, error) from error
    if len(members) > _MEMBERS or sum(member.file_size for member in members) > _UNPACKED_BYTES:
        raise Unreadable(path, Reason("unpacked", "it unpacks to more than 512 MB: remove its pictures, or split it"))
    if any(member.flag_bits & 0x1 for member in members):
        raise Unreadable(path, LOCKED)
    if needed not in names:
        raise Unreadable(path, _other_format(path, needed))


def broken(path: Path, error: BaseException) -> Unreadable:
    """The report of a zipped document that is cut short or changed."""
    detail = " ".join(str(error).split())[:120] or type(error).__name__
    return Unreadable(
        path, Reason("damaged", "it is damaged ({detail}): open it in its program and save it again", detail=detail)
    )


def _other_format(path: Path, needed: str) -> Reason:
    suffix = path.suffix.lower()
    words = "it is not a {suffix} file ({needed} is missing): save it again"
    return Reason("other_format", words, suffix=suffix, needed=needed)
