"""Citations: every quotation stands in its document, letter for letter, or none gets out."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.features import sentence_spans
from rag.cite import QuoteMismatch, Source, cite
from rag.schema import Document, Passage, Quoted
from rag.split import split

TEXT = "Le centre ouvre.\nIl a « 42 lits »\u00a0!\n\nIl ferme a\u0300 midi. 👩🏽‍🚒"
LAST = TEXT.index("Il ferme")
PASSAGES = (
    Passage("a.pdf:0", "a.pdf", "fr", 0, 39, TEXT[:39]),
    Passage("a.pdf:1", "a.pdf", "fr", LAST, len(TEXT), TEXT[LAST:]),
)


def source_of(text: str = TEXT, pages: tuple[int, ...] = (0, 17, LAST)) -> Source:
    return Source("Le centre", "2024-03-03", "Mairie", "fr", pages, text)


def quote(passage: Passage, words: str) -> Quoted:
    start = passage.start + passage.text.index(words)
    return Quoted(passage, start, start + len(words))


def test_a_quotation_becomes_a_sentence_and_a_citation_with_its_place() -> None:
    sentences, citations = cite([quote(PASSAGES[0], "Il a « 42 lits »\u00a0!")], lambda _: source_of())
    assert [(sentence.text, sentence.citations) for sentence in sentences] == [("Il a « 42 lits »\u00a0!", (1,))]
    (found,) = citations
    assert (found.marker, found.document_id, found.passage_id) == (1, "a.pdf", "a.pdf:0")
    assert (found.title, found.date, found.source, found.language) == ("Le centre", "2024-03-03", "Mairie", "fr")
    assert (found.start, found.end, found.page) == (17, 35, 2)
    assert TEXT[found.start : found.end] == found.quote == "Il a « 42 lits »\u00a0!"


def test_markers_count_from_one_in_the_order_given() -> None:
    quoted = [quote(PASSAGES[1], "Il ferme"), quote(PASSAGES[0], "Le centre"), quote(PASSAGES[1], "👩🏽‍🚒")]
    sentences, citations = cite(quoted, lambda _: source_of())
    assert [citation.marker for citation in citations] == [1, 2, 3]
    assert [sentence.citations for sentence in sentences] == [(1,), (2,), (3,)]
    assert [citation.quote for citation in citations] == ["Il ferme", "Le centre", "👩🏽‍🚒"]


@pytest.mark.parametrize(
    ("pages", "words", "page"),
    [
        ((), "Le centre", None),
        ((0,), "Il ferme", 1),
        ((0, 17), "Le centre", 1),
        ((0, 17), "Il a", 2),
        ((0, 17, LAST), "Il ferme", 3),
        ((0, 17, 17, LAST), "Il a", 3),
    ],
)
def test_page_is_the_one_where_the_quotation_starts(pages: tuple[int, ...], words: str, page: int | None) -> None:
    passage = PASSAGES[0] if words in PASSAGES[0].text else PASSAGES[1]
    _, (citation,) = cite([quote(passage, words)], lambda _: source_of(pages=pages))
    assert citation.page == page == Document("a", "", "fr", None, None, TEXT, pages).page_at(citation.start)


def test_nothing_quoted_is_nothing_cited() -> None:
    assert cite([], lambda _: source_of()) == ((), ())


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (TEXT.replace("42", "43"), quote(PASSAGES[0], "Il a « 42 lits »")),
        (TEXT.replace("a\u0300", "à"), quote(PASSAGES[1], "Il ferme a\u0300 midi")),  # looks the same
        (TEXT.replace("\u00a0", " "), quote(PASSAGES[0], "lits »\u00a0!")),
        ("x" + TEXT, quote(PASSAGES[0], "Le centre")),
        ("", quote(PASSAGES[0], "Le centre")),
        (TEXT, Quoted(PASSAGES[0], 16, 17)),  # white space alone
        (TEXT, Quoted(PASSAGES[0], 5, 5)),
        (TEXT, Quoted(PASSAGES[0], 9, 5)),
        (TEXT, Quoted(PASSAGES[0], 30, LAST + 8)),  # it runs on beyond its passage
        (TEXT, Quoted(PASSAGES[1], 0, 9)),  # it stands in another passage
        (TEXT, Quoted(PASSAGES[1], LAST - 20, LAST - 2)),
        (TEXT, Quoted(PASSAGES[1], len(TEXT), len(TEXT) + 9)),
    ],
)
def test_a_quotation_that_does_not_stand_there_never_gets_out(text: str, quoted: Quoted) -> None:
    with pytest.raises(QuoteMismatch, match=r"a\.pdf:\d does not stand in its document: run `rag doctor`"):
        cite([quoted], lambda _: source_of(text))


def test_the_short_answer_is_carried_and_must_lie_in_the_quotation() -> None:
    place = quote(PASSAGES[0], "Il a « 42 lits »")
    figure = TEXT.index("42"), TEXT.index("42") + 2
    _, (citation,) = cite([Quoted(place.passage, place.start, place.end, figure)], lambda _: source_of())
    assert citation.answer == figure
    assert TEXT[slice(*citation.answer)] == "42"
    for wrong in ((place.start - 1, place.end), (place.start, place.end + 1), (figure[0], figure[0])):
        with pytest.raises(QuoteMismatch):
            cite([Quoted(place.passage, place.start, place.end, wrong)], lambda _: source_of())


def test_one_wrong_quotation_spoils_the_whole_reply() -> None:
    with pytest.raises(QuoteMismatch):
        cite([quote(PASSAGES[0], "Le centre"), Quoted(PASSAGES[0], 5, 5)], lambda _: source_of())


PIECES = st.sampled_from(
    [
        *("Un accord. ", "# Titre\n\n", "- un point\n", "M. Dupont a dit : « Non ! » ", "1. ", "art. 5 "),
        *("**Gras.** ", "| a | b |\n", "各方同意。", "انتهى الاجتماع. ", "Ποιος; ", "e\u0301", "👩🏽‍🚒 "),
        *("\n\n", "\t", "\u2028", "\x1c", "\x85", "\u00a0", "\ufeff", "\u200b"),
    ]
)
DOCUMENTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    st.lists(PIECES, max_size=60).map("".join),
)


def count_words(texts: object) -> list[int]:
    assert isinstance(texts, list | tuple)
    return [len(str(text).split()) for text in texts]


@given(DOCUMENTS, st.sampled_from(["fr", "de", "el", "zh", "th", "ar", "hu"]), st.integers(16, 64), st.integers(0, 8))
def test_every_sentence_of_every_document_can_be_cited(text: str, language: str, size: int, overlap: int) -> None:
    document = Document("d", "D", language, None, None, text)
    source = Source("D", None, None, language, (), text)
    passages = split(document, count_words, passage_tokens=size, overlap_tokens=overlap)
    # Passages that overlap share sentences, and one place has one citation.
    places = {span: Quoted(passage, *span) for passage in passages for span in sentence_spans(passage)}
    quoted = list(places.values())
    sentences, citations = cite(quoted, lambda _: source)
    assert len(citations) == len(sentences) == len(quoted)
    for marker, (sentence, citation) in enumerate(zip(sentences, citations, strict=True), start=1):
        assert document.text[citation.start : citation.end] == citation.quote == sentence.text
        assert sentence.citations == (citation.marker,) == (marker,)
        assert citation.quote.strip()
    if overlap == 0:
        assert all(before.end <= after.start for before, after in itertools.pairwise(citations))
