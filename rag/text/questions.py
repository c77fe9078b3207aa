"""FACTS: what a question asks for: a person, a time, a quantity, a place, a reason, a manner.

The words are looked for after folding (no accents, lower case), so each is listed once. Written for this project.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache

import regex

from rag.text.analysis import fold, word_tokens


class Wanted(StrEnum):
    """What kind of thing answers a question."""

    HOW_MANY = "how_many"
    WHEN = "when"
    WHO = "who"
    WHERE = "where"
    WHY = "why"
    HOW = "how"


# By language: words or runs of words that ask for a kind of thing, in the order of Wanted.
_CUES: dict[str, dict[Wanted, str]] = {
    "ar": {
        Wanted.HOW_MANY: "كم",
        Wanted.WHEN: "متى|في أي عام|في أي سنة",
        Wanted.WHO: "من|لمن",
        Wanted.WHERE: "أين|في أي بلد",
        Wanted.WHY: "لماذا",
        Wanted.HOW: "كيف",
    },
    "bg": {
        Wanted.HOW_MANY: "колко",
        Wanted.WHEN: "кога|коя година|кой ден",
        Wanted.WHO: "кой|кого|чий|чия",
        Wanted.WHERE: "къде|коя държава|кой град",
        Wanted.WHY: "защо",
        Wanted.HOW: "как",
    },
    "cs": {
        Wanted.HOW_MANY: "kolik|kolika",
        Wanted.WHEN: "kdy|kterem roce|ktereho roku",
        Wanted.WHO: "kdo|koho|komu|kym|ci",
        Wanted.WHERE: "kde|kam|odkud|ktere zemi",
        Wanted.WHY: "proc",
        Wanted.HOW: "jak",
    },
    "da": {
        Wanted.HOW_MANY: "hvor mange|hvor meget|hvor lenge|hvor laenge|hvor stor|hvor gammel",
        Wanted.WHEN: "hvornar|hvilket ar|hvilken dato",
        Wanted.WHO: "hvem|hvis",
        Wanted.WHERE: "hvor|hvilket land|hvilken by",
        Wanted.WHY: "hvorfor",
        Wanted.HOW: "hvordan",
    },
    "de": {
        Wanted.HOW_MANY: "wie viel|wie viele|wie vielen|wieviel|wieviele|wie lange|wie hoch|wie oft|wie gross|wie alt",
        Wanted.WHEN: "wann|welchem jahr|welches jahr|welchem datum|seit wann",
        Wanted.WHO: "wer|wem|wen|wessen",
        Wanted.WHERE: "wo|wohin|woher|welchem land|welcher stadt",
        Wanted.WHY: "warum|weshalb|wieso|aus welchem grund",
        Wanted.HOW: "wie",
    },
    "el": {
        Wanted.HOW_MANY: "ποσο|ποσα|ποσοι|ποσες|ποσους|ποσων",
        Wanted.WHEN: "ποτε|ποιο ετος|ποια χρονια|ποια ημερομηνια",
        Wanted.WHO: "ποιος|ποια|ποιοι|ποιον|ποιους|ποιανου",
        Wanted.WHERE: "που|ποια χωρα|ποια πολη",
        Wanted.WHY: "γιατι",
        Wanted.HOW: "πως",
    },
    "en": {
        Wanted.HOW_MANY: "how many|how much|how long|how old|how far|how often|how large|how big|what number|what percentage|what amount|what proportion",
        Wanted.WHEN: "when|what year|which year|what date|what day|what month|what century",
        Wanted.WHO: "who|whom|whose|which person|what is the name of the person",
        Wanted.WHERE: "where|what country|which country|what city|which city|what place",
        Wanted.WHY: "why|what reason|what was the reason|for what reason",
        Wanted.HOW: "how",
    },
    "es": {
        Wanted.HOW_MANY: "cuanto|cuanta|cuantos|cuantas|que numero|que porcentaje|que cantidad",
        Wanted.WHEN: "cuando|que ano|que fecha|que dia|que siglo|que mes",
        Wanted.WHO: "quien|quienes|de quien|a quien",
        Wanted.WHERE: "donde|adonde|que pais|que ciudad|que lugar",
        Wanted.WHY: "por que|cual es la razon|cual fue la razon",
        Wanted.HOW: "como",
    },
    "et": {
        Wanted.HOW_MANY: "mitu|kui palju|kui kaua|kui suur|mitme",
        Wanted.WHEN: "millal|mis aastal|mis kuupaeval",
        Wanted.WHO: "kes|kelle|keda|kellele",
        Wanted.WHERE: "kus|kuhu|kust|mis riigis|mis linnas",
        Wanted.WHY: "miks",
        Wanted.HOW: "kuidas",
    },
    "fi": {
        Wanted.HOW_MANY: "kuinka monta|kuinka moni|kuinka paljon|montako|kuinka kauan|kuinka suuri|miten monta",
        Wanted.WHEN: "milloin|koska|mina vuonna|minka vuonna",
        Wanted.WHO: "kuka|ketka|kenen|keta|kenelle",
        Wanted.WHERE: "missa|mista|mihin|missa maassa",
        Wanted.WHY: "miksi",
        Wanted.HOW: "miten|kuinka",
    },
    "fr": {
        Wanted.HOW_MANY: "combien|quel nombre|quel est le nombre|quel montant|quel est le montant|quel pourcentage|quelle part|quelle proportion|quelle est la duree|quelle duree|quel age|quel budget|quelle somme|quel taux",
        Wanted.WHEN: "quand|quelle date|quelle annee|quel jour|quel mois|quel siecle|quelle epoque|en quelle",
        Wanted.WHO: "qui|quelle personne|quel ministre|quelle ministre|quel est le nom",
        Wanted.WHERE: "ou|quel pays|quelle ville|quel lieu|quel endroit|quelle region",
        Wanted.WHY: "pourquoi|quelle raison|quelles raisons|quelle est la raison|quel motif|quelle cause",
        Wanted.HOW: "comment",
    },
    "ga": {
        Wanted.HOW_MANY: "ce mheid|ca mheid|cia mheid|cen fad",
        Wanted.WHEN: "cathain|cen uair|cen bhliain",
        Wanted.WHO: "ce|cia|ce leis",
        Wanted.WHERE: "ca|cen ait|cen tir",
        Wanted.WHY: "cen fath|cad chuige",
        Wanted.HOW: "conas|cen chaoi",
    },
    "hi": {
        Wanted.HOW_MANY: "कितने|कितना|कितनी",
        Wanted.WHEN: "कब|किस वर्ष|किस साल",
        Wanted.WHO: "कौन|किसने|किसे|किसके",
        Wanted.WHERE: "कहाँ|कहां|किस देश|किस शहर",
        Wanted.WHY: "क्यों",
        Wanted.HOW: "कैसे",
    },
    "hr": {
        Wanted.HOW_MANY: "koliko",
        Wanted.WHEN: "kada|kad|koje godine|kojeg datuma",
        Wanted.WHO: "tko|koga|kome|ciji|cija",
        Wanted.WHERE: "gdje|kamo|odakle|kojoj zemlji",
        Wanted.WHY: "zasto",
        Wanted.HOW: "kako",
    },
    "hu": {
        Wanted.HOW_MANY: "hany|mennyi|mekkora|hanyan|meddig",
        Wanted.WHEN: "mikor|melyik evben|mely evben",
        Wanted.WHO: "ki|kik|kit|kinek|kiket",
        Wanted.WHERE: "hol|hova|honnan|melyik orszagban|melyik varosban",
        Wanted.WHY: "miert",
        Wanted.HOW: "hogyan|hogy",
    },
    "it": {
        Wanted.HOW_MANY: "quanto|quanta|quanti|quante|che numero|che percentuale|quale percentuale",
        Wanted.WHEN: "quando|che anno|quale anno|quale data|che data|che giorno|quale giorno|che secolo",
        Wanted.WHO: "chi|di chi|a chi",
        Wanted.WHERE: "dove|che paese|quale paese|quale citta|che citta",
        Wanted.WHY: "perche|per quale motivo|quale motivo",
        Wanted.HOW: "come",
    },
    "lt": {
        Wanted.HOW_MANY: "kiek|kiekis",
        Wanted.WHEN: "kada|kuriais metais|kokiais metais|kuria diena",
        Wanted.WHO: "kas|kam|kieno",
        Wanted.WHERE: "kur|kurioje salyje|kokioje salyje",
        Wanted.WHY: "kodel|del ko",
        Wanted.HOW: "kaip",
    },
    "lv": {
        Wanted.HOW_MANY: "cik",
        Wanted.WHEN: "kad|kura gada|kuros gados|kura datuma",
        Wanted.WHO: "kas|kam|kurs|kura|ka",
        Wanted.WHERE: "kur|kura valsti|kura pilseta",
        Wanted.WHY: "kapec|kadel",
        Wanted.HOW: "ka",
    },
    "mt": {
        Wanted.HOW_MANY: "kemm",
        Wanted.WHEN: "meta|f liema sena|liema data",
        Wanted.WHO: "min|lil min",
        Wanted.WHERE: "fejn|f liema pajjiz",
        Wanted.WHY: "ghaliex|ghalfejn",
        Wanted.HOW: "kif",
    },
    "nl": {
        Wanted.HOW_MANY: "hoeveel|hoe lang|hoe oud|hoe groot|hoe vaak|welk percentage|hoe hoog",
        Wanted.WHEN: "wanneer|welk jaar|welke datum|welke dag",
        Wanted.WHO: "wie|van wie|wiens",
        Wanted.WHERE: "waar|waarheen|welk land|welke stad",
        Wanted.WHY: "waarom|welke reden",
        Wanted.HOW: "hoe",
    },
    "no": {
        Wanted.HOW_MANY: "hvor mange|hvor mye|hvor lenge|hvor stor|hvor gammel",
        Wanted.WHEN: "nar|hvilket ar|hvilken dato",
        Wanted.WHO: "hvem",
        Wanted.WHERE: "hvor|hvilket land|hvilken by",
        Wanted.WHY: "hvorfor",
        Wanted.HOW: "hvordan",
    },
    "pl": {
        Wanted.HOW_MANY: "ile|ilu|iloma|jak dlugo|jak duzo",
        Wanted.WHEN: "kiedy|ktorym roku|jakim roku|ktorego dnia",
        Wanted.WHO: "kto|kogo|komu|kim|czyj|czyja",
        Wanted.WHERE: "gdzie|dokad|skad|jakim kraju|ktorym kraju",
        Wanted.WHY: "dlaczego|czemu|z jakiego powodu",
        Wanted.HOW: "jak|w jaki sposob",
    },
    "pt": {
        Wanted.HOW_MANY: "quanto|quanta|quantos|quantas|que numero|que percentagem",
        Wanted.WHEN: "quando|que ano|que data|que dia|que seculo",
        Wanted.WHO: "quem|de quem|a quem",
        Wanted.WHERE: "onde|aonde|que pais|que cidade",
        Wanted.WHY: "porque|por que|porque razao|qual a razao",
        Wanted.HOW: "como",
    },
    "ro": {
        Wanted.HOW_MANY: "cat|cata|cati|cate|cat de|ce procent|ce numar",
        Wanted.WHEN: "cand|ce an|ce data|ce zi",
        Wanted.WHO: "cine|cui|pe cine|a cui",
        Wanted.WHERE: "unde|ce tara|ce oras",
        Wanted.WHY: "de ce|din ce motiv|care este motivul",
        Wanted.HOW: "cum",
    },
    "ru": {
        Wanted.HOW_MANY: "сколько|какое количество|какой процент|каково число",
        Wanted.WHEN: "когда|каком году|какого числа|какой день",
        Wanted.WHO: "кто|кого|кому|кем|чей|чья",
        Wanted.WHERE: "где|куда|откуда|какой стране|каком городе",
        Wanted.WHY: "почему|зачем|по какой причине",
        Wanted.HOW: "как|каким образом",
    },
    "sk": {
        Wanted.HOW_MANY: "kolko|kolkych|kolki",
        Wanted.WHEN: "kedy|ktorom roku|akom roku",
        Wanted.WHO: "kto|koho|komu|kym|ci",
        Wanted.WHERE: "kde|kam|odkial|ktorej krajine",
        Wanted.WHY: "preco",
        Wanted.HOW: "ako",
    },
    "sl": {
        Wanted.HOW_MANY: "koliko",
        Wanted.WHEN: "kdaj|katerega leta|katerem letu",
        Wanted.WHO: "kdo|koga|komu|cigav",
        Wanted.WHERE: "kje|kam|kateri drzavi|katerem mestu",
        Wanted.WHY: "zakaj",
        Wanted.HOW: "kako",
    },
    "sv": {
        Wanted.HOW_MANY: "hur manga|hur mycket|hur lange|hur stor|hur gammal|hur ofta",
        Wanted.WHEN: "nar|vilket ar|vilket datum",
        Wanted.WHO: "vem|vilka personer|vems",
        Wanted.WHERE: "var|vart|vilket land|vilken stad",
        Wanted.WHY: "varfor",
        Wanted.HOW: "hur",
    },
    "th": {
        Wanted.HOW_MANY: "กี่|เท่าไหร่|เท่าไร|เท่าใด",
        Wanted.WHEN: "เมื่อไหร่|เมื่อไร|เมื่อใด|ปีใด|ปีไหน|วันที่เท่าไร",
        Wanted.WHO: "ใคร",
        Wanted.WHERE: "ที่ไหน|ที่ใด|ประเทศใด|เมืองใด",
        Wanted.WHY: "ทำไม|เพราะเหตุใด|เพราะอะไร",
        Wanted.HOW: "อย่างไร",
    },
    "tr": {
        Wanted.HOW_MANY: "kac|ne kadar|kacinci",
        Wanted.WHEN: "ne zaman|hangi yil|hangi yilda|hangi tarihte",
        Wanted.WHO: "kim|kimi|kimin|kime|kimler",
        Wanted.WHERE: "nerede|nereye|nereden|hangi ulkede|hangi sehirde",
        Wanted.WHY: "neden|nicin|niye",
        Wanted.HOW: "nasil",
    },
    "uk": {
        Wanted.HOW_MANY: "скільки|яка кількість|який відсоток",
        Wanted.WHEN: "коли|якому році|якого року",
        Wanted.WHO: "хто|кого|кому|ким|чий",
        Wanted.WHERE: "де|куди|звідки|якій країні|якому місті",
        Wanted.WHY: "чому|навіщо|з якої причини",
        Wanted.HOW: "як|яким чином",
    },
    "vi": {
        Wanted.HOW_MANY: "bao nhieu|bao lau|may",
        Wanted.WHEN: "khi nao|nam nao|ngay nao|bao gio",
        Wanted.WHO: "ai",
        Wanted.WHERE: "o dau|nuoc nao|thanh pho nao|dau",
        Wanted.WHY: "tai sao|vi sao",
        Wanted.HOW: "nhu the nao|the nao",
    },
    "zh": {
        Wanted.HOW_MANY: "多少|几|多久|多长|多大",
        Wanted.WHEN: "什么时候|何时|哪一年|哪年|什么时间|哪天",
        Wanted.WHO: "谁|何人",
        Wanted.WHERE: "哪里|哪儿|何处|哪个国家|哪个城市|什么地方",
        Wanted.WHY: "为什么|为何",
        Wanted.HOW: "如何|怎么|怎样",
    },
}


@cache
def _patterns(language: str) -> tuple[tuple[Wanted, regex.Pattern[str]], ...]:
    """A pattern over folded, space-separated words for each kind; scripts without spaces match anywhere."""
    edge = ("", "") if language in ("zh", "th") else (r"(?:^|\s)", r"(?=\s|$)")
    compiled = []
    for wanted, cues in _CUES.get(language, {}).items():
        folded = sorted((" ".join(fold(word) for word in cue.split()) for cue in cues.split("|")), key=len, reverse=True)
        compiled.append((wanted, regex.compile(f"{edge[0]}(?:{'|'.join(folded)}){edge[1]}")))
    return tuple(compiled)


# How much of a long question is looked at for its question word: from its start, in words.
_CUE_WORDS = 12


def what_is_wanted(question: str, language: str) -> Wanted | None:
    """What a question in ``language`` asks for, None where no question word says it.

    The question word that comes first decides; at the same place the kind listed first does.

    >>> what_is_wanted("Combien d'agents ?", "fr"), what_is_wanted("Le budget ?", "fr")
    (<Wanted.HOW_MANY: 'how_many'>, None)
    """
    words = " ".join(word_tokens(question)[:_CUE_WORDS])
    matches = ((p.search(words), rank, wanted) for rank, (wanted, p) in enumerate(_patterns(language)))
    found = [(match.start(), rank, wanted) for match, rank, wanted in matches if match]
    return min(found)[2] if found else None
