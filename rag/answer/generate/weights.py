"""STAGE: where a generator's weights lie, in what form they are loaded, and what can be wrong with them.

Only safetensors and GGUF are read, and no code that comes with a model is run.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.answer.generate.presets import alike
from rag.errors import ModelMissing
from rag.hub import generator_folder, gguf_folder, is_hub_name

_SPARE_BYTES = 500_000_000
"""What must be free beside the weights."""

_LONG_CONTEXT = 1_000_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model ready to write. ``device`` is cpu, cuda or mps; ``context_tokens`` what it can read and write in all."""

    model: Any
    tokenizer: Any
    device: str
    context_tokens: int


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder, with the file in it where that is a GGUF file."""

    folder: Path
    gguf: str | None


def load(name: str) -> Loaded:
    """The model called ``name``: a folder, a .gguf file, else the local cache, else a hub.

    ``owner/model/file.gguf`` is a GGUF file of a repository. Raises ModelMissing.
    """
    from transformers.utils import logging

    bars: Any = logging
    place = _place(name)
    shown = logging.is_progress_bar_enabled()
    bars.disable_progress_bar()  # of reading weights from the disk; a download keeps its own
    try:
        return _guarded(name, place)
    finally:
        if shown:
            bars.enable_progress_bar()


def _place(name: str) -> _Place:
    """Where the files lie, fetched from a hub where they lie nowhere."""
    try:
        path = Path(name).expanduser()
        if path.is_file() and path.suffix.lower() == ".gguf":
            return _Place(path.parent, path.name)
        if path.is_dir():
            return _folder(path)
    except (OSError, RuntimeError) as error:
        raise _unknown(name) from error
    repository, _, file = name.rpartition("/") if name.lower().endswith(".gguf") else (name, "", "")
    if name.startswith((".", "/", "~")) or not is_hub_name(repository):
        raise _unknown(name)
    if file:
        return _Place(gguf_folder(repository, file, _otherwise(name)), file)
    return _Place(generator_folder(repository, _otherwise(name)), None)


def _otherwise(name: str) -> str:
    """What can be done where a model is nowhere to be had."""
    near = alike(name)
    other = f"name {near}" if near and near != name else "name one that `rag models` lists"
    return f"{other}, or leave --model out to be answered in quotations"


def _folder(path: Path) -> _Place:
    """A folder with a model in it; one that holds nothing but GGUF files must hold one."""
    if (path / "config.json").is_file():
        return _Place(path, None)
    files = sorted(file.name for file in path.glob("*.gguf"))
    if len(files) == 1:
        return _Place(path, files[0])
    if files:
        raise ModelMissing(f"{path} holds {len(files)} GGUF files: name one of them, such as {path / files[0]}")
    raise ModelMissing(f"{path} holds no language model (no config.json and no .gguf file): name another folder")


def _unknown(name: str) -> ModelMissing:
    return ModelMissing(
        f"there is no model {name!r}: give a folder or a .gguf file that exists, a hub name such as Qwen/Qwen3-0.6B, "
        "or openai:http://127.0.0.1:11434/v1#MODEL; `rag models` lists some"
    )


def _load(place: _Place) -> Loaded:
    import torch
    from transformers import AutoConfig, AutoTokenizer

    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    # unless it is told, transformers asks on the terminal whether to run the code of a model
    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    options |= {"gguf_file": place.gguf} if place.gguf else {}
    config = AutoConfig.from_pretrained(place.folder, **options)
    dtype = choose_dtype(device, getattr(config, "dtype", None))
    _check_memory(place, dtype, device)
    tokenizer = AutoTokenizer.from_pretrained(place.folder, **options)
    options |= {} if place.gguf else {"use_safetensors": True}
    model, found = _auto_class(config).from_pretrained(place.folder, dtype=dtype, output_loading_info=True, **options)
    if found["missing_keys"] or found["mismatched_keys"]:
        raise ValueError(f"{len(found['missing_keys']) + len(found['mismatched_keys'])} of its weights are missing")
    text = config.get_text_config()
    context = int(getattr(text, "max_position_embeddings", 0) or 4_096)
    return Loaded(model.to(device).eval(), tokenizer, device, min(context, _LONG_CONTEXT))


def _auto_class(config: Any) -> Any:
    """What loads a model of this kind; raises ValueError for one that does not write text."""
    from transformers import AutoModelForCausalLM, AutoModelForImageTextToText
    from transformers.models.auto.modeling_auto import (
        MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
        MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES,
    )

    declared = getattr(config, "architectures", None) or []
    writes = not declared or any(name.endswith(_WRITERS) for name in declared)
    if writes and config.model_type in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        return AutoModelForCausalLM
    if writes and config.model_type in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES:
        return AutoModelForImageTextToText
    raise _NotAWriterError(f"it is a {declared[0] if declared else config.model_type}")


_WRITERS = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")


class _NotAWriterError(ValueError):
    """The model exists and does something else."""


def choose_dtype(device: str, own: Any) -> Any:
    """The type the weights are computed in.

    On a CPU that is float32, unless the processor multiplies bfloat16 itself (AMX or AVX512-BF16) and the weights are
    bfloat16: without it that type is several times slower, and float16 is slower still.
    """
    import torch

    if device == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if device == "mps":
        return torch.float16
    return torch.bfloat16 if own == torch.bfloat16 and _multiplies_bfloat16() else torch.float32


def _multiplies_bfloat16() -> bool:
    import torch

    checks: list[Callable[[], bool]] = [
        check
        for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
        if (check := getattr(torch.cpu, name, None)) is not None
    ]
    return any(check() for check in checks)


def _check_memory(place: _Place, dtype: Any, device: str) -> None:
    """Raise MemoryError before the system ends the process: the weights as they will be loaded must fit."""
    if device != "cpu":
        return
    import psutil

    if place.gguf:
        from gguf import GGUFReader

        count = sum(int(tensor.n_elements) for tensor in GGUFReader(place.folder / place.gguf).tensors)
    else:
        count = sum(_parameter_count(file) for file in place.folder.glob("*.safetensors"))
    needed, free = count * dtype.itemsize + _SPARE_BYTES, psutil.virtual_memory().available
    if needed > free:
        raise MemoryError(f"{needed / 1e9:.1f} GB are needed and {free / 1e9:.1f} GB are free")


def _parameter_count(file: Path) -> int:
    """How many numbers a safetensors file holds, from its header."""
    with file.open("rb") as opened:
        size = int.from_bytes(opened.read(8), "little")
        header: dict[str, Any] = json.loads(opened.read(size)) if size < 100_000_000 else {}
    total = 0
    for name, tensor in header.items():
        count = 1
        for side in tensor["shape"] if name != "__metadata__" else ():
            count *= side
        total += count if name != "__metadata__" else 0
    return total


def _guarded(name: str, place: _Place) -> Loaded:
    """The model; whatever goes wrong becomes one sentence that says what to do."""
    from safetensors import SafetensorError

    try:
        return _load(place)
    except _NotAWriterError as error:
        raise ModelMissing(f"{name} does not write answers ({error}): name a causal language model") from error
    except MemoryError as error:
        raise ModelMissing(
            f"{name} does not fit into the memory ({error}): name a smaller model, or one on a server"
        ) from error
    except (*_TROUBLES, SafetensorError) as error:
        if "trust_remote_code" in str(error):
            raise ModelMissing(
                f"{name} needs code of its own, which is not run here: name a model that transformers knows"
            ) from error
        reason = _first_line(error)
        raise ModelMissing(f"{name} cannot be loaded ({reason}): fetch it again, or name another") from error


_TROUBLES = (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, ImportError, struct.error)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
