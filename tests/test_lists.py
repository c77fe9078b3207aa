"""Lists are quoted whole where several things are asked for, with a colon before them or without."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_quoting import make_asked, make_model, make_passage, quotes

from rag.answer.lists import LIST_CHARS
from rag.text.several import several_of

ITEMS = "- le quai sera fermé ;\n- deux grues seront louées ;\n- les écluses seront gardées."


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("Quelles mesures pour les grues ?", ITEMS),
        ("Quelle mesure pour les grues ?", "deux grues seront louées ;"),
        ("Combien de grues seront louées ?", "deux grues seront louées ;"),
    ],
)
@pytest.mark.parametrize("before", ["", "Le port est vieux.\n\n"])
@pytest.mark.parametrize("after", ["", "\n\nLa ville est grande."])
def test_an_item_is_quoted_with_its_neighbours_where_several_things_are_asked_for(
    before: str, after: str, question: str, quoted: str
) -> None:
    assert quotes(make_model(1), make_asked(question, make_passage(before + ITEMS + after))) == [quoted]


@pytest.mark.parametrize("marks", ["• • •", "1. 2. 3.", "1) 2) 3)", "a) b) c)", "* * *", "– – –"])
def test_every_kind_of_mark_makes_an_item(marks: str) -> None:
    lines = zip(marks.split(), ("le quai sera fermé ;", "deux grues seront louées.", "la nuit."), strict=True)
    listed = "\n".join(f"{mark} {line}" for mark, line in lines)
    passage = make_passage(f"Le port est vieux.\n\n{listed}\n\nFin du texte.")
    assert quotes(make_model(1), make_asked("Quelles mesures pour les grues ?", passage)) == [listed]


def test_a_sentence_with_a_list_right_below_it_is_quoted_with_it() -> None:
    text = "La ville a pris plusieurs mesures\n" + ITEMS
    asked = make_asked("Quelles mesures la ville a-t-elle prises ?", make_passage(text + "\n\nMerci à tous."))
    assert quotes(make_model(1), asked) == [text]
    ended = make_passage("La ville a pris plusieurs mesures.\n" + ITEMS)
    assert quotes(make_model(1), replace(asked, hits=make_asked("", ended).hits)) == [
        "La ville a pris plusieurs mesures."
    ]


@pytest.mark.parametrize("heading", ["## Décisions\n\n", "Décisions\n\n", "## Décisions du comité\n\n"])
def test_the_list_under_a_heading_that_names_what_is_asked_for_comes_first(heading: str) -> None:
    text = f"Le comité de Nantes a pris son temps.\n\n{heading}{ITEMS}\n\n## Suite\n\nLe reste attendra."
    asked = make_asked("Quelles décisions le comité de Nantes a-t-il prises ?", make_passage(text))
    assert quotes(make_model(2, second_share=1.0), asked) == [
        "Le comité de Nantes a pris son temps.",
        f"{heading.lstrip('# ')}{ITEMS}",
    ]


@pytest.mark.parametrize("heading", ["## Décisions reportées", "## Membres"])
def test_a_heading_that_says_something_else_is_passed_over(heading: str) -> None:
    text = f"Le comité a pris son temps.\n\n{heading}\n\n{ITEMS}"
    asked = make_asked("Quelles décisions le comité a-t-il prises ?", make_passage(text))
    assert quotes(make_model(1), asked) == ["Le comité a pris son temps."]


def test_a_list_too_long_to_be_quoted_leaves_the_item_alone_or_ends_between_two() -> None:
    items = [f"- la mesure {number} sur les demandes qui sont reçues ;" for number in range(40)]
    passage = make_passage("\n".join(items))
    assert quotes(make_model(1), make_asked("Quelles mesures 39 ?", passage)) == [items[39].lstrip("- ")]
    (quote,) = quotes(make_model(1), make_asked("Quelles mesures 3 ?", passage))
    assert len(quote) <= LIST_CHARS
    assert quote == "\n".join(items[: quote.count("\n") + 1])


@pytest.mark.parametrize(
    ("language", "question", "things"),
    [
        ("fr", "Quelles sont les principales mesures ?", "principales mesures"),
        ("fr", "Quelle est la mesure ?", ""),
        ("fr", "Que prévoit le plan ?", ""),
        ("en", "Which measures apply?", "measures apply"),
        ("en", "What does the plan cost?", ""),
        ("en", "What happens in May?", ""),
        ("de", "Welche Maßnahmen hat die Stadt ergriffen?", "Maßnahmen"),
        ("de", "Welche Stadt ist das?", ""),
        ("de", "Was sind die Ziele?", "Ziele"),
        ("es", "¿Qué medidas tomó la ciudad?", "medidas tomó"),
        ("it", "Quali misure ha adottato?", "misure"),
        ("pt", "Quais são as medidas?", "medidas"),
        ("nl", "Welke maatregelen neemt de stad?", "maatregelen neemt"),
        ("ro", "Ce măsuri au fost luate?", "măsuri"),
        ("pl", "Jakie środki przyjęto?", "środki przyjęto"),
        ("hu", "Milyen intézkedéseket hoztak?", "intézkedéseket hoztak"),
        ("zh", "有哪些措施？", ""),
    ],
)
def test_what_asks_for_several_things(language: str, question: str, things: str) -> None:
    assert several_of(question, language) == things
