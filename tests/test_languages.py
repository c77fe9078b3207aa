"""rag/text/languages.py: every language of the Union is told from its neighbours, in sentences and in questions."""

from __future__ import annotations

import itertools
import socket

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from rag.text.languages import _model, detect_language, same_language

SENTENCES = {
    "bg": "Комисията предлага нови мерки за защита на личните данни на гражданите.",
    "cs": "Komise navrhuje nová opatření na ochranu osobních údajů občanů.",
    "da": "Kommissionen foreslår nye foranstaltninger til beskyttelse af borgernes personoplysninger.",
    "de": "Die Kommission schlägt neue Maßnahmen zum Schutz personenbezogener Daten vor.",
    "el": "Η Επιτροπή προτείνει νέα μέτρα για την προστασία των προσωπικών δεδομένων.",
    "en": "The Commission proposes new measures to protect the personal data of citizens.",
    "es": "La Comisión propone nuevas medidas para proteger los datos personales de los ciudadanos.",
    "et": "Komisjon teeb ettepaneku uute meetmete kohta kodanike isikuandmete kaitseks.",
    "fi": "Komissio ehdottaa uusia toimenpiteitä kansalaisten henkilötietojen suojaamiseksi.",
    "fr": "La Commission propose de nouvelles mesures pour protéger les données des citoyens.",
    "ga": "Tá bearta nua á moladh ag an gCoimisiún chun sonraí pearsanta na saoránach a chosaint.",
    "hr": "Komisija predlaže nove mjere za zaštitu osobnih podataka građana.",
    "hu": "A Bizottság új intézkedéseket javasol a polgárok személyes adatainak védelmére.",
    "it": "La Commissione propone nuove misure per proteggere i dati personali dei cittadini.",
    "lt": "Komisija siūlo naujas priemones piliečių asmens duomenims apsaugoti.",
    "lv": "Komisija ierosina jaunus pasākumus iedzīvotāju personas datu aizsardzībai.",
    "mt": "Il-Kummissjoni tipproponi miżuri ġodda għall-ħarsien tad-data personali taċ-ċittadini.",
    "nl": "De Commissie stelt nieuwe maatregelen voor om de persoonsgegevens van burgers te beschermen.",
    "no": "Kommisjonen foreslår nye tiltak for å beskytte borgernes personopplysninger.",
    "pl": "Komisja proponuje nowe środki w celu ochrony danych osobowych obywateli.",
    "pt": "A Comissão propõe novas medidas para proteger os dados pessoais dos cidadãos.",
    "ro": "Comisia propune noi măsuri pentru protejarea datelor cu caracter personal ale cetățenilor.",
    "sk": "Komisia navrhuje nové opatrenia na ochranu osobných údajov občanov.",
    "sl": "Komisija predlaga nove ukrepe za varstvo osebnih podatkov državljanov.",
    "sv": "Kommissionen föreslår nya åtgärder för att skydda medborgarnas personuppgifter.",
    "ru": "Комиссия предлагает новые меры по защите персональных данных граждан.",
    "uk": "Комісія пропонує нові заходи щодо захисту персональних даних громадян.",
    "ar": "تقترح المفوضية تدابير جديدة لحماية البيانات الشخصية للمواطنين.",
    "tr": "Komisyon, vatandaşların kişisel verilerini korumak için yeni önlemler öneriyor.",
    "zh": "委员会提出了保护公民个人数据的新措施。",
    "hi": "आयोग नागरिकों के व्यक्तिगत डेटा की सुरक्षा के लिए नए उपाय प्रस्तावित करता है।",
    "th": "คณะกรรมาธิการเสนอมาตรการใหม่เพื่อปกป้องข้อมูลส่วนบุคคลของพลเมือง",
    "vi": "Ủy ban đề xuất các biện pháp mới để bảo vệ dữ liệu cá nhân của công dân.",
    "ca": "La Comissió proposa noves mesures per protegir les dades personals dels ciutadans.",
    "is": "Framkvæmdastjórnin leggur til nýjar ráðstafanir til að vernda persónuupplýsingar.",
    "ja": "委員会は個人データを保護するための新しい措置を提案しています。",
}

QUESTIONS = {
    "bg": "Кога беше приет законът?",
    "cs": "Kdy byl zákon přijat?",
    "da": "Hvornår blev loven vedtaget?",
    "de": "Wann wurde das Gesetz verabschiedet?",
    "el": "Πότε ψηφίστηκε ο νόμος;",
    "en": "When was the law passed?",
    "es": "¿Cuándo se aprobó la ley?",
    "et": "Millal seadus vastu võeti?",
    "fi": "Milloin laki hyväksyttiin?",
    "fr": "quand la loi a-t-elle été votée",
    "ga": "Cathain a ritheadh an dlí?",
    "hr": "Kada je donesen zakon?",
    "hu": "Mikor fogadták el a törvényt?",
    "it": "Quando è stata approvata la legge?",
    "lt": "Kada buvo priimtas įstatymas?",
    "lv": "Kad likums tika pieņemts?",
    "mt": "Meta għaddiet il-liġi?",
    "nl": "Wanneer werd de wet aangenomen?",
    "pl": "Kiedy uchwalono ustawę?",
    "pt": "Quando foi aprovada a lei?",
    "ro": "Când a fost adoptată legea?",
    "sk": "Kedy bol zákon prijatý?",
    "sl": "Kdaj je bil zakon sprejet?",
    "sv": "När antogs lagen?",
}


