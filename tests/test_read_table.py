"""Tables: each row with the heads of its columns, whatever the separator and the encoding; no date made of a row."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.config import Config
from rag.errors import Unreadable
from rag.read import read_file
from rag.read.table import read_table
from rag.schema import Document

ROWS = ["Année: 2022 | Budget: 693,5 | Chef: Aija", "Année: 2023 | Budget: 845,4"]


def read(tmp_path: Path, data: bytes, name: str = "budget_agence.csv") -> Document:
    (tmp_path / name).write_bytes(data)
    (document,) = read_file(tmp_path / name, tmp_path, Config())
    return document


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Année;Budget;Chef\n2022;693,5;Aija\n2023;845,4;\n", "a.csv"),
        ("Année;Budget;Chef\r\n\r\n2022;693,5;Aija\r\n2023;845,4\r\n", "a.csv"),
        ('Année,Budget,Chef\n2022,"693,5",Aija\n2023,"845,4",\n', "A.CSV"),
        ('"Année"\t"Budget"\t"Chef"\n2022\t693,5\t"Aija"\n2023\t845,4\t\n', "a.tsv"),
        ("Année|Budget|Chef\n2022|693,5|Aija\n2023|845,4|\n", "a.csv"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_each_row_has_the_heads_of_its_columns(tmp_path: Path, text: str, name: str, encoding: str) -> None:
    assert read(tmp_path, text.encode(encoding), name).text == "\n\n".join(ROWS)


def test_years_may_be_heads_and_other_figures_may_not(tmp_path: Path) -> None:
    assert read(tmp_path, b"Port,2021,2022\nNantes,28,29\n").text == "Port: Nantes | 2021: 28 | 2022: 29"
    assert read(tmp_path, b",2021,2022\nNantes,28,29\n").text == "Nantes | 2021: 28 | 2022: 29"
    assert read(tmp_path, b"Nantes,28,29\nBrest,3,4\n").text == "Nantes | 28 | 29\n\nBrest | 3 | 4"
    assert read(tmp_path, b"2021,Nantes\n2022,Brest\n").text == "2021 | Nantes\n\n2022 | Brest"


def test_lines_above_the_heads_and_cells_of_several_lines_are_kept(tmp_path: Path) -> None:
    text = 'Traffic of the ports\nPort,Note\nNantes,"two\nlines"\nBrest,one\n'
    rows = ["Traffic of the ports", "Port: Nantes | Note: two lines", "Port: Brest | Note: one"]
    assert read(tmp_path, text.encode()).text == "\n\n".join(rows)


def test_its_title_is_its_name_and_no_row_is_its_date(tmp_path: Path) -> None:
    document = read(tmp_path, b"Date,Budget\n2023-03-12,5\n2024-03-12,6\n")
    assert (document.title, document.date, document.id) == ("budget agence", None, "budget_agence.csv")


@pytest.mark.parametrize("data", [b";;\n;;\n", b"\n\n", b"\0\1\2\3" * 9])
def test_a_file_without_text_says_so(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Unreadable):
        read(tmp_path, data)


CELLS = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=12).filter(str.strip)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=2, max_size=9), st.sampled_from(";,\t"))
def test_every_value_of_any_table_stands_behind_the_head_of_its_column(rows: list[list[str]], separator: str) -> None:
    file = StringIO()
    csv.writer(file, delimiter=separator).writerows([["Port", "Ships", "Note"], *rows])
    text = read_table(Path("a.tsv" if separator == "\t" else "a.csv"), file.getvalue().encode()).text
    heads = ("Port", "Ships", "Note")
    plain = [[" ".join(cell.split()) for cell in row] for row in rows]
    lines = [" | ".join(map(": ".join, zip(heads, row, strict=True))) for row in plain]
    assert text == "\n\n".join(lines)
