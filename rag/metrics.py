"""FACTS: the figures answers are judged by, and how they are laid out. Pure functions that the walk ``evaluate`` feeds.

Shares run from 0 to 1, higher is better unless said otherwise. A figure over nothing is None, never 0.
"""

from __future__ import annotations

import math
import textwrap
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.schema import Citation, Hit

Z_95 = 1.959963984540054
"""The point of the normal distribution with 2.5% beyond it on either side."""


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` cases of ``total``."""

    count: int
    total: int

    @property
    def value(self) -> float | None:
        """The share, None of nothing.

        >>> Share(1, 4).value
        0.25
        """
        return self.count / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% interval of the share, None of nothing.

        Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference", the score interval.

        >>> [round(bound, 4) for bound in Share(8, 10).interval]
        [0.4902, 0.9433]
        """
        if not self.total:
            return None
        share, square = self.count / self.total, Z_95 * Z_95
        centre = share + square / (2 * self.total)
        reach = Z_95 * math.sqrt(share * (1 - share) / self.total + square / (4 * self.total**2))
        scale = 1 + square / self.total
        return max(0.0, (centre - reach) / scale), min(1.0, (centre + reach) / scale)


def share_of(cases: Sequence[bool]) -> Share:
    """The share of the cases that hold.

    >>> share_of([True, False, True])
    Share(count=2, total=3)
    """
    return Share(sum(cases), len(cases))


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean, None of nothing.

    >>> mean([0.5, 1.0]), mean([])
    (0.75, None)
    """
    return math.fsum(values) / len(values) if values else None


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value below which ``share`` of the values lie, linear between neighbours; None of nothing.

    >>> percentile([40.0, 10.0, 20.0, 30.0], 0.5), percentile([], 0.95)
    (25.0, None)
    """
    if not values:
        return None
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def document_rank(hits: Sequence[Hit], document_id: str) -> int | None:
    """The place, from 1, of a document among the distinct documents in the order of the hits; None if not found."""
    found = list(dict.fromkeys(hit.passage.document_id for hit in sorted(hits, key=lambda hit: hit.rank)))
    return found.index(document_id) + 1 if document_id in found else None


def passage_rank(hits: Sequence[Hit], document_id: str, start: int) -> int | None:
    """The place, from 1, of the first hit of that document whose ``[start, end)`` covers the offset; None if none."""
    for place, hit in enumerate(sorted(hits, key=lambda hit: hit.rank), start=1):
        passage = hit.passage
        if passage.document_id == document_id and passage.start <= start < passage.end:
            return place
    return None


def recall_at(ranks: Sequence[int | None], k: int) -> Share:
    """The share of the questions whose one gold item stands among the first ``k``; None is an item not found.

    >>> recall_at([1, 4, None, 2], 3)
    Share(count=2, total=4)
    """
    return share_of([rank is not None and rank <= k for rank in ranks])


def mean_reciprocal_rank(ranks: Sequence[int | None], k: int = 10) -> float | None:
    """The mean of 1 / rank, 0 for a rank beyond ``k`` or not found.

    >>> mean_reciprocal_rank([1, 4, None, 11])
    0.3125
    """
    return mean([1 / rank if rank is not None and rank <= k else 0.0 for rank in ranks])


def mean_ndcg(ranks: Sequence[int | None], k: int = 10) -> float | None:
    """The mean discounted gain with one gold item, whose ideal gain is 1: 1 / log2(rank + 1), 0 beyond ``k``.

    Source: Järvelin and Kekäläinen 2002, "Cumulated gain-based evaluation of IR techniques", for binary gains.

    >>> mean_ndcg([1, 3, None, 11])
    0.375
    """
    return mean([1 / math.log2(rank + 1) if rank is not None and rank <= k else 0.0 for rank in ranks])


def exact_match(reply: Sequence[str], golds: Sequence[Sequence[str]]) -> bool:
    """Whether the reply's tokens are those of some gold answer.

    >>> exact_match(["le", "pont"], [["pont"], ["le", "pont"]])
    True
    """
    return any(list(reply) == list(gold) for gold in golds)


def token_f1(reply: Sequence[str], golds: Sequence[Sequence[str]]) -> float:
    """The best F1 of the shared tokens, counted with repetition, over the gold answers; 0 without any.

    Source: Rajpurkar et al. 2016, "SQuAD", section 6.1.

    >>> token_f1(["un", "grand", "pont"], [["pont"], ["rive"]])
    0.5
    """
    return max((_f1(Counter(reply), Counter(gold)) for gold in golds), default=0.0)


def _f1(reply: Counter[str], gold: Counter[str]) -> float:
    tokens = reply.total() + gold.total()
    return 2 * (reply & gold).total() / tokens if tokens else 1.0


def is_contained(reply: Sequence[str], golds: Sequence[Sequence[str]]) -> bool:
    """Whether some gold answer stands in the reply as a run of whole tokens; an empty one stands in none.

    >>> is_contained(["bâti", "en", "1998"], [["en", "1998"]]), is_contained(["1998"], [["199"]])
    (True, False)
    """
    width = {len(gold) for gold in golds if gold}
    runs = {tuple(reply[at : at + size]) for size in width for at in range(len(reply) - size + 1)}
    return any(tuple(gold) in runs for gold in golds)


def is_faithful(citation: Citation, text: str) -> bool:
    """Whether the quotation stands in the document's text, letter for letter, at the place it names.

    A quotation of nothing, or a place that is not one, is not faithful.
    """
    inside = 0 <= citation.start < citation.end <= len(text)
    return inside and text[citation.start : citation.end] == citation.quote


def refusal_shares(answerable: Sequence[bool], refused: Sequence[bool]) -> dict[str, Share]:
    """How well questions without an answer are refused: a positive is such a question, a positive call a refusal.

    ``refusal_precision`` is the share of the refusals that were right, ``refusal_recall`` that of the unanswerable
    questions that were refused, ``false_refusal_rate`` that of the answerable ones that were; there lower is better.

    >>> list(refusal_shares([False, False, True, True], [True, False, True, False]).values())
    [Share(count=1, total=2), Share(count=1, total=2), Share(count=1, total=2)]
    """
    right = sum(not can and did for can, did in zip(answerable, refused, strict=True))
    return {
        "refusal_precision": Share(right, sum(refused)),
        "refusal_recall": Share(right, len(answerable) - sum(answerable)),
        "false_refusal_rate": Share(sum(refused) - right, sum(answerable)),
    }


def f1_of(precision: Share, recall: Share) -> float | None:
    """The harmonic mean of two shares that count the same cases; None where there was nothing to recall.

    >>> f1_of(Share(2, 3), Share(2, 5))
    0.5
    """
    return 2 * recall.count / (precision.total + recall.total) if recall.total else None


def auroc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float | None:
    """The chance that an answerable question has a higher probability than an unanswerable one, a tie counting half.

    None where either kind is missing. Source: Hanley and McNeil 1982, as the Wilcoxon-Mann-Whitney statistic.

    >>> auroc([0.9, 0.5], [0.5, 0.1])
    0.875
    """
    if not answerable or not unanswerable:
        return None
    ordered = sorted(unanswerable)
    wins = sum(bisect_left(ordered, value) + bisect_right(ordered, value) for value in answerable)
    return wins / (2 * len(answerable) * len(unanswerable))


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a group of questions by the names they have in the JSON.

    ``means`` holds what is no share of a count: the ranks' means, F1, AUROC, and two latencies in milliseconds.
    """

    counts: Mapping[str, int]
    shares: Mapping[str, Share]
    means: Mapping[str, float | None]

    def to_json(self) -> dict[str, Any]:
        """The counts, the figures (null over nothing) and the 95% intervals of those that are shares."""
        intervals = {name: share.interval for name, share in self.shares.items()}
        return {
            "counts": dict(self.counts),
            "figures": {name: share.value for name, share in self.shares.items()} | dict(self.means),
            "intervals": {name: list(bounds) if bounds else None for name, bounds in intervals.items()},
        }

    def cell(self, name: str) -> str:
        """A figure as it stands in a table: a count, a percentage, whole milliseconds, or a dash over nothing."""
        if name in self.counts:
            return str(self.counts[name])
        value = self.shares[name].value if name in self.shares else self.means[name]
        if value is None:
            return "–"
        return f"{value:.0f}" if name.endswith("_ms") else f"{100 * value:.1f}"


TABLES = (
    "asked=questions R@1=recall@1 R@5=recall@5 R@10=recall@10 R@20=recall@20 MRR=mrr@10 nDCG=ndcg@10 "
    "pR@1=passage_recall@1 pR@5=passage_recall@5 EM=exact_match F1=token_f1 holds=contained "
    "quote=quote_faithfulness cite=citation_precision",
    "answerable=answerable unanswerable=unanswerable refused=refused precision=refusal_precision recall=refusal_recall "
    "F1=refusal_f1 AUROC=auroc false=false_refusal_rate median_ms=median_ms p95_ms=p95_ms",
)
"""The columns of the two tables, each a heading and the name of its figure."""
SURE_OF = "recall@1 recall@5 passage_recall@1 exact_match contained refusal_precision refusal_recall false_refusal_rate"
TABLE_KEY = (
    "R@k: the gold document is among the first k found; MRR and nDCG at 10; pR@k: a passage that covers the gold "
    "answer is. EM, F1, holds: the reply is, overlaps, contains a gold answer. quote: quotations that stand in their "
    "document; cite: citations of the gold document. precision, recall, F1: of refusing what has no answer; false: "
    "answerable questions refused. own, other: the answerable questions in their document's language, in another. "
    "Shares in percent."
)
TABLE_WIDTH = 120


def lay_out(rows: Sequence[tuple[str, Figures]]) -> str:
    """The figures in two tables for a person, a row for each label; the notes under them are about the last row.

    No line is longer than 120 columns.
    """
    blocks = []
    for table in TABLES:
        headings, names = zip(*(column.split("=") for column in table.split()), strict=True)
        cells = [["", *headings], *([label, *map(figures.cell, names)] for label, figures in rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        blocks.append([" ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in cells])
    notes = [line for note in (TABLE_KEY, *_notes(rows[-1][1])) for line in textwrap.wrap(note, TABLE_WIDTH)]
    return "\n".join([*blocks[0], "", *blocks[1], "", *notes])


def _notes(figures: Figures) -> list[str]:
    """What the figures leave out, how refusals were counted, and how sure the main shares are."""
    counts = figures.counts
    intervals = {name: figures.shares[name].interval for name in SURE_OF.split()}
    sure = [f"{name} {100 * pair[0]:.1f}–{100 * pair[1]:.1f}" for name, pair in intervals.items() if pair]
    return [
        f"Left out, of {counts['answerable']} answerable questions: {counts['left_out_of_retrieval']} from R, MRR and "
        f"nDCG (no gold document), {counts['left_out_of_passages']} from pR (no offset), "
        f"{counts['left_out_of_answers']} from EM, F1 and holds (no gold answer).",
        f"Answerable questions refused: {counts['refused_answerable']}; as answers they count as wrong.",
        f"95% intervals (Wilson): {', '.join(sure) or 'none'}.",
    ]
