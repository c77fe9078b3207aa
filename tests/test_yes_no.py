"""Questions that ask for yes or no, those that ask for something else, those that could; texts that begin so."""

from __future__ import annotations

import pytest

from rag.text.yes_no import asks_yes_or_no, begins_yes_or_no

QUESTIONS = [
    ("fr", "Puis-je me rendre dans mon lieu de culte ?", True),
    ("fr", "Est-ce que je peux travailler à distance ?", True),
    ("fr", "Si je suis malade, est-ce que je suis payé ?", True),
    ("fr", "Mon employeur refuse. A-t-il le droit ?", True),
    ("fr", "L'employeur, peut-il refuser que je parte ?", True),
    ("fr", "Peut-on dire que tout est fini ?", True),
    ("fr", "Qu'est-ce que l'opération Résilience ?", False),
    ("fr", "Quelles sont les règles pour les taxis, les VTC et le covoiturage ?", False),
    ("fr", "Je suis indépendant, à partir de quelle date puis-je déclarer mes revenus ?", False),
    ("fr", "Je ne peux pas travailler à distance. Que faire ?", False),
    ("fr", "Que faire si je tombe malade", False),
    ("fr", "Quand je tombe malade, puis-je sortir ?", None),
    ("fr", "Comment faire ? Puis-je sortir ?", None),
    ("fr", "Mon dossier sera-t-il accepté et comment ?", None),
    ("fr", "horaires de la mairie", None),
    ("en", "Is the library open on Sundays?", True),
    ("en", "Can the person who signed it leave?", True),
    ("en", "Which documents do I need?", False),
    ("en", "When did it spread to France, England and Italy?", None),
    ("de", "Darf ich den Hund mitbringen?", True),
    ("de", "Wer wurde von Heinrich III. geadelt?", False),
    ("pl", "Czy mogę przyjść jutro?", True),
    ("el", "Είναι ανοιχτά την Κυριακή;", True),
    ("el", "Πότε ανοίγει η βιβλιοθήκη;", False),
    ("nb", "Kan jeg komme i morgen?", True),
    ("tr", "Yarın gelebilir miyim?", None),
    ("zh", "可以吗？", None),
]


@pytest.mark.parametrize(("language", "question", "expected"), QUESTIONS)
def test_what_a_question_asks_for(language: str, question: str, expected: bool | None) -> None:
    assert asks_yes_or_no(question, language) is expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Oui, mais seulement le lundi."),
        ("fr", "NON. Rien n'a changé."),
        ("fr", "[*NON*]. Le télétravail"),
        ("fr", "Oui : sur rendez-vous."),
        ("fr", "Non – sauf exception."),
        ("es", "Sí, es posible."),
        ("ro", "Nu, nu este permis."),
        ("nb", "Nei, det er stengt."),
    ],
)
def test_a_text_that_begins_with_yes_or_no(language: str, text: str) -> None:
    assert begins_yes_or_no(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Non-conformité des pièces"),
        ("fr", "Le oui, l'a emporté."),
        ("fr", "Ouistreham, en Normandie"),
        ("en", "No. 12 of the law"),
        ("it", "No 3, via Roma"),
        ("de", "Oui, dit-il."),
        ("ja", "はい。"),
        ("fr", ""),
    ],
)
def test_a_text_that_begins_with_something_else(language: str, text: str) -> None:
    assert not begins_yes_or_no(text, language)
