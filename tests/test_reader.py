"""The embedded reader: NumPy reads what torch trained, spans stand where they are said to, nothing is in nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

from rag.answer.network import Network, see_scalars
from rag.answer.reader import PASSAGE_PIECES, SPAN_PIECES, Reader, Reading, tokens
from rag.train.batches import Batches, answer_pieces
from rag.train.network import Net, as_network
from rag.train.questions import Marked, Rewriter
from rag.train.reader import loss_of, shrink, write_reader

KNOWN = "le port a coûté 12 millions en 2019 combien il ouvre quand . ? mairie la"
WORDS = ["<unk>", *(f"▁{word}" for word in KNOWN.split())]
TABLE = np.random.default_rng(0).normal(size=(len(WORDS), 16)).astype(np.float32)
PASSAGES = ["Le port a coûté 12 millions. Il ouvre en 2019.", "La mairie.", "en 2019 " * 80]
QUESTION = "Combien a coûté le port ?"


def make_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel({word: row for row, word in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Punctuation(), pre_tokenizers.Metaspace()])
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer


def make_net(seed: int = 0) -> Net:
    torch.manual_seed(seed)
    net = Net(TABLE.shape[1])
    for values in net.parameters():
        torch.nn.init.normal_(values, std=0.2)
    return net.eval()


TOKENIZER, NET = make_tokenizer(), make_net()
READER = Reader([as_network(NET, TABLE)], TOKENIZER)


def test_numpy_reads_what_torch_reads() -> None:
    rows = [Marked("s", "fr", QUESTION, passage, ()) for passage in PASSAGES]
    batches = Batches(TABLE, TOKENIZER, rows, Rewriter(None))
    with torch.no_grad():
        held = tokens(TOKENIZER, PASSAGES)
        starts, ends, null = NET(batches.batch([(QUESTION, part, -1, -1) for part in held]))
    for row, reading in enumerate(READER.read(QUESTION, PASSAGES)):
        count = len(reading.starts)
        assert count == min(len(held[row].ids), PASSAGE_PIECES)
        np.testing.assert_allclose(reading.starts, starts[row, :count], atol=2e-3)
        np.testing.assert_allclose(reading.ends, ends[row, :count], atol=2e-3)
        assert reading.null == pytest.approx(float(null[row]), abs=2e-3)


def test_a_passage_is_read_the_same_alone_and_among_others() -> None:
    alone = READER.read(QUESTION, PASSAGES[:1])[0]
    among = READER.read(QUESTION, PASSAGES[::-1])[2]
    np.testing.assert_array_equal(alone.starts, among.starts)


def test_what_several_networks_say_is_averaged() -> None:
    other = make_net(1)
    alone = [Reader([network], TOKENIZER) for network in (as_network(NET, TABLE), as_network(other, TABLE))]
    first, second = (reader.read(QUESTION, PASSAGES[:1])[0] for reader in alone)
    together = Reader([as_network(NET, TABLE), as_network(other, TABLE)], TOKENIZER).read(QUESTION, PASSAGES[:1])[0]
    np.testing.assert_allclose(together.starts, (first.starts + second.starts) / 2, rtol=1e-5)
    np.testing.assert_allclose(together.ends, (first.ends + second.ends) / 2, rtol=1e-5)
    assert together.null == pytest.approx((first.null + second.null) / 2)
    assert not np.allclose(first.starts, second.starts)


def test_the_shipped_folders_are_one_reader(tmp_path: Path) -> None:
    for name, seed in (("r1", 0), ("r2", 1)):
        write_reader(make_net(seed), TABLE, tmp_path / name, {"revision": name})
    (tmp_path / "README.md").write_text("card", encoding="utf-8")
    (tmp_path / "tokenizer.json").write_text(TOKENIZER.to_str(), encoding="utf-8")
    read = Reader.load(tmp_path, tmp_path / "tokenizer.json").read(QUESTION, PASSAGES[:1])[0]
    networks = [Network.load(tmp_path / name) for name in ("r1", "r2")]
    nulls = [Reader([network], TOKENIZER).read(QUESTION, PASSAGES[:1])[0].null for network in networks]
    assert read.null == pytest.approx(np.mean(nulls), abs=1e-5)


def test_what_stands_before_a_place_can_be_left_out_of_a_reading() -> None:
    before = "La mairie.\n"
    whole = READER.read(QUESTION, [before + PASSAGES[0]])[0]
    rest = whole.after(len(before))
    assert [tuple(span) for span in rest.spans.tolist()] == [
        tuple(span) for span in READER.read(QUESTION, [PASSAGES[0]])[0].spans.tolist()
    ]
    np.testing.assert_array_equal(rest.starts, whole.starts[-len(rest.starts) :])
    assert rest.null == whole.null


@pytest.mark.parametrize(("question", "passage"), [(QUESTION, ""), ("", PASSAGES[0])])
def test_nothing_is_read_in_nothing(question: str, passage: str) -> None:
    (reading,) = READER.read(question, [passage])
    assert not len(reading.starts)
    assert reading.best_span(0, 10) is None
    assert reading.odds < -20


def test_white_space_is_no_answer() -> None:
    (reading,) = READER.read(QUESTION, ["  "])
    assert reading.best_span(0, 2) is None


def make_reading(starts: list[float], ends: list[float], null: float = 0.0) -> Reading:
    spans = np.array([(3 * i, 3 * i + 2) for i in range(len(starts))])
    return Reading(np.array(starts, np.float32), np.array(ends, np.float32), null, spans)


def test_the_best_span_never_ends_before_it_starts_and_stays_inside() -> None:
    reading = make_reading([0, 0, 5, 1], [4, 0, 1, 2], null=1.0)
    assert reading.best_span(0, 100) == (6, 11, 5 + 2 - 2)
    assert reading.best_span(0, 6) == (0, 2, 0 + 4 - 2)
    assert reading.best_span(7, 8) is None


def test_the_best_span_is_the_best_of_all_by_brute_force() -> None:
    rng = np.random.default_rng(1)
    starts, ends = rng.normal(size=60).astype(np.float32), rng.normal(size=60).astype(np.float32)
    found = make_reading(list(starts), list(ends)).best_span(0, 1000)
    pairs = [(i, j) for i in range(60) for j in range(i, min(60, i + SPAN_PIECES))]
    first, last = max(pairs, key=lambda pair: starts[pair[0]] + ends[pair[1]])
    assert found is not None
    assert found[:2] == (3 * first, 3 * last + 2)
    assert found[2] == pytest.approx(starts[first] + ends[last])


def test_odds_are_those_of_the_starts_against_none() -> None:
    reading = make_reading([np.log(1.0), np.log(3.0)], [0, 0], null=np.log(2.0))
    assert reading.odds == pytest.approx(np.log(2.0))
    assert reading.odds_within(3, 4) == pytest.approx(np.log(1.5))


def test_scalars_say_what_they_are_documented_to_say() -> None:
    cosines = np.array([[1.0, 0.0], [0.5, -1.0], [0.0, 0.2]], np.float32)
    same = np.array([[True, False], [False, False], [False, False]])
    weights = np.array([0.75, 0.25], np.float32)
    rows = see_scalars(cosines, same, weights, np.array([1, 2, 3], np.float32), np.zeros((3, 5), np.float32))
    np.testing.assert_allclose(rows[:, 0], [1, 0.5, 0.2])
    np.testing.assert_allclose(rows[:, 1], [1.5, 0.75, 0.1])
    np.testing.assert_allclose(rows[:, 2], [1, 0, 0])
    np.testing.assert_allclose(rows[:, 3], [1.5, 0, 0])
    met = 0.75 * 1.0 + 0.25 * (0.5 * 0.2 + 0.5 * 0.008)
    np.testing.assert_allclose(rows[:, 4:6], met, rtol=1e-5)
    np.testing.assert_allclose(rows[:, 6], [1, 2, 3])


def test_tokens_stand_where_they_say_and_carry_their_marks() -> None:
    text = "Le port a coûté 12 millions. Il ouvre."
    (held,) = tokens(TOKENIZER, [text])
    words = [text[start:end] for start, end in held.spans]
    assert words == ["Le", "port", "a", "coûté", "12", "millions", ".", "Il", "ouvre", "."]
    digits, capitals, signs, _, opens = held.marks.T
    assert [word for word, mark in zip(words, digits, strict=True) if mark] == ["12"]
    assert [word for word, mark in zip(words, capitals, strict=True) if mark] == ["Le", "Il"]
    assert [word for word, mark in zip(words, signs, strict=True) if mark] == [".", "."]
    assert [word for word, mark in zip(words, opens, strict=True) if mark] == ["Le", "Il"]


def test_the_pieces_of_an_answer_are_those_it_overlaps() -> None:
    (held,) = tokens(TOKENIZER, [PASSAGES[0]])
    start = PASSAGES[0].index("12")
    assert answer_pieces(held, start, start + len("12 millions")) == (4, 5)
    assert answer_pieces(held, 500, 510) == (-1, -1)


def test_training_steps_lower_the_loss_of_what_is_trained_on() -> None:
    torch.manual_seed(0)
    start = PASSAGES[0].index("12")
    marked = Marked("s", "fr", QUESTION, PASSAGES[0], ((start, "12 millions"),))
    batches = Batches(TABLE, TOKENIZER, [marked, Marked("s", "fr", "?", PASSAGES[1], ())], Rewriter(None))
    net = Net(TABLE.shape[1]).eval()
    first, second = tokens(TOKENIZER, PASSAGES[:2])
    batch = batches.batch([(QUESTION, first, 4, 5), ("?", second, -1, -1)])
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
    losses = []
    for _ in range(60):
        optimiser.zero_grad()
        loss = loss_of(net, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.2 < losses[0]
    trained = Reader([as_network(net, TABLE)], TOKENIZER)
    reading = trained.read(QUESTION, [PASSAGES[0]])[0]
    found = reading.best_span(0, len(PASSAGES[0]))
    assert found is not None
    assert PASSAGES[0][found[0] : found[1]] == "12 millions"
    assert reading.odds > 0 > trained.read("?", [PASSAGES[1]])[0].odds


def test_a_shrunken_table_keeps_lengths_and_nearly_the_directions() -> None:
    flat = TABLE @ np.diag([1.0] * 8 + [1e-3] * 8).astype(np.float32)
    small = shrink(flat, 8)
    np.testing.assert_allclose(np.linalg.norm(small, axis=1), np.linalg.norm(flat, axis=1), rtol=1e-4)
    np.testing.assert_allclose(small @ small.T, flat @ flat.T, atol=1e-2)
