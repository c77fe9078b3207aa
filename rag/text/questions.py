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


# By language: words or runs of words that ask for a kind of thing, in the order of Wanted. After ^ stand those that
# mean something else inside a sentence ("ou", "como", "jak"): they ask only at its start or after a word of one or
# two letters ("d'où", "et où").
_CUES: dict[str, dict[Wanted, str]] = {
    "ar": {
        Wanted.HOW_MANY: "كم|بكم|ما عدد|ما هو عدد|ما نسبة|ما هي نسبة|ما مبلغ",
        Wanted.WHEN: "متى|في أي عام|في أي سنة|في أي يوم|في أي تاريخ|ما تاريخ|ما هو تاريخ",
        Wanted.WHO: "^من|لمن|ما اسم|ما هو اسم",
        Wanted.WHERE: "أين|إلى أين|من أين|في أي بلد|في أي مدينة",
        Wanted.WHY: "لماذا|ما سبب|ما هو سبب",
        Wanted.HOW: "كيف",
    },
    "bg": {
        Wanted.HOW_MANY: "колко|какъв брой|какъв процент|каква сума",
        Wanted.WHEN: "кога|коя година|коя дата|кой ден|кой месец",
        Wanted.WHO: "кой|кого|чий|чия|как се казва|как се казват",
        Wanted.WHERE: "къде|откъде|накъде|коя държава|коя страна|кой град",
        Wanted.WHY: "защо|по каква причина",
        Wanted.HOW: "^как|по какъв начин",
    },
    "cs": {
        Wanted.HOW_MANY: "kolik|kolika|kolikrat|jak dlouho|jak dlouhy|jak dlouha|jak casto|jak velky|jak velka|jak vysoky|jak vysoka|jak stary",
        Wanted.WHEN: "kdy|odkdy|dokdy|kterem roce|ktereho roku|kterem mesici|ktery den|jakeho data",
        Wanted.WHO: "kdo|koho|komu|kym|^ci|jak se jmenuje|jak se jmenuji",
        Wanted.WHERE: "kde|kam|odkud|ktere zemi|kterem meste",
        Wanted.WHY: "proc|z jakeho duvodu",
        Wanted.HOW: "^jak|jakym zpusobem",
    },
    "da": {
        Wanted.HOW_MANY: "hvor mange|hvor meget|hvor lenge|hvor laenge|hvor stor|hvor stort|hvor gammel|hvor ofte|hvor lang|hvor langt|hvor hoj|hvor hojt|hvor hoje",
        Wanted.WHEN: "hvornar|hvilket ar|hvilken dato|hvilken dag|hvilken maned",
        Wanted.WHO: "hvem|hvad hedder",
        Wanted.WHERE: "hvor|hvorfra|hvorhen|hvilket land|hvilken by",
        Wanted.WHY: "hvorfor|af hvilken grund",
        Wanted.HOW: "hvordan",
    },
    "de": {
        Wanted.HOW_MANY: "wie viel|wie viele|wie vielen|wieviel|wieviele|wie lange|wie hoch|wie oft|wie gross|wie alt|wie weit|welche summe|welcher betrag|welcher anteil|welchen anteil|wie teuer",
        Wanted.WHEN: "wann|welchem jahr|welches jahr|welchem datum|welchem tag|welchem monat|seit wann|bis wann",
        Wanted.WHO: "wer|wem|wen|wessen|wie heisst|wie heissen|wie lautet der name",
        Wanted.WHERE: "wo|wohin|woher|welchem land|welchen landern|welcher stadt|welchem ort",
        Wanted.WHY: "warum|weshalb|wieso|wozu|aus welchem grund",
        Wanted.HOW: "^wie|und wie|auf welche weise",
    },
    "el": {
        Wanted.HOW_MANY: "ποσο|ποσα|ποσοι|ποσες|ποσους|ποσων|ποση|ποιος αριθμος|ποιο ποσοστο|ποιο ποσο",
        Wanted.WHEN: "ποτε|ποιο ετος|ποια χρονια|ποια ημερομηνια|ποια ημερα|ποιον μηνα",
        Wanted.WHO: "ποιος|ποιοι|ποιον|ποιους|ποιανου|πως λεγεται|πως ονομαζεται|πως λενε",
        Wanted.WHERE: "^που|απο που|για που|ποια χωρα|ποια πολη|ποιο μερος",
        Wanted.WHY: "γιατι|για ποιο λογο|για ποιον λογο",
        Wanted.HOW: "^πως|με ποιον τροπο|με ποιο τροπο",
    },
    "en": {
        Wanted.HOW_MANY: "how many|how much|how long|how old|how far|how often|how large|how big|how high|how tall|what number|what is the number|what was the number|what percentage|what amount|what proportion|what share|what is the amount|what was the amount",
        Wanted.WHEN: "when|what year|which year|what date|which date|what day|which day|what month|which month|what century|which century",
        Wanted.WHO: "who|whom|whose|which person|what is the name|what was the name|what is the full name",
        Wanted.WHERE: "where|what country|which country|which countries|what city|which city|which cities|what town|which town|what place|which place|what places|which places",
        Wanted.WHY: "why|how come|what reason|what was the reason|what is the reason|for what reason",
        Wanted.HOW: "how",
    },
    "es": {
        Wanted.HOW_MANY: "cuanto|cuanta|cuantos|cuantas|que numero|que porcentaje|que cantidad|cual es el numero|que importe|que proporcion",
        Wanted.WHEN: "cuando|que ano|que fecha|que dia|que siglo|que mes",
        Wanted.WHO: "quien|quienes|de quien|a quien|como se llama|como se llaman|cual es el nombre",
        Wanted.WHERE: "donde|adonde|que pais|que paises|que ciudad|que lugar",
        Wanted.WHY: "por que|^porque|cual es la razon|cual fue la razon|que motivo|cual es el motivo",
        Wanted.HOW: "^como|de que manera|de que forma",
    },
    "et": {
        Wanted.HOW_MANY: "mitu|mitut|mitmele|kui palju|kui kaua|kui suur|mitme|kui tihti|kui sageli|kui vana|kui korge|kui pikk|kui mitu",
        Wanted.WHEN: "millal|mis aastal|mis kuupaeval|mis paeval|mis kuul",
        Wanted.WHO: "kes|kelle|keda|kellele|kellega|mis on nimi",
        Wanted.WHERE: "kus|kuhu|kust|mis riigis|mis linnas",
        Wanted.WHY: "miks|mis pohjusel",
        Wanted.HOW: "kuidas",
    },
    "fi": {
        Wanted.HOW_MANY: "kuinka monta|kuinka moni|kuinka paljon|montako|monellako|moniko|paljonko|kuinka kauan|kuinka suuri|kuinka usein|kuinka korkea|kuinka pitka|miten monta|miten kauan|miten paljon",
        Wanted.WHEN: "milloin|koska|mina vuonna|minka vuonna|mina paivana|mihin mennessa|missa kuussa",
        Wanted.WHO: "kuka|ketka|kenen|keta|kenelle|mika on nimi",
        Wanted.WHERE: "missa|mista|mihin|minne|missa maassa",
        Wanted.WHY: "miksi|mista syysta",
        Wanted.HOW: "miten|kuinka|milla tavalla",
    },
    "fr": {
        Wanted.HOW_MANY: "combien|quel nombre|quel est le nombre|quel montant|quel est le montant|quel etait le montant|quel pourcentage|quelle part|quelle proportion|quelle est la duree|quelle duree|quel age|quel budget|quel est le budget|quelle somme|quel taux|quel est le taux",
        Wanted.WHEN: "quand|quelle date|quelle est la date|quelle annee|quel jour|quel mois|quel siecle|quelle epoque",
        Wanted.WHO: "^qui|a qui|de qui|par qui|pour qui|avec qui|chez qui|c est qui|est qui|quelle personne|quel ministre|quelle ministre|quel est le nom|quel etait le nom|comment s appelle|comment s appelait|comment se nomme",
        Wanted.WHERE: "^ou|par ou|vers ou|jusqu ou|c est ou|quel pays|quels pays|quelle ville|quelles villes|quel lieu|quel endroit|quelle region",
        Wanted.WHY: "pourquoi|quelle raison|quelles raisons|quelle est la raison|quel motif|quelle cause",
        Wanted.HOW: "comment|de quelle maniere|de quelle facon",
    },
    "ga": {
        Wanted.HOW_MANY: "ce mhead|ce mheid|ce mheud|ca mhead|ca mheid|cia mhead|cia mheid|cen fad|ca fhad|ce chomh minic",
        Wanted.WHEN: "cathain|ca huair|cen uair|cen bhliain|cen la|cen data",
        Wanted.WHO: "ce|cia|ce leis|cen t ainm|cad is ainm",
        Wanted.WHERE: "ca|cen ait|ca hait|cen tir|cen chathair",
        Wanted.WHY: "cen fath|cad chuige|cen chuis|cad ina thaobh",
        Wanted.HOW: "conas|cen chaoi|cen doigh|cad e mar",
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
        Wanted.HOW_MANY: "koliko|koliki|kolika|kako dugo|kako cesto",
        Wanted.WHEN: "kada|kad|otkad|dokad|koje godine|kojoj godini|kojeg datuma|kojeg dana",
        Wanted.WHO: "tko|koga|kome|ciji|cija|kako se zove|kako se zovu",
        Wanted.WHERE: "gdje|kamo|odakle|kojoj zemlji|kojem gradu|kojoj drzavi",
        Wanted.WHY: "zasto|iz kojeg razloga",
        Wanted.HOW: "kako|na koji nacin",
    },
    "hu": {
        Wanted.HOW_MANY: "hany|mennyi|mennyibe|mennyien|mekkora|hanyan|hanyszor|hanyat|meddig|mennyi ideig|milyen gyakran|milyen magas|milyen hosszu",
        Wanted.WHEN: "mikor|mikortol|melyik evben|mely evben|melyik napon|milyen datummal",
        Wanted.WHO: "ki|kik|kit|kinek|kiket|kivel|kitol|hogy hivjak|mi a neve",
        Wanted.WHERE: "hol|hova|honnan|merre|melyik orszagban|melyik varosban",
        Wanted.WHY: "miert|milyen okbol",
        Wanted.HOW: "hogyan|^hogy|milyen modon",
    },
    "it": {
        Wanted.HOW_MANY: "quanto|quanta|quanti|quante|che numero|che percentuale|quale percentuale|qual e il numero|quale importo",
        Wanted.WHEN: "quando|che anno|quale anno|quale data|che data|che giorno|quale giorno|che secolo|che mese|quale mese",
        Wanted.WHO: "chi|di chi|a chi|come si chiama|come si chiamano|qual e il nome",
        Wanted.WHERE: "dove|che paese|quale paese|quali paesi|quale citta|che citta|che luogo|quale luogo",
        Wanted.WHY: "perche|per quale motivo|quale motivo|per quale ragione|come mai",
        Wanted.HOW: "^come|in che modo|in quale modo",
    },
    "lt": {
        Wanted.HOW_MANY: "kiek|kiekis|keli|kelis|kaip ilgai|kaip daznai",
        Wanted.WHEN: "kada|nuo kada|iki kada|kuriais metais|kokiais metais|kuria diena",
        Wanted.WHO: "kas|kam|kieno|koks vardas|kuo vardu",
        Wanted.WHERE: "kur|is kur|kurioje salyje|kokioje salyje|kuriame mieste",
        Wanted.WHY: "kodel|del ko|del kokios priezasties",
        Wanted.HOW: "^kaip|kokiu budu",
    },
    "lv": {
        Wanted.HOW_MANY: "cik",
        Wanted.WHEN: "kad|kura gada|kuros gados|kura datuma|kura diena",
        Wanted.WHO: "kas|kam|kurs|ka sauc",
        Wanted.WHERE: "kur|no kurienes|kura valsti|kura pilseta",
        Wanted.WHY: "kapec|kadel|kada iemesla del",
        Wanted.HOW: "^ka|kada veida",
    },
    "mt": {
        Wanted.HOW_MANY: "kemm|x perjodu",
        Wanted.WHEN: "meta|f liema sena|liema data|liema sena|f liema jum",
        Wanted.WHO: "min|lil min|x jismu|x jisimha|x jismha",
        Wanted.WHERE: "fejn|minn fejn|f liema pajjiz|f liema belt",
        Wanted.WHY: "ghaliex|ghalfejn|ghala",
        Wanted.HOW: "^kif",
    },
    "nl": {
        Wanted.HOW_MANY: "hoeveel|hoeveelste|hoe lang|hoe oud|hoe groot|hoe vaak|hoe ver|hoe duur|welk percentage|welk bedrag|welk aantal|welk aandeel|hoe hoog",
        Wanted.WHEN: "wanneer|welk jaar|welke datum|welke dag|welke maand",
        Wanted.WHO: "wie|van wie|wiens|hoe heet|hoe heten|hoe heette",
        Wanted.WHERE: "waar|waarheen|waarvandaan|welk land|welke landen|welke stad|welke plaats",
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
        Wanted.HOW_MANY: "ile|ilu|iloma|iloro|jak dlugo|jak duzo|jak czesto|jak wysoki|jak wysoka|jak wysokie|jak duzy|jaka liczba|jaka kwota|jaki procent",
        Wanted.WHEN: "kiedy|od kiedy|do kiedy|ktorym roku|jakim roku|ktorego dnia|jakiej daty|ktorym miesiacu",
        Wanted.WHO: "kto|kogo|komu|kim|czyj|czyja|jak sie nazywa|jak sie nazywaja|jak nazywa sie|jak ma na imie",
        Wanted.WHERE: "gdzie|dokad|skad|jakim kraju|ktorym kraju|jakim miescie|ktorym miescie",
        Wanted.WHY: "dlaczego|czemu|z jakiego powodu",
        Wanted.HOW: "^jak|w jaki sposob",
    },
    "pt": {
        Wanted.HOW_MANY: "quanto|quanta|quantos|quantas|que numero|que percentagem|qual o numero|qual e o numero|que montante",
        Wanted.WHEN: "quando|que ano|que data|que dia|que seculo|que mes",
        Wanted.WHO: "quem|de quem|a quem|como se chama|como se chamam|qual o nome|qual e o nome",
        Wanted.WHERE: "onde|aonde|que pais|que paises|que cidade|que lugar",
        Wanted.WHY: "porque|por que|porque razao|qual a razao|qual e a razao|que motivo",
        Wanted.HOW: "^como|de que modo|de que forma",
    },
    "ro": {
        Wanted.HOW_MANY: "cat|cata|cati|cate|cat de|ce procent|ce numar|care este numarul|ce suma",
        Wanted.WHEN: "cand|ce an|ce data|ce zi|ce luna",
        Wanted.WHO: "cine|cui|pe cine|a cui|cum se numeste|cum il cheama|cum o cheama|care este numele",
        Wanted.WHERE: "unde|ce tara|care tara|ce oras|care oras|ce loc",
        Wanted.WHY: "de ce|din ce motiv|care este motivul|din ce cauza",
        Wanted.HOW: "cum|in ce fel|in ce mod",
    },
    "ru": {
        Wanted.HOW_MANY: "сколько|какое количество|какой процент|каково число|каково количество|какая сумма|какую сумму|как долго|как часто",
        Wanted.WHEN: "когда|каком году|какого года|какого числа|какой день|каком месяце",
        Wanted.WHO: "кто|кого|кому|кем|чей|чья|как зовут|как звали|как называется",
        Wanted.WHERE: "где|куда|откуда|какой стране|каком городе",
        Wanted.WHY: "почему|зачем|по какой причине",
        Wanted.HOW: "^как|каким образом",
    },
    "sk": {
        Wanted.HOW_MANY: "kolko|kolkych|kolki|kolkokrat|ako dlho|ako casto|ako vysoky|ako velky",
        Wanted.WHEN: "kedy|odkedy|dokedy|ktorom roku|akom roku|ktory den|akeho datumu",
        Wanted.WHO: "kto|koho|komu|kym|^ci|ako sa vola|ako sa volaju",
        Wanted.WHERE: "kde|kam|odkial|ktorej krajine|ktorom meste",
        Wanted.WHY: "preco|z akeho dovodu",
        Wanted.HOW: "^ako|akym sposobom",
    },
    "sl": {
        Wanted.HOW_MANY: "koliko|kako dolgo|kako pogosto|kako velik|kako velika|kako visok|kako visoka",
        Wanted.WHEN: "kdaj|od kdaj|do kdaj|katerega leta|katerem letu|katerega dne",
        Wanted.WHO: "kdo|koga|komu|cigav|kako se imenuje|kako je ime|kako se pise",
        Wanted.WHERE: "kje|kam|od kod|kateri drzavi|katerem mestu",
        Wanted.WHY: "zakaj|iz katerega razloga|cemu",
        Wanted.HOW: "kako|na kaksen nacin",
    },
    "sv": {
        Wanted.HOW_MANY: "hur manga|hur mycket|hur lange|hur stor|hur stort|hur stora|hur gammal|hur gammalt|hur ofta|hur lang|hur langt|hur hog|hur hogt|hur hoga",
        Wanted.WHEN: "nar|vilket ar|vilket datum|vilken dag|vilken manad",
        Wanted.WHO: "vem|vilka personer|vilken person|vems|vad heter|vad hette",
        Wanted.WHERE: "^var|varifran|vart|vilket land|vilken stad|vilken plats",
        Wanted.WHY: "varfor|av vilken anledning|av vilket skal",
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
        Wanted.HOW_MANY: "kac|kaci|kacta|ne kadar|kacinci|yuzde kac",
        Wanted.WHEN: "ne zaman|hangi yil|hangi yilda|hangi tarihte|hangi gun|kac yilinda",
        Wanted.WHO: "kim|kimi|kimin|kime|kimler|kimdir|adi nedir|adi ne",
        Wanted.WHERE: "nerede|nereye|nereden|hangi ulkede|hangi sehirde",
        Wanted.WHY: "neden|nicin|niye|ne sebeple",
        Wanted.HOW: "nasil|ne sekilde",
    },
    "uk": {
        Wanted.HOW_MANY: "скільки|яка кількість|який відсоток|яка сума|яку суму|як довго|як часто",
        Wanted.WHEN: "коли|якому році|якого року|якого числа|який день",
        Wanted.WHO: "хто|кого|кому|ким|чий|як звати|як звуть|як називається",
        Wanted.WHERE: "де|куди|звідки|якій країні|якому місті",
        Wanted.WHY: "чому|навіщо|з якої причини",
        Wanted.HOW: "^як|яким чином",
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
        Wanted.HOW_MANY: "多少|几|幾|多久|多长|多長|多大|多高|多远|百分之几",
        Wanted.WHEN: "什么时候|什麼時候|何时|何時|哪一年|哪年|什么时间|哪天|哪一天|几月几日|几号|几点",
        Wanted.WHO: "谁|誰|何人|哪位|叫什么名字",
        Wanted.WHERE: "哪里|哪裡|哪儿|何处|哪个国家|哪个城市|什么地方|在哪",
        Wanted.WHY: "为什么|為什麼|为何|什么原因",
        Wanted.HOW: "如何|怎么|怎麼|怎样|怎樣",
    },
}


