"""BM25 beside BM25 written out by hand, and the words people really type."""

from __future__ import annotations

import math
import threading
from collections import Counter
from pathlib import Path

import pytest

from rag.lexical import Entry, LexicalIndex, build_lexical
from rag.text.analysis import grams, terms

ENTRIES = [
    Entry(0, 0, "fr", "L'accord sur la sécurité des frontières maritimes", "Accord de Brévannes"),
    Entry(1, 0, "fr", "La sécurité, toujours la sécurité", "Accord de Brévannes"),
    Entry(2, 1, "fr", "Le port de Brévannes accueille six ferrys", "Le port"),
    Entry(3, 1, "fr", "Un maïs doré", "Le port"),
    Entry(4, 2, "zh", "青石桥建于一九五三年", "青石桥"),
    Entry(5, 3, "el", "Το λιμάνι έχει τρεις προβλήτες", "Το λιμάνι της Αγίας Ρόζας"),
    Entry(6, 4, "ar", "تأسست مدرسة الزيتون سنة ألف", "مدرسة الزيتون"),
    Entry(7, 5, "de", "Sicherheitsabkommen und Grenzschutz", "Sicherheit"),
]
K1, B = 1.2, 0.75


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    """ENTRIES, written and read back."""
    folder = tmp_path_factory.mktemp("words") / "lexical"
    build_lexical(folder, ENTRIES)
    return LexicalIndex(folder)


def bag(entry: Entry, field: str) -> list[str]:
    """The terms of one field of an entry."""
    if field == "grams":
        return grams(entry.text, entry.language)
    return terms(entry.titles if field == "titles" else entry.text, entry.language)


def idf(field: str, term: str) -> float:
    frequency = sum(term in bag(entry, field) for entry in ENTRIES)
    return math.log(1 + (len(ENTRIES) - frequency + 0.5) / (frequency + 0.5))


def bm25_share(question: str, language: str, field: str, row: int) -> float:
    """Okapi BM25 of one row, divided by what endless repetition of every term would reach."""
    asked = set(grams(question, language) if field == "grams" else terms(question, language))
    counts, length = Counter(bag(ENTRIES[row], field)), len(bag(ENTRIES[row], field))
    mean = sum(len(bag(entry, field)) for entry in ENTRIES) / len(ENTRIES)
    score = sum(
        idf(field, term) * counts[term] * (K1 + 1) / (counts[term] + K1 * (1 - B + B * length / mean)) for term in asked
    )
    return score / (sum(idf(field, term) for term in asked) * (K1 + 1)) if asked else 0.0


QUESTIONS = [
    ("la sécurité des frontières", "fr"),
    ("securite SECURITE", "fr"),
    ("accord de Brévannes", "fr"),
    ("青石桥", "zh"),
    ("λιμανι ρόζας", "el"),
    ("مدرسة", "ar"),
    ("Sicherheit der Grenzen", "de"),
    ("xyzzy", "en"),
    ("le la les", "fr"),
    ("", "fr"),
]


def test_every_field_is_short_enough_for_its_length_to_be_exact() -> None:
    """tantivy keeps lengths up to 40 as they are and rounds longer ones, which this file's BM25 does not."""
    assert max(len(bag(entry, field)) for entry in ENTRIES for field in ("words", "grams", "titles")) <= 40


@pytest.mark.parametrize(("question", "language"), QUESTIONS)
def test_scores_are_bm25(index: LexicalIndex, question: str, language: str) -> None:
    rows = [6, 0, 1, 2, 3, 4, 5, 7]
    found = index.scores(question, language, rows)
    for field, scores in (("words", found.words), ("grams", found.grams), ("titles", found.titles)):
        expected = [bm25_share(question, language, field, row) for row in rows]
        assert scores.tolist() == pytest.approx(expected, abs=1e-5)
        assert all(0 <= score <= 1 for score in scores.tolist())


@pytest.mark.parametrize(("question", "language"), QUESTIONS)
def test_search_is_the_weighted_sum_of_the_fields(index: LexicalIndex, question: str, language: str) -> None:
    weights = {"words": 0.4, "grams": 0.4, "titles": 0.2}
    sums = {
        entry.row: sum(share * bm25_share(question, language, field, entry.row) for field, share in weights.items())
        for entry in ENTRIES
    }
    expected = sorted(((row, score) for row, score in sums.items() if score), key=lambda pair: (-pair[1], pair[0]))
    found = index.search(question, language, 100)
    assert [row for row, _ in found] == [row for row, _ in expected]
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-5)
    assert index.search(question, language, 2) == found[:2]


