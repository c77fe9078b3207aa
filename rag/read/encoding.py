"""STAGE read: bytes -> text, whatever the encoding."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from rag.errors import Reason, Unreadable
from rag.read.alphabets import guess_encoding

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What a file may declare: encodings of text that need no mark. UTF-16 cannot be declared in bytes that read as ASCII.
_DECLARABLE = re.compile(
    r"utf-8|ascii|cp\d+|iso8859-\d+|koi8-[rtu]|mac-\w+|gb\w+|big5\w*|shift_jis\w*|euc_\w+|johab|iso2022_\w+|tis-620"
)
_SAMPLE_BYTES = 64 * 1024
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_BROKEN_SHARE = 0.05
_CONTROLS_ALLOWED = 0.002  # a stray end-of-file mark is forgiven, a program or a picture is not


def decode(data: bytes, path: Path, declared: str = "") -> str:
    """The text of a file, its line ends ``\\n`` and its byte-order mark gone; no other character is changed.

    Tried in this order: the byte-order mark, UTF-8, the encoding the file declares, UTF-16 by its zero bytes, UTF-8
    with a few broken bytes (each becomes U+FFFD), then the older encodings by the letters and words they yield. Raises
    Unreadable for bytes that are no text.
    """
    text = _decode_marked(data, path)
    if text is None and not data.isascii():
        text = _decode_as(data, "utf-8")  # bytes beyond ASCII that are UTF-8 by chance are next to impossible
    if text is None and _DECLARABLE.fullmatch(_codec(declared)):
        text = _decode_as(data, declared)
    if text is None:
        text = _decode_as(data, "utf-8")
    if text is None or "\x00" in text:
        text = _decode_zero_bytes(data) or _decode_damaged(data) or _decode_older(data)
    if text is None or _is_binary(text):
        raise Unreadable(
            path, Reason("bytes", "it holds bytes that are not text: give it its true suffix, or save it as UTF-8 text")
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode_marked(data: bytes, path: Path) -> str | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = _decode_as(data[len(mark) :], encoding)
            if text is None:
                raise Unreadable(
                    path,
                    Reason(
                        "mark",
                        "its mark says {encoding} but its bytes do not: save it again as UTF-8",
                        encoding=encoding,
                    ),
                )
            return text
    return None


def _decode_as(data: bytes, encoding: str) -> str | None:
    """The text, or None where the bytes are not in this encoding."""
    if _codec(encoding) in ("iso8859-1", "ascii"):
        encoding = "cp1252"  # what pages that declare Latin-1 are written in; differs in the C1 controls only
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _codec(encoding: str) -> str:
    """Python's own name of an encoding, empty where it has none."""
    try:
        return codecs.lookup(encoding).name
    except (LookupError, ValueError):  # ValueError: a null character in the name
        return ""


def _decode_zero_bytes(data: bytes) -> str | None:
    """The text of UTF-16 without a mark, told by a zero in most of the even or most of the odd places."""
    sample = data[:_SAMPLE_BYTES]
    half = max(1, len(sample) // 2)
    if sample[1::2].count(0) > 0.4 * half:
        return _decode_as(data, "utf-16-le")
    if sample[0::2].count(0) > 0.4 * half:
        return _decode_as(data, "utf-16-be")
    return None


def _decode_damaged(data: bytes) -> str | None:
    """The text of UTF-8 of which at most one character in twenty beyond ASCII is broken, as at a cut."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond = sum(character > "\x7f" for character in text)
    return text if broken <= _BROKEN_SHARE * beyond else None


def _is_binary(text: str) -> bool:
    if "\x00" in text:
        return True
    return len(_CONTROLS.findall(text)) > max(2, _CONTROLS_ALLOWED * len(text))


def _decode_older(data: bytes) -> str | None:
    """The text in the likeliest of the encodings used before Unicode, those of Europe first."""
    if b"\x00" in data:
        return None
    encoding = guess_encoding(data)
    if encoding is None:
        from charset_normalizer import from_bytes

        match = from_bytes(data[:_SAMPLE_BYTES]).best()
        encoding = match.encoding if match is not None else None
    return _decode_as(data, encoding) if encoding is not None else None
