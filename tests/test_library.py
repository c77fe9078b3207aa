"""An index opens with its own encoder only, the same for every thread, and nothing in it is ever written."""

from __future__ import annotations

import hashlib
import json
import shlex
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import DOCUMENTS, FakeEncoder, FakePieceEncoder, save_static, write_corpus

from rag.ask import search
from rag.build import build
from rag.config import Config
from rag.embed import Encoder
from rag.errors import IndexCorrupt, IndexMismatch, IndexMissing
from rag.library import Library, made_with, open_library
from rag.store.generation import file_sha256, open_generation, verify

pytestmark = pytest.mark.usefixtures("loaded_once")
QUESTIONS = ["Combien de lits ?", "Wann wurde der Hafen gebaut?", "λιμάνι", "青石桥", "مدرسة", "night train"]


def checksums(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_an_index_opens_and_each_passage_knows_its_document(tiny_library: Library) -> None:
    assert tiny_library.passages.passage_count == len(DOCUMENTS) == tiny_library.lexical.passage_count
    assert tiny_library.pieces is not None
    for row, passage in enumerate(tiny_library.passages.passages(range(len(DOCUMENTS)))):
        assert tiny_library.passages.document_of(row).id == passage.document_id


@pytest.mark.parametrize(("place", "error"), [("nowhere", IndexMissing), (".", IndexMissing)])
def test_there_must_be_an_index(tmp_path: Path, place: str, error: type[Exception]) -> None:
    with pytest.raises(error, match="run `rag build FOLDER"):
        open_library(Config(index=tmp_path / place))


def test_asking_leaves_every_byte_as_it_was(own_config: Config) -> None:
    before = checksums(own_config.index)
    library = open_library(own_config)
    for question in QUESTIONS:
        for hit in search(library, question):
            assert hit.passage.text in library.passages.text(hit.passage.document_id)
    assert checksums(own_config.index) == before


def test_threads_find_the_same(tiny_library: Library) -> None:
    def scored(question: str) -> list[tuple[str, float]]:
        return [(hit.passage.id, hit.score) for hit in search(tiny_library, question)]

    expected = [scored(question) for question in QUESTIONS]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(scored, QUESTIONS * 8)) == expected * 8


# --- the encoder ------------------------------------------------------------------------------------------------


def with_fakes(patch: pytest.MonkeyPatch, **encoders: Encoder) -> None:
    """Let the walks load ``encoders`` by their names."""
    for module in ("rag.build", "rag.library"):
        patch.setattr(f"{module}.load_encoder", lambda name: encoders[name])


def prompted(name: str, query: str) -> FakeEncoder:
    encoder = FakePieceEncoder(name)
    encoder.card = replace(encoder.card, query_prompt=query)
    return encoder


@pytest.mark.parametrize(
    ("now", "complaint"),
    [
        (FakePieceEncoder("fake", fingerprint="e" * 64), "'fake' in use now has another fingerprint"),
        (prompted("fake", "query: "), "'fake' in use now has another query prompt"),
    ],
    ids=["other weights of the same dimension", "other prompts"],
)
def test_another_encoder_is_refused_with_the_command_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: Encoder, complaint: str
) -> None:
    corpus = write_corpus(tmp_path / "my documents", {"a.txt": "sea sky"})
    config = Config(index=tmp_path / "my index", encoder="fake")
    with monkeypatch.context() as patch:
        with_fakes(patch, fake=FakePieceEncoder("fake"))
        build(corpus, config)
        open_library(config)
    with_fakes(monkeypatch, fake=now)
    with pytest.raises(IndexMismatch, match=complaint) as caught:
        open_library(config)
    command = str(caught.value).split("`")[1]
    assert shlex.split(command) == ["rag", "build", str(corpus), "--index", str(config.index), "--encoder", "fake"]
    build(Path(shlex.split(command)[2]), config)
    open_library(config)


