"""STAGE read: .jsonl -> Drafts, a document a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from rag.errors import Unreadable
from rag.read.draft import Draft, finish
from rag.read.encoding import decode
from rag.schema import Document

_FIELDS = ("title", "language", "date", "source")


def read_lines(path: Path, data: bytes, identifier: str, problems: list[Unreadable]) -> Iterator[Document]:
    """One document for each good line, in order; what is wrong with each other line is appended to ``problems``.

    A line's id is its ``id``, else the file's id, ``#`` and the number of the line. Empty lines are passed over.
    """
    seen: dict[str, int] = {}
    for number, line in enumerate(decode(data, path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            name, draft = _parse(path, line, f"{identifier}#{number}")
            if name in seen:
                raise Unreadable(path, f"the id {name!r} is already that of line {seen[name]}: give it its own")
            document = finish(draft, name, path)
        except Unreadable as problem:
            problems.append(Unreadable(path, f"line {number}: {problem.reason}"))
            continue
        seen[name] = number
        yield document


def _parse(path: Path, line: str, default: str) -> tuple[str, Draft]:
    """The id and the draft of one line; raises Unreadable naming the field."""
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise Unreadable(path, f"it is not JSON ({error.msg} at character {error.pos + 1})") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(path, f"it is not JSON that can be read ({error})") from error
    if not isinstance(record, dict):
        raise Unreadable(path, 'it must be an object such as {"id": "…", "text": "…"}')
    text = record.get("text")
    if not isinstance(text, str):
        raise Unreadable(path, "the field text is missing or not a string")
    for field in _FIELDS:
        if not isinstance(record.get(field), str | None):
            raise Unreadable(path, f"the field {field} must be a string")
    name = record.get("id")
    if isinstance(name, bool) or not isinstance(name, str | int | None):
        raise Unreadable(path, "the field id must be a string")
    title, language, date, source = (record.get(field) or "" for field in _FIELDS)
    return default if name in (None, "") else str(name), Draft(text, title, language, date, source=source)
