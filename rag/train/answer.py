"""TOOL: fit the coefficients of the extractive model on folders in the form of the dev sets.

The sentence model is a softmax over the sentences of the best hits, the right ones being those that hold a gold
answer. The confidence model is a logistic regression on whether the documents answer at all. Both see one half of the
questions (by a hash of their id); the other half is what the printed figures are measured on.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from rag.answer.confidence import NAMES as CONFIDENCE_NAMES
from rag.answer.confidence import Relation
from rag.answer.extractive import Calibration, logit
from rag.answer.features import NAMES as SENTENCE_NAMES
from rag.train.examples import HIT_COUNT, Example, judge

# Added to the size of each set, so that one with a handful of questions does not outweigh the others.
SMALL_SET = 20
# How much large weights cost, features and signs having a spread of one: the best on questions not seen, of .01 to 1.
SENTENCE_RIDGE = 0.01
RIDGE: dict[Relation, float] = {"within": 0.1, "across": 0.3, "scripts": 0.3}
# What each calibration takes for the share of questions that have an answer. Across languages the signs are weaker:
# with an even share the strictness that refuses a tenth of what has an answer would let half of the off-topic questions
# of the sample's test set through.
PRIOR: dict[Relation, float] = {"within": 0.5, "across": 0.4, "scripts": 0.5}
# The more of these, the less likely an answer is; the more of any other, the likelier. Either way for the last ones.
SPEAK_AGAINST = frozenset(
    "rarest_missing numbers_missing pairs_missing names_missing wanted_unmet words_unknown mostly_unknown "
    "numbers_unknown names_unknown names_lacking pieces_unmet rest_missing rest_unmet wanted_far".split()
)
SPEAK_EITHER_WAY = frozenset({"question_length", "names"})
# Left out: they help on the sets of the fits and nowhere else, or across languages say little ("Artikel 5" is no
# "article 5"), or between two scripts next to nothing.
UNTOLD_WITHIN = frozenset("piece_least margin read_margin chance names question_length".split())
UNTOLD_ACROSS = UNTOLD_WITHIN | {"pairs_missing", "rest_missing"}
UNTOLD_SCRIPTS = UNTOLD_ACROSS | frozenset(
    "words words_near words_passage words_unknown mostly_unknown rarest_missing late grams_passage names_missing "
    "names_unknown".split()
)
UNTOLD: dict[Relation, frozenset[str]] = {
    "within": UNTOLD_WITHIN, "across": UNTOLD_ACROSS, "scripts": UNTOLD_SCRIPTS
}  # fmt: skip


def fit_sentences(examples: Sequence[Example], steps: int = 100) -> NDArray[np.float32]:
    """The weights that make the right sentence likeliest, the sets weighing about the same."""
    import torch

    usable = [example for example in examples if example.right.any()]
    sizes = Counter(example.set_name for example in usable)
    features = np.concatenate([example.seen.rows for example in usable])
    spread = features.std(axis=0) + 1e-6
    rows = torch.from_numpy((features / spread).astype(np.float32))
    owners = torch.from_numpy(np.repeat(np.arange(len(usable)), [len(example.right) for example in usable]))
    right = torch.from_numpy(np.concatenate([example.right for example in usable]))
    share = torch.tensor([1 / (SMALL_SET + sizes[example.set_name]) for example in usable])
    weights = torch.zeros(len(SENTENCE_NAMES), requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=steps, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        likelihood = (rows @ weights).clamp(-40, 40).exp()
        totals = torch.zeros(len(usable)).index_add(0, owners, likelihood)
        rights = torch.zeros(len(usable)).index_add(0, owners, likelihood * right)
        likely = (share * (rights.clamp_min(1e-30) / totals).log()).sum() / share.sum()
        value = SENTENCE_RIDGE * weights.square().sum() - likely
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    return np.asarray(weights.detach().numpy() / spread, dtype=np.float32)


def fit_confidences(examples: Sequence[Example], weights: NDArray[np.float32]) -> dict[Relation, Calibration]:
    """A calibration for each relation of a question to the sentence chosen."""
    judged = judge(examples, weights)
    answerable = np.array([example.question.answerable for example in examples])
    sets = np.array([example.set_name for example in examples])
    fitted: dict[Relation, Calibration] = {}
    for relation in get_args(Relation):
        chosen = judged.relations == relation
        fit = fit_confidence(
            judged.signs[chosen], answerable[chosen], list(sets[chosen]), RIDGE[relation], UNTOLD[relation]
        )
        fitted[relation] = Calibration(fit.weights, fit.added + logit(PRIOR[relation]))
    return fitted


def fit_confidence(
    signs: NDArray[np.float32],
    answerable: NDArray[np.bool_],
    sets: Sequence[str],
    ridge: float,
    untold: AbstractSet[str] = frozenset(),
) -> Calibration:
    """A logistic regression in which each sign counts the way it must, or not at all.

    The sets weigh about the same, and both outcomes the same in all. A second fit of the logit alone, without the cost
    of large weights, makes a probability of it again. Source: Platt, Probabilistic outputs for support vector machines
    (1999), section 2.1.
    """
    share = weigh(answerable, sets)
    middle, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-6
    directions = [0 if name in SPEAK_EITHER_WAY else -1 if name in SPEAK_AGAINST else 1 for name in CONFIDENCE_NAMES]
    told = [name not in untold for name in CONFIDENCE_NAMES]
    weights, added = _regress((signs - middle) / spread, answerable, share, ridge, np.array(directions), np.array(told))
    logits = (signs - middle) / spread @ weights + added
    (scale,), moved = _regress(logits[:, None], answerable, share, 0.0, np.ones(1), np.ones(1))
    scaled = np.asarray(weights * scale / spread, dtype=np.float32)
    return Calibration(scaled, float(added * scale + moved - scaled @ middle))


def weigh(answerable: NDArray[np.bool_], sets: Sequence[str]) -> NDArray[np.float32]:
    """What each example weighs: together 1 for those with an answer and 1 for the others."""
    groups = [(name, bool(outcome)) for name, outcome in zip(sets, answerable, strict=True)]
    counts = Counter(groups)
    weighed = np.array([1 / (SMALL_SET + counts[group]) for group in groups], np.float32)
    for outcome in (False, True):
        weighed[answerable == outcome] /= weighed[answerable == outcome].sum()
    return weighed


def _regress(
    rows: NDArray[np.floating[Any]],
    outcomes: NDArray[np.bool_],
    share: NDArray[np.float32],
    ridge: float,
    directions: NDArray[np.floating[Any]],
    told: NDArray[Any],
) -> tuple[NDArray[np.float32], float]:
    """The weights of a logistic regression and what is added; a weight keeps to its direction, 0 being either."""
    import torch

    inputs, wanted = torch.from_numpy(rows.astype(np.float32)), torch.from_numpy(outcomes.astype(np.float32))
    weighed = torch.from_numpy(share)
    ways, kept = torch.from_numpy(directions.astype(np.float32)), torch.from_numpy(told.astype(np.float32))
    raw = torch.full((rows.shape[1] + 1,), 0.1, requires_grad=True)
    optimiser = torch.optim.LBFGS([raw], max_iter=300, line_search_fn="strong_wolfe")

    def weights() -> torch.Tensor:
        return torch.where(ways == 0, raw[:-1], ways * raw[:-1].clamp_min(0)) * kept

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        logits = inputs @ weights() + raw[-1]
        losses = torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
        value = (weighed * losses).sum() / weighed.sum() + ridge * weights().square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    return weights().detach().numpy(), float(raw[-1].detach())


def write_coefficients(
    file: Path, weights: NDArray[np.float32], fitted: Mapping[Relation, Calibration], note: str, **settings: object
) -> None:
    """Write what ExtractiveModel reads, with a note of where the numbers come from."""

    def named(names: Sequence[str], values: NDArray[np.float32]) -> dict[str, float]:
        return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}

    values = {
        "note": note,
        "sentence": named(SENTENCE_NAMES, weights),
        "confidence": {
            relation: named(CONFIDENCE_NAMES, calibration.weights) | {"added": round(calibration.added, 4)}
            for relation, calibration in fitted.items()
        },
        "hit_count": HIT_COUNT,
        **settings,
    }
    file.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
