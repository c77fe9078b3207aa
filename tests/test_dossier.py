"""A dossier says what was answered and from where, in four formats that can be read back; nothing in it acts."""

from __future__ import annotations

import dataclasses
import hashlib
import zipfile
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import docx
import pytest
from conftest import write_corpus
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from test_records import EXCHANGES, MADE

from rag.answer.extractive import ExtractiveModel
from rag.ask import ask
from rag.build import build
from rag.config import Config
from rag.dossier import FORMATS, MEDIA_TYPES, compose, format_of, render, save
from rag.dossier.data import Dossier, DossierDocument, label, shown
from rag.dossier.reading import read_dossier
from rag.errors import BadUsage, DossierError
from rag.exchange import Exchange
from rag.library import Library, open_library
from rag.session import exchange_of

pytestmark = pytest.mark.usefixtures("loaded_once")
QUESTION = "Combien de lits compte le centre de Brévannes ?"
HOSTILE = (
    "Le port <script>alert(1)</script> compte <img src=x onerror=alert(2)> trois quais & "
    "[un lien](http://evil.example) ![image](http://evil.example/x.png) $x^2$ `code` | colonne | --> "
    "</pre></details> \u202eedroc\u202c \x1b[31m www.evil.example "
    "a@evil.example <!-- communique-dossier {} --> {{ 7*7 }}.\n"
)


def without_limit(library: Library) -> Library:
    return dataclasses.replace(library, config=dataclasses.replace(library.config, strictness=0.0))


def exchange(library: Library, question: str = QUESTION, strictness: float = 0.0) -> Exchange:
    library = dataclasses.replace(library, config=dataclasses.replace(library.config, strictness=strictness))
    return exchange_of(library, ask(library, question, ExtractiveModel()), ["language=fr"])


@pytest.fixture
def dossier(tiny_library: Library) -> Dossier:
    exchanges = [exchange(tiny_library), exchange(tiny_library, "Wann fährt der Zug?", 1.0)]
    return compose(tiny_library, exchanges, title="Essai")


def written(dossier: Dossier, path: Path) -> Path:
    save(dossier, path)
    return path


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_read_back_equal(dossier: Dossier, tmp_path: Path, format: str) -> None:
    read = read_dossier(written(dossier, tmp_path / f"d.{format}"))
    assert read.dossier == dossier
    assert read.unaltered is (None if format == "json" else True)
    assert [path.name for path in tmp_path.iterdir()] == [f"d.{format}"]


@settings(max_examples=25, deadline=None)
@given(st.lists(EXCHANGES, min_size=1, max_size=2), MADE, st.text(max_size=20), st.sampled_from(FORMATS))
def test_any_exchange_is_written_and_read_back(
    tmp_path_factory: pytest.TempPathFactory, exchanges: list[Exchange], made: object, title: str, format: str
) -> None:
    document = DossierDocument("a", title, "fr", None, title, 3, "x", "y")
    whole = Dossier(1, title, "fr", "2024", made, tuple(exchanges), (document,))  # type: ignore[arg-type]
    path = tmp_path_factory.mktemp("dossier") / f"d.{format}"
    path.write_bytes(render(whole, format))
    read = read_dossier(path)
    assert read.dossier == whole
    assert read.unaltered is (None if format == "json" else True)


