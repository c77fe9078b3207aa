"""Folders become indexes: everything readable is in, letter for letter, the rest is named, and order plays no part."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import DOCUMENTS, LANGUAGES, FakeEncoder, FakePieceEncoder, write_corpus

from rag.answer.extractive import ExtractiveModel
from rag.ask import ask, search
from rag.build import build
from rag.config import Config
from rag.embed import Encoder
from rag.library import Library, open_library

pytestmark = pytest.mark.usefixtures("loaded_once")
CORPUS = Path(__file__).parent.parent / "corpus"
QUESTIONS = ["Combien de lits ?", "When does the train leave?", "λιμάνι", "青石桥", "مدرسة", "Fähren am Tag"]


def content_of(library: Library) -> list[tuple[Any, ...]]:
    """Every row of the documents and of the passages."""
    with sqlite3.connect(f"{(library.folder / 'passages.sqlite').as_uri()}?mode=ro", uri=True) as connection:
        rows = [
            row
            for table in ("documents", "passages")
            for row in connection.execute(f"SELECT * FROM {table} ORDER BY row")
        ]
    connection.close()
    return rows


def hits_of(library: Library) -> list[list[tuple[str, float]]]:
    return [[(hit.passage.id, hit.score) for hit in search(library, question)] for question in QUESTIONS]


def assert_letter_for_letter(library: Library) -> None:
    """Every passage stands in its document, and all that is no white space stands in a passage."""
    for facts in library.passages.documents:
        text = library.passages.text(facts.id)
        covered: set[int] = set()
        for passage in library.passages.passages_of(facts.id):
            assert text[passage.start : passage.end] == passage.text
            covered |= set(range(passage.start, passage.end))
        assert [place for place, sign in enumerate(text) if place not in covered and not sign.isspace()] == []


# --- what is read and what is not -------------------------------------------------------------------------------


def test_every_format_with_broken_files_between(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    for name in (
        "communiques/2024-09-30-centrul-alba-mare.odt",
        "comptes-rendus/2024-05-16-groupe-ia-suivi.docx",
        "lettres/2024-04-03-lettre-maire-saint-aure.eml",
        "positions/securtech-position-charte-passerelle.pdf",
        "actualites/breves.jsonl",
        "actualites/operation-sel-gris.html",
        "fiches/conseils-jai-2020-2024.md",
        "fiches/proteccion-temporal-ucrania.txt",
    ):
        (corpus / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CORPUS / name, corpus / name)
    broken = {"a.pdf": b"%PDF-1.4\n", "b.docx": b"PK\x03\x04", "c.odt": b"", "d.xyz": b"x", "e.txt": b"\x00\x01" * 9}
    broken |= {"f.txt": b" \n\n", "g.md": b"---\n---\n", "h.jsonl": b'{"text": "ok ok"}\n{"text": 3}\nno\n'}
    for name, data in broken.items():
        (corpus / name).write_bytes(data)
    report = build(corpus, Config(index=tmp_path / "index"))
    library = open_library(Config(index=tmp_path / "index"))
    lines = len((CORPUS / "actualites/breves.jsonl").read_text(encoding="utf-8").splitlines())
    assert report.document_count == 7 + lines + 1 == sum(report.languages.values())
    assert {"fr", "es", "ro", "pt", "sv", "en"} <= set(report.languages)
    skipped = {Path(path).name for path, _ in report.skipped}
    assert skipped == set(broken)
    assert len(report.skipped) == len(broken) + 1  # two lines of h.jsonl
    assert all(reason and "\n" not in reason for _, reason in report.skipped)
    assert [r for p, r in report.skipped if p.endswith("h.jsonl")][1].startswith("line 3: ")
    assert library.manifest.skipped == [{"path": path, "reason": reason} for path, reason in report.skipped]
    assert (library.manifest.document_count, library.manifest.passage_count) == (
        report.document_count,
        report.passage_count,
    )
    assert_letter_for_letter(library)


@pytest.mark.parametrize("field", ["id", "text"])
def test_half_a_surrogate_pair_skips_its_document_with_a_reason(tmp_path: Path, field: str) -> None:
    """JSON can say one, UTF-8 and SQLite cannot."""
    good = {"id": "bon", "title": "Bon", "text": "Un texte sans défaut."}
    bad = {"id": "mauvais", "title": "Mauvais", "source": "X", "text": "Un autre texte."}
    bad[field] = f"a\ud800b {bad[field]}"
    (tmp_path / "d.jsonl").write_text(f"{json.dumps(good)}\n{json.dumps(bad)}\n", encoding="utf-8")
    report = build(tmp_path / "d.jsonl", Config(index=tmp_path / "index"))
    assert report.document_count == 1
    ((path, reason),) = report.skipped
    assert path.endswith("d.jsonl")
    assert "half characters" in reason
    assert [facts.id for facts in open_library(Config(index=tmp_path / "index")).passages.documents] == ["bon"]


def test_half_a_surrogate_pair_is_left_out_of_what_is_never_quoted(tmp_path: Path) -> None:
    row = {"id": "a", "title": "Le \udc00titre", "source": "Le \ud800port", "text": "Un texte sans défaut."}
    (tmp_path / "d.jsonl").write_text(json.dumps(row), encoding="utf-8")
    assert build(tmp_path / "d.jsonl", Config(index=tmp_path / "index")).skipped == ()
    (facts,) = open_library(Config(index=tmp_path / "index")).passages.documents
    assert [part.replace("\ufffd", "").split() for part in (facts.title, facts.source or "")] == [
        ["Le", "titre"],
        ["Le", "port"],
    ]


def test_the_language_a_document_declares_wins(tmp_path: Path) -> None:
    french = "Le centre ouvre ses portes en mars et compte quarante lits."
    documents = {"a.md": f"---\nlang: nl\n---\n{french}\n", "b.txt": french}
    report = build(write_corpus(tmp_path / "c", documents), Config(index=tmp_path / "index"))
    assert report.languages == {"nl": 1, "fr": 1}
    library = open_library(Config(index=tmp_path / "index"))
    assert [facts.language for facts in library.passages.documents] == ["nl", "fr"]
    assert [library.passages.passages_of(name)[0].language for name in ("a.md", "b.txt")] == ["nl", "fr"]


def test_an_id_that_is_taken_is_refused(tmp_path: Path) -> None:
    corpus = write_corpus(
        tmp_path / "c", {"a.txt": "Le premier texte.", "b.jsonl": '{"id": "a.txt", "text": "Le second."}'}
    )
    report = build(corpus, Config(index=tmp_path / "index"))
    assert report.document_count == 1
    assert report.skipped == (
        (str(corpus / "b.jsonl"), f"its id 'a.txt' is already taken by {corpus / 'a.txt'}: give it another one"),
    )


def test_one_jsonl_is_a_corpus(tmp_path: Path) -> None:
    rows = [{"id": f"d{i}", "text": f"Le document numéro {i} parle du port.", "language": "fr"} for i in range(3)]
    file = tmp_path / "one.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    report = build(file, Config(index=tmp_path / "index"))
    assert (report.document_count, report.skipped) == (3, ())
    assert [facts.id for facts in open_library(Config(index=tmp_path / "index")).passages.documents] == [
        "d0",
        "d1",
        "d2",
    ]


def test_line_ends_inside_a_jsonl_are_quoted_as_they_stand(tmp_path: Path) -> None:
    text = "Intro une.\r\n\r\nLa passerelle compte 42 lits.\rElle ouvre en mai."
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "cr", "text": text}), encoding="utf-8")
    config = Config(index=tmp_path / "index", strictness=0.0)
    build(tmp_path / "a.jsonl", config)
    answer = ask(open_library(config), "Combien de lits compte la passerelle ?", ExtractiveModel())
    assert [text[c.start : c.end] for c in answer.citations] == [c.quote for c in answer.citations]
    assert "La passerelle compte 42 lits." in answer.citations[0].quote


# --- the same again ---------------------------------------------------------------------------------------------


def test_the_tiny_corpus_is_in_its_languages(tiny_library: Library) -> None:
    assert {facts.id: facts.language for facts in tiny_library.passages.documents} == LANGUAGES
    assert_letter_for_letter(tiny_library)


class Listing(list[Any]):
    """What os.scandir gives back, in an order of its own."""

    def __enter__(self) -> Listing:
        """The entries."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left to close."""


