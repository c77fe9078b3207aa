"""Files that a person brings: names, limits, a library of one session, and additions to the folder of documents."""

from __future__ import annotations

import os
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import write_corpus
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.extractive import ExtractiveModel
from rag.ask import ask, search
from rag.bring import (
    Brought,
    add_to_corpus,
    admit,
    corpus_folder,
    examine,
    open_private,
    private_prefix,
    safe_name,
    together,
)
from rag.build import build
from rag.config import Config
from rag.errors import CorpusError
from rag.library import Library, open_library

PHARE = Brought("phare.md", "# Le phare\n\nLe phare d'Aubrac fut allumé le 4 juin 1911.\n".encode())
HAFEN = Brought("hafen.txt", "Der Leuchtturm\n\nDer Leuchtturm von Kielmünde wurde im Jahr 1902 gebaut.\n".encode())
QUESTION = "Quand le phare d'Aubrac fut-il allumé ?"


@given(st.text())
def test_no_name_leads_anywhere(name: str) -> None:
    safe = safe_name(name)
    assert safe == Path(safe).name != ""
    assert not safe.startswith((".", "~$"))
    assert "\\" not in safe
    assert ":" not in safe
    assert len(safe.encode()) <= 220
    assert safe_name(safe) == safe


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\boot.md", "boot.md"),
        ("/abs/olute.pdf", "olute.pdf"),
        ("a\u202efdp.txt", "afdp.txt"),
        (".hidden.md", "hidden.md"),
        ("..", "document"),
        ("NUL.txt", "_NUL.txt"),
        ("tab\there.md", "tabhere.md"),
        ("re\u0301sume\u0301.md", "résumé.md"),
        ("👩‍🚒 note.md", "👩‍🚒 note.md"),
        ("é" * 300 + ".docx", "é" * 87 + ".docx"),
    ],
)
def test_names_are_made_plain(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_each_file_over_a_limit_is_refused_with_its_reason() -> None:
    config = Config(upload_count=3, upload_mb=1, upload_total_mb=2)
    mega = 1024 * 1024
    files = [
        Brought("a.txt", b"a" * mega),
        Brought("big.txt", b"b" * (mega + 1)),
        Brought("program.exe", b"MZ"),
        Brought("empty.md", b""),
        Brought("again.txt", b"a" * mega),
        Brought("../a.txt", b"other"),
        Brought("b.txt", b"b" * mega),
        Brought("c.txt", b"c"),
        Brought("d.txt", b"d"),
    ]
    taken, refused = admit(files, config)
    assert [(file.name, file.data) for file in taken] == [
        ("a.txt", b"a" * mega), ("a (2).txt", b"other"), ("c.txt", b"c")
    ]  # fmt: skip
    assert [(outcome.name, outcome.reason.split(":")[0]) for outcome in refused] == [
        ("big.txt", "it is larger than 1 MB"),
        ("program.exe", "its format is unknown"),
        ("empty.md", "it is empty"),
        ("again.txt", "the same file is already here"),
        ("b.txt", "together the files may have 2 MB"),
        ("d.txt", "3 files may be brought"),
    ]
    more, full = admit([Brought("e.txt", b"e")], config, taken)
    assert more == []
    assert full[0].reason.startswith("3 files may be brought")


def test_files_that_cannot_be_read_say_why() -> None:
    told: list[tuple[int, str]] = []
    bad = {"broken.pdf": b"%PDF-1.4 broken", "blank.txt": b" \n \n", "x.jsonl": b"{"}
    files = [PHARE, *(Brought(name, data) for name, data in bad.items())]
    outcomes = examine(files, Config(), lambda done, outcome: told.append((done, outcome.name)))
    assert [outcome.name for outcome in outcomes if not outcome.reason] == ["phare.md"]
    assert all(outcome.reason for outcome in outcomes[1:])
    assert told == [(1, "phare.md"), (2, "broken.pdf"), (3, "blank.txt"), (4, "x.jsonl")]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The index everybody asks."""
    folder = tmp_path_factory.mktemp("shared")
    config = Config(index=folder / "index", strictness=0.0)
    build(write_corpus(folder / "corpus"), config)
    return open_library(config)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under ``folder`` by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_private_files_are_searched_with_the_shared_ones_and_leave_nothing(
    shared: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    root = shared.config.index.parent
    before = contents(root)
    private = open_private([PHARE, HAFEN], shared)
    both, alone = together(shared, private), together(shared, private, only=True)
    answer = ask(both, QUESTION, ExtractiveModel())
    assert answer.refusal is None
    assert answer.citations[0].document_id == "session/phare.md"
    assert answer.citations[0].quote == "Le phare d'Aubrac fut allumé le 4 juin 1911."
    german = {hit.passage.document_id for hit in search(both, "Kielmünde gebaut")}
    assert {"hafen.txt", "session/hafen.txt"} <= german
    assert {hit.passage.document_id for hit in search(alone, "Kielmünde gebaut")} == {
        "session/hafen.txt", "session/phare.md"
    }  # fmt: skip
    assert alone.config == both.config == shared.config
    assert search(shared, "phare Aubrac 1911")[0].passage.document_id != "session/phare.md"
    assert contents(root) == before
    if os.name == "posix":
        assert list(tmp_path.iterdir()) == []


def test_private_ids_never_meet_shared_ones(tmp_path: Path) -> None:
    names = ("session/phare.md", "session-2/x.md", "sessions.md")
    config = Config(index=tmp_path / "index")
    build(write_corpus(tmp_path / "corpus", {name: f"# {name}\n\nRien de {name} ici.\n" for name in names}), config)
    library = open_library(config)
    assert private_prefix(library) == "session-3/"
    joined = together(library, open_private([PHARE], library))
    assert joined.passages.text("session-3/phare.md").startswith("# Le phare")
    assert "Rien" in joined.passages.text("session/phare.md")


def test_private_files_without_a_text_are_an_error(shared: Library) -> None:
    with pytest.raises(CorpusError, match="can be read"):
        open_private([Brought("broken.pdf", b"%PDF-1.4")], shared)


def test_the_folder_to_add_to(shared: Library, tmp_path: Path) -> None:
    config = replace(shared.config, index=tmp_path / "index")
    assert corpus_folder(shared.manifest, config, None) == Path(shared.manifest.corpus)
    assert corpus_folder(shared.manifest, config, Path(shared.manifest.corpus)) == tmp_path / "documents"
    for corpus, what in ((tmp_path / "gone", "not there any more"), (tmp_path / "one.txt", "a single file")):
        (tmp_path / "one.txt").write_text("un", encoding="utf-8")
        with pytest.raises(CorpusError, match=what):
            corpus_folder(replace(shared.manifest, corpus=str(corpus)), config, None)


def test_adding_writes_over_nothing(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "corpus", {"phare.md": "Un autre phare.\n", "PHARE (2).md": "Un troisième.\n"})
    (folder / "outside.txt").symlink_to(tmp_path / "elsewhere.txt")
    files = [PHARE, Brought("outside.txt", b"Text of my own."), Brought("broken.pdf", b"%PDF-1.4")]
    outcomes = add_to_corpus(files, folder, Config())
    assert [outcome.name for outcome in outcomes] == ["phare (3).md", "outside (2).txt", "broken.pdf"]
    assert [bool(outcome.reason) for outcome in outcomes] == [False, False, True]
    assert (folder / "phare (3).md").read_bytes() == PHARE.data
    assert (folder / "phare.md").read_text(encoding="utf-8") == "Un autre phare.\n"
    assert not (tmp_path / "elsewhere.txt").exists()
    assert sorted(path.name for path in folder.iterdir()) == [
        "PHARE (2).md", "outside (2).txt", "outside.txt", "phare (3).md", "phare.md"
    ]  # fmt: skip
    assert [outcome.name for outcome in add_to_corpus([PHARE], folder, Config())] == ["phare (3).md"]
    assert len(list(folder.iterdir())) == 5


def test_a_file_another_person_is_still_writing_is_not_the_file(tmp_path: Path) -> None:
    data = b"La note est ici.\n"
    unfinished = tmp_path / ".0123456789abcdef.part"
    unfinished.write_bytes(data)
    (outcome,) = add_to_corpus([Brought("note.txt", data)], tmp_path, Config())
    assert (outcome.name, outcome.reason) == ("note.txt", "")
    assert (tmp_path / "note.txt").read_bytes() == data


def test_a_file_that_goes_away_while_it_is_compared_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b"La note est ici.\n"
    gone = tmp_path / "a.txt"
    gone.write_bytes(data)
    read = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        path.unlink() if path == gone else None
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    (outcome,) = add_to_corpus([Brought("note.txt", data)], tmp_path, Config())
    monkeypatch.undo()
    assert (outcome.name, outcome.reason) == ("note.txt", "")
    assert (tmp_path / "note.txt").read_bytes() == data


def test_many_persons_add_files_of_one_name(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    files = [Brought("note.txt", f"La note numéro {number} est ici.\n".encode()) for number in range(8)]
    threads = [threading.Thread(target=add_to_corpus, args=([file], folder, Config())) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {path.read_bytes() for path in folder.iterdir()} == {file.data for file in files}


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(CorpusError, match="cannot write to"):
        add_to_corpus([PHARE], tmp_path / "file" / "corpus", Config())
