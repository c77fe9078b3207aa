"""Words as they are indexed: folding, elisions, stop words, stems, scripts without spaces, n-grams; any text at all."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.analysis import fold, grams, terms, terms_and_grams, word_tokens
from rag.text.stopwords import STOP_WORDS

TAGS = st.sampled_from([*STOP_WORDS, "zh", "th", "und", "pt-BR", "ca", ""])
# Text of every script, with the signs that break analysers: marks alone, ligatures, joiners, letters in a circle.
TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("ﷺﬁİıẞŉǄ½ʼ’'\u00ad\u200d\u0301ⒶK𝐀ϓᴬ年ไ")),
    max_size=60,
)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Œuvre", "oeuvre"),
        ("SÉCURITÉ", "securite"),
        ("e\u0301te\u0301", "ete"),
        ("Straße", "strasse"),
        ("STRAẞE", "strasse"),
        ("Ærø", "aero"),
        ("ǽ", "ae"),
        ("Łódź", "lodz"),
        ("Đakovo", "dakovo"),
        ("għaqda", "ghaqda"),
        ("İstanbul", "istanbul"),
        ("ısı", "isi"),
        ("ΕΥΡΏΠΗ", "ευρωπη"),
        ("λόγος", "λογοσ"),
        ("ΛΌΓΟΣ", "λογοσ"),
        ("ещё", "еще"),
        ("новый", "новый"),
        ("Київ", "киів"),
        ("أمْن", "امن"),
        ("محمـــد", "محمد"),
        ("ﬁnance", "finance"),
        ("ＥＵ", "eu"),
        ("ᴬ", "a"),
        ("sécu\u00adrité", "securite"),
        ("l’an", "l'an"),
        ("हिन्दी", "हिन्दी"),
        ("ガス", "ガス"),
        ("", ""),
    ],
)
def test_fold(word: str, expected: str) -> None:
    assert fold(word) == expected


def test_fold_is_idempotent_on_every_code_point() -> None:
    letters = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code))[0] in "LMNS"]
    plain = fold.__wrapped__  # the cache would be filled with signs nobody searches
    folded = {letter: plain(letter) for letter in letters}
    assert [letter for letter, once in folded.items() if once and plain(once) != once] == []


@pytest.mark.parametrize("apostrophe", ["'", "’", "ʼ"])
@pytest.mark.parametrize(
    ("language", "text", "word"),
    [
        ("fr", "l{}accord", "accord"),
        ("fr", "d{}eau", "eau"),
        ("fr", "jusqu{}à l{}aube", "aube"),
        ("fr", "lorsqu{}il s{}agit d{}agriculture", "agit agriculture"),
        ("it", "dell{}Unione", "unione"),
        ("it", "nell{}acqua", "acqua"),
        ("it", "cos{}è l{}euro", "euro"),
        ("en", "what{}s the Commission{}s budget", "commission budget"),
        ("nl", "{}s Avonds", "avonds"),
    ],
)
def test_elisions_leave_the_word_behind_any_apostrophe(language: str, text: str, word: str, apostrophe: str) -> None:
    assert terms(text.replace("{}", apostrophe), language) == terms(word, language) != []


@pytest.mark.parametrize(
    ("language", "pair"),
    [
        ("fr", "securite sécurité"),
        ("fr", "Sécurités SECURITE"),
        ("fr", "européenne européen"),
        ("fr", "règlements reglement"),
        ("en", "policies policy"),
        ("en", "Regulations regulation"),
        ("de", "Verordnungen VERORDNUNG"),
        ("de", "Strasse Straße"),
        ("de", "Bürgern Burger"),
        ("es", "educacion Educación"),
        ("es", "elecciones elección"),
        ("it", "citta città"),
        ("it", "elezioni elezione"),
        ("pt", "seguranca segurança"),
        ("pt-BR", "governos governo"),
        ("nl", "verkiezingen verkiezing"),
        ("nl", "financiele financiële"),
        ("sv", "sakerhet säkerheten"),
        ("sv", "länderna länder"),
        ("da", "sikkerheden sikkerhed"),
        ("no", "sikkerheten sikkerhet"),
        ("nb", "valget valg"),
        ("fi", "talossa talo"),
        ("hu", "országok orszag"),
        ("hu", "házban haz"),
        ("el", "ασφαλειας ασφάλεια"),
        ("el", "ΧΩΡΕΣ χώρα"),
        ("ru", "новый нового"),
        ("ru", "европейский европейского"),
        ("ru", "самолет самолёт"),
        ("pl", "bezpieczenstwa bezpieczeństwo"),
        ("cs", "bezpecnosti bezpečnost"),
        ("sk", "bezpecnost bezpečnosť"),
        ("sl", "sola šola"),
        ("hr", "gradani građani"),
        ("bg", "СИГУРНОСТ сигурност"),
        ("uk", "Україна украіна"),
        ("ro", "şcoală școală"),
        ("ro", "alegerile alegeri"),
        ("lt", "rinkimu rinkimai"),
        ("lv", "drosiba drošība"),
        ("et", "valimiste valimised"),
        ("mt", "sigurta sigurtà"),
        ("ga", "Éireann eireann"),
        ("tr", "ülkeler ulke"),
        ("ar", "الأمن امن"),
        ("hi", "चुनावों चुनाव"),
        ("vi", "giao dục giáo dục"),
    ],
)
def test_words_that_must_meet(language: str, pair: str) -> None:
    half = len(pair.split(" ")) // 2
    words = pair.split(" ")
    left, right = terms(" ".join(words[:half]), language), terms(" ".join(words[half:]), language)
    assert left == right != []


@pytest.mark.parametrize(
    ("language", "left", "right"),
    [
        ("fr", "accord", "accueil"),
        ("fr", "pêche", "plage"),
        ("en", "police", "public"),
        ("de", "Wahl", "Wald"),
        ("es", "pueblo", "puerto"),
        ("it", "gara", "guerra"),
        ("ru", "мир", "мэр"),
        ("ru", "новый", "новость"),
        ("el", "χώρα", "ώρα"),
        ("fi", "laki", "lasi"),
        ("pl", "prawo", "praca"),
        ("zh", "欧盟", "中国"),
    ],
)
def test_words_that_must_not_meet(language: str, left: str, right: str) -> None:
    assert not set(terms(left, language)) & set(terms(right, language))


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("fr", "Qu’est-ce que c’est, et pourquoi n’y en a-t-il pas ?"),
        ("en", "What is it, and why isn't there more of this?"),
        ("de", "Was ist das und warum wird es nicht mehr?"),
        ("es", "¿Qué es esto y por qué no está?"),
        ("it", "Che cos'è e dov'è?"),
        ("pt", "O que é isto e por que não está?"),
        ("nl", "Wat is dat en waarom is het er niet?"),
        ("el", "Τι είναι αυτό και πώς;"),
        ("ru", "Что это такое, и почему его нет?"),
        ("uk", "Що це та чому?"),
        ("pl", "Co to jest i dlaczego?"),
        ("cs", "Co je to a proč?"),
        ("ro", "Ce este şi unde au fost?"),
        ("sv", "Vad är det och varför?"),
        ("da", "Hvad er det, og hvorfor?"),
        ("nb", "Hva er det, og hvorfor?"),
        ("hu", "Mi ez, és miért van?"),
        ("fi", "Mikä se on ja miksi?"),
        ("ga", "Cad é sin agus cén?"),
        ("mt", "X’inhuma din u għaliex?"),
        ("bg", "Какво е това и защо?"),
        ("hr", "Što je to i zašto?"),
        ("sl", "Kaj je to in zakaj?"),
        ("sk", "Čo je to a prečo?"),
        ("lt", "Kas tai yra ir kodėl?"),
        ("lv", "Kas tas ir un kāpēc?"),
        ("et", "Mis see on ja miks?"),
        ("tr", "Bu nedir ve niçin?"),
        ("ar", "ما هذا؟ لماذا؟ كيف؟"),
    ],
)
def test_a_question_of_little_words_holds_no_term(language: str, question: str) -> None:
    assert terms(question, language) == []


@pytest.mark.parametrize(
    ("language", "content", "little"),
    [("fr", "maïs", "mais"), ("sv", "år", "är"), ("no", "hår", "har"), ("hu", "vágy", "vagy"), ("cs", "byt", "by")],
)
def test_an_accent_parts_a_word_from_a_stop_word(language: str, content: str, little: str) -> None:
    assert terms(content, language) != []
    assert terms(little, language) == []
    assert grams(content, language) != []
    assert grams(little, language) == []


@pytest.mark.parametrize("language", sorted(STOP_WORDS))
def test_every_stop_word_is_dropped_however_it_is_typed(language: str) -> None:
    words = STOP_WORDS[language].split()
    assert len(words) == len(set(words)) > 30
    for word in words:
        assert word == unicodedata.normalize("NFC", word.lower())
        assert terms(word, language) == terms(fold(word), language) == terms(f"« {word} »", language) == []
        assert grams(unicodedata.normalize("NFD", word), language) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("欧盟理事会", ["欧", "盟", "理", "事", "会", "欧盟", "盟理", "理事", "事会"]),
        ("2023年", ["2023", "年"]),
        ("EU委员会", ["eu", "委", "员", "会", "委员", "员会"]),
        ("欧盟，中国", ["欧", "盟", "欧盟", "中", "国", "中国"]),
        ("ラーメン", ["ラ", "ー", "メ", "ン", "ラー", "ーメ", "メン"]),
    ],
)
def test_chinese_and_japanese_are_indexed_by_signs_and_pairs(text: str, expected: list[str]) -> None:
    assert terms(text, "zh") == expected


def test_thai_words_are_found_within_a_line_without_spaces() -> None:
    assert set(terms("รัฐบาล", "th")) < set(terms("ประกาศของรัฐบาลไทย", "th"))
    assert terms("ไทย 2023", "th")[-1] == "2023"


def test_word_tokens_keep_every_word_in_order() -> None:
    assert word_tokens("L’accord d'été: 27 États, «œuvre» co-financée") == [
        "l", "accord", "d", "ete", "27", "etats", "oeuvre", "co", "financee",
    ]  # fmt: skip
    assert word_tokens(" \n…! ") == []


def test_words_outside_a_known_language_are_folded_only() -> None:
    assert terms("Die Verordnungen", "und") == ["die", "verordnungen"]


@pytest.mark.parametrize(
    ("text", "size", "expected"),
    [
        ("l'accord", 4, ["_acc", "acco", "ccor", "cord", "ord_"]),
        ("eau", 4, ["_eau", "eau_"]),
        ("G7", 4, ["_g7_"]),
        ("été", 3, []),
        ("prêt", 3, ["_pr", "pre", "ret", "et_"]),
        ("x", 4, ["_x_"]),
    ],
)
def test_grams(text: str, size: int, expected: list[str]) -> None:
    assert grams(text, "fr", size) == expected


def test_grams_find_a_word_through_a_typing_error_and_a_compound() -> None:
    exact = set(grams("Frontex", "fr"))
    assert len(exact & set(grams("Frontx", "fr"))) >= 3
    assert len(set(grams("sicherheit", "de")) & set(grams("Datensicherheit", "de"))) >= 8


def test_a_word_of_any_length_is_one_short_term() -> None:
    assert [len(term) for term in terms("x" * 10_000, "fr")] == [40]


@given(text=TEXTS, language=TAGS)
def test_any_text_gives_clean_terms(text: str, language: str) -> None:
    for term in [*terms(text, language), *word_tokens(text)]:
        assert term
        assert not any(sign.isspace() for sign in term)
        assert term == term.lower()
    assert all(3 <= len(gram) <= 4 and not gram.isspace() for gram in grams(text, language))


@given(text=st.one_of(TEXTS, st.lists(TEXTS).map(" ".join)), language=TAGS)
def test_what_is_indexed_at_once_is_what_is_asked_for_apart(text: str, language: str) -> None:
    expected = " ".join(terms(text, language)), " ".join(grams(text, language))
    assert terms_and_grams(text, language) == expected == terms_and_grams(text, language)


@given(text=TEXTS)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert word_tokens(" ".join(word_tokens(text))) == word_tokens(text)


@given(text=TEXTS, language=TAGS)
def test_composed_and_decomposed_text_have_the_same_terms(text: str, language: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert terms(composed, language) == terms(decomposed, language)
