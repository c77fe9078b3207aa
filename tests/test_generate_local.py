"""The generator in this process: real models of random weights, loaded and run by the code that people run."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tiny_models import NO_SYSTEM, save_gguf, save_model

from rag.answer.generate import Sampling, load_generator, weights
from rag.answer.generate.local import LocalGenerator
from rag.answer.generate.weights import choose_dtype
from rag.answer.prompt import Message
from rag.errors import GeneratorFailed, ModelMissing

CHAT = (Message("system", "Rules."), Message("user", "Où est le port ?"))
SHORT = Sampling(max_new_tokens=24)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("tiny")
    made = {kind: save_model(folder / kind, kind) for kind in ("qwen3", "llama", "gemma3")}
    return made | {"gguf": save_gguf(folder / "tiny.gguf", made["qwen3"])}


def written(generator: Any, sampling: Sampling = SHORT) -> list[str]:
    pieces: list[str] = []
    generator.write(CHAT, sampling, pieces.append)
    return pieces


def greedy(folder: Path, count: int) -> str:
    """What the model says, token by token, by the rule of the likeliest one, worked out here."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    prompt = "".join(f"<|{message.role}|>{message.content}<|end|>" for message in CHAT) + "<|assistant|>"
    ids = tokenizer(prompt, return_tensors="pt", add_special_tokens=False)["input_ids"]
    asked = ids.shape[1]
    for _ in range(count):
        with torch.inference_mode():
            best = model(ids).logits[:, -1].argmax(-1, keepdim=True)
        if best.item() == tokenizer.eos_token_id:
            break
        ids = torch.cat([ids, best], dim=1)
    return str(tokenizer.decode(ids[0, asked:], skip_special_tokens=True))


@pytest.mark.parametrize("kind", ["qwen3", "llama", "gemma3"])
def test_it_writes_what_the_model_finds_likeliest(models: dict[str, Path], kind: str) -> None:
    pieces = written(load_generator(str(models[kind])))
    assert "".join(pieces) == greedy(models[kind], SHORT.max_new_tokens)


def test_a_gguf_file_writes_what_the_model_it_was_made_of_writes(models: dict[str, Path]) -> None:
    generator = load_generator(str(models["gguf"]))
    assert generator.name == "tiny.gguf"
    assert "".join(written(generator)) == "".join(written(load_generator(str(models["qwen3"]))))


def test_a_folder_with_one_gguf_file_is_that_file(models: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(models["gguf"].read_bytes())
    assert written(load_generator(str(tmp_path))) == written(load_generator(str(models["gguf"])))
    (tmp_path / "b.gguf").write_bytes(b"")
    with pytest.raises(ModelMissing, match="holds 2 GGUF files: name one"):
        load_generator(str(tmp_path))


def test_a_seed_decides_what_is_drawn_and_nothing_outside(models: dict[str, Path]) -> None:
    import torch

    generator = load_generator(str(models["qwen3"]))
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first, again, other = (written(generator, Sampling(24, 1.5, seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert torch.equal(before, torch.get_rng_state())


def test_a_template_without_a_system_gets_the_rules_with_the_question(tmp_path: Path) -> None:
    plain, odd = save_model(tmp_path / "plain"), save_model(tmp_path / "odd", template=NO_SYSTEM)
    joined = (Message("user", "Rules.\n\nOù est le port ?"),)
    pieces: list[str] = []
    load_generator(str(plain)).write(joined, SHORT, pieces.append)
    assert written(load_generator(str(odd))) == pieces


def test_whatever_ends_the_writing_comes_through_and_leaves_it_usable(models: dict[str, Path]) -> None:
    generator = load_generator(str(models["qwen3"]))

    def stop(piece: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generator.write(CHAT, Sampling(max_new_tokens=2000), stop)
    assert written(generator) == written(load_generator(str(models["qwen3"])))


def test_tokens_are_counted_by_the_model_and_its_room_is_kept(models: dict[str, Path], tmp_path: Path) -> None:
    generator = load_generator(str(models["qwen3"]))
    assert generator.count_tokens("été") == 5
    assert generator.prompt_tokens == 700
    small = load_generator(str(save_model(tmp_path, max_position_embeddings=512)))
    assert small.prompt_tokens == 100
    with pytest.raises(GeneratorFailed, match="set prompt_tokens lower"):
        written(small, Sampling(max_new_tokens=500))


# --- what cannot be loaded ---------------------------------------------------------------------------------------


def failure(name: str | Path) -> str:
    with pytest.raises(ModelMissing) as caught:
        load_generator(str(name))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_names_that_mean_nothing(tmp_path: Path) -> None:
    assert "there is no model" in failure(tmp_path / "nothing")
    assert "there is no model" in failure("not a name")
    assert "there is no model" in failure("./missing.gguf")
    assert "holds no language model" in failure(tmp_path)


def test_a_model_without_a_chat_template(tmp_path: Path) -> None:
    assert "has no chat template" in failure(save_model(tmp_path, template=None))


def test_a_model_that_does_not_write(tiny_model: Path) -> None:
    assert "does not write answers (it is a BertModel)" in failure(tiny_model)


def test_broken_and_foreign_files(models: dict[str, Path], tmp_path: Path) -> None:
    def copy(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for file in models["qwen3"].iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        return folder

    cut = copy("cut")
    (cut / "model.safetensors").write_bytes((cut / "model.safetensors").read_bytes()[:5000])
    assert "cannot be loaded" in failure(cut)
    unknown = copy("unknown")
    config = json.loads((unknown / "config.json").read_text())
    (unknown / "config.json").write_text(json.dumps(config | {"model_type": "marvel"}))
    assert "cannot be loaded" in failure(unknown)
    deeper = copy("deeper")
    (deeper / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 3, "layer_types": None}))
    assert "of its weights are missing" in failure(deeper)
    pickled = copy("pickled")
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    assert "cannot be loaded" in failure(pickled)
    (tmp_path / "bad.gguf").write_bytes(b"GGUF nonsense")
    assert "cannot be loaded" in failure(tmp_path / "bad.gguf")


def test_a_model_larger_than_the_memory(models: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=400_000_000))
    assert "does not fit into the memory (0.5 GB are needed and 0.4 GB are free)" in failure(models["qwen3"])
    assert "does not fit into the memory" in failure(models["gguf"])


def test_memory_that_runs_out_while_writing(models: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    generator = LocalGenerator(str(models["qwen3"]))

    def full(**options: Any) -> None:
        raise RuntimeError("[enforce fail at alloc_cpu.cpp:1] DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(generator._loaded.model, "generate", full)
    with pytest.raises(GeneratorFailed, match="the memory is too small for qwen3"):
        written(generator)


def test_bfloat16_only_where_the_processor_multiplies_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    for able, expected in ((False, torch.float32), (True, torch.bfloat16)):
        monkeypatch.setattr(weights, "_multiplies_bfloat16", lambda able=able: able)
        assert choose_dtype("cpu", torch.bfloat16) == expected
        assert choose_dtype("cpu", torch.float16) == torch.float32
