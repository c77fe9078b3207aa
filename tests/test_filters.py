"""Filters: what is typed, what it lets through, and what is said of a filter nobody can understand."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import BadUsage
from rag.filters import FIELDS, OFFERED, Condition, offered, parse_condition, passes
from rag.schema import Document

OPERATORS = ("=", "!=", ">", ">=", "<", "<=")
DATES = st.one_of(
    st.dates().map(lambda day: day.isoformat()),
    st.dates().map(lambda day: day.isoformat()[:7]),
    st.dates().map(lambda day: day.isoformat()[:4]),
)


def make_document(**values: str | None) -> Document:
    facts: dict[str, str | None] = {
        "id": "notes/a.md", "title": "Élargissement de l’espace Schengen", "language": "fr",
        "date": "2023-06-15", "source": "Conseil de l'Union européenne", "text": "x", **values,
    }  # fmt: skip
    return Document(**facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("language=fr", Condition("language", "=", "fr")),
        ("language==fr", Condition("language", "=", "fr")),
        ("  Date >= 2023-06 ", Condition("date", ">=", "2023-06")),
        ("date<2023", Condition("date", "<", "2023")),
        ("DATE!=2023-12-31", Condition("date", "!=", "2023-12-31")),
        ("source!=Conseil de l'Union", Condition("source", "!=", "Conseil de l'Union")),
        ("source==Conseil", Condition("source", "==", "Conseil")),
        ("title=a=b", Condition("title", "=", "a=b")),
        ("document=notes/a b.md", Condition("document", "=", "notes/a b.md")),
    ],
)
def test_what_is_typed(text: str, expected: Condition) -> None:
    assert parse_condition(text) == expected
    assert parse_condition(str(expected)) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not understood: write for example language=fr"),
        ("fr", "is not understood"),
        ("language=", "is not understood"),
        ("=fr", "is not understood"),
        ("language fr", "is not understood"),
        ("author=Jean", "names no known field: use one of language, date, source, title, document"),
        ("date=juin 2023", "needs a date such as 2023, 2023-06 or 2023-06-30"),
        ("date=2023-6", "needs a date"),
        ("date=2023-13", "needs a date"),
        ("date=2023-00", "needs a date"),
        ("date=2023-06-32", "needs a date"),
        ("date=15/06/2023", "needs a date"),
        ("date=>2023", "needs a date"),
        ("date=٢٠٢٣", "needs a date"),
        ("language>fr", "cannot use >: only date has an order"),
        ("source<=a", "cannot use <=: only date has an order"),
    ],
)
def test_a_bad_filter_is_quoted_with_what_would_be_right(text: str, message: str) -> None:
    with pytest.raises(BadUsage) as caught:
        parse_condition(text)
    assert message in str(caught.value)
    assert repr(text) in str(caught.value)


# For each document's date and typed date, the operators that let the document through, worked out on a calendar.
@pytest.mark.parametrize(
    ("date", "value", "expected"),
    [
        ("2023-06-15", "2023-06-15", {"=", ">=", "<="}),
        ("2023-06-15", "2023-06", {"=", ">=", "<="}),
        ("2023-06-15", "2023", {"=", ">=", "<="}),
        ("2023-06-15", "2023-06-14", {"!=", ">", ">="}),
        ("2023-06-15", "2023-06-16", {"!=", "<", "<="}),
        ("2023-06-15", "2023-05", {"!=", ">", ">="}),
        ("2023-06-15", "2023-07", {"!=", "<", "<="}),
        ("2023-06-15", "2022", {"!=", ">", ">="}),
        ("2023-06-15", "2024", {"!=", "<", "<="}),
        ("2023-06-01", "2023-06", {"=", ">=", "<="}),
        ("2023-06-30", "2023-06", {"=", ">=", "<="}),
        ("2023-07-01", "2023-06", {"!=", ">", ">="}),
        ("2023-12-31", "2024", {"!=", "<", "<="}),
        ("2024-02-29", "2024-02", {"=", ">=", "<="}),
        ("2023-06", "2023-06", {"=", ">=", "<="}),
        ("2023-06", "2023", {"=", ">=", "<="}),
        ("2023-06", "2023-06-15", {"!="}),
        ("2023-06", "2023-06-01", {"!=", ">="}),
        ("2023-06", "2023-07-01", {"!=", "<", "<="}),
        ("2023", "2023", {"=", ">=", "<="}),
        ("2023", "2023-06", {"!="}),
        ("2023", "2023-01", {"!=", ">="}),
        ("2023", "2023-12", {"!=", "<="}),
        ("2023", "2022-12-31", {"!=", ">", ">="}),
        ("2023", "2024-01-01", {"!=", "<", "<="}),
    ],
)
def test_dates_stand_for_their_periods(date: str, value: str, expected: set[str]) -> None:
    document = make_document(date=date)
    assert {sign for sign in OPERATORS if passes(document, [parse_condition(f"date{sign}{value}")])} == expected


@pytest.mark.parametrize("sign", OPERATORS)
def test_a_document_without_a_date_meets_no_condition_on_dates(sign: str) -> None:
    assert not passes(make_document(date=None), [Condition("date", sign, "2023")])


@given(date=DATES, value=DATES)
def test_the_operators_on_dates_agree_with_one_another(date: str, value: str) -> None:
    met = {sign: passes(make_document(date=date), [Condition("date", sign, value)]) for sign in OPERATORS}
    assert met["="] != met["!="]
    assert met["="] == (met[">="] and met["<="])
    assert met["<"] <= met["<="]
    assert met[">"] <= met[">="]
    assert met["<"] + met["="] + met[">"] <= 1


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("language=fr", True),
        ("language=FR", True),
        ("language=f", False),
        ("language!=fr", False),
        ("language!=de", True),
        ("source=conseil", True),
        ("source==conseil", False),
        ("source==CONSEIL DE L’UNION EUROPEENNE", True),
        ("source=UNION EUROPEENNE", True),
        ("source=l’union", True),
        ("source=Parlement", False),
        ("source!=Parlement", True),
        ("source!=Conseil", False),
        ("title=elargissement", True),
        ("title=ESPACE SCHENGEN", True),
        ("title=l'espace", True),
        ("title=Conseil", False),
        ("document=notes/a.md", True),
        ("document=a.md", False),
        ("document=NOTES/A.md", False),
        ("document!=notes/b.md", True),
    ],
)
def test_the_other_fields(text: str, met: bool) -> None:
    assert passes(make_document(), [parse_condition(text)]) is met


def test_a_document_without_a_source_comes_from_nobody() -> None:
    nobody = make_document(source=None)
    assert not passes(nobody, [parse_condition("source=Conseil")])
    assert passes(nobody, [parse_condition("source!=Conseil")])


def test_every_condition_must_be_met() -> None:
    good, bad = parse_condition("language=fr"), parse_condition("date<2023")
    assert passes(make_document(), [])
    assert passes(make_document(), [good, parse_condition("date>=2023"), parse_condition("date<=2023-06")])
    assert not passes(make_document(), [good, bad])
    assert not passes(make_document(), [bad, good])


def test_several_values_of_one_field_are_a_choice_and_other_fields_narrow_it() -> None:
    french, german = parse_condition("language=fr"), parse_condition("language=de")
    assert passes(make_document(), [french, german])
    assert passes(make_document(), [german, french])
    assert not passes(make_document(), [german, parse_condition("language=es")])
    assert not passes(make_document(), [french, german, parse_condition("language!=fr")])
    assert not passes(make_document(), [french, german, parse_condition("source=Parlement")])
    sources = [parse_condition("source=Parlement"), parse_condition("source=Conseil")]
    assert passes(make_document(), [french, german, *sources])
    years = [parse_condition("date=2021"), parse_condition("date=2023")]
    assert passes(make_document(), years)
    assert not passes(make_document(), [*years, parse_condition("date<2023")])


@given(field=st.sampled_from(FIELDS), sign=st.sampled_from(OPERATORS), value=st.one_of(st.text(max_size=20), DATES))
def test_whatever_is_understood_reads_back_and_parts_the_documents(field: str, sign: str, value: str) -> None:
    text = f"{field}{sign}{value}"
    with suppress(BadUsage):
        condition = parse_condition(text)
        assert parse_condition(str(condition)) == condition
        same, other = (passes(make_document(), [Condition(field, way, condition.value)]) for way in ("=", "!="))
        assert same != other


@given(st.text(max_size=40).filter(lambda text: not set("=<>") & set(text)))
def test_a_text_without_an_operator_is_refused(text: str) -> None:
    with pytest.raises(BadUsage, match="is not understood"):
        parse_condition(text)


DOCUMENTS = [
    make_document(id="a", language="fr", source="Conseil", date="2023-06"),
    make_document(id="b", language="fr", source="Frontex", date="2024"),
    make_document(id="c", language="de", source="Frontex", date=None),
]


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        (["language=it"], ["language=fr", "language=de"]),
        (["source=Conseill"], ["source=Conseil", "source=Frontex"]),  # the nearest first
        (["source=Parlement"], ["source=Frontex", "source=Conseil"]),  # the most frequent first
        (["date>=2030"], ["date>=2023-06", "date<=2024"]),
        (["language=de", "source=Conseil"], ["language=fr", "source=Frontex"]),  # either would do
        (["language=de", "date>=2020"], ["language=fr"]),  # no document in German has a date
        (["language=fr", "source=Parlement"], ["source=Conseil", "source=Frontex"]),  # the language is not at fault
        (["document=d"], ["document=a", "document=b", "document=c"]),
    ],
)
def test_what_could_be_asked_for_instead(typed: list[str], values: list[str]) -> None:
    conditions = [parse_condition(text) for text in typed]
    assert [str(condition) for condition in offered(DOCUMENTS, conditions)] == values


def test_a_few_of_many_values_are_offered_and_none_where_there_is_none() -> None:
    many = [make_document(id=f"notes/{number:04}.md") for number in range(3000)]
    assert len(offered(many, [parse_condition("document=notes/0007")])) == OFFERED
    assert offered([], [parse_condition("language=fr"), parse_condition("date=2023")]) == []
