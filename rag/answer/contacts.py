"""STAGE: lines that only say how to reach somebody ("Press contact: …, press@…"): they answer little else.

They have the names a question asks about, and nothing of what it asks.
"""

from __future__ import annotations

import regex

from rag.answer import Asked
from rag.answer.asking import without_names
from rag.schema import Passage
from rag.text.analysis import terms, word_tokens
from rag.text.questions import Wanted, what_is_wanted

_LINE_WORDS = 25
"""A line with an address of more words than this, for each address, says something else too."""
_ADDRESS = regex.compile(
    r"[\w.+-]+@[\w-]+\.\w+|https?://\S+|www\.\S+|(?<!\p{Nd})(?:\+\p{Nd}|0)(?:[ .\u00a0\u202f/-]?\p{Nd}){8,}"
)
_STOPPED = (".", "!", "?", "…", "。", ";", ",")
# Beginnings of the folded words of a question that asks how or through whom somebody can be reached.
_ASKS = regex.compile(
    r"(?<!\w)(?:contact|kontakt|contat|contatt|kontak|επικοινων|связ|контакт|iletis|تواصل|اتصال|telef|telep|phone|"
    r"numer|puhelin|τηλεφων|телефон|telefon|هاتف|email|mail|courriel|correo|sahkopost|адрес|adres|address|adress|"
    r"indirizz|direccion|morada|enderec|osoite|aadress|διευθυνσ|عنوان|press|prens|prass|stamp|imprens|tisk|tlac|sajto|"
    r"lehdist|спох|пресс|прес|τυπ|basin|صحاف|porte|portavoz|portavoce|spokes|sprech|woordvoerd|rzeczni|mluvc|hovorc|"
    r"talsm|talesm|tiedott|purtator|joindre|reach|erreich|write|ecrire|schreib|appeler|site|web|url|lien|link)"
    r"|联系|电话|邮|地址|发言人"
)


def is_contact(passage: Passage, start: int, end: int) -> bool:
    """Whether what stands at ``start:end`` is a line, or some, with little but addresses and telephone numbers."""
    before, after = passage.text[: start - passage.start], passage.text[end - passage.start :]
    text = passage.text[start - passage.start : end - passage.start].rstrip(" *_")
    alone = (not before or before.endswith("\n") or before.rstrip(" *_-–•").endswith("\n")) and (
        not after or after.lstrip(" *_").startswith("\n")
    )
    count = len(_ADDRESS.findall(text)) if alone and not text.endswith(_STOPPED) else 0
    return 0 < len(text.split()) <= _LINE_WORDS * count


def asks_contact(asked: Asked, passage: Passage, start: int, end: int) -> bool:
    """Whether such a line may answer the question: it asks for a person or a contact, or shares a word with the line.

    Names alone are not shared: they are what such lines are found by.
    """
    wanted = what_is_wanted(asked.question, asked.language)
    if wanted is Wanted.WHO or _ASKS.search(" ".join(word_tokens(asked.question))):
        return True
    rest = set(terms(without_names(asked), asked.language))
    text = passage.text[start - passage.start : end - passage.start]
    return not rest or not rest.isdisjoint(terms(text, passage.language))
