"""Intervals and curves against counting by hand and against each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import metrics
from rag.curves import bootstrap_auroc, bootstrap_mean, reliability, risk_coverage

CHANCES = st.floats(0, 1)


def test_the_bootstrap_of_a_mean_is_near_the_normal_interval_and_always_the_same() -> None:
    values = [1.0] * 140 + [0.0] * 60
    found = bootstrap_mean(values)
    assert found is not None
    spread = 1.96 * np.sqrt(0.7 * 0.3 / 200)
    assert found == pytest.approx((0.7 - spread, 0.7 + spread), abs=0.015)
    assert bootstrap_mean(values) == found
    assert bootstrap_mean([]) is None


@given(st.lists(CHANCES, min_size=1, max_size=30))
def test_a_bootstrap_interval_stays_within_the_values(values: list[float]) -> None:
    found = bootstrap_mean(values)
    assert found is not None
    assert min(values) - 1e-12 <= found[0] <= found[1] <= max(values) + 1e-12


def test_the_bootstrap_of_the_auroc_holds_the_auroc() -> None:
    generator = np.random.default_rng(1)
    yes, no = generator.normal(0.6, 0.2, 120).tolist(), generator.normal(0.4, 0.2, 80).tolist()
    found = bootstrap_auroc(yes, no)
    whole = metrics.auroc(yes, no)
    assert found is not None
    assert whole is not None
    assert found[0] < whole < found[1]
    assert found[1] - found[0] < 0.2
    assert bootstrap_auroc([0.9, 0.8], [0.1]) == (1.0, 1.0)
    assert bootstrap_auroc([], [0.1]) is bootstrap_auroc([0.1], []) is None


@given(st.lists(st.tuples(CHANCES, st.booleans()), max_size=60))
def test_reliability_counts_every_question_once(pairs: list[tuple[float, bool]]) -> None:
    bins = reliability([chance for chance, _ in pairs], [true for _, true in pairs])
    assert sum(one.count for one in bins) == len(pairs)
    assert sum(one.count * one.share for one in bins) == pytest.approx(sum(true for _, true in pairs))
    assert sum(one.count * one.mean for one in bins) == pytest.approx(sum(chance for chance, _ in pairs))
    assert all(one.low - 1e-9 <= one.mean <= one.high + 1e-9 for one in bins)


@given(st.lists(st.tuples(CHANCES, st.booleans()), min_size=1, max_size=60))
def test_risk_and_coverage_are_what_a_threshold_gives(pairs: list[tuple[float, bool]]) -> None:
    total = len(pairs) + 3
    points = risk_coverage([chance for chance, _ in pairs], [right for _, right in pairs], total)
    assert [point.threshold for point in points] == sorted({chance for chance, _ in pairs}, reverse=True)
    for point in points:
        answered = [right for chance, right in pairs if chance >= point.threshold]
        assert point.coverage == pytest.approx(len(answered) / total)
        assert point.risk == pytest.approx(answered.count(False) / len(answered))
