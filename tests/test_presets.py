"""The presets of language models: what the command prints, what an error suggests, and what the README says of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Rag

from rag.answer.generate import load_generator
from rag.answer.generate.presets import PRESETS, Preset, alike
from rag.errors import ModelMissing
from rag.hub import is_hub_name

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def row(preset: Preset) -> str:
    """The line of the README's table."""
    asks = ", to be accepted on the hub" if preset.asks else ""
    notes = "; ".join(part for part in (preset.note, "by reports, card not read" * (preset.read == "reports")) if part)
    cells = f"[{preset.name}](https://huggingface.co/{preset.name})", f"{preset.billions:g}", f"{preset.licence}{asks}"
    return "| " + " | ".join((*cells, preset.languages, notes)).rstrip() + " |"


def test_the_readme_has_the_table_of_the_presets_and_no_other_line_in_it() -> None:
    lines = README.splitlines()
    start = lines.index("| model | billions of parameters | licence | languages | |")
    end = next(i for i in range(start, len(lines)) if not lines[i].startswith("|"))
    assert lines[start + 2 : end] == [row(preset) for preset in PRESETS]


def test_presets_are_names_of_a_hub_each_once() -> None:
    names = [preset.name for preset in PRESETS]
    assert len(set(names)) == len(names)
    assert all(is_hub_name(name) and "/" in name for name in names)
    assert {preset.read for preset in PRESETS} <= {"card", "reports"}


def test_the_command_lists_them_with_what_they_take(rag: Rag) -> None:
    code, out, err = rag("models")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert [line.split()[0] for line in lines[1 : len(PRESETS) + 1]] == [preset.name for preset in PRESETS]
    assert "2.4 GB" in lines[1]
    assert "Apache-2.0" in lines[1]
    found = json.loads(rag("models", "--json").out)
    assert [(each["name"], each["memory_gb"]) for each in found] == [(p.name, p.memory_gb) for p in PRESETS]


@pytest.mark.parametrize("name", ["qwen3-0.6b", "Qwen/Qwen3_0.6B", "EuroLLM-9b-instruct"])
def test_a_name_that_is_nearly_one_of_them_is_recognised(name: str) -> None:
    assert alike(name)
    assert alike("a/b") == ""


def test_a_name_that_means_nothing_points_at_them() -> None:
    with pytest.raises(ModelMissing, match=r"`rag models` lists some"):
        load_generator("./nothing/here")
