"""FACTS: the errors a person can meet. Each message says what happened, to which thing, and what to do next.

RagError
├── BadUsage         an option, a filter or a setting has a value that means nothing
│   └── BadQuestion  the question is empty or far too long
├── CorpusError      a folder or file of documents that cannot be used
│   └── Unreadable   one file that is skipped, with its reason
├── TestSetError     a line of a test set that cannot be used
├── ReportUnusable   a report of an evaluation that can be neither read nor written
├── IndexMissing     there is no index where one was looked for
├── IndexMismatch    the index was built with another encoder or another version
├── IndexCorrupt     a file of the index is missing or has changed
├── IndexBusy        another build is writing to the same index
├── SessionError     a file that is no session, or one that is damaged
├── DossierError     a file that is no dossier, or one that is damaged
├── HistoryUnavailable  the kept conversations, or one of them, cannot be used
│   └── ConversationDeleted  one of them has been deleted
├── ModelMissing     a model that is neither on this disk nor reachable, or that cannot be used
└── GeneratorFailed  a generator that could not write: its server is down or silent, the memory is full
"""

from __future__ import annotations

from pathlib import Path


class RagError(Exception):
    """Anything a person can mend; doors print the message on one line and exit with code 2."""


class BadUsage(RagError):
    """An option, a filter or a setting whose value means nothing."""


class BadQuestion(BadUsage):
    """A question that cannot be searched: empty, or longer than any question."""


class CorpusError(RagError):
    """A corpus that cannot be used as a whole."""


class Reason(str):
    """Why one file is refused: English, with what is needed to say it in another language.

    >>> reason = Reason("large", "it is larger than {limit} MB", limit=50)
    >>> reason, reason.kind, reason.facts
    ('it is larger than 50 MB', 'large', {'limit': 50})
    """

    kind: str
    facts: dict[str, object]

    def __new__(cls, kind: str, english: str, **facts: object) -> Reason:
        made = super().__new__(cls, english.format(**facts))
        made.kind, made.facts = kind, facts
        return made

    def __deepcopy__(self, memo: object) -> Reason:
        return self  # nothing of it changes


class Unreadable(CorpusError):
    """One file that cannot be read; the build skips it and prints ``reason``."""

    def __init__(self, path: Path | str, reason: Reason) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = str(path)
        self.reason = reason


class TestSetError(RagError):
    """A test set that cannot be used; names the file and the line."""

    __test__ = False  # pytest would take the name for a test class


class ReportUnusable(RagError):
    """A report of an evaluation that can be neither read nor written."""


class IndexMissing(RagError):
    """No index at the place given."""

    def __init__(self, index: Path) -> None:
        super().__init__(
            f"there is no index in {index}: run `rag build FOLDER --index {index}` first, or name another with --index"
        )
        self.index = index


class IndexMismatch(RagError):
    """An index that belongs to another encoder or another version of the format."""


class IndexCorrupt(RagError):
    """A file of the index that is missing, cut short or changed."""

    def __init__(self, index: Path, what: str) -> None:
        super().__init__(f"the index in {index} is damaged ({what}): run `rag build FOLDER --index {index}` again")
        self.index = index
        self.what = what


class IndexBusy(RagError):
    """Another build holds the lock of this index."""


class ModelMissing(RagError):
    """A model that is neither a folder on this disk, nor in the local cache, nor reachable on a hub."""


class HistoryUnavailable(RagError):
    """The file of kept conversations cannot be used, or the conversation is no longer in it."""


class ConversationDeleted(HistoryUnavailable):
    """A conversation that is no longer in the file."""


class GeneratorFailed(RagError):
    """A generator that was found but could not write an answer."""


class DossierError(RagError):
    """A file that is no dossier or a damaged one, or a dossier of nothing."""


class SessionError(RagError):
    """A file that is no session of `rag ask --session`, or that cannot be read or written."""
