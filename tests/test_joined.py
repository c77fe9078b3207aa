"""Two indexes asked as one must say what one index of all their documents says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import DOCUMENTS, write_corpus

from rag.answer.extractive import ExtractiveModel
from rag.ask import ask, find, search
from rag.build import build
from rag.config import Config
from rag.filters import Condition
from rag.library import Library, join, open_library

OTHERS = {
    "phare.md": "# Le phare d'Aubrac\n\nLe phare d'Aubrac fut allumé le 4 juin 1911. "
    "Sa tour compte deux cents marches.\n",
    "leuchtturm.txt": "Der Leuchtturm von Kielmünde\n\nDer Leuchtturm am Hafen wurde im Jahr 1902 gebaut.\n",
    "accueil.md": "# Un autre centre\n\nLe centre d'Aubrac ouvre ses portes le 9 mai 2025 et compte dix lits.\n",
}
QUESTIONS = (
    ("Combien de lits compte le centre ?", "fr"),
    ("Wann wurde der Hafen von Kielmünde gebaut?", "de"),
    ("When does the night train leave Osterby?", "en"),
    ("青石桥建于哪一年？", "zh"),
    ("When was the lighthouse built?", "en"),
    ("Le phare d'Aubrac", "fr"),
)


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, Library, Library]:
    """The shared index, the other one, and one of the documents of both."""
    folder = tmp_path_factory.mktemp("joined")
    both = DOCUMENTS | {f"session/{name}": text for name, text in OTHERS.items()}
    found = []
    for name, documents in (("one", DOCUMENTS), ("two", OTHERS), ("both", both)):
        config = Config(index=folder / name / "index", strictness=0.0)
        build(write_corpus(folder / name / "corpus", documents), config)
        found.append(open_library(config))
    one, two, together = found
    return one, replace(two, encoder=one.encoder), replace(together, encoder=one.encoder)


@pytest.mark.parametrize(("question", "language"), QUESTIONS)
def test_a_joined_library_finds_what_one_index_of_everything_finds(
    libraries: tuple[Library, Library, Library], question: str, language: str
) -> None:
    one, two, together = libraries
    joined = join([(one, ""), (two, "session/")])
    expected, _ = find(together, question, language, (), 20)
    found, _ = find(joined, question, language, (), 20)
    assert {hit.passage.id: hit.passage for hit in found} == {hit.passage.id: hit.passage for hit in expected}
    scores = {hit.passage.id: hit.score for hit in expected}
    # The average length in BM25 is each index's own; nothing else differs (the next test).
    assert [hit.score for hit in found] == pytest.approx([scores[hit.passage.id] for hit in found], abs=0.05)
    # The first is the same one, unless one index tells two apart by less than this (two harbours of Kielmünde).
    assert scores[found[0].passage.id] == pytest.approx(expected[0].score, abs=0.01)


def test_where_lengths_are_equal_the_scores_are_the_same(tmp_path: Path) -> None:
    words = ("barok", "delun", "fimar", "golet", "havin", "jurok", "kelam", "morib")
    texts = [" ".join((words[i % 8], words[(3 * i + 1) % 8], words[(5 * i + 2) % 8], "tavel")) for i in range(8)]
    opened = []
    for name, chosen in (("one", texts[:6]), ("two", texts[6:]), ("both", texts)):
        documents = {f"{text}.md": f"---\ntitle: tavel\nlanguage: en\n---\n\n{text}\n" for text in chosen}
        config = Config(index=tmp_path / name / "index")
        build(write_corpus(tmp_path / name / "corpus", documents), config)
        opened.append(open_library(config))
    joined = join([(opened[0], ""), (opened[1], "")])
    for question in ("barok golet", "tavel", "havin morib delun"):
        expected = sorted((hit.passage.text, round(hit.score, 5)) for hit in find(opened[2], question, "en", (), 20)[0])
        found = sorted((hit.passage.text, round(hit.score, 5)) for hit in find(joined, question, "en", (), 20)[0])
        assert found == expected


def test_the_statistics_are_those_of_everything(libraries: tuple[Library, Library, Library]) -> None:
    one, two, together = libraries
    joined = join([(one, ""), (two, "session/")])
    for term in ("hafen", "centr", "train", "phar", "nothing"):
        assert joined.lexical.term_weight(term) == pytest.approx(together.lexical.term_weight(term))
        assert joined.lexical.occurs(term) == together.lexical.occurs(term)
    assert joined.lexical.term_weight("phar") != one.lexical.term_weight("phar")
    assert one.lexical.term_weight("hafen") == pytest.approx(open_library(one.config).lexical.term_weight("hafen"))
    for field in ("document_count", "passage_count", "vector_count", "languages"):
        assert getattr(joined.manifest, field) == getattr(together.manifest, field), field


def test_every_store_reads_the_row_it_is_asked_for(libraries: tuple[Library, Library, Library]) -> None:
    one, two, _ = libraries
    joined = join([(one, ""), (two, "session/")])
    total, own = joined.passages.passage_count, one.passages.passage_count
    rows = list(reversed(range(total)))
    passages = joined.passages.passages(rows)
    assert [p.text for p in passages] == [
        (one if row < own else two).passages.passages([row if row < own else row - own])[0].text for row in rows
    ]
    for row, passage in zip(rows, passages, strict=True):
        assert joined.passages.document_of(row).id == passage.document_id
        assert joined.passages.text(passage.document_id)[passage.start : passage.end] == passage.text
    assert joined.passages.passages_of("session/accueil.md") == joined.passages.passages(
        joined.passages.rows_of([d.row for d in joined.passages.documents if d.id == "session/accueil.md"])
    )
    assert [facts.row for facts in joined.passages.documents] == list(range(len(DOCUMENTS) + len(OTHERS)))
    assert joined.passages.facts("nowhere") is None
    assert joined.passages.passages_of("nowhere") == []
    assert joined.pieces is not None
    assert one.pieces is not None
    assert two.pieces is not None
    for row, pieces in zip(rows, joined.pieces.of(rows), strict=True):
        (expected,) = one.pieces.of([row]) if row < own else two.pieces.of([row - own])
        assert np.array_equal(pieces, expected)
    vector = one.encoder.encode_questions(["Kielmünde"])[0]
    best, first = joined.vectors.scores(vector, rows)
    for row, pair in zip(rows, zip(best, first, strict=True), strict=True):
        expected_pair = one.vectors.scores(vector, [row]) if row < own else two.vectors.scores(vector, [row - own])
        assert pair == pytest.approx([float(part[0]) for part in expected_pair], abs=1e-6)
    ranked = joined.vectors.search(vector, total)
    assert sorted(row for row, _ in ranked) == list(range(total))
    best_first = sorted((float(score) for score in best), reverse=True)
    assert [score for _, score in ranked] == pytest.approx(best_first, abs=1e-6)
    assert joined.vectors.search(vector, 3) == ranked[:3]
    assert joined.vectors.search(vector, total, [0, own]) == [pair for pair in ranked if pair[0] in (0, own)]


def test_quotations_of_both_parts_stand_in_their_documents(libraries: tuple[Library, Library, Library]) -> None:
    one, two, _ = libraries
    joined = join([(one, ""), (two, "session/")])
    for question, document in (
        ("Quand le phare d'Aubrac fut-il allumé ?", "session/phare.md"),
        ("When does the night train leave Osterby?", "unternehmen/plan.html"),
    ):
        answer = ask(joined, question, ExtractiveModel())
        assert answer.refusal is None
        assert answer.citations[0].document_id == document
        for citation in answer.citations:
            assert joined.passages.text(citation.document_id)[citation.start : citation.end] == citation.quote


def test_filters_narrow_a_joined_library(libraries: tuple[Library, Library, Library]) -> None:
    one, two, _ = libraries
    joined = join([(one, ""), (two, "session/")])
    german = search(joined, "Kielmünde", [Condition("language", "=", "de")])
    assert {hit.passage.document_id for hit in german} == {"hafen.txt", "session/leuchtturm.txt"}
    only = search(joined, "centre", [Condition("document", "=", "session/accueil.md")])
    assert {hit.passage.document_id for hit in only} == {"session/accueil.md"}


def test_one_part_alone_answers_as_it_did_under_other_names(libraries: tuple[Library, Library, Library]) -> None:
    _, two, _ = libraries
    alone = join([(two, "session/")])
    for question, language in QUESTIONS:
        expected, _ = find(two, question, language, (), 20)
        found, _ = find(alone, question, language, (), 20)
        names = [hit.passage.document_id.removeprefix("session/") for hit in found]
        assert names == [hit.passage.document_id for hit in expected]
        assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], abs=1e-6)


def test_two_documents_of_one_name_are_refused(libraries: tuple[Library, Library, Library]) -> None:
    one, two, _ = libraries
    with pytest.raises(ValueError, match="the same id"):
        join([(one, ""), (two, "")])


def test_an_index_is_not_changed_by_joining_it(libraries: tuple[Library, Library, Library], tmp_path: Path) -> None:
    one, two, _ = libraries
    before = search(one, "Kielmünde")
    join([(one, ""), (two, "session/")])
    assert search(one, "Kielmünde") == before
