"""Scores worked out by hand from the weights, ties, and that more evidence never costs a passage its place."""

from __future__ import annotations

from dataclasses import fields, replace
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.rank import READ_ACROSS, READ_SAME, Evidence, fuse, order, reread, word_shares
from rag.schema import Hit, Passage

SHARES = ("words", "grams", "titles", "late", "near", "window", "mean", "names", "brief", "opening")
LEVELS = st.sampled_from([0.0, 0.125, 0.25, 0.5, 0.75, 1.0])


def make_evidence(*rows: tuple[float, ...], same: bool = True, known: bool = True) -> Evidence:
    """Evidence with a row of SHARES for each candidate."""
    columns = np.array(rows, dtype=np.float32).reshape(len(rows), len(SHARES)).T
    words, grams, titles, late, near, window, mean, names, brief, opening = columns
    flags = np.full(len(rows), same), np.full(len(rows), known)
    return Evidence(words, grams, titles, late, near, window, mean, names, brief, opening, *flags)


ROW = (0.5, 0.25, 1.0, 0.75, 0.6, 0.5, -0.5, 0.4, 0.8, -1.0)
SAME = 0.21 * (0.5 + 0.25) + 0.185 * 1.0 + 0.14 * (0.75 + 0.6) + 0.045 * 0.5 - 0.07 * 0.5 + 0.027 * 0.8 - 0.066
FOREIGN = 0.16 * 0.25 + 0.20 * 1.0 + 0.35 * 0.75 + 0.31 * 0.6 + 0.20 * 0.5 - 0.27 * 0.5 + 0.17 * 0.4
FOREIGN += 0.015 * 0.8 + 0.01


@pytest.mark.parametrize(
    ("same", "known", "expected"),
    [
        (True, True, SAME),
        (True, False, 0.40 * 0.5 + 0.45 * 0.25 + 0.17 * 1.0),
        (False, True, FOREIGN),
        (False, False, FOREIGN),
    ],
    ids=["same language", "same language, unknown to the encoder", "across", "across, unknown"],
)
def test_weighted_sum_of_an_encoder_with_pieces(same: bool, known: bool, expected: float) -> None:
    scores = fuse(make_evidence(ROW, same=same, known=known), by_pieces=True)
    assert scores.dtype == np.float32
    assert scores.tolist() == [pytest.approx(expected, abs=1e-6)]


@pytest.mark.parametrize(
    ("same", "expected"),
    [
        (True, [0.28 * 0.5 + 0.25 * 0.25 + 0.17 * 1.0, 0.30, 0.15]),
        (False, [0.20 * 0.25 + 0.10 * 1.0, 0.70, 0.35]),
    ],
)
def test_cosines_of_one_vector_are_spread_over_the_candidates(same: bool, expected: list[float]) -> None:
    evidence = make_evidence(ROW, (0, 0, 0, 1, 1, 1, 0.5, 0, 0, 0), (0, 0, 0, 1, 1, 1, 0.0, 0, 0, 0), same=same)
    assert fuse(evidence, by_pieces=False).tolist() == pytest.approx(expected, abs=1e-6)


def test_the_part_of_a_score_that_words_gave() -> None:
    evidence = make_evidence(ROW, (1, 1, 1, *(0,) * 7), (0, 0, 0, 1, 1, 1, 1, 0, 0, 0), (0,) * 10)
    scores = fuse(evidence, by_pieces=True)
    words = 0.21 * 0.5 + 0.21 * 0.25 + 0.185
    shares = word_shares(evidence, scores, by_pieces=True)
    assert shares.tolist() == pytest.approx([words / SAME, 1, 0, 0])
    hits = order([Passage(str(i), "a", "fr", i, i + 1, "x") for i in range(4)], scores, 2, shares)
    assert [(hit.passage.id, hit.by_words) for hit in hits] == [("1", 1.0), ("0", round(float(shares[0]), 4))]


def test_equal_cosines_of_one_vector_tell_nothing() -> None:
    evidence = make_evidence((0, 0, 0, 0, 0, 0, 0.9, 0, 0, 0), (1, 0, 0, 0, 0, 0, 0.9, 0, 0, 0))
    assert fuse(evidence, by_pieces=False).tolist() == pytest.approx([0, 0.28])


