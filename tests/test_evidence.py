"""What is known of the candidates, held against the texts themselves."""

from __future__ import annotations

import numpy as np
import pytest

from rag.ask import gather
from rag.evidence import SHORTEST_PIECES, USUAL_PIECES, brevity
from rag.library import Library


def test_a_passage_is_brief_by_its_pieces_and_a_crumb_no_more_than_the_shortest(tiny_library: Library) -> None:
    assert tiny_library.pieces is not None
    rows, evidence = gather(tiny_library, "Wie hoch ist das Budget?", "de", None, 50)
    lengths = [max(len(held), SHORTEST_PIECES) for held in tiny_library.pieces.of(rows)]
    assert evidence.brief.tolist() == pytest.approx(np.log(USUAL_PIECES / np.array(lengths)).tolist())
    expected = pytest.approx([1.163, 1.163, 0, -0.916], abs=1e-3)
    assert brevity([1, SHORTEST_PIECES, USUAL_PIECES, 400]).tolist() == expected
