"""The walk of one question over a tiny real index, with a model that replies what it is told."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from conftest import write_corpus
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answer import Asked, Reply
from rag.answer.extractive import ExtractiveModel
from rag.ask import ask, check_question, prepare, question_language, search
from rag.build import build
from rag.cite import QuoteMismatch
from rag.config import Config
from rag.errors import BadQuestion
from rag.exchange import Turn
from rag.filters import parse_condition
from rag.library import Library, open_library
from rag.schema import Answer, Quoted
from rag.text.analysis import terms, word_tokens
from rag.text.phrases import phrase, phrase_languages

QUESTION = "Combien de lits compte le centre de Brévannes ?"


@dataclass
class Quoter:
    """Quotes the whole of the first ``count`` passages and is as sure as it is told."""

    probability: float = 0.75
    count: int = 1
    default_strictness: float = 0.5
    asked: Asked | None = None

    def reply(self, asked: Asked) -> Reply:
        """The first passages, whole."""
        self.asked = asked
        passages = [hit.passage for hit in asked.hits[: self.count]]
        quoted = tuple(Quoted(passage, passage.start, passage.end) for passage in passages)
        return Reply(quoted, self.probability if quoted else 0.0)


def strict(library: Library, strictness: float | None) -> Library:
    return dataclasses.replace(library, config=dataclasses.replace(library.config, strictness=strictness))


def without_times(answer: Answer) -> Answer:
    return dataclasses.replace(answer, timings_ms={})


# --- questions that are none ------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["", " ", "\n\t\u00a0", "?", "¿…?!", "— « »", "🙂", "\u200b\u2060", "।؟"])
def test_empty_questions_are_refused(tiny_library: Library, question: str) -> None:
    for call in (lambda: ask(tiny_library, question, Quoter()), lambda: search(tiny_library, question)):
        with pytest.raises(BadQuestion, match="the question is empty: type a question in words"):
            call()


def test_a_question_of_a_hundred_thousand_characters_is_refused(tiny_library: Library) -> None:
    with pytest.raises(BadQuestion, match="100,000 characters and 4,000 are taken"):
        ask(tiny_library, "a" * 100_000, Quoter())
    assert check_question("a" * 4_000, 4_000) == "a" * 4_000


@pytest.mark.parametrize("question", ["\udcff budget", "le budget \ud83d"])
def test_bytes_that_are_no_text_are_refused(tiny_library: Library, question: str) -> None:
    with pytest.raises(BadQuestion, match="not valid UTF-8"):
        search(tiny_library, question)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_other_text_is_answered_or_refused(tiny_library: Library, question: str) -> None:
    try:
        answer = ask(tiny_library, question, ExtractiveModel())
    except BadQuestion:
        assert not any(character.isalnum() for character in question)
        return
    assert answer.question == question.strip()
    assert (answer.refusal is None) == bool(answer.citations)
    assert 0 <= answer.probability <= 1


# --- answers ----------------------------------------------------------------------------------------------------


def test_the_passage_with_the_words_is_found_and_quoted(tiny_library: Library) -> None:
    answer = ask(tiny_library, f"  {QUESTION}\n", Quoter())
    assert answer.question == QUESTION
    assert answer.language == "fr"
    assert answer.refusal is None
    assert answer.lead == phrase("lead", "fr")
    (citation,) = answer.citations
    assert citation.document_id == "accueil.md"
    text = tiny_library.passages.text("accueil.md")
    assert text[citation.start : citation.end] == citation.quote == answer.text
    assert "quarante-deux lits" in answer.text


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("Wann wurde der Hafen von Kielmünde gebaut?", "hafen.txt"),
        ("Πόσες προβλήτες έχει το λιμάνι;", "limani.txt"),
        ("متى تأسست مدرسة الزيتون؟", "madrasa.txt"),
        ("青石桥有多长？", "qiao.txt"),
        ("When does the night train leave Osterby?", "unternehmen/plan.html"),
        ("When was the harbour of Kielmünde built?", "hafen.txt"),  # across languages, by the name
    ],
)
def test_every_script_finds_its_document(tiny_library: Library, question: str, document: str) -> None:
    answer = ask(tiny_library, question, Quoter())
    assert answer.hits[0].passage.document_id == document


def test_hits_are_ranked_from_one_and_fall(tiny_library: Library) -> None:
    hits = ask(tiny_library, QUESTION, Quoter()).hits
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert {hit.scorer for hit in hits} == {"fused"}
    assert len({hit.passage.id for hit in hits}) == len(hits) == tiny_library.passages.passage_count


@pytest.mark.parametrize("filters", [[], ["language!=fr"], ["title=port"]])
def test_search_finds_what_ask_finds(tiny_library: Library, filters: Sequence[str]) -> None:
    conditions = [parse_condition(text) for text in filters]
    hits = ask(tiny_library, QUESTION, Quoter(), conditions).hits
    assert search(tiny_library, QUESTION, conditions) == hits
    assert search(tiny_library, QUESTION, conditions, 2) == hits[:2]


def test_quotations_in_other_languages_are_announced_by_name(tiny_library: Library) -> None:
    answer = ask(tiny_library, "Quand le port de Kielmünde a-t-il été bâti ?", Quoter(count=2))
    assert answer.hits[0].passage.language == "de"
    assert answer.lead.startswith(phrase("lead_other_language", "fr", languages="allemand")[:-4])
    assert not {"de", "fr", "ar", "zh", "el"} & set(word_tokens(answer.lead.split("(")[1]))


@pytest.mark.parametrize(("probability", "uncertain"), [(0.45, True), (0.55, False)])
def test_an_answer_that_is_likelier_none_is_said_to_be_uncertain(
    tiny_library: Library, probability: float, uncertain: bool
) -> None:
    answer = ask(strict(tiny_library, 0.3), QUESTION, Quoter(probability))
    doubt = f"{phrase('uncertain', 'fr')} · "
    assert answer.lead == (doubt if uncertain else "") + phrase("lead", "fr")
    assert answer.is_uncertain is answer.to_json()["uncertain"] is uncertain


def test_an_answer_to_a_question_with_a_name_that_no_document_has_says_so(tiny_library: Library) -> None:
    answer = ask(tiny_library, "Combien de lits compte le centre de Vilnora ?", Quoter(0.9))
    name = f"{phrase('quote_open', 'fr')}Vilnora{phrase('quote_close', 'fr')}"
    missing = phrase("refusal_missing", "fr", terms=name)
    assert answer.lead == f"{phrase('uncertain', 'fr')} · {missing} {phrase('lead', 'fr')}"
    assert answer.unmentioned == ("Vilnora",)
    assert answer.is_uncertain
    assert answer.to_json()["unmentioned"] == ["Vilnora"]
    steered = ask(tiny_library, "Combien de lits compte le centre de Viln\x1b[31\u202eora ?", Quoter(0.9))
    assert not any(sign in steered.lead for sign in "\x1b\u202e")
    for question in (QUESTION, QUESTION.replace("Brévannes", "Brévanes")):  # a slip of the keyboard is no other name
        assert ask(tiny_library, question, Quoter(0.9)).unmentioned == ()


def test_a_refusal_names_what_is_missing_in_its_message_alone(tiny_library: Library) -> None:
    answer = ask(tiny_library, "Combien de lits compte le centre de Vilnora ?", Quoter(0.1))
    assert (answer.lead, answer.unmentioned, answer.is_uncertain) == ("", (), False)
    assert "Vilnora" in answer.refusal.message if answer.refusal else False


def test_the_language_given_is_the_one_answered_in(tiny_library: Library) -> None:
    assert question_language(tiny_library, QUESTION) == "fr"
    answer = ask(tiny_library, QUESTION, Quoter(), language="it")
    assert answer.language == "it"
    assert answer.lead.startswith(phrase("lead_other_language", "it", languages="francese"))


@pytest.mark.parametrize(
    ("question", "asker", "language"),
    [
        ("budget Frontex 2023", "fr", "fr"),
        ("budget Frontex 2023", "de", "de"),
        ("Is Malta a member?", "en", "en"),
        ("Is the budget of the agency public?", "fr", "en"),
        ("Quel est le budget de l'agence ?", "de", "fr"),
        ("Quel est le budget ?", "tlh", "fr"),
    ],
)
def test_a_few_words_that_could_be_in_any_language_are_taken_for_the_askers(
    tiny_library: Library, question: str, asker: str, language: str
) -> None:
    assert ask(tiny_library, question, Quoter(), asker=asker).language == language


def test_the_standalone_question_is_what_is_searched_and_answered(tiny_library: Library) -> None:
    model = Quoter()
    answer = ask(tiny_library, "et des lits ?", model, standalone=f" {QUESTION} ")
    alone = ask(tiny_library, QUESTION, Quoter())
    assert (answer.question, answer.standalone) == ("et des lits ?", QUESTION)
    assert model.asked is not None
    assert model.asked.question == QUESTION
    assert (answer.citations, answer.hits, answer.language) == (alone.citations, alone.hits, alone.language)
    assert alone.standalone == ""
    assert ask(tiny_library, QUESTION, Quoter(), standalone=QUESTION).standalone == ""
    with pytest.raises(BadQuestion, match="the question is empty"):
        ask(tiny_library, QUESTION, Quoter(), standalone="?!")


BEFORE = Turn("Combien de lits compte le centre de Brévannes ?", "fr")


@pytest.mark.parametrize(
    ("question", "history", "searched", "language"),
    [
        ("et le centre de Montferrat ?", [BEFORE], "Combien de lits compte le centre de Montferrat ?", "fr"),
        ("Pourquoi ?", [BEFORE], "Pourquoi (lits compte le centre de Brévannes) ?", "fr"),
        ("und warum?", [BEFORE], "Warum (lits compte le centre de Brévannes)?", "de"),
        ("et le centre de Montferrat ?", [], "", "fr"),
        ("Wann wurde der Hafen von Kielmünde gebaut?", [BEFORE], "", "de"),
    ],
)
def test_a_follow_up_is_searched_as_what_it_becomes(
    tiny_library: Library, question: str, history: list[Turn], searched: str, language: str
) -> None:
    model = Quoter()
    answer = ask(tiny_library, question, model, history=history)
    assert (answer.question, answer.standalone, answer.language) == (question, searched, language)
    assert model.asked is not None
    assert model.asked.question == (searched or question)


def test_the_rewriting_is_refused_or_replaced_by_the_caller(tiny_library: Library) -> None:
    history = [BEFORE]
    assert ask(tiny_library, "et en 2020 ?", Quoter(), history=history, standalone="").standalone == ""
    assert ask(tiny_library, "et en 2020 ?", Quoter(), history=history, standalone=QUESTION).standalone == QUESTION

    class Model:
        def rewrite(self, question: str, language: str, history: Sequence[Turn]) -> str:
            return f"{history[-1].question} {question}"

    answer = ask(tiny_library, "et en 2020 ?", Quoter(), history=history, rewriter=Model())
    assert answer.standalone == f"{BEFORE.question} et en 2020 ?"


def test_timings_name_every_step_and_add_up(tiny_library: Library) -> None:
    timings = ask(tiny_library, QUESTION, Quoter()).timings_ms
    assert list(timings) == ["language", "find", "answer", "cite", "total"]
    assert all(value >= 0 for value in timings.values())
    assert timings["total"] == pytest.approx(sum(timings.values()) / 2, abs=0.01)


def test_json_has_the_documented_keys(tiny_library: Library) -> None:
    found = json.loads(json.dumps(ask(tiny_library, QUESTION, Quoter()).to_json()))
    assert set(found) >= {
        "question", "language", "refused", "reason", "answer", "sentences", "citations", "hits", "probability",
        "timings_ms",
    }  # fmt: skip
    assert set(found["sentences"][0]) == {"text", "citations", "support", "problems"}
    assert set(found["citations"][0]) >= {"marker", "document_id", "title", "date", "page", "start", "end", "quote"}
    assert set(found["hits"][0]) == {"document_id", "passage_id", "start", "end", "score", "scorer", "by_words"}
    assert found["answer"] == " ".join(sentence["text"] for sentence in found["sentences"])
    assert all(marker == 1 for sentence in found["sentences"] for marker in sentence["citations"])
    assert found["citations"][0]["page"] is None


# --- refusals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strictness", "probability", "refused"),
    [
        (None, 0.5, False),
        (None, 0.49, True),
        (0.9, 0.89, True),
        (0.9, 0.9, False),
        (0.0, 0.0, False),
        (1.0, 0.999, True),
        (1.0, 1.0, True),
    ],
)
def test_strictness_is_the_probability_below_which_it_refuses(
    tiny_library: Library, strictness: float | None, probability: float, refused: bool
) -> None:
    answer = ask(strict(tiny_library, strictness), QUESTION, Quoter(probability))
    assert (answer.refusal is not None) == refused
    assert answer.probability == probability
    assert answer.hits
    if refused:
        assert (answer.sentences, answer.citations, answer.lead) == ((), (), "")


@pytest.mark.parametrize("question", [QUESTION, "Wie kocht man ein Ei?", "12345", "xyzzy"])
def test_shipped_model_obeys_the_ends_of_strictness(tiny_library: Library, question: str) -> None:
    assert ask(strict(tiny_library, 0.0), question, ExtractiveModel()).refusal is None
    assert ask(strict(tiny_library, 1.0), question, ExtractiveModel()).refusal is not None


@pytest.mark.parametrize("language", phrase_languages())
def test_filter_that_no_document_passes_is_refused_in_the_askers_language(tiny_library: Library, language: str) -> None:
    answer = ask(tiny_library, QUESTION, Quoter(), [parse_condition("date>=2100")], language=language)
    assert answer.refusal is not None
    assert answer.refusal.reason == "empty_filter"
    empty = phrase("refusal_empty_filter", language, conditions="date>=2100")
    values = phrase("refusal_filter_values", language, values="date>=2024-03-03, date<=2024-03-03")
    assert answer.text == f"{empty} {values}"
    assert (answer.hits, answer.citations, answer.probability) == ((), (), 0.0)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Quelle est la meilleure recette de pâte à crêpes ?", "fr"),
        ("Wie lange muss ein weiches Ei kochen?", "de"),
        ("Ποιο είναι το ψηλότερο βουνό της Ελλάδας;", "el"),
        ("Ile strun ma gitara basowa?", "pl"),  # no document is in Polish
        ("Hur högt är Kebnekaise?", "sv"),
        ("Які ліки допомагають від застуди?", "uk"),
    ],
)
def test_refusals_are_in_the_language_of_the_question(tiny_library: Library, question: str, language: str) -> None:
    answer = ask(tiny_library, question, Quoter(0.1))
    assert answer.language == language
    assert answer.refusal is not None
    assert answer.refusal.reason == "not_in_documents"
    assert answer.text.startswith(phrase("refusal_not_in_documents", language))


def test_a_refusal_for_the_strictness_alone_does_not_say_that_there_is_no_answer(tiny_library: Library) -> None:
    strict = replace(tiny_library, config=replace(tiny_library.config, strictness=0.9))
    answer = ask(strict, "Combien de lits compte le centre ?", Quoter(0.8))
    assert answer.refusal is not None
    assert answer.refusal.reason == "strictness"
    assert answer.text == phrase("refusal_strictness", "fr")


def test_refusal_names_what_no_document_mentions(tiny_library: Library) -> None:
    answer = ask(tiny_library, "Combien de lits compte le centre de Montferrat ?", Quoter(0.1))
    opened, closed = phrase("quote_open", "fr"), phrase("quote_close", "fr")
    missing = phrase("refusal_missing", "fr", terms=f"{opened}Montferrat{closed}")
    assert answer.text == f"{phrase('refusal_not_in_documents', 'fr')} {missing}"


def test_what_a_filter_hides_is_not_said_to_be_missing(tiny_library: Library) -> None:
    """Brévannes stands in a document that the filter leaves out, and no word of the question is in the others."""
    answer = ask(tiny_library, "Le centre de Brévannes ?", Quoter(0.1), [parse_condition("language=de")])
    assert answer.text == phrase("refusal_not_in_documents", "fr")


def test_filters_narrow_hits_and_answers(tiny_library: Library) -> None:
    conditions = [parse_condition("language!=fr"), parse_condition("language!=de")]
    answer = ask(tiny_library, QUESTION, Quoter(count=20), conditions)
    assert {hit.passage.language for hit in answer.hits} == {"el", "ar", "zh", "en"}
    assert {citation.language for citation in answer.citations} == {"el", "ar", "zh", "en"}


def test_a_model_that_lies_is_caught(tiny_library: Library) -> None:
    class Liar(Quoter):
        def reply(self, asked: Asked) -> Reply:
            passage = dataclasses.replace(asked.hits[0].passage, text="Le centre compte mille lits.", start=0)
            return Reply((Quoted(passage, 0, 28),), 1.0)

    with pytest.raises(QuoteMismatch):
        ask(tiny_library, QUESTION, Liar())


# --- the same again ---------------------------------------------------------------------------------------------


def test_the_same_question_has_the_same_answer(tiny_library: Library) -> None:
    first, second = (without_times(ask(tiny_library, QUESTION, ExtractiveModel())) for _ in range(2))
    assert first == second


def test_threads_may_share_a_library(tiny_library: Library) -> None:
    library = strict(tiny_library, 0.0)
    questions = [QUESTION, "Wann wurde der Hafen gebaut?", "青石桥有多长？", "When does the night train leave?"] * 3
    alone = [without_times(ask(library, question, ExtractiveModel())) for question in questions]
    with ThreadPoolExecutor(2) as pool:
        together = pool.map(lambda question: without_times(ask(library, question, ExtractiveModel())), questions)
        assert list(together) == alone


def test_an_answer_framed_in_another_language_is_found_as_in_its_own(tiny_library: Library) -> None:
    own = ask(tiny_library, QUESTION, Quoter())
    other = ask(tiny_library, QUESTION, Quoter(), answer_in="en")
    assert (other.hits, other.citations, other.language) == (own.hits, own.citations, "fr")
    assert other.lead == phrase("lead_other_language", "en", languages="French")
    refused = ask(tiny_library, "Que dit le maire de Tokyo ?", Quoter(0.1), answer_in="en").refusal
    assert refused is not None
    assert refused.message == f"{phrase('refusal_not_in_documents', 'en')} No document mentions “Tokyo”, “maire”."


def test_a_name_that_another_language_stems_otherwise_is_known(tmp_path: Path) -> None:
    config = Config(index=tmp_path / "index")
    text = "Une jeune femme venue d'Asmara attend depuis deux ans la réponse de la préfecture."
    build(write_corpus(tmp_path / "corpus", {"asmara.md": text}), config)
    asked = prepare(open_library(config), "Who lives in Asmara?", "en", ())
    assert terms("Asmara", "en") == ["asmara"]
    assert terms("Asmara", "fr") == ["asmar"]
    assert asked.occurs("asmara")
    assert not asked.occurs("ottawa")
