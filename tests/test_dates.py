"""Dates as they are written in each language, and the day on which a text says it was issued."""

from __future__ import annotations

import re
import time
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.dates import (
    _CJK,
    _DAY_FIRST,
    _ISO,
    _NUMERIC,
    _ROMAN,
    _matches,
    find_dates,
    iso_date,
)
from rag.text.months import month_names

FIFTH_OF_MARCH = {
    "bg": ("5 март 2024 г.", "5 март 2024"),
    "cs": ("dne 5. března 2024", "5. března 2024"),
    "da": ("den 5. marts 2024", "5. marts 2024"),
    "de": ("den 5. März 2024", "5. März 2024"),
    "el": ("στις 5 Μαρτίου 2024", "5 Μαρτίου 2024"),
    "en": ("on 5th March 2024", "5th March 2024"),
    "en_us": ("on March 5, 2024", "March 5, 2024"),
    "es": ("el 5 de marzo de 2024", "5 de marzo de 2024"),
    "et": ("5. märts 2024", "5. märts 2024"),
    "fi": ("5. maaliskuuta 2024", "5. maaliskuuta 2024"),
    "fr": ("le 5 mars 2024", "5 mars 2024"),
    "ga": ("5 Márta 2024", "5 Márta 2024"),
    "hr": ("5. ožujka 2024.", "5. ožujka 2024"),
    "hu": ("2024. március 5.", "2024. március 5"),
    "it": ("il 5 marzo 2024", "5 marzo 2024"),
    "lt": ("2024 m. kovo 5 d.", "2024 m. kovo 5"),
    "lv": ("2024. gada 5. martā", "2024. gada 5. martā"),
    "mt": ("5 ta’ Marzu 2024", "5 ta’ Marzu 2024"),
    "nl": ("op 5 maart 2024", "5 maart 2024"),
    "no": ("den 5. mars 2024", "5. mars 2024"),
    "pl": ("dnia 5 marca 2024 r.", "5 marca 2024"),
    "pt": ("em 5 de março de 2024", "5 de março de 2024"),
    "ro": ("la 5 martie 2024", "5 martie 2024"),
    "ru": ("5 марта 2024 года", "5 марта 2024"),
    "sk": ("5. marca 2024", "5. marca 2024"),
    "sl": ("dne 5. marca 2024", "5. marca 2024"),
    "sv": ("den 5 mars 2024", "5 mars 2024"),
    "tr": ("5 Mart 2024", "5 Mart 2024"),
    "uk": ("5 березня 2024 року", "5 березня 2024"),
    "ar": ("في 5 مارس 2024", "5 مارس 2024"),
    "zh": ("于2024年3月5日发布", "2024年3月5日"),
}


@pytest.mark.parametrize(("text", "words"), FIFTH_OF_MARCH.values(), ids=FIFTH_OF_MARCH.keys())
def test_a_date_is_found_in_every_language(text: str, words: str) -> None:
    start = text.index(words)
    assert find_dates(text) == [(start, start + len(words), "2024-03-05")]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("1er mai 2023", "2023-05-01"),
        ("1ᵉʳ mai 2023", "2023-05-01"),
        ("1.º de janeiro de 2024", "2024-01-01"),
        ("1η Ιουλίου 2021", "2021-07-01"),
        ("Feb. 29, 2024", "2024-02-29"),
        ("21st of December, 2023", "2023-12-21"),
        ("30 Meán Fómhair 2024", "2024-09-30"),
        ("14 d’Aibreán 2022", "2022-04-14"),
        ("1. listopada 2023.", "2023-10-01"),
        ("1 listopada 2023", "2023-11-01"),
        ("1. listopadu 2023", "2023-11-01"),
        ("5 آذار/مارس 2024", "2024-03-05"),
        ("٥ كانون الثاني ٢٠٢٤", "2024-01-05"),
        ("5-го марта 2024", "2024-03-05"),
        ("19. elokuuta 2020", "2020-08-19"),
        ("05.03.2024", "2024-03-05"),
        ("5. 3. 2024", "2024-03-05"),
        ("05/03/2024", "2024-03-05"),
        ("5-3-2024", "2024-03-05"),
        ("2024-03-05", "2024-03-05"),
        ("2024. 03. 05.", "2024-03-05"),
        ("5.III.2024", "2024-03-05"),
        ("03/25/2024", "2024-03-25"),
    ],
)
def test_the_ways_to_write_a_date(text: str, iso: str) -> None:
    assert [day for _, _, day in find_dates(text)] == [iso]


