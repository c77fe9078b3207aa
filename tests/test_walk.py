"""The whole walk with the shipped models over the sample corpus: build, ask, cite, refuse."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from rag.answer.extractive import STRANGE, ExtractiveModel
from rag.ask import ask
from rag.build import BuildReport, build
from rag.config import Config
from rag.evaluate import TestQuestion, read_test_set
from rag.filters import parse_condition
from rag.library import Library, open_library
from rag.sample import sample_corpus
from rag.schema import Answer
from rag.text.phrases import phrase

QUESTIONS = Path(__file__).with_name("questions.jsonl")

# Questions whose answer is one plain sentence, in every format and several languages: document and words of the quote.
EASY = {
    "q010": ("communiques/2023-12-13-charte-passerelle-adoption.md", "le nom de son fournisseur, son coût"),
    "q039": ("comptes-rendus/2024-05-16-groupe-ia-suivi.docx", "le somali et le pachto"),
    "q048": ("fiches/faq-reglement-europeen-ia.md", "31 décembre 2030"),
    "q057": ("fiches/conseils-jai-2020-2024.md", "Luxembourg"),
    "q063": ("positions/securtech-position-charte-passerelle.pdf", "64 entreprises"),
    "q071": ("lettres/2024-04-03-lettre-maire-saint-aure.eml", "euros"),
    "q077": ("lettres/2024-01-15-lettre-ouverte-collectif-rivage.txt", "témoignages"),
    "q085": ("actualites/operation-sel-gris.html", "euros"),
    "q094": ("actualites/infolettre-meridien-07.md", "418"),
    "q099": ("fiches/pact-migration-asylum-2024.html", "20,000"),
    "q124": ("comptes-rendus/2024-04-18-protokoll-haushaltsausschuss.docx", "Rathaus"),
    "q129": ("fiches/proteccion-temporal-ucrania.txt", "artículo 11"),
    "q144": ("communiques/2024-03-28-havenalliantie-grijs-zout.pdf", "Rachid Amrani"),
    "q154": ("communiques/2024-09-30-centrul-alba-mare.odt", "din cauza umidității"),
    "q161": ("breve-exercicio-mare-viva-2024-10", "56 000 euros"),
    "q162": ("breve-norrsund-dronare-2024-11", "1 906 gånger"),
}
OFF_TOPIC_FLOOR = 14
"""Of the 18 questions on other subjects 16 are refused; two more may slip through after a new fit, no more."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[BuildReport, Library]:
    """The index of the sample corpus, which answers whatever it is asked."""
    config = Config(index=tmp_path_factory.mktemp("walk") / "index", strictness=0.0)
    report = build(sample_corpus(), config)
    return report, open_library(config)


@pytest.fixture(scope="module")
def library(built: tuple[BuildReport, Library]) -> Library:
    """The index of the sample corpus, open."""
    return built[1]


