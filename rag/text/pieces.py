"""FACTS: tokenizers by their text, each parsed once a process: that takes half a second."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@lru_cache(maxsize=2)
def parse_tokenizer(text: str) -> Tokenizer:
    """The tokenizer a ``tokenizer.json`` describes, without padding and truncation; safe to share between threads."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(text)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
