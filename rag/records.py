"""FACTS: dataclasses as plain JSON values and back, exactly: what a stored conversation and a dossier are made of.

A field that a later version added takes its default when an older record is read; a field this version does not know
is passed over.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from rag.schema import Hit

_T = TypeVar("_T")


def to_record(value: Any) -> Any:
    """``value`` as what JSON can hold: dataclasses become objects, tuples arrays.

    >>> from rag.schema import Sentence
    >>> to_record(Sentence("Oui.", (1,)))["citations"]
    [1]
    """
    if dataclasses.is_dataclass(value):
        return {field.name: to_record(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [to_record(item) for item in value]
    if isinstance(value, dict):
        return {key: to_record(item) for key, item in value.items()}
    return value


def from_record(kind: type[_T], record: Any) -> _T:
    """The value of type ``kind`` that to_record wrote; raises ValueError where the record holds anything else."""
    made: _T = _read(kind, record, kind.__name__)
    return made


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, record: Any, place: str) -> Any:
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(kind, record, place)
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _read_union(kind, record, place)
    if origin is tuple:
        return _read_tuple(get_args(kind), record, place)
    if origin is dict:
        if not isinstance(record, dict):
            raise ValueError(f"{place} is no object")
        return {str(key): _read(get_args(kind)[1], item, f"{place}.{key}") for key, item in record.items()}
    if kind is float and isinstance(record, int) and not isinstance(record, bool):
        return float(record)
    if kind in (str, int, float, bool) and type(record) is kind:
        return record
    raise ValueError(f"{place} is no {getattr(kind, '__name__', kind)}")


def _read_dataclass(kind: Any, record: Any, place: str) -> Any:
    if not isinstance(record, dict):
        raise ValueError(f"{place} is no object")
    hints = _hints(kind)
    values = {
        field.name: _read(hints[field.name], record[field.name], f"{place}.{field.name}")
        for field in dataclasses.fields(kind)
        if field.name in record
    }
    try:
        return kind(**values)
    except TypeError as error:
        raise ValueError(f"{place} is not whole: {error}") from error


def _read_union(kind: Any, record: Any, place: str) -> Any:
    if record is None and NoneType in get_args(kind):
        return None
    others = [other for other in get_args(kind) if other is not NoneType]
    return _read(others[0], record, place)


def _read_tuple(kinds: tuple[Any, ...], record: Any, place: str) -> Any:
    if not isinstance(record, list):
        raise ValueError(f"{place} is no array")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_read(kinds[0], item, f"{place}[{i}]") for i, item in enumerate(record))
    if len(kinds) != len(record):
        raise ValueError(f"{place} has {len(record)} items instead of {len(kinds)}")
    return tuple(_read(kind, item, f"{place}[{i}]") for i, (kind, item) in enumerate(zip(kinds, record, strict=True)))


def hit_to_json(hit: Hit) -> dict[str, Any]:
    """A hit as the command line prints it: where it stands and how it scored, without the passage's text."""
    passage = hit.passage
    return {
        "document_id": passage.document_id,
        "passage_id": passage.id,
        "start": passage.start,
        "end": passage.end,
        "score": hit.score,
        "scorer": hit.scorer,
        "by_words": hit.by_words,
    }
