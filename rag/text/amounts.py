"""FACTS: sums of money: whether a question asks for one, whether a text tells one.

The words are looked for after folding (no accents, lower case), by their beginnings, so that endings need no list.
Written for this project.
"""

from __future__ import annotations

import regex

from rag.text.analysis import word_tokens
from rag.text.questions import Wanted, first_cue

# What has a price, in the words that ask for a quantity: "what is the salary", "quel budget", "welcher Preis".
_PRICED = regex.compile(
    r"\b(?:cout|prix|budget|salaire|somme|montant|cost|price|salary|teuer|dyr|duur|summe|betrag|preis|gehalt|"
    r"precio|presupuesto|salario|sueldo|importe|prezzo|costo|bilancio|stipendio|importo|preco|orcamento|montante|"
    r"kost|prijs|salaris|bedrag|kwota|budzet|cena|wynagrodz|pensja|suma|pret|buget|salari|pris|lon\b|сумм|сума|"
    r"mennyibe)"
)
# How much a thing costs or somebody is paid, beside a bare "how much".
_COSTS = regex.compile(
    r"\b(?:coute|couta|couter|paie\b|paye\b|paient|paya\b|cost|costs|paid|pay\b|kostet|gekostet|bezahlt|cuesta|costo|costar|paga|"
    r"pagar|costa|costat|pagat|custa|custou|pagou|kost|kostte|betaal|costa|platit|platesc|kosztu|kosztow|zaplac|stoji\b|"
    r"stalo\b|stala\b|zaplat|kostar|kostade|kostat|betala|koster|kostede|kostet|betal|maksaa|maksoi|maksanut|"
    r"κοστι|κοστισ|πληρω|струва|плат|стоит|стоил|стоят|заплат|коштує|коштув|maksab|maksis|kainuo|kainav|maksa|"
    r"kosta|stane\b|stal\b|jiswa|swew|chosain)"
)
_BARE = frozenset(
    "combien|how much|wie viel|wieviel|cuanto|cuanta|quanto|quanta|hoeveel|cat|cata|ile|kolik|kolko|koliko|hur mycket|"
    "hvor meget|hvor mye|kuinka paljon|paljonko|miten paljon|mennyi|ποσο|колко|сколько|скільки|kui palju|kiek|cik|kemm|"
    "ne kadar".split("|")
)
_COUNTED = regex.compile(r"\s(?:d|de|des|di|ur)\s")  # "combien de": what follows is counted, whatever it costs
_MONEY = regex.compile(
    r"[€$£¥₽₴₺元円圆]|欧元|歐元|美元|\b(?:euro|eur\b|evro|eiro|ευρω|евро|євро|dollar|dolar|usd\b|доллар|долар|δολαρι|pound|livre|"
    r"gbp\b|sterlin|pfund|franc|frank|chf\b|kron|korun|kruun|kr\b|kc\b|zlot|zl\b|pln\b|lei\b|leu\b|ron\b|forint|ft\b|huf\b|"
    r"lev[ao]?\b|лев|лв\b|рубл|руб\b|грн\b|гривн|lira|lire\b|tl\b|peset|escud|mark\b|marks\b|yen\b|yuan|rupi|roup|kun[ae]\b|"
    r"cents?\b|centim|pence|penny|guinea|ducat|florin|million|milion|millon|milhao|milhoes|milliard|miliard|mrd\b|mio\b|"
    r"mln\b|bln\b|mld\b|billion|bilion|miljon|miljoon|miljard|milijun|milijon|milijard|εκατομμυρι|δισεκατομμυρι|милион|"
    r"миллион|мільйон|милиард|миллиард|мільярд|tusind|tusen|gratuit|gratis|free\b|kostenlos|kostenfrei|bezplatn|darmow|"
    r"ilmai|ingyen|δωρεαν|безплат|бесплат|безкоштов|tasuta|nemokam|brezplac|besplat|ucretsiz|bedava)"
)


def asks_money(question: str, language: str) -> bool:
    """Whether a sum of money is asked for.

    >>> asks_money("Combien a coûté le port ?", "fr"), asks_money("Combien d'agents ?", "fr")
    (True, False)
    """
    cue = first_cue(question, language)
    if cue is None or cue.wanted is not Wanted.HOW_MANY:
        return False
    words = " ".join(word_tokens(question))
    after = words[cue.end :]
    if _PRICED.search(cue.text):
        return True
    return cue.text in _BARE and not _COUNTED.match(after) and bool(_COSTS.search(after))


def tells_money(text: str) -> bool:
    """Whether a text has the sign or the name of a currency, of a million, or says that something is free.

    >>> tells_money("Il a coûté 12 M€."), tells_money("Il a 12 ans.")
    (True, False)
    """
    return bool(_MONEY.search(text) or _MONEY.search(" ".join(word_tokens(text))))