@pytest.mark.parametrize(
    "text",
    [
        "31 février 2024",
        "29.02.2023",
        "2024-13-05",
        "31.04.2024",
        "version 10.10.2.2024",
        "5 chevaux 2024",
        "15 jours en mars 2020",
        "le 5\n\nmars 2024",
        "n° 5, mars",
        "mars 2024",
        "2024²",
        "",
    ],
)
def test_what_is_not_a_date(text: str) -> None:
    assert find_dates(text) == []


@pytest.mark.parametrize("change", [str.upper, str.lower, lambda text: text.replace(" ", "\u00a0")])
@pytest.mark.parametrize("text", ["13 décembre 2023", "2024 m. gegužės 7", "5 ta’ Ġunju 2024", "8 Ιουνίου 2021"])
def test_case_and_spaces_do_not_matter(text: str, change) -> None:  # type: ignore[no-untyped-def]
    changed = change(text)
    assert [(start, end) for start, end, _ in find_dates(changed)] == [(0, len(changed))]
    assert find_dates(changed)[0][2] == find_dates(text)[0][2]


def test_accents_do_not_matter_and_offsets_stay_in_decomposed_text() -> None:
    text = unicodedata.normalize("NFD", "Fait à Liège, le 13 décembre 2023, à midi")
    ((start, end, iso),) = find_dates(text)
    assert unicodedata.normalize("NFC", text[start:end]) == "13 décembre 2023"
    assert iso == "2023-12-13"
    assert find_dates("13 decembre 2023")[0][2] == "2023-12-13"


def test_every_name_of_a_month_is_found_and_none_means_two() -> None:
    numbers: dict[str, set[int]] = {}
    for name, number in month_names():
        numbers.setdefault(name, set()).add(number)
        assert [day for _, _, day in find_dates(f"7 {name} 2024")] == [f"2024-{number:02}-07"]
    assert {name for name, found in numbers.items() if len(found) > 1} == set()
    assert {number for found in numbers.values() for number in found} == set(range(1, 13))


def test_several_dates_come_in_order() -> None:
    text = "Du 12 au 13 décembre 2023, puis le 05/03/2024 (et non 2024-03-06)."
    assert [(text[start:end], iso) for start, end, iso in find_dates(text)] == [
        ("13 décembre 2023", "2023-12-13"),
        ("05/03/2024", "2024-03-05"),
        ("2024-03-06", "2024-03-06"),
    ]


def test_a_date_broken_over_two_lines_is_found() -> None:
    assert find_dates("le 13\ndécembre 2023") == [(3, 19, "2023-12-13")]


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)), st.sampled_from([".", "/", "-"]))
def test_every_day_written_in_figures_is_read_back(day: date, mark: str) -> None:
    assert find_dates(day.isoformat()) == [(0, 10, day.isoformat())]
    assert find_dates(day.strftime(f"%d{mark}%m{mark}%Y")) == [(0, 10, day.isoformat())]


@given(st.text("0125 .,/-日月年ivxt\nmarch", max_size=60), st.sampled_from([_CJK, _ISO, _NUMERIC, _ROMAN, _DAY_FIRST]))
def test_dates_are_looked_for_wherever_a_pattern_finds_one(text: str, pattern: re.Pattern[str]) -> None:
    numbers = [number.start() for number in re.finditer(r"\d+", text)]
    expected = [match.span() for match in pattern.finditer(text)]
    assert [match.span() for match in _matches(pattern, text, numbers)] == expected


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_spans_are_ordered_and_hold_a_day_of_the_calendar(text: str) -> None:
    last = 0
    for start, end, iso in find_dates(text):
        assert last <= start < end <= len(text)
        assert date.fromisoformat(iso)
        last = end


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("2024-03-05", "2024-03-05"),
        ("2024-03-05T23:30:00+01:00", "2024-03-05"),
        ("2024-03", "2024-03"),
        ("2024", "2024"),
        ("20240305", "2024-03-05"),
        ("D:20240305120000+01'00'", "2024-03-05"),
        ("5 mars 2024", "2024-03-05"),
        ("mars 2024", "2024-03"),
        ("marzo de 2024", "2024-03"),
        ("05/03/2024 10:20", "2024-03-05"),
        ("2024-02-31", None),
        ("2024-13", None),
        ("hier", None),
        ("", None),
    ],
)
def test_a_field_of_metadata_becomes_a_date(value: str, iso: str | None) -> None:
    assert iso_date(value) == iso


def test_five_thousand_characters_take_a_few_milliseconds() -> None:
    text = ("Le 12 mai 2023, 340 délégués de 27 pays ont adopté, à l’unanimité, l’article 21 du règlement. " * 60)[
        :5000
    ]
    find_dates(text)
    started = time.perf_counter()
    for _ in range(10):
        assert len(find_dates(text)) == 54
    assert (time.perf_counter() - started) / 10 < 0.05
