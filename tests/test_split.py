"""rag/split.py: with words for tokens every cut can be worked out by hand; of any text nothing is lost or repeated."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.schema import Document, Heading, Passage
from rag.split import LARGEST, WHOLE, split


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def document(text: str, headings: tuple[Heading, ...] = (), language: str = "en") -> Document:
    return Document("folder/a.txt", "A", language, None, None, text, headings=headings)


def cut(text: str, target: int = 10, overlap: int = 0, headings: tuple[Heading, ...] = ()) -> list[Passage]:
    return split(document(text, headings), count_words, passage_tokens=target, overlap_tokens=overlap)


def words(count: int, first: str = "We") -> str:
    """A sentence of ``count`` words."""
    return " ".join([first] + ["see"] * (count - 2) + ["it."])


P4, P5, P8, P10 = words(4), words(5), words(8), words(10)

CUTS = [
    ("a document of 1.5 times the target stays whole", f"{P10}\n\n{P5}", [f"{P10}\n\n{P5}"]),
    ("paragraphs are packed up to the target", "\n\n".join([P5] * 4), [f"{P5}\n\n{P5}"] * 2),
    ("a long paragraph is cut between sentences", " ".join([P5] * 4), [f"{P5} {P5}"] * 2),
    ("a paragraph is not cut where the next would have room", f"{P8}\n\n{P5} {P5}", [P8, f"{P5} {P5}"]),
    ("a crumb joins its neighbour", f"{P10}\n\n{P10}\n\nOh.", [P10, f"{P10}\n\nOh."]),
    ("a long sentence is cut after a comma", f"We {'see ' * 5}it, and {'see ' * 8}them.",
     [f"We {'see ' * 5}it,", f"and {'see ' * 8}them."]),
    ("a long sentence without one is cut at spaces", " ".join(["go"] * 25),
     [" ".join(["go"] * count) for count in (10, 10, 5)]),
    ("what introduces a list stays with its first item", f"{P8}\n\nWe see:\n\n- {words(7)}\n- {P8}",
     [P8, f"We see:\n\n- {words(7)}", f"- {P8}"]),
    ("a section begins a passage", f"# One\n{P8}\n# Two\n{P8}", [f"# One\n{P8}", f"# Two\n{P8}"]),
    ("a heading over a deeper one goes with it", f"# One\n## Two\n{P8}\n## Three\n{P8}",
     [f"# One\n## Two\n{P8}", f"## Three\n{P8}"]),
    ("sections that fit together with their parent are not cut", f"# One\n{P10}\n# Two\n## Three\nGo.\n## Four\nStay.",
     [f"# One\n{P10}", "# Two\n## Three\nGo.\n## Four\nStay."]),
    ("a heading over nothing goes with what follows", f"# A\n# B\n{P8}\n# C\n{P8}", [f"# A\n# B\n{P8}", f"# C\n{P8}"]),
    ("a heading over nothing at the end stays with what is before", f"# A\n{P8}\n# B\n{P8}\n# C",
     [f"# A\n{P8}", f"# B\n{P8}\n# C"]),
    ("no passage crosses to another section otherwise", f"# A\n## One\n{P4}\n## Two\n{P4}\n## Three\n{P10}",
     [f"# A\n## One\n{P4}", f"## Two\n{P4}", f"## Three\n{P10}"]),
    ("white space at the ends is left out", f"\n\n {P10}\n\n\n{P10} \n", [P10, P10]),
    ("nothing makes nothing", " \n\t\n", []),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "expected"), CUTS)
def test_passages_are_cut_where_a_reader_would(what: str, text: str, expected: list[str]) -> None:
    assert [passage.text for passage in cut(text)] == expected, what


def test_sections_of_a_line_are_joined_up_to_the_target() -> None:
    tiny, full = "\n".join(f"## {letter}\n{P4}" for letter in "ABCDE"), words(36)
    text = f"# Law\n{tiny}\n# End\n{full}\n# Rest\n{full}"
    assert [passage.text for passage in cut(text, target=40)] == [
        f"# Law\n{tiny}",
        f"# End\n{full}",
        f"# Rest\n{full}",
    ]
    siblings = f"# Law\n{full}\n{tiny}\n## F\n{full}"
    assert [passage.text for passage in cut(siblings, target=40)] == [f"# Law\n{full}", tiny, f"## F\n{full}"]


def test_passages_know_their_place() -> None:
    text = f"# Loi\n{P8}\n## Objet\n{P8}\n{P8}\n## **Fin**\n{P8}"
    found = split(document(text, language="fr-BE"), count_words, passage_tokens=10, overlap_tokens=0)
    assert [passage.id for passage in found] == [f"folder/a.txt:{number}" for number in range(4)]
    assert {(passage.document_id, passage.language) for passage in found} == {("folder/a.txt", "fr-BE")}
    assert [passage.headings for passage in found] == [("Loi",), ("Loi", "Objet"), ("Loi", "Objet"), ("Loi", "Fin")]
    assert [(passage.start, passage.end) for passage in found] == [(0, 36), (37, 76), (77, 107), (108, 149)]


def test_headings_of_a_joined_passage_are_those_its_sections_share() -> None:
    text = f"# Loi\n## Objet\nPorts.\n## Fin\nGone.\n# Décret\n{P10}"
    assert [(passage.headings, passage.text) for passage in cut(text)] == [
        (("Loi",), "# Loi\n## Objet\nPorts.\n## Fin\nGone."),
        (("Décret",), f"# Décret\n{P10}"),
    ]


def test_declared_headings_open_sections() -> None:
    text = f"Objet {P8} Portée {P8}"
    second = text.index("Portée")
    found = cut(text, headings=(Heading(0, 5, 1), Heading(second, second + 6, 2)))
    assert [passage.headings for passage in found] == [("Objet",), ("Objet", "Portée")]
    assert [passage.text for passage in found] == [f"Objet {P8}", f"Portée {P8}"]


def test_overlap_repeats_whole_sentences_of_the_same_section() -> None:
    a, b, c, d = (words(5, first) for first in ("Ann", "Bob", "Cid", "Dan"))
    text = f"{a} {b} {c} {d}"
    assert [passage.text for passage in cut(text, overlap=5)] == [f"{a} {b}", f"{b} {c} {d}"]
    assert [passage.text for passage in cut(text, overlap=4)] == [f"{a} {b}", f"{c} {d}"]
    assert [passage.text for passage in cut(f"# A\n{P8}\n# B\n{P8}", overlap=5)] == [f"# A\n{P8}", f"# B\n{P8}"]


def test_german_sentences_are_not_cut_at_ordinals() -> None:
    first = "Der Rat tagte am 13. Dezember in der Stadt Brüssel."
    second = "Er beschloss dort ein Gesetz über die künstliche Intelligenz."
    text = f"{first} {second}"
    found = split(document(text, language="de"), count_words, passage_tokens=10, overlap_tokens=0)
    assert [passage.text for passage in found] == [first, second]


def test_chinese_is_cut_by_the_tokenizers_count() -> None:
    text = "理事会通过了决定。" * 6
    found = split(
        document(text, language="zh"), lambda texts: [len(text) for text in texts], passage_tokens=20, overlap_tokens=0
    )
    assert [passage.text for passage in found] == ["理事会通过了决定。" * 2] * 3


def test_tokens_are_counted_in_one_batch() -> None:
    calls: list[int] = []

    def count(texts: Sequence[str]) -> list[int]:
        calls.append(len(texts))
        return count_words(texts)

    split(document("\n\n".join([P10] * 50)), count, passage_tokens=20, overlap_tokens=0)
    assert calls == [50]
    calls.clear()
    split(document(" ".join(["go"] * 50)), count, passage_tokens=20, overlap_tokens=0)
    assert calls == [1, 50]


def covered_once(text: str, passages: list[Passage]) -> bool:
    """Whether the passages are in order and apart, and only white space stands before, between and after them."""
    edges = [0, *(edge for passage in passages for edge in (passage.start, passage.end)), len(text)]
    return edges == sorted(edges) and not any(text[a:b].strip() for a, b in zip(edges[::2], edges[1::2], strict=True))


TEXTS = st.one_of(
    st.text(max_size=400),
    st.text(st.sampled_from("aÀé.!?:;,# \n\t-*12中。।ก\u0301\u200b"), max_size=400),
    st.lists(
        st.sampled_from(["# A", "## B", "Title", "ARTICLE 3", P5, P10, "- item", "1. one", "So:", "", "x" * 70]),
        max_size=25,
    ).map("\n".join),
)
HEADINGS = st.lists(
    st.builds(Heading, st.integers(0, 300), st.integers(0, 300), st.integers(1, 6)), max_size=6
).map(tuple)


@given(TEXTS, HEADINGS, st.sampled_from(["en", "de", "zh", "th", "el", "xx"]), st.integers(4, 40))
@settings(max_examples=300, deadline=None)
def test_every_character_is_in_exactly_one_passage(
    text: str, headings: tuple[Heading, ...], language: str, target: int
) -> None:
    source = document(text, headings, language)
    found = split(source, count_words, passage_tokens=target, overlap_tokens=0)
    assert all(text[one.start : one.end] == one.text for one in found)
    assert all(one.text == one.text.strip() != "" for one in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert covered_once(text, found)
    assert [one.id for one in found] == [f"{source.id}:{number}" for number in range(len(found))]
    most = WHOLE if len(found) == 1 else LARGEST
    assert max(count_words([one.text for one in found]), default=0) <= most * target
    assert found == split(source, count_words, passage_tokens=target, overlap_tokens=0)


@given(TEXTS, HEADINGS, st.integers(4, 40))
@settings(max_examples=150, deadline=None)
def test_overlap_only_moves_beginnings_back(text: str, headings: tuple[Heading, ...], target: int) -> None:
    source = document(text, headings)
    plain = split(source, count_words, passage_tokens=target, overlap_tokens=0)
    found = split(source, count_words, passage_tokens=target, overlap_tokens=target // 2)
    assert [one.end for one in found] == [one.end for one in plain]
    for one, other in zip(found, plain, strict=True):
        assert one.start <= other.start
        assert text[one.start : one.end] == one.text
        assert len(text[one.start : other.start].split()) <= target // 2


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=500), st.integers(16, 64))
@settings(max_examples=100, deadline=None)
def test_length_is_bounded_where_every_character_is_a_token(text: str, target: int) -> None:
    def count(texts: Sequence[str]) -> list[int]:
        return [sum(not letter.isspace() for letter in one) for one in texts]

    found = split(document(text), count, passage_tokens=target, overlap_tokens=0)
    most = WHOLE if len(found) == 1 else LARGEST
    assert all(count([one.text])[0] <= most * target for one in found)
    assert covered_once(text, found)


@given(TEXTS, HEADINGS)
@settings(max_examples=100, deadline=None)
def test_characters_that_are_no_token_are_not_lost(text: str, headings: tuple[Heading, ...]) -> None:
    found = split(
        document(text, headings), lambda texts: [one.count("e") for one in texts], passage_tokens=4, overlap_tokens=0
    )
    assert covered_once(text, found)


def test_overlap_does_not_begin_within_a_sentence() -> None:
    text = f"We {'see ' * 14}it. {words(9, 'Ann')}"
    assert [passage.text.split()[0] for passage in cut(text, overlap=5)] == ["We", "see", "Ann"]


def test_a_long_document_is_split_at_once() -> None:
    section = "\n\n".join([" ".join([P10] * 6)] * 4)
    text = "\n\n".join(f"## Section {number}\n\n{section}" for number in range(60))
    assert len(text) > 50_000
    begin = time.perf_counter()
    found = split(document(text), count_words, passage_tokens=256, overlap_tokens=0)
    assert time.perf_counter() - begin < 2
    assert len(found) == 60
