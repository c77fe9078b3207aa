"""Names in four alphabets, each beside what must and what must not be taken for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.spelling import alike, consonants, latin

NAMES = [
    ("Tesla", "Тесла", "تسلا", "Τέσλα"),
    ("Newton", "Ньютон", "نيوتن", "Νεύτων"),
    ("Churchill", "Черчилль", "تشرشل", "Τσόρτσιλ"),
    ("Washington", "Вашингтон", "واشنطن", "Ουάσινγκτον"),
    ("Hamburg", "Гамбург", "هامبورغ", ""),
    ("Jacksonville", "Джексонвилл", "جاكسونفيل", "Τζάκσονβιλ"),
    ("Westminster", "Вестминстер", "وستمنستر", "Γουέστμινστερ"),
    ("Victoria", "Виктория", "فيكتوريا", "Βικτώρια"),
    ("Luther", "Лютера", "ولوثر", "Λούθηρος"),
    ("Fresno", "Фресно", "فريسنو", "Φρέσνο"),
    ("Normandy", "Нормандией", "والنورماندي", "Νορμανδία"),
]
OTHERS = [("Newton", "Фаренгейт"), ("Hamburg", "Московский"), ("Victoria", "وستمنستر"), ("Luther", "Λάμαρκ")]


def likeness(one: str, other: str) -> float:
    return max(alike(a, b) for a in consonants(one) for b in consonants(other))


@pytest.mark.parametrize(("name", "spelling"), [(row[0], word) for row in NAMES for word in row[1:] if word])
def test_one_name_in_two_alphabets_is_alike(name: str, spelling: str) -> None:
    assert likeness(name, spelling) >= 0.75


@pytest.mark.parametrize(("name", "other"), OTHERS)
def test_two_names_are_not(name: str, other: str) -> None:
    assert likeness(name, other) == 0


def test_the_consonants_of_a_name() -> None:
    assert consonants("Tesla") == consonants("ТЕСЛА") == consonants("Τέσλα") == consonants("تسلا") == ("tsl",)
    assert consonants("Genghis") == ("gngs", "jngs")
    assert consonants("والقاهرة") == ("wlkhr", "khr")
    assert consonants("特斯拉") == ("tsl",)
    assert consonants("大学") == consonants("मुंबई") == consonants("") == ()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("tsl", "tsl", 1.0),
        ("tsl", "dsl", 1 - 0.25 / 3),  # another sound of the family
        ("tsl", "tslm", 1 - 0.5 / 3),  # an ending
        ("vktr", "vkstr", 0.75),  # a sound in between
        ("tsl", "tksl", 0.0),  # the same costs a short name too much
        ("vktr", "lktr", 0.0),
        ("ts", "ts", 0.0),
    ],
)
def test_what_two_spellings_may_differ_in(one: str, other: str, expected: float) -> None:
    assert alike(one, other) == alike(other, one) == pytest.approx(expected)


@given(st.text(max_size=20))
def test_any_word_has_consonants_alone(word: str) -> None:
    for reading in consonants(word):
        assert set(reading) <= set("bcdfghjklmnprstvwz")
        assert len(reading) < 3 or alike(reading, reading) == 1


def test_greek_and_cyrillic_in_latin_letters() -> None:
    assert [latin(word) for word in ("тесла", "αθηνα", "щука", "paris")] == ["tesla", "athina", "shtuka", "paris"]
