"""Which files of a folder a build takes: no index, no pipe, no link to nowhere, any name; what changes meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import DOCUMENTS, write_corpus

from rag.build import build
from rag.config import Config
from rag.doctor import examine
from rag.library import open_library

pytestmark = pytest.mark.usefixtures("loaded_once")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders here")
def test_links_that_lead_nowhere_and_what_is_no_file_are_named_and_passed_over(tmp_path: Path) -> None:
    corpus, config = write_corpus(tmp_path / "c"), Config(index=tmp_path / "index")
    os.mkfifo(corpus / "pipe.txt")
    for name, place in (("loop.txt", "loop.txt"), ("gone.txt", "nowhere"), ("zeros.txt", "/dev/zero")):
        (corpus / name).symlink_to(place)
    report = build(corpus, config)
    assert report.document_count == len(DOCUMENTS)
    assert {Path(path).name for path, _ in report.skipped} == {"pipe.txt", "loop.txt", "gone.txt", "zeros.txt"}
    assert examine(config)[-1].well  # none of them counts as added since


def test_a_file_that_is_changed_while_it_is_indexed_is_told_as_changed(tmp_path: Path) -> None:
    corpus, config = write_corpus(tmp_path / "c", {"a.txt": "Le port a dix quais."}), Config(index=tmp_path / "index")

    def change(step: str, done: int, total: int) -> None:
        if step == "embed":
            (corpus / "a.txt").write_text("Le port a six quais.", encoding="utf-8")

    build(corpus, config, change)
    finding = examine(config)[-1]
    assert not finding.well
    assert "1 changed (a.txt)" in finding.what


def test_names_beyond_ascii(tmp_path: Path) -> None:
    names = ["été/hiver n°1.txt", "Ελλάδα.md", "桥 100%?.txt", "e\u0301.txt", "quote'\"#.txt"]
    corpus = write_corpus(
        tmp_path / "Mes documents « été »", {name: f"Le fichier {i}." for i, name in enumerate(names)}
    )
    config = Config(index=tmp_path / "un index #1 ?é")
    assert build(corpus, config).document_count == len(names)
    library = open_library(config)
    assert {facts.id for facts in library.passages.documents} == set(names)
    assert library.manifest.corpus == str(corpus)


def test_a_corpus_whose_name_is_no_unicode(tmp_path: Path) -> None:
    corpus = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    try:
        corpus.mkdir()
    except OSError:
        pytest.skip("this file system takes names in Unicode only")
    write_corpus(corpus, {"a.txt": "Le fichier.", "b.xyz": "x"})
    report = build(corpus, Config(index=tmp_path / "index"))
    assert (report.document_count, len(report.skipped)) == (1, 1)
    assert open_library(Config(index=tmp_path / "index")).manifest.corpus == str(corpus)


def test_an_index_inside_its_own_corpus_is_not_read(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "c")
    config = Config(index=corpus / "index")
    first, second = build(corpus, config), build(corpus, config)
    assert (second.document_count, second.skipped) == (first.document_count, first.skipped) == (len(DOCUMENTS), ())


def test_another_index_inside_the_corpus_is_not_read_either(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "c", DOCUMENTS)
    build(corpus, Config(index=corpus / "old" / "index"))
    (corpus / "old" / "index" / "README.md").write_text("The index.\n", encoding="utf-8")
    (corpus / "old" / "README.md").write_text("The documents of last year.\n", encoding="utf-8")
    report = build(corpus, Config(index=tmp_path / "index"))
    assert (report.document_count, report.skipped) == (len(DOCUMENTS) + 1, ())


def test_an_index_among_the_documents_is_not_read_and_hides_no_document(tmp_path: Path) -> None:
    names = ("README.md", "conversations.txt", "reports/2024.txt", "generation-climat/a.txt", "current.txt")
    corpus = write_corpus(tmp_path / "c", DOCUMENTS | {name: f"{name}: le port a dix quais.\n" for name in names})
    for index in (corpus, tmp_path / "c" / ".." / "c"):
        report = build(corpus, Config(index=index))
        assert (report.document_count, report.skipped) == (len(DOCUMENTS) + len(names), ())


def test_an_index_above_its_corpus_hides_nothing(tmp_path: Path) -> None:
    write_corpus(tmp_path / "above" / "documents")
    report = build(tmp_path / "above" / "documents", Config(index=tmp_path / "above"))
    assert (report.document_count, report.skipped) == (len(DOCUMENTS), ())
