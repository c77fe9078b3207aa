"""Models by their name, through the commands people run: what is fetched from a hub, what goes wrong, what is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import save_tiny_model
from hub_server import COMMIT, LEFT, WALL, Commands, Ended, Hub
from tiny_models import save_gguf, save_model, save_sharded, save_xlm_roberta

from rag.config import Config

QUESTION = "Combien de lits compte le centre de Brévannes ?"
UNWANTED: dict[str, bytes] = {
    "pytorch_model.bin": b"a pickle",
    "tf_model.h5": b"of another library",
    "modeling_tiny.py": b"raise SystemExit",
    "consolidated.safetensors": b"the same weights once more",
    "model.fp16.safetensors": b"and once more",
    "original/model.safetensors": b"and once more",
    "original/params.json": b"{}",
    "onnx/model.onnx": b"for another runtime",
    "README.md": b"# A model",
}
SETTINGS = ["chat_template.jinja", "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"]


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    hub = Hub()
    yield hub
    hub.go()


@pytest.fixture(scope="module")
def commands(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    commands = Commands(tmp_path_factory.mktemp("hub-home"), hub.address)
    yield commands
    commands.close()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("hub-models")
    made = {kind: save_model(folder / kind, kind) for kind in ("qwen3", "llama", "gemma3")}
    (folder / "gguf").mkdir()
    save_gguf(folder / "gguf" / "tiny-q8.gguf", made["qwen3"])
    return made | {"gguf": folder / "gguf"}


@pytest.fixture
def ask(commands: Commands, tiny_config: Config, tmp_path: Path, hub: Hub) -> Any:
    """Asks with a model by its name, a few tokens long; what was asked of the hub before is forgotten."""
    settings = tmp_path / "rag.toml"
    settings.write_text("[rag]\nmax_new_tokens = 8\nstrictness = 0\n", encoding="utf-8")

    def run(name: str, *more: str) -> Ended:
        hub.asked.clear()
        index = ("--index", str(tiny_config.index), "--config", str(settings), "--json")
        return commands.run("ask", QUESTION, "--model", name, *index, *more)

    return run


def model_of(ended: Ended) -> str:
    """The model that was asked, where all went well."""
    assert ended.code == 0, ended.err
    return str(json.loads(ended.out)["model"])


def complaint(ended: Ended) -> str:
    """The one sentence of a command that failed."""
    assert (ended.code, ended.out) == (2, ""), ended
    *before, last = ended.err.strip().splitlines()
    assert last.startswith("rag: ")
    assert not [line for line in before if "Traceback" in line or line.startswith("rag: ")]
    return last


def left_open(commands: Commands) -> list[Path]:
    """Files of the cache that hold a part of something."""
    return [path for path in commands.cache.rglob("*.incomplete") if path.is_file()]


# --- what is fetched, and kept -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["qwen3", "llama", "gemma3"])
def test_only_settings_and_safetensors_are_fetched_once(hub: Hub, tiny: dict[str, Path], ask: Any, kind: str) -> None:
    hub.add(f"owner/{kind}", tiny[kind]).files.update(UNWANTED)
    assert model_of(ask(f"owner/{kind}")) == kind
    assert hub.fetched() == sorted([*SETTINGS, "model.safetensors"])
    assert model_of(ask(f"owner/{kind}")) == kind
    assert hub.asked == []
    with hub.away():
        assert model_of(ask(f"owner/{kind}")) == kind


def test_a_gguf_file_of_a_repository_is_fetched_alone(hub: Hub, tiny: dict[str, Path], ask: Any) -> None:
    hub.add("owner/tiny-GGUF", tiny["gguf"]).files.update({"tiny-f16.gguf": b"GGUF", "config.json": b"{}"})
    assert model_of(ask("owner/tiny-GGUF/tiny-q8.gguf")) == "tiny-q8.gguf"
    assert hub.fetched() == ["tiny-q8.gguf"]
    with hub.away():
        assert model_of(ask("owner/tiny-GGUF/tiny-q8.gguf")) == "tiny-q8.gguf"
    assert "has no tiny-q4.gguf on the hub" in complaint(ask("owner/tiny-GGUF/tiny-q4.gguf"))


@pytest.mark.parametrize("kind", ["bert", "xlm-roberta"])
def test_an_encoder_is_fetched_with_its_parts(
    hub: Hub, commands: Commands, tiny_corpus: Path, tmp_path: Path, kind: str
) -> None:
    folder = save_tiny_model(tmp_path) if kind == "bert" else save_xlm_roberta(tmp_path)
    hub.add(f"owner/{kind}", folder).files.update(UNWANTED | {"1_Pooling/pytorch_model.bin": b"a pickle"})
    hub.asked.clear()
    index = ("--index", tmp_path / "index", "--encoder", f"owner/{kind}")
    built = commands.run("build", tiny_corpus, *index)
    assert built.code == 0, built.err
    fetched = hub.fetched()
    assert {"modules.json", "model.safetensors", "1_Pooling/config.json"} <= set(fetched)
    assert not [name for name in fetched if name in UNWANTED or name.endswith(".bin")]
    hub.asked.clear()
    with hub.away():
        asked = commands.run("ask", QUESTION, *index, "--json", "--strictness", "0")
    assert asked.code == 0, asked.err
    info = json.loads(commands.run("info", *index, "--json").out)
    assert (info["encoder"]["name"], info["encoder"]["revision"]) == (f"owner/{kind}", COMMIT)
    assert hub.asked == []


# --- downloads that go wrong --------------------------------------------------------------------------------------


def test_a_connection_that_is_cut_goes_on_where_it_was(hub: Hub, ask: Any, tmp_path: Path) -> None:
    repository = hub.add("owner/cut", save_model(tmp_path / "model", hidden_size=64))
    repository.faults["model.safetensors"] = ["cut"]
    assert model_of(ask("owner/cut")) == "cut"
    size = len(repository.files["model.safetensors"])
    first, then = (asked.start for asked in hub.asked if asked.path.startswith("/kept/") and asked.method == "GET")
    assert first == 0 < then <= size // 2


@pytest.mark.parametrize("fault", ["break", "stall", "alter"])
def test_a_broken_download_leaves_nothing_and_a_second_try_fetches_what_lacks(
    hub: Hub, commands: Commands, tiny: dict[str, Path], ask: Any, tmp_path: Path, fault: str
) -> None:
    name, second = f"owner/{fault}", "model-00002-of-00002.safetensors"
    repository = hub.add(name, save_sharded(tmp_path / "model", tiny["qwen3"], mark=fault))
    repository.faults[second] = [fault if fault == "alter" else f"{fault}!"]
    broken = complaint(ask(name))
    assert f"the download of the model {name!r} broke off (" in broken
    assert broken.endswith("run the same again, the files that are complete are kept")
    assert left_open(commands) == []
    repository.faults.clear()
    with hub.away():
        assert "no hub could be asked" in complaint(ask(name))
    assert model_of(ask(name)) == fault
    assert hub.fetched() == [second]


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (401, "RepoNotFound", "the hub knows no such model, or it is private"),
        (404, "RepoNotFound", "the hub knows no such model, or it is private"),
        (403, "GatedRepo", "its owner gives it to those who accept its terms"),
        (401, "GatedRepo", "its owner gives it to those who accept its terms"),
        (500, "", "no hub could be asked"),
        (503, "", "no hub could be asked"),
    ],
)
def test_whatever_a_hub_refuses_is_one_sentence(hub: Hub, ask: Any, status: int, code: str, said: str) -> None:
    repository = hub.add(f"owner/refused-{status}{code}", Path(__file__).parent)
    repository.status, repository.error_code = status, code
    refused = complaint(ask(f"owner/refused-{status}{code}"))
    assert said in refused
    assert refused.endswith("or name one that `rag models` lists, or leave --model out to be answered in quotations")
    assert hub.fetched() == []


def test_a_name_that_no_hub_has_and_no_hub_at_all(
    hub: Hub, commands: Commands, ask: Any, tiny_corpus: Path, tmp_path: Path
) -> None:
    nothing = complaint(ask("owner/nothing"))
    assert "the hub knows no such model" in nothing
    assert "name one that `rag models` lists" in nothing
    assert "or name Qwen/Qwen3-0.6B, or leave --model out" in complaint(ask("owner/qwen3-0.6b"))
    with hub.away():
        assert "no hub could be asked" in complaint(ask("owner/nothing"))
        assert json.loads(ask("owner/nothing", "--fallback").out)["fallback"]
        built = commands.run("build", tiny_corpus, "--index", tmp_path / "index", "--encoder", "owner/nothing")
        assert "leave --encoder out to use the one that is shipped" in complaint(built)
    assert not (tmp_path / "index").exists()


def test_pickled_weights_alone_are_no_model(hub: Hub, tiny: dict[str, Path], ask: Any) -> None:
    repository = hub.add("owner/pickled", tiny["qwen3"])
    repository.files["pytorch_model.bin"] = repository.files.pop("model.safetensors")
    assert "only safetensors and GGUF files are loaded" in complaint(ask("owner/pickled"))
    assert "pytorch_model.bin" not in hub.fetched()


def test_the_code_of_a_model_is_neither_fetched_nor_run(hub: Hub, tiny: dict[str, Path], ask: Any) -> None:
    repository = hub.add("owner/coded", tiny["qwen3"])
    config = json.loads(repository.files["config.json"])
    config |= {"model_type": "marvel", "auto_map": {"AutoConfig": "modeling_tiny.Tiny"}}
    repository.files |= {"config.json": json.dumps(config).encode(), "modeling_tiny.py": b"raise SystemExit(3)"}
    assert "needs code of its own, which is not run here" in complaint(ask("owner/coded"))
    assert "modeling_tiny.py" not in hub.fetched()


def test_settings_that_are_no_settings(hub: Hub, tiny: dict[str, Path], ask: Any) -> None:
    repository = hub.add("owner/senseless", tiny["qwen3"])
    repository.files["model.safetensors.index.json"] = b"[]"
    assert "what the hub sent makes no sense" in complaint(ask("owner/senseless"))


def test_the_wall_holds() -> None:
    reach = "import socket; socket.create_connection(('192.0.2.1', 9), timeout=1)"
    assert subprocess.run([sys.executable, "-c", WALL + reach], capture_output=True, check=False).returncode == LEFT
