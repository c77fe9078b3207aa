"""What makes the shipped weights: questions asked otherwise, pairs, the fit of the ranking, sentence retrieval."""

from __future__ import annotations

import json
import lzma
import random
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from rag.config import PACKAGE, SHIPPED_ENCODER
from rag.embed.static import StaticEncoder
from rag.rank import Weights
from rag.train.bitext import read_lines, retrieval
from rag.train.encoder import chances
from rag.train.late import late
from rag.train.network import Net
from rag.train.pairs import Pairs, Texts, read_pairs
from rag.train.questions import Marked, Rewriter, crossed, mistype, read_rows, read_set
from rag.train.ranking import NAMES as RANKED
from rag.train.ranking import Candidates, as_typed, fit_ranking, rank_of_gold, report
from rag.train.reader import read_reader, turn, write_reader
from rag.train.sets import write_sets
from rag.train.tables import HARD_LANGUAGES, is_held_out, training_rows

SHIPPED = PACKAGE / "models" / SHIPPED_ENCODER


def write_xz(file: Path, *rows: tuple[str, ...]) -> None:
    with lzma.open(file, "wt", encoding="utf-8") as stream:
        stream.writelines("\t".join(row) + "\n" for row in rows)


def make_candidates(evidence: list[list[float]], gold: int, *, same: bool = True, name: str = "s") -> Candidates:
    count = len(evidence)
    return Candidates(
        name,
        np.array(evidence, np.float32),
        np.arange(count) == gold,
        np.full(count, same),
        np.full(count, True),
        np.arange(count),
        gold,
        True,
    )


def test_the_fit_finds_the_evidence_that_tells_right_from_wrong() -> None:
    rng = np.random.default_rng(0)
    examples = []
    for _ in range(60):
        rows = rng.random((8, len(RANKED)))
        examples.append(make_candidates(rows.tolist(), int(rows[:, 3].argmax())))
    fitted = fit_ranking(examples)
    assert fitted.late == max(fitted)
    assert fitted.late > 3 * max(fitted.words, fitted.grams, fitted.titles, fitted.window, fitted.mean)
    assert fit_ranking(examples, words=False).words == 0
    assert fit_ranking(examples, titles=0.2).titles == 0.2


def test_the_rank_of_the_gold_document_counts_ties_against_it() -> None:
    only_words = Weights(1, 0, 0, 0, 0, 0)
    scores = [[words] + [0.0] * (len(RANKED) - 1) for words in (0.5, 0.9, 0.5)]
    assert [rank_of_gold(make_candidates(scores, gold), only_words, only_words) for gold in range(3)] == [3, 1, 3]
    lines = report([make_candidates(scores, 1)], {"words": (only_words, only_words)})
    assert lines[0].endswith("words 100.0 / 100.0")
    assert lines[1].split()[0] == "mean"


@pytest.mark.parametrize(("how", "asked"), [("", "Où est l'été ?"), ("plain", "ou est l'ete ?")])
def test_questions_as_people_type_them(how: str, asked: str) -> None:
    assert as_typed("Où est l'été ?", how) == asked


def test_a_typing_error_swaps_two_letters() -> None:
    for seed in range(20):
        typed = mistype("frontière commune", random.Random(seed))
        assert sorted(typed) == sorted("frontière commune")
        assert sum(a != b for a, b in zip(typed, "frontière commune", strict=True)) == 2
    assert mistype("1 2", random.Random(0)) == "1 2"


def test_a_question_is_translated_word_by_word_through_english(tmp_path: Path) -> None:
    write_xz(tmp_path / "d.xz", ("fr", "port", "port"), ("fr", "budget", "budget"), ("de", "port", "Hafen"))
    rewriter = Rewriter(tmp_path / "d.xz")
    asked = {rewriter.translate("Quel port ?", "fr", np.random.default_rng(seed))[1] for seed in range(40)}
    assert "Quel Hafen ?" in asked
    assert asked <= {"Quel Hafen ?", "Quel port ?"}
    assert rewriter.rewrite("Quel port ?", "xx", np.random.default_rng(3))


def test_two_sets_ask_their_common_questions_over_each_others_passages() -> None:
    asked, unanswered = ((0, "uno"),), Marked("es", "es", "¿?", "x", (), "b", "2")
    spanish = [Marked("es", "es", "¿Qué?", "uno dos", asked, "a", "1"), unanswered]
    italian = [Marked("it", "it", "Che?", "due uno", ((4, "uno"),), "c", "1")]
    found = crossed(spanish, italian)
    assert [(row.question, row.passage, row.answers) for row in found] == [
        ("¿Qué?", "due uno", ((4, "uno"),)),
        ("Che?", "uno dos", ((0, "uno"),)),
    ]


