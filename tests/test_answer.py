"""The extractive model with coefficients made by hand: which sentences it quotes, how sure it is, what it misses."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import AnsweringModel, Asked, Reply
from rag.answer.confidence import NAMES as SIGNS
from rag.answer.extractive import Calibration, Coefficients, ExtractiveModel, load_coefficients, logit, sigmoid, softmax
from rag.answer.features import NAMES as FEATURES
from rag.schema import Hit, Passage
from rag.train.answer import SPEAK_AGAINST, SPEAK_EITHER_WAY, fit_confidence

WEIGHTS = {"alpha": 3.0, "beta": 2.0, "gamma": 1.0, "delta": 2.0}


def make_hit(text: str, language: str = "xx", *, rank: int = 1, score: float = 0.5, document: str = "") -> Hit:
    name = document or f"d{rank}"
    return Hit(Passage(f"{name}:{rank}", name, language, 100, 100 + len(text), text), rank, score, "fused")


def make_asked(
    question: str,
    language: str,
    hits: Sequence[Hit],
    *,
    known: Sequence[str] = (),
    same_language: bool = True,
    weight: Callable[[str], float] = lambda term: WEIGHTS.get(term, 1.0),
) -> Asked:
    """``known`` are the terms that occur in the index."""
    return Asked(question, language, hits, same_language, weight, lambda term: term in known, None)


def make_model(
    sentence: Mapping[str, float] | None = None,
    confidence: Mapping[str, float] | None = None,
    *,
    added: float = 0.0,
    across: float = 0.0,
    quote_count: int = 2,
    second_share: float = 0.0,
    hit_count: int = 8,
) -> ExtractiveModel:
    weighed = confidence or {}
    return ExtractiveModel(
        Coefficients(
            sentence=np.array([(sentence or {}).get(name, 0.0) for name in FEATURES], np.float32),
            confidence={
                "within": Calibration(np.array([weighed.get(name, 0.0) for name in SIGNS], np.float32), added),
                "across": Calibration(np.zeros(len(SIGNS), np.float32), across),
                "scripts": Calibration(np.zeros(len(SIGNS), np.float32), across),
            },
            strictness=0.25,
            hit_count=hit_count,
            quote_count=quote_count,
            second_share=second_share,
            beside_share=second_share,
        )
    )


HITS = (
    make_hit("Alpha beta. Omega gamma. Zeta.", rank=1, score=0.9),
    make_hit("Delta alpha delta.", rank=2, score=0.4),
)
ASKED = make_asked("alpha beta gamma delta", "xx", HITS)


def quotes(reply: Reply) -> list[str]:
    return [q.passage.text[q.start - q.passage.start : q.end - q.passage.start] for q in reply.quoted]


# --- the order of sentences -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "order"),
    [
        ({"words": 1}, ["Alpha beta.", "Delta alpha delta.", "Omega gamma.", "Zeta."]),  # equal: as they stand
        ({"words": 1, "passage": -1}, ["Delta alpha delta.", "Alpha beta.", "Omega gamma.", "Zeta."]),
        ({"words": -1}, ["Zeta.", "Omega gamma.", "Alpha beta.", "Delta alpha delta."]),
        ({"new": 1}, ["Zeta.", "Omega gamma.", "Alpha beta.", "Delta alpha delta."]),
        ({"length": 1}, ["Delta alpha delta.", "Alpha beta.", "Omega gamma.", "Zeta."]),
        ({"words_before": 1}, ["Omega gamma.", "Zeta.", "Alpha beta.", "Delta alpha delta."]),
    ],
)
def test_sentences_are_chosen_in_the_order_of_their_weights(weights: Mapping[str, float], order: list[str]) -> None:
    for count in range(1, 5):  # those of one passage are quoted as they stand in it
        assert set(quotes(make_model(weights, quote_count=count).reply(ASKED))) == set(order[:count])


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_no_more_than_quote_count_sentences_are_quoted(count: int) -> None:
    assert len(make_model({"words": 1}, quote_count=count).reply(ASKED).quoted) == min(count, 4)


@pytest.mark.parametrize(
    ("share", "quoted"),
    [
        (0.0, ["Alpha beta.", "Omega gamma.", "Zeta."]),
        (0.15, ["Alpha beta.", "Omega gamma."]),
        (0.3, ["Alpha beta."]),
        (1.0, ["Alpha beta."]),
    ],
)
def test_further_sentences_must_be_nearly_as_likely_as_the_first(share: float, quoted: list[str]) -> None:
    """With a weight of 3 on words 5/8, 1/8, 0 the chances stand as 1 : exp(-1.5) = 0.223 : exp(-1.875) = 0.153."""
    model = make_model({"words": 3}, quote_count=4, second_share=share if share != 0.15 else 0.2)
    assert quotes(model.reply(make_asked("alpha beta gamma delta", "xx", HITS[:1]))) == quoted


def test_sentence_that_two_passages_share_is_quoted_once() -> None:
    twice = (make_hit("Alpha beta.", rank=1, document="d"), make_hit("Alpha beta.", rank=2, document="d"))
    assert quotes(make_model({"words": 1}).reply(make_asked("alpha", "xx", twice))) == ["Alpha beta."]
    apart = (make_hit("Alpha beta.", rank=1), make_hit("Alpha  beta.", rank=2))
    assert quotes(make_model({"words": 1}).reply(make_asked("alpha", "xx", apart))) == ["Alpha beta."]


def test_only_the_first_hits_are_read() -> None:
    assert quotes(make_model({"passage": -1}, hit_count=1).reply(ASKED)) == ["Alpha beta.", "Omega gamma."]


def test_without_a_hit_there_is_nothing_to_quote() -> None:
    assert make_model(added=5.0).reply(make_asked("alpha", "xx", ())) == Reply((), 0.0)


@given(st.lists(st.text(min_size=1, max_size=120), min_size=1, max_size=4), st.text(max_size=40))
def test_every_quotation_lies_inside_its_passage(texts: list[str], question: str) -> None:
    hits = [make_hit(text, "fr", rank=rank) for rank, text in enumerate(texts, start=1)]
    reply = make_model({"words": 2, "new": 1}, {"top": 1}).reply(make_asked(question, "fr", hits))
    assert 0 <= reply.probability <= 1
    for quoted in reply.quoted:
        assert quoted.passage.start <= quoted.start < quoted.end <= quoted.passage.end
    assert all(quote.strip() for quote in quotes(reply))


# --- the probability --------------------------------------------------------------------------------------------


def test_probability_is_the_sigmoid_of_the_weighted_signs() -> None:
    assert make_model(added=0.0).reply(ASKED).probability == 0.5
    reply = make_model({"words": 1}, {"top": 2.0, "margin": -1.0}, added=0.1).reply(ASKED)
    assert reply.probability == pytest.approx(1 / (1 + np.exp(-(2 * 0.9 - 0.5 + 0.1))), abs=1e-6)


@pytest.mark.parametrize(
    ("language", "probability"), [("xx", sigmoid(1.0)), ("xx-BE", sigmoid(1.0)), ("fr", sigmoid(-1.0))]
)
def test_sentence_in_another_language_is_judged_by_its_own_calibration(language: str, probability: float) -> None:
    reply = make_model(added=1.0, across=-1.0).reply(make_asked("alpha", language, HITS))
    assert reply.probability == pytest.approx(probability)


@pytest.mark.parametrize(("added", "probability"), [(1e6, 1.0), (-1e6, 0.0), (800.0, 1.0), (-800.0, 0.0)])
def test_probability_stays_a_probability_at_the_ends(added: float, probability: float) -> None:
    assert make_model(added=added).reply(ASKED).probability == probability


@given(st.floats(-500, 500))
def test_sigmoid_rises_from_zero_to_one(value: float) -> None:
    assert 0 <= sigmoid(value) <= 1
    assert sigmoid(value) + sigmoid(-value) == pytest.approx(1)
    assert sigmoid(value) <= sigmoid(value + 1)


@given(st.floats(-15, 15))
def test_logit_is_the_inverse_of_sigmoid(value: float) -> None:
    assert logit(sigmoid(value)) == pytest.approx(value, abs=1e-7)


@given(st.lists(st.floats(-1000, 1000, width=32), min_size=1, max_size=20))
def test_softmax_sums_to_one_and_keeps_the_order(logits: list[float]) -> None:
    values = np.array(logits, np.float32)
    chances = softmax(values)
    assert float(chances.sum()) == pytest.approx(1, abs=1e-5)
    assert chances[int(values.argmax())] == chances.max()


# --- the shipped coefficients -----------------------------------------------------------------------------------


def test_shipped_model_fits_the_features_and_keeps_the_protocol() -> None:
    model: AnsweringModel = ExtractiveModel()
    assert 0 < model.default_strictness < 1
    shipped = load_coefficients()
    assert shipped.sentence.shape == (len(FEATURES),)
    assert np.isfinite(shipped.sentence).all()
    for calibration in shipped.confidence.values():
        assert calibration.weights.shape == (len(SIGNS),)
        assert np.isfinite([*calibration.weights, calibration.added]).all()
    assert shipped.quote_count >= 1
    assert 0 <= shipped.beside_share <= shipped.second_share <= 1


def test_reading_says_how_likely_each_hit_answers() -> None:
    hits = [make_hit("Gamma.", rank=1), make_hit("Alpha beta.", rank=2)]
    chances = make_model({"words": 5.0}).reply(make_asked("alpha beta", "xx", hits)).hit_chances
    assert sum(chances) == pytest.approx(1)
    assert chances[1] > chances[0]


def test_no_sign_counts_against_its_sense_in_the_shipped_calibrations() -> None:
    for calibration in load_coefficients().confidence.values():
        for name, weight in zip(SIGNS, calibration.weights, strict=True):
            if name not in SPEAK_EITHER_WAY:
                assert weight <= 0 if name in SPEAK_AGAINST else weight >= 0, name


def test_a_calibration_learns_from_signs_and_ignores_those_that_point_the_wrong_way() -> None:
    rng = np.random.default_rng(0)
    signs = rng.normal(size=(400, len(SIGNS))).astype(np.float32)
    top, odds = SIGNS.index("top"), SIGNS.index("read_odds")
    answerable = signs[:, top] - signs[:, odds] > 0  # the odds point the wrong way
    fitted = fit_confidence(signs, answerable, ["a"] * 400, 0.01)
    assert fitted.weights[top] == fitted.weights.max() > 0.5
    assert fitted.weights[odds] == 0
    untold = fit_confidence(signs, answerable, ["a"] * 400, 0.01, frozenset({"top"}))
    assert untold.weights[top] == 0
    logits = signs @ fitted.weights + fitted.added
    assert np.mean(1 / (1 + np.exp(-logits))) == pytest.approx(0.5, abs=0.05)


def test_weights_are_read_by_name_and_a_missing_one_is_named(tmp_path: Path) -> None:
    signs = {name: float(-place) for place, name in reversed(list(enumerate(SIGNS)))}
    values: dict[str, object] = {
        "sentence": {name: float(place) for place, name in reversed(list(enumerate(FEATURES)))},
        "confidence": {name: signs | {"added": place} for place, name in enumerate(("within", "across", "scripts"))},
    }
    values |= {"strictness": 0.3, "hit_count": 4, "quote_count": 1, "second_share": 0.5, "beside_share": 0.4}
    file = tmp_path / "whole.json"
    file.write_text(json.dumps(values), encoding="utf-8")
    read = load_coefficients(file)
    assert read.sentence.tolist() == list(range(len(FEATURES)))
    assert read.confidence["within"].weights.tolist() == [-place for place in range(len(SIGNS))]
    assert [read.confidence[name].added for name in ("within", "across", "scripts")] == [0, 1, 2]
    assert (read.strictness, read.hit_count, read.quote_count) == (0.3, 4, 1)
    assert (read.second_share, read.beside_share) == (0.5, 0.4)
    values["sentence"] = {name: 0.0 for name in FEATURES if name != "late"}
    other = tmp_path / "cut.json"
    other.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(KeyError, match="late"):
        load_coefficients(other)
