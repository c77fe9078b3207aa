"""What a terminal shows: answers, hits and reports as text, without a sign that could steer it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.build import BuildReport
from rag.doctor import Finding
from rag.schema import Answer, Citation, Hit, Passage, Refusal, Sentence
from rag.show import (
    inert_json,
    one_line,
    plain,
    show_answer,
    show_findings,
    show_hits,
    show_info,
    show_report,
    show_skipped,
)
from rag.store.manifest import Manifest
from rag.store.passages import DocumentFacts

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

PASSAGE = Passage("a.pdf:0", "a.pdf", "fr", 10, 40, "Le centre compte 42 lits.\nIl ouvre en mai.")
HIT = Hit(PASSAGE, 1, 0.8125, "fused")
CITATIONS = (
    Citation(1, "a.pdf", "a.pdf:0", "Le centre", "2024-03-03", "Mairie", "fr", 2, 10, 35, "Le centre compte 42 lits."),
    Citation(2, "b.txt", "b.txt:0", "Das Zentrum", None, None, "de", None, 0, 18, "Es hat\n42 Betten."),
)
ANSWER = Answer(
    question="Combien de lits ?",
    language="fr",
    sentences=(Sentence("Le centre compte 42 lits.", (1,)), Sentence("Es hat\n42 Betten.", (2,))),
    citations=CITATIONS,
    hits=(HIT,),
    refusal=None,
    probability=0.9,
    lead="Les documents :",
    timings_ms={},
)
REFUSED = replace(ANSWER, sentences=(), citations=(), refusal=Refusal("not_in_documents", "Rien là-dessus."), lead="")
FACTS = DocumentFacts(0, "a.pdf", "Le centre", "fr", None, None, (), 40)
REPORT = BuildReport("here", 2, 5, 9, {"fr": 1, "de": 1}, (), 1.26)


def test_answer_has_a_marker_after_each_sentence_and_its_citations_under_it() -> None:
    assert show_answer(ANSWER) == (
        "Les documents :\n\n"
        "Le centre compte 42 lits. [1]\n\n"
        "Es hat 42 Betten. [2]\n\n"
        "[1] Le centre · 2024-03-03 · Mairie · p. 2 · a.pdf\n"
        "    «\u00a0Le centre compte 42 lits.\u00a0»\n"
        "[2] Das Zentrum · allemand · b.txt\n"
        "    „Es hat\n42 Betten.“"
    )


def test_refusal_shows_its_message_and_the_three_nearest_passages() -> None:
    hits = tuple(replace(HIT, passage=replace(PASSAGE, document_id=f"{name}.pdf")) for name in "abcd")
    shown = show_answer(replace(REFUSED, hits=hits))
    assert shown.startswith("Rien là-dessus.\n\nPassages les plus proches")
    assert [line for line in shown.splitlines() if line.endswith(".pdf")] == ["  a.pdf", "  b.pdf", "  c.pdf"]
    assert "    Le centre compte 42 lits. Il ouvre en mai." in shown
    assert show_answer(replace(REFUSED, hits=())) == "Rien là-dessus."


def test_hit_shows_rank_score_title_place_and_the_start_of_its_text() -> None:
    assert show_hits([HIT], lambda _: FACTS) == (
        "  1  0.812  Le centre  (a.pdf:10-40)\n     Le centre compte 42 lits. Il ouvre en mai."
    )
    long = replace(HIT, rank=12, passage=replace(PASSAGE, text="mot " * 500))
    head, *body = show_hits([long], lambda _: None).splitlines()
    assert head == " 12  0.812  a.pdf  (a.pdf:10-40)"
    assert body[-1].endswith("…")
    assert sum(map(len, body)) < 300
    assert max(map(len, body)) <= 100
    assert show_hits([], lambda _: None) == ""


def test_report_counts_and_lists_what_was_skipped() -> None:
    assert show_report(REPORT) == "2 documents, 5 passages, 2 languages (fr 1, de 1) in 1.3 s -> here"
    shown = show_report(replace(REPORT, skipped=(("a.xyz", "unknown"), ("b.txt", "empty"))))
    assert shown.splitlines()[1:] == ["2 skipped:", "  a.xyz: unknown", "  b.txt: empty"]
    assert show_skipped([]) == []


def test_findings_say_what_is_wrong() -> None:
    assert show_findings([Finding(True, "a"), Finding(False, "b\nc")]) == "ok    a\nWRONG b c"


def test_info_names_what_the_index_is_made_of(tmp_path: Path) -> None:
    encoder = {"name": "shipped", "revision": "v1", "dimension": 384}
    skipped = [{"path": "a.xyz", "reason": "unknown"}]
    manifest = Manifest(1, "2024-03-03", "docs", encoder, 256, 0, 2, 5, 9, {"fr": 2}, skipped, 1.26, {}, {})
    shown = show_info(tmp_path / "generation-1", manifest, 1_600_000).splitlines()
    assert shown == [
        f"index      {tmp_path.resolve()}",
        "corpus     docs",
        "documents  2",
        "passages   5 of about 256 tokens",
        "languages  fr 2",
        "encoder    shipped v1 (384 dimensions)",
        "built      2024-03-03 in 1.3 s",
        "size       1.6 MB",
        "1 skipped:",
        "  a.xyz: unknown",
    ]


@pytest.mark.parametrize(
    ("text", "line", "kept"),
    [
        ("a\x1b[31mb", "a[31mb", "a[31mb"),
        ("a\x9b5mb\x07", "a5mb", "a5mb"),
        ("a\rb\x08c", "abc", "abc"),
        ("a\n b\tc", "a b c", "a\n b\tc"),
        ("nom\u202egpj.exe", "nomgpj.exe", "nomgpj.exe"),
        ("l\u2019été 👩🏽‍🚒 \u0627\u200f", "l\u2019été 👩🏽‍🚒 \u0627\u200f", "l\u2019été 👩🏽‍🚒 \u0627\u200f"),
    ],
)
def test_signs_that_steer_a_terminal_are_left_out(text: str, line: str, kept: str) -> None:
    assert one_line(text) == line
    assert plain(text) == kept


@given(st.text(), st.text(min_size=1))
def test_nothing_shown_can_steer_a_terminal(text: str, name: str) -> None:
    passage = replace(PASSAGE, text=text, document_id=name)
    hit = replace(HIT, passage=passage)
    citation = replace(CITATIONS[0], quote=text, title=name, source=text, document_id=name, date=text)
    answer = replace(ANSWER, sentences=(Sentence(text, (1,)),), citations=(citation,), hits=(hit,))
    refused = replace(REFUSED, refusal=Refusal("not_in_documents", text), hits=(hit,))
    facts = replace(FACTS, title=text)
    report = replace(REPORT, index=name, skipped=((name, text),), languages={name: 1})
    for shown in (
        show_answer(answer),
        show_answer(refused),
        show_hits([hit], lambda _: facts),
        show_hits([hit], lambda _: None),
        show_report(report),
        show_findings([Finding(False, text)]),
    ):
        assert not STEERING.search(shown)
    assert "\n" not in one_line(text)


@given(st.text())
def test_json_is_inert_and_says_the_same(text: str) -> None:
    shown = inert_json(json.dumps({"text": text, text: 1}, ensure_ascii=False, indent=2))
    assert json.loads(shown) == {"text": text, text: 1}
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown)