def test_the_order_of_the_files_plays_no_part(
    tmp_path: Path, tiny_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write_corpus(tmp_path / "c", dict(reversed(DOCUMENTS.items())))
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: Listing(sorted(scandir(path), key=lambda e: e.name, reverse=True)))
    build(corpus, Config(index=tmp_path / "index"))
    library = open_library(Config(index=tmp_path / "index"))
    assert content_of(library) == content_of(tiny_library)
    assert hits_of(library) == hits_of(tiny_library)


def test_building_again_gives_the_same_index(tiny_corpus: Path, own_config: Config, tiny_library: Library) -> None:
    build(tiny_corpus, own_config)
    library = open_library(own_config)
    assert library.folder.name != tiny_library.folder.name
    ours, theirs = library.manifest, tiny_library.manifest
    timeless = [replace(manifest, created="", build_s=0.0, files={}) for manifest in (ours, theirs)]
    assert timeless[0] == timeless[1]
    for name in (
        "passages.sqlite",
        "vectors/vectors.faiss",
        "vectors/first_vectors.npy",
        "pieces/pieces.npy",
        "pieces/starts.npy",
    ):
        assert ours.files[name] == theirs.files[name]
    assert content_of(library) == content_of(tiny_library)
    assert hits_of(library) == hits_of(tiny_library)


