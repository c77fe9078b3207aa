"""STAGE: whether the sentences quoted have what is asked for, where that is a number, a sum of money, a year or a time.

The probability tells how near they come to the question; without a thing of its kind they do not answer it.
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

from rag.answer import Asked
from rag.answer.at_odds import REFERENCE, is_at_odds
from rag.answer.wanted import numbers, quantities
from rag.schema import Quoted
from rag.text.amounts import asks_money, tells_money
from rag.text.analysis import word_tokens
from rag.text.dates import MONTHS, find_dates
from rag.text.numerals import has_numerals
from rag.text.questions import Wanted, first_cue

NUMBERLESS = 0.2
"""The probability that quotations without a number, or a year, answer a question for one: of 24 with the sample, 4."""
TIMELESS = 0.45
"""The same of quotations without any time where only "when" is asked, which an event may tell: of 12, 6."""
_OPENING = 15
"""A "when" further from the start of a question than so many letters mostly joins two clauses."""

_SHORT = 4

# Years alone and what a paper is cited by ("2001/55/CE", "2021-305") count nothing; 2000 is a round number too.
_YEAR = regex.compile(r"(?<![\p{Nd}.,])(?:19\p{Nd}{2}|20(?!00)\p{Nd}{2})(?!\p{Nd}|[.,]\p{Nd}|\s\p{Nd}{3}\b|\s?%)")
_ANY_YEAR = regex.compile(r"(?<!\p{Nd}|\p{Nd}[.,\s])\p{Nd}{3,4}(?!\p{Nd}|[.,\s]\p{Nd}{3}|\s?%)")


def _beginning(listed: str) -> regex.Pattern[str]:
    """A pattern of folded words that begin so; those of up to _SHORT letters are whole words."""
    ends = (word + (r"(?!\w)" if len(word) <= _SHORT else "") for word in listed.split())
    return regex.compile(rf"(?<!\w)(?:{'|'.join(ends)})")


# "How often" is answered by "seldom"; "how long" and "how old" by years.
_HOW_OFTEN = _beginning(
    "often oft souvent menudo frecuencia spesso frequenza frequencia ofte ofta vaak czesto casto pogosto cesto usein "
    "tihti sageli daznai biezi gyakran часто συχνα minic spiss"
)
_HOW_LONG = _beginning(
    "temps duree age ans annees mois jours heures long old time years months days weeks hours lang alt zeit jahre "
    "monate tage wochen dauer alter tiempo anos edad duracion meses dias tempo eta anni durata mesi giorni idade "
    "duracao oud tijd jaar leeftijd duur czas dlugo lat wiek dlouh let starsi stary doba dlho rokov dolgo dugo godin "
    "timp ani varsta gammel gammal tid ar kauan vuot ika vanha aika kaua aasta vana aeg ilgai met amziu laik ilgi gad "
    "vec ideig meddig eves kor ev καιρο χρον ετων ηλικι διαρκει долго лет времен возраст стар довго рок час вік дълго "
    "годин врем възраст продължи sure yas yil zaman fad aois zmien snin perjod"
)
# What a question word names where a year, a date or a century is asked for, and not only "when".
_OF_YEARS = _beginning(
    "annee date year century jahr jahre datum ano fecha siglo anno data secolo seculo jaar eeuw rok roku roce jakiej "
    "an ar aret arhundr dato letu leta godin vuon aasta kuupaev metais metu gada gads gados ev evben ετος χρονια "
    "ημερομηνια год году года числа дата век року році година годину годишна bliain sena yil yilda yilinda tarihte"
)
# Days of the week, days told from today, and centuries.
_TIMES = _beginning(
    "lundi mardi mercredi jeudi vendredi samedi dimanche aujourd hier demain veille siecle monday tuesday wednesday "
    "thursday friday saturday sunday today yesterday tomorrow tonight centur montag dienstag mittwoch donnerstag "
    "freitag samstag sonnabend sonntag heute gestern morgen jahrhundert lunes martes miercoles jueves viernes sabado "
    "domingo hoy ayer manana siglo lunedi martedi mercoledi giovedi venerdi sabato domenica oggi ieri domani secol "
    "segunda terca quarta quinta sexta hoje ontem amanha seculo luni marti miercuri joi vineri sambata duminic azi "
    "maine astazi maandag dinsdag woensdag donderdag vrijdag zaterdag zondag vandaag gisteren eeuw mandag tirsdag "
    "tisdag onsdag torsdag fredag lordag sondag idag igar imorgon arhundr poniedzial wtor srod czwart piat sobot "
    "niedziel dzis wczoraj jutro wiek pondel uter stred ctvrt patek patk nedel dnes vcera zitra zajtra stolet storoc "
    "utor stvrt ponedelj tor sred cetrt pet nedelj danes vceraj jutri stolj ponedjelj srijed subot nedjelj danas "
    "jucer sutra понедельн вторн сред четв пятниц суббот воскрес сегодня вчера завтра век понеділ вівтор серед неділ "
    "сьогодні вчора століт понеделн сряда петък събот недел днес утре δευτερ τριτη τεταρτη πεμπτη παρασκευη σαββατ "
    "κυριακ σημερα χθες αυριο αιων hetfo kedd szerd csutort pentek szombat vasarnap tegnap holnap szazad maanant "
    "tiista keskivi torsta perjant lauant sunnunt tanaan eilen huomenna vuosisa esmasp teisip kolmap neljap reede "
    "laupaev puhapaev tana eile sajand pirmad antrad treciad ketvirtad penktad sestad sekmad siandien vakar rytoj "
    "amzi pirmd otrd tresd ceturtd piektd sestd svetd sodien rit gadsimt pazar sali carsamba persembe cuma bugun dun "
    "yarin yuzyil tnejn tlieta erbgha hamis gimgha sibt hadd illum seklu luan mairt ceadaoin deardaoin aoine sathairn "
    "domhnach inniu inne aois"
)


def most_likely(asked: Asked, quoted: Sequence[Quoted]) -> float:
    """The greatest probability that what is quoted can have: 1, or less where it has nothing of the kind asked for.

    The same where it is about another year or another numbered thing. Of the kind nothing is said in languages whose
    numbers in words are not known.
    """
    if is_at_odds(asked, quoted):
        return NUMBERLESS
    cue = first_cue(asked.question, asked.language)
    if cue is None or not all(has_numerals(found.passage.language) for found in quoted):
        return 1.0
    texts = [(_text(found), found.passage.language) for found in quoted]
    own = numbers(asked.question)
    if cue.wanted is Wanted.HOW_MANY:
        words = " ".join(word_tokens(asked.question))
        if asks_money(asked.question, asked.language) and not any(tells_money(text) for text, _ in texts):
            return NUMBERLESS
        years = bool(_HOW_LONG.search(words))
        told = any(counts(*text, years=years) - own or (years and _has_time(text[0])) for text in texts)
        return 1.0 if told or _HOW_OFTEN.search(words) else NUMBERLESS
    if cue.wanted is not Wanted.WHEN or cue.start > _OPENING:
        return 1.0
    if _OF_YEARS.search(cue.text):
        return 1.0 if any(_has_year(text, own) or _has_time(text) for text, _ in texts) else NUMBERLESS
    return 1.0 if any(numbers(text) - own or _has_time(text) for text, _ in texts) else TIMELESS


def counts(text: str, language: str, *, years: bool = False) -> set[str]:
    """The numbers of a sentence that count something; ``years`` among them where a time may be what is counted.

    >>> sorted(counts("Dès 2024, la directive 2001/55/CE protège 1 250 personnes et trois écoles.", "fr"))
    ['1250', '3']
    """
    if not years:
        for start, end, _ in reversed(find_dates(text)):
            text = text[:start] + text[end:]
        text = _YEAR.sub(" ", REFERENCE.sub(" ", text))
    return quantities(text, language)


def _has_year(text: str, own: set[str]) -> bool:
    return bool(find_dates(text) or set(_ANY_YEAR.findall(text)) - own)


def _has_time(text: str) -> bool:
    words = word_tokens(text)
    return bool(_TIMES.search(" ".join(words))) or not MONTHS.keys().isdisjoint(words)


def _text(quoted: Quoted) -> str:
    offset = quoted.passage.start
    return quoted.passage.text[quoted.start - offset : quoted.end - offset]
