"""Every figure beside a value worked out by hand, or computed once more the long way."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import metrics
from rag.metrics import Figures, Share
from rag.schema import Citation, Hit, Passage

RANKS = st.lists(st.none() | st.integers(1, 30), max_size=12)
TOKENS = st.lists(st.sampled_from("abc"), max_size=7)
GOLDS = st.lists(TOKENS, max_size=3)
PROBABILITIES = st.lists(st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0]), max_size=8)


def make_hit(rank: int, document_id: str, start: int = 0, end: int = 10) -> Hit:
    passage = Passage(f"{document_id}:{start}", document_id, "fr", start, end, "x" * (end - start))
    return Hit(passage, rank, 1.0 / rank, "fused")


HITS = [make_hit(1, "a", 0, 10), make_hit(2, "a", 10, 20), make_hit(4, "c"), make_hit(3, "b", 5, 9), make_hit(5, "b")]


def test_document_rank_counts_distinct_documents_in_order_of_rank() -> None:
    assert [metrics.document_rank(HITS, name) for name in "abcd"] == [1, 2, 3, None]


@pytest.mark.parametrize(
    ("document_id", "start", "rank"),
    [("a", 0, 1), ("a", 9, 1), ("a", 10, 2), ("a", 20, None), ("b", 5, 3), ("b", 9, 5), ("d", 0, None)],
)
def test_passage_rank_is_that_of_the_first_hit_that_covers_the_offset(
    document_id: str, start: int, rank: int | None
) -> None:
    assert metrics.passage_rank(HITS, document_id, start) == rank


def test_rank_figures_by_hand() -> None:
    ranks = [1, 2, None, 5, 11]
    assert [metrics.recall_at(ranks, k).count for k in (1, 2, 4, 5, 10, 20)] == [1, 2, 2, 3, 3, 4]
    assert metrics.recall_at(ranks, 5).value == 0.6
    assert metrics.mean_reciprocal_rank(ranks) == pytest.approx((1 + 1 / 2 + 1 / 5) / 5)
    assert metrics.mean_ndcg(ranks) == pytest.approx((1 + 0.6309297535714575 + 0.3868528072345416) / 5)
    assert metrics.mean_reciprocal_rank([]) is metrics.mean_ndcg([]) is metrics.recall_at([], 5).value is None


@given(ranks=RANKS)
def test_rank_figures_are_bounded_ordered_and_agree_with_the_long_way(ranks: list[int | None]) -> None:
    shares = [metrics.recall_at(ranks, k) for k in range(1, 31)]
    assert all(left.count <= right.count <= len(ranks) for left, right in pairwise(shares))
    mrr, ndcg = metrics.mean_reciprocal_rank(ranks), metrics.mean_ndcg(ranks)
    if not ranks:
        return
    assert mrr is not None
    assert ndcg is not None
    assert 0 <= shares[0].count / len(ranks) <= mrr + 1e-12 <= ndcg + 2e-12 <= shares[9].count / len(ranks) + 3e-12
    gains = np.array([[rank == place for place in range(1, 11)] for rank in ranks], dtype=float)
    assert mrr == pytest.approx((gains / np.arange(1, 11)).sum(axis=1).mean())
    assert ndcg == pytest.approx((gains / np.log2(np.arange(2, 12))).sum(axis=1).mean())


@pytest.mark.parametrize(
    ("reply", "golds", "exact", "f1", "contained"),
    [
        ("pont neuf", ["pont neuf"], True, 1.0, True),
        ("a le pont neuf ici", ["neuf pont", "pont neuf"], False, 4 / 7, True),
        ("neuf pont", ["pont neuf"], False, 1.0, False),
        ("1998", ["199", "98"], False, 0.0, False),
        ("a a b", ["a b b"], False, 2 / 3, False),
        ("a", [], False, 0.0, False),
        ("", ["a"], False, 0.0, False),
        ("a", [""], False, 0.0, False),
        ("a b a b c", ["a b c"], False, 3 / 4, True),
    ],
)
def test_answer_figures_by_hand(reply: str, golds: list[str], exact: bool, f1: float, contained: bool) -> None:
    said, wanted = reply.split(), [gold.split() for gold in golds]
    assert metrics.exact_match(said, wanted) is exact
    assert metrics.token_f1(said, wanted) == pytest.approx(f1)
    assert metrics.is_contained(said, wanted) is contained


@given(reply=TOKENS, golds=GOLDS)
def test_answer_figures_agree_with_the_long_way(reply: list[str], golds: list[list[str]]) -> None:
    text = "".join(reply)
    assert metrics.is_contained(reply, golds) is any(gold and "".join(gold) in text for gold in golds)
    assert metrics.exact_match(reply, golds) is ("".join(reply) in ["".join(gold) for gold in golds])
    best = Fraction(0)
    for gold in golds:
        shared = sum(min(reply.count(token), gold.count(token)) for token in "abc")
        precision = Fraction(shared, len(reply)) if reply else Fraction(0)
        recall = Fraction(shared, len(gold)) if gold else Fraction(0)
        harmonic = 2 * precision * recall / (precision + recall) if shared else Fraction(reply == gold)
        best = max(best, harmonic)
    assert metrics.token_f1(reply, golds) == pytest.approx(float(best))
    if metrics.exact_match(reply, golds):
        assert metrics.token_f1(reply, golds) == 1


TEXT = "Le pont fut bâti en 1998."


@pytest.mark.parametrize(
    ("start", "end", "quote", "faithful"),
    [
        (3, 7, "pont", True),
        (0, 25, TEXT, True),
        (3, 7, "Pont", False),
        (4, 8, "pont", False),
        (0, 30, TEXT, False),
        (-5, -1, "1998", False),
        (7, 7, "", False),
        (12, 16, "bati", False),
    ],
)
def test_quotation_is_faithful_letter_for_letter_at_its_place(start: int, end: int, quote: str, faithful: bool) -> None:
    citation = Citation(1, "a", "a:0", "A", None, None, "fr", None, start, end, quote)
    assert metrics.is_faithful(citation, TEXT) is faithful


def test_refusals_by_hand() -> None:
    answerable = [True] * 6 + [False] * 4
    refused = [True, False, False, False, False, False, True, True, True, False]
    shares = metrics.refusal_shares(answerable, refused)
    assert shares == {
        "refusal_precision": Share(3, 4),
        "refusal_recall": Share(3, 4),
        "false_refusal_rate": Share(1, 6),
    }
    assert metrics.f1_of(Share(3, 4), Share(3, 6)) == pytest.approx(2 * 0.75 * 0.5 / 1.25)
    assert metrics.f1_of(Share(0, 0), Share(0, 4)) == 0
    assert metrics.f1_of(Share(0, 3), Share(0, 0)) is None


@given(answerable=PROBABILITIES, unanswerable=PROBABILITIES)
def test_auroc_counts_pairs_with_half_a_tie(answerable: list[float], unanswerable: list[float]) -> None:
    pairs = [1.0 if yes > no else 0.5 if yes == no else 0.0 for yes, no in product(answerable, unanswerable)]
    area = metrics.auroc(answerable, unanswerable)
    if not pairs:
        assert area is None
        return
    assert area == pytest.approx(sum(pairs) / len(pairs))
    assert metrics.auroc(unanswerable, answerable) == pytest.approx(1 - sum(pairs) / len(pairs))


def test_interval_by_hand_and_over_nothing() -> None:
    assert Share(8, 10).interval == pytest.approx((0.4901625, 0.9433178), abs=1e-6)
    assert Share(0, 10).interval == pytest.approx((0.0, 0.2775328), abs=1e-6)
    assert Share(0, 0).interval is None
    assert Share(0, 0).value is None


@given(total=st.integers(1, 5000), data=st.data())
def test_interval_ends_where_the_normal_test_rejects(total: int, data: st.DataObject) -> None:
    share = Share(data.draw(st.integers(0, total)), total)
    assert share.interval is not None
    assert share.value is not None
    low, high = share.interval
    assert 0 <= low <= share.value + 1e-12
    assert share.value - 1e-12 <= high <= 1
    for bound in (low, high):
        deviation = metrics.Z_95 * math.sqrt(bound * (1 - bound) / total)
        assert abs(share.value - bound) == pytest.approx(deviation, abs=1e-7)


@given(values=st.lists(st.floats(0, 1e6), min_size=1, max_size=9), share=st.sampled_from([0, 0.3, 0.5, 0.95, 1]))
def test_percentile_is_that_of_numpy(values: list[float], share: float) -> None:
    assert metrics.percentile(values, share) == pytest.approx(float(np.percentile(values, 100 * share)), abs=1e-9)


def test_figure_in_a_table_says_what_it_is() -> None:
    figures = Figures(
        {"asked": 7}, {"held": Share(1, 3), "none": Share(0, 0)}, {"p95_ms": 12.6, "mrr": 0.98765, "f": None}
    )
    cells = [figures.cell(name) for name in ("asked", "held", "none", "p95_ms", "mrr", "f")]
    assert cells == ["7", "33.3", "–", "13", "98.8", "–"]
    with pytest.raises(KeyError):
        figures.cell("held@1")
