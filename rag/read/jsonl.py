"""STAGE read: .jsonl -> Drafts, a document a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from rag.errors import Reason, Unreadable
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
                raise Unreadable(path, _repeated(name, seen[name]))
            document = finish(draft, name, path)
        except Unreadable as problem:
            problems.append(
                Unreadable(path, Reason("line", "line {line}: {reason}", line=number, reason=problem.reason))
            )
            continue
        seen[name] = number
        yield document


def _parse(path: Path, line: str, default: str) -> tuple[str, Draft]:
    """The id and the draft of one line; raises Unreadable naming the field."""
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise Unreadable(path, _not_json(error)) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(path, Reason("json", "it is not JSON that can be read ({detail})", detail=error)) from error
    if not isinstance(record, dict):
        raise Unreadable(path, Reason("object", "it must be an object such as {form}", form='{"id": "…", "text": "…"}'))
    text = record.get("text")
    if not isinstance(text, str):
        raise Unreadable(path, Reason("field_text", "the field text is missing or not a string"))
    for field in _FIELDS:
        if not isinstance(record.get(field), str | None):
            raise Unreadable(path, Reason("field", "the field {field} must be a string", field=field))
    name = record.get("id")
    if isinstance(name, bool) or not isinstance(name, str | int | None):
        raise Unreadable(path, Reason("field", "the field {field} must be a string", field="id"))
    title, language, date, source = (record.get(field) or "" for field in _FIELDS)
    return default if name in (None, "") else str(name), Draft(text, title, language, date, source=source)


def _not_json(error: json.JSONDecodeError) -> Reason:
    return Reason("json_at", "it is not JSON ({detail} at character {place})", detail=error.msg, place=error.pos + 1)


def _repeated(name: str, line: int) -> Reason:
    return Reason("repeated", "the id {id} is already that of line {line}: give it its own", id=repr(name), line=line)
