"""STAGE: a causal language model in this process, through transformers: the one user of its generation."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from rag.answer.generate import Sampling, short_name
from rag.answer.generate.weights import Loaded, load
from rag.answer.prompt import Message
from rag.errors import GeneratorFailed, ModelMissing

CPU_PROMPT_TOKENS, GPU_PROMPT_TOKENS = 700, 3_000
"""A small model reads some tens of tokens a second on one core: this many keep the first word within half a minute."""

_FRAME_TOKENS = 400  # rules, question and marks around the sentences


class LocalGenerator:
    """Writes with a model from a folder, a GGUF file, the local cache, or a hub."""

    def __init__(self, name: str) -> None:
        """Load it, on a GPU where there is one; raises ModelMissing that says what is wrong with it."""
        self.name = short_name(name)
        self._loaded: Loaded = load(name)
        if not getattr(self._loaded.tokenizer, "chat_template", None):
            raise ModelMissing(
                f"{name} has no chat template, so it does not follow instructions: name its -Instruct or -it version"
            )
        most = CPU_PROMPT_TOKENS if self._loaded.device == "cpu" else GPU_PROMPT_TOKENS
        room = self._loaded.context_tokens - _FRAME_TOKENS
        self.prompt_tokens = max(100, min(most, room // 2))
        self._busy = threading.Lock()  # one model, one text at a time

    def count_tokens(self, text: str) -> int:
        """How many tokens ``text`` has, without special ones."""
        return len(self._loaded.tokenizer(text, add_special_tokens=False)["input_ids"])

    def write(self, messages: Sequence[Message], sampling: Sampling, tell: Callable[[str], None]) -> None:
        """Give ``tell`` the text token by token; it runs inside the generation, so what it raises ends it at once."""
        import torch

        with self._busy, torch.random.fork_rng(enabled=sampling.temperature > 0), torch.inference_mode():
            torch.manual_seed(sampling.seed)
            prompt = self._prompt(messages)
            room = self._loaded.context_tokens - prompt["input_ids"].shape[1]
            if room < sampling.max_new_tokens:
                raise GeneratorFailed(
                    f"the prompt leaves {max(room, 0)} tokens of what {self.name} can hold: set prompt_tokens lower"
                )
            try:
                self._loaded.model.generate(
                    **prompt,
                    generation_config=self._settings(sampling),
                    streamer=_streamer(self._loaded.tokenizer, tell),
                )
            except (MemoryError, torch.OutOfMemoryError) as error:
                raise _full(self.name) from error
            except RuntimeError as error:
                if "memory" in str(error).lower():
                    raise _full(self.name) from error
                raise

    def _prompt(self, messages: Sequence[Message]) -> dict[str, Any]:
        """The tokens of the chat; rules go to the head of the question where a template knows no system."""
        from jinja2 import TemplateError

        turns = [{"role": message.role, "content": message.content} for message in messages]
        joined = [{"role": "user", "content": "\n\n".join(message.content for message in messages)}]
        try:
            encoded = self._encoded(turns)
        except TemplateError:
            try:
                encoded = self._encoded(joined)
            except TemplateError as error:
                raise GeneratorFailed(f"the chat template of {self.name} cannot be used: {error}") from error
        return {name: value.to(self._loaded.device) for name, value in encoded.items()}

    def _encoded(self, turns: list[dict[str, str]]) -> Any:
        return self._loaded.tokenizer.apply_chat_template(
            turns,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            enable_thinking=False,
        )

    def _settings(self, sampling: Sampling) -> Any:
        """The model's own ends of text, and nothing else of what it would do by itself."""
        from transformers import GenerationConfig

        make: Any = GenerationConfig

        own, tokenizer = self._loaded.model.generation_config, self._loaded.tokenizer
        ends = own.eos_token_id if own is not None and own.eos_token_id is not None else tokenizer.eos_token_id
        first = ends[0] if isinstance(ends, list) else ends
        drawn = {"do_sample": True, "temperature": sampling.temperature, "top_p": 0.95}
        return make(
            max_new_tokens=sampling.max_new_tokens,
            eos_token_id=ends,
            pad_token_id=tokenizer.pad_token_id if tokenizer.pad_token_id is not None else first,
            **(drawn if sampling.temperature > 0 else {"do_sample": False}),
        )


def _full(name: str) -> GeneratorFailed:
    return GeneratorFailed(f"the memory is too small for {name}: set prompt_tokens lower or name a smaller model")


def _streamer(tokenizer: Any, tell: Callable[[str], None]) -> Any:
    """A streamer of transformers that hands on what each token adds, half a character held back until it is whole."""
    from transformers.generation.streamers import BaseStreamer

    class _Teller(BaseStreamer):
        def __init__(self) -> None:
            self.tokens: list[int] | None = None  # the prompt comes first
            self.told = 0

        def put(self, value: Any) -> None:
            if self.tokens is None:
                self.tokens = []
                return
            self.tokens += value.reshape(-1).tolist()
            self._tell(whole=False)

        def end(self) -> None:
            self._tell(whole=True)

        def _tell(self, *, whole: bool) -> None:
            text = tokenizer.decode(self.tokens or [], skip_special_tokens=True)
            if len(text) > self.told and (whole or not text.endswith("\ufffd")):
                piece, self.told = text[self.told :], len(text)
                tell(piece)

    return _Teller()
