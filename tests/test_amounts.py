"""Whether a question asks for money, and whether a text tells any, in many languages."""

from __future__ import annotations

import pytest

from rag.text.amounts import asks_money, tells_money


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Quel est le salaire de la directrice ?", "fr"),
        ("Combien a coûté le siège de Trieste ?", "fr"),
        ("Combien une commune paie-t-elle pour former un employé ?", "fr"),
        ("How much did the headquarters cost?", "en"),
        ("What is the budget of the alliance?", "en"),
        ("Wie viel hat der Umbau gekostet?", "de"),
        ("Welches Gehalt bekommt sie?", "de"),
        ("¿Cuánto cuesta el curso?", "es"),
        ("Quanto è costata la sede?", "it"),
        ("Quanto custou o navio?", "pt"),
        ("Hoeveel kostte de brug?", "nl"),
        ("Cât a costat renovarea?", "ro"),
        ("Ile kosztowały ćwiczenia?", "pl"),
        ("Hur mycket kostade drönarna?", "sv"),
        ("Πόσο κόστισε η γέφυρα;", "el"),
        ("Сколько стоит курс?", "ru"),
    ],
)
def test_a_sum_of_money_is_asked_for(question: str, language: str) -> None:
    assert asks_money(question, language)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Combien de prisonniers ont échappé au massacre ?", "fr"),
        ("Combien de personnes paient l'amende ?", "fr"),
        ("Qui a payé le port ?", "fr"),
        ("How many episodes are there?", "en"),
        ("How long is the course?", "en"),
        ("Wie viele Solarmodule liegen auf dem Dach?", "de"),
        ("Quante persone sono arrivate?", "it"),
    ],
)
def test_anything_else_is_no_sum_of_money(question: str, language: str) -> None:
    assert not asks_money(question, language)


@pytest.mark.parametrize(
    "text",
    ["23,8 milioni di euro", "1 200 €", "90 euros per employee", "730 000 złotych", "L'entrée est gratuite."],
)
def test_money_is_told(text: str) -> None:
    assert tells_money(text)


@pytest.mark.parametrize("text", ["312 agents", "Magazzino 19, costruito nel 1897", "22 minutes", "15 voix"])
def test_other_numbers_are_no_money(text: str) -> None:
    assert not tells_money(text)
