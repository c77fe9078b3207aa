"""One contract for every encoder; the shipped one beside sentence-transformers, late interaction beside two loops."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import conftest
import numpy as np
import pytest
from conftest import FakeEncoder, FakePieceEncoder, save_static
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from rag.config import PACKAGE, SHIPPED_ENCODER
from rag.embed import Encoder, PieceEncoder, Pieces, load_encoder
from rag.embed.static import INDEX_STRIDE, INDEX_WINDOW, NEARBY, StaticEncoder, window_starts
from rag.errors import ModelMissing
from rag.schema import Vectors

SHIPPED = PACKAGE / "models" / SHIPPED_ENCODER
TEXTS = ["sea sky", "", "Le règlement, c'est la règle.", "sea " * 300, "Η θάλασσα", "青石桥", "\u200d\x00", "land"]


@pytest.fixture(scope="module", params=["shipped", "saved static", "hub", "fake", "fake with pieces"])
def encoder(request: pytest.FixtureRequest, shipped: Encoder, tiny_model: Path, saved_static: Path) -> Encoder:
    """Every kind of encoder."""
    if request.param == "shipped":
        return shipped
    if request.param.startswith("fake"):
        return FakePieceEncoder() if "pieces" in request.param else FakeEncoder()
    return load_encoder(str(tiny_model if request.param == "hub" else saved_static))


# --- the contract -----------------------------------------------------------------------------------------------


def assert_unit_rows(vectors: Vectors, count: int, dimension: int) -> None:
    assert vectors.shape == (count, dimension)
    assert vectors.dtype == np.float32
    lengths = np.linalg.norm(vectors, axis=1)
    assert all(abs(length - 1) < 1e-5 or length == 0 for length in lengths.tolist())


def test_questions_are_unit_rows(encoder: Encoder) -> None:
    vectors = encoder.encode_questions(TEXTS)
    assert_unit_rows(vectors, len(TEXTS), encoder.card.dimension)
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-5)


def test_each_passage_has_a_first_row_and_perhaps_windows(encoder: Encoder) -> None:
    vectors, owners = encoder.encode_passages(TEXTS)
    assert owners.dtype == np.int64
    assert_unit_rows(vectors, len(owners), encoder.card.dimension)
    assert sorted(set(owners.tolist())) == list(range(len(TEXTS)))
    assert owners.tolist() == sorted(owners.tolist())


def test_a_batch_is_its_texts_one_by_one(encoder: Encoder) -> None:
    vectors, owners = encoder.encode_passages(TEXTS)
    for row, text in enumerate(TEXTS):
        alone, own = encoder.encode_passages([text])
        assert set(own.tolist()) == {0}
        assert np.allclose(vectors[owners == row], alone, atol=1e-5)
    alone = np.concatenate([encoder.encode_questions([text]) for text in TEXTS])
    assert np.allclose(encoder.encode_questions(TEXTS), alone, atol=1e-5)


def test_the_same_texts_give_the_same_bytes(encoder: Encoder) -> None:
    assert encoder.encode_questions(TEXTS).tobytes() == encoder.encode_questions(TEXTS).tobytes()
    assert encoder.encode_passages(TEXTS)[0].tobytes() == encoder.encode_passages(TEXTS)[0].tobytes()


def test_no_text_gives_no_row(encoder: Encoder) -> None:
    assert_unit_rows(encoder.encode_questions([]), 0, encoder.card.dimension)
    vectors, owners = encoder.encode_passages([])
    assert_unit_rows(vectors, 0, encoder.card.dimension)
    assert owners.dtype == np.int64
    assert owners.tolist() == encoder.count_tokens([]) == []


def test_tokens_are_counted_without_marks_and_without_an_end(encoder: Encoder) -> None:
    counts = encoder.count_tokens([*TEXTS, "sea " * 600, "sea " * 900])
    assert counts[1] == 0
    assert counts[3] >= 300
    assert counts[-1] - counts[-2] == counts[-2] - counts[3] >= 300
    assert encoder.count_tokens(TEXTS[:1]) == counts[:1]


def test_a_text_of_a_hundred_thousand_characters_is_taken(encoder: Encoder) -> None:
    for text in ("x" * 100_000, "la mer " * 14_286):
        vectors, owners = encoder.encode_passages([text])
        assert_unit_rows(vectors, len(owners), encoder.card.dimension)
        assert_unit_rows(encoder.encode_questions([text]), 1, encoder.card.dimension)


def test_the_card_is_filled(encoder: Encoder) -> None:
    assert encoder.card.name
    assert re.fullmatch(r"[0-9a-f]{64}", encoder.card.fingerprint)


def test_pieces_are_at_least_one_and_interaction_is_a_share(encoder: Encoder) -> None:
    if not isinstance(encoder, PieceEncoder):
        assert not hasattr(encoder, "interact")
        return
    pieces = encoder.pieces(TEXTS)
    assert [len(text) for text in pieces] == [max(1, count) for count in encoder.count_tokens(TEXTS)]
    scores = encoder.interact("sea sky", pieces)
    assert scores.dtype == np.float32
    assert scores.shape == (len(TEXTS),)
    assert scores[0] == pytest.approx(1, abs=1e-5)
    assert all(0 <= score <= 1.00001 for score in scores.tolist())
    assert encoder.interact("sea", []).shape == (0,)
    assert encoder.interact("", pieces).shape == (len(TEXTS),)


def test_the_best_stretch_is_met_no_more_than_the_whole_text_and_found_wherever_it_begins(shipped: Encoder) -> None:
    assert isinstance(shipped, StaticEncoder)
    long = ["Le port de Brévannes compte trois quais. " * 12, "Un phare éclaire la côte. " * 40 + "la mer"]
    texts = ["la mer", long[0], "", long[1]]
    question = "Combien de quais et quel phare ?"
    pieces = shipped.pieces(texts)
    late, near = shipped.interact_nearby(question, pieces)
    assert late.tolist() == pytest.approx(shipped.interact(question, pieces).tolist(), abs=1e-5)
    for text, share in zip(pieces, near.tolist(), strict=True):
        blocks = range(0, len(text), NEARBY // 2)
        stretches = [text[block : block + NEARBY] for block in blocks]
        assert share == pytest.approx(float(shipped.interact(question, stretches).max()), abs=1e-5)
    assert all(share <= whole + 1e-6 for share, whole in zip(near.tolist(), late.tolist(), strict=True))
    assert [found.shape for found in shipped.interact_nearby(question, [])] == [(0,), (0,)]


# --- the fake, by hand ------------------------------------------------------------------------------------------


def test_the_fake_is_what_it_says() -> None:
    fake = FakePieceEncoder()
    assert fake.encode_questions(["sea sea sky"])[0].tolist() == pytest.approx([2 / 5**0.5, 1 / 5**0.5, 0, 0])
    vectors, owners = fake.encode_passages(["sea", "sea sea sea sea sky"])
    assert owners.tolist() == [0, 1, 1, 1]
    assert vectors[2:].tolist() == [[1, 0, 0, 0], [0, 1, 0, 0]]
    assert fake.interact("sea sky", fake.pieces(["sea land", "sky sea", ""])).tolist() == [0.5, 1, 0]


# --- static encoders --------------------------------------------------------------------------------------------


def without_repeated_pieces(encoder: StaticEncoder, texts: Sequence[str]) -> list[str]:
    return [text for text, pieces in zip(texts, encoder.pieces(texts), strict=True) if len(set(pieces)) == len(pieces)]


@pytest.mark.parametrize("kind", ["shipped", "saved"])
def test_sentence_transformers_reads_the_same_folder_alike(kind: str, shipped: Encoder, saved_static: Path) -> None:
    from sentence_transformers import SentenceTransformer

    path = SHIPPED if kind == "shipped" else saved_static
    theirs: Any = SentenceTransformer(str(path), device="cpu", local_files_only=True)
    ours = shipped if kind == "shipped" else load_encoder(str(path))
    assert isinstance(ours, StaticEncoder)
    assert np.allclose(theirs[0].embedding.weight.detach().numpy(), ours._weights, atol=1e-6)
    texts = ["la mer", "Où siège l'agence ?", "Der Hafen", "青石桥", "Το λιμάνι έχει φάρο", "42", "مدرسة"]
    texts = without_repeated_pieces(ours, texts)
    assert len(texts) >= 3
    expected = theirs.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    assert (np.sum(ours.encode_questions(texts) * expected, axis=1) > 0.9999).all()


def test_a_repeated_piece_counts_the_square_root_of_its_times(saved_static: Path) -> None:
    encoder = StaticEncoder(saved_static, "static")
    a, b = (encoder._weights[encoder.pieces([letter])[0][0]] for letter in "ab")
    expected = 3**0.5 * a + b
    assert np.allclose(encoder.encode_questions(["a b a a"])[0], expected / np.linalg.norm(expected), atol=1e-6)


def test_windows_of_a_long_text_are_encoded_like_texts_of_their_own(saved_static: Path) -> None:
    encoder = StaticEncoder(saved_static, "static")
    words = [f"{'abcdefghij'[i % 10]}" for i in range(150)]
    vectors, owners = encoder.encode_passages(["a", " ".join(words)])
    starts = list(window_starts(150, INDEX_WINDOW, INDEX_STRIDE))
    assert starts == [0, 32, 64, 96]
    assert owners.tolist() == [0] + [1] * 5
    windows = [" ".join(words[start : start + INDEX_WINDOW]) for start in starts]
    assert np.allclose(vectors[1:], encoder.encode_questions([" ".join(words), *windows]), atol=1e-6)


@given(length=st.integers(0, 400), stride=st.integers(1, 64))
def test_windows_cover_a_text_and_none_lies_in_the_one_before(length: int, stride: int) -> None:
    starts = window_starts(length, 64, stride)
    assert starts[0] == 0
    assert starts[-1] + 64 >= length
    assert all(start + 64 - stride < length for start in starts[1:])


def brute_interaction(encoder: StaticEncoder, question: str, texts: Sequence[Pieces]) -> list[float]:
    """The definition in the docstring, piece by piece in double precision."""
    table = encoder._weights.astype(np.float64)
    asked = sorted(set(encoder.pieces([question])[0].tolist()))
    scores = []
    for text in texts:
        met = possible = 0.0
        for piece in asked:
            length = float(np.linalg.norm(table[piece]))
            best = 0.0
            for other in text.tolist():
                product = length * float(np.linalg.norm(table[other]))
                best = max(best, float(table[piece] @ table[other]) / product if product else 0.0)
            met += length * (best + best**3) / 2
            possible += length
        scores.append(met / possible if possible else 0.0)
    return scores


@pytest.mark.parametrize("question", ["Où se trouve la mer ?", "mer mer", "φάρος", "", "\u200d", "zzzz 青石"])
def test_interaction_is_a_double_loop(shipped: Encoder, question: str) -> None:
    assert isinstance(shipped, StaticEncoder)
    texts = shipped.pieces(["La mer est bleue.", "", "Le phare, Φάρος", "mer", "青石桥建于一九五三年", "a b a b"])
    found = shipped.interact(question, texts)
    assert found.tolist() == pytest.approx(brute_interaction(shipped, question, texts), abs=2e-5)


def test_a_vocabulary_beyond_two_bytes_is_taken(tmp_path: Path) -> None:
    encoder = StaticEncoder(save_static(tmp_path / "large", rows=70_000), "large")
    assert encoder.pieces(["sea"])[0].tolist() == [69_999]
    expected = encoder._weights[69_999] / np.linalg.norm(encoder._weights[69_999])
    assert np.allclose(encoder.encode_questions(["sea"])[0], expected, atol=1e-6)
    assert encoder.interact("sea", encoder.pieces(["sea", "a"]))[0] == pytest.approx(1)


def test_a_static_model_with_further_layers_is_left_to_sentence_transformers(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    from rag.embed.hub import HubEncoder

    weights = np.random.default_rng(0).standard_normal((58, 12)).astype(np.float32)
    static = StaticEmbedding(conftest.make_tokenizer(conftest.letter_vocabulary()), embedding_weights=weights)
    model = SentenceTransformer(modules=[static], prompts={"query": "q: ", "document": ""}, device="cpu")
    model.save_pretrained(str(tmp_path / "prompts"), create_model_card=False)
    encoder = load_encoder(str(tmp_path / "prompts"))
    assert isinstance(encoder, HubEncoder)
    assert encoder.card.query_prompt == "q: "
    modules = json.loads((tmp_path / "prompts" / "modules.json").read_text(encoding="utf-8"))
    shutil.copytree(tmp_path / "prompts", tmp_path / "dense")
    (tmp_path / "dense" / "config_sentence_transformers.json").unlink()
    dense = {"idx": 1, "name": "1", "path": "1_Dense", "type": "sentence_transformers.models.Dense"}
    (tmp_path / "dense" / "modules.json").write_text(json.dumps([*modules, dense]), encoding="utf-8")
    with pytest.raises(ModelMissing, match="holds no sentence-transformers model"):
        load_encoder(str(tmp_path / "dense"))  # the layer has no weights here: it must not be passed over


def damaged(folder: Path, name: str, data: bytes | dict[str, np.ndarray[Any, Any]]) -> Path:
    """A static encoder one of whose files holds ``data``, bytes or tensors."""
    save_static(folder)
    file = next(folder.rglob(name), folder / name)
    if isinstance(data, bytes):
        file.write_bytes(data)
    else:
        save_file(data, file)
    return folder


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("model.safetensors", b""),
        ("model.safetensors", {"embedding.weight": np.zeros(5, np.float32)}),
        ("model.safetensors", {"embedding.weight": np.zeros((5, 2, 2), np.float32)}),
        ("model.safetensors", {"embedding.weight": np.zeros((100, 0), np.float32)}),
        ("model.safetensors", {"embedding.weight": np.full((100, 4), np.nan, np.float32)}),
        ("model.safetensors", {"embeddings": np.zeros((5, 4), np.float32), "mapping": np.array([7])}),
        ("model.safetensors", {"embeddings": np.zeros((5, 4), np.float32), "weights": np.ones(3, np.float32)}),
        ("model.safetensors", {"other": np.zeros(3, np.float32)}),
        ("tokenizer.json", b"[" * 100_000),
        ("tokenizer.json", b"{}"),
        ("communique.json", b"[" * 100_000),
    ],
    ids=str,
)
def test_a_static_encoder_that_is_damaged_is_one_sentence(
    tmp_path: Path, name: str, data: bytes | dict[str, np.ndarray[Any, Any]]
) -> None:
    with pytest.raises(ModelMissing, match=rf"{name}.*: copy the model again"):
        load_encoder(str(damaged(tmp_path / "encoder", name, data)))


def test_a_tokenizer_with_more_pieces_than_vectors_is_one_sentence(tmp_path: Path) -> None:
    few = {"embedding.weight": np.ones((5, 4), np.float32)}
    with pytest.raises(ModelMissing, match="has more pieces than the weights beside it: copy the model again"):
        load_encoder(str(damaged(tmp_path / "encoder", "model.safetensors", few)))