@pytest.mark.parametrize(("language", "text"), SENTENCES.items())
def test_a_sentence_is_recognised(language: str, text: str) -> None:
    found, confidence = detect_language(text)
    assert (found, confidence > 0.5) == (language, True)


@pytest.mark.parametrize(("language", "text"), QUESTIONS.items())
def test_a_short_question_is_recognised(language: str, text: str) -> None:
    assert detect_language(text)[0] == language


@pytest.mark.parametrize("text", ["", "   ", "12 345,67 €", "?!…", "2023-12-13", "https://europa.eu a@b.eu", "—"])
def test_without_letters_nothing_is_said(text: str) -> None:
    assert detect_language(text) == ("und", 0.0)


@pytest.mark.parametrize("text", ["a", "Europol", "article 28", "AI?", "ß", "Ж"])
def test_with_letters_something_is_said(text: str) -> None:
    language, confidence = detect_language(text)
    assert language != "und"
    assert 0 < confidence < 1


def test_capitals_are_read_too() -> None:
    assert detect_language("QUELLES SONT LES MESURES ?")[0] == "fr"


def test_among_settles_a_doubt() -> None:
    shared = "Importar marcadores"
    assert [detect_language(shared, [language])[0] for language in ("es", "pt-BR")] == ["es", "pt"]
    assert detect_language(shared, ["es"])[1] > detect_language(shared)[1]


def test_among_does_not_overrule_what_is_clear() -> None:
    for language, text in SENTENCES.items():
        assert detect_language(text, ["fr", "en"])[0] == language


@pytest.mark.parametrize(
    ("language", "question", "of_the_name"),
    [
        ("en", "Who funds Grenzwacht?", "de"),
        ("en", "Who is Giulia Ferrante?", "it"),
        ("en", "What is Hafenbehörde Nordsee?", "de"),
        ("fr", "Qui finance Grenzwacht ?", "de"),
        ("fr", "Où se trouve Porto Azzurro ?", "it"),
        ("de", "Wer ist Giulia Ferrante?", "it"),
        ("de", "In welchem Jahr schloss Banca Popolare?", "it"),
        ("it", "Chi è Annegret Thalbach?", "de"),
        ("es", "¿Quién es Annegret Thalbach?", "de"),
        ("pl", "Kto finansuje Border Force?", "en"),
        ("ro", "Cine este Jean-Baptiste Moreau?", "fr"),
        ("sv", "Vem finansierar Guardia Costiera?", "it"),
        ("hu", "Ki finanszírozza Straż Graniczna?", "pl"),
    ],
)
def test_the_words_that_ask_tell_more_than_a_name(language: str, question: str, of_the_name: str) -> None:
    assert [detect_language(question, among)[0] for among in (None, [of_the_name], [of_the_name, language])] == [
        language
    ] * 3


@pytest.mark.parametrize("title", ["Care and welfare of the elderly", "Come and see the harbour", "Co-operation"])
def test_a_title_that_begins_like_another_language_s_question_is_left_alone(title: str) -> None:
    assert detect_language(title)[0] == "en"


def test_among_counts_sister_languages_as_one() -> None:
    assert detect_language("Hvilke tiltak foreslår Kommisjonen?", ["nb"]) == detect_language(
        "Hvilke tiltak foreslår Kommisjonen?", ["no"]
    )


def test_a_longer_text_walked_in_many_places_at_once_is_scored_as_py3langid_scores_it() -> None:
    plain, fast = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True), _model()
    every = " ".join(SENTENCES.values())
    places = itertools.product((0, 1, 777, 2222), (1, 399, 400, 401, 439, 440, 441, 3000))
    texts = [(every[start:] + every).encode()[:length].decode("utf-8", "ignore") for start, length in places]
    for text in (*texts, "\0" * 500):
        expected = dict(plain.rank(text))
        chances = [max(expected[language], 1e-12) for language in fast.languages]
        assert np.exp(fast.log_chances(text)) == pytest.approx(chances, rel=1e-4, abs=1e-5), text


def test_a_long_text_is_read_in_parts() -> None:
    assert detect_language("\n".join([SENTENCES["sl"]] * 2000))[0] == "sl"
    preface = SENTENCES["en"] * 5
    assert detect_language(preface + SENTENCES["et"] * 500)[0] == "et"


def test_no_network_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    from rag.text import languages

    def refuse(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    languages._model.cache_clear()
    assert detect_language("Bonjour à tous")[0] == "fr"


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_has_an_answer(text: str) -> None:
    language, confidence = detect_language(text)
    assert 0 <= confidence <= 1
    assert (language == "und") == (confidence == 0)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("fr", "fr", True),
        ("fr-CA", "fr", True),
        ("pt_BR", "pt-PT", True),
        ("FR", "fr", True),
        ("no", "nb", True),
        ("nn", "nb", True),
        ("sr-Cyrl", "hr", True),
        ("bs", "sr", True),
        ("da", "no", False),
        ("cs", "sk", False),
        ("und", "fr", False),
    ],
)
def test_same_language(a: str, b: str, expected: bool) -> None:
    assert same_language(a, b) is expected
    assert same_language(b, a) is expected
