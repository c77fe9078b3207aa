"""WALK: a dossier as Markdown in which no text of a document, a question or a model means anything but itself."""

from __future__ import annotations

import re
from hashlib import sha256
from itertools import pairwise

from rag.dossier.data import Dossier, label, write_json
from rag.dossier.outline import Block, outline

OPENED = "<!-- communique-dossier "
CLOSED = "-->"
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# An address is made a link wherever it stands; a word joiner in it is invisible and ends that.
_ADDRESS = re.compile(r"(?i)(:(?=//)|\bwww(?=\.)|(?<=\w)(?=@))")
_JOINER = "\u2060"


def inert(text: str) -> str:
    r"""``text`` as Markdown that shows it: no emphasis, links, images, formulas, HTML or headings.

    >>> inert("*a* <b>")
    '\\*a\\* \\<b\\>'
    """
    return _PUNCTUATION.sub(r"\\\1", _ADDRESS.sub(rf"\1{_JOINER}", text))


def write_markdown(dossier: Dossier) -> bytes:
    """The dossier as Markdown in UTF-8, its data in a comment at the end."""
    body = _body(list(outline(dossier))).encode("utf-8", "backslashreplace")
    data = write_json(dossier, shown_sha256=sha256(body).hexdigest()).decode()
    return body + f"{OPENED}{label('data', dossier.language)}\n{data}{CLOSED}\n".encode()


def _body(blocks: list[Block]) -> str:
    """The blocks with an empty line between two, but for the facts of a list."""
    parts = [
        ("\n" if block.kind == before.kind == "fact" else "\n\n") + _block(block)
        for before, block in pairwise([Block("", ""), *blocks])
    ]
    return "".join(parts).lstrip("\n") + "\n\n"


def _block(block: Block) -> str:
    lines = [inert(line.strip()) for line in block.text.split("\n") if line.strip()]
    text = "\n".join(lines)
    if block.kind in ("title", "heading", "subheading"):
        return f"{'#' * (1 + ('title', 'heading', 'subheading').index(block.kind))} {text}"
    if block.kind == "quote":
        return "\n".join(f"> {line}  " for line in lines).rstrip()
    if block.kind == "fact":
        return f"- **{inert(block.name)}**: {text}"
    return text
