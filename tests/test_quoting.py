"""What is quoted of a chosen sentence: the list it announces, nothing twice, no label of a section."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from rag.answer import Asked
from rag.answer.confidence import NAMES as SIGNS
from rag.answer.confidence import Relation
from rag.answer.extractive import Calibration, Coefficients, ExtractiveModel
from rag.answer.features import NAMES as FEATURES
from rag.answer.features import see
from rag.answer.lists import LIST_CHARS, list_end
from rag.schema import Hit, Passage


def make_passage(text: str, document: str = "d", start: int = 40) -> Passage:
    return Passage(f"{document}:0", document, "fr", start, start + len(text), text)


def make_asked(question: str, *passages: Passage) -> Asked:
    hits = [Hit(passage, rank, 1 - rank / 10, "fused") for rank, passage in enumerate(passages, 1)]
    return Asked(question, "fr", hits, True, lambda term: 1.0, lambda term: True, None)


def make_model(
    quote_count: int = 2, second_share: float = 0.0, beside_share: float = 0.0, added: float = 0.0
) -> ExtractiveModel:
    """A model that likes the share of the question's words alone; the logit of every answer is ``added``."""
    calibration = Calibration(np.zeros(len(SIGNS), np.float32), added)
    weights = np.array([5.0 if name == "words" else 0.0 for name in FEATURES], np.float32)
    calibrations = dict.fromkeys(get_args(Relation), calibration)
    return ExtractiveModel(Coefficients(weights, calibrations, 0.3, 8, quote_count, second_share, beside_share))


def quotes(model: ExtractiveModel, asked: Asked) -> list[str]:
    reply = model.reply(asked)
    return [q.passage.text[q.start - q.passage.start : q.end - q.passage.start] for q in reply.quoted]


def test_sentence_that_announces_a_list_is_quoted_with_it() -> None:
    pieces = "Pièces à fournir pour la demande :\n- un passeport ;\n- deux photos."
    passage = make_passage(f"{pieces}\n\nLe délai est de dix jours.")
    assert quotes(make_model(1), make_asked("Quelles pièces fournir pour la demande ?", passage)) == [pieces]


@pytest.mark.parametrize("text", ["Il est dix heures.", "Ratio 3:1 retenu.", "Fin"])
def test_sentence_without_a_colon_at_its_end_is_quoted_alone(text: str) -> None:
    passage = make_passage(f"{text}\n\nLa suite vient après.")
    assert list_end(passage, 40, 40 + len(text)) == 40 + len(text)


def test_long_list_is_cut_between_two_items() -> None:
    items = [f"- article {number} du règlement, qui traite des demandes reçues ;" for number in range(20)]
    passage = make_passage("Sont visés :\n" + "\n".join(items))
    end = list_end(passage, 40, 40 + len("Sont visés :"))
    quote = passage.text[: end - 40]
    assert len(quote) <= LIST_CHARS
    assert quote.endswith("demandes reçues ;")
    assert quote.count("\n") == 16  # 12 characters and sixteen items of 61 with their line ends


LIST = "Voici nos demandes :\n\n1. un guichet ouvert ;\n2. deux interprètes ;\n3. trois formations.\n\nMerci."


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("Quels interprètes sont demandés ?", LIST.removesuffix("\n\nMerci.")),
        ("Combien d'interprètes ?", "2. deux interprètes ;"),  # one thing is asked for
    ],
)
def test_an_item_is_quoted_with_its_list_where_no_single_thing_is_asked_for(question: str, quoted: str) -> None:
    assert quotes(make_model(1), make_asked(question, make_passage(LIST))) == [quoted]


def test_colon_at_the_end_of_the_passage_announces_nothing() -> None:
    passage = make_passage("Sont visés :")
    assert list_end(passage, 40, passage.end) == passage.end


def test_same_words_are_not_quoted_twice() -> None:
    asked = make_asked(
        "Quel est le délai de réponse ?",
        make_passage("Le délai de réponse  est de dix jours.", "a"),
        make_passage("Le délai de réponse est de dix jours.", "b"),
        make_passage("La réponse est écrite.", "c"),
    )
    assert quotes(make_model(2), asked) == ["Le délai de réponse  est de dix jours.", "La réponse est écrite."]


