"""STAGE: texts -> pieces, word by word: most words come again, and a word is cut only once, with the signs around it.

The pieces are those of the ``tokenizers`` library for the tokenizer the package ships, several times faster
(tests/test_embed_words.py holds the two against each other); a tokenizer of another make is left to the library.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import regex
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PieceType: TypeAlias = type[np.uint16] | type[np.uint32]

# Signs newer than the library's list of them (Unicode 8), which takes them for letters; \u166d it takes for one.
_NEWER = (
    "\u061d\u09fd\u0a76\u0c77\u0c84\u1b7d\u1b7e\u2e43-\u2e5d\U00010ead\U00010f55-\U00010f89\U0001144b-\U0001145d"
    "\U00011660-\U0001166c\U000116b9\U0001183b\U00011944-\U00011946\U000119e2\U00011a3f-\U00011aa2\U00011c41-\U00011c71"
    "\U00011ef7-\U00011fff\U00012ff1\U00012ff2\U00016e97-\U00016e9a\U00016fe2\U0001e95e\U0001e95f"
)
_PUNCTUATION = rf"[[\p{{P}}\u166d!-/:-@\[-`{{-~]--[{_NEWER}]]"
_SEGMENT = regex.compile(rf"{_PUNCTUATION}|\p{{N}}+|[^\p{{N}}{_PUNCTUATION}]+", regex.V1)
_SPACES = regex.compile(r"\s+")
_MARK = "▁"
_MOST_WORDS = _MOST_CHUNKS = 250_000
"""So many words, and what stands between white space, are remembered at the most, about 60 MB; then they are forgotten
and learnt again."""

_LONGEST_CHUNK = 40
"""Longer ones, as in scripts without spaces, hardly come again."""

_NO_SPACES = re.compile("[\x1c-\x1f]")
"""What Python takes for white space and the tokenizer does not."""

_NORMALIZER = {
    "type": "Sequence",
    "normalizers": [
        {"type": "NFKC"},
        {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "},
        {"type": "Lowercase"},
        {"type": "Replace", "pattern": {"String": "’"}, "content": "'"},
    ],
}
_PRE_TOKENIZER = {
    "type": "Sequence",
    "pretokenizers": [
        {"type": "Punctuation", "behavior": "Isolated"},
        {"type": "Digits", "individual_digits": False},
        {"type": "Metaspace", "replacement": _MARK, "prepend_scheme": "always", "split": True},
    ],
}


def cuts_words(content: dict[str, Any]) -> bool:
    """Whether a ``tokenizer.json`` does what WordPieces does: the same normalising and parting, then BPE."""
    return (
        content.get("normalizer") == _NORMALIZER
        and content.get("pre_tokenizer") == _PRE_TOKENIZER
        and content.get("post_processor") is None
        and content["model"].get("type") == "BPE"
        and not content["model"].get("dropout")
    )


class _Chunks(dict[str, bytes]):
    """The pieces of what stands between white space, as bytes, cut when first met."""

    def __init__(self, cut: Callable[[str], bytes], before: str) -> None:
        """``before`` is what stands before each chunk: a space, or nothing where a text begins with it."""
        super().__init__()
        self._cut, self._before = cut, before

    def __missing__(self, chunk: str) -> bytes:
        pieces = self._cut(self._before + chunk)
        if len(chunk) <= _LONGEST_CHUNK:
            if len(self) >= _MOST_CHUNKS:
                self.clear()
            self[chunk] = pieces
        return pieces


class WordPieces:
    """Cuts texts with one tokenizer; safe to share between threads (a word learnt twice is learnt the same)."""

    def __init__(self, tokenizer: Tokenizer, content: dict[str, Any], width: PieceType = np.uint32) -> None:
        """``content`` is the ``tokenizer.json`` that ``tokenizer`` was read from; ``width`` holds any piece of it."""
        self._tokenizer, self._width = tokenizer, width
        self._by_word = cuts_words(content)
        self._special = tuple(str(token["content"]) for token in content.get("added_tokens", ()))
        self._known: dict[str, bytes] = {}
        self._chunks, self._first_chunks = _Chunks(self._cut, " "), _Chunks(self._cut, "")
        self._end = self._cut(" ") if self._by_word else b""

    def pieces(self, texts: Sequence[str]) -> list[NDArray[np.unsignedinteger[Any]]]:
        """The pieces of each text, in order: ``(n,)`` of the width asked for, not to be written to."""
        return [np.frombuffer(self._of(text), self._width) for text in texts]

    def counts(self, texts: Sequence[str]) -> list[int]:
        """How many pieces each text has."""
        size = np.dtype(self._width).itemsize
        return [len(self._of(text)) // size for text in texts]

    def _of(self, text: str) -> bytes:
        """The pieces of a text, put together from those of its chunks: a space parts words wherever it stands."""
        if not self._by_word or any(token in text for token in self._special):
            return self._packed(self._tokenizer.encode(text, add_special_tokens=False).ids)
        if _NO_SPACES.search(text):
            return self._cut(text)
        chunks = text.split()
        if not chunks:
            return self._end if text else b""
        first = self._chunks if text[0].isspace() else self._first_chunks
        rest = map(self._chunks.__getitem__, islice(chunks, 1, None))
        return b"".join((first[chunks[0]], *rest, self._end if text[-1].isspace() else b""))

    def _cut(self, text: str) -> bytes:
        known = self._known
        return b"".join([known.get(word) or self._learn(word) for word in words_of(text)])

    def _learn(self, word: str) -> bytes:
        pieces = self._packed([token.id for token in self._tokenizer.model.tokenize(word)])
        if len(self._known) >= _MOST_WORDS:
            self._known = {}
        self._known[word] = pieces
        return pieces

    def _packed(self, ids: list[int]) -> bytes:
        return np.array(ids, self._width).tobytes()


def words_of(text: str) -> list[str]:
    """What the tokenizer cuts one by one: each word, number and sign with the mark of a word's beginning.

    >>> words_of("L’accord de 2023")
    ['▁l', "▁'", '▁accord', '▁de', '▁', '▁2023']
    """
    plain = unicodedata.normalize("NFKC", text)
    # a final sigma is told from others by Python's lower case alone, not by the tokenizer's
    plain = _SPACES.sub(" ", plain).replace("Σ", "σ").lower().replace("’", "'").replace(" ", _MARK)
    word = plain.removeprefix(_MARK)
    if word.isalpha():
        return [_MARK + word]
    found: list[str] = []
    for segment in _SEGMENT.findall(plain):
        words = segment.split(_MARK)
        if words[0]:
            found.append(_MARK + words[0])
        found.extend([_MARK + word for word in words[1:]])
    return found
