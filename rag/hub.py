"""FACTS: a name on a hub -> a folder of this disk that holds the model. The one user of the hub's client.

Only what loading needs is fetched: settings, tokenizer and safetensors, or one GGUF file. Pickled weights and code are
never asked for. What is in the local cache is used without asking anybody.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from rag.errors import ModelMissing

_SETTINGS = ("*.json", "*.jinja", "*.model", "*.txt")
_BELOW = ("*/*",)  # in these patterns a star crosses slashes: this is whatever lies in a folder
_WEIGHTS = "model.safetensors"
_SHA256_CHARS = 64
_PATIENCE_S = 10.0

Rest = Callable[[Path], Sequence[str]]
"""From the folder of settings to the patterns of what else must be fetched; one without a star must be there then."""


def is_hub_name(name: str) -> bool:
    """Whether ``name`` has the form ``model`` or ``owner/model``.

    >>> [is_hub_name(name) for name in ("Qwen/Qwen3-0.6B", "e5", "a/b/c", "./e5", "not a name")]
    [True, True, False, False, False]
    """
    parts = name.split("/")
    plain = (part.replace("-", "").replace("_", "").replace(".", "").isalnum() for part in parts)
    return len(parts) <= 2 and not name.startswith(".") and all(plain)


def generator_folder(repository: str, otherwise: str) -> Path:
    """Where a language model lies, fetched where it must be; ``otherwise`` ends the sentence of an error.

    Raises ModelMissing.
    """
    return _fetched(f"the model {repository!r}", repository, (_SETTINGS, _BELOW), _weights_of, otherwise)


def gguf_folder(repository: str, file: str, otherwise: str) -> Path:
    """Where the GGUF file of a repository lies. Raises ModelMissing."""
    what = f"the model '{repository}/{file}'"
    return _fetched(what, repository, ((file,), ()), lambda folder: (file,), otherwise)


def encoder_folder(repository: str, otherwise: str) -> Path:
    """Where a sentence-transformers model lies, its parts in folders below. Raises ModelMissing."""
    return _fetched(f"the encoder {repository!r}", repository, (_SETTINGS, _BELOW), _modules_of, otherwise)


def _weights_of(folder: Path) -> tuple[str, ...]:
    """The files of weights that the index names, else the one file there is without an index."""
    index = folder / f"{_WEIGHTS}.index.json"
    if not index.is_file():
        return (_WEIGHTS,)
    names = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    return tuple(sorted(name for name in names if str(name).endswith(".safetensors") and "/" not in name))


def _modules_of(folder: Path) -> tuple[str, ...]:
    """The settings and weights of each part of an encoder; a plain model of transformers is one part."""
    listed = folder / "modules.json"
    modules = json.loads(listed.read_text(encoding="utf-8")) if listed.is_file() else [{"path": ""}]
    patterns: list[str] = []
    for path in (str(module["path"]).strip("/") for module in modules):
        if not path:
            patterns += _weights_of(folder)
        else:
            patterns += [f"{path}/{pattern}" for pattern in (*_SETTINGS, "model*.safetensors")]
    return tuple(patterns)


def _fetched(
    what: str, repository: str, first: tuple[Sequence[str], Sequence[str]], rest: Rest, otherwise: str
) -> Path:
    """The folder from the local cache where all of it is there, else from the hub."""
    try:
        return _complete(repository, first, rest, local=True)
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not in the cache, or not the whole of it
    troubles: tuple[type[Exception], ...] = (OSError, RuntimeError, *_network_errors())
    _ask_hub(what, repository, otherwise, troubles)
    try:
        return _complete(repository, first, rest, local=False)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _missing(what, f"what the hub sent makes no sense: {_first_line(error)}", otherwise) from error
    except troubles as error:
        raise ModelMissing(
            f"the download of {what} broke off ({_first_line(error)}): run the same again, the files that are "
            "complete are kept"
        ) from error


def _ask_hub(what: str, repository: str, otherwise: str, troubles: tuple[type[Exception], ...]) -> None:
    """Raise ModelMissing where the hub cannot be asked or does not give the model.

    It is one quick question: a download without a hub would be tried again and again for half a minute.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    try:
        HfApi().model_info(repository, timeout=_PATIENCE_S)
    except GatedRepoError as error:
        reason = "its owner gives it to those who accept its terms: do so on its page of the hub and `hf auth login`"
        raise _missing(what, reason, otherwise) from error
    except RepositoryNotFoundError as error:
        raise _missing(what, "the hub knows no such model, or it is private", otherwise) from error
    except ValueError as error:
        raise _missing(what, _first_line(error), otherwise) from error
    except troubles as error:
        raise _missing(what, f"no hub could be asked: {_first_line(error)}", otherwise) from error


def _complete(repository: str, first: tuple[Sequence[str], Sequence[str]], rest: Rest, *, local: bool) -> Path:
    """The folder with all that is wanted in it; raises FileNotFoundError where the cache lacks some.

    The settings come first: without a hub they fail at once, and they name the weights.
    """
    from huggingface_hub import snapshot_download

    allowed, ignored = (list(patterns) for patterns in first)
    folder = Path(
        snapshot_download(repository, allow_patterns=allowed, ignore_patterns=ignored, local_files_only=local)
    )
    wanted = rest(folder)
    snapshot_download(repository, revision=folder.name, allow_patterns=list(wanted), local_files_only=local)
    lacking = [name for name in wanted if "*" not in name and not (folder / name).is_file()]
    if lacking and local:
        raise FileNotFoundError(lacking[0])
    if lacking:
        raise ModelMissing(
            f"{repository} has no {lacking[0]} on the hub: only safetensors and GGUF files are loaded, since others "
            "can run code; name another model"
        )
    if not local:
        _check_sums(folder)
    return folder


def _check_sums(folder: Path) -> None:
    """Raise OSError for a large file that is not what the hub said, after removing it; the client compares sizes only.

    In the cache such a file is named by its SHA-256; small ones are not, and neither are any where there are no links.
    """
    for file in folder.rglob("*"):
        kept = file.resolve()
        if file.is_dir() or len(kept.name) != _SHA256_CHARS or kept == file:
            continue
        with kept.open("rb") as opened:
            right = hashlib.file_digest(opened, "sha256").hexdigest() == kept.name
        if not right:
            file.unlink()
            kept.unlink()
            raise OSError(f"{file.name} arrived damaged")


def _network_errors() -> tuple[type[Exception], ...]:
    """What the hub's client lets through from the library it speaks HTTP with."""
    http = import_module("httpx2" if find_spec("httpx2") else "httpx")
    xet = getattr(import_module("huggingface_hub.errors"), "XetDownloadError", RuntimeError)
    return http.HTTPError, xet


def _missing(what: str, reason: str, otherwise: str) -> ModelMissing:
    return ModelMissing(
        f"{what} is not on this disk and no hub gave it ({reason}): check the name, connect once to download it, "
        f"or {otherwise}"
    )


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
