"""DOOR: what the interface itself says, in the language of the browser, from ``catalogue.json``."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import streamlit as st

from rag.text.phrases import FALLBACK, language_name, phrase_languages

# How a probability is worded; the lowest probability of each wording. They colour the words and decide nothing.
_CHANCES = ((0.9, "sure"), (0.7, "likely"), (0.5, "even"), (0.2, "unlikely"), (0.0, "none"))
_NARROW_SPACE = "\u202f"


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every text of the interface by language and key."""
    texts: dict[str, dict[str, str]] = json.loads(_file("catalogue.json"))
    return texts


@cache
def example_phrases() -> tuple[tuple[str, ...], dict[str, str]]:
    """The questions for the sample corpus, and by language a question about a title."""
    values = json.loads(_file("examples.json"))
    return tuple(values["sample"]), values["about"]


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def interface_language() -> str:
    """The language of the browser where the catalogue has it, English where not."""
    tag = (st.context.locale or FALLBACK).replace("_", "-").split("-")[0].lower()
    return tag if tag in catalogue() else FALLBACK


def say(key: str, **values: object) -> str:
    """The text called ``key`` in the language of the browser; ``values`` fill its places."""
    return catalogue()[interface_language()][key].format(**values)


def number(value: int) -> str:
    """A whole number with its thousands apart, as the language of the browser writes it."""
    return f"{value:,}" if interface_language() == "en" else f"{value:,}".replace(",", _NARROW_SPACE)


def percent(probability: float) -> str:
    """A probability in hundredths, as the language of the browser writes it."""
    return f"{probability * 100:.0f}" + ("%" if interface_language() == "en" else f"{_NARROW_SPACE}%")


def chance(probability: float) -> str:
    """A probability in a sentence: in plain words and in hundredths."""
    words = next(word for least, word in _CHANCES if probability >= least)
    return say("chance", words=say(f"chance_{words}"), percent=percent(probability))


def count_languages(count: int) -> str:
    """How many languages, in words of the interface."""
    return say("one_language") if count == 1 else say("many_languages", count=number(count))


def name_language(tag: str, language: str | None = None) -> str:
    """The name of a language in ``language``, or in that of the browser when None."""
    known = language if language in phrase_languages() else interface_language()
    return language_name(tag, known or FALLBACK)
