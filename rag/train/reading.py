"""TOOL: which questions train the embedded reader, and how well it reads given the right passage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from rag.answer.reader import Reader, Reading
from rag.text.sentences import sentences
from rag.train.cloze import cloze_questions, read_passages
from rag.train.network import Net, as_network
from rag.train.questions import Marked, crossed, question_ids, read_qa, read_set
from rag.train.reader import is_held_out

# A question of these counts as so many others: native French is what most people ask, and there is little of it.
_COUNTS = {"piaf_train_fr": 2.5, "covidqa_en": 0.5, "cloze": 0.7, "cloze_law": 0.35}
_CLOZES_EACH = 4
_SETS = ("squad_es_v1", "squad_it_test")
_UNANSWERABLE = "squad_es_v2"


def marked_questions(qa: Path, sets: Path) -> list[Marked]:
    """The training questions: without those XQuAD asks too, and without the passages that are held out.

    The Spanish and the Italian set ask the same questions, so that each is asked over the passages of the other too.
    Of squad_es_v2 only the articles with an odd number are used; the others measure.
    """
    asked_elsewhere = question_ids(sets / "xquad_en")
    rows = read_qa(qa)
    translated = [read_set(sets / name, asked_elsewhere) for name in _SETS]
    rows += [*translated[0], *translated[1], *crossed(*translated)]
    rows += [row for row in read_set(sets / _UNANSWERABLE, asked_elsewhere) if in_training_half(row)]
    return [row for row in rows if not is_held_out(row.passage)]


def with_clozes(rows: Sequence[Marked], titles: Path | None, seed: int) -> list[Marked]:
    """``rows``, and questions made of their passages and of those of ``titles`` (``title_passage.tsv.xz``)."""
    own = list(dict.fromkeys((row.language, row.passage) for row in rows if row.source != "crossed"))
    made = cloze_questions("cloze", own, _CLOZES_EACH, seed)
    law = cloze_questions("cloze_law", read_passages(titles, seed), 1, seed) if titles else []
    return [*rows, *made, *law]


def in_training_half(row: Marked) -> bool:
    """Whether the article a passage of squad_es_v2 belongs to has an odd number (``sqes2-ARTICLE-PARAGRAPH``)."""
    return int(row.passage_id.split("-")[1]) % 2 == 1


def chances(rows: Sequence[Marked]) -> NDArray[np.float64]:
    """How likely each question is drawn: sources by the power .7 of their size, times what they count."""
    sizes = Counter(row.source for row in rows)
    weights = np.array([_COUNTS.get(row.source, 1.0) * sizes[row.source] ** -0.3 for row in rows])
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def right_sentences(net: Net, table: NDArray[np.float32], tokenizer: Tokenizer, folders: Sequence[Path]) -> str:
    """The share of right sentences, the F1 of the spans, for each set, given the right passage; 300 questions each."""
    reader = Reader([as_network(net, table)], tokenizer)
    told = []
    for folder in folders:
        rows = [row for row in read_set(folder) if row.answers]
        rows = rows[:: max(1, len(rows) // 300)]
        found = [judge_reading(reader.read(row.question, [row.passage])[0], row) for row in rows]
        right, f1 = np.mean(found, axis=0)
        told.append(f"{folder.name} sentence {100 * right:.1f} F1 {100 * f1:.1f}")
    return "; ".join(told)


def judge_reading(reading: Reading, row: Marked) -> tuple[float, float]:
    """Whether the likeliest sentence is the one with the answer, and the F1 of the likeliest span, by pieces."""
    spans = list(sentences(row.passage, row.language))
    shares = np.exp(reading.starts - reading.starts.max())
    inside = [shares[(reading.spans[:, 0] >= low) & (reading.spans[:, 0] < high)].sum() for low, high in spans]
    low, high = spans[int(np.argmax(inside))]
    offset, text = row.answers[0]
    found = reading.best_span(0, len(row.passage))
    if found is None:
        return 0.0, 0.0
    gold = set(np.flatnonzero((reading.spans[:, 1] > offset) & (reading.spans[:, 0] < offset + len(text))))
    said = set(np.flatnonzero((reading.spans[:, 0] >= found[0]) & (reading.spans[:, 1] <= found[1])))
    both = len(gold & said)
    return float(low <= offset < high), 2 * both / max(1, len(gold) + len(said))
