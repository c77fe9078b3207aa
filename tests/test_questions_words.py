"""What a question asks for, in every language of the Union and five more, as people type it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.questions import Wanted, cues, what_is_wanted

HOW_MANY, WHEN, WHO, WHERE, WHY, HOW = Wanted
EUROPEAN = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split(" ")

# A line a language; the six questions ask how many, when, who, where, why, how.
QUESTIONS = {
    "ar": "كم عدد الموظفين في الوكالة؟|متى دخلت الاتفاقية حيز التنفيذ؟|من وقع على الميثاق؟|أين يقع مقر الوكالة؟"
    "|لماذا أغلق المركز؟|كيف يتم تسجيل الطلبات؟",
    "bg": "Колко души работят в агенцията?|Кога влезе в сила регламентът?|Кой подписа хартата?|Къде е седалището?"
    "|Защо беше затворен центърът?|Как се подава жалба?",
    "cs": "Kolik regionů hlasovalo pro?|Kdy nařízení vstoupilo v platnost?|Kdo chartu podepsal?|Kde sídlí agentura?"
    "|Proč bylo středisko uzavřeno?|Jak se podává žádost?",
    "da": "Hvor mange regioner stemte for?|Hvornår trådte forordningen i kraft?|Hvem underskrev chartret?"
    "|Hvor ligger agenturet?|Hvorfor blev centret lukket?|Hvordan indgiver man en klage?",
    "de": "Wie viele Regionen stimmten dafür?|Wann trat die Verordnung in Kraft?|Wer hat die Charta unterzeichnet?"
    "|Wo hat die Agentur ihren Sitz?|Warum wurde das Zentrum geschlossen?|Wie reicht man eine Beschwerde ein?",
    "el": "Πόσες περιφέρειες ψήφισαν υπέρ;|Πότε τέθηκε σε ισχύ ο κανονισμός;|Ποιος υπέγραψε τον χάρτη;"
    "|Πού βρίσκεται η έδρα;|Γιατί έκλεισε το κέντρο;|Πώς υποβάλλεται μια καταγγελία;",
    "en": "How many regions voted in favour?|When did the act enter into force?|Who signed the charter?"
    "|Where is the agency based?|Why was the centre closed?|How is a complaint filed?",
    "es": "¿Cuántas regiones votaron a favor?|¿Cuándo entró en vigor el reglamento?|¿Quién firmó la carta?"
    "|¿Dónde está la sede?|¿Por qué se cerró el centro?|¿Cómo se presenta una queja?",
    "et": "Mitu piirkonda hääletas poolt?|Millal määrus jõustus?|Kes hartale alla kirjutas?|Kus asub amet?"
    "|Miks keskus suleti?|Kuidas kaebust esitada?",
    "fi": "Kuinka monta aluetta äänesti puolesta?|Milloin asetus tuli voimaan?|Kuka allekirjoitti peruskirjan?"
    "|Missä virasto sijaitsee?|Miksi keskus suljettiin?|Miten valitus tehdään?",
    "fr": "Combien de régions ont voté pour ?|Quand le règlement est-il entré en vigueur ?|Qui a signé la charte ?"
    "|Où se trouve le siège ?|Pourquoi le centre a-t-il fermé ?|Comment dépose-t-on une plainte ?",
    "ga": "Cé mhéad réigiún a vótáil ar a shon?|Cathain a tháinig an rialachán i bhfeidhm?|Cé a shínigh an chairt?"
    "|Cá bhfuil an ghníomhaireacht lonnaithe?|Cén fáth ar dúnadh an t-ionad?|Conas a dhéantar gearán?",
    "hr": "Koliko je regija glasovalo za?|Kada je uredba stupila na snagu?|Tko je potpisao povelju?"
    "|Gdje je sjedište agencije?|Zašto je centar zatvoren?|Kako se podnosi pritužba?",
    "hu": "Hány régió szavazott mellette?|Mikor lépett hatályba a rendelet?|Ki írta alá a chartát?"
    "|Hol van az ügynökség székhelye?|Miért zárták be a központot?|Hogyan lehet panaszt tenni?",
    "it": "Quante regioni hanno votato a favore?|Quando è entrato in vigore il regolamento?|Chi ha firmato la carta?"
    "|Dove si trova la sede?|Perché il centro è stato chiuso?|Come si presenta un reclamo?",
    "lt": "Kiek regionų balsavo už?|Kada įsigaliojo reglamentas?|Kas pasirašė chartiją?|Kur yra agentūros būstinė?"
    "|Kodėl centras buvo uždarytas?|Kaip pateikti skundą?",
    "lv": "Cik reģionu balsoja par?|Kad regula stājās spēkā?|Kas parakstīja hartu?|Kur atrodas aģentūra?"
    "|Kāpēc centrs tika slēgts?|Kā iesniegt sūdzību?",
    "mt": "Kemm reġjuni vvutaw favur?|Meta daħal fis-seħħ ir-regolament?|Min iffirma l-karta?|Fejn hi s-sede?"
    "|Għaliex ingħalaq iċ-ċentru?|Kif isir ilment?",
    "nl": "Hoeveel regio's stemden voor?|Wanneer trad de verordening in werking?|Wie heeft het handvest getekend?"
    "|Waar is het agentschap gevestigd?|Waarom is het centrum gesloten?|Hoe dien je een klacht in?",
    "pl": "Ile regionów głosowało za?|Kiedy rozporządzenie weszło w życie?|Kto podpisał kartę?"
    "|Gdzie mieści się agencja?|Dlaczego ośrodek zamknięto?|Jak złożyć skargę?",
    "pt": "Quantas regiões votaram a favor?|Quando entrou em vigor o regulamento?|Quem assinou a carta?"
    "|Onde fica a sede?|Porque foi encerrado o centro?|Como se apresenta uma queixa?",
    "ro": "Câte regiuni au votat pentru?|Când a intrat în vigoare regulamentul?|Cine a semnat carta?"
    "|Unde se află sediul?|De ce a fost închis centrul?|Cum se depune o plângere?",
    "ru": "Сколько регионов проголосовало за?|Когда вступил в силу регламент?|Кто подписал хартию?"
    "|Где находится агентство?|Почему закрыли центр?|Как подать жалобу?",
    "sk": "Koľko regiónov hlasovalo za?|Kedy nariadenie nadobudlo účinnosť?|Kto chartu podpísal?|Kde sídli agentúra?"
    "|Prečo bolo stredisko zatvorené?|Ako sa podáva sťažnosť?",
    "sl": "Koliko regij je glasovalo za?|Kdaj je uredba začela veljati?|Kdo je podpisal listino?|Kje je sedež agencije?"
    "|Zakaj so center zaprli?|Kako se vloži pritožba?",
    "sv": "Hur många regioner röstade för?|När trädde förordningen i kraft?|Vem undertecknade stadgan?"
    "|Var ligger myndigheten?|Varför stängdes centret?|Hur lämnar man in ett klagomål?",
    "tr": "Kaç bölge lehte oy kullandı?|Yönetmelik ne zaman yürürlüğe girdi?|Şartı kim imzaladı?|Merkezi nerede?"
    "|Merkez neden kapatıldı?|Şikâyet nasıl yapılır?",
    "uk": "Скільки регіонів проголосувало за?|Коли набув чинності регламент?|Хто підписав хартію?"
    "|Де розташоване агентство?|Чому закрили центр?|Як подати скаргу?",
    "zh": "有多少个地区投了赞成票？|该条例什么时候生效？|谁签署了宪章？|该机构的总部在哪里？"
    "|该中心为什么关闭？|如何提出申诉？",
}

# What the plain question words do not show: another word of the same kind, a longer run of words, a late question.
MORE = [
    ("ar", "بكم بيع المبنى؟", HOW_MANY),
    ("bg", "В кой град е седалището?", WHERE),
    ("bg", "В коя година беше приета?", WHEN),
    ("cs", "Jak dlouho trvala jednání?", HOW_MANY),
    ("cs", "Jak se jmenuje ředitelka?", WHO),
    ("da", "Hvor længe varede forhandlingerne?", HOW_MANY),
    ("da", "Hvor ofte mødes udvalget?", HOW_MANY),
    ("de", "Wie heißt die Rapporteurin?", WHO),
    ("de", "Wie lange dauerte die Verhandlung?", HOW_MANY),
    ("de", "In welchem Jahr wurde sie gegründet?", WHEN),
    ("el", "Σε ποια πόλη βρίσκεται η έδρα;", WHERE),
    ("el", "Ποια χρονιά ιδρύθηκε;", WHEN),
    ("en", "What is the name of the director?", WHO),
    ("en", "In which city is the agency based?", WHERE),
    ("en", "On what date did the trial start?", WHEN),
    ("es", "¿Cómo se llama la ponente?", WHO),
    ("es", "porque rechazaron la enmienda", WHY),
    ("es", "¿En qué año se fundó?", WHEN),
    ("et", "Kui kaua läbirääkimised kestsid?", HOW_MANY),
    ("fi", "Paljonko talousarvio on?", HOW_MANY),
    ("fr", "la rapporteure de la charte passerelle, c'est qui ?", WHO),
    ("fr", "ou est le siege", WHERE),
    ("fr", "D'où viennent les dossiers ?", WHERE),
    ("fr", "À qui la convention a-t-elle été confiée ?", WHO),
    ("fr", "Comment s'appelle la directrice ?", WHO),
    ("fr", "Quel est le montant du budget ?", HOW_MANY),
    ("fr", "En quelle année l'agence a-t-elle été fondée ?", WHEN),
    ("fr", "Dans quelle ville siège-t-elle ?", WHERE),
    ("fr", "le comite de recours prevu par la charte compte combien de membres", HOW_MANY),
    ("ga", "Cá fhad a mhair an chaibidlíocht?", HOW_MANY),
    ("ga", "Cá huair a tháinig sé i bhfeidhm?", WHEN),
    ("hr", "U kojem je gradu, u kojem gradu je sjedište?", WHERE),
    ("hu", "Mennyibe került az épület?", HOW_MANY),
    ("hu", "Melyik városban van a székhely?", WHERE),
    ("it", "Come si chiama la relatrice?", WHO),
    ("it", "Quanto tempo durò il negoziato?", HOW_MANY),
    ("lt", "Kuriais metais ji įkurta?", WHEN),
    ("lv", "Kurā pilsētā atrodas aģentūra?", WHERE),
    ("lv", "Kurā gadā tā dibināta?", WHEN),
    ("mt", "F’liema sena twaqqfet l-aġenzija?", WHEN),
    ("nl", "Hoe heet de rapporteur?", WHO),
    ("nl", "Hoe lang duurden de onderhandelingen?", HOW_MANY),
    ("no", "Hvor lenge varte møtet?", HOW_MANY),
    ("nb", "Når ble sentret stengt?", WHEN),
    ("pl", "Jak się nazywa komendant ośrodka?", WHO),
    ("pl", "W którym roku powstała agencja?", WHEN),
    ("pl", "od kiedy obowiązuje umowa?", WHEN),
    ("pt-BR", "Como se chama a relatora?", WHO),
    ("ro", "Cum se numește directoarea?", WHO),
    ("ro", "pana cand este deschis parcul", WHEN),
    ("ru", "Как зовут директора?", WHO),
    ("ru", "В каком году основано агентство?", WHEN),
    ("sk", "Ako dlho trvalo rokovanie?", HOW_MANY),
    ("sl", "Katerega leta je bila ustanovljena?", WHEN),
    ("sv", "Vad heter rapportören?", WHO),
    ("sv", "Hur högt är taket?", HOW_MANY),
    ("tr", "Görüşmeler ne kadar sürdü?", HOW_MANY),
    ("uk", "У якому році засновано агентство?", WHEN),
    ("zh", "該中心為什麼關閉？", WHY),
    ("zh", "该机构成立于哪一年？", WHEN),
    ("hi", "बैठक कब हुई?", WHEN),
    ("th", "สำนักงานใหญ่อยู่ที่ไหน", WHERE),
    ("vi", "Trụ sở ở đâu?", WHERE),
]

# Questions for something else, and words that ask in one place and only join in another.
NOTHING = [
    ("ar", "ما هي لغات الوثيقة؟"),
    ("ar", "ما هي المواد التي حذفت من الاتفاقية؟"),
    ("bg", "Какво предвижда хартата?"),
    ("cs", "Co stanoví článek 12?"),
    ("cs", "Přijal výbor rozpočet, či nikoli?"),
    ("da", "Hvad siger artikel 12?"),
    ("de", "Welche Sprachen spricht die Agentur?"),
    ("de", "Was gilt für Beamte wie für Angestellte?"),
    ("el", "Τι προβλέπει το άρθρο που καταργήθηκε;"),
    ("en", "What does article 12 say?"),
    ("es", "¿Qué empresa actúa como proveedor?"),
    ("et", "Mida näeb ette artikkel 12?"),
    ("fi", "Mitä artikla 12 sanoo?"),
    ("fr", "Que prévoit l'article 12 ?"),
    ("fr", "Quelle est l'autorité qui contrôle les fichiers ?"),
    ("fr", "Le vote porte-t-il sur le budget ou le personnel ?"),
    ("fr", "En quelle langue le dépliant est-il rédigé ?"),
    ("ga", "Cad a deir airteagal 12?"),
    ("hr", "Što propisuje članak 12.?"),
    ("hu", "Mit mond a 12. cikk?"),
    ("it", "Che cosa prevede l'articolo 12?"),
    ("lt", "Ką numato 12 straipsnis?"),
    ("lv", "Ko paredz 12. pants?"),
    ("mt", "X'jgħid l-artikolu 12?"),
    ("nl", "Wat zegt artikel 12?"),
    ("pl", "Co przewiduje artykuł, tak jak go przyjęto?"),
    ("pt", "Que empresa atua como fornecedor?"),
    ("ro", "Ce prevede articolul 12?"),
    ("ru", "Что предусмотрено в статье 12, как и раньше?"),
    ("sk", "Čo stanovuje článok 12?"),
    ("sl", "Kaj določa 12. člen?"),
    ("sv", "Vad var skälet till ändringen?"),
    ("tr", "12. madde ne diyor?"),
    ("uk", "Що передбачає стаття 12?"),
    ("zh", "第十二条规定了什么？"),
    ("xx", "How many regions voted?"),
    ("und", "2024 ?"),
]


def test_every_language_of_the_union_has_a_question_of_each_kind() -> None:
    assert set(QUESTIONS) == {*EUROPEAN, "ru", "uk", "ar", "tr", "zh"}
    assert {language: len(line.split("|")) for language, line in QUESTIONS.items() if line.count("|") != 5} == {}


@pytest.mark.parametrize("language", QUESTIONS)
def test_question_words_say_what_is_wanted(language: str) -> None:
    asked = QUESTIONS[language].split("|")
    assert [(question, what_is_wanted(question, language)) for question in asked] == list(
        zip(asked, Wanted, strict=True)
    )


@pytest.mark.parametrize("language", QUESTIONS)
def test_capitals_and_missing_marks_change_nothing(language: str) -> None:
    asked = [question.strip("?¿؟？; ").upper() for question in QUESTIONS[language].split("|")]
    assert [what_is_wanted(question, language) for question in asked] == list(Wanted)


@pytest.mark.parametrize("language", ["fr", "es", "pt", "it", "cs", "pl", "ro", "el", "sv", "hu", "fi"])
def test_accents_left_out_change_nothing(language: str) -> None:
    import unicodedata

    for question, wanted in zip(QUESTIONS[language].split("|"), Wanted, strict=True):
        bare = "".join(c for c in unicodedata.normalize("NFD", question) if not unicodedata.combining(c))
        assert what_is_wanted(bare, language) is wanted, bare


@pytest.mark.parametrize(("language", "question", "wanted"), MORE)
def test_longer_runs_of_words_and_late_questions(language: str, question: str, wanted: Wanted) -> None:
    assert what_is_wanted(question, language) is wanted


@pytest.mark.parametrize(("language", "question"), NOTHING)
def test_other_questions_want_nothing_of_these_kinds(language: str, question: str) -> None:
    assert what_is_wanted(question, language) is None


def test_the_question_word_that_comes_first_decides() -> None:
    assert what_is_wanted("Who decided when the vote takes place?", "en") is WHO
    assert what_is_wanted("When will it be known who won?", "en") is WHEN


def test_only_the_beginning_of_a_long_question_is_looked_at() -> None:
    words = "the agency the council the committee the member states the regions the cities and all"
    assert what_is_wanted(f"how many {words}", "en") is HOW_MANY
    assert what_is_wanted(f"{words} how many", "en") is None


@pytest.mark.parametrize("language", cues())
def test_every_cue_is_found_where_it_may_stand(language: str) -> None:
    """A cue spelt so that folding never yields it would be dead."""
    for wanted, listed in cues()[language].items():
        for cue in listed.split("|"):
            found = what_is_wanted(cue.removeprefix("^"), language)
            assert found is not None, (language, wanted, cue)


@given(st.text(max_size=80), st.sampled_from([*cues(), "xx", ""]))
def test_any_text_can_be_asked(text: str, language: str) -> None:
    assert what_is_wanted(text, language) in (None, *Wanted)
