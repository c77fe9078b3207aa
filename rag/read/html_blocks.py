"""STAGE read: the element tree of a page -> the blocks of its text."""

from __future__ import annotations

import re
from typing import Any

from rag.read.draft import Block

_DROPPED = frozenset(
    {
        *("script", "style", "noscript", "template", "nav", "aside", "footer", "head", "title", "meta", "link"),
        *("svg", "iframe", "object", "embed", "applet", "video", "audio", "canvas", "map", "frameset", "noframes"),
        *("select", "button", "input", "textarea", "datalist", "dialog"),
    }
)
_DROPPED_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_INLINE = frozenset(
    {
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i"),
        *("img", "ins", "kbd", "label", "mark", "math", "meter", "output", "progress", "q", "rp", "rt", "ruby", "s"),
        *("samp", "slot", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    }
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LAYOUT = " | ".join(
    (".//table", *(f".//{tag}" for tag in _HEADINGS), ".//td[count(.//p) > 1]", ".//td[count(.//div) > 1]")
)
_SPACES = re.compile(r"[ \t\n\r\f]+")  # a no-break space is a character of its own


def read_blocks(top: Any) -> list[Block]:
    """The blocks under ``top`` in order: paragraphs, headings, list items ("- …"), rows of tables ("… | …").

    The tree is walked without recursion, for its depth is the page's choice.
    """
    from lxml import etree

    writer = _Writer()
    dropped = None
    walk = etree.iterwalk(top, events=("start", "end"))
    for event, node in walk:
        if event == "start":
            if node is not top and _is_dropped(node):
                dropped = node
                walk.skip_subtree()
            else:
                writer.open(node)
                writer.add(node.text)
        else:
            if node is not dropped:
                writer.close(node)
            if node is not top:
                writer.add(node.tail)
    writer.end_block()
    return writer.blocks


def _is_dropped(node: Any) -> bool:
    """Whether the node is no part of what is read: a script, a menu, a hidden part, the head of the site."""
    if not isinstance(node.tag, str) or node.tag in _DROPPED:
        return True
    if node.get("hidden") is not None or node.get("aria-hidden") == "true":
        return True
    if (node.get("role") or "").lower() in _DROPPED_ROLES or _HIDDEN_STYLE.search(node.get("style") or ""):
        return True
    if node.tag != "header":
        return False
    inside = any(parent.tag in ("main", "article") for parent in node.iterancestors())
    return not inside and next(node.iter("h1"), None) is None


class _Writer:
    """Gathers pieces of text into blocks while the tree is walked."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._pieces: list[str] = []
        self._has_words = False  # of the pieces
        self._level = 0
        self._bullet = False  # the next block is the first of a list item
        self._list_depth = 0
        self._verbatim = 0
        self._tables: list[bool] = []  # for each table under way whether it holds data, not layout

    def add(self, text: str | None) -> None:
        """Append text to the block under way."""
        if text:
            self._pieces.append(text if self._verbatim else _SPACES.sub(" ", text))
            self._has_words = self._has_words or not text.isspace()

    def open(self, node: Any) -> None:
        tag = node.tag
        if tag == "br":
            self._pieces.append("\n")
        elif tag == "table":
            self.end_block()
            self._tables.append(node.get("role") not in ("presentation", "none") and not node.xpath(_LAYOUT))
        elif self._in_row() and tag not in _INLINE and tag not in ("tr", "tbody", "thead", "tfoot", "caption"):
            self._pieces.append(" | " if tag in ("td", "th") and self._has_words else " ")
        elif tag not in _INLINE:
            self.end_block()
            self._level = _HEADINGS.get(tag, 0)
            self._verbatim += tag == "pre"
            self._list_depth += tag in ("li", "dd", "dt")
            self._bullet = self._bullet or tag == "li"

    def close(self, node: Any) -> None:
        tag = node.tag
        if tag == "table":
            self.end_block()
            self._tables.pop()
        elif self._in_row() and tag not in ("tr", "tbody", "thead", "tfoot", "caption"):
            self._pieces.append("" if tag in _INLINE else " ")
        elif tag not in _INLINE and tag != "br":
            self.end_block()
            self._level = 0
            self._verbatim -= tag == "pre"
            self._list_depth -= tag in ("li", "dd", "dt")
            self._bullet = self._bullet and tag != "li"

    def end_block(self) -> None:
        """Put the block under way with the others, if it holds any words."""
        text = "".join(self._pieces)
        if not self._verbatim:
            text = re.sub(r" *\n *", "\n", re.sub(" {2,}", " ", text)).strip(" \n")
        if self._level or self._in_row():
            text = " ".join(text.split("\n")).rstrip(" |")
        self._pieces, self._has_words = [], False
        if text.strip():
            bullet = "- " if self._bullet else ""
            group = "row" if self._in_row() else "list" if self._list_depth else ""
            self.blocks.append(Block(bullet + text, self._level, group))
            self._bullet = False

    def _in_row(self) -> bool:
        return bool(self._tables) and self._tables[-1]
