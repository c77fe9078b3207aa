"""WALK: test set -> report. Every question is asked as a person would ask it, and the Answer is judged as it stands.

What is counted over what: retrieval over answerable questions whose document is named, passage retrieval over those
with an offset too, answers over answerable questions with gold answers. A refused question keeps its hits, so retrieval
is seen apart from refusal; as an answer it counts as wrong, since that is what the person sees.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag import metrics
from rag.errors import TestSetError
from rag.metrics import Figures
from rag.schema import Answer
from rag.text.languages import same_language
from rag.text.normalise import answer_tokens

RECALL_DEPTHS = (1, 5, 10, 20)
LINE_FORM = (
    '{"id": "q1", "language": "fr", "question": "…", "answers": ["…"], "document_id": "a.txt" or null, '
    '"start": 0 or null, "answerable": true or false}'
)
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class TestQuestion:
    """A line of a test set. ``start`` is the offset of the gold answer in its document, where it is known.

    Of an unanswerable question neither the answers nor the document are looked at.
    """

    __test__ = False  # pytest would take the name for a test class

    id: str
    language: str
    question: str
    answers: tuple[str, ...]
    document_id: str | None
    start: int | None
    answerable: bool


def read_test_set(path: Path) -> list[TestQuestion]:
    """The questions of a .jsonl in its order; blank lines and further keys are passed over.

    Raises TestSetError naming the file and the line for anything else than ``LINE_FORM``, for an id that comes twice
    and for a file without a question.
    """
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        mend = f"give a .jsonl whose lines are of the form {LINE_FORM}"
        raise TestSetError(f"cannot read the test set {path}: {error.strerror or error}: {mend}") from error
    questions: dict[str, TestQuestion] = {}
    seen_at: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = _parse_line(line)
            if question.id in questions:
                raise ValueError(f"the id {question.id!r} already stands on line {seen_at[question.id]}")
        except (ValueError, RecursionError) as error:
            raise TestSetError(f"{path}, line {number}: {error}; the form is {LINE_FORM}") from error
        questions[question.id], seen_at[question.id] = question, number
    if not questions:
        raise TestSetError(f"{path} holds no question; write one line for each, of the form {LINE_FORM}")
    return list(questions.values())


def missing_gold(questions: Sequence[TestQuestion], is_indexed: Callable[[str], bool]) -> dict[str, int]:
    """The gold documents that are in no index, in order, each with how many questions it should answer."""
    named = (question.document_id for question in questions if question.answerable)
    counted = Counter(name for name in named if name is not None)
    return {name: count for name, count in counted.items() if not is_indexed(name)}


def misplaced_gold(questions: Sequence[TestQuestion], document: Callable[[str], tuple[str, str] | None]) -> list[str]:
    """The ids of the questions whose offset lies beyond its document, or where none of their answers stands.

    ``document`` gives the language and the text of an indexed document. The answers to a question in another language
    than the document's are not looked for: they are worded otherwise.
    """
    found = []
    for question in questions:
        named = document(question.document_id) if question.answerable and question.document_id else None
        if question.start is None or named is None:
            continue
        language, text = named
        answers = question.answers if same_language(language, question.language) else ()
        here = " ".join(text[question.start :][: 2 * max(map(len, answers), default=0)].split())
        if question.start >= len(text) or (answers and not any(here.startswith(" ".join(a.split())) for a in answers)):
            found.append(question.id)
    return found


def _parse_line(line: bytes) -> TestQuestion:
    """The question of one line; raises ValueError that says what is wrong with it."""
    try:
        row = json.loads(line.decode("utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"this is not JSON ({error.msg}, column {error.colno})") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"this is not UTF-8 (byte {error.start + 1} of the line)") from error
    if not isinstance(row, dict):
        raise ValueError("this is not a JSON object")
    answers, document_id, start = _value(row, "answers"), _value(row, "document_id"), _value(row, "start")
    if not isinstance(answers, list):
        raise ValueError(f'"answers" must be a list of texts, not {_shown(answers)}')
    if start is not None and (isinstance(start, bool) or not isinstance(start, int) or start < 0):
        raise ValueError(f'"start" must be null or a whole number from 0, not {_shown(start)}')
    if start is not None and document_id is None:
        raise ValueError('"start" is given without a "document_id"')
    if not isinstance(_value(row, "answerable"), bool):
        raise ValueError(f'"answerable" must be true or false, not {_shown(row["answerable"])}')
    if not _LANGUAGE_TAG.fullmatch(_text(_value(row, "language"), "language")):
        raise ValueError(f'"language" must be a tag such as "fr" or "pt-BR", not {_shown(row["language"])}')
    return TestQuestion(
        id=_text(_value(row, "id"), "id"),
        language=row["language"],
        question=_text(_value(row, "question"), "question"),
        answers=tuple(_text(answer, "answers") for answer in answers),
        document_id=None if document_id is None else _text(document_id, "document_id"),
        start=start,
        answerable=row["answerable"],
    )


def _value(row: Mapping[str, Any], key: str) -> Any:
    if row.get(key, _ABSENT) is _ABSENT:
        raise ValueError(f'"{key}" is missing')
    return row[key]


def _text(value: object, key: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f'"{key}" must be a text that is not blank, not {_shown(value)}')
    if re.search("[\ud800-\udfff]", value):
        raise ValueError(f'"{key}" holds half of a surrogate pair, which no file can contain')
    return value


def _shown(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 60 else shown[:59] + "…"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one answer is worth. A rank is None where nothing was found, a tuple is empty where it is not judged."""

    answerable: bool
    refused: bool
    probability: float
    total_ms: float
    document_ranks: tuple[int | None, ...]
    passage_ranks: tuple[int | None, ...]
    matches: tuple[tuple[bool, float, bool], ...]
    faithful: tuple[bool, ...]
    in_gold_document: tuple[bool, ...]


