"""Chinese signs for foreign names, beside the names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.han import as_heard, parts, runs, sounds
from rag.text.spelling import alike, consonants

NAMES = [
    ("Tesla", "特斯拉"),
    ("Churchill", "丘吉尔"),
    ("Jacksonville", "杰克逊维尔"),
    ("Westminster", "威斯敏斯特"),
    ("Columbia", "哥伦比亚"),
    ("Edison", "爱迪生"),
    ("Тесла", "特斯拉"),
    ("ويستمنستر", "威斯敏斯特"),
]


def likeness(name: str, run: str) -> float:
    heard = [form for reading in consonants(name) for form in as_heard(reading)]
    return max(alike(one, other) for one in heard for other in consonants(run))


@pytest.mark.parametrize(("name", "run"), NAMES)
def test_a_name_is_alike_in_chinese(name: str, run: str) -> None:
    assert runs(run) == [run]
    assert likeness(name, run) >= 0.75


def test_another_name_is_not() -> None:
    assert likeness("Westminster", "特斯拉") == likeness("Tesla", "爱迪生") == 0


def test_the_runs_of_a_text_and_their_parts() -> None:
    assert runs("1917年尼古拉·特斯拉被授予爱迪生奖章") == ["尼古拉", "特斯拉", "爱迪生"]
    assert runs("Tesla") == runs("他是谁") == []
    assert parts("特斯拉") == ["特斯拉", "特斯", "斯拉"]


def test_chinese_hears_no_r() -> None:
    assert as_heard("crcl") == ("clcl", "ccl")
    assert as_heard("hmbrg") == ("hnblg", "hnbg")
    assert as_heard("tsl") == ("tsl",)


@given(st.text(alphabet="特斯拉丘吉尔华希安", min_size=2, max_size=9))
def test_every_part_of_a_run_has_sounds(run: str) -> None:
    assert runs(run) == [run]
    assert set(sounds(run)) <= set("abcdfghjklmnprstvwz[]")
    for part in parts(run):
        assert part in run
        assert 2 <= len(part) <= 7
        assert consonants(part)
