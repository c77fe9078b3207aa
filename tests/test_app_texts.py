"""What the interface says: every text in every language, and each said somewhere."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from app_pages import SCRIPT
from streamlit.testing.v1 import AppTest

from rag import errors
from rag.app.wording import LANGUAGES, catalogue, example_phrases, sentence_of
from rag.config import Config
from rag.errors import BadQuestion, CorpusError
from rag.text.phrases import phrase_languages


def test_the_catalogue_says_the_same_things_in_every_language() -> None:
    seen: dict[str, str] = {}
    for file in sorted((SCRIPT.parent / "texts").glob("*.json")):
        pairs = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=list)
        for key, wordings in pairs:
            assert key not in seen, f"{key} stands in {file.name} and in {seen[key]}"
            seen[key] = file.name
            texts = dict(wordings)
            assert list(texts) == list(LANGUAGES), (file.name, key)
            assert len(wordings) == len(texts)
            places = {language: sorted(re.findall(r"\{(\w*)\}", text)) for language, text in texts.items()}
            assert all(found == places["en"] for found in places.values()), (file.name, key)
            assert all(text.strip() == text != "" for text in texts.values()), (file.name, key)
    assert set(seen) == set(catalogue()["en"])


def test_every_text_is_said_somewhere_and_every_text_said_exists() -> None:
    sources = {path.name: path.read_text(encoding="utf-8") for path in sorted(SCRIPT.parent.glob("*.py"))}
    keys = set(catalogue()["en"])
    for name, source in sources.items():
        for key in re.findall(r"\bsay\(\s*[\"'](\w+)[\"']", source):
            assert key in keys, (name, key)
    everything = "\n".join(sources.values()).replace("'", '"')
    begun = tuple(re.findall(r'\bf"(\w+_)\{', everything))
    assert [key for key in sorted(keys) if f'"{key}"' not in everything and not key.startswith(begun)] == []


# A person at the page meets no other: these belong to the terminal, or have texts of their own.
_SAID_ELSEWHERE = {"RagError", "Unreadable", "SessionError"}


def test_every_error_that_the_page_can_meet_is_said_in_every_language() -> None:
    kinds = {
        name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.RagError)
    }
    said = {key.removeprefix("error_") for key in catalogue()["en"] if key.startswith("error_") and key[6].isupper()}
    assert said == kinds - _SAID_ELSEWHERE


@pytest.mark.parametrize(
    ("locale", "begins"),
    [("fr-FR", "L'index est endommagé"), ("de-DE", "Der Index ist beschädigt"), ("en-GB", "the index")],
)
def test_an_error_is_said_in_the_language_of_the_page_with_its_own_sentence(
    start: Callable[..., AppTest], tmp_path: Path, locale: str, begins: str
) -> None:
    (tmp_path / "current").write_text("nonsense", encoding="utf-8")
    shown = start(Config(index=tmp_path), locale=locale).error[0].value.replace("\\", "")
    assert shown.startswith(begins)
    assert "names no generation" in shown


@pytest.mark.parametrize(
    ("locale", "placeholder"),
    [
        ("de-AT", "Stellen Sie Ihre Frage"),
        ("es", "Escriba su pregunta"),
        ("it-IT", "Scrivete la vostra domanda"),
        ("pl-PL", "Ask your question"),
    ],
)
def test_the_interface_speaks_the_language_of_the_browser(
    start: Callable[..., AppTest], locale: str, placeholder: str
) -> None:
    assert start(locale=locale).chat_input[0].placeholder == placeholder


def test_every_question_to_begin_with_has_one_place_and_a_known_language() -> None:
    _, kinds = example_phrases()
    for kind, questions in kinds.items():
        assert set(questions) <= set(phrase_languages()), kind
        assert all(re.findall(r"\{(\w*)\}", text) == [""] for text in questions.values()), kind
    assert set(LANGUAGES) <= set(kinds["about"])


def reasons() -> list[tuple[str, list[str]]]:
    """The kind of every Reason in the package, with the names of its facts."""
    found = []
    for file in sorted((SCRIPT.parent.parent).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reason":
                assert isinstance(node.args[0], ast.Constant)
                found.append((str(node.args[0].value), sorted(str(word.arg) for word in node.keywords)))
    return found


def test_every_reason_to_refuse_a_file_is_said_in_every_language() -> None:
    found = reasons()
    assert len(found) > 30
    texts = catalogue()["en"]
    for kind, facts in found:
        assert sorted(re.findall(r"\{(\w*)\}", texts[f"reason_{kind}"])) == facts, kind
    assert {key for key in texts if key.startswith("reason_")} == {f"reason_{kind}" for kind, _ in found}


def test_what_a_strictness_costs_says_what_was_counted() -> None:
    for language, words in (("en", "expected words"), ("fr", "mots attendus"), ("de", "erwarteten Wörter")):
        assert words in catalogue()[language]["costs"]
        assert "{right}" in catalogue()[language]["costs"]


@pytest.mark.parametrize("language", ["fr", "de", "es", "it"])
def test_what_is_wrong_with_a_question_is_said_without_english(language: str) -> None:
    detail = "the question is empty: type a question in words"
    assert detail not in sentence_of(BadQuestion(detail), language)
    assert detail in sentence_of(CorpusError(detail), language)
    assert sentence_of(BadQuestion(detail), "en") == detail
