"""FACTS: how sure a figure is, how honest a probability is, and what refusing buys: bootstrap and two curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1_000
_SEED = 20_260_101  # the same questions give the same intervals
_EDGES = (2.5, 97.5)

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of a probability ``low <= p < high`` (the last bin takes 1 too): their mean, the share come true."""

    low: float
    high: float
    count: int
    mean: float
    share: float


@dataclass(frozen=True, slots=True)
class Point:
    """At ``threshold`` a share ``coverage`` of the questions is answered, of which ``risk`` wrongly; both 0 to 1."""

    threshold: float
    coverage: float
    risk: float


def bootstrap_mean(values: Sequence[float]) -> Interval | None:
    """The 95% percentile interval of the mean when questions are drawn anew with repetition; None of nothing.

    Source: Efron 1979, "Bootstrap methods: another look at the jackknife".

    >>> bootstrap_mean([1.0, 1.0, 1.0])
    (1.0, 1.0)
    """
    if not len(values):
        return None
    given = np.asarray(values, dtype=np.float64)
    means = [float(given[draw].mean()) for draw in _draws(len(given))]
    return _between(means)


def bootstrap_auroc(answerable: Sequence[float], unanswerable: Sequence[float]) -> Interval | None:
    """The same for the AUROC, either kind drawn for itself; None where one is missing."""
    if not len(answerable) or not len(unanswerable):
        return None
    yes, no = np.asarray(answerable, dtype=np.float64), np.asarray(unanswerable, dtype=np.float64)
    pairs = zip(_draws(len(yes)), _draws(len(no), 1), strict=True)
    return _between([_auroc(yes[chosen], np.sort(no[others])) for chosen, others in pairs])


def _auroc(yes: NDArray[np.float64], ordered_no: NDArray[np.float64]) -> float:
    wins = np.searchsorted(ordered_no, yes, "left").sum() + np.searchsorted(ordered_no, yes, "right").sum()
    return float(wins) / (2 * len(yes) * len(ordered_no))


def _draws(size: int, stream: int = 0) -> list[NDArray[np.int64]]:
    generator = np.random.default_rng((_SEED, stream))
    return [generator.integers(0, size, size) for _ in range(RESAMPLES)]


def _between(values: list[float]) -> Interval:
    low, high = np.percentile(values, _EDGES)
    return float(low), float(high)


def reliability(probabilities: Sequence[float], outcomes: Sequence[bool], bin_count: int = 10) -> tuple[Bin, ...]:
    """The questions in bins of equal width of their probability, empty bins left out.

    Source: Murphy and Winkler 1977, "Reliability of subjective probability forecasts".

    >>> [(b.count, b.share) for b in reliability([0.1, 0.95, 0.96], [False, True, False], 2)]
    [(1, 0.0), (2, 0.5)]
    """
    given, true = np.asarray(probabilities, dtype=np.float64), np.asarray(outcomes, dtype=bool)
    places = np.minimum((given * bin_count).astype(int), bin_count - 1)
    return tuple(
        Bin(
            place / bin_count,
            (place + 1) / bin_count,
            int((places == place).sum()),
            float(given[places == place].mean()),
            float(true[places == place].mean()),
        )
        for place in range(bin_count)
        if (places == place).any()
    )


def risk_coverage(probabilities: Sequence[float], right: Sequence[bool], total: int) -> tuple[Point, ...]:
    """What a threshold buys, of answers with their probability and whether each is right, out of ``total`` questions.

    A point for each distinct probability, the highest first. Source: El-Yaniv and Wiener 2010, "On the foundations of
    noise-free selective classification".

    >>> [(p.coverage, p.risk) for p in risk_coverage([0.9, 0.5], [True, False], 4)]
    [(0.25, 0.0), (0.5, 0.5)]
    """
    points: list[Point] = []
    wrong = 0
    ranked = sorted(zip(probabilities, right, strict=True), key=lambda pair: -pair[0])
    for taken, (probability, is_right) in enumerate(ranked, start=1):
        wrong += not is_right
        point = Point(probability, taken / total, wrong / taken)
        if points and points[-1].threshold == probability:
            points.pop()
        points.append(point)
    return tuple(points)
