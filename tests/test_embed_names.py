"""What a name stands for: the weights behind it, the prompts of its family, or a sentence that says what is missing."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import save_static, save_tiny_model

from rag.config import SHIPPED_ENCODER
from rag.embed import Encoder, load_encoder
from rag.embed.presets import PRESETS, find_preset
from rag.errors import ModelMissing

# --- what identifies an encoder ---------------------------------------------------------------------------------


def test_other_weights_of_the_same_shape_have_another_fingerprint(
    tmp_path: Path, tiny_model: Path, saved_static: Path
) -> None:
    bert = load_encoder(str(save_tiny_model(tmp_path / "bert", seed=1))).card
    assert bert.dimension == load_encoder(str(tiny_model)).card.dimension
    assert bert.fingerprint != load_encoder(str(tiny_model)).card.fingerprint
    static = load_encoder(str(save_static(tmp_path / "static", seed=3))).card
    assert static.dimension == load_encoder(str(saved_static)).card.dimension
    assert static.fingerprint != load_encoder(str(saved_static)).card.fingerprint
    copy = Path(shutil.copytree(tiny_model, tmp_path / "copy"))
    assert load_encoder(str(copy)).card.fingerprint == load_encoder(str(tiny_model)).card.fingerprint


def test_the_shipped_card(shipped: Encoder) -> None:
    card = shipped.card
    assert (card.name, card.dimension, card.query_prompt, card.passage_prompt) == (SHIPPED_ENCODER, 384, "", "")
    assert {"fr", "de", "el", "ar", "zh"} <= set(card.languages)


# --- prompts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "prompts"),
    [
        ("intfloat/multilingual-e5-small", ("query: ", "passage: ")),
        ("/models/multilingual-e5-base/", ("query: ", "passage: ")),
        ("intfloat/e5-large-v2", ("query: ", "passage: ")),
        ("BAAI/bge-m3", ("", "")),
        ("Snowflake/snowflake-arctic-embed-l-v2.0", ("query: ", "")),
        ("Snowflake/snowflake-arctic-embed-m", ("Represent this sentence for searching relevant passages: ", "")),
        ("google/embeddinggemma-300m", ("task: search result | query: ", "title: none | text: ")),
        ("ibm-granite/granite-embedding-278m-multilingual", ("", "")),
        ("Alibaba-NLP/gte-multilingual-base", ("", "")),
    ],
)
def test_prompts_of_the_families(name: str, prompts: tuple[str, str]) -> None:
    preset = find_preset(name)
    assert preset is not None
    assert (preset.query_prompt, preset.passage_prompt) == prompts


@pytest.mark.parametrize("name", ["Qwen/Qwen3-Embedding-0.6B", "intfloat/multilingual-e5-large-instruct"])
def test_instructed_families_are_told_what_to_do_before_a_question_only(name: str) -> None:
    preset = find_preset(name)
    assert preset is not None
    assert re.fullmatch(r"Instruct: .+\nQuery: ?", preset.query_prompt)
    assert preset.passage_prompt == ""


@pytest.mark.parametrize("name", ["owner/unknown", "e5", "", "/", "owner/not-multilingual-e5-small"])
def test_other_names_have_no_prompts(name: str) -> None:
    assert find_preset(name) is None


def test_every_pattern_can_be_read() -> None:
    assert all(re.compile(preset.pattern) for preset in PRESETS)


def test_prompts_stand_before_the_texts(tmp_path: Path, tiny_model: Path) -> None:
    from sentence_transformers import SentenceTransformer

    path = shutil.copytree(tiny_model, tmp_path / "multilingual-e5-small")
    encoder, raw = load_encoder(str(path)), SentenceTransformer(str(tiny_model), device="cpu", local_files_only=True)
    assert (encoder.card.query_prompt, encoder.card.passage_prompt) == ("query: ", "passage: ")
    expected = raw.encode(["query: x", "passage: x"], normalize_embeddings=True, show_progress_bar=False)
    assert np.allclose(encoder.encode_questions(["x"])[0], expected[0], atol=1e-6)
    assert np.allclose(encoder.encode_passages(["x"])[0][0], expected[1], atol=1e-6)
    assert not np.allclose(expected[0], expected[1], atol=1e-2)


def test_a_models_own_prompts_go_first_and_its_default_one_is_not_added(tmp_path: Path, tiny_model: Path) -> None:
    from sentence_transformers import SentenceTransformer

    own: dict[str, Any] = {"prompts": {"query": "ask: ", "document": ""}, "default_prompt_name": "query"}
    encoder = load_encoder(str(save_tiny_model(tmp_path / "multilingual-e5-small", **own)))
    raw = SentenceTransformer(str(tiny_model), device="cpu", local_files_only=True)
    assert (encoder.card.query_prompt, encoder.card.passage_prompt) == ("ask: ", "")
    expected = raw.encode(["ask: x", "x"], normalize_embeddings=True, show_progress_bar=False)
    assert np.allclose(encoder.encode_questions(["x"])[0], expected[0], atol=1e-6)
    assert np.allclose(encoder.encode_passages(["x"])[0][0], expected[1], atol=1e-6)


# --- what cannot be loaded --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["./nowhere", "/nowhere/model", "~nobody-by-this-name/model", "a b/c", "../x", "x" * 300 + "/", "a\x00b"]
)
def test_a_name_that_is_no_model_is_missed(name: str) -> None:
    with pytest.raises(ModelMissing, match="give a folder that exists or a hub name"):
        load_encoder(name)


def test_a_folder_without_a_model_is_missed(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="holds no sentence-transformers model"):
        load_encoder(str(tmp_path))


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("model.safetensors", b"\x08\x00\x00", r"weights in .*model\.safetensors cannot be read"),
        ("model.safetensors", b"", r"weights in .*model\.safetensors cannot be read"),
        ("tokenizer.json", b"{", r"tokenizer in .*tokenizer\.json cannot be read"),
        ("tokenizer.json", b"[]", r"tokenizer\.json is not a tokenizer"),
        ("tokenizer.json", b"7", r"tokenizer\.json is not a tokenizer"),
        ("tokenizer.json", None, r"tokenizer in .*tokenizer\.json cannot be read"),
        ("communique.json", b"{", r"settings in .*communique\.json cannot be read"),
    ],
)
def test_a_damaged_static_folder_names_its_file(
    tmp_path: Path, saved_static: Path, name: str, content: bytes | None, complaint: str
) -> None:
    folder = Path(shutil.copytree(saved_static, tmp_path / "damaged"))
    place = next((path for path in folder.rglob(name)), folder / name)
    if content is None:
        place.unlink()
    else:
        place.write_bytes(content)
    with pytest.raises(ModelMissing, match=complaint):
        load_encoder(str(folder))


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "modules.json", "tokenizer.json"])
def test_a_truncated_model_of_sentence_transformers_is_missed(tmp_path: Path, tiny_model: Path, name: str) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "damaged"))
    (folder / name).write_bytes((folder / name).read_bytes()[:40])
    with pytest.raises(ModelMissing, match="holds no sentence-transformers model"):
        load_encoder(str(folder))
