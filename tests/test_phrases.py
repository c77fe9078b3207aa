"""The phrases of the product: whole, well written and in the right alphabet in every language."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from string import Formatter

import pytest
import regex

from rag.text import phrases
from rag.text.phrases import language_name, phrase, phrase_languages

EUROPEAN = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split(" ")
LANGUAGES = (*EUROPEAN, "ru", "uk", "ar", "tr", "zh", "hi", "th", "vi", "no")
NAMED = LANGUAGES
SPOKEN = (
    "lead", "lead_other_language", "refusal_not_in_documents", "refusal_missing", "refusal_nothing_found",
    "refusal_empty_filter", "nearest_passages", "understood_as", "uncertain", "lead_written", "lead_fallback",
    "refusal_unsupported", "unsupported", "refusal_apart", "refusal_filter_values", "refusal_strictness",
    "refusal_not_a_question",
)  # fmt: skip
KEYS = {*SPOKEN, "page", "quote_open", "quote_close", *(f"language_{tag}" for tag in NAMED)}
SCRIPTS = {"bg": "Cyrillic", "ru": "Cyrillic", "uk": "Cyrillic", "el": "Greek", "ar": "Arabic", "zh": "Han"}
SCRIPTS |= {"hi": "Devanagari", "th": "Thai"}
MARKED = ("hi", "th")
"""Languages whose vowels are marks that no letter is composed with."""
CATALOGUE: dict[str, dict[str, str]] = json.loads(
    Path(phrases.__file__).with_name("phrases.json").read_text(encoding="utf-8")
)


def places(text: str) -> list[str]:
    """The names of the places of a phrase, in order."""
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def letters(text: str) -> str:
    """The letters of a phrase outside its places."""
    return "".join(regex.findall(r"\p{L}", regex.sub(r"\{\w+\}", "", text)))


def test_the_languages_are_those_of_the_union_and_nine_more() -> None:
    assert sorted(phrase_languages()) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_phrase_with_the_places_of_the_english_one(language: str) -> None:
    own = CATALOGUE[language]
    assert own.keys() == KEYS
    assert {key: places(text) for key, text in own.items()} == {
        key: places(text) for key, text in CATALOGUE["en"].items()
    }
    for key, text in own.items():
        assert text.strip(), key
        assert key.startswith("quote_") or text == text.strip(), key
        assert "  " not in text, key
        assert not regex.search(r"[\p{Cc}\p{Co}\p{Cn}\ufffd]", text), key


def test_the_places_are_the_ones_the_product_fills() -> None:
    filled = {key: names for key, text in CATALOGUE["en"].items() if (names := places(text))}
    assert filled == {
        "lead_other_language": ["languages"],
        "lead_written": ["model"],
        "lead_fallback": ["model"],
        "refusal_unsupported": ["model"],
        "refusal_missing": ["terms"],
        "refusal_empty_filter": ["conditions"],
        "refusal_filter_values": ["values"],
        "refusal_apart": ["first", "second"],
        "page": ["page"],
        "understood_as": ["question"],
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letters_are_of_the_language_and_composed(language: str) -> None:
    script = SCRIPTS.get(language, "Latin")
    for key, text in CATALOGUE[language].items():
        if not key.startswith("quote_"):
            assert regex.fullmatch(rf"\p{{{script}}}+", letters(text)), (key, text)
        assert unicodedata.is_normalized("NFC", text), f"{key} is not composed"
        assert language in MARKED or not regex.search(r"\p{M}", text), f"{key} is not composed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_languages_are_distinct_and_written_alike(language: str) -> None:
    names = [CATALOGUE[language][f"language_{tag}"] for tag in NAMED]
    assert len(set(names)) == len(names)
    if language not in ("ar", "zh"):
        assert len({name[0].isupper() for name in names}) == 1, "some names have a capital and some have not"
    assert (names[0][0].isupper()) == (language in ("de", "en", "ga", "mt", "nl", "tr"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_opens_a_list_ends_in_a_colon_and_a_refusal_is_a_sentence(language: str) -> None:
    own = CATALOGUE[language]
    assert all(own[key][-1] in ":：" for key in own if key.startswith("lead") or key == "nearest_passages")
    if language != "th":  # it ends a sentence with nothing
        assert all(own[key][-1] in ".。।" for key in own if key.startswith("refusal_"))
    assert own["uncertain"][-1].isalpha()
    assert len({own[key] for key in SPOKEN}) == len(SPOKEN)


@pytest.mark.parametrize("language", LANGUAGES)
def test_quotation_marks_are_a_pair_of_signs(language: str) -> None:
    opening, closing = (CATALOGUE[language][key].strip() for key in ("quote_open", "quote_close"))
    assert opening + closing in {"„“", "„”", "“”", "””", "«»", "»«"}


def test_french_has_no_break_spaces_where_its_typography_wants_them() -> None:
    assert (phrase("quote_open", "fr"), phrase("quote_close", "fr")) == ("«\u00a0", "\u00a0»")
    for key, text in CATALOGUE["fr"].items():
        assert not regex.search(r"[^\u00a0\u202f][:;?!»]|«[^\u00a0\u202f]", text), key
        assert "'" not in text, key
    assert phrase("lead", "fr") == "Les documents répondent\u00a0:"


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"fr"}))
def test_no_other_language_has_a_space_before_a_colon(language: str) -> None:
    assert [text for text in CATALOGUE[language].values() if regex.search(r"\s[:;?!.,]", text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_keeps_its_number_on_the_line(language: str) -> None:
    assert " " not in CATALOGUE[language]["page"]
    assert "12" in phrase("page", language, page=12)


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_fill_the_places_as_they_are(language: str) -> None:
    terms = "« Frontex », « {budget} »"
    assert terms in phrase("refusal_missing", language, terms=terms)
    other = phrase("lead_other_language", language, languages=language_name("de", language))
    assert CATALOGUE[language]["language_de"] in other
    assert not set("{}") & set(other)


@pytest.mark.parametrize(
    ("tag", "language", "name"),
    [
        ("de", "fr", "allemand"),
        ("fr", "de", "Französisch"),
        ("el", "en", "Greek"),
        ("sk", "sk", "slovenčina"),
        ("sl", "sk", "slovinčina"),
        ("ga", "ga", "Gaeilge"),
        ("fi", "fi", "suomi"),
        ("hu", "hu", "magyar"),
        ("fr", "ru", "французский"),
        ("tr", "tr", "Türkçe"),
        ("zh", "zh", "中文"),
        ("de", "ja", "German"),
        ("xx", "fr", "xx"),
    ],
)
def test_language_name(tag: str, language: str, name: str) -> None:
    assert language_name(tag, language) == name


@pytest.mark.parametrize(("form", "language"), [("nb", "no"), ("nn", "no"), ("pt-BR", "pt"), ("zh-Hans", "zh")])
def test_a_form_of_a_language_has_its_phrases(form: str, language: str) -> None:
    assert phrase("nearest_passages", form) == CATALOGUE[language]["nearest_passages"]
    assert language_name("de", form) == CATALOGUE[language]["language_de"]


@pytest.mark.parametrize("language", ["ja", "und", "", "FR"])
def test_a_language_without_phrases_gets_the_english_ones(language: str) -> None:
    assert phrase("nearest_passages", language) == "Nearest passages:"


def test_an_unknown_key_and_a_missing_value_are_programming_errors() -> None:
    with pytest.raises(KeyError, match="no_such_phrase"):
        phrase("no_such_phrase", "fr")
    with pytest.raises(KeyError, match="terms"):
        phrase("refusal_missing", "fr")
