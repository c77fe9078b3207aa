"""Questions made of passages: the answer stands where it is said to, also where words are switched in place."""

from __future__ import annotations

import lzma
from pathlib import Path

import numpy as np
import pytest
from test_reader import TABLE, TOKENIZER

from rag.train.batches import Batches
from rag.train.cloze import cloze_questions, read_passages
from rag.train.questions import Marked, Rewriter
from rag.train.reading import chances, with_clozes

FRENCH = (
    "Le centre de Brévannes a ouvert ses portes au public le 3 mars 2024 dans une ancienne caserne. "
    "Marlene Achterberg, directrice du centre, compte sur 42 bénévoles de Montferrat pour accueillir les familles. "
    "Court."
)
GERMAN = "Der Hafen von Kielmünde wurde im Jahr 1887 an der alten Mole gebaut und seither nie erweitert. Ende."


def test_the_answer_stands_in_the_passage_and_not_in_the_question() -> None:
    found = cloze_questions("cloze", [("fr", FRENCH), ("de", GERMAN)] * 20, 3, seed=1)
    assert len(found) > 40
    kinds = set()
    for row in found:
        ((start, answer),) = row.answers
        assert row.passage[start : start + len(answer)] == answer
        assert row.source == "cloze"
        assert row.question.endswith("?")
        said = row.question.casefold().split()
        assert answer.casefold().split()[0] not in said or row.passage.count(answer.split()[0]) > 1
        kinds.add(answer)
    assert {"3 mars 2024", "42"} <= kinds
    assert any("Achterberg" in answer for answer in kinds)


def test_the_same_seed_makes_the_same_questions_and_short_passages_make_none() -> None:
    passages = [("fr", FRENCH), ("de", GERMAN)]
    assert cloze_questions("c", passages, 2, 7) == cloze_questions("c", passages, 2, 7)
    assert cloze_questions("c", [("fr", "Court."), ("fr", "")], 2, 7) == []


def test_passages_are_read_up_to_a_number_a_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.train.cloze._BY_TITLE", 3)
    file = tmp_path / "titles.tsv.xz"
    rows = [("s", "l", "fr", f"Titre {i}", FRENCH + f" Numéro {i}." * 9) for i in range(5)]
    rows += [("s", "l", "de", "Titel", "Kurz."), ("s", "l", "de", "Titel", GERMAN * 4)]
    lines = ["\t".join(row) for row in (("source", "licence", "language", "title", "passage"), *rows)]
    with lzma.open(file, "wt", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n")
    assert sorted(language for language, _ in read_passages(file, 0)) == ["de", "fr", "fr", "fr"]
    marked = [Marked("s", "fr", "Où ?", FRENCH, ((10, "Brévannes"),))]
    every = with_clozes(marked, file, 0)
    assert {row.source for row in every} == {"s", "cloze", "cloze_law"}
    assert chances(every).sum() == pytest.approx(1)


def test_a_switched_passage_keeps_its_answer_where_it_is_said_to_stand(tmp_path: Path) -> None:
    dictionary = tmp_path / "dictionary.tsv.xz"
    with lzma.open(dictionary, "wt", encoding="utf-8") as stream:
        stream.write("fr\tbudget\tbudget\nfr\tharbour\tport\nde\tharbour\tHafen\nfr\tyear\tan\nde\tyear\tJahr\n")
    rewriter = Rewriter(dictionary)
    passage = "Le port a un budget de 12 millions par an. Port."
    row = Marked("s", "fr", "Quel budget a le port ?", passage, ((passage.index("12"), "12 millions"),))
    batches = Batches(TABLE, TOKENIZER, [row], rewriter)
    switched = set()
    for seed in range(30):
        asked, held, start, end = batches._switched(row, row.question, np.random.default_rng(seed))
        assert 0 <= start <= end < len(held.ids)
        switched.add(asked)
        answered = held.ids[start : end + 1].tolist()
        assert answered == TOKENIZER.encode("12 millions", add_special_tokens=False).ids
    assert any("Hafen" in asked or "harbour" in asked for asked in switched)
    assert rewriter.into("Port et an", "fr", "de", np.random.default_rng(1)).split()[0] in ("Hafen", "Port")