@cache
def _patterns(language: str) -> tuple[tuple[Wanted, regex.Pattern[str]], ...]:
    """A pattern over folded, space-separated words for each kind; scripts without spaces match anywhere."""
    edge = ("", "") if language in ("zh", "th") else (r"(?:^|(?<=\s))", r"(?=\s|$)")
    compiled = []
    for wanted, cues in _CUES.get(language, {}).items():
        anywhere = [cue for cue in cues.split("|") if not cue.startswith("^")]
        at_start = [cue[1:] for cue in cues.split("|") if cue.startswith("^")]
        pattern = f"{edge[0]}(?:{_either(anywhere)}){edge[1]}"
        if at_start:
            pattern += rf"|(?<=^(?:\S{{1,2}}\s)?)(?:{_either(at_start)}){edge[1]}"
        compiled.append((wanted, regex.compile(pattern)))
    return tuple(compiled)


def _either(cues: list[str]) -> str:
    """The folded cues as alternatives, the longest first."""
    return "|".join(sorted((" ".join(fold(word) for word in cue.split()) for cue in cues), key=len, reverse=True))


# How much of a long question is looked at for its question word: from its start, in words.
_CUE_WORDS = 12


def _primary(language: str) -> str:
    primary = language.replace("_", "-").split("-")[0].lower()
    return "no" if primary in ("nb", "nn") else primary


def what_is_wanted(question: str, language: str) -> Wanted | None:
    """What a question in ``language`` asks for, None where no question word says it.

    The question word that comes first decides; at the same place the longest run of words does ("hvor mange").

    >>> what_is_wanted("Combien d'agents ?", "fr"), what_is_wanted("Le budget ?", "fr")
    (<Wanted.HOW_MANY: 'how_many'>, None)
    """
    words = " ".join(word_tokens(question)[:_CUE_WORDS])
    matches = ((p.search(words), rank, wanted) for rank, (wanted, p) in enumerate(_patterns(_primary(language))))
    found = [(match.start(), -len(match[0]), rank, wanted) for match, rank, wanted in matches if match]
    return min(found)[3] if found else None
