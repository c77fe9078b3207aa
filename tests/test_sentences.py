"""rag/text/sentences.py: each case is a text with `|` where a sentence ends, and nowhere else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.abbreviations import abbreviations
from rag.text.paragraphs import paragraphs
from rag.text.sentences import _END, _GREEK_END, LONG_CHARS, _marks, quotable, sentences

EVERY_LANGUAGE = (
    "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv ru uk ar tr zh hi th vi no nb sr xx"
).split(" ")

CASES = [
    ("fr", "M. Dupont et Mme. Le Goff ont voté.| Ils sont partis."),
    ("fr", "Vu l'art. 28 et le n° 12, la Commission décide.| Elle publie."),
    ("fr", "Des agences, p. ex. Frontex, existent.| Il y en a d'autres."),
    ("fr", "Les ports, les gares, etc. sont visés.| Les routes, etc.| Rien d'autre."),
    ("fr", "Rome vainquit en 52 av. J.-C. à Alésia.| César partit en 44 av. J.-C.| Octave vint."),
    ("fr", "Le Pr. J. R. R. Tolkien et J.-P. Sartre.| Voilà."),
    ("fr", "La vitamine C.| Le citron en a."),
    ("fr", "« Le train du progrès ! »| Il insista."),
    ("fr", "Il dit : « C'est la fin. »| Suite au débat, on vota."),
    ("fr", "« Quoi ? » dit-il."),
    ("fr", "Le taux est de 3.5 % à 9.30 h.| Il monte."),
    ("fr", "1.2. Les mesures sont prises.| 1.3. Objet"),
    ("fr", "Article 3. Les États membres notifient.| Ils le font vite."),
    ("fr", "Voir https://europa.eu/a.b?c=d. ou info@europa.eu.| La suite suit."),
    ("fr", "Il hésite… puis part.| Il revient…| Personne ne bouge."),
    ("fr", "Il cite […] Le reste manque.| Fin."),
    ("fr", "Sont visés : a) les ports ; b) les gares ; c) les routes.| Rien d'autre."),
    ("fr", "Le communiqué est publié.[12]| Il est court.[réf. nécessaire]| Fin."),
    ("fr", "Le texte finit ici.|Il reprend là."),
    ("fr", "L’UE compte 27 États.| 450 millions d'habitants y vivent."),
    ("fr", "Ce fut Louis XIV.| Le roi mourut.| Tome XIV. Le roi"),
    ("en", "The U.S. Army met Dr. Smith Jr. at 9 a.m. on Monday.| He left."),
    ("en", "He lives in the U.S.| The rest stay."),
    ("en", "Apple Inc. sued.| It won against Apple Inc.| The court agreed."),
    ("en", "See No. 5, Fig. 3 and pp. 12 ff. for more.| Mr. J. R. R. Tolkien wrote it."),
    ("en", 'He said "Stop!" and left.| "Why?" she asked.| (See below.)| Then nothing.'),
    ("en", "Wait... what?| Nothing!| Really?!| Yes."),
    ("en", "Really (yes!) Paul came."),
    ("de", "Am 13. Dezember 2023 tagte der Rat.| Er beschloss viel."),
    ("de", "Das war am 13.| Die Minister gingen."),
    ("de", "Im 2. Jahrhundert n. Chr. kam Kaiser Heinrich III. her.| Danach kam Ludwig XIV. von Frankreich."),
    ("de", "Das gilt z. B. für Art. 28 Abs. 2 S. 1 DSGVO, d. h. immer.| Vgl. Nr. 4."),
    ("de", "10 Mio. Euro, Gebühren usw. entstehen.| Sie sagte: „Nein.“| Dann ging sie."),
    ("de", "»Ja!«| Karl nickte."),
    ("cs", "Skončil na 3. místě dne 13. 5. 2020 v 19. století.| Karel IV. Lucemburský vládl."),
    ("cs", "Viz čl. 5 odst. 2 zákona č. 89 atd. a tzv. směrnici.| Ing. Novák mlčel."),
    ("pl", "To 3. miejsce, tzn. medal.| W 1995 r. Polska żądała m.in. art. 5 ust. 2.| Prof. dr hab. Nowak mówił."),
    ("pl", "Było to w 1995 r.| W kraju panował spokój."),
    ("da", "Den 3. juni kl. 9.30 mødtes hr. Jensen, jf. art. 5, stk. 2.| Det var bl.a. sent."),
    ("no", "Den 17. mai ca. kl. 9 kom dr. Hansen.| Han gikk."),
    ("sv", "Kungen kom t.ex. den 3 maj, dvs. sent.| Han gick."),
    ("fi", "Kokous oli 13. joulukuuta, esim. klo 9.30.| Se päättyi.| Ks. s. 12."),
    ("et", "Koosolek oli 13. detsembril, nt. Tallinnas.| See lõppes.| Vt lk. 5."),
    ("lv", "Tas notika 2023. gada 13. decembrī, piem. Rīgā.| Viņš aizgāja."),
    ("lt", "Tai įvyko 2023 m. gruodžio 13 d. Vilniuje, pvz. Seime.| Jis išėjo."),
    ("hu", "A találkozó 2023. december 13-án volt.| Az 5. § szerint pl. II. János Pál 2023. 12. 05. napján járt ott."),
    ("hr", "Sastanak je bio 13. prosinca 2023. godine, npr. u Zagrebu.| On je otišao."),
    ("sr", "Sastanak je bio 13. decembra.| On je otišao."),
    ("sl", "Sestanek je bil 13. decembra, npr. v Ljubljani.| Čl. 5 velja."),
    ("sk", "Skončil na 3. mieste, napr. v Košiciach.| Podľa čl. 5 ods. 2 to platí."),
    ("es", "El Sr. García y la Dra. Ruiz, de EE. UU., votaron.| ¿Qué pasó?| ¡Nada!| Véase el art. 5, pág. 12."),
    ("it", "Il sig. Rossi e il dott. Bianchi, ecc. sono qui.| L'art. 5 vale, cfr. pag. 12."),
    ("pt", "O Sr. Silva e a Dra. Lopes citaram o art. 5.º, n.º 2.| Ele saiu."),
    ("ro", "Dl. Ionescu și dr. Pop, conform art. 5 alin. 2, au votat.| Ei au plecat.| A avut loc.| Sigur."),
    ("nl", "Dhr. Jansen zei o.a. dat art. 5 geldt.| Hij ging, bijv. naar huis."),
    ("ga", "Bhí an Dr. Ó Sé ann.| Tá lch. 5 anseo, m.sh. anseo."),
    ("mt", "Id-Dr. Borg tkellem dwar l-art. 5.| Huwa telaq."),
    ("el", "Ο κ. Παπαδόπουλος ήρθε.| Πού πήγε;| Δεν ξέρω, π.χ. στην Αθήνα.| Το άρθ. 5 ισχύει."),
    ("bg", "През 1995 г. България поиска, напр. по чл. 5, ал. 2.| Той си тръгна."),
    ("ru", "А. С. Пушкин родился в 1799 г. в Москве, ул. Ленина и т. д.| Он писал.| См. ст. 5, т. е. закон."),
    ("uk", "У 1995 р. Україна просила, див. ст. 5 і т. д.| Він пішов."),
    ("tr", "Dr. Yılmaz 3. sırada geldi, bkz. m. 5.| Bu iyi."),
    ("ar", "هل وافق المجلس؟| نعم، وافق د. أحمد على القرار.| ثم انتهى."),
    ("hi", "अनुवादक जॉन सी. मेसेंजर आए।"),
    ("ar", "القياس أضعف بكثير.|عملية القياس صعبة."),
    ("hi", "परिषद ने निर्णय लिया।| डॉ. सिंह आए।| क्यों?| पता नहीं।"),
    ("zh", "理事会通过了决定。|他说：“好！”|然后呢？|没有了。"),
    ("vi", "Ông TS. Nguyễn Văn A. đã đến.| Ông ấy đi rồi."),
    ("xx", "One two.| Three four."),
]


@pytest.mark.parametrize(("language", "marked"), CASES)
def test_sentences_end_where_a_reader_says(language: str, marked: str) -> None:
    text = marked.replace("|", "")
    found = [text[start:end] for start, end in sentences(text, language)]
    assert found == [part.strip() for part in marked.split("|")]


LINES = [
    ("a blank line", "Un titre\n\nUne phrase.", ["Un titre", "Une phrase."]),
    ("a heading", "## Objet\nLa loi vise\nles ports.", ["## Objet", "La loi vise\nles ports."]),
    ("list items", "Sont visés :\n- les ports\n- les gares, et\n  les quais\n- fin",
     ["Sont visés :", "- les ports", "- les gares, et\n  les quais", "- fin"]),
    ("lettered items", "a) les ports ;\nb) les gares.", ["a) les ports ;", "b) les gares."]),
    ("numbered items", "1. Les ports\n2. Les gares\n3. Fin", ["1. Les ports", "2. Les gares", "3. Fin"]),
    ("items without marks", "le nom ;\nle prénom ;\nl'âge.", ["le nom ;", "le prénom ;", "l'âge."]),
    ("table rows", "| a | b |\n| c | d |", ["| a | b |", "| c | d |"]),
    ("a title over a paragraph", "Europol\nLors de cette rencontre, la présidence a présenté un rapport sur la base.",
     ["Europol", "Lors de cette rencontre, la présidence a présenté un rapport sur la base."]),
    ("contacts", "Thalès : 06 59\nGoogle : 06 16", ["Thalès : 06 59", "Google : 06 16"]),
    ("a title that ends in capitals", "Le Conseil de l’UE\nLe 8 juin, le ministre a parlé longuement à ses collègues.",
     ["Le Conseil de l’UE", "Le 8 juin, le ministre a parlé longuement à ses collègues."]),
    ("a line of dashes", "Fin.\n\n---\n\nSuite.", ["Fin.", "---", "Suite."]),
    ("a small letter goes on", "La loi du 3 mars\nmodifie le code.", ["La loi du 3 mars\nmodifie le code."]),
    ("a short word goes on", "Il habite la cité de\nLyon depuis 2020.", ["Il habite la cité de\nLyon depuis 2020."]),
    ("wrapped lines", "Le règlement établit des règles harmonisées pour\nles ports et les gares."
     " Il prévoit aussi que Mme\nDupont préside.",
     ["Le règlement établit des règles harmonisées pour\nles ports et les gares.",
      "Il prévoit aussi que Mme\nDupont préside."]),
    ("a digit set below", "Un mélange riche en O\n2 est brûlé.", ["Un mélange riche en O\n2 est brûlé."]),
    ("a page feed", "Fin de page\fDébut de page", ["Fin de page", "Début de page"]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "expected"), LINES)
def test_lines_are_kept_apart_or_joined(what: str, text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text, "fr")] == expected, what


def test_a_wrapped_german_paragraph_is_not_cut_before_its_nouns() -> None:
    text = (
        "Der Rat hat am Mittwoch die neue Verordnung über die künstliche\n"
        "Intelligenz angenommen, die für alle Anbieter in der Union und am\n"
        "13. Dezember in Kraft tritt. Die Mitgliedstaaten benennen eine\n"
        "Behörde."
    )
    assert [text[start:end].split()[0] for start, end in sentences(text, "de")] == ["Der", "Die"]


def test_thai_is_cut_at_a_space_after_a_long_stretch() -> None:
    long, short = "ก" * 120, "ข" * 60
    text = f"{short} {short} {long}"
    assert sentences(text, "th") == [(0, 121), (122, 242)]


def test_a_sentence_over_many_lines_is_cut_at_them() -> None:
    text = "La liste comprend :\n" + "\n".join(f"le point numéro {n} de la longue liste," for n in range(30))
    assert len(text) > LONG_CHARS
    assert len(sentences(text, "fr")) == 31


def test_paragraphs_hold_whole_sentences() -> None:
    text = "Titre\n\nUne phrase. Une autre.\n- un point"
    assert [text[start:end] for start, end in paragraphs(text)] == ["Titre", "Une phrase. Une autre.", "- un point"]


@pytest.mark.parametrize("language", EVERY_LANGUAGE)
@given(text=st.text(st.sampled_from("aÀé.!?…»« \n\t*-#1;:()\"“”。।؟ก中A\u00a0\u200b|>\f\u2028"), max_size=80))
@settings(max_examples=25, deadline=None)
def test_every_character_is_in_exactly_one_trimmed_span(language: str, text: str) -> None:
    spans = sentences(text, language)
    seen = [offset for start, end in spans for offset in range(start, end)]
    assert seen == sorted(set(seen))
    assert {offset for offset, letter in enumerate(text) if not letter.isspace()} <= set(seen)
    assert all(start < end and text[start:end] == text[start:end].strip() for start, end in spans)
    assert not any("\n\n" in text[start:end] for start, end in spans)


@given(st.text(st.sampled_from("aÀÉé.!?…‽»« \n;\u037e()[]\"”。！？।؟中1"), max_size=80), st.booleans())
def test_marks_are_found_wherever_the_whole_pattern_finds_them(text: str, greek: bool) -> None:
    end = len(text) * 3 // 4
    expected = (_GREEK_END if greek else _END).finditer(text, 1, end)
    assert [match.span() for match in _marks(text, (1, end), greek=greek)] == [match.span() for match in expected]


@given(st.text(max_size=300), st.sampled_from(EVERY_LANGUAGE))
@settings(max_examples=200, deadline=None)
def test_any_unicode_is_covered(text: str, language: str) -> None:
    covered = "".join(text[start:end] for start, end in sentences(text, language))
    assert "".join(covered.split()) == "".join(text.split())


QUOTABLE = [
    ("# Objet", "Objet"),
    ("### Objet", "Objet"),
    ("- un point", "un point"),
    ("* **un point**", "un point"),
    ("> cité", "cité"),
    ("1. Les ports", "Les ports"),
    ("12) Les ports", "Les ports"),
    ("**Tout est gras.**", "Tout est gras."),
    ("_Tout est penché._", "Tout est penché."),
    ("**Bruxelles** - En ce jour", "**Bruxelles** - En ce jour"),
    ("**a** et **b**", "**a** et **b**"),
    ("13. Dezember 2023 war ein Mittwoch.", "13. Dezember 2023 war ein Mittwoch."),
    ("3. místo obsadil Novák.", "3. místo obsadil Novák."),
    ("-5 degrés", "-5 degrés"),
    ("#hashtag", "#hashtag"),
    ("**", "**"),
    ("# ", "# "),
]


@pytest.mark.parametrize(("text", "expected"), QUOTABLE)
def test_quotable_leaves_marks_out(text: str, expected: str) -> None:
    start, end = quotable(text, (0, len(text)))
    assert text[start:end] == expected


def test_a_number_within_a_line_is_no_list_mark() -> None:
    text = "Siehe 2. Teil"
    assert quotable(text, (6, 13)) == (6, 13)


@given(st.text(st.sampled_from("#->*_1.) aÀ\n"), min_size=1, max_size=30))
def test_quotable_stays_within_and_is_never_empty(text: str) -> None:
    start, end = quotable(text, (0, len(text)))
    assert 0 <= start < end <= len(text)


def test_no_abbreviation_of_one_kind_begins_sentences() -> None:
    for language in EVERY_LANGUAGE:
        table = abbreviations(language)
        assert not table.never & table.starters, language


def test_a_megabyte_takes_seconds() -> None:
    text = "Le Conseil de l'UE, réuni le 3. mars avec M. Dupont, a voté l'art. 28.\nIl en a fini, etc.\n\n" * 10_500
    begin = time.perf_counter()
    assert len(sentences(text, "fr")) == 21_000
    assert time.perf_counter() - begin < 10


UNUSUAL = [
    "e.g. " * 60_000, "(e.g.) " * 40_000, "." + "»" * 100_000 + "x", "." * 300_000 + "a", "a.b" * 100_000,
    "1. " * 100_000, "- " * 100_000, "\n" * 300_000, "(?) A" * 60_000, " " * 300_000, ".[" * 100_000, "* " * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("text", UNUSUAL, ids=range(len(UNUSUAL)))
def test_time_grows_with_length_only(text: str) -> None:
    begin = time.perf_counter()
    spans = sentences(text, "en")
    assert sum(len("".join(text[start:end].split())) for start, end in spans) == len("".join(text.split()))
    assert time.perf_counter() - begin < 10
