"""The sample corpus and its test set: every document reads right, every answer stands where it should."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import make_corpus_files
import pytest

from rag.config import Config
from rag.read import find_files, read_file
from rag.schema import Document
from rag.text.languages import detect_language

TESTS = Path(__file__).parent
CORPUS = TESTS.parent / "corpus"
FICTIONAL = {
    "fr": "Document fictif, écrit pour Communiqué",
    "en": "Fictional document, written for Communiqué",
    "de": "Fiktives Dokument, verfasst für Communiqué",
    "it": "Documento fittizio, scritto per Communiqué",
    "nl": "Fictief document, geschreven voor Communiqué",
    "pl": "Dokument fikcyjny, napisany na potrzeby Communiqué",
    "ro": "Document fictiv, scris pentru Communiqué",
    "pt": "Documento fictício, escrito para Communiqué",
    "sv": "Fiktivt dokument, skrivet för Communiqué",
}
FACTUAL = {
    "fr": "Document factuel, écrit pour Communiqué",
    "en": "Factual document, written for Communiqué",
    "de": "Sachdokument, verfasst für Communiqué",
    "es": "Documento factual: resumen escrito para Communiqué",
}
KINDS = {"who", "when", "how_many", "where", "what", "why", "how", "list"}
UNANSWERABLE = {"off_topic", "absent", "swapped"}
FIELDS = ["id", "language", "question", "answers", "document_id", "start", "answerable", "kind"]


class Expected(NamedTuple):
    """What a document of the corpus must declare."""

    language: str
    date: str
    title: str
    factual: bool = False


DOCUMENTS = {
    "actualites/infolettre-meridien-07.md": Expected("fr", "2024-07-05", "Infolettre"),
    "actualites/operation-sel-gris.html": Expected("fr", "2024-03-11", "Opération Sel gris"),
    "breve-exercicio-mare-viva-2024-10": Expected("pt", "2024-10-08", "Exercício Maré Viva"),
    "breve-helpline-correction-2024-07": Expected("en", "2024-07-19", "Correction: new number"),
    "breve-norrsund-dronare-2024-11": Expected("sv", "2024-11-14", "Norrsund avbryter"),
    "communiques/2022-10-01-helianthe-sede-trieste.md": Expected("it", "2022-10-01", "L'Agenzia Helianthe"),
    "communiques/2023-12-13-charte-passerelle-adoption.md": Expected("fr", "2023-12-13", "La Conférence des régions"),
    "communiques/2024-03-21-helianthe-bilan-2023.md": Expected("fr", "2024-03-21", "Bilan 2023 de l'Agence"),
    "communiques/2024-03-28-havenalliantie-grijs-zout.pdf": Expected("nl", "2024-03-28", "Operatie Grijs Zout"),
    "communiques/2024-05-28-straz-orla-przelecz.md": Expected("pl", "2024-05-28", "Wspólne ćwiczenia"),
    "communiques/2024-06-20-helianthe-training-programme.md": Expected("en", "2024-06-20", "Helianthe Agency opens"),
    "communiques/2024-09-12-helianthe-chiffres-revises.md": Expected("fr", "2024-09-12", "L’Agence Hélianthe corrige"),
    "communiques/2024-09-30-centrul-alba-mare.odt": Expected("ro", "2024-09-30", "Centrul de primire Alba Mare"),
    "comptes-rendus/2024-02-08-groupe-ia-frontieres.md": Expected("fr", "2024-02-08", "Compte rendu de la première"),
    "comptes-rendus/2024-04-18-protokoll-haushaltsausschuss.docx": Expected("de", "2024-04-18", "Protokoll der"),
    "comptes-rendus/2024-05-16-groupe-ia-suivi.docx": Expected("fr", "2024-05-16", "Compte rendu de la deuxième"),
    "fiches/aufnahmerichtlinie-2024-1346.md": Expected("de", "2024-07-10", "Die neue Aufnahmerichtlinie", True),
    "fiches/conseils-jai-2020-2024.md": Expected("fr", "2024-02-15", "Trois réunions des ministres", True),
    "fiches/faq-reglement-europeen-ia.md": Expected("fr", "2024-10-01", "Le règlement européen sur", True),
    "fiches/pact-migration-asylum-2024.html": Expected("en", "2024-06-17", "The Pact on Migration", True),
    "fiches/proteccion-temporal-ucrania.txt": Expected("es", "2025-09-01", "La protección temporal", True),
    "lettres/2024-01-15-lettre-ouverte-collectif-rivage.txt": Expected("fr", "2024-01-15", "Lettre ouverte"),
    "lettres/2024-04-03-lettre-maire-saint-aure.eml": Expected("fr", "2024-04-03", "Retard de paiement"),
    "positions/securtech-position-charte-passerelle.pdf": Expected("fr", "2024-01-22", "Charte Passerelle"),
}
UNDECLARED = (".txt", ".pdf", ".eml")
"""The formats that have no place, or none in use, to say the language of a text."""


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    """Every document of corpus/ by its id, as the product reads it."""
    found = [doc for file in find_files(CORPUS) for doc in read_file(file, CORPUS, Config())]
    assert len({document.id for document in found}) == len(found)
    return {document.id: document for document in found}


@pytest.fixture(scope="module")
def questions() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (TESTS / "questions.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_corpus_holds_the_documents_it_should_and_no_other(documents: dict[str, Document]) -> None:
    assert set(documents) == set(DOCUMENTS)
    languages = Counter(expected.language for expected in DOCUMENTS.values())
    assert languages == {"fr": 12, "en": 3, "de": 2, "es": 1, "it": 1, "nl": 1, "pl": 1, "ro": 1, "pt": 1, "sv": 1}


def test_every_format_is_there_under_a_telling_name_and_the_folder_is_small() -> None:
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    formats = Counter(path.suffix for path in files)
    assert formats == {".md": 11, ".txt": 2, ".html": 2, ".pdf": 2, ".docx": 2, ".odt": 1, ".eml": 1, ".jsonl": 1}
    names = [path.relative_to(CORPUS).as_posix() for path in files]
    telling = re.compile(r"([a-z]+(-[a-z]+)*/)?[a-z0-9]+(-[a-z0-9]+)*\.[a-z]+")
    assert [name for name in names if not telling.fullmatch(name)] == []
    assert sum(path.stat().st_size for path in files) < 1_500_000


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_says_its_title_its_date_and_its_language(name: str, documents: dict[str, Document]) -> None:
    document, expected = documents[name], DOCUMENTS[name]
    assert document.title.startswith(expected.title)
    assert document.date == expected.date
    assert document.language == ("" if name.endswith(UNDECLARED) else expected.language)
    assert detect_language(document.text)[0] == expected.language


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_says_at_its_foot_whether_it_is_fictional(name: str, documents: dict[str, Document]) -> None:
    expected, foot = DOCUMENTS[name], " ".join(documents[name].text[-400:].split())
    said = [mark for mark in (*FICTIONAL.values(), *FACTUAL.values()) if mark in foot]
    assert said == [(FACTUAL if expected.factual else FICTIONAL)[expected.language]]
    if not name.endswith((*UNDECLARED, ".docx", ".odt")):
        first_words = re.split("[:,]", said[0])[0]
        assert first_words.lower() in (documents[name].source or "").lower()


@pytest.mark.parametrize("output", make_corpus_files.OUTPUTS)
def test_a_binary_document_holds_the_whole_of_its_source(output: str, documents: dict[str, Document]) -> None:
    source = make_corpus_files.read_source(make_corpus_files.OUTPUTS[output])
    text = " ".join(documents[output].text.split())
    assert [block.text for block in source.blocks() if " ".join(block.text.split()) not in text] == []
    assert documents[output].date == source.fields["date"]


def test_binary_documents_have_pages_and_headings(documents: dict[str, Document]) -> None:
    assert {len(document.pages) for name, document in documents.items() if name.endswith(".pdf")} == {2}
    for name, document in documents.items():
        if name.endswith((".docx", ".odt")):
            assert len(document.headings) == 7, name


def test_web_pages_have_menus_and_feet_that_are_not_read(documents: dict[str, Document]) -> None:
    for path in CORPUS.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        for part in ("nav", "footer"):
            words = re.search(rf"<{part}>.*?>([^<>\n]{{4,}})<.*?</{part}>", page, re.DOTALL)
            assert words is not None, (path, part)
            assert words[1] not in documents[path.relative_to(CORPUS).as_posix()].text


def test_french_marks_keep_their_spaces_unbroken(documents: dict[str, Document]) -> None:
    texts = {name: document.text for name, document in documents.items() if DOCUMENTS[name].language == "fr"}
    for name, source in make_corpus_files.OUTPUTS.items():
        if name in texts:  # a reader may make the spaces of a page or of a heading plain
            texts[name] = make_corpus_files.read_source(source).body
    broken = {name: re.findall(r"« |[^\s|] [:;!?»%](?!\w)", text) for name, text in texts.items()}
    assert {name: marks for name, marks in broken.items() if marks} == {}


def test_each_answer_stands_in_its_document_letter_for_letter(
    questions: list[dict[str, Any]], documents: dict[str, Document]
) -> None:
    for question in filter(lambda question: question["answerable"], questions):
        text, start, answers = documents[question["document_id"]].text, question["start"], question["answers"]
        assert text[start : start + len(answers[0])] == answers[0], question["id"]
        assert all(0 < len(answer) <= 160 and answer in text for answer in answers), question["id"]
        assert len(set(answers)) == len(answers), question["id"]


def test_placing_the_answers_again_changes_nothing(
    questions: list[dict[str, Any]], documents: dict[str, Document]
) -> None:
    for question in filter(lambda question: question["answerable"], questions):
        again = {**question}
        make_corpus_files.place_answers(again, documents[question["document_id"]].text)
        assert again == question


def test_an_answer_is_placed_in_its_context_and_must_exist() -> None:
    question = {"id": "q", "answers": ["l'an"], "start": 0, "context": "de l'an 2"}
    make_corpus_files.place_answers(question, "l’an 1, de l’an 2")
    assert question == {"id": "q", "answers": ["l’an"], "start": 11}
    with pytest.raises(SystemExit, match="q: an answer"):
        make_corpus_files.place_answers({"id": "q", "answers": ["nulle part"], "start": 0, "document_id": "d"}, "ici")


def test_questions_have_the_fields_and_kinds_they_should(questions: list[dict[str, Any]]) -> None:
    assert len({question["id"] for question in questions}) == len(questions) >= 130
    assert len({question["question"].casefold() for question in questions}) == len(questions)
    for question in questions:
        assert list(question) == FIELDS, question["id"]
        assert question["kind"] in (KINDS if question["answerable"] else UNANSWERABLE), question["id"]
        if not question["answerable"]:
            assert (question["answers"], question["document_id"], question["start"]) == ([], None, None)
    assert {question["kind"] for question in questions} == KINDS | UNANSWERABLE


def test_questions_come_in_many_languages_and_often_not_in_the_document_s(questions: list[dict[str, Any]]) -> None:
    languages = Counter(question["language"] for question in questions)
    assert languages.most_common(1)[0][0] == "fr"
    assert len([language for language, count in languages.items() if count >= 5]) >= 8
    answerable = [question for question in questions if question["answerable"]]
    crossed = [q for q in answerable if q["language"] != DOCUMENTS[q["document_id"]].language]
    assert len(crossed) >= len(answerable) / 3
    assert {question["document_id"] for question in answerable} == set(DOCUMENTS)


def test_a_quarter_of_the_questions_has_no_answer_in_thirds_of_three_kinds(questions: list[dict[str, Any]]) -> None:
    kinds = Counter(question["kind"] for question in questions if not question["answerable"])
    assert 0.23 <= kinds.total() / len(questions) <= 0.27
    assert all(0.3 <= kinds[kind] / kinds.total() <= 0.37 for kind in UNANSWERABLE)


def test_no_question_merely_copies_the_document(
    questions: list[dict[str, Any]], documents: dict[str, Document]
) -> None:
    for question in filter(lambda question: question["answerable"], questions):
        words = re.findall(r"\w+", question["question"].casefold())
        text = " ".join(re.findall(r"\w+", documents[question["document_id"]].text.casefold()))
        runs = [" ".join(words[at : at + 7]) for at in range(len(words) - 6)]
        assert [run for run in runs if run in text] == [], question["id"]