def write_set(folder: Path, language: str, text: str, answer: str) -> None:
    folder.mkdir(parents=True)
    document = {"id": "d-001-0", "title": "", "language": language, "text": text}
    question = {
        "id": "q1",
        "language": language,
        "question": f"{language}?",
        "answers": [answer],
        "document_id": "d-001-0",
        "start": text.index(answer),
        "answerable": True,
    }
    (folder / "corpus.jsonl").write_text(json.dumps(document) + "\n", encoding="utf-8")
    (folder / "questions.jsonl").write_text(json.dumps(question) + "\n", encoding="utf-8")


def test_sets_are_written_in_the_form_they_are_read_in(tmp_path: Path) -> None:
    sets = tmp_path / "sets"
    write_set(sets / "squad_es_v1", "es", "uno dos", "dos")
    write_set(sets / "squad_it_test", "it", "due uno", "uno")
    write_set(sets / "xquad_en", "en", "other", "other")
    for tag in ("en", "de", "es", "ro", "el"):
        write_set(sets / f"xquad_leaveout_{tag}", tag, f"{tag} one", "one")
    for row in (sets / "xquad_en" / "questions.jsonl",):
        row.write_text(row.read_text(encoding="utf-8").replace("q1", "other"), encoding="utf-8")
    (tmp_path / "qa").mkdir()
    names = write_sets(tmp_path / "qa", sets, tmp_path / "out")
    assert "fit_squad_es_v1" in names
    assert (tmp_path / "out" / "xquad_en" / "corpus.jsonl").is_file()
    corpus = read_rows(tmp_path / "out" / "mixed_en" / "corpus.jsonl")
    (asked,) = read_set(tmp_path / "out" / "mixed_de")
    assert asked.question == "de?"
    assert [row["text"] for row in corpus] == [asked.passage]
    assert asked.passage[asked.answers[0][0] :] == "one"


def test_the_paragraphs_of_an_article_become_one_document(tmp_path: Path) -> None:
    sets = tmp_path / "sets"
    others = [f"xquad_leaveout_{tag}" for tag in ("en", "de", "es", "ro", "el")]
    for name in ("squad_es_v1", "squad_it_test", "xquad_en", *others):
        write_set(sets / name, "en", "one two", "two")
    (sets / "xquad_en" / "questions.jsonl").write_text("", encoding="utf-8")
    paragraph = {"title": "A", "language": "fr"}
    corpus = [paragraph | {"id": "a-1-0", "text": "un"}, paragraph | {"id": "a-1-1", "text": "deux trois"}]
    asked = {"language": "fr", "question": "?", "answers": ["trois"], "document_id": "a-1-1", "start": 5}
    asked["answerable"] = True
    gone = {"language": "fr", "question": "!", "answerable": False, "document_id": None, "start": None, "answers": []}
    (sets / "piaf").mkdir()
    (sets / "piaf" / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)), encoding="utf-8")
    questions = [asked | {"id": "q1"}, gone | {"id": "q2"}]
    (sets / "piaf" / "questions.jsonl").write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    (tmp_path / "qa").mkdir()
    assert "long_piaf" in write_sets(tmp_path / "qa", sets, tmp_path / "out")
    (article,) = read_rows(tmp_path / "out" / "long_piaf" / "corpus.jsonl")
    assert (article["id"], article["title"], article["text"]) == ("a-1", "A", "un\n\ndeux trois")
    first, second = read_rows(tmp_path / "out" / "long_piaf" / "questions.jsonl")
    assert article["text"][first["start"] :] == "trois"
    assert (first["document_id"], second["document_id"]) == ("a-1", None)


def test_pairs_leave_out_what_is_held_out_and_cross_the_lines_around(tmp_path: Path) -> None:
    lines = [f"Line number {number} of the text that tells what it is about" for number in range(60)]
    write_xz(tmp_path / "parallel.tsv.xz", ("header",), *(("s", "l", "en", "fr", line, line.upper()) for line in lines))
    write_xz(tmp_path / "pairs.tsv.xz", *(("fr", "ntrex", line, f"Ligne {i}") for i, line in enumerate(lines)))
    write_xz(tmp_path / "title_passage.tsv.xz", ("header",), ("s", "l", "fr", "Titre", "Texte"))
    write_xz(tmp_path / "law_titles.tsv.xz", ("a", "b", "c", "d"))
    write_xz(tmp_path / "dictionary.tsv.xz", ("fr", "line", "ligne"))
    rows = "".join(f"s\tl\ten\tuk\t{line}\tРядок\n" for line in lines)
    (tmp_path / "more_parallel.tsv").write_text(rows, encoding="utf-8")
    told: list[str] = []
    read = partial(read_pairs, tmp_path, None, SHIPPED / "tokenizer.json", tmp_path / "kept.npz", told.append)
    groups = {(group.kind, group.name): group for group in read()}
    assert told
    assert len(groups["same", "more-en-uk"].left) == sum(not is_held_out(line) for line in lines) < len(lines)
    told.clear()
    for again in read():  # from the file, where nothing is made again
        before = groups[again.kind, again.name]
        assert np.array_equal(again.left.flat, before.left.flat)
        assert np.array_equal(again.right.bounds, before.right.bounds)
    assert not told
    run = groups["find", "run-fr-en"]
    assert len(run.right[0]) > 2 * len(run.left[0])
    around = groups["find", "around-fr"]
    assert len(around.left) == len(around.right) > len(lines)
    assert read_lines(tmp_path, "held_out", 1000)["uk"] == []  # the other side is too short to be a sentence
    assert len(read_lines(tmp_path, "ntrex", 10)["fr"]) == 0


