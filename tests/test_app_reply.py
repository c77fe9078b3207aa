"""What the parts of the chat are given to draw: sentences, cards, documents that differ in date, choices, progress."""

from __future__ import annotations

import pytest

from rag.app.choices import Choices, read_choices
from rag.app.marks import find_marks
from rag.app.reading import pieces
from rag.app.reply import contested, reply_data
from rag.app.why import step_name, timings
from rag.schema import Answer, Citation, Sentence


def cited(
    marker: int,
    document: str,
    date: str | None,
    quote: str,
    answer: tuple[int, int] | None = None,
    *,
    other: bool = False,
) -> Citation:
    """A citation whose quote stands at 100 of its document; ``other`` says the same with another figure."""
    places = (100, 100 + len(quote))
    title = f"About {document}"
    return Citation(marker, document, f"{document}:0", title, date, None, "fr", 2, *places, quote, answer, other)


def answered(sentences: list[Sentence], citations: list[Citation], model: str = "") -> Answer:
    """An answer to an English question."""
    return Answer("Who?", "en", tuple(sentences), tuple(citations), (), None, 0.9, "", {}, model=model)


def test_the_short_answer_is_marked_inside_its_quote() -> None:
    quote = "Le budget est de\n12 millions d'euros."
    start = 100 + quote.index("12")
    answer = answered([Sentence(quote, (1,))], [cited(1, "a", None, quote, (start, start + len("12 millions")))])
    (sentence,) = reply_data(answer)["sentences"]
    assert [kind for kind, _ in sentence["pieces"]] == ["", "", "answer", "", ""]
    assert "".join(text for _, text in sentence["pieces"][1:-1]) == "Le budget est de 12 millions d'euros."
    assert sentence["pieces"][2] == ["answer", "12 millions"]
    assert sentence["tag"] == "French"


def test_a_written_sentence_says_in_words_how_it_was_checked() -> None:
    sentences = [Sentence("It is 12.", (1,), "checked"), Sentence("It is 13.", (1,), "unsupported", ("number", "new"))]
    data = reply_data(answered(sentences, [cited(1, "a", None, "C'est 12.")], model="tiny"))
    checked, unsupported = data["sentences"]
    assert checked["note"] == "Numbers, dates, names and words found in the quotes; the meaning is not checked"
    assert unsupported["note"].startswith("Not supported")
    assert unsupported["note"].endswith("(a number is not in the quotes, new)")
    assert [text for _, text in unsupported["pieces"]] == ["It is 13."]
    assert data["citations"][0]["unfolded"]


def test_documents_that_differ_on_a_point_stand_side_by_side_the_newest_first() -> None:
    sentences = [Sentence("Douze.", (1,)), Sentence("Treize.", (2,)), Sentence("Et plus.", (3,))]
    versions = [cited(1, "a", "2023-01-05", "Douze.", other=True), cited(2, "b", "2024-02-06", "Treize.", other=True)]
    data = reply_data(answered(sentences, [*versions, cited(3, "c", "2025-01-01", "Et plus.")]))
    assert data["beside"]
    assert [sentence["head"] for sentence in data["sentences"]] == ["2024-02-06 · most recent", "2023-01-05", ""]
    assert [sentence["markers"] for sentence in data["sentences"]] == [[2], [1], [3]]


def test_documents_that_say_different_things_keep_their_order() -> None:
    sentences = [Sentence("Douze.", (1,)), Sentence("Le port.", (2,))]
    data = reply_data(answered(sentences, [cited(1, "a", "2023-01-05", "Douze."), cited(2, "b", "2024", "Le port.")]))
    assert not data["beside"]
    assert [sentence["markers"] for sentence in data["sentences"]] == [[1], [2]]


@pytest.mark.parametrize(
    ("first", "second", "support"),
    [
        (("a", "2023"), ("b", "2023"), "quote"),
        (("a", None), ("b", None), "quote"),
        (("a", "2023"), ("b", "2024"), "checked"),
    ],
)
def test_others_do_not(first: tuple[str, str | None], second: tuple[str, str | None], support: str) -> None:
    sentences = [Sentence("Un.", (1,)), Sentence("Deux.", (2,), support)]
    versions = [cited(1, *first, "Un.", other=True), cited(2, *second, "Deux.", other=True)]
    assert contested(answered(sentences, versions)) == []


def test_the_open_document_marks_the_answer_more_strongly() -> None:
    found = pieces("before quote ANSWER end after", (0, 29), (7, 23), (0,), (13, 19))
    kinds = ["text", "mark", "answer", "mark", "text"]
    assert [kind for kind, _ in found[1:]] == kinds
    assert [text for _, text in found[1:]] == ["before ", "quote ", "ANSWER", " end", " after"]


def test_marks_of_markdown_stand_back_and_every_letter_stays() -> None:
    text = "## Trieste\n\n**1 March** – see [the *list*](https://a.example/b)\n\n| a | b |\n|---|---|\n"
    start = text.index("**1 March")
    found = pieces(text, (0, len(text)), (start, start + 20), (), (start, start + 11), find_marks(text))
    assert "".join(words for _, words in found) == text
    assert [words for kind, words in found if kind == "text heading"] == ["Trieste"]
    assert [words for kind, words in found if kind == "answer bold"] == ["1 March"]
    assert "".join(words for kind, words in found if "sign" in kind) == "##****[**](https://a.example/b)||||---|---|"
    assert "".join(words for kind, words in found if not kind.startswith("text")) == text[start : start + 20]


def test_a_quotation_shows_its_signs_as_such_and_leaves_them_out_of_the_short_answer() -> None:
    quote = "**Trieste, 1 March** – | opened"
    answer = answered([Sentence(quote, (1,))], [cited(1, "a.md", None, quote, (111, 120))])
    (citation,) = reply_data(answer)["citations"]
    assert citation["quote"] == [
        ["sign", "**"], ["", "Trieste, "], ["answer", "1 March"], ["sign", "**"], ["", " – | opened"]
    ]  # fmt: skip
    of_a_pdf = reply_data(answered([Sentence(quote, (1,))], [cited(1, "a.pdf", None, quote)]))
    assert of_a_pdf["citations"][0]["quote"] == [["", quote]]


@pytest.mark.parametrize("text", ["", "*", "** **", "* a\n* b", "3 * 4 * 5", "a_b", "[1]", "#tag", "|", "prix*"])
def test_what_is_no_mark_is_left_alone(text: str) -> None:
    assert [text[start:end] for start, end, _ in find_marks(text)] in ([], ["**", "**"])


@pytest.mark.parametrize(
    "text", ["", "null", "[1]", "{", '{"interface": "xx", "strictness": "1", "answers": 3, "passages": 7, "quotes": 1}']
)
def test_a_cookie_that_means_nothing_is_passed_over(text: str) -> None:
    assert read_choices(text) == Choices()


def test_a_cookie_is_read() -> None:
    text = '{"interface": "it", "strictness": 0.25, "answers": "de", "passages": 10, "quotes": true}'
    assert read_choices(text) == Choices("it", 0.25, "de", 10, True)


def test_a_step_without_a_word_keeps_its_name() -> None:
    assert step_name("reranked") == "reranked"
    assert timings({"find": 12.4, "total": 20.0}) == "Time taken: search 12 ms, total 20 ms."
