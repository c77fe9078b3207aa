"""What a question is after: the kind of thing it wants, and what it asks about its names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_confidence import make_asked, make_hit

from rag.answer import Asked
from rag.answer.asking import telling_weights, without_names
from rag.answer.features import Seen, see
from rag.answer.sought import signs_of_rest, signs_of_wanted
from rag.schema import Scores


def seen_in(question: str, text: str) -> tuple[Asked, Seen]:
    asked = make_asked(question, "fr", [make_hit(text, "fr")], weight=lambda term: 1.0)
    return asked, see(asked, 8)


def even(seen: Seen, best: int = 0) -> Scores:
    """Chances that are the same but for the best, which has half."""
    chances = np.full(len(seen.sentences), 0.5 / max(1, len(seen.sentences) - 1), np.float32)
    chances[best] = 0.5
    return chances


@pytest.mark.parametrize(
    ("question", "text", "far"),
    [
        ("Quel âge a Thibault Marchand ?", "Excusé : Thibault Marchand.", 1.0),
        ("Quel âge a Thibault Marchand ?", "Thibault Marchand a 54 ans.", 0.0),
        ("Quel âge a Thibault Marchand ?", "Thibault Marchand est là. Il a 54 ans.", 0.0),  # beside it
        ("En quelle année le collectif a-t-il été fondé ?", "Le collectif aide 27 000 personnes par an.", 1.0),
        ("En quelle année le collectif a-t-il été fondé ?", "Le collectif est né en 1987.", 0.0),
        ("Que dit le collectif ?", "Le collectif aide.", 0.0),  # nothing of a kind is wanted
    ],
)
def test_the_kind_of_thing_that_is_wanted_is_looked_for_in_the_sentence_and_beside_it(
    question: str, text: str, far: float
) -> None:
    asked, seen = seen_in(question, text)
    assert signs_of_wanted(asked, seen, even(seen))["wanted_far"] == far


def test_what_is_wanted_may_stand_in_another_likely_sentence() -> None:
    asked, seen = seen_in("Quand le port ouvrit-il ?", "Le port est grand. Il est bleu. Il ouvrit en 1911. On l'aime.")
    signs = signs_of_wanted(asked, seen, np.array([0.5, 0.1, 0.3, 0.1], np.float32))
    assert signs["wanted_share"] == pytest.approx(0.3)
    assert (signs["wanted_met"], signs["wanted_unmet"], signs["wanted_far"]) == (0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Quel est le salaire de Mirela Dragosin ?", 1.0),
        ("Quelle commission préside Mirela Dragosin ?", 0.0),
        ("Quel salaire pour quelle commission, Mirela Dragosin ?", 0.5),
    ],
)
def test_a_passage_that_has_the_names_may_say_nothing_of_what_is_asked(question: str, missing: float) -> None:
    asked, seen = seen_in(question, "Mirela Dragosin préside la commission.")
    assert signs_of_rest(asked, seen, 0)["rest_missing"] == pytest.approx(missing)


def test_the_rest_of_the_question_is_what_the_pieces_are_looked_for_of() -> None:
    asked, seen = seen_in("Quel est le salaire de Mirela Dragosin ?", "Mirela Dragosin préside la commission.")
    parts: list[str] = []

    def meet(part: str, text: str) -> tuple[Scores, Scores]:
        parts.append(part)
        return np.array([0.75, 0.25], np.float32), np.array([0.3, 0.8], np.float32)

    signs = signs_of_rest(replace(asked, meet=meet), seen, 0)
    assert signs["rest_unmet"] == pytest.approx(0.75)
    assert parts == [without_names(asked)]
    assert "Mirela" not in parts[0]


def test_a_common_verb_of_the_question_is_not_missed() -> None:
    asked, seen = seen_in("Que pense la Hongrie du budget ?", "La Hongrie rejette le budget.")
    assert signs_of_rest(asked, seen, 0)["rest_missing"] == 0.0
    alone = make_asked("Que pense-t-il ?", "fr", [], weight=lambda term: 1.0)
    assert telling_weights(alone, "pense") == {"pens": 1.0}  # there is nothing else
