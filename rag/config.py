"""FACTS: one frozen Config of plain values, whose defaults are the shipped product."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import BadUsage

PACKAGE = Path(__file__).parent
SHIPPED_ENCODER = "communique-static"
"""The encoder that lies in ``rag/models/`` and needs no network."""


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting of the walks.

    ``passage_tokens`` is the length a passage is held to, in pieces of the encoder's tokenizer; ``overlap_tokens`` is
    how much of the end of a passage the next one may repeat, in whole sentences. ``strictness`` is the probability
    below which an answer is refused; None takes the calibrated default of the answering model. ``max_file_mb`` is the
    size over which a file is skipped. ``keep_history`` says whether the chat keeps its conversations beside the index.
    ``model`` names the generator that writes answers (a hub name, a folder, a .gguf file, or ``openai:URL#MODEL``);
    empty answers in quotations. ``fallback`` lets quotations stand in for a generator that fails. ``max_new_tokens``,
    ``temperature`` (0 draws nothing at random) and ``seed`` rule its writing, ``prompt_tokens`` how much of the
    documents it is given (None: what it can bear), ``unsupported`` whether a sentence that fails its checks is removed
    or marked, ``model_timeout_s`` how long a server may keep silent. In the chat, a person may bring ``upload_count``
    files at most, each of ``upload_mb`` and ``upload_total_mb`` together. ``test_set`` is the file that test
    questions of the chat are written to, beside the index where empty.
    """

    index: Path = Path("index")
    encoder: str = SHIPPED_ENCODER
    passage_tokens: int = 256
    overlap_tokens: int = 0
    candidate_count: int = 100
    hit_count: int = 20
    strictness: float | None = None
    max_file_mb: int = 100
    max_question_chars: int = 4_000
    model: str = ""
    fallback: bool = False
    max_new_tokens: int = 320
    prompt_tokens: int | None = None
    temperature: float = 0.0
    seed: int = 0
    unsupported: str = "remove"
    model_timeout_s: int = 120
    keep_history: bool = True
    upload_count: int = 20
    upload_mb: int = 50
    upload_total_mb: int = 100
    test_set: str = ""

    def __post_init__(self) -> None:
        """Raise BadUsage naming the first field whose value means nothing."""
        for name, low, high in (
            ("passage_tokens", 16, 8192),
            ("overlap_tokens", 0, self.passage_tokens // 2 if isinstance(self.passage_tokens, int) else 0),
            ("candidate_count", 1, 10_000),
            ("hit_count", 1, 1_000),
            ("max_file_mb", 1, 100_000),
            ("max_question_chars", 1, 1_000_000),
            ("max_new_tokens", 8, 8_192),
            ("prompt_tokens", 100, 100_000),
            ("seed", 0, 2**32 - 1),
            ("model_timeout_s", 1, 3_600),
            ("upload_count", 1, 1_000),
            ("upload_mb", 1, 2_000),
            ("upload_total_mb", 1, 10_000),
        ):
            value = getattr(self, name)
            if name == "prompt_tokens" and value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise BadUsage(f"{name} must be a whole number from {low} to {high}, not {value!r}")
        strict = 0 if self.strictness is None else self.strictness
        if isinstance(strict, bool) or not isinstance(strict, int | float) or not 0 <= strict <= 1:
            raise BadUsage(f"strictness must lie between 0 and 1, not {strict!r}")
        heat = self.temperature
        if isinstance(heat, bool) or not isinstance(heat, int | float) or not 0 <= heat <= 2:
            raise BadUsage(f"temperature must lie between 0 and 2, not {heat!r}")
        if self.unsupported not in ("remove", "mark"):
            raise BadUsage(f"unsupported must be remove or mark, not {self.unsupported!r}")
        if not isinstance(self.model, str):
            raise BadUsage(f"model must be a name, not {self.model!r}")
        for name in ("keep_history", "fallback"):
            if not isinstance(getattr(self, name), bool):
                raise BadUsage(f"{name} must be true or false, not {getattr(self, name)!r}")
        for name in ("index", "encoder", "model", "test_set"):
            if "\0" in str(getattr(self, name)):
                raise BadUsage(f"{name} holds a null character, which no name has")
        if not isinstance(self.index, Path):
            raise BadUsage(f"index must be the path of a folder, not {self.index!r}")
        if not isinstance(self.test_set, str):
            raise BadUsage(f"test_set must be the path of a .jsonl, not {self.test_set!r}")
        if not isinstance(self.encoder, str) or not self.encoder.strip():
            raise BadUsage("encoder must name a model: a hub name or a folder")


def load_config(path: Path | None = None, **overrides: Any) -> Config:
    """The defaults, overridden by the ``[rag]`` table of a TOML file, then by every override that is not None.

    ``path`` None reads ``rag.toml`` of the current folder if there is one. Raises BadUsage naming the file and key.
    """
    values: dict[str, Any] = {}
    file = path or Path("rag.toml")
    if path is not None or file.is_file():
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            mend = "give another file with --config, or leave it out"
            raise BadUsage(f"cannot read the settings in {file}: {error.strerror or error}: {mend}") from error
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            mend = "correct it there, or give another file with --config"
            raise BadUsage(f"cannot read the settings in {file}: {error}: {mend}") from error
        values = table.get("rag", {})
        if not isinstance(values, dict) or (table and "rag" not in table):
            raise BadUsage(f"{file}: the settings must stand under a line that says [rag]")
    known = {field.name for field in dataclasses.fields(Config)}
    for key in values:
        if key not in known:
            raise BadUsage(f"{file}: unknown setting {key!r}; the settings are {', '.join(sorted(known))}")
    if isinstance(values.get("index"), str):
        values["index"] = Path(values["index"])
    given = {key: value for key, value in overrides.items() if value is not None}
    if isinstance(given.get("index"), str):
        given["index"] = Path(given["index"])
    try:
        return Config(**values | given)
    except TypeError as error:
        raise BadUsage(str(error)) from error
    except BadUsage as error:  # which begins with the name of its field
        if str(error).split()[0] in values.keys() - given.keys():
            raise BadUsage(f"{file}: {error}") from error
        raise
