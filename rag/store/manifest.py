"""STAGE: the manifest of an index: what it is made of and made with, and a seal that shows whether it was changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

FORMAT = 1
MANIFEST = "manifest.json"
_SEAL = "seal"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index is made of and made with. ``encoder`` holds the fields of an EncoderCard."""

    format: int
    created: str
    corpus: str
    encoder: dict[str, Any]
    passage_tokens: int
    overlap_tokens: int
    document_count: int
    passage_count: int
    vector_count: int
    languages: dict[str, int]
    skipped: list[dict[str, str]]
    build_s: float
    versions: dict[str, str]
    files: dict[str, dict[str, Any]]


_TYPES: tuple[tuple[type | tuple[type, ...], tuple[str, ...]], ...] = (
    (str, ("created", "corpus")),
    (int, ("passage_tokens", "overlap_tokens", "document_count", "passage_count", "vector_count")),
    (dict, ("encoder", "languages", "versions", "files")),
    (list, ("skipped",)),
    ((int, float), ("build_s",)),
)


def sealed(manifest: Manifest) -> str:
    """The manifest as JSON, with the SHA-256 of its values beside them."""
    values = asdict(manifest)
    return json.dumps(values | {_SEAL: _seal_of(values)}, indent=2, ensure_ascii=False)


def is_whole(values: Mapping[str, Any]) -> bool:
    """Whether the values read are those that were sealed; True of an index built before manifests had a seal."""
    others = {name: value for name, value in values.items() if name != _SEAL}
    return _SEAL not in values or values[_SEAL] == _seal_of(others)


def _seal_of(values: Mapping[str, Any]) -> str:
    return sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def manifest_of(values: Mapping[str, Any]) -> Manifest:
    """The manifest with these values; raises ValueError or TypeError for others than are written."""
    manifest = Manifest(**{name: value for name, value in values.items() if name != _SEAL})
    for kind, names in _TYPES:
        for name in names:
            value = getattr(manifest, name)
            if not isinstance(value, kind) or isinstance(value, bool):
                raise ValueError(f"the field {name} is of the wrong kind")
    for name, are_well in (("languages", _are_counts), ("skipped", _are_skipped), ("files", _are_files)):
        if not are_well(getattr(manifest, name)):
            raise ValueError(f"the field {name} has a wrong entry")
    return manifest


def _are_counts(languages: Mapping[str, Any]) -> bool:
    return all(isinstance(count, int) for count in languages.values())


def _are_skipped(skipped: Sequence[Any]) -> bool:
    keys = ("path", "reason")
    return all(isinstance(one, dict) and all(isinstance(one.get(key), str) for key in keys) for one in skipped)


def _are_files(files: Mapping[str, Any]) -> bool:
    """Whether each name leads to a place inside the index and says how the file there was."""
    for name, facts in files.items():
        inside = not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts and "\0" not in name
        known = isinstance(facts, dict) and isinstance(facts.get("bytes"), int) and isinstance(facts.get("sha256"), str)
        if not (inside and known):
            return False
    return True
