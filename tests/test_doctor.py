"""A well index is well in every point; each damage is one finding, with the command that mends it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rag.build import build
from rag.config import Config
from rag.doctor import examine
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
