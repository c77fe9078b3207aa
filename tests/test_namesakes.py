"""What of a question's names stands in a passage of another script, with a rarity that is told by hand."""

from __future__ import annotations

import pytest

from rag.text.namesakes import name_shares

RUSSIAN = ("Никола Тесла родился в 1856 году в Смиляне.", "ru")
ARABIC = ("ولد نيكولا تسلا عام ١٨٥٦ في سميليان.", "ar")
CHINESE = ("1856年出生于斯米连。", "zh")
OTHER = ("Черчилль был премьер-министром 62 раза.", "ru")


def rare(word: str, language: str) -> float:
    return 1.0


def shares(question: str, language: str, *texts: tuple[str, str]) -> list[float]:
    """The shares; all of those here are exact in binary."""
    return [float(share) for share in name_shares(question, language, texts, rare)]


def test_two_names_are_enough() -> None:
    assert shares("Where was Nikola Tesla born?", "en", RUSSIAN, ARABIC, OTHER, CHINESE) == [1, 1, 0, 0]


def test_one_name_or_one_number_is_half_as_much() -> None:
    assert shares("When was Tesla born?", "en", RUSSIAN, OTHER) == [0.5, 0]
    assert shares("Who was born in 1856?", "en", RUSSIAN, ARABIC, CHINESE, OTHER) == [0.5, 0.5, 0.5, 0]


def test_every_word_of_an_arabic_question_may_be_a_name() -> None:
    assert shares("أين ولد تسلا؟", "ar", RUSSIAN, OTHER) == [0.5, 0]


def test_chinese_signs_that_sound_like_a_name() -> None:
    passage = ("1917年尼古拉·特斯拉被授予爱迪生奖章。", "zh")
    tesla, edison = 1.0, (1 - 0.25 / 3) ** 4  # 迪 is written for t and for d
    expected = pytest.approx([(tesla + edison) / 2, 0])
    assert shares("When did Tesla get the Edison Medal?", "en", passage, CHINESE) == expected
    assert shares("特斯拉什么时候出生？", "zh", RUSSIAN, ARABIC, OTHER) == [0.5, 0.5, 0]


def test_words_of_an_arabic_question_are_not_looked_for_in_chinese() -> None:
    passage = ("1917年尼古拉·特斯拉被授予爱迪生奖章。", "zh")
    assert shares("أين ولد تسلا؟", "ar", passage) == [0]


def test_a_passage_in_the_same_script_is_left_to_the_words() -> None:
    assert shares("Wo wurde Nikola Tesla 1856 geboren?", "de", ("Nikola Tesla was born in 1856.", "en")) == [0]


def test_a_word_that_many_passages_have_tells_little() -> None:
    found = name_shares("When was Tesla born?", "en", [RUSSIAN], lambda word, _: 0.25)
    assert found.tolist() == [0.125]


@pytest.mark.parametrize("written", ["1,234", "1 234", "1.234", "1234", "١٢٣٤", "1\u202f234"])
def test_a_number_is_the_same_however_it_is_parted(written: str) -> None:
    assert shares(f"Which of them has {written} members?", "en", ("В нём 1 234 члена.", "ru")) == [0.5]


def test_a_question_without_names_or_numbers_tells_nothing() -> None:
    assert shares("what is it made of?", "en", RUSSIAN, ARABIC) == [0, 0]
    assert name_shares("what?", "en", [], rare).shape == (0,)
