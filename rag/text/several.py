"""FACTS: whether a question asks for several things, and for what: "which measures", "quelles décisions".

Where the word that asks has a plural it tells; elsewhere the noun behind it does, by its ending. Written for this
project.
"""

from __future__ import annotations

from itertools import takewhile

from rag.text.followups import question_words

_ASKING = {
    "fr": "quels quelles lesquels lesquelles",
    "es": "cuales",
    "it": "quali",
    "pt": "quais",
    "sv": "vilka",
    "da": "hvilke",
    "no": "hvilke",
    "fi": "mitka mita millaisia",
    "et": "millised missugused",
    "pl": "jakie ktore jakich ktorych",
    "cs": "jake jaka ktere ktera jakych kterych",
    "sk": "ake ktore akych ktorych",
    "sl": "katere kateri kaksne kaksni",
    "hr": "koje kakve kojih",
    "bg": "кои какви",
    "el": "ποιες ποιοι ποιους",
    "lt": "kokie kokios kurie kurios",
    "lv": "kadi kadas kuri kuras",
    "mt": "liema",
    "ru": "какие каких",
    "uk": "які яких",
}
"""Words, folded, that ask for several things by themselves."""

_WITH_NOUN = {
    "en": ("which what", ("s", "people", "children")),
    "de": ("welche welchen", ("n", "er", "s")),
    "nl": ("welke", ("n", "s")),
    "es": ("que", ("s",)),
    "pt": ("que", ("s",)),
    "ro": ("ce care", ("i", "le")),
    "hu": ("milyen mely melyik", ("k", "ket")),
    "tr": ("hangi", ("lar", "ler")),
}
"""Words, folded, that do so before a noun with one of these endings."""

_BEING = {"en": "are were", "de": "sind waren", "nl": "zijn waren", "es": "son fueron", "ro": "sunt", "tr": ""}
"""Forms of to be that tell a plural between the word that asks and the noun."""

_VERBS = frozenset("happens causes means makes applies does has is was".split())


def several_of(question: str, language: str) -> str:
    """The words for the several things that a question asks for; empty where it asks for one or for something else.

    >>> several_of("Quelles décisions le comité a-t-il prises ?", "fr")
    'décisions'
    >>> several_of("What are the main measures?", "en"), several_of("What is the measure?", "en")
    ('main measures', '')
    """
    primary = language.replace("_", "-").split("-")[0].lower()
    words = question_words(question, language)
    first = next((i for i, word in enumerate(words[:3]) if word.asks), None)
    if first is None:
        return ""
    asking, after = words[first].folded, words[first + 1 :]
    skipped = list(takewhile(lambda word: not word.content, after))
    nouns = [word.text for word in takewhile(lambda word: word.content, after[len(skipped) :])]
    if asking in _ASKING.get(primary, "").split():
        return " ".join(nouns)
    if skipped:
        being = _BEING.get(primary, "").split()
        return " ".join(nouns) if any(word.folded in being for word in skipped) else ""
    listed, endings = _WITH_NOUN.get(primary, ("", ()))
    plural = asking in listed.split() and any(noun.endswith(endings) and noun not in _VERBS for noun in nouns)
    return " ".join(nouns) if plural else ""