def test_the_sentence_beside_the_best_one_is_quoted_sooner_than_one_elsewhere_and_in_its_place() -> None:
    asked = make_asked(
        "Quel est le délai de réponse écrite ?",
        make_passage("La réponse est écrite. Le délai de réponse écrite est de dix jours.", "a"),
        make_passage("Une réponse écrite suit.", "b"),
    )
    both = ["La réponse est écrite.", "Le délai de réponse écrite est de dix jours."]
    assert quotes(make_model(2, second_share=1.0, beside_share=0.0), asked) == both
    assert quotes(make_model(2, second_share=1.0, beside_share=1.0), asked) == both[1:]
    assert quotes(make_model(2, second_share=0.0, beside_share=1.0), asked) == [both[1], "Une réponse écrite suit."]


def test_label_alone_on_its_line_answers_nothing() -> None:
    passage = make_passage("Durée de validité\nLe passeport est valable dix ans.\nCoût : 86 euros\n- France")
    seen = see(make_asked("Quelle est la durée de validité ?", passage), 8)
    found = [passage.text[place.start - 40 : place.end - 40] for place in seen.sentences]
    assert found == ["Le passeport est valable dix ans.", "Coût : 86 euros", "France"]


def test_label_is_kept_where_there_is_nothing_else() -> None:
    passage = make_passage("Durée de validité\nCoût du titre")
    assert len(see(make_asked("Durée ?", passage), 8).sentences) == 2


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        (
            "Pourquoi la région a-t-elle quitté la charte ?",
            "Le vote a eu lieu. La région a quitté la charte. Elle l'a fait car son port est fermé. Fin.",
            ["La région a quitté la charte.", "Elle l'a fait car son port est fermé."],
        ),
        (
            "Pourquoi la région a-t-elle quitté la charte ?",
            "Elle est ruinée, car son port est fermé. La région a quitté la charte. Fin du texte.",
            ["Elle est ruinée, car son port est fermé.", "La région a quitté la charte."],
        ),
        (
            "Que prévoit la charte du port ?",
            "La charte du port compte dix articles. Elle prévoit notamment :\n- un quai ;\n- deux grues.\n\nFin.",
            ["La charte du port compte dix articles.", "Elle prévoit notamment :\n- un quai ;\n- deux grues."],
        ),
        (
            "Qui a signé la charte du port ?",
            "Le maire a signé la charte du port. Il prévoit notamment :\n- un quai.\n\nLa charte du port est là.",
            ["Le maire a signé la charte du port.", "La charte du port est là."],
        ),
    ],
)
def test_the_reason_or_the_list_beside_the_best_sentence_is_quoted_with_it(
    question: str, text: str, expected: list[str]
) -> None:
    assert quotes(make_model(2), make_asked(question, make_passage(text))) == expected


@pytest.mark.parametrize(
    ("question", "added", "other", "count", "own"),
    [
        ("Que dit le port ?", 0.0, "Le port dit peu.", 2, 2),
        ("Que dit le port ?", 3.0, "Le port dit peu.", 1, 2),  # sure of the first
        ("Combien de quais a le port ?", 0.0, "Le port de Metz a 4 quais.", 2, 2),
        ("Combien de quais a le port ?", 0.0, "Le port de Metz a des quais.", 1, 1),  # without a number
    ],
)
def test_another_document_is_quoted_where_it_may_answer_and_the_first_is_not_sure(
    question: str, added: float, other: str, count: int, own: int
) -> None:
    asked = make_asked(question, make_passage("Le port de Brest a 12 quais."), make_passage(other, "e"))
    assert len(quotes(make_model(added=added), asked)) == count
    within = make_asked(question, make_passage("Le port de Brest a 12 quais."), make_passage(other, "d", start=400))
    assert len(quotes(make_model(added=added), within)) == own


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("Combien de lits a le centre Alba ?", ["Le centre Alba a 210 lits."]),
        ("Que dit le centre Alba ?", ["Le centre Alba a ouvert.", "Le centre Alba a 210 lits."]),
    ],
)
def test_beside_the_number_that_is_asked_for_a_sentence_without_one_is_not_quoted(
    question: str, quoted: list[str]
) -> None:
    asked = make_asked(question, make_passage("Le centre Alba a ouvert. Le centre Alba a 210 lits."))
    assert quotes(make_model(), asked) == quoted
