"""STAGE: signs of what a question is after: the kind of thing it wants, and what it asks about its names.

A passage that has every name of the question may say nothing of what is asked about them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rag.answer import Asked
from rag.answer.asking import telling_weights, without_names
from rag.answer.features import NAMES, Seen
from rag.schema import Passage, Scores
from rag.text.analysis import terms
from rag.text.questions import Wanted, what_is_wanted

NEAR = 0.5
"""Pieces of two languages that mean the same are mostly nearer than this."""
# The features of a sentence that has what is wanted. A number alone is no time: "27 000 people each year".
_MEETS = {
    Wanted.HOW_MANY: ("wanted_number",),
    Wanted.WHEN: ("wanted_date",),
    Wanted.WHO: ("wanted_name", "wanted_person"),
    Wanted.WHERE: ("wanted_place",),
    Wanted.WHY: ("wanted_reason",),
}
_ANY = tuple(name for name in NAMES if name.startswith("wanted_") and not name.endswith("_across"))


def signs_of_rest(asked: Asked, seen: Seen, best: int) -> dict[str, float]:
    """How near the passage, and what stands around the chosen sentence, come to what is asked about the names."""
    passage, near = _around(asked, seen, best)
    rest = without_names(asked)
    weights = telling_weights(asked, rest)
    found = set(terms(asked.under_titles(passage), passage.language))
    lacking = sum(weight for term, weight in weights.items() if term not in found)
    signs = {
        "rest_missing": lacking / max(sum(weights.values()), 1e-6),
        "rest_passage": 0.0,
        "rest_near": 0.0,
        "rest_unmet": 0.0,
    }
    if asked.compare is not None:
        whole, beside = asked.compare(rest, [asked.under_titles(passage), near])
        signs |= {"rest_passage": float(whole), "rest_near": float(beside)}
    if asked.meet is not None:
        shares, nearest = asked.meet(rest, asked.under_titles(passage))
        signs["rest_unmet"] = float(shares[nearest < NEAR].sum())
    return signs


def signs_of_wanted(asked: Asked, seen: Seen, chances: Scores) -> dict[str, float]:
    """Whether the chosen sentence has the kind of thing that is wanted, or those beside it, or the likely ones."""
    wanted = what_is_wanted(asked.question, asked.language)
    if wanted is None:
        return dict.fromkeys(("wanted_met", "wanted_unmet", "wanted_share", "wanted_far"), 0.0)
    best = int(np.argmax(chances))
    met = bool(_having(seen, _ANY)[best])
    signs = {"wanted_met": float(met), "wanted_unmet": float(not met), "wanted_share": 0.0, "wanted_far": 0.0}
    if wanted in _MEETS:
        having = _having(seen, _MEETS[wanted])
        signs["wanted_share"] = float(chances[having].sum())
        signs["wanted_far"] = float(not having[_beside(seen, best)].any())
    return signs


def meeting(asked: Asked, seen: Seen) -> NDArray[np.bool_]:
    """Which sentences have the kind of thing that is wanted, ``(n,)``; all of them where none is looked for."""
    wanted = what_is_wanted(asked.question, asked.language)
    return _having(seen, _MEETS[wanted]) if wanted in _MEETS else np.ones(len(seen.sentences), np.bool_)


def _having(seen: Seen, features: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which sentences have one of the features, ``(n,)``."""
    return np.asarray((seen.rows[:, [NAMES.index(name) for name in features]] > 0).any(axis=1), dtype=np.bool_)


def _beside(seen: Seen, best: int) -> list[int]:
    """The chosen sentence and its neighbours in its passage."""
    places = range(max(0, best - 1), min(len(seen.sentences), best + 2))
    return [i for i in places if seen.sentences[i].hit == seen.sentences[best].hit]


def _around(asked: Asked, seen: Seen, best: int) -> tuple[Passage, str]:
    """The passage of the chosen sentence, and the text of that and its neighbours."""
    passage = asked.hits[seen.sentences[best].hit].passage
    beside = [seen.sentences[i] for i in _beside(seen, best)]
    return passage, passage.text[beside[0].start - passage.start : beside[-1].end - passage.start]
