"""STAGE: a prompt -> text, by a language model: the protocol, and one on a server or one loaded in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.answer.prompt import Message

SERVER_PREFIX = "openai:"


@dataclass(frozen=True, slots=True)
class Sampling:
    """How much is written and how it is drawn: ``temperature`` 0 always takes the likeliest token."""

    max_new_tokens: int = 320
    temperature: float = 0.0
    seed: int = 0


class Generator(Protocol):
    """A language model that continues a chat."""

    @property
    def name(self) -> str:
        """As it is shown beside an answer."""

    @property
    def prompt_tokens(self) -> int:
        """How many tokens of documents it can be given before it becomes slow, or forgets."""

    def count_tokens(self, text: str) -> int:
        """How many tokens ``text`` has, or about as many."""

    def write(self, messages: Sequence[Message], sampling: Sampling, tell: Callable[[str], None]) -> None:
        """Give ``tell`` each piece of text as it is made.

        What ``tell`` raises ends the writing and comes through; so does KeyboardInterrupt. Raises GeneratorFailed.
        """


def load_generator(name: str, *, timeout_s: float = 120.0) -> Generator:
    """The generator called ``name``: ``openai:URL#MODEL`` for a server, else a folder, a .gguf file or a hub name.

    ``timeout_s`` is how long a server may keep silent. Raises BadUsage for a name that means nothing, ModelMissing
    where there is no such model; a server is first spoken to when it is asked.
    """
    if name.startswith(SERVER_PREFIX):
        from rag.answer.generate.server import ServerGenerator

        return ServerGenerator(name, timeout_s=timeout_s)
    from rag.answer.generate.local import LocalGenerator

    return LocalGenerator(name)


def short_name(name: str) -> str:
    """What a model is called in a sentence: the end of its name.

    >>> [short_name(name) for name in ("openai:http://127.0.0.1/v1#qwen3", "/models/Qwen3-0.6B/", "Qwen/Qwen3-4B")]
    ['qwen3', 'Qwen3-0.6B', 'Qwen3-4B']
    """
    if name.startswith(SERVER_PREFIX):
        return name.partition("#")[2] or name
    return name.replace("\\", "/").rstrip("/").split("/")[-1] or name
