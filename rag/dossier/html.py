"""WALK: a dossier as one HTML page that loads nothing, runs nothing and holds no mark-up of anybody's text."""

from __future__ import annotations

from hashlib import sha256
from html import escape

from rag.dossier.data import Dossier, label, write_json
from rag.dossier.outline import Block, outline

OPENED = '<pre id="communique-dossier">'
CLOSED = "</pre>"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.55 Georgia, 'Times New Roman', serif; max-width: 44rem; margin: 2.5rem auto; padding: 0 1rem; }
h1, h2, h3, dl, summary { font-family: system-ui, sans-serif; }
h2 { margin-top: 2.5rem; border-top: 1px solid; padding-top: 1rem; }
h3 { font-size: 1rem; margin-bottom: .3rem; }
blockquote { margin: 1.2rem 0 .4rem; padding-left: 1rem; border-left: 3px solid; white-space: pre-wrap; }
dl { margin: .2rem 0 .2rem 1rem; font-size: .85rem; }
dt { display: inline; font-weight: 600; } dt::after { content: ": "; }
dd { display: inline; margin: 0; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .7rem; }
@media print { details { display: none; } blockquote, dl { break-inside: avoid; } }
"""
_TAGS = {"title": "h1", "heading": "h2", "subheading": "h3", "text": "p", "note": "p"}


def write_html(dossier: Dossier) -> bytes:
    """The dossier as a page in UTF-8, its data in a folded part at the end."""
    blocks = list(outline(dossier))
    language, title = escape(dossier.language), escape(blocks[0].text)
    head = (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
    )
    text = head + "\n".join(_block(block) for block in blocks) + "\n"
    body = text.encode("utf-8", "backslashreplace")
    data = write_json(dossier, shown_sha256=sha256(body).hexdigest()).decode()
    summary = escape(label("data", dossier.language))
    tail = f"<details><summary>{summary}</summary>\n{OPENED}{data}{CLOSED}\n</details>\n</body>\n</html>\n"
    return body + tail.encode()


def _block(block: Block) -> str:
    text = escape(block.text)
    if block.kind == "fact":
        return f'<dl><dt>{escape(block.name)}</dt><dd dir="auto">{text}</dd></dl>'
    if block.kind == "quote":
        return f'<blockquote dir="auto" lang="{escape(block.language)}">{text}</blockquote>'
    tag = _TAGS[block.kind]
    return f'<{tag} dir="auto">{text}</{tag}>'
