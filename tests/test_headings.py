"""rag/text/headings.py: declared headings are kept, others found where a reader sees them and nowhere else."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.schema import Document, Heading
from rag.text.headings import DEEPEST, heading_text, headings

BODY = "Lors de cette rencontre, la présidence a présenté un rapport sur les progrès effectués."


def found(text: str, declared: tuple[Heading, ...] = ()) -> list[str]:
    document = Document("d", "d", "fr", None, None, text, headings=declared)
    return [heading_text(text, heading) for heading in headings(document)]


FOUND = [
    ("markdown", f"# Loi\n\n## **Objet**\n{BODY}", ["Loi", "Objet"]),
    ("a first line and lone lines", f"Le Conseil\n{BODY}\nEuropol\n{BODY}", ["Le Conseil", "Europol"]),
    ("a question", f"{BODY}\nQui peut être apprenti ?\n{BODY}", ["Qui peut être apprenti ?"]),
    ("two lines under one another", f"{BODY}\nFormation\nInscription\n{BODY}", ["Formation", "Inscription"]),
    ("capitals", f"{BODY}\n\nDISPOSITIONS FINALES\n\n{BODY}", ["DISPOSITIONS FINALES"]),
    ("bold", f"{BODY}\n\n**Communiqué du 12 mars**\n\n{BODY}", ["Communiqué du 12 mars"]),
    ("articles", f"Chapitre II\nArticle 3\n{BODY}\nArticle 4\n{BODY}", ["Chapitre II", "Article 3", "Article 4"]),
    ("the first article", f"{BODY}\nARTICLE PREMIER\n{BODY}", ["ARTICLE PREMIER"]),
    ("a title with a colon", f"Acte de naissance : copie :\n\n{BODY}", ["Acte de naissance : copie"]),
    ("German divisions", f"Kapitel IV\n§ 12 Zuständigkeit\n{BODY}", ["Kapitel IV", "§ 12 Zuständigkeit"]),
    ("Hungarian divisions", f"II. FEJEZET\n3. cikk\n{BODY}", ["II. FEJEZET", "3. cikk"]),
    ("Greek divisions", f"ΚΕΦΑΛΑΙΟ Α\nΆρθρο 3\n{BODY}", ["ΚΕΦΑΛΑΙΟ Α", "Άρθρο 3"]),
    ("Bulgarian divisions", f"Глава II\nЧлен 3\n{BODY}", ["Глава II", "Член 3"]),
    ("numbered titles", f"3.1 Objet\n{BODY}\n3.2 Portée\n{BODY}", ["3.1 Objet", "3.2 Portée"]),
    ("a list of short lines", f"Villes\nParis\nLyon\nNice\nMetz\n{BODY}", []),
    ("a list after a colon", f"{BODY[:-1]} :\nParis\nLyon\n{BODY}", []),
    ("the last item of a list", f"{BODY[:-1]},\nLes ports et les gares\n{BODY}", []),
    ("bullets", f"{BODY}\n- Paris\n{BODY}", []),
    ("contacts", f"{BODY}\nThalès : 06 59 57 17 42\nhttps://europa.eu\n{BODY}", []),
    ("a sentence", f"{BODY}\nIl pleut.\n{BODY}", []),
    ("a sentence about an article", f"{BODY}\nArticle 3 du traité s'applique ici.\n{BODY}", []),
    ("a short line at the end", f"{BODY}\nFait à Paris", []),
    ("one paragraph", BODY, []),
    ("nothing", "", []),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "expected"), FOUND)
def test_headings_are_found_where_a_reader_sees_them(what: str, text: str, expected: list[str]) -> None:
    assert found(text) == expected, what


def levels(text: str) -> list[int]:
    return [heading.level for heading in headings(Document("d", "d", "fr", None, None, text))]


@pytest.mark.parametrize(
    "text",
    [
        f"# a\n## b\n### c\n{BODY}",
        f"Titre I\nChapitre II\nSection 1\nArticle 3\n{BODY}",
        f"Le titre\n{BODY}\n\nDISPOSITIONS FINALES\n{BODY}\n1.1 Objet\n{BODY}\n1.1.1 Détail\n{BODY}\nEuropol\n{BODY}",
    ],
)
def test_what_stands_under_is_deeper(text: str) -> None:
    assert levels(text) == sorted(set(levels(text)))
    assert len(levels(text)) > 2


def test_lone_lines_of_one_kind_are_equals() -> None:
    assert levels(f"{BODY}\nEuropol\n{BODY}\nCOVID-19\n{BODY}\nFrontex\n{BODY}") == [20, 20, 20]


def test_declared_headings_are_kept_and_no_lone_line_is_added() -> None:
    text = f"Titre\nObjet\n{BODY}\nEuropol\n{BODY}"
    assert found(text, (Heading(0, 5, 1), Heading(6, 11, 2))) == ["Titre", "Objet"]


def test_lone_lines_are_added_below_a_declared_title() -> None:
    text = f"Titre\n{BODY}\nEuropol\n{BODY}"
    assert found(text, (Heading(0, 5, 3),)) == ["Titre", "Europol"]
    document = Document("d", "d", "fr", None, None, text, headings=(Heading(0, 5, 3),))
    assert headings(document)[1].level > 3


def test_articles_are_added_below_declared_headings() -> None:
    text = f"Titre\nArticle 3\n{BODY}"
    document = Document("d", "d", "fr", None, None, text, headings=(Heading(0, 5, 2),))
    assert [(heading.start, heading.end, heading.level > 2) for heading in headings(document)] == [
        (0, 5, False),
        (6, 15, True),
    ]


def test_a_heading_that_begins_within_another_or_is_empty_is_left_out() -> None:
    text = "Titre long\n  \nSuite"
    assert found(text, (Heading(0, 10, 1), Heading(4, 12, 2), Heading(11, 13, 2), Heading(90, 99, 1))) == ["Titre long"]


@given(
    st.text(st.sampled_from("aÀ.?:# \n\t1-"), max_size=120),
    st.lists(st.tuples(st.integers(0, 130), st.integers(0, 130), st.integers(-3, 99)), max_size=5),
)
@settings(max_examples=200, deadline=None)
def test_headings_are_trimmed_in_order_and_apart(text: str, declared: list[tuple[int, int, int]]) -> None:
    document = Document("d", "d", "fr", None, None, text, headings=tuple(Heading(*values) for values in declared))
    result = headings(document)
    assert all(text[one.start : one.end] == text[one.start : one.end].strip() != "" for one in result)
    assert all(one.end <= other.start for one, other in pairwise(result))
    assert all(1 <= one.level <= DEEPEST for one in result)


def test_tens_of_thousands_of_headings_take_no_quadratic_time() -> None:
    text = "# a\n" * 40_000
    declared = tuple(Heading(start, start + 3, 1) for start in range(0, len(text), 4))
    began = time.process_time()
    assert len(headings(Document("d", "d", "fr", None, None, text, headings=declared))) == len(declared)
    assert time.process_time() - began < 20  # a second; compared one with every other, minutes
