"""Lines that say how to reach somebody answer who and how alone; the heading over a passage answers nothing."""

from __future__ import annotations

import pytest
from test_confidence import make_asked

from rag.answer.contacts import asks_contact, is_contact
from rag.answer.features import see, sentence_spans
from rag.schema import Hit, Passage

CONTACT = "**Contact :** Service de presse de l'Agence Hélianthe, Clara Montesi – 04 65 71 02 18"


def passage_of(text: str, *headings: str) -> Passage:
    return Passage("a:0", "a", "fr", 0, len(text), text, headings)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (CONTACT, True),
        ("EOS : 06 15 22 09 20", True),
        ("Marlene Achterberg – Sécurtech Europe – position@securtech.example", True),
        ("Écrivez avant le 3 mai à presse@helianthe.example.", False),
        ("Budget : 1 250 000 000 euros", False),
        ("Excusé : M. Thibault Marchand", False),
    ],
)
def test_a_line_with_an_address_and_little_else_is_told_from_a_sentence(text: str, found: bool) -> None:
    passage = passage_of(f"L'agence est à Trieste.\n\n{text}\n")
    start = passage.text.index(text)
    assert is_contact(passage, start, start + len(text)) is found


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Où l'Agence Hélianthe avait-elle des antennes ?", False),
        ("Combien d'agents a l'Agence Hélianthe ?", False),
        ("Comment joindre l'Agence Hélianthe ?", True),
        ("Quel est le numéro de téléphone de l'Agence Hélianthe ?", True),
        ("Qui est Clara Montesi ?", True),
        ("Que fait le service de presse ?", True),
    ],
)
def test_a_contact_answers_what_asks_for_one(question: str, asks: bool) -> None:
    asked = make_asked(question, "fr", [], weight=lambda term: 1.0)
    assert asks_contact(asked, passage_of(CONTACT), 0, len(CONTACT)) is asks


def seen_texts(question: str, passage: Passage) -> list[str]:
    asked = make_asked(question, "fr", [Hit(passage, 1, 0.5, "fused")], weight=lambda term: 1.0)
    return [passage.text[place.start : place.end] for place in see(asked, 8).sentences]


def test_contacts_are_not_looked_at_for_other_questions() -> None:
    passage = passage_of(f"L'Agence a des antennes à Liège.\n\n{CONTACT}\n")
    assert len(sentence_spans(passage)) == 2
    assert seen_texts("Où l'Agence Hélianthe a-t-elle des antennes ?", passage) == ["L'Agence a des antennes à Liège."]
    assert len(seen_texts("Comment joindre l'Agence Hélianthe ?", passage)) == 2


def test_the_heading_over_a_passage_is_not_quoted_whatever_its_form() -> None:
    heading = "8 juin 2021\u00a0: un premier regard sur le règlement IA"
    text = f"{heading}\n\nLes ministres se retrouvent à Luxembourg."
    passage = passage_of(text, "Trois réunions", "8 juin 2021 : un premier regard sur le règlement IA")
    assert seen_texts("Où les ministres se retrouvent-ils en juin 2021 ?", passage) == [
        "Les ministres se retrouvent à Luxembourg."
    ]
