"""The row of the year that is asked for is quoted, and not the rows beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_quoting import make_asked, make_model, make_passage, quotes

from rag.answer.extractive import ExtractiveModel
from rag.ask import ask
from rag.build import build
from rag.config import Config
from rag.library import open_library

ROWS = [f"Année: {year} | Budget: {year - 1700}" for year in range(2019, 2024)]


@pytest.mark.parametrize("year", range(2019, 2024))
def test_rows_without_the_number_asked_for_are_left_out(year: int) -> None:
    asked = make_asked(f"Quel budget l'année {year} ?", make_passage("\n\n".join(ROWS)))
    assert quotes(make_model(3), asked) == [ROWS[year - 2019]]


def test_rows_are_compared_across_the_passages_of_a_document() -> None:
    parts = ("\n\n".join(ROWS[:3]), "\n\n".join(ROWS[3:]))
    asked = make_asked("Quel budget en 2023 ?", *map(make_passage, parts))
    assert quotes(make_model(3), asked) == [ROWS[4]]


def test_sentences_and_questions_without_a_number_are_as_they_were() -> None:
    text = "Le budget de 2022 est voté. Le budget est grand."
    assert len(quotes(make_model(2), make_asked("Quel budget en 2022 ?", make_passage(text)))) == 2
    assert len(quotes(make_model(2), make_asked("Quel budget ?", make_passage("\n\n".join(ROWS))))) == 2


@pytest.mark.usefixtures("loaded_once")
@pytest.mark.parametrize("year", [2021, 2022, 2023])
def test_a_table_answers_with_the_row_of_its_year(tmp_path: Path, year: int) -> None:
    rows = "".join(f"{number};{number - 1700};{number % 7}\n" for number in range(2019, 2025))
    (tmp_path / "budget.csv").write_text("Année;Budget (M€);Effectifs\n" + rows, encoding="utf-8")
    config = Config(index=tmp_path / "index", strictness=0.0)
    build(tmp_path / "budget.csv", config)
    answer = ask(open_library(config), f"Quel était le budget en {year} ?", ExtractiveModel())
    row = f"Année: {year} | Budget (M€): {year - 1700} | Effectifs: {year % 7}"
    assert [cited.quote for cited in answer.citations] == [row]