def test_a_term_is_worth_its_rarity(index: LexicalIndex) -> None:
    assert index.term_weight("xyzzy") == pytest.approx(math.log(1 + 8.5 / 0.5))
    (term,) = terms("sécurité", "fr")
    assert index.term_weight(term) == pytest.approx(math.log(1 + 6.5 / 2.5))
    assert index.term_weight("xyzzy") > index.term_weight(term) > 0


@pytest.mark.parametrize(
    ("question", "language", "row"),
    [
        ("securite maritime", "fr", 0),
        ("l’accord d'aujourd'hui", "fr", 0),
        ("L'ACCORD", "fr", 0),
        ("se\u0301curite\u0301 toujours", "fr", 1),
        ("ferrys", "fr", 2),
        ("ferries accueillis", "fr", 2),
        ("la sécrité des frontièrs maritmes", "fr", 0),
        ("mais dore", "fr", 3),
        ("桥", "zh", 4),
        ("一九五三", "zh", 4),
        ("ΛΙΜΆΝΙ", "el", 5),
        ("προβλητες", "el", 5),
        ("الزَّيْتُون", "ar", 6),
        ("Abkommen", "de", 7),
        ("Sicherheits-Abkommen", "de", 7),
    ],
)
def test_what_people_type_finds_its_passage_first(index: LexicalIndex, question: str, language: str, row: int) -> None:
    assert index.search(question, language, 1)[0][0] == row


def test_a_typing_error_is_found_by_grams_alone(index: LexicalIndex) -> None:
    found = index.scores("frontièrs", "fr", [0, 2])
    assert found.grams[0] > 0.2 > found.grams[1]
    assert found.words[1] == 0


@pytest.mark.parametrize("question", ["", " ", "?!", "le la les", "zzzzqqqq", "\x00", "💐"])
def test_nothing_in_common_finds_nothing(index: LexicalIndex, question: str) -> None:
    assert index.search(question, "fr", 10) == []
    assert index.scores(question, "fr", [0, 5]).words.tolist() == [0, 0]


@pytest.mark.parametrize("question", ['"', "sécurité AND (", "row:0 OR *", "words:accord^9", "a:b \\ +-"])
def test_signs_of_a_query_language_mean_nothing(index: LexicalIndex, question: str) -> None:
    assert all(row in range(8) for row, _ in index.search(question, "fr", 10))


@pytest.mark.parametrize(
    ("documents", "rows"), [([1], {2}), ([0], {0}), ([0, 1], {0, 2}), ([5], set()), ([], set()), ([99], set())]
)
def test_only_the_documents_asked_for_are_searched(index: LexicalIndex, documents: list[int], rows: set[int]) -> None:
    everywhere = dict(index.search("Brévannes port frontières", "fr", 10))
    found = dict(index.search("Brévannes port frontières", "fr", 10, documents))
    assert set(found) >= rows
    assert {ENTRIES[row].document_row for row in found} <= set(documents)
    assert found == pytest.approx({row: everywhere[row] for row in found}, abs=1e-6)


def test_counts_at_the_edges(index: LexicalIndex) -> None:
    assert index.search("sécurité", "fr", 0) == []
    assert len(index.search("sécurité", "fr", 10_000)) == len(index.search("sécurité", "fr", 8))
    assert index.scores("sécurité", "fr", []).words.shape == (0,)
    assert index.passage_count == len(ENTRIES)


def test_equal_passages_come_by_row(tmp_path: Path) -> None:
    build_lexical(tmp_path / "l", [Entry(row, row, "fr", "le même phare", "Phare") for row in range(50)])
    found = LexicalIndex(tmp_path / "l").search("phare", "fr", 12)
    assert [row for row, _ in found] == list(range(12))


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    build_lexical(tmp_path / "l", [])
    empty = LexicalIndex(tmp_path / "l")
    assert (empty.passage_count, empty.search("phare", "fr", 3)) == (0, [])


def test_a_folder_without_an_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"."):
        LexicalIndex(tmp_path)


def test_threads_find_the_same(index: LexicalIndex) -> None:
    expected, found = index.search("sécurité", "fr", 5), []
    threads = [threading.Thread(target=lambda: found.append(index.search("sécurité", "fr", 5))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


def test_a_word_of_a_title_occurs_as_well_as_one_of_the_text(tmp_path: Path) -> None:
    build_lexical(tmp_path / "l", [Entry(0, 0, "fr", "Le pont est fermé.", "Rapport Zanzibar 2031")])
    index = LexicalIndex(tmp_path / "l")
    assert [index.occurs(term) for term in ("pont", "zanzib", "zanzibar", "2031", "2032", "tunnel")] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]
