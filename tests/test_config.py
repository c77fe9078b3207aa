"""Settings: the defaults hold, each bad value names its field, files and flags override in their order."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from rag.config import SHIPPED_ENCODER, Config, load_config
from rag.errors import BadUsage


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_defaults_are_the_shipped_product() -> None:
    assert load_config() == Config()
    assert (Config().index, Config().encoder, Config().strictness) == (Path("index"), SHIPPED_ENCODER, None)


def test_a_config_cannot_be_edited() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().hit_count = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("passage_tokens", 15),
        ("passage_tokens", 8193),
        ("passage_tokens", "256"),
        ("passage_tokens", 256.0),
        ("passage_tokens", None),
        ("overlap_tokens", -1),
        ("overlap_tokens", 129),
        ("candidate_count", 0),
        ("candidate_count", True),
        ("hit_count", 0),
        ("hit_count", 1001),
        ("max_file_mb", 0),
        ("max_question_chars", 0),
        ("strictness", -0.01),
        ("strictness", 1.01),
        ("strictness", float("nan")),
        ("strictness", "high"),
        ("strictness", True),
        ("encoder", ""),
        ("encoder", " \n"),
        ("encoder", 5),
        ("index", 3),
        ("index", "a string"),
    ],
)
def test_a_bad_value_names_its_field(field: str, value: Any) -> None:
    with pytest.raises(BadUsage, match=rf"^{field} must "):
        Config(**{field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("passage_tokens", 16),
        ("passage_tokens", 8192),
        ("overlap_tokens", 128),
        ("candidate_count", 10_000),
        ("hit_count", 1),
        ("strictness", 0),
        ("strictness", 1.0),
        ("encoder", "/models/mine"),
    ],
)
def test_the_limits_themselves_are_good_values(field: str, value: Any) -> None:
    assert getattr(Config(**{field: value}), field) == value


def test_the_overlap_is_at_most_half_a_passage() -> None:
    assert Config(passage_tokens=40, overlap_tokens=20).overlap_tokens == 20
    with pytest.raises(BadUsage, match=r"^overlap_tokens must be a whole number from 0 to 20, not 21$"):
        Config(passage_tokens=40, overlap_tokens=21)


def test_the_settings_of_the_current_folder_are_read() -> None:
    Path("rag.toml").write_text('[rag]\nindex = "elsewhere"\nhit_count = 7\nstrictness = 0.5\n', encoding="utf-8")
    assert load_config() == Config(index=Path("elsewhere"), hit_count=7, strictness=0.5)


def test_a_named_file_takes_the_place_of_the_one_in_the_folder(tmp_path: Path) -> None:
    Path("rag.toml").write_text("[rag]\nhit_count = 7\n", encoding="utf-8")
    other = tmp_path / "réglages.toml"
    other.write_text('[rag]\nencoder = "modèle"\n[other]\nx = 1\n', encoding="utf-8")
    assert load_config(other) == Config(encoder="modèle")


def test_overrides_win_unless_they_are_none() -> None:
    Path("rag.toml").write_text("[rag]\nhit_count = 7\ncandidate_count = 9\n", encoding="utf-8")
    got = load_config(hit_count=3, candidate_count=None, index="given", strictness=0.0)
    assert got == Config(hit_count=3, candidate_count=9, index=Path("given"), strictness=0.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[rag]\nhits = 3\n", r"rag\.toml: unknown setting 'hits'.*hit_count"),
        ("[rag\n", r"cannot read the settings in rag\.toml"),
        ("[rag]\nhit_count = \n", r"cannot read the settings in rag\.toml"),
        ("[rag]\nhit_count = 0\n", "hit_count must be a whole number from 1 to 1000, not 0"),
        ('[rag]\nstrictness = "low"\n', "strictness must lie between 0 and 1, not 'low'"),
        ("[rag]\nindex = 3\n", "index must be the path of a folder, not 3"),
        ("[rag]\nencoder = false\n", "encoder must name a model"),
        ("rag = 3\n", r"rag\.toml: the settings must stand under a line that says \[rag\]"),
        ("hit_count = 3\n", r"rag\.toml: the settings must stand under a line that says \[rag\]"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(text: str, message: str) -> None:
    Path("rag.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadUsage, match=message):
        load_config()


def test_an_empty_file_changes_nothing() -> None:
    Path("rag.toml").write_text("", encoding="utf-8")
    assert load_config() == Config()


@pytest.mark.parametrize("content", [None, b"[rag]\nencoder = '\xff'\n"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "mine.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadUsage, match=r"cannot read the settings in .*mine\.toml"):
        load_config(file)


def test_an_override_that_is_no_setting_is_refused() -> None:
    with pytest.raises(BadUsage, match="no_such_setting"):
        load_config(no_such_setting=1)


def test_a_bad_value_names_the_file_it_comes_from_and_no_other(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text('[rag]\nhit_count = 0\nencoder = "a\\u0000b"\n', encoding="utf-8")
    with pytest.raises(BadUsage) as caught:
        load_config(file, encoder="good")
    assert str(caught.value) == f"{file}: hit_count must be a whole number from 1 to 1000, not 0"
    with pytest.raises(BadUsage, match=r"^hit_count must be a whole number"):
        load_config(file, encoder="good", hit_count=-1)
    with pytest.raises(BadUsage, match=r"a\.toml: encoder holds a null character"):
        load_config(file, hit_count=1)
    with pytest.raises(BadUsage, match=r"^index holds a null character"):
        load_config(index="a\0b")
