"""WALK: an index -> questions to begin with, each of which it was asked already and answers well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain, zip_longest

import regex

from rag.answer import AnsweringModel
from rag.ask import ask
from rag.library import Library
from rag.store.passages import DocumentFacts
from rag.text.dates import find_dates

Wordings = Mapping[str, Mapping[str, str]]
"""By kind of question (``who``, ``when``, ``about``) and language, the question with one place to fill."""

_ASKED = 16  # questions tried at most: a tenth of a second each
_DOCUMENTS = 40
_READ_CHARS = 20_000
_SURE = 0.35
_QUOTED_WORDS = 5  # an example is answered by a sentence: a document that has little but its title tells nothing
# A name between commas, after the function of who bears it: "the minister of the interior, Henri Kox, said".
_PART = r"\p{Lu}[\p{L}'’-]+"
_NAME = regex.compile(rf"(?<=\p{{Ll}}, )({_PART}(?: (?:\p{{Ll}}{{1,3}} )?{_PART}){{1,2}})(?=, )")
_DAY = re.compile(r"\d{1,2}\S{0,3} \D+ \d{4}")  # with the month in letters
# A question goes into the label of a button, which reads some Markdown: only plain words are taken.
_PLAIN = re.compile(r"[^\W_](?:[\w ,'’–-]|(?<=\w): |\. )*[^\W_]")
_TITLE_CHARS = range(8, 80)


def suggest(
    library: Library, model: AnsweringModel, wordings: Wordings, count: int, language: str
) -> tuple[str, ...]:
    """Up to ``count`` questions about the documents, those in ``language`` first.

    Each was asked, and is answered with some certainty by a quotation from the very document it was made of.
    """
    found: list[str] = []
    about: set[str] = set()
    documents = sorted(library.passages.documents, key=lambda facts: facts.language.split("-")[0] != language)
    made = [_questions(library, facts, wordings) for facts in documents[:_DOCUMENTS]]
    turns = chain.from_iterable(zip_longest(*made))
    for facts, question, words in [turn for turn in turns if turn is not None][:_ASKED]:
        if words not in about and _is_answered(library, model, facts, question, words):
            found.append(question)
            about.add(words)
        if len(found) == count:
            break
    return tuple(found)


def _questions(
    library: Library, facts: DocumentFacts, wordings: Wordings
) -> Iterator[tuple[DocumentFacts, str, str]]:
    """Questions on one document, the best kind first, each with the words it turns on."""
    language = facts.language.split("-")[0]
    text = library.passages.text(facts.id)[:_READ_CHARS]
    words = {
        "who": next(iter(_NAME.findall(text)), ""),
        "when": next((day for start, end, _ in find_dates(text) if _DAY.fullmatch(day := text[start:end])), ""),
        "about": " ".join(facts.title.split()) if len(facts.title) in _TITLE_CHARS else "",
    }
    for kind, found in words.items():
        if found and language in wordings[kind] and _PLAIN.fullmatch(found):
            yield facts, wordings[kind][language].format(found), found


def _is_answered(library: Library, model: AnsweringModel, facts: DocumentFacts, question: str, words: str) -> bool:
    answer = ask(library, question, model, language=facts.language)
    if answer.refusal is not None or answer.probability < _SURE or not answer.citations:
        return False
    first = answer.citations[0]
    quote = " ".join(first.quote.split())
    told = first.document_id == facts.id and quote != words and len(quote.split()) >= _QUOTED_WORDS
    return told and (words in quote or words == facts.title)
