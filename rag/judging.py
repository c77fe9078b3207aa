"""WALK: an answer and what a person says is right -> a line of the test set."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from rag.config import Config
from rag.errors import TestSetError
from rag.evaluate import TestQuestion, read_test_set
from rag.library import Library
from rag.text.analysis import word_tokens

TEST_SET_FILE = "questions.jsonl"
_WAIT_S = 10.0


def file_of_test_set(config: Config) -> Path:
    """The file that test questions are written to: that of the settings, else one beside the index."""
    return Path(config.test_set) if config.test_set else config.index / TEST_SET_FILE


def answerable_question(
    library: Library, question: str, language: str, document_id: str, words: str, near: int = 0
) -> TestQuestion:
    """A test question whose answer is ``words``, as they stand in a document of ``library``.

    Where they stand there several times, the place nearest to ``near`` is taken. Raises TestSetError where the index
    has no such document (those of a session are in none), or the words do not stand in it letter for letter.
    """
    answer = words.strip()
    if library.passages.facts(document_id) is None:
        raise TestSetError(f"{document_id} is in no index that lasts: add it to the documents first")
    text = library.passages.text(document_id)
    places = _places(text, answer) if answer else []
    if not places:
        raise TestSetError(f"the answer does not stand in {document_id} letter for letter: copy its words from there")
    start = min(places, key=lambda place: abs(place - near))
    return TestQuestion(_id(question, language), language, question.strip(), (answer,), document_id, start, True)


def unanswerable_question(question: str, language: str) -> TestQuestion:
    """A test question that the documents do not answer."""
    return TestQuestion(_id(question, language), language, question.strip(), (), None, None, False)


def append_question(file: Path, question: TestQuestion) -> bool:
    """Write a line at the end of a test set, made if need be; False where the same question stands there already.

    Two questions are the same in one language if their words are, case and accents aside. The file is replaced as a
    whole: a reader sees it with the line or without. Raises TestSetError where it is no test set or cannot be written.
    """
    from filelock import FileLock, Timeout

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file.with_name(f".{file.name}.lock"), timeout=_WAIT_S):
            known = read_test_set(file) if file.exists() and file.stat().st_size else []
            if _key(question) in {_key(other) for other in known}:
                return False
            if question.id in {other.id for other in known}:
                raise TestSetError(f"{file} has the id {question.id} already: change that line")
            _write(file, question)
    except Timeout as error:
        raise TestSetError(f"another process is writing to {file}: try again") from error
    except OSError as error:
        reason = error.strerror or error
        raise TestSetError(f"cannot write to the test set {file} ({reason}): set test_set in rag.toml") from error
    return True


def _write(file: Path, question: TestQuestion) -> None:
    before = file.read_bytes() if file.exists() else b""
    if before and not before.endswith(b"\n"):
        before += b"\n"
    line = json.dumps(asdict(question), ensure_ascii=False).encode() + b"\n"
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with unfinished.open("xb") as stream:
            stream.write(before + line)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file.resolve())
    finally:
        unfinished.unlink(missing_ok=True)


def _places(text: str, words: str) -> list[int]:
    places, place = [], text.find(words)
    while place >= 0:
        places.append(place)
        place = text.find(words, place + 1)
    return places


def _key(question: TestQuestion) -> tuple[str, ...]:
    return (question.language, *(word_tokens(question.question) or (question.question.strip(),)))


def _id(question: str, language: str) -> str:
    return "chat-" + sha256(f"{language}\n{question.strip()}".encode()).hexdigest()[:12]
