"""An index is replaced as a whole or not at all, and what is damaged is named."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.build import build
from rag.config import Config
from rag.errors import CorpusError, IndexBusy, IndexCorrupt, IndexMismatch, IndexMissing
from rag.library import open_library
from rag.store.generation import (
    current_name,
    file_sha256,
    new_generation,
    open_generation,
    swap_in,
    verify,
)
from rag.store.manifest import FORMAT, Manifest

MANIFEST = Manifest(FORMAT, "2024-05-01T00:00:00+00:00", "/documents", {}, 256, 0, 1, 1, 1, {"fr": 1}, [], 0.1, {}, {})


def make_generation(index: Path, content: str = "one") -> Path:
    """Swap in a generation of two files."""
    with new_generation(index) as folder:
        (folder / "part").mkdir()
        (folder / "a.txt").write_text(content, encoding="utf-8")
        (folder / "part" / "b.txt").write_text(content * 2, encoding="utf-8")
        swap_in(index, folder, MANIFEST)
    return folder


def fail(index: Path, failure: BaseException) -> None:
    """Begin a generation and come to a bad end."""
    with new_generation(index) as folder:
        (folder / "a.txt").write_text("half", encoding="utf-8")
        raise failure


def generations(index: Path) -> list[str]:
    return sorted(path.name for path in index.glob("generation-*"))


def test_a_generation_comes_back_with_the_checksums_of_its_files(tmp_path: Path) -> None:
    folder = make_generation(tmp_path / "deep" / "index")
    found, manifest = open_generation(tmp_path / "deep" / "index")
    assert found == folder
    assert asdict(manifest) | {"files": {}} == asdict(MANIFEST)
    assert manifest.files == {
        "a.txt": {"bytes": 3, "sha256": file_sha256(folder / "a.txt")},
        "part/b.txt": {"bytes": 6, "sha256": file_sha256(folder / "part" / "b.txt")},
    }
    assert file_sha256(folder / "a.txt") == "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
    verify(tmp_path, folder, manifest, checksums=True)


def test_the_new_one_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    old = make_generation(tmp_path)
    new = make_generation(tmp_path, "two")
    assert new != old
    assert generations(tmp_path) == [new.name]
    assert current_name(tmp_path) == new.name
    assert sorted(path.name for path in tmp_path.iterdir()) == ["build.lock", "current", new.name]


@pytest.mark.parametrize("failure", [CorpusError("no"), KeyboardInterrupt(), RuntimeError("broken")])
def test_a_build_that_fails_leaves_the_old_one_in_use(tmp_path: Path, failure: BaseException) -> None:
    old = make_generation(tmp_path)
    with pytest.raises(type(failure)):
        fail(tmp_path, failure)
    assert generations(tmp_path) == [old.name]
    found, manifest = open_generation(tmp_path)
    verify(tmp_path, found, manifest, checksums=True)
    make_generation(tmp_path)  # the lock is free again


def test_a_build_that_fails_first_leaves_no_index(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        fail(tmp_path, RuntimeError())
    with pytest.raises(IndexMissing, match="run `rag build FOLDER --index"):
        open_generation(tmp_path)


def test_what_a_killed_build_left_goes_with_the_next_one(tmp_path: Path) -> None:
    old = make_generation(tmp_path)
    left = tmp_path / "generation-20200101T000000-abcdef"
    left.mkdir()
    (left / "passages.sqlite").write_bytes(b"half")
    (tmp_path / "current.new").write_text("generation-20200101", encoding="utf-8")
    assert open_generation(tmp_path)[0] == old
    new = make_generation(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["build.lock", "current", new.name]


def test_a_folder_of_a_person_that_is_named_alike_stays(tmp_path: Path) -> None:
    kept = tmp_path / "generation-climat" / "tract.txt"
    kept.parent.mkdir()
    kept.write_text("Le climat.", encoding="utf-8")
    for _ in range(2):
        make_generation(tmp_path)
    assert kept.read_text(encoding="utf-8") == "Le climat."
    (tmp_path / "current").write_text("generation-climat\n", encoding="utf-8")
    with pytest.raises(IndexCorrupt, match="names no generation"):
        open_generation(tmp_path)


def test_two_builds_at_once_are_refused(tmp_path: Path) -> None:
    with new_generation(tmp_path) as folder:
        with pytest.raises(IndexBusy, match=r"another build is writing to .*: wait for it to end, or give another"):
            make_generation(tmp_path)
        assert folder.is_dir()
    make_generation(tmp_path)


@pytest.mark.parametrize("below", ["index", "folder/index"])
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"cannot write an index in .*file.*: give another --index"):
        make_generation(tmp_path / "file" / below)
    with pytest.raises(CorpusError, match="cannot write an index in"):
        make_generation(tmp_path / "file")


def test_a_disk_that_is_full_is_named_and_the_old_index_stays(tmp_path: Path) -> None:
    old = make_generation(tmp_path)
    with pytest.raises(CorpusError, match=r"cannot write an index in .*No space left on device"):
        fail(tmp_path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert generations(tmp_path) == [old.name]


# --- damage -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.txt", None, "a.txt is missing"),
        ("part/b.txt", None, "part/b.txt is missing"),
        ("part/b.txt", b"oneon", "part/b.txt has 5 bytes instead of 6"),
        ("part/b.txt", b"oneonE", "part/b.txt has changed since it was built"),
        ("a.txt", b"", "a.txt has 0 bytes instead of 3"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, name: str, content: bytes | None, complaint: str) -> None:
    folder = make_generation(tmp_path)
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    found, manifest = open_generation(tmp_path)
    with pytest.raises(IndexCorrupt, match=f"{complaint}.*: run `rag build") as caught:
        verify(tmp_path, found, manifest, checksums=True)
    assert caught.value.what == complaint


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_generation(tmp_path)
    folder, manifest = open_generation(tmp_path)

    def refuse(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("rag.store.generation.file_sha256", refuse)
    with pytest.raises(IndexCorrupt, match=r"a\.txt cannot be read: Permission denied"):
        verify(tmp_path, folder, manifest, checksums=True)


@pytest.mark.parametrize(
    "content",
    [b"../x\n", b"generation-x/../../y", b"/etc", b"x", b".", b"generation-\x00", b"\xff\xfe", b"generation-gone"],
)
def test_a_changed_current_is_refused_and_the_next_build_mends_it(tmp_path: Path, content: bytes) -> None:
    index = tmp_path / "index"
    make_generation(index)
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(json.dumps(asdict(MANIFEST)), encoding="utf-8")
    (index / "current").write_bytes(content)
    with pytest.raises(IndexCorrupt, match="is damaged"):
        open_generation(index)
    new = make_generation(index)
    assert open_generation(index)[0] == new
    assert (tmp_path / "x" / "manifest.json").is_file()


def test_an_empty_current_is_no_index(tmp_path: Path) -> None:
    make_generation(tmp_path)
    (tmp_path / "current").write_bytes(b"\n")
    with pytest.raises(IndexMissing):
        open_generation(tmp_path)


def test_a_folder_in_the_place_of_current_is_refused(tmp_path: Path) -> None:
    make_generation(tmp_path)
    (tmp_path / "current").unlink()
    (tmp_path / "current").mkdir()
    with pytest.raises(IndexCorrupt, match="its file `current` cannot be read"):
        open_generation(tmp_path)
    with pytest.raises(CorpusError, match="cannot write an index in"):
        make_generation(tmp_path)


def change_manifest(folder: Path, change: dict[str, Any]) -> None:
    """As somebody does who takes the seal off too."""
    values = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    values.pop("seal", None)
    (folder / "manifest.json").write_text(json.dumps(values | change), encoding="utf-8")


@pytest.mark.parametrize("found", [FORMAT + 1, 0, "1", None, True])
def test_another_format_is_refused_with_what_to_do(tmp_path: Path, found: object) -> None:
    change_manifest(make_generation(tmp_path), {"format": found})
    with pytest.raises(IndexMismatch, match=f"has format {found!r}, this version reads {FORMAT}: run `rag build"):
        open_generation(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"files": None},
        {"files": ["a.txt"]},
        {"files": {"a.txt": 3}},
        {"files": {"a.txt": {"bytes": "3", "sha256": ""}}},
        {"files": {"a.txt": {"bytes": 3}}},
        {"files": {"../../x": {"bytes": 3, "sha256": ""}}},
        {"files": {"/etc/passwd": {"bytes": 3, "sha256": ""}}},
        {"encoder": "mine"},
        {"languages": ["fr"]},
        {"passage_count": "1"},
        {"passage_count": True},
        {"languages": {"fr": "1"}},
        {"build_s": None},
        {"skipped": ["a.pdf"]},
        {"skipped": [{"path": "a.pdf"}]},
    ],
)
def test_a_manifest_of_another_shape_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    change_manifest(make_generation(tmp_path), change)
    with pytest.raises(IndexCorrupt, match="its manifest cannot be read"):
        open_generation(tmp_path)


@pytest.mark.parametrize(
    "change", [{"files": {}}, {"languages": {"de": 1}}, {"corpus": "/else"}, {"created": "2025"}, {"seal": "0"}]
)
def test_a_manifest_that_was_changed_is_refused_and_building_again_mends_it(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    file = make_generation(tmp_path) / "manifest.json"
    values = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(values, sort_keys=True), encoding="utf-8")
    assert open_generation(tmp_path)[1].files  # written otherwise, the same
    file.write_text(json.dumps(values | change), encoding="utf-8")
    with pytest.raises(IndexCorrupt, match=r"its manifest has changed since it was built\): run `rag build"):
        open_generation(tmp_path)
    make_generation(tmp_path)
    open_generation(tmp_path)


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"3", b"\xff", b'{"format": 1}', b"[" * 100_000])
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, content: bytes | None) -> None:
    folder = make_generation(tmp_path)
    (folder / "manifest.json").unlink()
    if content is not None:
        (folder / "manifest.json").write_bytes(content)
    with pytest.raises((IndexCorrupt, IndexMismatch), match=r"run `rag build"):
        open_generation(tmp_path)


def test_a_name_that_is_no_unicode_can_stand_in_the_manifest(tmp_path: Path) -> None:
    named = replace(MANIFEST, corpus="/docum\udce9nts", skipped=[{"path": "caf\udce9.pdf", "reason": "«é»"}])
    with new_generation(tmp_path) as folder:
        swap_in(tmp_path, folder, named)
    assert open_generation(tmp_path)[1] == named


def test_no_file_of_an_index_is_ever_unpickled(own_config: Config) -> None:
    """An array of objects is refused even where the manifest was changed along with it."""
    folder, _ = open_generation(own_config.index)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for name in ("vectors/first_vectors.npy", "pieces/starts.npy", "pieces/pieces.npy"):
        kept = (folder / name).read_bytes()
        np.save(folder / name, np.array([print, {}], dtype=object), allow_pickle=True)
        facts = {"bytes": (folder / name).stat().st_size, "sha256": file_sha256(folder / name)}
        change_manifest(folder, {"files": manifest["files"] | {name: facts}})
        with pytest.raises(IndexCorrupt, match="it cannot be opened"):
            open_library(own_config)
        (folder / name).write_bytes(kept)
    change_manifest(folder, {"files": manifest["files"]})
    open_library(own_config)


def test_a_damaged_index_is_mended_by_building_again(own_config: Config, tiny_corpus: Path) -> None:
    folder, _ = open_generation(own_config.index)
    (folder / "passages.sqlite").write_bytes(b"SQLite format 3\x00")
    with pytest.raises(IndexCorrupt, match=r"passages\.sqlite has 16 bytes"):
        open_library(own_config)
    build(tiny_corpus, own_config)
    assert open_library(own_config).passages.passage_count == 6
