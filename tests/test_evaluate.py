"""The walk over a test set with answers built by hand, whose figures can be worked out on paper."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import TestSetError
from rag.evaluate import Report, TestQuestion, evaluate, read_test_set
from rag.report import result_line
from rag.schema import Answer, Citation, Hit, Passage, Refusal, Sentence

LINE = {
    "id": "q1",
    "language": "fr",
    "question": "Quand ?",
    "answers": ["en 1998"],
    "document_id": "a.txt",
    "start": 3,
    "answerable": True,
}


def write_lines(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n", encoding="utf-8")
    return path


def test_lines_become_questions_and_further_keys_are_passed_over(tmp_path: Path) -> None:
    bare = LINE | {"id": "q2", "language": "pt-BR", "answers": [], "document_id": None, "start": None}
    path = write_lines(tmp_path / "set.jsonl", LINE, bare | {"answerable": False, "candidates": ["a.txt"]})
    assert read_test_set(path) == [
        TestQuestion("q1", "fr", "Quand ?", ("en 1998",), "a.txt", 3, True),
        TestQuestion("q2", "pt-BR", "Quand ?", (), None, None, False),
    ]


def test_byte_order_mark_windows_line_ends_and_blank_lines_are_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_bytes(b"\xef\xbb\xbf\r\n" + json.dumps(LINE | {"question": "a\u2028b"}).encode() + b"\r\n\r\n")
    assert [question.question for question in read_test_set(path)] == ["a\u2028b"]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"id": 7}, '"id" must be a text that is not blank, not 7'),
        ({"id": " "}, '"id" must be a text'),
        ({"language": "français"}, '"language" must be a tag'),
        ({"language": None}, '"language" must be a text'),
        ({"question": ""}, '"question" must be a text'),
        ({"question": "\ud800"}, '"question" holds half of a surrogate pair'),
        ({"answers": "en 1998"}, '"answers" must be a list of texts, not "en 1998"'),
        ({"answers": ["en 1998", None]}, '"answers" must be a text that is not blank, not null'),
        ({"document_id": 3}, '"document_id" must be a text'),
        ({"document_id": None}, '"start" is given without a "document_id"'),
        ({"start": -1}, '"start" must be null or a whole number from 0, not -1'),
        ({"start": True}, '"start" must be null or a whole number'),
        ({"start": 1.0}, '"start" must be null or a whole number'),
        ({"answerable": "yes"}, '"answerable" must be true or false, not "yes"'),
        ({"answerable": None}, '"answerable" must be true or false, not null'),
    ],
)
def test_wrong_value_is_named_with_file_line_and_form(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(json.dumps(LINE | {"id": "q0"}) + "\n\n" + json.dumps(LINE | change), encoding="utf-8")
    with pytest.raises(TestSetError, match=re.escape(f"{path}, line 3: {complaint}")) as caught:
        read_test_set(path)
    assert '"answerable": true or false}' in str(caught.value)


@pytest.mark.parametrize("key", LINE)
def test_missing_key_is_named(tmp_path: Path, key: str) -> None:
    path = write_lines(tmp_path / "set.jsonl", {name: value for name, value in LINE.items() if name != key})
    with pytest.raises(TestSetError, match=f'line 1: "{key}" is missing'):
        read_test_set(path)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"{", "this is not JSON (Expecting property name enclosed in double quotes, column 2)"),
        (b"[]", "this is not a JSON object"),
        (b'{"id": "\xe9"}', "this is not UTF-8 (byte 9 of the line)"),
        (b"[" * 100_000, "recursion"),
        (b"1" * 5_000, "limit"),
    ],
    ids=["cut short", "list", "latin-1", "deep", "huge number"],
)
def test_line_that_is_no_object_is_refused(tmp_path: Path, line: bytes, complaint: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_bytes(json.dumps(LINE).encode() + b"\n" + line + b"\n")
    with pytest.raises(TestSetError, match=f"line 2: .*{re.escape(complaint)}.*; the form is "):
        read_test_set(path)


def test_id_that_comes_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "set.jsonl", LINE, LINE | {"id": "q2"}, LINE)
    with pytest.raises(TestSetError, match=r"line 3: the id 'q1' already stands on line 1"):
        read_test_set(path)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_file_without_a_question_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "set.jsonl"
    path.write_bytes(content)
    with pytest.raises(TestSetError, match=r"set\.jsonl holds no question"):
        read_test_set(path)


def test_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(TestSetError, match=f"cannot read the test set {re.escape(str(path))}: "):
            read_test_set(path)


TEXTS = {"a": "Le pont fut bâti en 1998.", "b": "Die Brücke hat 1.200 Lampen.", "c": "Rien."}


def cite(document_id: str, start: int, end: int, quote: str) -> Citation:
    return Citation(1, document_id, f"{document_id}:0", "T", None, None, "fr", None, start, end, quote)


def find(*spans: tuple[str, int, int]) -> tuple[Hit, ...]:
    return tuple(
        Hit(Passage(f"{name}:{start}", name, "fr", start, end, TEXTS[name][start:end]), rank, 1 / rank, "fused")
        for rank, (name, start, end) in enumerate(spans, start=1)
    )


def make_answer(
    question: str, text: str | None, probability: float, total_ms: float, hits: tuple[Hit, ...], *citations: Citation
) -> Answer:
    refusal = Refusal("not_in_documents", "Rien sur le pont.") if text is None else None
    sentences = () if text is None else tuple(Sentence(part, (1,)) for part in text.split("|"))
    return Answer(
        question, "fr", sentences, citations, hits, refusal, probability, "", {"total": total_ms, "rank": 1.0}
    )


QUESTIONS = [
    TestQuestion("1", "fr", "Quand ?", ("en 1998", "1998"), "a", 20, True),
    TestQuestion("2", "fr", "Quoi ?", ("pont",), "a", None, True),
    TestQuestion("3", "fr", "Qui ?", (), None, None, False),
    TestQuestion("4", "fr", "Où ?", (), None, None, True),
    TestQuestion("5", "de", "Wie viele?", ("1 200 Lampen",), "b", 15, True),
    TestQuestion("6", "de", "Wer?", (), "b", None, False),
]
SPLIT_A = (("a", 0, 12), ("a", 12, 25), ("b", 0, 28))
ANSWERS = {
    "Quand ?": make_answer("Quand ?", "Le pont|date de 1998 !", 0.9, 10, find(*SPLIT_A), cite("a", 17, 24, "en 1998")),
    "Quoi ?": make_answer("Quoi ?", None, 0.2, 20, find(("b", 0, 28), ("a", 0, 25))),
    "Qui ?": make_answer("Qui ?", None, 0.1, 30, find(("c", 0, 5))),
    "Où ?": make_answer("Où ?", "Rien.", 0.6, 40, find(("c", 0, 5)), cite("c", 0, 5, "Rien.")),
    "Wie viele?": make_answer(
        "Wie viele?",
        "Die 1.200 Lampen",
        0.5,
        50,
        find(("c", 0, 5)),
        cite("c", 0, 5, "rien."),
        cite("b", 4, 10, "Brücke"),
    ),
    "Wer?": make_answer("Wer?", "Die Brücke", 0.5, 60, find(("b", 0, 28)), cite("b", 0, 3, "Die")),
}


def replay() -> Report:
    return evaluate(ANSWERS.__getitem__, TEXTS.__getitem__, QUESTIONS)


def test_counts_are_those_of_the_set() -> None:
    report = replay().to_json()
    assert list(report["by_language"]) == ["de", "fr"]
    counts = report["overall"]["counts"]
    left_out = {"left_out_of_retrieval": 1, "left_out_of_passages": 2, "left_out_of_answers": 1}
    kinds = {"questions": 6, "answerable": 4, "unanswerable": 2}
    assert counts == kinds | left_out | {"refused": 2, "refused_answerable": 1, "citations": 5}


def test_overall_figures_by_hand() -> None:
    overall = replay().to_json()["overall"]
    assert overall["figures"] == pytest.approx(
        {
            "recall@1": 1 / 3,  # documents at 1, 2 and not found
            **dict.fromkeys(("recall@5", "recall@10", "recall@20"), 2 / 3),
            "passage_recall@1": 0.0,  # offset 20 of a stands in the second hit; b was not found
            **dict.fromkeys(("passage_recall@5", "passage_recall@10", "passage_recall@20"), 1 / 2),
            "exact_match": 1 / 3,  # the German one, without its article and with its number unified
            "contained": 2 / 3,
            "quote_faithfulness": 4 / 5,
            "citation_precision": 2 / 3,  # of questions 1 and 5, whose documents are named
            "refusal_precision": 1 / 2,
            "refusal_recall": 1 / 2,
            "false_refusal_rate": 1 / 4,
            "mrr@10": (1 + 1 / 2 + 0) / 3,
            "ndcg@10": (1 + 0.6309297535714575 + 0) / 3,
            "token_f1": (2 * 1 / (3 + 1) + 0 + 1) / 3,  # "pont date 1998" shares one token with "1998"
            "refusal_f1": 1 / 2,
            "auroc": (2 + 1 + 2 + 1.5) / 8,  # 0.9, 0.2, 0.6, 0.5 against 0.1, 0.5
            "median_ms": 35.0,
            "p95_ms": 57.5,
        }
    )
    means = {"mrr@10", "ndcg@10", "token_f1", "refusal_f1", "auroc", "median_ms", "p95_ms"}
    assert set(overall["intervals"]) == set(overall["figures"]) - means
    assert overall["intervals"]["refusal_recall"] == pytest.approx([0.0945312, 0.9054688], abs=1e-6)


def test_figures_by_language_are_those_of_its_questions_alone() -> None:
    report = replay()
    for language, figures in report.by_language.items():
        alone = [question for question in QUESTIONS if question.language == language]
        assert evaluate(ANSWERS.__getitem__, TEXTS.__getitem__, alone).overall == figures
    german = report.to_json()["by_language"]["de"]["figures"]
    assert (german["recall@1"], german["exact_match"], german["refusal_recall"], german["auroc"]) == (0, 1, 0, 0.5)
    assert (german["refusal_precision"], german["quote_faithfulness"]) == (None, 2 / 3)


def test_own_and_other_languages_are_told_apart_where_both_are_asked_in() -> None:
    report = evaluate(ANSWERS.__getitem__, TEXTS.__getitem__, QUESTIONS, document_language={"a": "fr", "b": "fr"}.get)
    assert {name: figures.counts["questions"] for name, figures in report.by_relation.items()} == {"own": 2, "other": 1}
    assert report.by_relation["other"].shares["contained"].value == 1
    assert [line.split()[0] for line in report.to_table().splitlines()[1:6]] == ["de", "fr", "own", "other", "all"]
    alone = evaluate(ANSWERS.__getitem__, TEXTS.__getitem__, QUESTIONS[:1], document_language={"a": "fr"}.get)
    assert alone.by_relation == replay().by_relation == {}


def test_report_keeps_its_keys_over_nothing() -> None:
    empty = evaluate(ANSWERS.__getitem__, TEXTS.__getitem__, []).to_json()
    full = replay().to_json()["overall"]
    assert {part: list(values) for part, values in empty["overall"].items()} == {
        part: list(values) for part, values in full.items()
    }
    assert set(empty["overall"]["counts"].values()) == {0}
    assert set(empty["overall"]["figures"].values()) == set(empty["overall"]["intervals"].values()) == {None}
    assert empty["by_language"] == {}
    assert json.loads(json.dumps(full, allow_nan=False)) == full


def test_each_question_is_asked_once_recorded_and_counted() -> None:
    asked: list[str] = []
    done: list[int] = []
    recorded: list[tuple[TestQuestion, Answer]] = []

    def ask(question: str) -> Answer:
        asked.append(question)
        return ANSWERS[question]

    def record(question: TestQuestion, answer: Answer) -> None:
        recorded.append((question, answer))

    evaluate(ask, TEXTS.__getitem__, QUESTIONS, progress=done.append, record=record)
    assert asked == list(ANSWERS)
    assert recorded == list(zip(QUESTIONS, ANSWERS.values(), strict=True))
    assert done == [1, 2, 3, 4, 5, 6]


@given(order=st.permutations(QUESTIONS))
def test_order_of_the_questions_changes_nothing(order: list[TestQuestion]) -> None:
    assert evaluate(ANSWERS.__getitem__, TEXTS.__getitem__, order).to_json() == replay().to_json()


def test_table_has_a_row_for_each_language_and_one_for_all() -> None:
    lines = replay().to_table().split("\n")
    found, refused = lines[:4], lines[5:9]
    assert [" ".join(line.split()) for line in found[1:]] == [
        "de 2 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 100.0 100.0 100.0 66.7 50.0",
        "fr 4 50.0 100.0 100.0 100.0 75.0 81.5 0.0 100.0 0.0 25.0 50.0 100.0 100.0",
        "all 6 33.3 66.7 66.7 66.7 50.0 54.4 0.0 50.0 33.3 50.0 66.7 80.0 66.7",
    ]
    assert [" ".join(line.split()) for line in refused[1:]] == [
        "de 1 1 0 – 0.0 0.0 50.0 0.0 55 60",
        "fr 3 1 2 50.0 100.0 66.7 100.0 33.3 25 38",
        "all 4 2 2 50.0 50.0 50.0 81.2 25.0 35 58",
    ]
    for block in (found, refused):
        assert len({len(line) for line in block}) == 1
    notes = " ".join(lines[10:])
    assert (
        "of 4 answerable questions: 1 from R, MRR and nDCG (no gold document), 2 from pR (no offset), 1 from" in notes
    )
    assert "Answerable questions refused: 1; as answers they count as wrong." in notes
    assert "refusal_recall 9.5–90.5" in notes


def test_table_fits_its_width_whatever_the_figures() -> None:
    questions = [
        TestQuestion(f"{tag}-{number}", tag, question.question, question.answers, "a", 20, question.answerable)
        for tag in ("ca-valencia", "zh-Hant-TW")
        for number in range(600)
        for question in QUESTIONS[:1] + QUESTIONS[2:3]
    ]
    slow = {text: make_answer(text, "1998", 1.0, 9_999_999.0, ANSWERS["Quand ?"].hits[1:]) for text in ANSWERS}
    table = evaluate(slow.__getitem__, TEXTS.__getitem__, questions).to_table()
    assert "9999999" in table
    assert max(map(len, table.split("\n"))) <= 120


def test_result_line_is_the_answer_beside_its_gold() -> None:
    answer = ANSWERS["Quand ?"]
    gold = {"answerable": True, "answers": ["en 1998", "1998"], "document_id": "a", "start": 20}
    assert result_line(QUESTIONS[0], answer) == {"id": "1", "gold": gold} | answer.to_json()