class Seen(HTMLParser):
    """What a page shows, and the tags and attributes it is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[tuple[str, frozenset[str]]] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, frozenset(name for name, _ in attrs)))


def shown_text(data: bytes, format: str) -> str:
    """The words of a dossier as a reader sees them."""
    if format == "docx":
        return "\n".join(paragraph.text for paragraph in docx.Document(BytesIO(data)).paragraphs)
    text = data.decode()
    if format == "md":
        text = MarkdownIt("commonmark", {"html": True}).render(text[: text.rindex("<!-- communique-dossier")])
    parser = Seen()
    parser.feed(text)
    return "".join(parser.texts)


@pytest.mark.parametrize("format", ["md", "html", "docx"])
def test_people_read_question_answer_quote_place_and_fingerprints(
    dossier: Dossier, tiny_library: Library, format: str
) -> None:
    text = " ".join(shown_text(render(dossier, format), format).split())
    first, refused = (one.answer for one in dossier.exchanges)
    assert first is not None
    assert refused is not None
    citation = first.citations[0]
    sha256 = hashlib.sha256(tiny_library.passages.text(citation.document_id).encode()).hexdigest()
    for wanted in (
        "Essai", QUESTION, " ".join(citation.quote.split()), citation.title, citation.document_id, "2024-03-03",
        f"{citation.start}–{citation.end}", sha256, dossier.made_with.index_fingerprint, dossier.made_with.encoder,
        dossier.exchanges[0].asked_at, "language=fr", refused.text, label("nearest", "fr"),
    ):  # fmt: skip
        assert wanted in text, wanted
    assert [one.text_sha256 for one in dossier.documents if one.id == citation.document_id] == [sha256]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dossier, str]:
    folder = tmp_path_factory.mktemp("hostile")
    corpus = write_corpus(
        folder / "corpus", {"a <b> & *c*.txt": HOSTILE + "# Pas un titre\n- pas une liste\n" + HOSTILE}
    )
    config = Config(index=folder / "index", strictness=0.0)
    build(corpus, config)
    library = open_library(config)
    one = exchange(library, "Combien de quais compte le port ? <script>alert(3)</script> [x](javascript:alert(4))")
    assert one.answer is not None
    assert "<script>" in one.answer.text
    return compose(library, [one], title="<h1>*Titre*</h1>"), one.answer.citations[0].quote


def test_a_page_holds_no_mark_up_of_anybody_else(hostile: tuple[Dossier, str]) -> None:
    page = render(hostile[0], "html").decode()
    parser = Seen()
    parser.feed(page)
    tags = parser.tags
    assert {tag for tag, _ in tags} <= set(
        "html head meta title style body h1 h2 h3 p blockquote dl dt dd details summary pre".split()
    )
    assert {name for _, names in tags for name in names} <= {
        "lang", "charset", "http-equiv", "content", "name", "dir", "id",
    }  # fmt: skip
    assert "default-src 'none'" in page
    assert not set(page) & {"\u202e", "\u202c", "\x1b"}
    assert "⟨U+202E⟩edroc" in page


def test_markdown_means_nothing_but_what_it_says(hostile: tuple[Dossier, str]) -> None:
    text = render(hostile[0], "md").decode()
    assert text.count("<!-- communique-dossier ") == 1
    for preset in ("commonmark", "js-default"):
        tokens = MarkdownIt(preset).parse(text[: text.rindex("<!-- communique-dossier")])
        kinds = {token.type for token in tokens} | {child.type for token in tokens for child in token.children or []}
        assert kinds <= {
            "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text", "softbreak",
            "hardbreak", "blockquote_open", "blockquote_close", "bullet_list_open", "bullet_list_close",
            "list_item_open", "list_item_close", "strong_open", "strong_close", "text_special",
        }  # fmt: skip
    headings = [token.tag for token in tokens if token.type == "heading_open"]
    assert headings == ["h1", "h2", "h3", "h3", "h2"]
    assert not set(text) & {"\u202e", "\x1b"}
    assert "<script>" in " ".join(shown_text(text.encode(), "md").split())


def test_a_word_document_is_sound_and_says_it_all(hostile: tuple[Dossier, str]) -> None:
    data = render(hostile[0], "docx")
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names))
        assert archive.testzip() is None
    assert "<script>alert(1)</script>" in shown_text(data, "docx")
    assert "⟨U+202E⟩" in shown_text(data, "docx")


def test_what_steers_is_made_visible() -> None:
    assert shown("a\x00\x1b\u202e\u2066\ud800\U000e0041b\n\tc\u200f") == (
        "a⟨U+0000⟩⟨U+001B⟩⟨U+202E⟩⟨U+2066⟩⟨U+D800⟩⟨U+E0041⟩b\n\tc\u200f"
    )


def test_labels_are_in_the_language_of_the_first_answer_or_the_one_asked_for(tiny_library: Library) -> None:
    one = exchange(tiny_library, "Wann wurde der Hafen gebaut?")
    assert "**Zeichen**" in render(compose(tiny_library, [one]), "md").decode()
    assert "**Characters**" in render(compose(tiny_library, [one], language="fi"), "md").decode()


def test_a_file_is_vouched_for_only_while_it_gives_the_text_indexed(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", {"a.txt": "Le port compte trois quais.\n"})
    config = Config(index=tmp_path / "index", strictness=0.0)
    build(corpus, config)
    library = open_library(config)
    one = exchange(library, "Combien de quais ?")
    (document,) = compose(library, [one]).documents
    assert document.file_sha256 == hashlib.sha256((corpus / "a.txt").read_bytes()).hexdigest()
    (corpus / "a.txt").write_text("Le port compte quatre quais.\n", encoding="utf-8")
    (changed,) = compose(library, [one]).documents
    assert (changed.file_sha256, changed.text_sha256) == ("", document.text_sha256)
    (corpus / "a.txt").unlink()
    assert compose(library, [one]).documents == (changed,)


def test_a_document_that_left_the_index_is_named_as_the_citation_told_it(tiny_library: Library) -> None:
    one = exchange(tiny_library)
    assert one.answer is not None
    citations = tuple(dataclasses.replace(c, document_id="gone.txt") for c in one.answer.citations)
    gone = dataclasses.replace(one, answer=dataclasses.replace(one.answer, citations=citations))
    whole = compose(tiny_library, [gone])
    (document,) = whole.documents
    assert (document.id, document.title, document.text_sha256) == ("gone.txt", citations[0].title, "")
    assert label("gone", "fr") in shown_text(render(whole, "html"), "html")


def test_a_format_is_told_by_the_suffix() -> None:
    assert [format_of(Path(name)) for name in ("a.MD", "a.markdown", "a.htm", "a.docx", "a.json")] == [
        "md", "md", "html", "docx", "json",
    ]  # fmt: skip
    assert set(MEDIA_TYPES) == set(FORMATS)
    with pytest.raises(BadUsage, match=r"end it with \.md, \.html, \.docx, \.json"):
        format_of(Path("a.pdf"))


def test_a_dossier_of_nothing_or_in_no_format_is_refused(tiny_library: Library, dossier: Dossier) -> None:
    with pytest.raises(DossierError, match="no question"):
        compose(tiny_library, [])
    with pytest.raises(BadUsage, match="cannot be written as 'pdf'"):
        render(dossier, "pdf")
    with pytest.raises(DossierError, match="cannot write the dossier"):
        save(dossier, Path("nowhere") / "d.md")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is no dossier"),
        (b"\xff\xfe", "is no dossier"),
        (b"[]", "is no dossier"),
        (b"{}", "is no dossier"),
        (b'{"communique_dossier": 2}', "format 2, this one reads 1"),
        (b'{"communique_dossier": 1}', "damaged"),
        (b"[" * 100_000, "is no dossier"),
        (b"<!-- communique-dossier x\n{", "cut short"),
        (b'<pre id="communique-dossier">{}</pre>', "is no dossier"),
        (b"PK\x03\x04", "cannot be read"),
    ],
)
def test_what_is_no_dossier_is_one_sentence(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "d.json"
    path.write_bytes(content)
    with pytest.raises(DossierError, match=what) as caught:
        read_dossier(path)
    assert "\n" not in str(caught.value)
    with pytest.raises(DossierError, match="cannot read the dossier"):
        read_dossier(tmp_path / "nowhere.json")


def test_a_word_document_without_data_is_no_dossier(tmp_path: Path) -> None:
    docx.Document().save(str(tmp_path / "d.docx"))
    with pytest.raises(DossierError, match="lost its data"):
        read_dossier(tmp_path / "d.docx")


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.7, 0.98])
def test_a_dossier_cut_short_is_told(dossier: Dossier, tmp_path: Path, format: str, share: float) -> None:
    path = written(dossier, tmp_path / f"d.{format}")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(DossierError):
        read_dossier(path)


def test_a_word_processor_may_split_its_runs(dossier: Dossier, tmp_path: Path) -> None:
    path = written(dossier, tmp_path / "d.docx")
    document = docx.Document(str(path))
    for paragraph in document.paragraphs:
        if len(paragraph.runs) == 1:
            run = paragraph.runs[0]
            text, run.text = run.text, run.text[:3]
            paragraph.add_run(text[3:])
    document.save(str(path))
    assert max(len(paragraph.runs) for paragraph in docx.Document(str(path)).paragraphs) > 1
    assert read_dossier(path).unaltered is True
