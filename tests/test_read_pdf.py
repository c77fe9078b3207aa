"""PDF files: whole paragraphs, page offsets, running lines, properties, and why a file cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.config import Config
from rag.errors import Unreadable
from rag.read import read_file
from rag.read.pdf_lines import Line, join_pages, without_running_lines
from rag.schema import Document


def make_pdf(*pages: str, title: str = "", created: str = "", extra: bytes = b"") -> bytes:
    """A PDF whose pages hold the given lines, 14 points apart; an empty line makes a gap, ``> `` starts at the right.

    A line may begin with ``[24]``: the size of its letters. Letters are in WinAnsi; ``extra`` goes into the trailer.
    """
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", font]
    kids = []
    for page in pages:
        stream = b"".join(_show(line, 780 - 14 * place) for place, line in enumerate(page.split("\n")) if line)
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
            % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    objects.append(b"<</Title(%s)/CreationDate(%s)>>" % (title.encode("cp1252"), created.encode()))
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"<</Size %d/Root 1 0 R/Info %d 0 R%s>>" % (len(objects) + 1, len(objects), extra)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return body + head + table + b"trailer" + trailer + b"\nstartxref\n%d\n%%%%EOF" % len(body)


def _show(line: str, height: int) -> bytes:
    left = 400 if line.startswith("> ") else 72
    size, line = (int(line[1:3]), line[4:]) if line.startswith("[") else (12, line.removeprefix("> "))
    letters = line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"BT /F1 %d Tf %d %d Td (%s) Tj ET\n" % (size, left, height, letters)


def read(tmp_path: Path, data: bytes, name: str = "note.pdf") -> Document:
    path = tmp_path / name
    path.write_bytes(data)
    (document,) = read_file(path, tmp_path, Config())
    return document


def test_lines_broken_at_the_margin_are_whole_sentences_and_pages_keep_their_place(tmp_path: Path) -> None:
    one = (
        "[20]La fanfare de Brumeval joue à l'aéroport\n\n\n"
        "Brumeval, le 5 mars 2024 – Vingt-six musiciens accueilleront les voyageurs chaque\n"
        "vendredi soir. Leur cheffe, Élodie Garçonnet, a choisi une valse et deux marches.\n\n"
        "Le premier concert dure une heure."
    )
    two = "La halle B ouvrira dès sept heures du matin, à la demande des commerçants du quartier\nvoisin."
    document = read(tmp_path, make_pdf(one, two))
    first = (
        "La fanfare de Brumeval joue à l'aéroport\n\n"
        "Brumeval, le 5 mars 2024 – Vingt-six musiciens accueilleront les voyageurs chaque vendredi soir. "
        "Leur cheffe, Élodie Garçonnet, a choisi une valse et deux marches.\n\n"
        "Le premier concert dure une heure.\n\n"
    )
    assert document.text == (
        first + "La halle B ouvrira dès sept heures du matin, à la demande des commerçants du quartier voisin."
    )
    assert document.pages == (0, len(first))
    places = [document.text.index(word) for word in ("fanfare", "heure.", "halle", "voisin")]
    assert [document.page_at(place) for place in places] == [1, 1, 2, 2]
    assert (document.title, document.date) == ("La fanfare de Brumeval joue à l'aéroport", "2024-03-05")


def test_a_sentence_that_runs_over_two_pages_is_whole(tmp_path: Path) -> None:
    full = "Les vingt-sept jardiniers de la ville ont planté cette année onze mille bulbes de tulipes"
    document = read(tmp_path, make_pdf(f"{full}\n{full}", "jaunes le long du canal."))
    assert document.text == f"{full} {full} jaunes le long du canal."
    assert document.text[document.pages[1] :] == "jaunes le long du canal."


def test_a_page_without_text_keeps_the_count(tmp_path: Path) -> None:
    document = read(tmp_path, make_pdf("Première page.", "", "Troisième page."))
    assert document.text == "Première page.\n\nTroisième page."
    assert document.pages == (0, 16, 16)
    assert document.page_at(16) == 3


def test_words_broken_by_a_hyphen_are_whole(tmp_path: Path) -> None:
    lines = (
        "La directrice a présenté aux habitants du quartier un plan de mobilité pour les coor-\n"
        "dinations locales. Les élus de la commune voisine demandent aussi, et depuis très long-\n"
        "temps, un arrêt de bus près du collège. Pourquoi la mairie attend-elle encore, disait-\n"
        "on hier ? La réponse viendra de Saint-Aubin et de ses onze conseillers, puis de Saint-\n"
        "Brieuc, où siège le syndicat des transports de toute la région de l'ouest du pays."
    )
    text = read(tmp_path, make_pdf(lines)).text
    assert "les coordinations locales" in text
    assert "très longtemps, un" in text
    assert "disait-on hier" in text
    assert "puis de Saint-Brieuc, où" in text
    assert "\n" not in text


def test_deliberate_breaks_and_lists_stay(tmp_path: Path) -> None:
    page = (
        "Les ateliers de l'été proposent aux enfants du canton trois activités de plein air :\n"
        "• la voile ;\n"
        "• la botanique, avec un herbier que chaque enfant de l'atelier emportera à la maison\n"
        "en septembre ;\n"
        "Maison des jeunes\n"
        "12, rue des Saules"
    )
    assert read(tmp_path, make_pdf(page)).text == (
        "Les ateliers de l'été proposent aux enfants du canton trois activités de plein air :\n"
        "• la voile ;\n"
        "• la botanique, avec un herbier que chaque enfant de l'atelier emportera à la maison en septembre ;\n\n"
        "Maison des jeunes\n"
        "12, rue des Saules"
    )


def test_running_heads_and_page_numbers_are_left_out(tmp_path: Path) -> None:
    pages = [f"Revue du Canal – n° 7\n\n\nLe sujet {word} est traité.\n\n\nPage {number} sur 4" for number, word in
             enumerate(("un", "deux", "trois", "quatre"), start=1)]  # fmt: skip
    assert read(tmp_path, make_pdf(*pages)).text == "\n\n".join(
        f"Le sujet {word} est traité." for word in ("un", "deux", "trois", "quatre")
    )


def test_a_figure_alone_at_the_top_is_text_unless_it_counts_the_pages() -> None:
    def lines(*words: str) -> list[Line]:
        return [Line(word, 72, 200, 800 - 20 * place, 790 - 20 * place) for place, word in enumerate(words)]

    chapters = [lines("Chapitre 3", "Les ponts."), lines("Chapitre 7", "Les gués."), lines("Fin", "Index.")]
    assert without_running_lines(chapters) == chapters
    numbered = [lines("Les ponts.", "12"), lines("Les gués.", "13"), lines("Les bacs.", "14")]
    assert [[line.text for line in page] for page in without_running_lines(numbered)] == [
        ["Les ponts."],
        ["Les gués."],
        ["Les bacs."],
    ]


def test_lines_without_boxes_are_joined_by_their_punctuation() -> None:
    pages = [[Line("Une phrase qui"), Line("continue."), Line("Une autre.")]]
    assert join_pages(pages) == ("Une phrase qui continue.\nUne autre.", (0,))
    assert join_pages([]) == ("", ())


def test_ligatures_and_control_characters_become_plain_letters() -> None:
    text, _ = join_pages([[Line("La \ufb01n du con\ufb02it\x07 \uf0b7  est proche")]])
    assert text == "La fin du conflit • est proche"


def test_properties_give_title_and_date_when_they_say_something(tmp_path: Path) -> None:
    body = "Une note sans date ni titre " + "mais avec beaucoup de mots " * 6
    document = read(tmp_path, make_pdf(body, title="Étude des berges", created="D:20230918101500+02'00'"))
    assert (document.title, document.date) == ("Étude des berges", "2023-09-18")
    for nothing in ("Microsoft Word - note_v2.docx", "(anonymous)", "untitled", "unspecified"):
        document = read(tmp_path, make_pdf(body, title=nothing), "berges.pdf")
        assert (document.title, document.date) == ("berges", None)


def test_pictures_of_pages_ask_for_ocr(tmp_path: Path) -> None:
    data = make_pdf("x", "x").replace(b"(x) Tj", b"(  ) Tj")
    with pytest.raises(Unreadable, match=r"no text layer.*run OCR") as caught:
        read(tmp_path, data)
    assert caught.value.path == str(tmp_path / "note.pdf")


def test_a_locked_file_asks_for_its_password_to_be_removed(tmp_path: Path) -> None:
    secret = b"<" + b"ab" * 32 + b">"
    lock = b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/O %s/U %s/P -4>>" % (secret, secret)
    with pytest.raises(Unreadable, match="protected by a password"):
        read(tmp_path, make_pdf("secret", extra=lock))


@pytest.mark.parametrize("data", [b"%PDF-1.4\n", b"not a pdf at all", make_pdf("Bonjour")[:200]])
def test_a_damaged_file_says_so(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Unreadable, match="not a PDF that can be read"):
        read(tmp_path, data)
