"""STAGE: any sentence-transformers model, from a folder or a hub: the one user of sentence-transformers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.embed import EncoderCard, Rows
from rag.embed.presets import find_preset
from rag.errors import ModelMissing
from rag.hub import encoder_folder, is_hub_name
from rag.schema import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_SPARE_TOKENS = 16  # special tokens and the longest passage prompt of the presets
_OTHERWISE = "leave --encoder out to use the one that is shipped"
_TROUBLES = (OSError, ValueError, LookupError, TypeError, AttributeError, RuntimeError, ImportError)
_NO_LIMIT = 1_000_000  # tokenizers write "no limit" as a number far beyond this


class HubEncoder:
    """One vector a text, with the prompts of the model's card."""

    def __init__(self, name: str) -> None:
        """Load from the folder ``name``, else from the local cache, else from the hub; raises ModelMissing."""
        self._model, revision, folder = _load(name)
        query, passage = _prompts(self._model, name)
        self.card = EncoderCard(
            name=name,
            revision=revision,
            dimension=int(self._model.get_embedding_dimension() or 0),
            query_prompt=query,
            passage_prompt=passage,
            fingerprint=_fingerprint(self._model),
            languages=(),
            max_tokens=_max_tokens(self._model),
            tokenizer=_tokenizer(folder),
        )

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, without special tokens."""
        if not texts:
            return []
        encoded = self._model.tokenizer(list(texts), add_special_tokens=False, truncation=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """``(len(texts), dimension)`` float32, unit rows."""
        return self._encode(texts, self.card.query_prompt)

    def encode_passages(self, texts: Sequence[str]) -> tuple[Vectors, Rows]:
        """A unit row for each text."""
        return self._encode(texts, self.card.passage_prompt), np.arange(len(texts), dtype=np.int64)

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        if not texts:
            return np.zeros((0, self.card.dimension), np.float32)
        vectors = self._model.encode(
            list(texts),
            prompt=prompt,  # an empty one too: None would stand for the model's own default prompt
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


def _load(name: str) -> tuple[SentenceTransformer, str, Path]:
    """The model, the commit the hub gave (empty for a folder) and its folder; raises ModelMissing.

    It is looked for on this disk before any hub is asked.
    """
    folder, revision = Path(name).expanduser(), ""
    if not folder.is_dir():
        if name.startswith((".", "/", "~")) or not is_hub_name(name):
            raise ModelMissing(
                f"there is no encoder {name!r}: give a folder that exists or a hub name such as owner/model"
            )
        folder = encoder_folder(name if "/" in name else f"sentence-transformers/{name}", _OTHERWISE)
        revision = folder.name
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer

    only: dict[str, Any] = {"use_safetensors": True}
    try:
        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True, model_kwargs=only)
    except (*_TROUBLES, SafetensorError) as error:
        if "trust_remote_code" in str(error):
            raise ModelMissing(f"{name} needs code of its own, which is not run here: name another encoder") from error
        raise ModelMissing(f"{name} holds no sentence-transformers model ({_first_line(error)})") from error
    return model, revision, folder


def _max_tokens(model: SentenceTransformer) -> int | None:
    """How many tokens of a text the model reads, special tokens and prompts left out; None where it says nothing."""
    longest = model.max_seq_length
    return int(longest) - _SPARE_TOKENS if isinstance(longest, int) and longest < _NO_LIMIT else None


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


def _prompts(model: SentenceTransformer, name: str) -> tuple[str, str]:
    """The prompts the model declares, else those of its family, else none."""
    declared = {key: value for key, value in (model.prompts or {}).items() if value}
    query = declared.get("query", "")
    passage = declared.get("document") or declared.get("passage") or ""
    if query or passage:
        return query, passage
    preset = find_preset(name)
    return (preset.query_prompt, preset.passage_prompt) if preset else ("", "")


def _fingerprint(model: SentenceTransformer) -> str:
    """SHA-256 over every weight's name, shape and bytes."""
    import torch

    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(f"{name}{tuple(tensor.shape)}{tensor.dtype}".encode())
        digest.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _tokenizer(folder: Path) -> str:
    """SHA-256 of the model's tokenizer.json, empty where its tokenizer is kept otherwise."""
    file = next(iter(sorted(folder.rglob("tokenizer.json"))), None)
    return hashlib.sha256(file.read_bytes()).hexdigest() if file is not None else ""
