"""What is seen of a sentence, feature by feature, on sentences short enough to work out by hand.

The language ``xx`` has no stemmer and no stop words: its terms are the words themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Asked
from rag.answer.features import NAMES, Seen, see, sentence_spans
from rag.answer.wanted import numbers
from rag.schema import Hit, Passage, Scores

WEIGHTS = {"alpha": 3.0, "beta": 2.0, "gamma": 1.0, "delta": 2.0}


def make_hit(text: str, language: str = "xx", *, rank: int = 1, score: float = 0.5, start: int = 0) -> Hit:
    name = f"d{rank}"
    return Hit(Passage(f"{name}:0", name, language, start, start + len(text), text), rank, score, "fused")


def make_asked(
    question: str,
    language: str,
    *hits: Hit,
    interact: Callable[[Sequence[str]], Scores] | None = None,
    weight: Callable[[str], float] = lambda term: WEIGHTS.get(term, 1.0),
) -> Asked:
    return Asked(
        question=question,
        language=language,
        hits=hits,
        same_language=True,
        term_weight=weight,
        occurs=lambda term: False,
        interact=interact,
    )


def column(seen: Seen, name: str) -> list[float]:
    return [round(float(value), 4) for value in seen.rows[:, NAMES.index(name)]]


def feature(name: str, question: str, sentence: str, language: str, sentence_language: str = "") -> float:
    seen = see(make_asked(question, language, make_hit(sentence, sentence_language or language)), 8)
    assert len(seen.sentences) == 1, seen.sentences
    return column(seen, name)[0]


def test_what_title_and_headings_say_need_not_be_said_again() -> None:
    held = Passage("d1:0", "d1", "xx", 0, 5, "Zeta.", ("Beta",))
    asked = replace(make_asked("alpha beta gamma", "xx", Hit(held, 1, 0.5, "fused")), title_of=lambda _: "Alpha")
    seen = see(asked, 8)
    assert column(seen, "words") == [round(5 / 6, 4)]  # alpha 3 and beta 2 of 6
    assert column(seen, "new") == [1.0]  # the sentence's own words are what it tells


def test_a_sentence_knows_the_best_passage_of_its_document() -> None:
    first, second = make_hit("Zeta.", score=0.9), make_hit("Eta.", start=9, score=0.3)
    other = make_hit("Theta.", rank=2, score=0.6)
    assert column(see(make_asked("alpha", "xx", first, other, second), 8), "document") == [0.9, 0.6, 0.9]


LEAD = "**Trieste, 1º ottobre 2022** – L'Agenzia apre."


def test_a_dateline_tells_the_day_and_nothing_else() -> None:
    assert feature("grams", "trieste", LEAD, "it") < feature("grams", "trieste", "A Trieste.", "it")
    assert feature("wanted_number", "Quanti uffici apre?", LEAD, "it") == 0
    assert feature("wanted_date", "Quando apre?", LEAD, "it") == 1


def test_money_is_asked_for_and_no_other_number_is_what_is_wanted() -> None:
    assert feature("wanted_number", "Combien a coûté le port ?", "Il a 19 quais.", "fr") == 0
    assert feature("wanted_number", "Combien a coûté le port ?", "Il a coûté 12 millions d'euros.", "fr") == 1


# --- shares of the question -------------------------------------------------------------------------------------

TWO = (
    make_hit("Alpha beta. Omega gamma. Zeta.", rank=1, score=0.9),
    make_hit("Delta alpha delta.", rank=2, score=0.4),
)
ASKED = make_asked("alpha beta gamma delta", "xx", *TWO)
# The weights 3, 2, 1, 2 sum to 8: the sentences have 5/8, 1/8, 0 and 5/8.
WORDS = [0.625, 0.125, 0.0, 0.625]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("passage", [0.9, 0.9, 0.9, 0.4]),
        ("behind", [0.0, 0.0, 0.0, -0.5]),
        ("words", WORDS),
        ("words_before", [0.0, 0.625, 0.125, 0.0]),
        ("words_after", [0.125, 0.0, 0.0, 0.0]),
        # Of 4 sentences 2 have alpha and 1 each of the others: log(1 + 4/3) and log(1 + 4/2), 4.143 in all.
        ("words_here", [0.4697, 0.2652, 0.0, 0.4697]),
        ("late", WORDS),  # an encoder without pieces lends the words
        ("late_best", [1.0, 0.2, 0.0, 1.0]),
        ("first", [1.0, 0.0, 0.0, 1.0]),
        ("length", [round(log(3), 4), round(log(3), 4), round(log(2), 4), round(log(4), 4)]),
        ("short", [1.0, 1.0, 1.0, 1.0]),
        ("new", [0.0, 0.5, 1.0, 0.0]),
        ("numbers", [0.0, 0.0, 0.0, 0.0]),
    ],
)
def test_features_of_two_small_passages(name: str, values: list[float]) -> None:
    assert column(see(ASKED, 8), name) == pytest.approx(values, abs=1e-4)


def test_late_interaction_is_asked_for_all_sentences_at_once() -> None:
    calls: list[list[str]] = []

    def interact(texts: Sequence[str]) -> Scores:
        calls.append(list(texts))
        return np.array([0.2, 0.8, 0.4, 0.3], np.float32)

    seen = see(make_asked("alpha", "xx", *TWO, interact=interact), 8)
    assert calls == [["Alpha beta.", "Omega gamma.", "Zeta.", "Delta alpha delta."]]
    assert column(seen, "late") == pytest.approx([0.2, 0.8, 0.4, 0.3])
    assert column(seen, "late_best") == pytest.approx([0.25, 1.0, 0.5, 1.0])


@pytest.mark.parametrize(
    ("question", "sentence", "share"),
    [
        ("abc", "abc", 1.0),
        ("abc", "abcd", 0.5),  # _abc abc_ against _abc abcd bcd_
        ("abc", "xyz", 0.0),
        ("ABÇ", "abc", 1.0),
        ("abc def", "def", 0.5),
        ("ab", "ab", 1.0),
    ],
)
def test_share_of_character_grams(question: str, sentence: str, share: float) -> None:
    assert feature("grams", question, sentence, "xx") == share


def test_words_meet_across_endings_and_accents_in_the_language_of_the_passage() -> None:
    assert feature("words", "les accords de sécurité", "L'accord SECURITE.", "fr") == 1.0
    assert feature("words", "Verhandlungen", "Die Verhandlung begann.", "de") == 1.0


def test_a_question_of_stop_words_alone_meets_nothing() -> None:
    assert feature("words", "qui est-ce", "Le port ferme.", "fr") == 0.0
    assert feature("grams", "qui est-ce", "Le port ferme.", "fr") == 0.0


# --- what is wanted ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "language", "question", "sentence", "value"),
    [
        ("wanted_number", "fr", "Combien d'agents en 2023 ?", "Elle emploie 312 agents.", 1),
        ("wanted_number", "fr", "Combien d'agents en 2023 ?", "Elle recrute en 2023.", 0),
        ("wanted_number", "fr", "Combien d'agents ?", "Elle emploie des agents.", 0),
        ("wanted_number", "fr", "Combien de lits ?", "Il compte quarante-deux lits.", 1),
        ("wanted_number", "fr", "Combien de lits ?", "Il ouvre le 3 mars 2024.", 0),
        ("wanted_number", "fr", "Combien d'agents ?", "Contact : Clara Montesi – 04 65 71 02 18.", 0),
        ("wanted_number", "de", "Wie viele?", "Telefon +49 30 1234 5678, 14 Leute.", 1),
        ("wanted_number", "fr", "Combien d'agents ?", "Elle emploie 1 234 567 agents.", 1),
        ("wanted_number", "fr", "Quand ?", "Elle emploie 312 agents.", 0),
        ("wanted_number", "ar", "كم عدد الموظفين؟", "يعمل فيها ٣١٢ موظفا.", 1),
        ("wanted_number", "zh", "有多少人？", "共有312人。", 1),
        ("wanted_time", "de", "Wann begann die Übung?", "Sie begann am 6. Mai 2024.", 1),
        ("wanted_time", "de", "Wann begann die Übung 2024?", "Das war 2024 so.", 0),
        ("wanted_time", "el", "Πότε άρχισε;", "Άρχισε το 2024.", 1),
        ("wanted_name", "en", "Who signed?", "It was signed by Anna Keller.", 1),
        ("wanted_name", "en", "Who is Anna Keller?", "It was signed by Anna Keller.", 0),
        ("wanted_name", "en", "Who signed?", "Nobody signed.", 0),  # a capital that only opens the sentence
        ("wanted_name", "ru", "Кто подписал?", "Документ подписала Анна Келлер.", 1),
        ("wanted_name", "fr", "Qui préside ?", "La séance est présidée par l’Irlande.", 1),
        ("wanted_name", "fr", "Qui est Saint-Aubert ?", "On voit Saint-Aubert.", 0),  # the name that was asked for
        ("wanted_name", "de", "Wer leitet es?", "Das Kollektiv beantragt Mittel für die Beratung.", 0),  # nouns alone
        ("wanted_name", "de", "Wer leitet es?", "Den Antrag hat Frau Dragosin übernommen.", 1),
        ("wanted_name", "de", "Wer warnt?", "Davor warnt die EOS seit langem.", 1),
        ("wanted_person", "fr", "Qui signe ?", "Marlene Achterberg, secrétaire générale, signe.", 1),
        ("wanted_person", "fr", "Qui est Marlene Achterberg ?", "Marlene Achterberg signe.", 0),
        ("wanted_person", "fr", "Qui signe ?", "Le Conseil signe.", 0),
        ("wanted_person", "nl", "Wie tekent?", "Het stuk is van Jan van den Berg.", 1),
        ("wanted_date", "fr", "Quand ouvre-t-il ?", "Il ouvre le 3 mars.", 1),
        ("wanted_date", "fr", "Quand ouvre-t-il ?", "Il ouvre en 2024.", 1),
        ("wanted_date", "fr", "Quand ouvre-t-il ?", "Il compte 42 lits.", 0),
        ("wanted_date", "fr", "Quand ouvre-t-il en 2024 ?", "En 2024, il compte 42 lits.", 0),
        ("wanted_place", "it", "Dove si trova la sede?", "La sede si trova a Trieste.", 1),
        ("wanted_place", "it", "Dove si trova la sede di Trieste?", "La sede di Trieste è grande.", 0),
        ("wanted_reason", "es", "¿Por qué se cerró?", "Se cerró porque llovía.", 1),
        ("wanted_reason", "es", "¿Por qué se cerró?", "Se cerró el lunes.", 0),
        ("wanted_reason", "ar", "لماذا أغلق المركز؟", "أغلق المركز لأن الطريق مقطوع.", 1),
        ("wanted_reason", "zh", "为什么关闭？", "因为天气很冷而关闭。", 1),
        ("wanted_reason", "bg", "Защо беше затворен?", "Затвориха го, защото валеше.", 1),
        ("wanted_reason", "el", "Γιατί έκλεισε;", "Έκλεισε επειδή έβρεχε.", 1),
    ],
)
def test_what_is_wanted_is_looked_for(name: str, language: str, question: str, sentence: str, value: int) -> None:
    assert feature(name, question, sentence, language) == value


@pytest.mark.parametrize(
    ("sentence", "short"), [("Un deux trois quatre.", 1), ("Un deux trois quatre cinq.", 0), ("Non.", 1)]
)
def test_short_sentences_have_fewer_than_five_words(sentence: str, short: int) -> None:
    assert feature("short", "alpha", sentence, "fr") == short


@pytest.mark.parametrize(
    ("question", "share"), [("en 2023 et 2024", 0.5), ("en 2023", 1.0), ("en 2021", 0.0), ("en mai", 0.0)]
)
def test_share_of_the_numbers_asked(question: str, share: float) -> None:
    assert feature("numbers", question, "Le vote de 2023 eut lieu.", "fr") == share


# --- numbers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("39 870 personnes", {"39870"}),
        ("39\u202f870 et 1\u00a0000\u00a0000", {"39870", "1000000"}),
        ("1.500 euro, 1,500 euros", {"1500"}),
        ("12,4 % et 3.5 %", {"124", "35"}),
        ("en 2023 312 agents", {"2023", "312"}),
        ("2023, 2024 ; 2025.", {"2023", "2024", "2025"}),
        ("٢٠٢٣ और २०२४", {"2023", "2024"}),
        ("12 km², H₂O", {"12"}),
        ("article 14 bis", {"14"}),
        ("0800 555 0142", {"0800", "555", "0142"}),
        ("aucun", set()),
    ],
)
def test_numbers_are_read_as_europeans_write_them(text: str, found: set[str]) -> None:
    assert numbers(text) == found


@given(st.integers(0, 10**9))
def test_a_number_is_the_same_however_it_is_grouped(number: int) -> None:
    plain = {str(number)}
    for mark in (" ", "\u00a0", "\u202f", ".", ","):
        assert numbers(f"soit {number:,} euros".replace(",", mark)) == plain


# --- which sentences --------------------------------------------------------------------------------------------


def test_only_the_first_hits_are_looked_at() -> None:
    assert {place.hit for place in see(ASKED, 1).sentences} == {0}
    assert {place.hit for place in see(ASKED, 2).sentences} == {0, 1}


def test_no_hit_gives_no_sentence() -> None:
    seen = see(make_asked("alpha", "xx"), 8)
    assert seen.sentences == ()
    assert seen.rows.shape == (0, len(NAMES))


def seen_texts(text: str, language: str) -> list[str]:
    hit = make_hit(text, language, start=100)
    return [text[place.start - 100 : place.end - 100] for place in see(make_asked("alpha", "xx", hit), 8).sentences]


@pytest.mark.parametrize(
    ("language", "sentence", "asks"),
    [
        ("fr", "Que faire ?", True),
        ("fr", "« Que faire ? »", True),
        ("fr", "Le budget annuel ;", False),
        ("fr", "Le budget est voté.", False),
        ("el", "Τι κάνουμε;", True),
        ("el", "Τι κάνουμε\u037e", True),
        ("ar", "ماذا نفعل؟", True),
        ("zh", "怎么办？", True),
    ],
)
def test_questions_are_quoted_only_where_there_is_nothing_else(language: str, sentence: str, asks: bool) -> None:
    others = {"fr": "La séance est levée.", "el": "Ο νόμος ψηφίστηκε.", "ar": "انتهى الاجتماع.", "zh": "会议结束。"}
    other = others[language]
    assert seen_texts(f"{other}\n\n{sentence}", language) == ([other] if asks else [other, sentence])
    assert seen_texts(sentence, language) == [sentence]


def test_headings_are_not_quoted_but_count_for_the_sentence_after_them() -> None:
    text = "## Le budget du port\n\nIl compte 12 euros.\n\n## La suite\n\nElle viendra."
    assert seen_texts(text, "fr") == ["Il compte 12 euros.", "Elle viendra."]
    seen = see(make_asked("budget du port", "fr", make_hit(text, "fr")), 8)
    assert column(seen, "words_before") == [1.0, 0.0]
    assert seen_texts("## Le budget\n", "fr") == ["Le budget"]


def test_spans_stand_in_the_document_without_list_and_heading_marks() -> None:
    text = "## Budget\n\n- Il est voté. **Vraiment.**\n- Il est clos."
    passage = make_hit(text, "fr", start=100).passage
    spans = sentence_spans(passage)
    assert [text[start - 100 : end - 100] for start, end in spans][:2] == ["Budget", "Il est voté."]
    assert all(100 <= start < end <= passage.end for start, end in spans)


@given(st.text(min_size=1, max_size=200), st.sampled_from(["fr", "el", "zh", "th", "hu"]), st.text(max_size=40))
def test_any_text_and_any_question_give_finite_features(text: str, language: str, question: str) -> None:
    seen = see(make_asked(question, language, make_hit(text, language)), 8)
    assert seen.rows.shape == (len(seen.sentences), len(NAMES))
    assert np.isfinite(seen.rows).all()
