"""STAGE: texts -> pieces, word by word: most words come again, and a word is cut only once.

The pieces are those of the ``tokenizers`` library for the tokenizer the package ships, several times faster
(tests/test_embed_words.py holds the two against each other); a tokenizer of another make is left to the library.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import regex

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_PUNCTUATION = r"\p{P}!-/:-@\[-`{-~"
_SEGMENT = regex.compile(rf"[{_PUNCTUATION}]|\p{{N}}+|[^\p{{N}}{_PUNCTUATION}]+")
_SPACES = regex.compile(r"\s+")
_MARK = "▁"
_MOST_WORDS = 500_000
"""So many words are remembered at the most, about 100 MB; then they are forgotten and learnt again."""

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


class WordPieces:
    """Cuts texts with one tokenizer; safe to share between threads (a word learnt twice is learnt the same)."""

    def __init__(self, tokenizer: Tokenizer, text: str) -> None:
        """``text`` is the ``tokenizer.json`` that ``tokenizer`` was read from."""
        content = json.loads(text)
        self._tokenizer = tokenizer
        self._by_word = cuts_words(content)
        self._special = tuple(str(token["content"]) for token in content.get("added_tokens", ()))
        self._known: dict[str, tuple[int, ...]] = {}

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The pieces of each text, in order."""
        return [self._of(text) for text in texts]

    def _of(self, text: str) -> list[int]:
        if not self._by_word or any(token in text for token in self._special):
            ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
            return ids
        known, found = self._known, list[int]()
        for word in words_of(text):
            pieces = known.get(word)
            found.extend(self._learn(word) if pieces is None else pieces)
        return found

    def _learn(self, word: str) -> tuple[int, ...]:
        pieces = tuple(token.id for token in self._tokenizer.model.tokenize(word))
        if len(self._known) >= _MOST_WORDS:
            self._known = {}
        self._known[word] = pieces
        return pieces


def words_of(text: str) -> list[str]:
    """What the tokenizer cuts one by one: each word, number and sign with the mark of a word's beginning.

    >>> words_of("L’accord de 2023")
    ['▁l', "▁'", '▁accord', '▁de', '▁', '▁2023']
    """
    plain = unicodedata.normalize("NFKC", text)
    # a final sigma is told from others by Python's lower case alone, not by the tokenizer's
    plain = _SPACES.sub(" ", plain).replace("Σ", "σ").lower().replace("’", "'").replace(" ", _MARK)
    found: list[str] = []
    for segment in _SEGMENT.findall(plain):
        words = segment.split(_MARK)
        if words[0]:
            found.append(_MARK + words[0])
        found.extend([_MARK + word for word in words[1:]])
    return found