def test_the_manifest_tells_what_it_was_made_with(tiny_library: Library, tiny_corpus: Path) -> None:
    manifest = tiny_library.manifest
    assert manifest.corpus == str(tiny_corpus)
    assert manifest.encoder["name"] == "communique-static"
    assert manifest.encoder["fingerprint"] == tiny_library.encoder.card.fingerprint
    assert manifest.created.endswith("+00:00")
    assert {"communique-rag", "faiss-cpu", "tantivy", "numpy"} <= set(manifest.versions)
    found = {p.relative_to(tiny_library.folder).as_posix() for p in tiny_library.folder.rglob("*") if p.is_file()}
    assert set(manifest.files) == {name for name in found if "/.tantivy-" not in name} - {"manifest.json"}


# --- settings and encoders --------------------------------------------------------------------------------------


def test_overlap_repeats_sentences_of_the_passage_before(tmp_path: Path) -> None:
    text = "\n\n".join(
        f"Le paragraphe numéro {i} parle longuement du port et de ses six ferrys rapides." for i in range(30)
    )
    corpus = write_corpus(tmp_path / "c", {"a.txt": text})
    plain = Config(index=tmp_path / "plain", passage_tokens=64)
    overlapping = replace(plain, index=tmp_path / "overlap", overlap_tokens=30)
    assert build(corpus, plain).passage_count == build(corpus, overlapping).passage_count > 3
    starts = [
        [(p.start, p.end) for p in open_library(config).passages.passages_of("a.txt")]
        for config in (plain, overlapping)
    ]
    assert all(after[0] >= before[1] for before, after in zip(starts[0], starts[0][1:], strict=False))
    assert all(after[0] < before[1] for before, after in zip(starts[1], starts[1][1:], strict=False))
    assert [end for _, end in starts[0]] == [end for _, end in starts[1]]
    assert_letter_for_letter(open_library(overlapping))


@pytest.mark.parametrize("encoder", [FakeEncoder(), FakePieceEncoder()], ids=["one vector", "pieces"])
def test_vectors_and_pieces_are_those_of_the_encoder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: Encoder
) -> None:
    monkeypatch.setattr("rag.build.load_encoder", lambda name: encoder)
    monkeypatch.setattr("rag.library.load_encoder", lambda name: encoder)
    corpus = write_corpus(tmp_path / "c", {"a.txt": "sea sky", "b.txt": "land land land land sea", "c.txt": "sea"})
    config = Config(index=tmp_path / "index", encoder="fake")
    report = build(corpus, config)
    assert (report.passage_count, report.vector_count) == (3, 1 + 3 + 1)
    library = open_library(config)
    best, first = library.vectors.scores(encoder.encode_questions(["sea"])[0], [0, 1, 2])
    assert best.tolist() == pytest.approx([2**-0.5, 1, 1])
    assert first.tolist() == pytest.approx([2**-0.5, 17**-0.5, 1])
    assert (library.pieces is None) == (type(encoder) is FakeEncoder)
    if library.pieces is not None:
        assert [pieces.tolist() for pieces in library.pieces.of([0, 1])] == [[0, 1], [2, 2, 2, 2, 0]]


def test_progress_counts_each_step_up_to_its_end(tmp_path: Path, tiny_corpus: Path) -> None:
    told: list[tuple[str, int, int]] = []
    build(tiny_corpus, Config(index=tmp_path / "index"), lambda *step: told.append(step))
    count = len(DOCUMENTS)
    assert [step for step in told if step[0] == "read"] == [("read", done, count) for done in range(count + 1)]
    assert list(dict.fromkeys(step for step, _, _ in told)) == ["read", "embed", "words"]
    for name in ("embed", "words"):
        dones = [done for step, done, _ in told if step == name]
        assert (dones[0], dones[-1]) == (0, count)
        assert dones == sorted(dones)
        assert {total for step, _, total in told if step == name} == {count}