def test_each_question_is_asked_in_the_languages_that_are_hard_to_match(tmp_path: Path) -> None:
    write_xz(tmp_path / "parallel.tsv.xz", ("header",))
    write_xz(tmp_path / "pairs.tsv.xz")
    write_xz(tmp_path / "title_passage.tsv.xz", ("header",))
    write_xz(tmp_path / "law_titles.tsv.xz")
    words = {"ar": "ميناء", "el": "λιμάνι", "ru": "порт", "tr": "liman", "zh": "港", "de": "hafen", "en": "port"}
    write_xz(tmp_path / "dictionary.tsv.xz", *((language, "port", word) for language, word in words.items()))
    asked = {"question": "port " * 40, "context": "The port is old.", "language": "en"}
    (tmp_path / "a.jsonl").write_text(json.dumps(asked) + "\n", encoding="utf-8")
    rows = list(training_rows(tmp_path, tmp_path))
    assert ("find", "qa-en", asked["question"], asked["context"]) in rows
    for language in HARD_LANGUAGES:
        questions = [question for _, name, question, _ in rows if name == f"switched-{language}"]
        assert any(words[language] in question for question in questions)


def test_questions_are_drawn_more_often_than_titles_and_larger_groups_than_small_ones() -> None:
    def group(name: str, count: int) -> Pairs:
        texts = Texts(np.zeros(count, np.int32), np.arange(count + 1))
        return Pairs("find", name, texts, texts)

    drawn = chances([group("qa-fr", 100), group("fr", 100), group("switched-ru", 400), group("run-en-ru", 1600)])
    assert drawn.sum() == pytest.approx(1)
    assert drawn.tolist() == pytest.approx([2.5 / 12.5, 1 / 12.5, 5 / 12.5, 4 / 12.5])


def test_sentence_retrieval_finds_a_line_among_others_by_its_words() -> None:
    encoder = StaticEncoder(SHIPPED, SHIPPED_ENCODER)
    pairs = [
        ("The ministers met on migration.", "Les ministres se sont réunis sur la migration."),
        ("The port will open in spring.", "Le port ouvrira au printemps."),
        ("Budget cuts were rejected.", "Les coupes budgétaires ont été rejetées."),
    ]
    assert retrieval(encoder, pairs) == (1.0, 1.0)


def test_late_interaction_is_the_encoders_and_its_gradient_is_that_of_the_plain_sum() -> None:
    torch.manual_seed(0)
    table = torch.nn.Parameter(torch.randn(30, 8, dtype=torch.float64))
    rng = np.random.default_rng(1)
    asked = [rng.integers(0, 30, size).astype(np.int32) for size in (3, 5)]
    held = [rng.integers(0, 30, size).astype(np.int32) for size in (4, 9, 2)]

    def plain(rows: torch.Tensor) -> torch.Tensor:
        unit = functional.normalize(rows, dim=-1)
        shares = []
        for question in asked:
            pieces = np.unique(question)
            weights = rows[pieces].norm(dim=-1)
            best = [(unit[pieces] @ unit[np.unique(text)].T).amax(-1).clamp_min(0) for text in held]
            shares.append(torch.stack([((0.5 * b + 0.5 * b**3) * weights).sum() / weights.sum() for b in best]))
        return torch.stack(shares)

    toward = torch.randn(2, 3, dtype=torch.float64)
    found = late(table, asked, held, "cpu")
    (found * toward).sum().backward()  # type: ignore[no-untyped-call]
    expected = table.detach().clone().requires_grad_()
    (plain(expected) * toward).sum().backward()  # type: ignore[no-untyped-call]
    assert torch.allclose(found, plain(expected))
    assert table.grad is not None
    assert expected.grad is not None
    assert torch.allclose(table.grad.to_dense(), expected.grad)


def test_a_reader_goes_on_over_new_vectors_turned_to_lie_like_the_old_ones(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    before = rng.normal(size=(60, 8)).astype(np.float32)
    turned = np.linalg.qr(rng.normal(size=(8, 8)))[0].astype(np.float32)
    assert np.allclose(turn(before @ turned, before), before, atol=1e-4)
    net = Net(8)
    write_reader(net, before, tmp_path, {"revision": "t"})
    again, table = read_reader(tmp_path)
    assert np.allclose(table, before, atol=np.abs(before).max() / 120)
    for one, other in zip(net.parameters(), again.parameters(), strict=True):
        assert torch.allclose(one, other, atol=1e-3)
