"""A well index is well in every point; each damage is one finding, with the command that mends it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rag.build import build
from rag.config import Config
from rag.doctor import examine
from rag.errors import CorpusError
from rag.store.generation import file_sha256, open_generation

pytestmark = pytest.mark.usefixtures("loaded_once")


def folder_of(config: Config) -> Path:
    return open_generation(config.index)[0]


def test_a_well_index_is_well_in_every_point(tiny_config: Config, tiny_corpus: Path) -> None:
    findings = examine(tiny_config)
    assert [finding.well for finding in findings] == [True] * len(findings)
    said = " / ".join(finding.what for finding in findings)
    assert str(tiny_corpus) in said
    assert "communique-static" in said
    assert "all 6 passages stand in their documents letter for letter" in said
    assert f"all {len(open_generation(tiny_config.index)[1].files)} files have the checksums" in said


def change(config: Config, name: str, data: bytes) -> None:
    (folder_of(config) / name).write_bytes(data)


def reseal(config: Config, name: str) -> None:
    """Let the manifest vouch for what a file holds now."""
    folder, manifest = open_generation(config.index)
    facts = {"bytes": (folder / name).stat().st_size, "sha256": file_sha256(folder / name)}
    values = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    values["files"] = manifest.files | {name: facts}
    values.pop("seal")
    (folder / "manifest.json").write_text(json.dumps(values), encoding="utf-8")


def shift_a_passage(config: Config) -> None:
    with sqlite3.connect(folder_of(config) / "passages.sqlite") as connection:
        connection.execute('UPDATE passages SET start = start + 1, "end" = "end" + 1 WHERE row = 2')
    connection.close()
    reseal(config, "passages.sqlite")


def drop_a_passage(config: Config) -> None:
    with sqlite3.connect(folder_of(config) / "passages.sqlite") as connection:
        connection.execute("DELETE FROM passages WHERE row = 5")
    connection.close()
    reseal(config, "passages.sqlite")


def change_format(config: Config) -> None:
    file = folder_of(config) / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | {"format": 99}), encoding="utf-8")


def change_current(config: Config) -> None:
    (config.index / "current").write_text("../x\n", encoding="utf-8")


DAMAGES: dict[str, tuple[Callable[[Config], None], str]] = {
    "no index": (lambda config: shutil.rmtree(config.index), "there is no index in"),
    "no current": (lambda config: (config.index / "current").unlink(), "there is no index in"),
    "current elsewhere": (change_current, "names no generation"),
    "no manifest": (lambda config: (folder_of(config) / "manifest.json").unlink(), "its manifest cannot be read"),
    "other format": (change_format, "has format 99, this version reads"),
    "file gone": (lambda config: (folder_of(config) / "pieces/pieces.npy").unlink(), "pieces/pieces.npy is missing"),
    "file cut": (lambda config: change(config, "passages.sqlite", b"SQLite"), "passages.sqlite has 6 bytes instead of"),
    "passage moved": (shift_a_passage, "does not stand in its document"),
    "passage lost": (drop_a_passage, "5 passages where the manifest says 6"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_each_damage_is_one_finding_that_building_again_mends(own_config: Config, tiny_corpus: Path, name: str) -> None:
    damage, complaint = DAMAGES[name]
    damage(own_config)
    findings = examine(own_config)
    assert [finding.well for finding in findings] == [True] * (len(findings) - 1) + [False]
    assert complaint in findings[-1].what
    assert "run `rag build FOLDER" in findings[-1].what
    assert str(own_config.index) in findings[-1].what
    build(tiny_corpus, own_config)
    assert all(finding.well for finding in examine(own_config))


def test_one_changed_byte_is_found_in_any_file(own_config: Config) -> None:
    folder, manifest = open_generation(own_config.index)
    assert len(manifest.files) > 8
    for name in manifest.files:
        kept = (folder / name).read_bytes()
        if not kept:
            continue
        change(own_config, name, kept[:-1] + bytes([kept[-1] ^ 1]))
        findings = examine(own_config)
        assert [finding.well for finding in findings] == [True, False]
        assert f"{name} has changed since it was built" in findings[-1].what
        change(own_config, name, kept)
    assert all(finding.well for finding in examine(own_config))


def test_another_encoder_is_one_finding_with_both_ways_out(own_config: Config) -> None:
    findings = examine(replace(own_config, encoder="owner/other"))
    assert [finding.well for finding in findings] == [True, True, False]
    assert "--encoder owner/other` to index again, or ask with `--encoder communique-static`" in findings[-1].what


def a_corpus(folder: Path) -> Path:
    folder.mkdir()
    for name, said in (("a.txt", "opens"), ("b.txt", "closes"), ("c.txt", "burns")):
        (folder / name).write_text(f"The harbour {said} in the year 1902.\n", encoding="utf-8")
    return folder


def test_documents_that_were_changed_added_or_deleted_are_named(tmp_path: Path) -> None:
    corpus, config = a_corpus(tmp_path / "my docs"), Config(index=tmp_path / "index")
    build(corpus, config)
    assert examine(config)[-1].what == f"the documents in {corpus} are as they were indexed (3 in all)"
    (corpus / "a.txt").write_text("The harbour opens in the year 1903.\n", encoding="utf-8")
    (corpus / "b.txt").unlink()
    for number in range(4):
        (corpus / f"new{number}.txt").write_text("News.\n", encoding="utf-8")
    (corpus / "picture.png").write_bytes(b"x")  # nothing that would be indexed
    finding = examine(config)[-1]
    assert not finding.well
    assert "1 changed (a.txt); 4 added (new0.txt, new1.txt, new2.txt and 1 more); 1 deleted (b.txt)" in finding.what
    assert f"run `rag build '{corpus}' --index {config.index}`" in finding.what
    build(corpus, config)
    assert examine(config)[-1].well


def test_a_document_that_was_only_touched_or_copied_elsewhere_is_the_same(tmp_path: Path) -> None:
    corpus, config = a_corpus(tmp_path / "docs"), Config(index=tmp_path / "index")
    build(corpus, config)
    os.utime(corpus / "a.txt", ns=(1, 1))
    assert examine(config)[-1].well
    moved = corpus.rename(tmp_path / "moved")
    finding = examine(config)[-1]
    assert finding.well
    assert f"{corpus.resolve()} is no longer there: name their folder with --documents" in finding.what
    assert examine(config, moved)[-1].what.endswith("as they were indexed (3 in all)")
    (moved / "c.txt").write_text("The harbour burns in the year 1903.\n", encoding="utf-8")
    assert "1 changed (c.txt)" in examine(config, moved)[-1].what
    with pytest.raises(CorpusError, match="there is no folder or file"):
        examine(config, corpus)


def test_documents_that_are_as_they_were_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus, config = a_corpus(tmp_path / "docs"), Config(index=tmp_path / "index")
    build(corpus, config)
    monkeypatch.setattr("rag.store.origins.file_sha256", lambda path: pytest.fail(f"{path} was read"))
    assert examine(config)[-1].well


def test_an_index_without_fingerprints_says_so_and_is_well(own_config: Config) -> None:
    folder, manifest = open_generation(own_config.index)
    (folder / "origins.json").unlink()
    values = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    values["files"] = {name: facts for name, facts in manifest.files.items() if name != "origins.json"}
    values.pop("seal")
    (folder / "manifest.json").write_text(json.dumps(values), encoding="utf-8")
    finding = examine(own_config)[-1]
    assert finding.well
    assert "keeps no fingerprints of them: run `rag build" in finding.what
