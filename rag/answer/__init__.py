"""STAGE: question + hits -> reply. The protocol of answering models; the extractive one is shipped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from rag.config import Config
from rag.errors import ModelMissing
from rag.schema import Hit, Passage, Quoted, Scores, Written


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what was found for it, and the measures a walk lends from its other stages.

    ``term_weight`` gives the rarity of an analysed term among the passages (0 and up); ``occurs`` whether any passage
    of the index has a word like it, and ``documents_with`` which documents have, together with all those in other
    languages than the asker's where its second argument is true: they may say it in their own words. ``interact`` gives
    the late interaction (0..1) of the question with some texts, ``compare`` that of any text with others, and ``meet``
    what each piece of a question, or of a part of it, counts (summing to 1) and how near a text comes to it (0..1),
    None where the encoder has no pieces. ``same_language`` says whether the index has documents in the asker's
    language, ``knows_a_word`` whether a passage has one of the question's words as it is. ``strictness`` is the
    probability below which the walk will refuse, None for the model's own default. ``tell`` is given, with the
    generator's name, ``writing`` when a generator begins, then ``sentence`` or ``dropped`` with each sentence as soon
    as it is checked, or ``restart``; what it raises ends the writing and comes through. ``worded`` is the question with
    what is not searched of it, for a generator; empty where that is all. ``title_of`` and ``date_of`` give the
    title and the date (ISO 8601, or nothing) of a document by its id.
    """

    question: str
    language: str
    hits: Sequence[Hit]
    same_language: bool
    term_weight: Callable[[str], float]
    occurs: Callable[[str], bool]
    interact: Callable[[Sequence[str]], Scores] | None
    strictness: float | None = None
    tell: Callable[[str, Written | None, str], None] | None = None
    compare: Callable[[str, Sequence[str]], Scores] | None = None
    documents_with: Callable[[str, bool], AbstractSet[int]] | None = None
    meet: Callable[[str, str], tuple[Scores, Scores]] | None = None
    answer_in: str = ""
    worded: str = ""
    knows_a_word: Callable[[], bool] | None = None
    title_of: Callable[[str], str] | None = None
    date_of: Callable[[str], str] | None = None

    def under_titles(self, passage: Passage, text: str | None = None) -> str:
        """The passage, or a text of it, under its document's title and the headings above it.

        What those say need not be said in it again.
        """
        title = self.title_of(passage.document_id) if self.title_of else ""
        above = [line for line in dict.fromkeys((title, *passage.headings)) if line]
        return "\n".join([*above, passage.text if text is None else text])

    @property
    def told_in(self) -> str:
        """The language an answer is framed, refused or written in: the question's where no other is wanted."""
        return self.answer_in or self.language


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model found: quotations, best first, and the calibrated probability (0..1) that they answer.

    A generator's sentences are in ``written``, in order, those that failed and are not to be shown left out; ``model``
    is its name. ``reason`` is the code of a refusal where it wrote nothing that can be shown. ``fallback`` says why a
    generator that was named did not answer. ``hit_chances`` are the probabilities (0..1) that the answer stands in each
    of the first hits, in their order; empty where the model tells none.
    """

    quoted: tuple[Quoted, ...]
    probability: float
    written: tuple[Written, ...] = ()
    model: str = ""
    reason: str | None = None
    fallback: str = ""
    hit_chances: tuple[float, ...] = ()


class AnsweringModel(Protocol):
    """Answers from the hits alone."""

    @property
    def default_strictness(self) -> float:
        """The probability below which its answers are refused unless the person says otherwise."""

    def reply(self, asked: Asked) -> Reply:
        """The sentences that answer; an empty ``quoted`` when there is no hit."""


def load_answering_model(config: Config) -> AnsweringModel:
    """The answering model that the settings ask for: the shipped one, or one that writes with ``config.model``.

    Loading a generator takes seconds to minutes: a door keeps what it gets and asks with it again. Raises ModelMissing
    where the generator cannot be loaded, unless ``config.fallback`` lets the shipped model answer in its place (the
    Answer then says so).
    """
    from rag.answer.extractive import ExtractiveModel, load_reader

    if not config.model:
        return ExtractiveModel()
    from rag.answer.fallback import WithFallback
    from rag.answer.generate import Sampling, load_generator
    from rag.answer.generative import GenerativeModel
    from rag.answer.reading import ReadOnce

    reading = ReadOnce(load_reader())
    reader = ExtractiveModel(reader=reading)
    try:
        generator = load_generator(config.model, timeout_s=config.model_timeout_s)
    except ModelMissing as error:
        if config.fallback:
            return WithFallback(None, reader, str(error))
        raise
    sampling = Sampling(config.max_new_tokens, config.temperature, config.seed)
    model = GenerativeModel(reader, generator, sampling, config.prompt_tokens, config.unsupported, reading)
    return WithFallback(model, reader) if config.fallback else model
