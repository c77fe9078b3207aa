"""STAGE read: .eml -> Draft. The letter itself: the plain part before the HTML one, no attachment."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from pathlib import Path

from rag.errors import Reason, Unreadable
from rag.read.draft import Draft
from rag.read.encoding import decode
from rag.read.html import read_html

# What the standard library's header parser is known to let out on malformed headers.
_HEADER_ERRORS = (ValueError, AttributeError, TypeError, LookupError, RecursionError)
_LONGEST_HEADER = 10_000  # the parser takes minutes over a hundred thousand addresses, and no title is so long


def read_eml(path: Path, data: bytes) -> Draft:
    """The body of a letter with its Subject as title, its Date, and the name in From as source."""
    try:
        message = message_from_bytes(data, policy=policy.default)
        body = message.get_body(("plain", "html"))
    except _HEADER_ERRORS as error:
        raise Unreadable(
            path, Reason("letter", "it is not a letter that can be read ({detail}): export it again", detail=error)
        ) from error
    if body is None or not message.keys():
        raise Unreadable(path, Reason("letter_text", "it is not a letter with a text: export it again, or remove it"))
    draft = _read_body(path, body)
    return Draft(
        draft.text,
        title=_header(message, "Subject") or draft.title,
        language=draft.language,
        date=_date(message),
        source=_sender(message),
        headings=draft.headings,
    )


def _read_body(path: Path, body: Message) -> Draft:
    content = body.get_payload(decode=True)
    if not isinstance(content, bytes):
        raise Unreadable(
            path, Reason("letter_text", "the letter has no text of its own: export it again, or remove it")
        )
    charset = str(body.get_param("charset", "") or "")
    if body.get_content_type() == "text/html":
        return read_html(path, content, charset)
    return Draft(decode(content, path, charset))


def _header(message: Message, name: str) -> str:
    try:
        return str(message[name] or "") if _is_short(message, name) else ""
    except _HEADER_ERRORS:
        return ""


def _is_short(message: Message, name: str) -> bool:
    """Whether a header can be parsed in no time; its raw text is looked at, which parses nothing."""
    return all(len(value) <= _LONGEST_HEADER for key, value in message.raw_items() if key.lower() == name.lower())


def _date(message: Message) -> str:
    """The day of the Date header, as the sender's own calendar had it."""
    try:
        return parsedate_to_datetime(_header(message, "Date")).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _sender(message: EmailMessage) -> str:
    """The name in From, its address where it has no name."""
    try:
        known = _is_short(message, "From") and message["From"] is not None
        addresses = message["From"].addresses if known else ()
        return next((address.display_name or address.addr_spec for address in addresses), "")
    except _HEADER_ERRORS:
        return ""
