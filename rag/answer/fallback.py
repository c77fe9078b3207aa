"""STAGE: quotations in the place of a generator that cannot be used, where the person chose that."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rag.answer import AnsweringModel, Asked, Reply
from rag.errors import GeneratorFailed


@dataclass(frozen=True, slots=True)
class WithFallback:
    """Asks ``model``, and ``reader`` where it fails; ``failure`` says why there is no model at all."""

    model: AnsweringModel | None
    reader: AnsweringModel
    failure: str = ""

    @property
    def default_strictness(self) -> float:
        """The reader's, which a generative model has as well."""
        return self.reader.default_strictness

    def reply(self, asked: Asked) -> Reply:
        """The model's reply, or the reader's with the reason in ``fallback``."""
        if self.model is None:
            return replace(self.reader.reply(asked), fallback=self.failure)
        try:
            return self.model.reply(asked)
        except GeneratorFailed as error:
            if asked.tell is not None:
                asked.tell("restart", None, "")
            return replace(self.reader.reply(asked), fallback=str(error))
