"""TOOL: write the sets the fits are made on, in the form of the dev sets, out of training data and of leave-out sets.

The questions of ``qa/`` and of the trainable sets become sets whose questions stand on passages the reader has not
seen; their corpora are whole, alone and among passages in other languages. The leave-out sets of XQuAD, which hold the
same paragraphs in many languages, become corpora in which the paragraphs stand in several languages; and sets whose
paragraphs are of one article become corpora of articles, since people's documents have many paragraphs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.train.questions import Marked, question_ids, read_qa, read_rows, read_set
from rag.train.reader import is_held_out

_TRAINABLE = ("squad_es_v1", "squad_it_test")
_MIXED = ("en", "de", "es", "ro", "el")

_AMONG = {"piaf_train_fr", "squadshifts_newwiki_en", "squad_es_v1", "squad_it_test", "faquad_pt", "norquad_nb"}
_STRANGERS = 150
_LONG = ("piaf", "xquad_de", "xquad_en", "xquad_es")
"""Sets of paragraphs that are written as articles too, to measure with; their ids end in the paragraph's number."""

Row = dict[str, Any]


def write_sets(qa: Path, sets: Path, out: Path) -> list[str]:
    """Write every set into ``out`` and link the sets in ``sets`` there; gives back the names of those written."""
    out.mkdir(parents=True, exist_ok=True)
    for folder in sets.iterdir():
        if folder.is_dir() and not (out / folder.name).exists():
            (out / folder.name).symlink_to(folder.resolve(), target_is_directory=True)
    asked_elsewhere = question_ids(sets / "xquad_en")
    rows = read_qa(qa)
    for name in _TRAINABLE:
        rows += read_set(sets / name, asked_elsewhere)
    names = []
    for source in dict.fromkeys(row.source for row in rows):
        names.append(f"fit_{source}")
        _write(out / names[-1], *_as_set([row for row in rows if row.source == source]))
    for asked, held in ((0, 1), (1, 0)):
        names.append(f"fit_{_TRAINABLE[asked]}_over_{_TRAINABLE[held]}")
        sides = [read_set(sets / _TRAINABLE[side], asked_elsewhere) for side in (asked, held)]
        _write(out / names[-1], *_crossed(*sides))
    for language in _MIXED:
        names.append(f"mixed_{language}")
        _write(out / names[-1], *_mixed(sets, language))
    for name in _TRAINABLE:
        names.append(f"long_{name}")
        _write(out / names[-1], *_joined(*_unseen(sets / name, asked_elsewhere)))
    for name in (*_LONG, *(f"xquad_leaveout_{language}" for language in _MIXED)):
        if (sets / name).is_dir():
            names.append(f"long_{name}")
            _write(out / names[-1], *_joined(*_read(sets / name)))
    whole = {
        source: _as_set([row for row in rows if row.source == source])
        for source in dict.fromkeys(r.source for r in rows)
    }
    for source in _AMONG & whole.keys():
        names.append(f"among_{source}")
        others = {other: found for other, found in whole.items() if other != source}
        _write(out / names[-1], *_among(whole[source], others))
    return sorted(names)


def _among(
    own: tuple[list[Row], list[Row]], others: Mapping[str, tuple[list[Row], list[Row]]]
) -> tuple[list[Row], list[Row]]:
    """A set whose passages stand among some of every other set, most of them in other languages, as in a folder."""
    strangers = [
        row | {"id": f"{source}-{row['id']}"}
        for source, (corpus, _) in others.items()
        for row in corpus[:: max(1, len(corpus) // _STRANGERS)]
    ]
    return [*own[0], *strangers], own[1]


def _unseen(folder: Path, left_out: frozenset[str]) -> tuple[list[Row], list[Row]]:
    """All of a trainable set's corpus, and its questions on the passages the reader has not seen."""
    corpus, questions = _read(folder)
    unseen = {row["id"] for row in corpus if is_held_out(row["text"])}
    return corpus, [row for row in questions if row["id"] not in left_out and row["document_id"] in unseen]


def _joined(corpus: Sequence[Row], questions: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The paragraphs of each article as one document, under its title, and the questions on that."""
    articles: dict[str, Row] = {}
    placed: dict[str, tuple[str, int]] = {}
    for row in corpus:
        name = row["id"].rpartition("-")[0]
        article = articles.setdefault(name, row | {"id": name, "text": ""})
        article["text"] += "\n\n" if article["text"] else ""
        placed[row["id"]] = name, len(article["text"])
        article["text"] += row["text"]
    moved = []
    for row in questions:
        if row["document_id"] in placed:
            name, before = placed[row["document_id"]]
            row = row | {"document_id": name, "start": None if row["start"] is None else row["start"] + before}
        moved.append(row)
    return list(articles.values()), moved


def _as_set(rows: Sequence[Marked]) -> tuple[list[Row], list[Row]]:
    """The corpus of all passages, the questions on those that are held out."""
    passages = list(dict.fromkeys(row.passage for row in rows))
    ids = {passage: f"p{number}" for number, passage in enumerate(passages)}
    language = "no" if rows[0].language == "nb" else rows[0].language
    corpus = [{"id": ids[p], "title": "", "language": language, "text": p} for p in passages]
    questions = [
        {
            "id": f"{row.source}-{number}",
            "language": language,
            "question": row.question,
            "answers": [text for _, text in row.answers],
            "document_id": ids[row.passage],
            "start": row.answers[0][0],
            "answerable": True,
        }
        for number, row in enumerate(rows)
        if row.answers and is_held_out(row.passage)
    ]
    return corpus, questions


def _crossed(asked: Sequence[Marked], held: Sequence[Marked]) -> tuple[list[Row], list[Row]]:
    """The corpus of one set, and the questions of the other that it asks too."""
    corpus, questions = _as_set(held)
    words = {row.id: row for row in asked}
    kept = [row for row in held if row.answers and is_held_out(row.passage)]
    found = []
    for row, question in zip(kept, questions, strict=True):
        if row.id in words:
            found.append(question | {"question": words[row.id].question, "language": words[row.id].language})
    return corpus, found


def _mixed(sets: Path, language: str) -> tuple[list[Row], list[Row]]:
    """The paragraphs each in one of the languages, by a hash of its id, and the questions asked in ``language``."""
    read = {tag: _read(sets / f"xquad_leaveout_{tag}") for tag in _MIXED}
    corpus = [row for tag in _MIXED for row in read[tag][0] if _language_of(row["id"]) == tag]
    placed = {tag: {row["id"]: row for row in read[tag][1]} for tag in _MIXED}
    questions = []
    for row in read[language][1]:
        other = placed[_language_of(row["document_id"])].get(row["id"]) if row["answerable"] else row
        if other is not None and other["answerable"] == row["answerable"]:
            questions.append(row | {key: other[key] for key in ("answers", "document_id", "start")})
    return corpus, questions


def _language_of(document_id: str) -> str:
    return _MIXED[hashlib.sha256(document_id.encode()).digest()[0] % len(_MIXED)]


def _read(folder: Path) -> tuple[list[Row], list[Row]]:
    return read_rows(folder / "corpus.jsonl"), read_rows(folder / "questions.jsonl")


def _write(folder: Path, corpus: Iterable[Row], questions: Iterable[Row]) -> None:
    folder.mkdir(exist_ok=True)
    for name, rows in (("corpus", corpus), ("questions", questions)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
