"""DOOR: texts of documents made harmless before a page shows them."""

from __future__ import annotations

import re
from html import escape

# Controls of terminals and printers, and the marks that turn the direction of everything after them. The plain
# direction marks U+200E and U+200F stay: Arabic and Hebrew need them and they steer nothing beyond themselves.
_STEERING = {
    code: None
    for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFFFE, 0xFFFF)
    if chr(code) not in "\n\t"
}
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# An address is linked wherever it stands, escaped or not; a word joiner in it is invisible and ends that.
_ADDRESS = re.compile(r"(?i)(:(?=//)|\bwww(?=\.)|(?<=\w)(?=@))")
_JOINER = "\u2060"


def inert(text: str) -> str:
    """``text`` without characters that steer how what follows is drawn.

    >>> inert("a\u202eb\x1b[2J")
    'ab[2J'
    """
    return text.translate(_STEERING)


def inert_line(text: str) -> str:
    """``text`` on one line, without steering characters."""
    return " ".join(inert(text).split())


def inert_html(text: str) -> str:
    """``text`` as HTML that shows it and does nothing else.

    >>> inert_html("<b>")
    '&lt;b&gt;'
    """
    return escape(inert(text))


def inert_markdown(text: str) -> str:
    r"""``text`` as Markdown that shows it: no emphasis, links, images, formulas or directives.

    >>> inert_markdown("$a$ *b*")
    '\\$a\\$ \\*b\\*'
    """
    return _PUNCTUATION.sub(r"\\\1", _ADDRESS.sub(rf"\1{_JOINER}", inert_line(text)))
