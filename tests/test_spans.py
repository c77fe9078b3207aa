"""Which words of a chosen sentence are its short answer: whole words, the kind wanted, no ragged end, and how sure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import regex
from test_quoting import make_asked, make_passage

from rag.answer import Asked
from rag.answer.reader import Reading
from rag.answer.span_features import NAMES, Candidates, candidates
from rag.answer.spans import SIGNS, Chosen, choose_span, is_doubtful, load_spans, score_spans, see_signs
from rag.answer.words import Words, words_of
from rag.schema import Passage, Scores
from rag.train.spans import Spans, fit_spans, judge_spans, report_spans, write_spans

PIECE = regex.compile(r"\p{Nd}+|\p{L}{1,4}|[^\s\p{L}\p{Nd}]")
"""Pieces such as a tokenizer makes: long words are several, a sign is one."""


def make_reading(text: str, likes: Sequence[tuple[str, float]], null: float = 0.0) -> Reading:
    """A reading that likes some spans by so much, and no other piece."""
    spans = np.array([match.span() for match in PIECE.finditer(text)], np.int64).reshape(-1, 2)
    starts, ends = np.zeros(len(spans), np.float32), np.zeros(len(spans), np.float32)
    for span, logit in likes:
        low = text.index(span)
        starts[np.flatnonzero(spans[:, 0] == low)] += logit
        ends[np.flatnonzero(spans[:, 1] == low + len(span))] += logit
    return Reading(starts, ends, null, spans)


def see_words(text: str, language: str) -> Words:
    words = words_of(text, language, make_reading(text, []), 0, len(text))
    assert words is not None
    return words


def written(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in see_words(text, language).spans]


def nearest(text: str, others: Sequence[str]) -> Scores:
    """As encoders do it across languages: a Verein is an association."""
    alike = {"vereine": "associations", "jours": "days"}
    return np.array([float(alike.get(text) == other) for other in others], np.float32)


def choose(question: str, language: str, text: str, *likes: tuple[str, float]) -> tuple[str, Chosen]:
    passage = Passage("d:0", "d", "fr", 40, 40 + len(text), text)
    base = make_asked(question, passage)
    asked = Asked(question, language, base.hits, True, base.term_weight, base.occurs, None, compare=nearest)
    found = choose_span(asked, passage, make_reading(text, likes), 0, len(text))
    assert found is not None
    return text[found.start : found.end], found


def see(question: str, text: str, *likes: tuple[str, float]) -> tuple[Candidates, list[str]]:
    found = candidates((question, "fr"), (text, "fr"), make_reading(text, likes), 0, len(text), nearest)
    assert found is not None
    return found, [text[start:end] for start, end in found.spans]


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Elle reçoit 27 000 euros.", "fr", ["Elle", "reçoit", "27 000", "euros", "."]),
        ("Soit 45 % en plus.", "fr", ["Soit", "45 %", "en", "plus", "."]),
        ("It costs €5 here", "en", ["It", "costs", "€5", "here"]),
        ("le 19 mars 2024", "fr", ["le", "19 mars", "2024"]),
        ("am 19. März in Köln", "de", ["am", "19. März", "in", "Köln"]),
        ("on March 19 there", "en", ["on", "March 19", "there"]),
        ("à Saint-Denis (Seine)", "fr", ["à", "Saint-Denis", "(", "Seine", ")"]),
        ("在2015年", "zh", ["在", "2015", "年"]),
    ],
)
def test_what_is_written_as_one_is_one_word(text: str, language: str, words: list[str]) -> None:
    assert written(text, language) == words


def test_words_say_what_they_are_and_what_the_reader_thinks_of_their_ends() -> None:
    text = "Le 19 mars 2024, Anna compte deux navires."
    words = words_of(text, "fr", make_reading(text, [("19 mars", 3.0)]), 0, len(text))
    assert words is not None
    assert words.starts.tolist() == [0, 3, 0, 0, 0, 0, 0, 0, 0]
    assert words.ends.tolist() == [0, 3, 0, 0, 0, 0, 0, 0, 0]
    assert np.flatnonzero(words.times).tolist() == [1, 2]
    assert np.flatnonzero(words.numbers).tolist() == [1, 2, 6]
    assert np.flatnonzero(words.signs).tolist() == [3, 8]
    assert np.flatnonzero(words.capitals).tolist() == [0, 4]
    assert np.flatnonzero(words.stops).tolist() == [0]


def test_may_is_a_month_with_a_capital_alone_in_english() -> None:
    assert see_words("It may rain in May", "en").times.tolist() == [False, False, False, False, True]


def test_a_sentence_that_was_not_read_has_no_words_and_no_short_answer() -> None:
    text = "Anna est ici."
    nothing = Reading(np.zeros(0, np.float32), np.zeros(0, np.float32), 0.0, np.zeros((0, 2), np.int64))
    assert words_of(text, "fr", nothing, 0, len(text)) is None
    passage = make_passage(text)
    assert choose_span(make_asked("Qui ?", passage), passage, nothing, 0, len(text)) is None
    signs = make_passage("... !")
    assert choose_span(make_asked("Qui ?", signs), signs, make_reading(signs.text, []), 0, 5) is None


def test_candidates_are_whole_words_in_the_order_of_the_reader_and_none_begins_or_ends_with_a_sign() -> None:
    text = "L'association (Rivage) accueille Marguerite."
    found, spans = see("Qui ?", text, ("Marguerite", 4.0), ("Rivage", 2.0))
    assert spans[0] == "Marguerite"
    assert found.logits.tolist() == sorted(found.logits.tolist(), reverse=True)
    assert all(span[0].isalnum() and span[-1].isalnum() for span in spans)
    words = see_words(text, "fr").spans
    assert set(found.spans[:, 0]) <= set(words[:, 0])
    assert set(found.spans[:, 1]) <= set(words[:, 1])


def test_the_number_beside_the_noun_asked_for_wins_even_in_another_language() -> None:
    text = "Le Collectif Rivage rassemble 31 associations et 27 000 bénévoles."
    question = "Wie viele Vereine gehören dem Collectif Rivage an?"
    _, sure = choose(question, "de", text, ("27 000", 9.0))  # the reader alone would mark it
    assert not sure.sure
    reading = make_reading(text, [("27 000", 3.0), ("31", 3.0)])
    found = candidates((question, "de"), (text, "fr"), reading, 0, len(text), nearest)
    assert found is not None
    spans = [text[start:end] for start, end in found.spans]
    scores = score_spans(found, load_spans().order, "fr")
    assert scores[spans.index("31")] > scores[spans.index("27 000")]
    assert found.column("near")[spans.index("31")] == pytest.approx(0.85)
    assert found.column("near")[spans.index("27 000")] == pytest.approx(0.55)  # two words further from it
    assert found.column("near_lost")[spans.index("27 000")] == pytest.approx(0.3)


def test_another_kind_than_the_wanted_one_is_not_marked_where_the_sentence_has_it() -> None:
    text, question = "Le chef de 44 ans fut pris le 19 mars.", "Quel jour le chef fut-il pris ?"
    _, found = choose(question, "fr", text, ("44 ans", 9.0))
    seen, spans = see(question, text, ("44 ans", 9.0), ("19 mars", 5.0))
    assert seen.column("unfit")[spans.index("44 ans")] == 1
    assert seen.column("unfit")[spans.index("19 mars")] == 0
    assert is_doubtful(seen, spans.index("44 ans"))
    assert not found.sure


@pytest.mark.parametrize(
    ("span", "ragged"),
    [
        ("Anna Le", True),  # a stop word at its end
        ("Rivage (Calais", True),  # a bracket of two
        ("Rivage (Calais) et Anna", False),
        ("Anna Le Goff", False),
    ],
)
def test_a_span_cut_after_a_stop_word_or_within_brackets_is_none_to_show(span: str, ragged: bool) -> None:
    found, spans = see("Qui ?", "Le Rivage (Calais) et Anna Le Goff ont signé.", (span, 5.0))
    assert is_doubtful(found, spans.index(span)) == ragged


def test_a_name_and_the_words_of_the_question_are_seen_at_the_edges() -> None:
    found, spans = see("Qui dirige le port de Kerlouan ?", "Le port de Kerlouan : Anna Le Goff.", ("Goff", 1.0))
    cut, asked = spans.index("Goff"), spans.index("port de Kerlouan")
    assert found.column("cut_name_before")[cut] == 1
    assert found.column("cut_name_before")[spans.index("Anna Le Goff")] == 0
    assert found.column("asked_start")[asked] == found.column("asked_end")[asked] == 1
    assert found.column("asked")[asked] == pytest.approx(2 / 3)
    assert found.column("capitals_who")[cut] == found.column("capitals")[cut] == 1
    assert found.column("capitals_when")[cut] == 0


def test_the_expected_f1_is_that_of_brute_force() -> None:
    found, spans = see("Qui ?", "Anna aime Marie Dupont", ("Marie", 1.0), ("Marie Dupont", 0.7))
    chances = np.exp(found.column("chance"))
    assert chances.sum() == pytest.approx(1, abs=1e-5)
    for place, span in enumerate(spans):
        own = set(span.split())
        gains = [2 * len(own & set(other.split())) / (len(own) + len(other.split())) for other in spans]
        assert found.column("expected")[place] == pytest.approx(float(np.dot(chances, gains)), abs=1e-5)


def test_where_words_are_not_parted_the_reader_alone_orders_the_spans() -> None:
    text = "黑豹队在2015年以308分名列第一。"
    found = candidates(("多少分?", "zh"), (text, "zh"), make_reading(text, [("308", 5.0)]), 0, len(text))
    assert found is not None
    scores = score_spans(found, load_spans().order, "zh")
    assert text[slice(*found.spans[int(scores.argmax())])] == "308"


def test_a_clear_name_is_marked_and_one_of_many_chances_is_not() -> None:
    text = "Le rapport a été présenté par Mirela Dragosin à Calais."
    span, clear = choose("Qui a présenté le rapport ?", "fr", text, ("Mirela Dragosin", 9.0))
    _, unclear = choose("Qui a présenté le rapport ?", "fr", text)
    assert (span, clear.sure, unclear.sure) == ("Mirela Dragosin", True, False)
    assert clear.chance > unclear.chance


def make_rows(held_out: bool, count: int = 30) -> list[Spans]:
    """Questions whose answer is the name, though the reader prefers the word before it."""
    rows = []
    for number in range(count):
        text = f"Le texte numéro {number} fut écrit par Anna Morel hier."
        found, spans = see("Qui ?", text, ("écrit par Anna Morel", 1.0), ("Anna Morel", 0.8))
        f1 = np.array([float(span == "Anna Morel") for span in spans], np.float32)
        rows.append(Spans("made", "fr", held_out, found, f1))
    return rows


def test_the_fit_learns_what_the_reader_does_not_know(tmp_path: object) -> None:
    rows = [*make_rows(False), *make_rows(True)]
    weights = fit_spans(rows)
    signs, f1 = judge_spans(rows, weights.order)
    assert signs.shape == (60, len(SIGNS))
    assert f1.mean() == 1.0
    (told,) = report_spans(rows, weights)
    assert "F1   0.0 -> 100.0" in told
    assert "right 100.0" in told


def test_what_the_fit_writes_is_what_is_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    weights, file = load_spans(), tmp_path_factory.mktemp("spans") / "spans.json"
    write_spans(file, weights, "a note")
    again = load_spans(file)
    assert np.allclose(again.order, weights.order)
    assert np.allclose(again.mark, weights.mark)
    assert (again.added, again.sure) == (weights.added, weights.sure)
    assert len(again.order) == len(NAMES)


def test_the_signs_count_the_spans_that_agree_with_the_chosen_one() -> None:
    found, _ = see("Qui ?", "Anna aime Marie", ("Marie", 9.0))
    scores = found.column("chance")
    signs = see_signs(found, scores, 0)
    assert signs[SIGNS.index("logit")] == pytest.approx(15)  # 18, held to the limit
    share = float(np.exp(scores[0]))
    assert signs[0] == pytest.approx(np.log(share / (1 - share)), abs=1e-2) or share > 0.999