def test_each_candidate_is_weighed_in_its_own_language() -> None:
    evidence = make_evidence(ROW, ROW, ROW)
    mixed = replace(evidence, same_language=np.array([True, False, True]), known=np.array([True, True, False]))
    alone = [
        fuse(make_evidence(ROW, same=same, known=known), by_pieces=True)[0]
        for same, known in ((True, True), (False, True), (True, False))
    ]
    assert fuse(mixed, by_pieces=True).tolist() == alone


@pytest.mark.parametrize("by_pieces", [True, False])
def test_no_candidate_gives_no_score(by_pieces: bool) -> None:
    assert fuse(make_evidence(), by_pieces=by_pieces).shape == (0,)


@given(
    rows=st.lists(st.tuples(*[LEVELS] * len(SHARES)), min_size=1, max_size=5),
    share=st.sampled_from(range(len(SHARES))),
    more=LEVELS,
    same=st.booleans(),
    known=st.booleans(),
    by_pieces=st.booleans(),
)
def test_adding_evidence_to_a_candidate_never_lowers_its_score(
    rows: list[tuple[float, ...]], share: int, more: float, same: bool, known: bool, by_pieces: bool
) -> None:
    before = fuse(make_evidence(*rows, same=same, known=known), by_pieces=by_pieces)[0]
    richer = (*rows[0][:share], rows[0][share] + more, *rows[0][share + 1 :])
    after = fuse(make_evidence(richer, *rows[1:], same=same, known=known), by_pieces=by_pieces)[0]
    assert after >= before - 1e-6


def test_every_share_of_the_evidence_is_covered_here() -> None:
    assert tuple(field.name for field in fields(Evidence)) == (*SHARES, "same_language", "known")


def make_passage(document_id: str, start: int) -> Passage:
    return Passage(f"{document_id}:{start}", document_id, "fr", start, start + 1, "x")


def test_order_is_by_score_then_by_place_in_the_corpus() -> None:
    passages = [make_passage("b", 0), make_passage("a", 10), make_passage("a", 9), make_passage("c", 0)]
    hits = order(passages, np.array([0.5, 0.5, 0.5, 0.75], dtype=np.float32), 3)
    assert [hit.passage.id for hit in hits] == ["c:0", "a:9", "a:10"]
    assert [(hit.rank, hit.score, hit.scorer) for hit in hits] == [
        (1, 0.75, "fused"),
        (2, 0.5, "fused"),
        (3, 0.5, "fused"),
    ]
    assert order(passages, np.zeros(4, np.float32), 0) == ()
    assert len(order(passages, np.zeros(4, np.float32), 99)) == 4


def read_hits(*languages: str) -> list[Hit]:
    """Hits of falling score, .9, .89 and so on, in these languages."""
    passages = [Passage(f"d{i}:0", f"d{i}", language, 0, 1, "x") for i, language in enumerate(languages)]
    return [Hit(passage, i + 1, 0.9 - i / 100, "fused") for i, passage in enumerate(passages)]


def test_reading_moves_a_passage_up_by_a_share_of_the_logarithm_of_its_chance() -> None:
    found = reread(read_hits("fr", "fr", "fr"), (0.1, 0.8, 0.1), "fr")
    assert [hit.passage.document_id for hit in found] == ["d1", "d0", "d2"]
    assert [hit.rank for hit in found] == [1, 2, 3]
    assert found[0].score == pytest.approx(0.89 + READ_SAME * log(0.8))
    assert {hit.scorer for hit in found} == {"reread"}


def test_reading_counts_more_across_languages_and_what_was_not_read_is_unlikely() -> None:
    assert reread(read_hits("de"), (0.5,), "fr")[0].score == pytest.approx(0.9 + READ_ACROSS * log(0.5))
    last = reread(read_hits("fr", "fr"), (1.0,), "fr")[1]
    assert last.score == pytest.approx(0.89 + READ_SAME * log(1e-4))


def test_without_reading_the_order_and_the_scores_stand() -> None:
    hits = read_hits("fr", "de")
    assert reread(hits, (), "fr") == tuple(hits)
