"""STAGE read: .html -> Draft. What a person reads on the page; menus, scripts and hidden parts stay out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from rag.errors import Reason, Unreadable
from rag.read.draft import Draft, join_blocks
from rag.read.encoding import decode
from rag.read.html_blocks import read_blocks
from rag.read.title import page_title

_META_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)
_META_BYTES = 4096  # browsers look no further for the encoding either
_INLINE_TAG = re.compile(r"</?(?:a|b|big|center|em|font|i|small|span|strong|u)\b[^>]*>", re.I)
_LINKED_DATA_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')
_MOST = 0.5  # the part of the page's text that its <main> must hold to stand for the page

_DATES = (
    "article:published_time", "og:published_time", "datepublished", "date", "dcterms.date", "dc.date", "dcterms.issued",
    "dc.date.issued", "dcterms.created", "publish-date", "pubdate", "publication_date",
)  # fmt: skip
_SOURCES = ("author", "og:site_name", "publisher", "dcterms.publisher", "dc.publisher", "dcterms.creator", "dc.creator")


def read_html(path: Path, data: bytes, charset: str = "") -> Draft:
    """The page's main text as paragraphs, with the title, language, date and source its head declares.

    ``charset`` is what a letter says of its HTML part; it goes before what the page says of itself. Nothing the page
    links to is ever fetched.
    """
    declared = _META_CHARSET.search(data[:_META_BYTES])
    page = decode(data, path, charset or (declared[1].decode("ascii", "replace") if declared else ""))
    root = _parse(path, page)
    blocks = read_blocks(root)
    first_heading = next((block.text for block in blocks if block.level == 1), "")
    size = sum(len(block.text) for block in blocks)
    for node in (*root.iter("main"), *root.xpath("//*[@role='main']"), *root.iter("article")):
        main = read_blocks(node)
        if sum(len(block.text) for block in main) > _MOST * size:
            blocks = main
            break
    text, headings = join_blocks(blocks)
    metas = _metas(root)
    title = next((node.text_content() for node in root.iter("title")), "")
    return Draft(
        text,
        title=page_title(title, first_heading),
        language=next((node.get("lang") or node.get("xml:lang") or "" for node in root.iter("html")), ""),
        date=_date(root, metas),
        source=next((metas[name] for name in _SOURCES if name in metas), ""),
        headings=headings,
    )


def _parse(path: Path, page: str) -> Any:
    """The root element; raises Unreadable where there is no element at all."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
        if _is_cut_short(parser):
            page = _INLINE_TAG.sub("", page)  # tags that were never closed nest without end: do without them
            root = html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise Unreadable(
            path, Reason("html", "it is not HTML that can be read ({detail}): save the page again", detail=error)
        ) from error
    if _is_cut_short(parser):
        raise Unreadable(
            path, Reason("deep", "its elements stand too deep in one another to be read: save the page as text")
        )
    return root


def _is_cut_short(parser: Any) -> bool:
    """Whether the parser met one of its limits (256 levels) and left the rest of the page out."""
    return any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)


def _metas(root: Any) -> dict[str, str]:
    """The contents of the page's meta elements by lower-case name, the first of each name."""
    metas: dict[str, str] = {}
    for node in root.iter("meta"):
        name = (node.get("property") or node.get("name") or node.get("itemprop") or "").strip().lower()
        content = (node.get("content") or "").strip()
        if name and content:
            metas.setdefault(name, content)
    return metas


def _date(root: Any, metas: dict[str, str]) -> str:
    """The day of publication that the head, the linked data, the first <time> or the last change declares."""
    named = next((metas[name] for name in _DATES if name in metas), "")
    linked = (_LINKED_DATA_DATE.search(node.text or "") for node in root.iter("script"))
    times = (node.get("datetime") or "" for node in root.iter("time"))
    return (
        named
        or next((match[1] for match in linked if match), "")
        or next((time for time in times if time), "")
        or metas.get("article:modified_time", "")
    )
