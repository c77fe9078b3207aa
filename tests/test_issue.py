"""The day on which a text says that it was issued, and days that are told of only."""

from __future__ import annotations

from datetime import date

import pytest

from rag.text.issue import publication_date


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        (
            "## COMMUNIQUÉ\n\nBilan des réunions des 12 et 14 mai 2023\n\n**Lille, 17 mai 2023** – La charte",
            "2023-05-17",
        ),
        ("Rencontre à Metz\nLe 8 juin 2021, le ministre a reçu les maires.", "2021-06-08"),
        ("Le mercredi 9 juin 2021, le ministre", "2021-06-09"),
        ("Plan agreed\n\nBrussels, 5 March 2024 – The Council", "2024-03-05"),
        ("PRESSEMITTEILUNG\nBrüssel, den 5. März 2024", "2024-03-05"),
        ("Warszawa, 5 marca 2024 r.", "2024-03-05"),
        ("COMUNICAT DE PRESĂ – București, 5 martie 2024 – Agenția", "2024-03-05"),
        ("Fiche d'information. La loi n° 78-17 du 6 janvier 1978 oblige.\nPublié le 5 mars 2024", "2024-03-05"),
        ("Compte rendu de la réunion du 16 mai 2024\n\nPrésents : onze membres.", "2024-05-16"),
        ("Lille, mercredi 5 mars 2024 – Le port", "2024-03-05"),
        ("Wien, am Dienstag, den 5. März 2024", "2024-03-05"),
        ("Warszawa, środa 5 marca 2024", "2024-03-05"),
        ("Sofia, вторник 5 март 2024", "2024-03-05"),
        ("Note\n5 mars 2024\n\nLe pont fut inauguré le 14 mai 1911.", "2024-03-05"),
        ("The Council agreed on 5 March 2024 that the port may open; in 2023 it had not.", "2024-03-05"),
        ("Der Rat hat am 5. März 2024 den Plan beschlossen. Bis 2030 soll er gelten.", "2024-03-05"),
        ("Rada przyjęła plan w dniu 5 marca 2024 r. w Warszawie.", "2024-03-05"),
        ("Il Consiglio ha approvato il piano il 5 marzo 2024.", "2024-03-05"),
        ("Les ministres, réunis à Gand le 25 janvier 2024, ont débattu. " + "Texte. " * 200, "2024-01-25"),
    ],
)
def test_the_day_of_issue(text: str, iso: str) -> None:
    assert publication_date(text) == iso


@pytest.mark.parametrize(
    "text",
    [
        "Depuis le 25 mai 2018, la déclaration n'est plus due.",
        "Le règlement (UE) 2016/679 du 27 avril 2016 protège les données." + " Texte." * 30,
        "La loi du 6 janvier 1978 le prévoit." + " Texte." * 30,
        "Jeanne Martin (5 mai 1970 – 3 juin 2020) était une botaniste.",
        "Le pont fut inauguré le 14 mai 1911 par le préfet.",
        "Le traité de Rome, signé le 25 mars 1957, reste en vigueur.",
        "Le traité de Rome, signé à Rome dans la salle des Horaces et des Curiaces\nle 25 mars 1957 par six pays, reste"
        "\nen vigueur.",
        "The treaty of Rome, signed 25 March 1957, stays in force.",
        "The bridge was opened on 14 May 1911 by the prefect.",
        "# Note\n\nLe pont de Kerlouan a rouvert le 30 juin 2020.",
        "Le conseil a adopté la charte le 3 mai 1985 à Metz. Elle a été revue en 2019.",
        "Die Brücke wurde am 14. Mai 1911 eingeweiht und 1954 erneuert.",
        "Le 12 mai 1935, le nouveau vélodrome est inauguré.",
        "Le 8 juin 2011, le ministre a reçu les maires. En 2023, il les a revus.",
        "Le 14 octobre 1791, un groupe se forma.",
        "Sans date. " * 200 + "\nParis, 5 mars 2024",
        "Sans date. " * 100 + "Tout cela eut lieu le 5 mars 2024 à Paris." + " Texte." * 30,
        "",
    ],
)
def test_other_days_are_not_the_day_of_issue(text: str) -> None:
    assert publication_date(text) is None


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("# Note\n\nLe pont de Kerlouan rouvrira le 30 juin 2032.", None),
        ("# Note\n\nLe conseil de Kerlouan a adopté le plan le 30 juin 2020.", "2020-06-30"),
        ("# Note\n\nLe conseil de Kerlouan a adopté le plan le 30 juin 2032.", None),
        ("Kerlouan, le 30 juin 2032 – Le pont rouvre.", "2032-06-30"),  # an embargo, or a slip of the pen: as written
    ],
)
def test_what_is_announced_for_a_later_day_was_not_issued_on_it(text: str, iso: str | None) -> None:
    assert publication_date(text, date(2024, 1, 1)) == iso
