"""FACTS: the values that flow through the walks. Every stage takes some of these and returns new ones."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.records import hit_to_json

Vectors = NDArray[np.float32]
"""Row vectors, ``(n, dimension)`` float32; unit length wherever an encoder made them."""

Scores = NDArray[np.float32]
"""One score per candidate, ``(n,)`` float32, higher is better."""

Span = tuple[int, int]
"""Half-open interval of code points, ``text[start:end]``."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that stands in the document's text at ``start:end``; level 1 is the outermost."""

    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class Document:
    """One source as it was read.

    ``text`` keeps the code points of the source (in a file line ends become ``\\n`` and a byte-order mark is dropped):
    a quotation must be found in the file letter for letter, so normalising is left to the analysis of words.
    ``id`` is the POSIX path under the corpus folder (for a line of a .jsonl: its ``id``).
    ``date`` is ISO 8601, possibly only ``YYYY`` or ``YYYY-MM``. ``pages`` holds the offset at which each page starts,
    empty where the format has none. ``headings`` are in order of ``start``.
    """

    id: str
    title: str
    language: str
    date: str | None
    source: str | None
    text: str
    pages: tuple[int, ...] = ()
    headings: tuple[Heading, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The 1-based page on which ``offset`` stands, None where the document has no pages.

        >>> Document("a", "A", "fr", None, None, "un deux", pages=(0, 3)).page_at(4)
        2
        """
        if not self.pages:
            return None
        return max(1, sum(1 for start in self.pages if start <= offset))


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one document, the unit that is found: ``document.text[start:end] == text``.

    ``headings`` is the path of headings above it, outermost first.
    """

    id: str
    document_id: str
    language: str
    start: int
    end: int
    text: str
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question. ``rank`` (from 1) orders; ``score`` explains.

    ``score`` is higher for better and its range is the scorer's: ``fused`` is a weighted sum of BM25 shares, late
    interaction and cosines, about 0..1 and up to 1.5 across languages; ``reread`` is that with what reading the passage
    said added, 0.3 less at the most. ``by_words`` (0 to 1) is the part of the score
    that words, parts of words and titles gave; meaning gave the rest. None where the scorer cannot tell.
    """

    passage: Passage
    rank: int
    score: float
    scorer: str
    by_words: float | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """A stretch of a passage that answers: offsets in the document, ``passage.start <= start < end <= passage.end``.

    ``answer`` is where the short answer stands within it (a name, a date, a figure), None where none is sure;
    ``contested`` says that another quotation, of another document, says the same with another figure.
    """

    passage: Passage
    start: int
    end: int
    answer: Span | None = None
    contested: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence a generator wrote; ``quoted`` are the sentences of the documents it stands on, in the order it named
    them. ``support`` and ``problems`` are those of ``Sentence``."""

    text: str
    quoted: tuple[Quoted, ...]
    support: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation and its place: ``document.text[start:end] == quote``, letter for letter. ``marker`` counts from 1.

    ``answer`` holds the document's offsets of the short answer within the quotation, None where none is sure.
    ``contested`` says that another citation, of another document, says the same with another figure.
    """

    marker: int
    document_id: str
    passage_id: str
    title: str
    date: str | None
    source: str | None
    language: str
    page: int | None
    start: int
    end: int
    quote: str
    answer: Span | None = None
    contested: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer and the markers of the citations it stands on.

    ``support``: ``quote`` (the sentence is the quotation itself), ``checked`` (a model wrote it and every check
    passed), ``unsupported`` (a model wrote it, a check failed: it must be shown as such). ``problems`` are codes of
    what failed, as ``rag.answer.checking`` names them. A written sentence is shown beside the quotes of its citations.
    """

    text: str
    citations: tuple[int, ...]
    support: str = "quote"
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """What is told while an answer is being made, in this order.

    ``step`` is ``writing`` (the documents may answer and a generator begins; ``lead`` is the frame of its answer), then
    for each sentence ``sentence`` (it is part of the answer: ``sentence``, with the ``citations`` that no sentence
    before it had) or ``dropped`` (it failed its checks and is not shown; ``sentence`` tells the problems). ``restart``:
    the generator broke off, what was told is void and quotations follow. Sentences and markers told are those of the
    Answer that follows; ``language`` is the asker's. An answer in quotations is told in ``sentence`` steps alone, a
    refusal not at all.
    """

    step: str
    sentence: Sentence | None = None
    citations: tuple[Citation, ...] = ()
    lead: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no answer is given: ``reason`` is a stable code, ``message`` a sentence in the asker's language.

    Codes: ``empty_filter`` (no passage passes the filters), ``nothing_found`` (no passage shares anything with the
    question), ``not_in_documents`` (the probability that the documents answer is below the threshold, or the generator
    found no answer in them), ``strictness`` (it is likely that they do, and more was asked for), ``unsupported`` (no
    sentence the generator wrote passed the checks), ``not_a_question`` (a greeting, thanks, or what is no question to
    the documents: nothing was searched).
    """

    reason: str
    message: str


EVEN_CHANCE = 0.5  # below this probability an answer is told as an uncertain one


@dataclass(frozen=True, slots=True)
class Answer:
    """What the walk returns for a question, answered or refused.

    ``probability`` (0 to 1) is the calibrated chance that the documents answer the question. ``lead`` is the frame of
    the answer in the asker's language ("D'après les documents :"); quotations keep their own language.
    ``timings_ms`` maps a step of the walk to the milliseconds it took. ``model`` names the generator that was asked,
    empty where the sentences are quotations chosen by the shipped model; ``fallback`` says why they are, where a
    generator was named and could not be used. ``standalone`` is the question as it was searched where a follow-up was
    rewritten to stand alone, else empty. ``unmentioned`` are the names of the question that no document has.
    """

    question: str
    language: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    refusal: Refusal | None
    probability: float
    lead: str
    timings_ms: dict[str, float]
    model: str = ""
    standalone: str = ""
    fallback: str = ""
    unmentioned: tuple[str, ...] = ()

    @property
    def is_uncertain(self) -> bool:
        """Whether the documents are likelier not to answer, or lack a name of the question, and the answer stands."""
        return self.refusal is None and (self.probability < EVEN_CHANCE or bool(self.unmentioned))

    @property
    def text(self) -> str:
        """The answer's sentences, or the refusal's message."""
        if self.refusal is not None:
            return self.refusal.message
        return " ".join(sentence.text for sentence in self.sentences)

    def to_json(self) -> dict[str, Any]:
        """The answer as `rag ask --json` prints it (the first 20 hits)."""
        return {
            "question": self.question,
            "standalone": self.standalone,
            "language": self.language,
            "refused": self.refusal is not None,
            "reason": self.refusal.reason if self.refusal else None,
            "answer": self.text,
            "lead": self.lead,
            "sentences": [asdict(sentence) for sentence in self.sentences],
            "citations": [asdict(citation) for citation in self.citations],
            "hits": [hit_to_json(hit) for hit in self.hits[:20]],
            "probability": self.probability,
            "uncertain": self.is_uncertain,
            "unmentioned": list(self.unmentioned),
            "model": self.model,
            "fallback": self.fallback,
            "timings_ms": self.timings_ms,
        }
