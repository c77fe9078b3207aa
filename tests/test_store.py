"""Vectors beside brute force in NumPy, passages and pieces beside what was written."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rag.schema import Document, Passage, Scores, Vectors
from rag.store import VectorStore, build_store, faiss_store, open_store
from rag.store.passages import PassageStore, PassageWriter
from rag.store.pieces import Pieces, PieceStore, build_pieces

Owners = NDArray[np.int64]
COUNTS = [1, 3, 1, 2, 5, 1, 1, 4, 2, 1] * 6
"""How many vectors each of sixty passages has."""

QUANTISED_TOLERANCE = 2 * 8**0.5 / 255
"""How far the product of two unit vectors of 8 dimensions may be off: each number by half a step of at most 4 / 255."""


def make_vectors(count: int, dimension: int = 8, seed: int = 5) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((count, dimension))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def in_batches(vectors: Vectors, owners: Owners, size: int) -> Iterator[tuple[Vectors, Owners]]:
    for start in range(0, len(vectors), size):
        yield vectors[start : start + size], owners[start : start + size]


def brute_force(
    vectors: Vectors, owners: Owners, question: Scores, count: int, rows: set[int] | None = None
) -> list[tuple[int, float]]:
    """What a store must find, computed from every product."""
    best: dict[int, float] = {}
    for vector, row in zip(vectors, owners.tolist(), strict=True):
        if rows is None or row in rows:
            best[row] = max(best.get(row, -9.0), float(vector.astype(np.float64) @ question))
    return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:count]


OWNERS = np.repeat(np.arange(len(COUNTS)), COUNTS).astype(np.int64)
VECTORS = make_vectors(len(OWNERS))


@pytest.fixture(scope="module", params=["faiss"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> VectorStore:
    """VECTORS in each engine, written in batches that cut through a passage and read back."""
    folder = tmp_path_factory.mktemp(request.param) / "vectors"
    build_store(folder, in_batches(VECTORS, OWNERS, 7), VECTORS.shape[1])
    return open_store(folder)


def test_every_vector_is_there(store: VectorStore) -> None:
    assert store.vector_count == len(VECTORS)


@pytest.mark.parametrize("count", [1, 2, 10, 60, 1000])
@pytest.mark.parametrize("rows", [None, {4}, {0, 4, 7, 59}, set(range(0, 60, 3))], ids=["all", "one", "four", "third"])
def test_search_is_brute_force(store: VectorStore, count: int, rows: set[int] | None) -> None:
    for question in make_vectors(5, seed=8):
        found = store.search(question, count, None if rows is None else sorted(rows))
        expected = brute_force(VECTORS, OWNERS, question, count, rows)
        assert [row for row, _ in found] == [row for row, _ in expected]
        assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-6)


def test_scores_are_the_best_and_the_first_product_of_each_row(store: VectorStore) -> None:
    question, rows = make_vectors(1, seed=9)[0], [7, 0, 59, 4]
    best, first = store.scores(question, rows)
    products = VECTORS @ question
    assert best.tolist() == pytest.approx([float(products[row == OWNERS].max()) for row in rows], abs=1e-6)
    assert first.tolist() == pytest.approx([float(products[row == OWNERS][0]) for row in rows], abs=1e-6)


def test_nothing_asked_nothing_found(store: VectorStore) -> None:
    question = make_vectors(1)[0]
    assert store.search(question, 0) == store.search(question, 5, []) == []
    assert [len(scores) for scores in store.scores(question, [])] == [0, 0]


@pytest.mark.parametrize("count", [1, 2, 5, 24, 25, 30, 300, 1000])
@pytest.mark.parametrize("rows", [None, range(0, 1000, 2)], ids=["all", "half"])
def test_ties_come_by_row_and_none_is_lost_at_the_cut(tmp_path: Path, count: int, rows: range | None) -> None:
    kinds = np.random.default_rng(1).integers(0, 3, 1000)
    build_store(tmp_path / "v", [(np.eye(3, dtype=np.float32)[kinds], np.arange(1000))], 3)
    question = np.array([0.6, 0.8, 0], dtype=np.float32)
    found = open_store(tmp_path / "v").search(question, count, rows)
    assert [row for row, _ in found] == sorted(rows or range(1000), key=lambda row: (-question[kinds[row]], row))[
        :count
    ]


def test_many_vectors_of_one_passage_do_not_hide_the_others(tmp_path: Path) -> None:
    owners = np.array([0] * 300 + [1, 2])
    vectors = np.tile(np.array([[1, 0]], dtype=np.float32), (302, 1))
    vectors[300:] = [(0.8, 0.6), (0.6, 0.8)]
    build_store(tmp_path / "v", [(vectors, owners)], 2)
    found = open_store(tmp_path / "v").search(np.array([1, 0], dtype=np.float32), 3)
    assert found == [(0, 1.0), (1, pytest.approx(0.8)), (2, pytest.approx(0.6))]


def test_an_empty_store_finds_nothing(tmp_path: Path) -> None:
    build_store(tmp_path / "v", [], 8)
    empty = open_store(tmp_path / "v")
    assert (empty.vector_count, empty.search(make_vectors(1)[0], 3)) == (0, [])


def test_eight_bits_a_number_stay_near_brute_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faiss_store, "_EXACT_VECTOR_COUNT", 30)
    batches = [(VECTORS, OWNERS), (VECTORS, OWNERS + 60)]  # the second comes once the first has set the range
    build_store(tmp_path / "v", batches, VECTORS.shape[1])
    assert (tmp_path / "v" / "vectors.faiss").stat().st_size < VECTORS.nbytes
    small = open_store(tmp_path / "v")
    assert small.vector_count == 2 * len(VECTORS)
    for question in make_vectors(5, seed=8):
        expected = dict(brute_force(VECTORS, OWNERS, question, 60))
        found = small.search(question, 120)
        assert {row for row, _ in found} == set(range(120))
        assert all(abs(score - expected[row % 60]) < QUANTISED_TOLERANCE for row, score in found)
        best, _ = small.scores(question, range(120))
        assert dict(enumerate(best.tolist())) == pytest.approx(dict(found), abs=1e-6)


def test_later_vectors_may_reach_further_than_the_ones_that_set_the_range(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faiss_store, "_EXACT_VECTOR_COUNT", 30)
    wider = np.asarray(VECTORS * 1.8, np.float32)
    build_store(tmp_path / "v", [(VECTORS, OWNERS), (wider, OWNERS + 60)], VECTORS.shape[1])
    small = open_store(tmp_path / "v")
    for question in make_vectors(5, seed=8):
        expected = {row + 60: score for row, score in brute_force(wider, OWNERS, question, 60)}
        found = {row: score for row, score in small.search(question, 120) if row >= 60}
        assert found == pytest.approx(expected, abs=QUANTISED_TOLERANCE)


def test_threads_find_the_same(store: VectorStore) -> None:
    question = make_vectors(1, seed=3)[0]
    expected, found = store.search(question, 9), []
    threads = [threading.Thread(target=lambda: found.append(store.search(question, 9))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


# --- passages ---------------------------------------------------------------------------------------------------

ODD = 'a\x00b 👩‍🚒 e\u0301 «l\'eau» "x" ; DROP TABLE passages; -- \u202e𝔛\ufeff\r\n\u2028fin'


def make_document(document_id: str, text: str, *cuts: int) -> tuple[Document, list[Passage]]:
    """A document cut into passages at ``cuts``."""
    document = Document(document_id, f"Titre {ODD}", "fr", "2024-05", None, text, pages=(0, 3))
    edges = [0, *cuts, len(text)]
    passages = [
        Passage(f"{document_id}:{i}", document_id, "fr", start, end, text[start:end], ("Un", ODD))
        for i, (start, end) in enumerate(pairwise(edges))
    ]
    return document, passages


def test_passages_come_back_letter_for_letter(tmp_path: Path) -> None:
    first, second = make_document(f"dossier/{ODD}.txt", ODD, 2, 5), make_document("b", ODD[::-1], 7)
    with PassageWriter(tmp_path / "p.sqlite") as writer:
        assert [writer.add(*first), writer.add(*second)] == [range(3), range(3, 5)]
    store = PassageStore(tmp_path / "p.sqlite")
    assert store.passage_count == 5
    assert store.passages([4, 0, 2, 0]) == [second[1][1], first[1][0], first[1][2], first[1][0]]
    assert store.passages_of("b") == second[1]
    assert store.passages_of("nowhere") == []
    for row, (document, _) in enumerate((first, second)):
        facts = store.documents[row]
        assert (facts.id, facts.title, facts.language, facts.date, facts.source, facts.pages) == (
            document.id, document.title, document.language, document.date, document.source, document.pages
        )  # fmt: skip
        assert facts.char_count == len(document.text)
        assert store.text(document.id) == document.text
        assert store.rows_of([row]) == ([0, 1, 2], [3, 4])[row]
    with pytest.raises(KeyError):
        store.text("nowhere")


@given(text=st.text(min_size=1, max_size=60))
def test_any_text_comes_back_letter_for_letter(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("passages") / "p.sqlite"
    document, passages = make_document("a", text, len(text) // 2)
    with PassageWriter(file) as writer:
        writer.add(document, passages)
    store = PassageStore(file)
    assert (store.text("a"), store.passages(range(2))) == (text, passages)
    assert store.documents[0].char_count == len(text)


def test_more_rows_than_a_query_takes_come_in_the_order_asked_for(tmp_path: Path) -> None:
    text = "x" * 40_000
    document, passages = make_document("a", text, *range(1, 40_000))
    with PassageWriter(tmp_path / "p.sqlite") as writer:
        writer.add(document, passages)
    store = PassageStore(tmp_path / "p.sqlite")
    assert store.passages(range(39_999, -1, -1)) == passages[::-1]


def test_threads_read_passages_even_once_the_file_is_gone(tmp_path: Path) -> None:
    """A build that ends while a reader is at work drops the generation the reader has open."""
    document, passages = make_document("a", ODD, 4)
    with PassageWriter(tmp_path / "p.sqlite") as writer:
        writer.add(document, passages)
    store = PassageStore(tmp_path / "p.sqlite")
    (tmp_path / "p.sqlite").unlink()
    read: list[list[Passage]] = []
    threads = [threading.Thread(target=lambda: read.append(store.passages([1, 0]))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [passages[::-1]] * 8


# --- pieces -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.uint16, np.uint32])
def test_pieces_come_back_by_row(tmp_path: Path, dtype: type) -> None:
    largest = np.iinfo(dtype).max
    texts: list[Pieces] = [np.array(values, dtype=dtype) for values in ([5, 5, 1], [0], [largest, 2], [7])]
    build_pieces(tmp_path / "pieces", iter(texts))
    store = PieceStore(tmp_path / "pieces")
    assert [pieces.tolist() for pieces in store.of([2, 0, 3, 1, 2])] == [
        [largest, 2],
        [5, 5, 1],
        [7],
        [0],
        [largest, 2],
    ]
    assert store.of([]) == []


def test_no_pieces_at_all_can_be_written_and_read(tmp_path: Path) -> None:
    build_pieces(tmp_path / "pieces", [])
    assert PieceStore(tmp_path / "pieces").of([]) == []


@pytest.mark.parametrize("name", ["pieces.npy", "starts.npy"])
def test_an_array_of_objects_is_never_unpickled(tmp_path: Path, name: str) -> None:
    build_pieces(tmp_path / "pieces", [np.array([1], dtype=np.uint16)])
    np.save(tmp_path / "pieces" / name, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match=r"allow_pickle|[Oo]bject"):
        PieceStore(tmp_path / "pieces")
