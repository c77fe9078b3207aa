"""Builds that come to a bad end: nothing to read, killed, a full disk, another build. The old index stays in use."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import DOCUMENTS, write_corpus

from rag.ask import search
from rag.build import build
from rag.config import Config
from rag.errors import CorpusError, IndexBusy, ModelMissing
from rag.library import Library, open_library
from rag.store.generation import new_generation, open_generation

pytestmark = pytest.mark.usefixtures("loaded_once")


def hits_of(library: Library) -> list[list[tuple[str, float]]]:
    questions = ("Combien de lits ?", "λιμάνι", "青石桥")
    return [[(hit.passage.id, hit.score) for hit in search(library, question)] for question in questions]


@pytest.mark.parametrize(
    "documents", [{}, {"a.xyz": "x"}, {"a.txt": " "}, {"a.xyz": "x", "b.xyz": "x", "c.pdf": "x", "d.pdf": "x"}]
)
def test_nothing_to_read_is_refused_and_the_old_index_stays(
    tmp_path: Path, own_config: Config, documents: dict[str, str]
) -> None:
    (tmp_path / "c").mkdir()
    corpus = write_corpus(tmp_path / "c", documents)
    complaint = r"no file in .* can be read \(.*a\." if documents else "there is no file in .*: give the folder"
    with pytest.raises(CorpusError, match=complaint) as caught:
        build(corpus, own_config)
    assert ("and 1 more" in str(caught.value)) == (len(documents) == 4)
    assert open_library(own_config).manifest.document_count == len(DOCUMENTS)


def test_a_first_build_that_comes_to_nothing_leaves_nothing(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "c", {"a.pdf": "no PDF"})
    with pytest.raises(CorpusError, match="can be read"):
        build(corpus, Config(index=tmp_path / "index"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c"]
    (tmp_path / "index").mkdir()  # a folder that was there stays
    with pytest.raises(CorpusError, match="can be read"):
        build(corpus, Config(index=tmp_path / "index"))
    assert (tmp_path / "index").is_dir()


def test_a_corpus_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="there is no folder or file"):
        build(tmp_path / "nowhere", Config(index=tmp_path / "index"))
    assert not (tmp_path / "index").exists()


def test_an_encoder_that_is_not_there_is_refused_before_anything_is_written(tmp_path: Path, tiny_corpus: Path) -> None:
    with pytest.raises(ModelMissing):
        build(tiny_corpus, Config(index=tmp_path / "index", encoder="./nowhere"))
    assert not (tmp_path / "index").exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from rag.build import build
from rag.config import Config
def stop(step, done, total):
    if step == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)
build(Path(sys.argv[1]), Config(index=Path(sys.argv[2])), stop)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
def test_a_build_that_is_killed_leaves_the_old_index_in_use(tmp_path: Path, own_config: Config) -> None:
    before = open_generation(own_config.index)[0].name
    other = write_corpus(tmp_path / "other", {"a.txt": "Un tout autre document."})
    run = subprocess.run([sys.executable, "-c", KILLED, other, own_config.index, "words"], check=False, timeout=60)
    assert run.returncode == -signal.SIGKILL
    assert len(list(own_config.index.glob("generation-*"))) == 2
    library = open_library(own_config)
    assert (library.folder.name, library.manifest.document_count) == (before, len(DOCUMENTS))
    assert build(other, own_config).document_count == 1
    assert len(list(own_config.index.glob("generation-*"))) == 1


FULL = """
import resource, sys
from rag.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
main(["build", sys.argv[1], "--index", sys.argv[2]])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit on the size of files here")
@pytest.mark.parametrize("limit", [4_096, 24_576], ids=["in the passages", "after them"])
def test_a_file_that_cannot_grow_ends_the_build_in_one_line(tmp_path: Path, own_config: Config, limit: int) -> None:
    rows = [{"id": str(i), "text": f"Le texte {i}."} for i in range(40)]
    corpus = write_corpus(tmp_path / "c", {"a.jsonl": "\n".join(map(json.dumps, rows))})
    command = [sys.executable, "-c", FULL, str(corpus), str(own_config.index), str(limit)]
    run = subprocess.run(command, check=False, timeout=60, capture_output=True, text=True)
    assert run.returncode == 2, run.stderr
    assert run.stderr.startswith(f"rag: cannot write an index in {own_config.index} (")
    assert run.stderr.count("\n") == 1
    assert open_library(own_config).manifest.document_count == len(DOCUMENTS)


def test_a_build_beside_another_is_refused(own_config: Config, tiny_corpus: Path) -> None:
    with new_generation(own_config.index), pytest.raises(IndexBusy):
        build(tiny_corpus, own_config)


def test_a_reader_keeps_its_index_while_a_new_one_is_built(tmp_path: Path, own_config: Config) -> None:
    library = open_library(own_config)
    before = hits_of(library)
    build(write_corpus(tmp_path / "other", {"a.txt": "Un tout autre document."}), own_config)
    assert hits_of(library) == before
    assert open_library(own_config).manifest.document_count == 1