def judge(question: TestQuestion, answer: Answer, document_text: Callable[[str], str]) -> Judgement:
    """The answer held against the gold of its question; quotations are checked in the documents themselves."""
    gold = question.document_id if question.answerable else None
    start = question.start if gold is not None else None
    return Judgement(
        answerable=question.answerable,
        refused=answer.refusal is not None,
        probability=answer.probability,
        total_ms=answer.timings_ms["total"],
        document_ranks=() if gold is None else (metrics.document_rank(answer.hits, gold),),
        passage_ranks=() if gold is None or start is None else (metrics.passage_rank(answer.hits, gold, start),),
        matches=(_match(question, answer),) if question.answerable and question.answers else (),
        faithful=tuple(metrics.is_faithful(cited, document_text(cited.document_id)) for cited in answer.citations),
        in_gold_document=() if gold is None else tuple(cited.document_id == gold for cited in answer.citations),
    )


def _match(question: TestQuestion, answer: Answer) -> tuple[bool, float, bool]:
    """Exact match, token F1 and whether a gold answer is contained; a refusal is wrong three times."""
    if answer.refusal is not None:
        return False, 0.0, False
    reply = answer_tokens(answer.text, question.language)
    golds = [answer_tokens(gold, question.language) for gold in question.answers]
    return metrics.exact_match(reply, golds), metrics.token_f1(reply, golds), metrics.is_contained(reply, golds)


