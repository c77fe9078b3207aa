"""Answers in many languages, each beside the form it is compared in."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.text.normalise import APOSTROPHES, ARTICLES, POINT_LANGUAGES, QUOTATION_MARKS, answer_tokens, normalise_answer

LANGUAGES = sorted({*ARTICLES, *POINT_LANGUAGES, "bg", "pl", "fi", "tr", "mt"})

FORMS = [
    ("fr", "L’Élysée", "élysée"),
    ("fr", "« Les Misérables »", "misérables"),
    ("fr", "de l'eau d´Évian", "eau évian"),
    ("fr", "jusqu'à aujourd'hui", "jusqu à aujourdhui"),
    ("fr", "qu’Anne", "qu anne"),
    ("fr", "L’une", "une"),
    ("fr", "aux Pays-Bas", "pays bas"),
    ("de", "„Der Zauberberg“", "zauberberg"),
    ("de", "einem Haus an der Straße", "haus an strasse"),
    ("en", "The U.S.A.", "usa"),
    ("en", "a 'New' York", "new york"),
    ("es", "¿Los Ángeles del Norte?", "ángeles norte"),
    ("it", "gli amici dell'arte", "amici arte"),
    ("it", "un’isola c'è", "isola c è"),
    ("pt", "O Rio de Janeiro", "rio de janeiro"),
    ("pt-BR", "as águas do mar", "águas mar"),
    ("nl", "in ’t Veld", "in veld"),
    ("nl", "’t!", "t"),
    ("nl", "het “grote” huis", "grote huis"),
    ("ro", "un şef al unei ţări", "șef al țări"),
    ("el", "Το φως της Αθήνας", "φωσ αθήνασ"),
    ("ga", "Cathair na Gaillimhe", "cathair gaillimhe"),
    ("mt", "Il-Belt, ir-raġel u l-ilma", "belt raġel u ilma"),
    ("hu", "az »Országház«", "országház"),
    ("sv", "Det gamla huset", "gamla huset"),
    ("da", "En lille ø", "lille ø"),
    ("bg", "София – столицата", "софия столицата"),
    ("pl", "„Pan Tadeusz”", "pan tadeusz"),
    ("ar", "الكِتابُ الكبير", "كتاب كبير"),
    ("tr", "İstanbul IŞIĞI", "istanbul ışığı"),
    ("zh", "《红楼梦》308 次", "红 楼 梦 308 次"),
    ("th", "ไทย น้อย", "ไ ท ย น้ อ ย"),
    ("hi", "हिन्दी भाषा।", "हिन्दी भाषा"),
    ("en", "Ｆｕｌｌ\u2003ﬁlm\u00adic", "full filmic"),
]

NUMBERS = [
    ("fr", "1 000", "1000"),
    ("fr", "1\u202f000\u00a0000", "1000000"),
    ("fr", "1.000", "1000"),
    ("fr", "1234.567", "1234.567"),
    ("fr", "3,5", "3.5"),
    ("fr", "3.5", "3.5"),
    ("fr", "1 234,50 €", "1234.50"),
    ("fr", "1,000", "1.000"),
    ("fr", "0.500", "0.500"),
    ("de", "1.234.567,8", "1234567.8"),
    ("de-CH", "1’234.5", "1234.5"),
    ("de", "12.03.2020", "12 03 2020"),
    ("en", "1,000", "1000"),
    ("en", "1,234.5", "1234.5"),
    ("en", "1.000", "1.000"),
    ("en", "1\u2009000", "1000"),
    ("en", "May 12 500 men", "may 12 500 men"),
    ("es", "1,000,000", "1000000"),
    ("fr", "en 1998 300 mots", "en 1998 300 mots"),
    ("fr", "01\u00a042\u00a033", "01 42 33"),
    ("fr", "v1.2.3", "v1 2 3"),
    ("fr", "1½", "1 1 2"),
    ("en", "5'11", "5 11"),
    ("ar", "٣٬٥٠٠٫٢٥", "3500.25"),
    ("hi", "१२३", "123"),
    ("en", "It ended in 1998.", "it ended in 1998"),
]


@pytest.mark.parametrize(("language", "text", "form"), FORMS + NUMBERS)
def test_text_has_its_form(language: str, text: str, form: str) -> None:
    assert normalise_answer(text, language) == form


@pytest.mark.parametrize("language", sorted(ARTICLES))
def test_articles_are_left_out_beside_a_word_and_kept_alone(language: str) -> None:
    for article in ARTICLES[language]:
        folded = unicodedata.normalize("NFKC", article.casefold())
        assert answer_tokens(f"{article} Tromsø", language) == ["tromsø"]
        assert answer_tokens(article.capitalize(), language) == [folded]


def test_article_of_another_language_stays() -> None:
    assert answer_tokens("the la der", "pl") == ["the", "la", "der"]
    assert answer_tokens("la Haye", "en") == ["la", "haye"]


def test_text_without_words_keeps_its_signs_and_blank_text_has_no_token() -> None:
    assert answer_tokens("« C++ »", "fr") == ["c"]
    assert answer_tokens("« % »", "fr") == ["%"]
    assert answer_tokens("l’", "fr") == ["l"]
    assert [answer_tokens(text, "fr") for text in ("", " \u00a0\n", "«»")] == [[], [], []]


@example(text="\U0001ccf0", language="ar")  # a digit since Unicode 16
@given(text=st.text(), language=st.sampled_from(LANGUAGES))
def test_tokens_are_words_without_case_space_or_quotation_marks(text: str, language: str) -> None:
    tokens = answer_tokens(text, language)
    assert normalise_answer(text, language).split(" ") == (tokens or [""])
    for token in tokens:
        assert token
        assert not any(char.isspace() or char in QUOTATION_MARKS or char == "'" for char in token)
        assert not any(unicodedata.category(char) == "Nd" and char not in "0123456789" for char in token)
        assert token == token.casefold()


WORDS = st.lists(st.text("abcxyzéßωждक漢", min_size=1, max_size=6), min_size=1, max_size=5)
SPACES = st.sampled_from([" ", "  ", "\u00a0", "\u202f", "\u2009", "\n", "\t", ", ", " – "])
MARKS = st.sampled_from(["«»", "„“", "“”", "‘’", "''", '""', "()", "¿?", "…!", "  "])


@given(words=WORDS, space=SPACES, marks=MARKS, language=st.sampled_from(LANGUAGES))
def test_spacing_case_and_marks_around_do_not_count(words: list[str], space: str, marks: str, language: str) -> None:
    plain = normalise_answer(" ".join(words), language)
    assert normalise_answer(f"{marks[0]}{space.join(words).upper()}{marks[1]}", language) == plain


@given(apostrophe=st.sampled_from(APOSTROPHES), language=st.sampled_from(LANGUAGES))
def test_every_apostrophe_is_the_same_apostrophe(apostrophe: str, language: str) -> None:
    for text in ("l{}été d{}Anne", "John{}s", "un{}altra po{}", "п{}ять", "in {}t Veld", "1{}000"):
        typed = text.replace("{}", apostrophe)
        assert normalise_answer(typed, language) == normalise_answer(text.replace("{}", "'"), language)


@given(number=st.integers(0, 10**12), language=st.sampled_from(LANGUAGES))
def test_grouped_number_is_the_plain_number(number: int, language: str) -> None:
    mark = "," if language in POINT_LANGUAGES else "."
    for separator in (mark, "'", "’", "\u00a0", "\u202f", "\u2009"):
        assert normalise_answer(f"{number:,}".replace(",", separator), language) == str(number)


@given(whole=st.integers(0, 10**9), fraction=st.integers(0, 99), language=st.sampled_from(LANGUAGES))
def test_decimals_are_kept_in_the_language_s_own_writing(whole: int, fraction: int, language: str) -> None:
    written = f"{whole:,}.{fraction:02d}"
    if language not in POINT_LANGUAGES:
        written = written.translate(str.maketrans(",.", ".,"))
    assert answer_tokens(written, language) == [f"{whole}.{fraction:02d}"]
