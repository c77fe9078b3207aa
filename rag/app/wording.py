"""DOOR: what the interface itself says, in the language of the browser or the one chosen, from ``texts/``.

Each file there holds the texts of one subject: a key, and under it the text in every language of the interface.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from rag.errors import BadQuestion, RagError, Reason
from rag.text.phrases import FALLBACK, language_name, phrase_languages

# How a probability is worded; the lowest probability of each wording. They colour the words and decide nothing.
_CHANCES = ((0.9, "sure"), (0.7, "likely"), (0.5, "even"), (0.2, "unlikely"), (0.0, "none"))
_NARROW_SPACE = "\u202f"
_THOUSANDS = {"en": ",", "fr": _NARROW_SPACE, "de": ".", "es": _NARROW_SPACE, "it": "."}
_CLOSE_PERCENT = frozenset({"en", "it"})
# What Python and the system say in English of the files that are refused most often.
_DETAILS = {
    "File is not a zip file": "detail_zip",
    "Expecting value": "detail_value",
    "Expecting ',' delimiter": "detail_comma",
    "Expecting property name enclosed in double quotes": "detail_name",
    "Permission denied": "detail_denied",
}


LANGUAGES = {"en": "English", "fr": "Français", "de": "Deutsch", "es": "Español", "it": "Italiano"}
"""The languages of the interface, each by its own name."""
CHOSEN = "interface-language"
"""Where the page keeps the language that a person chose; empty for the browser's."""


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every text of the interface by language and key."""
    texts: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for file in sorted(Path(__file__).with_name("texts").glob("*.json")):
        for key, wordings in json.loads(file.read_text(encoding="utf-8")).items():
            for language, text in wordings.items():
                texts[language][key] = text
    return texts


@cache
def example_phrases() -> tuple[tuple[str, ...], dict[str, dict[str, str]]]:
    """The questions for the sample corpus, and by kind and language questions with a place for a name, day or title."""
    values = json.loads(_file("examples.json"))
    return tuple(values["sample"]), {kind: values[kind] for kind in ("who", "when", "about")}


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def interface_language() -> str:
    """The language chosen on the page, else that of the browser where the catalogue has it, else English."""
    chosen: str = st.session_state.get(CHOSEN, "")
    tag = (chosen or st.context.locale or FALLBACK).replace("_", "-").split("-")[0].lower()
    return tag if tag in LANGUAGES else FALLBACK


def say(key: str, /, fallback: str | None = None, **values: object) -> str:
    """The text called ``key`` in the language of the interface; ``values`` fill its places.

    ``fallback`` stands in for a text that there is none of; without it a missing text is a KeyError.
    """
    texts = catalogue()[interface_language()]
    return fallback if fallback is not None and key not in texts else texts[key].format(**values)


def say_reason(reason: str) -> str:
    """Why a file was refused, in the language of the interface; what is no Reason stays as it is."""
    if not isinstance(reason, Reason):
        return reason
    facts: dict[str, Any] = {
        name: say_reason(fact) if isinstance(fact, str) else fact for name, fact in reason.facts.items()
    }
    known = _DETAILS.get(str(facts.get("detail", "")))
    if known:
        facts["detail"] = say(known)
    return say(f"reason_{reason.kind}", **facts)


def say_error(error: RagError) -> str:
    """What went wrong and what to do, in the language of the interface, with the error's own English sentence.

    English has that sentence alone. An error of no kind that the catalogue knows is said as it is.
    """
    return sentence_of(error, interface_language())


def sentence_of(error: RagError, language: str) -> str:
    """What say_error says, in a ``language`` of the interface that was looked up before.

    What is wrong with a question its own sentence says whole: the English one is left out.
    """
    kinds = [f"error_{kind.__name__}" for kind in type(error).__mro__]
    texts = catalogue()[language]
    known = next((kind for kind in kinds if kind in texts), None)
    if known is None or language == FALLBACK:
        return str(error)
    if isinstance(error, BadQuestion):
        return texts[known]
    return texts["error_detail"].format(sentence=texts[known], detail=str(error))


def number(value: int) -> str:
    """A whole number with its thousands apart, as the language of the interface writes it."""
    return f"{value:,}".replace(",", _THOUSANDS[interface_language()])


def percent(probability: float, places: int = 0) -> str:
    """A probability in hundredths with so many decimals, as the language of the interface writes it."""
    return decimal(probability * 100, places) + ("%" if interface_language() in _CLOSE_PERCENT else f"{_NARROW_SPACE}%")


def decimal(value: float, places: int) -> str:
    """A number with so many decimals, as the language of the interface writes it."""
    text = f"{value:.{places}f}"
    return text if interface_language() == "en" else text.replace(".", ",")


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