@pytest.fixture(scope="module")
def kinds() -> dict[str, str]:
    """The kind of each question by its id; the reader of test sets passes this key over."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    return {row["id"]: row["kind"] for row in rows}


@pytest.fixture(scope="module")
def questions() -> dict[str, TestQuestion]:
    """The questions of the sample corpus by their id."""
    return {question.id: question for question in read_test_set(QUESTIONS)}


@pytest.fixture(scope="module")
def answers(library: Library, questions: Mapping[str, TestQuestion]) -> dict[str, Answer]:
    """The answer to every question, none refused."""
    model = ExtractiveModel()
    return {question.id: ask(library, question.question, model) for question in questions.values()}


def test_every_format_is_read_and_nothing_is_skipped(built: tuple[BuildReport, Library]) -> None:
    report, library = built
    formats = {Path(facts.id).suffix for facts in library.passages.documents}
    assert formats == {".md", ".txt", ".html", ".pdf", ".docx", ".odt", ".eml", ""}  # "": lines of the .jsonl
    assert report.skipped == ()
    assert report.document_count == len(library.passages.documents) == 24
    assert set(report.languages) == {"fr", "en", "de", "es", "it", "nl", "pl", "ro", "pt", "sv"}


@pytest.mark.parametrize("name", EASY)
def test_easy_questions_are_answered_from_the_right_document(answers: Mapping[str, Answer], name: str) -> None:
    document, words = EASY[name]
    cited = [citation for citation in answers[name].citations if citation.document_id == document]
    assert answers[name].citations[0].document_id == document
    assert any(words.replace("\u202f", " ") in re.sub(r"[\u00a0\u202f]", " ", citation.quote) for citation in cited)


def test_every_quotation_stands_in_its_document_letter_for_letter(
    library: Library, answers: Mapping[str, Answer]
) -> None:
    cited = 0
    for answer in answers.values():
        assert answer.refusal is None
        assert [citation.marker for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
        for sentence, citation in zip(answer.sentences, answer.citations, strict=True):
            text = library.passages.text(citation.document_id)
            assert text[citation.start : citation.end] == citation.quote == sentence.text
            cited += 1
    assert cited >= len(answers) == 215


def test_quotations_stand_in_the_plain_files_themselves(answers: Mapping[str, Answer]) -> None:
    """The bytes on disk are the judge, not what was read from them."""
    plain = [path for path in sample_corpus().rglob("*") if path.suffix in (".md", ".txt")]
    texts = {path: path.read_text(encoding="utf-8") for path in plain}
    judged = 0
    for citation in (citation for answer in answers.values() for citation in answer.citations):
        path = sample_corpus() / citation.document_id
        if path in texts:
            assert citation.quote in texts[path], citation
            judged += 1
    assert judged > 100


def test_pages_of_quotations_are_those_of_the_pdf(answers: Mapping[str, Answer]) -> None:
    pages: set[tuple[str, int]] = set()
    for citation in (citation for answer in answers.values() for citation in answer.citations):
        if not citation.document_id.endswith(".pdf"):
            assert citation.page is None
            continue
        assert citation.page is not None
        pdf = pypdfium2.PdfDocument(sample_corpus() / citation.document_id)
        page = pdf[citation.page - 1].get_textpage().get_text_range()
        pdf.close()
        assert _bare(citation.quote)[:25] in _bare(page), citation
        pages.add((citation.document_id, citation.page))
    assert {page for _, page in pages} == {1, 2}
    assert len({document for document, _ in pages}) == 2


def _bare(text: str) -> str:
    """``text`` without white space and hyphens, which lines of a page add or hide."""
    return re.sub(r"[\s\x02\ufffe\u00ad-]", "", text)


def test_most_questions_find_their_document(
    questions: Mapping[str, TestQuestion], answers: Mapping[str, Answer]
) -> None:
    """Recall at five was 90.8 % when this was written."""
    gold = {name: question.document_id for name, question in questions.items() if question.answerable}
    found = [
        document in {hit.passage.document_id for hit in answers[name].hits[:5]} for name, document in gold.items()
    ]
    assert sum(found) / len(found) >= 0.86


def test_questions_on_other_subjects_are_refused(answers: Mapping[str, Answer], kinds: Mapping[str, str]) -> None:
    strictness = ExtractiveModel().default_strictness
    refused = [answers[name].probability < strictness for name, kind in kinds.items() if kind == "off_topic"]
    assert len(refused) == 18
    assert sum(refused) >= OFF_TOPIC_FLOOR


def test_a_refusal_is_given_in_the_language_of_the_question(library: Library) -> None:
    strict = replace(library, config=replace(library.config, strictness=1.0))
    for language, question in (
        ("fr", "Quelle est la meilleure recette de pâte à crêpes ?"),
        ("pl", "Ile strun ma gitara basowa?"),
        ("el", "Ποιο είναι το ψηλότερο βουνό της Ελλάδας;"),
    ):
        answer = ask(strict, question, ExtractiveModel())
        assert answer.refusal is not None
        assert answer.text.startswith(phrase("refusal_not_in_documents", language))
        assert len(answer.hits) == 20


def test_filters_hold_for_every_citation(library: Library) -> None:
    conditions = [parse_condition("language=fr"), parse_condition("date>=2024-04")]
    answer = ask(library, "Quel taux d'erreur pour Balise ?", ExtractiveModel(), conditions)
    assert answer.citations
    for hit in answer.hits:
        facts = library.passages.facts(hit.passage.document_id)
        assert facts is not None
        assert facts.language == "fr"
        assert facts.date is not None
        assert facts.date >= "2024-04"


def test_building_again_changes_nothing(library: Library, answers: Mapping[str, Answer], tmp_path: Path) -> None:
    config = replace(library.config, index=tmp_path / "again")
    build(sample_corpus(), config)
    again, model = open_library(config), ExtractiveModel()
    for name in list(EASY)[:4]:
        answer = ask(again, answers[name].question, model)
        assert replace(answer, timings_ms={}) == replace(answers[name], timings_ms={})


@pytest.mark.parametrize("keyword", ["Frontex", "Interpol", "Bitcoin"])
def test_a_keyword_that_no_document_has_is_refused_whatever_looks_like_it(library: Library, keyword: str) -> None:
    assert ask(library, keyword, ExtractiveModel()).probability <= STRANGE


@pytest.mark.parametrize("keyword", ["Havenalliantie", "Grijs Zout", "budget"])
def test_a_keyword_that_a_document_has_is_left_to_its_probability(library: Library, keyword: str) -> None:
    assert ask(library, keyword, ExtractiveModel()).probability > STRANGE
