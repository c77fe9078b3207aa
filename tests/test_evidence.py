"""What is known of the candidates, held against the texts themselves."""

from __future__ import annotations

import numpy as np
import pytest

from rag.ask import gather, search
from rag.build import build
from rag.config import Config
from rag.evidence import FITS, MISFITS, SHORTEST_PIECES, USUAL_PIECES, brevity
from rag.library import Library, open_library


def test_a_passage_is_brief_by_its_pieces_and_a_crumb_no_more_than_the_shortest(tiny_library: Library) -> None:
    assert tiny_library.pieces is not None
    rows, evidence = gather(tiny_library, "Wie hoch ist das Budget?", "de", None, 50)
    lengths = [max(len(held), SHORTEST_PIECES) for held in tiny_library.pieces.of(rows)]
    assert evidence.brief.tolist() == pytest.approx(np.log(USUAL_PIECES / np.array(lengths)).tolist())
    expected = pytest.approx([1.163, 1.163, 0, -0.916], abs=1e-3)
    assert brevity([1, SHORTEST_PIECES, USUAL_PIECES, 400]).tolist() == expected


@pytest.fixture(scope="module")
def faq(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Two entries on one subject: whether it may be done, and how."""
    corpus = tmp_path_factory.mktemp("faq") / "corpus"
    corpus.mkdir()
    (corpus / "allowed.md").write_text("Oui. Le port du masque au marché est permis à tous les visiteurs.", "utf-8")
    (corpus / "manner.md").write_text("Au marché, le port du masque se fait sur le nez et la bouche.", "utf-8")
    config = Config(index=corpus.parent / "index")
    build(corpus, config)
    return open_library(config)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Le port du masque est-il permis au marché ?", {"allowed.md": FITS, "manner.md": 0}),
        ("Comment se fait le port du masque au marché ?", {"allowed.md": MISFITS, "manner.md": 0}),
        ("port du masque au marché", {"allowed.md": 0, "manner.md": 0}),
    ],
)
def test_a_passage_that_begins_with_yes_fits_a_question_that_asks_for_it(
    faq: Library, question: str, expected: dict[str, float]
) -> None:
    rows, evidence = gather(faq, question, "fr", None, 50)
    found = {faq.passages.document_of(row).id: value for row, value in zip(rows, evidence.opening, strict=True)}
    assert found == pytest.approx(expected)


def test_no_question_of_how_or_what_is_answered_first_by_a_yes(faq: Library) -> None:
    first = search(faq, "Quelles sont les règles du port du masque au marché ?")[0]
    assert first.passage.document_id == "manner.md"