def summarise(judgements: Sequence[Judgement]) -> Figures:
    """The figures of the judgements; their order does not count."""
    documents = [rank for one in judgements for rank in one.document_ranks]
    passages = [rank for one in judgements for rank in one.passage_ranks]
    matches = [match for one in judgements for match in one.matches]
    faithful = [right for one in judgements for right in one.faithful]
    answerable, refused = [one.answerable for one in judgements], [one.refused for one in judgements]
    latencies = [one.total_ms for one in judgements]
    refusals = metrics.refusal_shares(answerable, refused)
    counts = {
        "questions": len(judgements),
        "answerable": sum(answerable),
        "unanswerable": len(judgements) - sum(answerable),
        "refused": sum(refused),
        "refused_answerable": refusals["false_refusal_rate"].count,
        "citations": len(faithful),
        "left_out_of_retrieval": sum(answerable) - len(documents),
        "left_out_of_passages": sum(answerable) - len(passages),
        "left_out_of_answers": sum(answerable) - len(matches),
    }
    shares = {
        **{f"recall@{depth}": metrics.recall_at(documents, depth) for depth in RECALL_DEPTHS},
        **{f"passage_recall@{depth}": metrics.recall_at(passages, depth) for depth in RECALL_DEPTHS},
        "exact_match": metrics.share_of([exact for exact, _, _ in matches]),
        "contained": metrics.share_of([contained for _, _, contained in matches]),
        "quote_faithfulness": metrics.share_of(faithful),
        "citation_precision": metrics.share_of([right for one in judgements for right in one.in_gold_document]),
        **refusals,
    }
    means = {
        "mrr@10": metrics.mean_reciprocal_rank(documents),
        "ndcg@10": metrics.mean_ndcg(documents),
        "token_f1": metrics.mean([f1 for _, f1, _ in matches]),
        "refusal_f1": metrics.f1_of(refusals["refusal_precision"], refusals["refusal_recall"]),
        "auroc": metrics.auroc(*(_probabilities(judgements, kind) for kind in (True, False))),
        "median_ms": metrics.percentile(latencies, 0.5),
        "p95_ms": metrics.percentile(latencies, 0.95),
    }
    return Figures(counts, shares, means)


def _probabilities(judgements: Sequence[Judgement], answerable: bool) -> list[float]:
    return [one.probability for one in judgements if one.answerable is answerable]


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a test set, over everything and for each language in the order of its tag.

    ``by_relation`` are those of the answerable questions asked in the language of their document (``own``) and in
    another (``other``), where documents' languages are known and the test set has both.
    """

    overall: Figures
    by_language: Mapping[str, Figures]
    by_relation: Mapping[str, Figures] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The report as `rag eval --json` prints it; the keys stay the same, a figure over nothing is null."""
        languages = {language: figures.to_json() for language, figures in self.by_language.items()}
        relations = {relation: figures.to_json() for relation, figures in self.by_relation.items()}
        return {"overall": self.overall.to_json(), "by_language": languages, "by_relation": relations}

    def to_table(self) -> str:
        """The report as a person reads it: a row for each language, for own and other languages, then one for all."""
        return metrics.lay_out([*self.by_language.items(), *self.by_relation.items(), ("all", self.overall)])


def evaluate(
    ask: Callable[[str], Answer],
    document_text: Callable[[str], str],
    questions: Sequence[TestQuestion],
    *,
    progress: Callable[[int], None] | None = None,
    record: Callable[[TestQuestion, Answer], None] | None = None,
    document_language: Callable[[str], str | None] = lambda _: None,
) -> Report:
    """The report of asking every question once, in order.

    ``document_text`` and ``document_language`` give the text and the language of an indexed document. After each
    question ``record`` is given its answer, and ``progress`` the number of questions asked so far.
    """
    judged: dict[str, list[Judgement]] = {}
    related: dict[str, list[Judgement]] = {"own": [], "other": []}
    for done, question in enumerate(questions, start=1):
        answer = ask(question.question)
        judgement = judge(question, answer, document_text)
        judged.setdefault(question.language, []).append(judgement)
        held_in = document_language(question.document_id) if question.answerable and question.document_id else None
        if held_in is not None:
            related["own" if same_language(question.language, held_in) else "other"].append(judgement)
        if record is not None:
            record(question, answer)
        if progress is not None:
            progress(done)
    everything = [judgement for group in judged.values() for judgement in group]
    by_language = {language: summarise(judged[language]) for language in sorted(judged)}
    by_relation = {name: summarise(group) for name, group in related.items()} if all(related.values()) else {}
    return Report(summarise(everything), by_language, by_relation)
