"""Pieces word by word are the pieces of the tokenizers library."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.config import PACKAGE, SHIPPED_ENCODER
from rag.embed.words import WordPieces, cuts_words
from rag.text.pieces import parse_tokenizer

TEXT = (PACKAGE / "models" / SHIPPED_ENCODER / "tokenizer.json").read_text(encoding="utf-8")
TOKENIZER = parse_tokenizer(TEXT)
WORDS = WordPieces(TOKENIZER, json.loads(TEXT))

PARTS = st.sampled_from(
    [
        *("l’accord", "L'Union", "SÉCURITÉ", "ΟΔΟΣ ΣΟΦΟΣ", "İstanbul", "ﬁn", "½ x²", "№ 5", "a_b$c+d", "1 000,50 €"),
        *("\n", "  ", "\t", "\u00a0", "\u2028", "▁", "e\u0301", "各方同意", "ประเทศ", "المادة ٥", "👩🏽‍🚒"),
        *("<s>", "ß", "ǆ", "\x1c", " \x1f", "\x85", " \u0301", "abc", "12", "("),
    ]
)


def ids(words: WordPieces, text: str) -> list[int]:
    """The pieces of one text, which are as many as are counted."""
    (pieces,) = words.pieces([text])
    assert words.counts([text]) == [len(pieces)]
    return [int(piece) for piece in pieces]


@pytest.mark.parametrize(
    "text", ["", " ", "fin\ndébut", "Le 3 mai 2023 : « 1 000 » agents.", "ΟΔΟΣ", "a▁b", "▁▁", "x" * 500, "<s>abc</s>"]
)
def test_the_pieces_are_the_librarys(text: str) -> None:
    assert ids(WORDS, text) == TOKENIZER.encode(text, add_special_tokens=False).ids


@given(st.one_of(st.text(st.characters(exclude_categories=["Cs", "Cn"])), st.lists(PARTS).map("".join)))
@settings(deadline=None)
def test_so_they_are_for_any_text(text: str) -> None:
    assert ids(WORDS, text) == TOKENIZER.encode(text, add_special_tokens=False).ids


def test_every_sign_parts_words_where_the_library_lets_it() -> None:
    signs = [chr(code) for code in range(0x20000) if unicodedata.category(chr(code))[0] == "P"] + ["\u166d"]
    for text in ("a" + "a".join(signs), " ".join(f"a{sign} {sign}b" for sign in signs)):
        assert ids(WORDS, text) == TOKENIZER.encode(text, add_special_tokens=False).ids


def test_a_word_after_a_line_end_is_the_word_it_is_after_a_space() -> None:
    assert ids(WORDS, "fin\ndébut") == ids(WORDS, "fin début")


def test_a_tokenizer_of_another_make_is_left_to_the_library() -> None:
    content = json.loads(TEXT)
    content["normalizer"] = {"type": "Lowercase"}
    assert not cuts_words(content)
    text = json.dumps(content)
    tokenizer = parse_tokenizer(text)
    other = WordPieces(tokenizer, content)
    assert ids(other, "Ils\nsont là") == tokenizer.encode("Ils\nsont là", add_special_tokens=False).ids
    assert ids(other, "Ils\nsont là") != ids(WORDS, "Ils\nsont là")