def test_a_folder_may_be_spelled_in_several_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_static(tmp_path / "encoder")
    monkeypatch.chdir(tmp_path)
    config = Config(index=tmp_path / "index", encoder="encoder")
    build(write_corpus(tmp_path / "c"), config)
    assert open_library(replace(config, encoder="./encoder")).encoder.card.name == "./encoder"


def test_the_same_weights_with_another_tokenizer_are_another_encoder(tmp_path: Path) -> None:
    encoder = save_static(tmp_path / "encoder")
    config = Config(index=tmp_path / "index", encoder=str(encoder))
    build(write_corpus(tmp_path / "c"), config)
    (file,) = encoder.rglob("tokenizer.json")
    kept = file.read_text(encoding="utf-8")
    file.write_text(kept + "\n", encoding="utf-8")
    with pytest.raises(IndexMismatch, match=r"in use now has another tokenizer: run `rag build"):
        open_library(config)
    written = dict(open_generation(config.index)[1].encoder)
    del written["tokenizer"]
    change_manifest(config.index, {"encoder": written})  # as older versions wrote it
    open_library(config)


def test_another_name_is_refused_without_loading_it(own_config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.library.load_encoder", lambda name: pytest.fail(f"{name} was loaded"))
    with pytest.raises(
        IndexMismatch, match=r"was built with the encoder 'communique-static', not with 'owner/other'"
    ) as caught:
        open_library(replace(own_config, encoder="owner/other"))
    assert str(caught.value).endswith("or ask with `--encoder communique-static`")


def test_one_vector_encoders_have_no_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_fakes(monkeypatch, fake=FakeEncoder("fake"))
    corpus = write_corpus(tmp_path / "c", {"a.txt": "sea sky", "b.txt": "land land"})
    build(corpus, Config(index=tmp_path / "index", encoder="fake"))
    library = open_library(Config(index=tmp_path / "index", encoder="fake"))
    assert library.pieces is None
    assert search(library, "sea sky")[0].passage.document_id == "a.txt"


# --- damage -----------------------------------------------------------------------------------------------------


def change_manifest(index: Path, change: dict[str, Any]) -> None:
    file = open_generation(index)[0] / "manifest.json"
    values = json.loads(file.read_text(encoding="utf-8"))
    values.pop("seal", None)
    file.write_text(json.dumps(values | change), encoding="utf-8")


@pytest.mark.parametrize(
    ("field", "complaint"),
    [
        ("document_count", "6 documents where the manifest says 7"),
        ("passage_count", "6 passages where the manifest says 7"),
        ("vector_count", "6 vectors where the manifest says 7"),
    ],
)
def test_counts_that_differ_are_named(own_config: Config, field: str, complaint: str) -> None:
    change_manifest(own_config.index, {field: 7})
    with pytest.raises(IndexCorrupt, match=f"{complaint}.*: run `rag build"):
        open_library(own_config)


FILES = [
    "passages.sqlite",
    "vectors/vectors.faiss",
    "vectors/first_vectors.npy",
    "pieces/pieces.npy",
    "lexical/meta.json",
]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("checked", [True, None])
def test_one_changed_byte_is_found(own_config: Config, name: str, checked: bool | None) -> None:
    file = open_generation(own_config.index)[0] / name
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(IndexCorrupt, match=f"{name} has changed since it was built"):
        open_library(own_config, checksums=checked)


@pytest.mark.parametrize("name", [*FILES, "pieces/starts.npy"])
@pytest.mark.parametrize("content", [b"", b"\x00" * 64, b"{}"], ids=["empty", "zeros", "braces"])
def test_a_file_of_rubbish_under_a_manifest_that_vouches_for_it(own_config: Config, name: str, content: bytes) -> None:
    folder, manifest = open_generation(own_config.index)
    (folder / name).write_bytes(content)
    facts = {"bytes": len(content), "sha256": file_sha256(folder / name)}
    change_manifest(own_config.index, {"files": manifest.files | {name: facts}})
    with pytest.raises(IndexCorrupt, match="is damaged"):
        open_library(own_config)


def replace_array(config: Config, name: str, array: np.ndarray[Any, Any]) -> None:
    """Put another array into the index, and let the manifest vouch for it."""
    folder, manifest = open_generation(config.index)
    np.save(folder / name, array, allow_pickle=False)
    facts = {"bytes": (folder / name).stat().st_size, "sha256": file_sha256(folder / name)}
    change_manifest(config.index, {"files": manifest.files | {name: facts}})


@pytest.mark.parametrize("name", ["vectors/first_vectors.npy", "pieces/starts.npy", "pieces/pieces.npy"])
def test_arrays_that_would_lead_astray_are_refused_when_they_are_opened(own_config: Config, name: str) -> None:
    kept = np.load(open_generation(own_config.index)[0] / name, allow_pickle=False)
    others = [kept.astype(float), kept.reshape(1, -1), kept.astype(str), kept.astype("M8[s]"), np.array(3), kept[:0]]
    if "pieces.npy" not in name:
        others += [kept - 1, kept[::-1], np.append(kept[:-1], kept[-1] + 1), np.insert(kept, 1, 2**60)]
    for other in others:
        replace_array(own_config, name, other)
        with pytest.raises(IndexCorrupt, match="it cannot be opened"):
            open_library(own_config)
    replace_array(own_config, name, kept)
    open_library(own_config)


def test_an_array_that_claims_more_than_it_holds_takes_no_memory(own_config: Config) -> None:
    folder, manifest = open_generation(own_config.index)
    head = b"{'descr': '<i8', 'fortran_order': False, 'shape': (999999999999999,), }".ljust(117) + b"\n"
    file = folder / "vectors/first_vectors.npy"
    file.write_bytes(b"\x93NUMPY\x01\x00\x76\x00" + head)
    facts = {"bytes": file.stat().st_size, "sha256": file_sha256(file)}
    change_manifest(own_config.index, {"files": manifest.files | {"vectors/first_vectors.npy": facts}})
    with pytest.raises(IndexCorrupt, match="it cannot be opened"):
        open_library(own_config)


def test_pieces_that_belong_to_other_passages_are_refused(own_config: Config) -> None:
    starts = np.load(open_generation(own_config.index)[0] / "pieces/starts.npy", allow_pickle=False)
    replace_array(own_config, "pieces/starts.npy", np.delete(starts, 1))
    with pytest.raises(IndexCorrupt, match="5 passages with pieces where the manifest says 6"):
        open_library(own_config)


def test_missing_pieces_are_not_passed_over(own_config: Config) -> None:
    folder, manifest = open_generation(own_config.index)
    for name in ("pieces.npy", "starts.npy"):
        (folder / "pieces" / name).unlink()
    (folder / "pieces").rmdir()
    kept = {name: facts for name, facts in manifest.files.items() if not name.startswith("pieces/")}
    change_manifest(own_config.index, {"files": kept})
    with pytest.raises(IndexCorrupt, match="pieces"):
        open_library(own_config)


def test_a_build_that_ends_between_looking_and_opening_is_no_damage(
    own_config: Config, tiny_corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = [tiny_corpus]

    def build_first(*arguments: Any, **options: Any) -> None:
        if late:
            build(late.pop(), own_config)
        verify(*arguments, **options)

    monkeypatch.setattr("rag.library.verify", build_first)
    library = open_library(own_config)
    assert library.folder == open_generation(own_config.index)[0]
    assert library.passages.passage_count == len(DOCUMENTS)


def test_what_an_answer_is_made_with_changes_with_the_index(tmp_path: Path, own_config: Config) -> None:
    library = open_library(own_config)
    made = made_with(library)
    assert made == made_with(open_library(own_config))
    assert (made.model, made_with(library, "other").model) == ("extractive", "other")
    assert made.encoder.startswith("communique-static")
    assert made.encoder_fingerprint == library.encoder.card.fingerprint
    assert made.index_created == library.manifest.created
    build(write_corpus(tmp_path / "corpus", {"neu.txt": "Der Hafen ist zu."}), own_config)
    assert made_with(open_library(own_config)).index_fingerprint != made.index_fingerprint
