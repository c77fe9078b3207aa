"""Nothing that stands in a document, a question or an error acts on the page, through AppTest."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app_pages import HOSTILE_TITLE, SCRIPT, ask, pages, part, said
from streamlit.testing.v1 import AppTest

from rag.app.inert import inert, inert_html, inert_markdown
from rag.config import Config


def test_a_hostile_document_stays_text(start: Callable[..., AppTest]) -> None:
    app = ask(start(locale="en-GB"), "Who is the harbour master of Kvalnes?")
    app.session_state["visit"].open("hostile.md")
    app.run()
    assert not app.exception
    title = HOSTILE_TITLE.replace("\u202e", "")
    assert title in {citation["title"] for citation in part(app, "reply")["citations"]}
    assert "<b>Torvald Haugen</b>" in said(part(app, "reply")["sentences"][0])
    assert part(app, "reading")["title"] == title
    app.button(key="open-sources").click().run()
    assert title in [row["title"] for row in part(app, "documents")["rows"]]
    everything = json.dumps([json.loads(element.proto.json) for element in app.get("bidi_component")])
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", json.dumps(json.loads(everything), ensure_ascii=False))
    # The only texts that a browser reads as HTML or Markdown are ours, or escaped.
    assert "<script" not in pages(app)
    assert "<img" not in pages(app)
    assert "evil.example" not in "".join(element.value for element in [*app.markdown, *app.caption, *app.error])
    assert "evil.example" not in "".join([*(b.label for b in app.button), *(e.label for e in app.expander)])


def test_no_script_of_the_page_reads_html() -> None:
    scripts = sorted((SCRIPT.parent / "web").glob("*.js"))
    assert len(scripts) > 8
    for script in scripts:
        source = script.read_text(encoding="utf-8")
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "http", "href", "src"):
            assert way not in source, (script.name, way)


def test_a_question_is_escaped_where_it_is_shown(start: Callable[..., AppTest]) -> None:
    app = ask(start(), "<img src=x onerror=alert(1)> centre \u202ede Brévannes ?")
    assert "<img" not in pages(app)
    assert "&lt;img src=x onerror=alert(1)&gt; centre de Brévannes ?" in pages(app)


def test_an_error_is_one_sentence(start: Callable[..., AppTest], config: Config, tmp_path: Path) -> None:
    (tmp_path / "current").write_text("generation-[x](http://evil.example)", encoding="utf-8")
    app = start(replace(config, index=tmp_path))
    assert not app.exception
    assert "is damaged" in app.error[0].value
    assert "](" not in app.error[0].value
    assert not app.chat_input


def test_inert_texts() -> None:
    assert inert("a\x00b\u202ec\u2066d\u200fe\nf\tg\x9b") == "abcd\u200fe\nf\tg"
    assert inert_html("<a href='x'>&\"") == "&lt;a href=&#x27;x&#x27;&gt;&amp;&quot;"
    assert inert_markdown("![x](y) $z$ :red[q]") == r"\!\[x\]\(y\) \$z\$ \:red\[q\]"
    assert "http\\:\u2060\\/\\/" in inert_markdown("see http://a.example")
    assert "www\u2060\\." in inert_markdown("see www.a.example")
