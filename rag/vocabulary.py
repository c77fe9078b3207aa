"""WALK: what the documents of a library know of the words of a question."""

from __future__ import annotations

from rag.library import Library
from rag.respell import respell
from rag.text.analysis import terms
from rag.text.languages import same_language


def respelled(library: Library, question: str, language: str) -> str:
    """The question without its slips, where documents in its language tell how its words are written."""
    if not any(same_language(language, other) for other in library.manifest.languages):
        return question
    return respell(question, language, library.lexical, library.encoder.count_tokens)


def occurs(library: Library, term: str) -> bool:
    """Whether a passage has a word like an analysed term: a name is stemmed otherwise in each language of an index."""
    every = (word for tag in library.manifest.languages for word in terms(term, tag))
    return library.lexical.occurs(term) or any(map(library.lexical.occurs, every))


def knows_a_word(library: Library, question: str, language: str) -> bool:
    """Whether a passage or a title has a word of the question, analysed as one of any language of the documents.

    A word or two may be taken for another language than they are in.
    """
    spelled = respelled(library, question, language)
    every = {term for tag in (language, *library.manifest.languages) for term in terms(spelled, tag)}
    return any(library.lexical.frequency(field, term) for term in every for field in ("words", "titles"))


def documents_with(library: Library, language: str, term: str, or_foreign: bool) -> set[int]:
    """The rows of the documents with a word like an analysed term, and of those in other languages where wanted."""
    found = {library.passages.document_of(row).row for row in library.lexical.rows_with(term)}
    if or_foreign:
        found |= {facts.row for facts in library.passages.documents if not same_language(facts.language, language)}
    return found
