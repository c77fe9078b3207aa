"""STAGE: rows of a table: the one with the number that is asked for, and not its neighbours, which look the same."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer import Asked
from rag.answer.features import Seen
from rag.answer.wanted import numbers

CELLS = " | "
"""What stands between two cells of a row, whatever format the table was read from."""


def without_other_rows(asked: Asked, seen: Seen, order: Sequence[int]) -> list[int]:
    """``order`` of sentences, best first, without the rows that have fewer of the question's numbers than another row.

    Rows of one document are compared; the likeliest that is kept takes the place of a first one that is not.
    """
    wanted = numbers(asked.question)
    if not wanted:
        return list(order)
    held: dict[str, dict[int, set[str]]] = {}  # by document, then by sentence
    for i, place in enumerate(seen.sentences):
        passage = asked.hits[place.hit].passage
        text = passage.text[place.start - passage.start : place.end - passage.start]
        if CELLS in text:
            held.setdefault(passage.document_id, {})[i] = wanted & numbers(text)
    most = {document: max(map(len, rows.values())) for document, rows in held.items()}
    others = {i for document, rows in held.items() for i, found in rows.items() if len(found) < most[document]}
    kept = [i for i in order if i not in others]
    if order[0] not in others:
        return kept
    rows = held[asked.hits[seen.sentences[order[0]].hit].passage.document_id]
    instead = next(i for i in kept if i in rows)
    return [instead, *(i for i in kept if i != instead)]
