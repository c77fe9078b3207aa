"""Markdown kept letter for letter with its headings, and what a person reads on a web page."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from rag.config import Config
from rag.errors import Unreadable
from rag.read import read_file
from rag.read.markdown import find_headings
from rag.schema import Document, Heading


def read(tmp_path: Path, text: str | bytes, name: str) -> Document:
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    (document,) = read_file(path, tmp_path, Config())
    return document


def headings_of(document: Document) -> list[tuple[str, int]]:
    return [(document.text[heading.start : heading.end], heading.level) for heading in document.headings]


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html lang='fr-BE'><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"


# Markdown


def test_front_matter_is_read_and_cut_off(tmp_path: Path) -> None:
    front = "---\ntitle: L’atelier « couture »\nlang: fr-CH\ndate: 2024-03-05\npublisher: Maison du Fil\n---\n"
    body = "\n# Un autre titre\n\nTexte *gras*.  \nSuite.\n"
    document = read(tmp_path, front + body, "atelier.md")
    start = body.index("Un autre")
    assert document == Document(
        "atelier.md", "L’atelier « couture »", "fr", "2024-03-05", "Maison du Fil", body,
        headings=(Heading(start, start + 14, 1),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("date: 2024-03-05T10:20:00Z", "2024-03-05"),
        ("date: 5 mars 2024", "2024-03-05"),
        ("date: 2024", "2024"),
        ("Date: '2024-03'", "2024-03"),
        ("published: March 5, 2024", "2024-03-05"),
        ("date: bientôt", "2023-01-02"),
        ("date: [1, 2]", "2023-01-02"),
    ],
)
def test_dates_of_front_matter_in_figures_and_words(tmp_path: Path, line: str, date: str) -> None:
    assert read(tmp_path, f"---\n{line}\n---\nLens, 2 janvier 2023 – Texte.", "a.md").date == date


@pytest.mark.parametrize(
    ("value", "language"),
    [("no", "no"), ("pt-BR", "pt"), ("FR_fr", "fr"), ("français", ""), ("und", ""), ("12", ""), ("[fr, de]", "")],
)
def test_only_a_tag_is_a_language(tmp_path: Path, value: str, language: str) -> None:
    assert read(tmp_path, f"---\nlanguage: {value}\n---\nTexte.", "a.md").language == language


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: [sans fin\n---\n",
        "---\n- une liste\n- pas de champs\n---\n",
        "---\n!!python/object/apply:os.system ['true']\n---\n",
        "---\ndate: 2024-99-99\n---\n",
        "---\nUn simple trait, puis du texte.\n---\n",
        "---\ntitle: jamais fermé\n",
    ],
)
def test_front_matter_that_is_none_stays_in_the_text(tmp_path: Path, front: str) -> None:
    assert read(tmp_path, front + "Texte.", "a.md").text == front + "Texte."


def test_headings_of_both_kinds_but_not_those_inside_code() -> None:
    text = (
        "# **Un** #\n\n   ## Deux ##\n####### non\n#non\n\nTrois\n=====\n\nQuatre *fin*\n---\n\n"
        "```sh\n# code\n```\n~~~\n## code\n```\n~~~\n- liste\n---\n\n# \n### Cinq#\n"
    )
    found = [(text[heading.start : heading.end], heading.level) for heading in find_headings(text)]
    assert found == [("Un", 1), ("Deux", 2), ("Trois", 1), ("Quatre *fin", 2), ("Cinq#", 3)]


def test_a_heading_gives_the_title_unless_it_only_names_the_kind(tmp_path: Path) -> None:
    assert (
        read(tmp_path, "Chapeau.\n\n# Communiqué de presse\n\n## Le moulin rouvre\n", "a.md").title
        == "Le moulin rouvre"
    )
    assert read(tmp_path, "Le moulin\n\nTexte.", "a.md").title == "Le moulin"


# HTML


def test_a_page_becomes_its_readable_text(tmp_path: Path) -> None:
    body = """
    <header><a href="/">Accueil</a></header><nav>Menu</nav><aside>Publicité</aside>
    <h1>Le <em>moulin</em><br>rouvre</h1>
    Texte nu, <b>gras</b>sement&nbsp;écrit &laquo;&#8239;ici&#8239;&raquo;
    <p>Première ligne<br>  seconde   ligne<!-- rien --> et fin &lt;b&gt;</p>queue
    <ul><li>un<li><p>deux</p><p>suite</p><ul><li>deux bis</li></ul></li></ul>
    <table><caption>Prix</caption><tr><th>An<th>Somme</tr><tr><td><p>2023</p></td><td>5&nbsp;€<br>net</td></tr></table>
    <pre>  a
    b</pre>
    <p hidden>caché</p><p style="color:red; display : none">caché</p><div aria-hidden="true">caché</div>
    <script>var x = "<p>non</p>";</script><style>p{}</style><noscript>non</noscript><template>non</template>
    <form><label>Nom</label><input value="non"><select><option>non</option></select><button>non</button></form>
    <footer>Pied</footer>"""
    document = read(tmp_path, page(body), "moulin.html")
    assert document.text == (
        "Le moulin rouvre\n\nTexte nu, grassement\xa0écrit «\u202fici\u202f»\n\n"
        "Première ligne\nseconde ligne et fin <b>\n\nqueue\n\n- un\n- deux\nsuite\n- deux bis\n\n"
        "Prix\nAn | Somme\n2023 | 5\xa0€ net\n\n  a\n    b\n\nNom"
    )
    assert headings_of(document) == [("Le moulin rouvre", 1)]
    assert document.language == "fr"


def test_main_stands_for_the_page_where_it_holds_most_of_it(tmp_path: Path) -> None:
    long = "Une phrase assez longue pour compter. " * 4
    body = f"<div>Bandeau</div><main><header><h1>Titre</h1></header><p>{long}</p><footer>x</footer></main><p>Voir</p>"
    assert read(tmp_path, page(body), "a.html").text == f"Titre\n\n{long.strip()}"
    both = f"<article><p>Un.</p></article><article><p>Deux.</p></article><p>{long}</p>"
    assert read(tmp_path, page(both), "a.html").text == f"Un.\n\nDeux.\n\n{long.strip()}"


def test_a_row_of_forty_thousand_cells_takes_no_time(tmp_path: Path) -> None:
    started = time.perf_counter()
    text = read(tmp_path, page("<table><tr>" + "<td>x" * 40_000 + "</table>"), "a.html").text
    assert text == " | ".join(["x"] * 40_000)
    assert time.perf_counter() - started < 5


def test_tables_that_lay_out_a_page_keep_their_paragraphs(tmp_path: Path) -> None:
    body = "<table><tr><td><h2>Lettre</h2><p>Un.</p><p>Deux.</p></td><td>Marge</td></tr></table>"
    document = read(tmp_path, page(body), "a.html")
    assert document.text == "Lettre\n\nUn.\n\nDeux.\n\nMarge"
    assert headings_of(document) == [("Lettre", 2)]


@pytest.mark.parametrize(
    ("head", "h1", "title"),
    [
        ("<title>Le moulin rouvre | Ville de Brume</title>", "Le moulin rouvre enfin", "Le moulin rouvre enfin"),
        ("<title>Le moulin rouvre – Ville de Brume</title>", "", "Le moulin rouvre"),
        ("<title>\n Le moulin &amp; le pont </title>", "Autre", "Le moulin & le pont"),
        ("", "Le moulin", "Le moulin"),
        ("", "", "Un texte."),
    ],
)
def test_the_title_of_a_page(tmp_path: Path, head: str, h1: str, title: str) -> None:
    body = f"<h1>{h1}</h1><p>Un texte.</p>" if h1 else "<p>Un texte.</p>"
    assert read(tmp_path, page(body, head), "a.html").title == title


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ('<meta property="article:published_time" content="2024-03-05T09:00:00+01:00">', "2024-03-05"),
        ('<meta name="DCTERMS.date" content="2024-03">', "2024-03"),
        ('<meta name="date" content="5 mars 2024">', "2024-03-05"),
        ('<script type="application/ld+json">{"datePublished": "2024-03-05T10:00"}</script>', "2024-03-05"),
        ('<meta property="article:modified_time" content="2024-03-05">', "2024-05-06"),
        ("", "2024-05-06"),
    ],
)
def test_the_date_of_a_page(tmp_path: Path, head: str, date: str) -> None:
    body = '<p>Metz, 1er mai 2023 – Texte, revu <time datetime="2024-05-06">hier</time>.</p>'
    assert read(tmp_path, page(body, head), "a.html").date == date


def test_the_date_in_the_text_counts_where_the_page_declares_none(tmp_path: Path) -> None:
    assert read(tmp_path, page("<p>Metz, 1er mai 2023 – Texte.</p>"), "a.htm").date == "2023-05-01"


@pytest.mark.parametrize(
    ("head", "source"),
    [
        ('<meta property="og:site_name" content="Le Phare"><meta name="author" content="Ida Klee">', "Ida Klee"),
        ('<meta property="og:site_name" content="Le Phare">', "Le Phare"),
        ("", None),
    ],
)
def test_the_source_of_a_page(tmp_path: Path, head: str, source: str | None) -> None:
    assert read(tmp_path, page("<p>Texte.</p>", head), "a.html").source == source


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        ("Ель", "cp1251", "windows-1251"),
        ("žluť", "iso8859_2", "ISO-8859-2"),
        ("l’œuvre", "cp1252", "iso-8859-1"),
        ("ποτέ", "cp1253", "windows-1253"),
        ("l’été", "utf-8", "iso-8859-1"),
        ("秋天", "gb18030", "gb2312"),
    ],
)
def test_the_declared_encoding_counts(tmp_path: Path, text: str, encoding: str, declared: str) -> None:
    raw = f"<html><head><meta http-equiv=Content-Type content='text/html; charset={declared}'></head><p>{text}</p>"
    assert read(tmp_path, raw.encode(encoding), "a.html").text == text


@pytest.mark.parametrize("declared", ["utf-16", "unicode_escape", "rot13", "zip", "x-unknown", "utf-7"])
def test_a_false_declaration_does_no_harm(tmp_path: Path, declared: str) -> None:
    raw = f"<meta charset={declared}><p>L'été \\d à Genève +ADw-</p>"
    assert read(tmp_path, raw.encode("cp1252"), "a.html").text == "L'été \\d à Genève +ADw-"


def test_tags_that_are_never_closed_lose_nothing(tmp_path: Path) -> None:
    body = "<p>début</p>" + "<font>mot " * 600 + "<p>fin</p>"
    assert read(tmp_path, page(body), "a.html").text == "début\n\n" + " ".join(["mot"] * 600) + "\n\nfin"
    with pytest.raises(Unreadable, match="too deep"):
        read(tmp_path, page("<div>" * 600 + "fond"), "a.html")


def test_no_entity_grows_and_no_file_is_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mot de passe")
    entities = f"<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'><!ENTITY x SYSTEM '{secret.as_uri()}'>"
    raw = f"<!DOCTYPE html [{entities}]><html><body><p>un &b; deux &x;</p></body></html>"
    text = read(tmp_path, raw, "a.html").text
    assert text.endswith("un &b; deux &x;")
    assert "mot de passe" not in text
    assert "aaaaaaaa" not in text


def test_a_page_without_words_is_reported(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no text in it"):
        read(tmp_path, page("<img src='a.png'><nav>Menu</nav>"), "a.html")


@pytest.mark.parametrize("value", ["0x" + "F" * 5000, ":".join(["1"] + ["59"] * 3000)])
def test_a_number_python_will_not_write_is_no_title(tmp_path: Path, value: str) -> None:
    text = f"---\ntitle: {value}\ndate: 2024-03-05\n---\nLe pont est fermé.\n"
    document = read(tmp_path, text, "pont.md")
    assert document.text.strip().endswith("Le pont est fermé.")
