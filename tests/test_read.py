"""Finding files, choosing the reader, ids, .txt in every encoding, .jsonl, and the reasons a file is not read."""

from __future__ import annotations

import codecs
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.config import Config
from rag.errors import CorpusError, Unreadable
from rag.read import SUFFIXES, find_files, read_file
from rag.schema import Document

CONFIG = Config()
FRENCH = "Où l'été s'achève, le maçon naïf reçoit « l'aîné » : là-bas, près du cœur de la forêt, ça brûle."
LANGUAGES = {
    "fr": (FRENCH, ("cp1252", "iso8859_15", "mac_roman")),
    "de": (
        "Für die Prüfung der Bäume genügt ein größerer Schlüssel, sagt der Förster.",
        ("cp1252", "mac_roman", "cp850"),
    ),
    "es": ("Según la señora Núñez, el año próximo habrá más árboles en la montaña.", ("cp1252",)),
    "pl": ("Żółte łódki świecą nad jeziorem, a dzieci piszą w zeszytach to, co usłyszały.", ("cp1250", "iso8859_2")),
    "cs": ("Příliš žluťoučký kůň se prohání po louce a ďáblův mlýn stojí na břehu.", ("cp1250", "iso8859_2")),
    "hu": ("Az őszi erdőben hűvös szél fúj, és a gyerekek gyűjtik a színes leveleket.", ("cp1250", "iso8859_2")),
    "ru": ("Осенью в лесу тихо, и дети собирают жёлтые листья под старой берёзой.", ("cp1251", "koi8_r", "cp866")),
    "uk": ("Восени в лісі тихо, і діти збирають жовте листя, а їхня вчителька читає.", ("cp1251", "koi8_u")),
    "bg": ("През есента в гората е тихо и децата събират жълти листа под старото дърво.", ("cp1251",)),
    "el": ("Το φθινόπωρο στο δάσος είναι ήσυχα και τα παιδιά μαζεύουν κίτρινα φύλλα.", ("cp1253", "iso8859_7")),
    "lt": ("Rudenį miške tylu, o vaikai renka geltonus lapus po senu ąžuolu prie ežero.", ("cp1257",)),
    "lv": ("Rudenī mežā ir klusu, un bērni vāc dzeltenas lapas zem vecā ozola pie ezera.", ("cp1257",)),
    "tr": ("Sonbaharda orman sessizdir ve çocuklar yaşlı ağacın altında sarı yaprak toplar.", ("cp1254",)),
    "ar": ("في الخريف تكون الغابة هادئة ويجمع الأطفال الأوراق الصفراء تحت الشجرة القديمة", ("cp1256",)),
}
ENCODED = [(text, encoding) for text, encodings in LANGUAGES.values() for encoding in encodings]


def read_all(path: Path, root: Path, problems: list[Unreadable] | None = None) -> list[Document]:
    return list(read_file(path, root, CONFIG, problems))


def read_bytes(tmp_path: Path, data: bytes, name: str = "note.txt") -> Document:
    path = tmp_path / name
    path.write_bytes(data)
    (document,) = read_all(path, tmp_path)
    return document


def reason_for(tmp_path: Path, data: bytes, name: str = "note.txt") -> str:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(Unreadable) as caught:
        read_all(path, tmp_path)
    assert caught.value.path == str(path)
    return caught.value.reason


def test_the_suffixes_are_those_of_the_house() -> None:
    assert set(SUFFIXES) == {".txt", ".md", ".html", ".htm", ".pdf", ".docx", ".odt", ".eml", ".csv", ".tsv", ".jsonl"}


def test_files_come_in_the_order_of_their_paths_and_hidden_ones_stay_out(tmp_path: Path) -> None:
    names = ["b.txt", "a/z.md", "a/été/x.txt", "a.txt", "photo.jpg"]
    for name in [*names, ".git/config", ".cache.txt", "a/.x.md", "~$b.docx"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found = [path.relative_to(tmp_path).as_posix() for path in find_files(tmp_path)]
    assert found == ["a.txt", "a/z.md", "a/été/x.txt", "b.txt", "photo.jpg"]


def test_one_file_is_a_corpus_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "lettre ouverte.txt"
    path.write_text("Bonjour à tous.")
    assert find_files(path) == [path]
    assert [document.id for document in read_all(path, path)] == ["lettre ouverte.txt"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="nulle-part"):
        find_files(tmp_path / "nulle-part")


def test_linked_folders_are_walked_once_and_loops_end(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.txt").write_text("x")
    (tmp_path / "a" / "boucle").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "lien").symlink_to(tmp_path / "a", target_is_directory=True)
    (tmp_path / "seul.txt").symlink_to(tmp_path / "a" / "x.txt")
    assert [path.relative_to(tmp_path).as_posix() for path in find_files(tmp_path)] == ["a/x.txt", "seul.txt"]


def test_a_file_that_may_not_be_looked_at_is_no_fault_of_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder that may be listed and not entered, as chmod 444 leaves it; root may enter it."""
    (tmp_path / "a.txt").write_text("Le maire.")
    monkeypatch.setattr(Path, "is_dir", lambda path: path == tmp_path or refuse())
    monkeypatch.setattr(Path, "is_file", lambda path: refuse())

    def refuse() -> bool:
        raise PermissionError(13, "Permission denied")

    (path,) = find_files(tmp_path)
    with pytest.raises(Unreadable, match=r"cannot be opened \(Permission denied\): check its permissions"):
        read_all(path, tmp_path)


@pytest.mark.parametrize(
    "name", ["été.txt", unicodedata.normalize("NFD", "été.txt"), "письмо 📬.txt", "信.TXT", "a'b\"c.txt"]
)
def test_names_in_any_script_become_ids(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "lettres reçues"
    folder.mkdir()
    (folder / name).write_text("Bonjour.", encoding="utf-8")
    (path,) = find_files(tmp_path)
    assert [document.id for document in read_all(path, tmp_path)] == [f"lettres reçues/{name}"]


def test_a_name_that_is_no_text_is_reported(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/note-\xe9.txt"
    Path(os.fsdecode(name)).write_text("Bonjour.")
    (path,) = find_files(tmp_path)
    with pytest.raises(Unreadable, match="rename it") as caught:
        read_all(path, tmp_path)
    assert str(caught.value).encode("utf-8")


def test_a_file_outside_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="does not lie under"):
        read_all(tmp_path / "a.txt", tmp_path / "b")


def test_the_text_is_kept_letter_for_letter(tmp_path: Path) -> None:
    text = "  Un\u00a0: de\u0301ja\u0300 vu\t\n\n\n«\u202fﬁn\u202f»\u2028suite\n"
    assert read_bytes(tmp_path, text.encode("utf-8")).text == text
    assert read_bytes(tmp_path, codecs.BOM_UTF8 + b"a\r\nb\rc\n").text == "a\nb\nc\n"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\x00", exclude_categories=["Cc"])))
def test_any_text_is_read_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "note.txt"
    path.write_bytes(("Titre.\n" + text).encode("utf-8"))
    ((document),) = read_all(path, path)
    assert document.text == "Titre.\n" + text


@pytest.mark.parametrize(("text", "encoding"), ENCODED, ids=[f"{encoding}-{text[:8]}" for text, encoding in ENCODED])
def test_older_encodings_are_recognised(tmp_path: Path, text: str, encoding: str) -> None:
    assert read_bytes(tmp_path, text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_recognised_with_and_without_its_mark(tmp_path: Path, encoding: str) -> None:
    assert read_bytes(tmp_path, f"{FRENCH}\r\nFin.".encode(encoding)).text == f"{FRENCH}\nFin."


def test_what_no_european_encoding_explains_is_left_to_the_detector(tmp_path: Path) -> None:
    text = "秋天的森林很安静，孩子们在老树下捡黄色的叶子，然后他们一起回家吃晚饭。" * 4
    assert read_bytes(tmp_path, text.encode("gb18030")).text == text


def test_a_cut_in_the_middle_of_a_letter_loses_that_letter_only(tmp_path: Path) -> None:
    data = (FRENCH * 3 + "é").encode("utf-8")[:-1]
    assert read_bytes(tmp_path, data).text == FRENCH * 3 + "\ufffd"


def test_form_feeds_give_pages(tmp_path: Path) -> None:
    document = read_bytes(tmp_path, b"Un.\n\fDeux.\n\fTrois.")
    assert document.pages == (0, 5, 12)
    assert [document.page_at(document.text.index(word)) for word in ("Un", "Deux", "Trois")] == [1, 2, 3]
    assert read_bytes(tmp_path, b"Sans page.").pages == ()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("\n\n## COMMUNIQUÉ\n\nPour diffusion immédiate\n\n**Le *pacte* du port**\n\nTexte.", "Le pacte du port"),
        ("Metz, le 5 mars 2024\n\nLes ponts rouvrent :\nTexte.", "Les ponts rouvrent"),
        ("***\nVoir [la charte](http://x.example)\n", "Voir la charte"),
        ("Un premier alinéa " + "très long " * 20 + "\nCourt", "note"),
    ],
)
def test_the_first_line_that_says_something_is_the_title(tmp_path: Path, text: str, title: str) -> None:
    assert read_bytes(tmp_path, text.encode()).title == title


def test_a_plain_text_has_a_date_but_no_language_source_or_headings(tmp_path: Path) -> None:
    document = read_bytes(tmp_path, "## Titre\n\nMetz, 5 mars 2024 – Texte.".encode())
    assert document == Document(
        "note.txt", "Titre", "", "2024-03-05", None, "## Titre\n\nMetz, 5 mars 2024 – Texte.", (), ()
    )


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_file_is_reported_whatever_its_format(tmp_path: Path, suffix: str) -> None:
    assert "it is empty" in reason_for(tmp_path, b"", f"vide{suffix}")


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b" \n\t\n", "a.txt", "there is no text in it"),
        (b"---\ntitle: Rien\n---\n", "a.md", "there is no text in it"),
        (b"abc\x00def", "a.txt", "bytes that are not text"),
        (bytes(range(256)) * 4, "a.txt", "bytes that are not text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a.md", "bytes that are not text"),
        (b"\xff\xfe\x00\xd8", "a.txt", "save it again as UTF-8"),
        (b"x", "a.xlsx", "its format is unknown"),
        (b"x", "sans-suffixe", "its format is unknown"),
    ],
)
def test_the_reason_says_what_is_wrong(tmp_path: Path, data: bytes, name: str, reason: str) -> None:
    assert reason in reason_for(tmp_path, data, name)


def test_a_large_file_is_left_out_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"mot " * 262_144)
    assert read_all(path, tmp_path)[0].text == "mot " * 262_144
    path.write_bytes(b"mot " * 262_144 + b".")
    with pytest.raises(Unreadable, match=r"larger than 1 MB.*max_file_mb"):
        list(read_file(path, tmp_path, Config(max_file_mb=1)))


def test_a_file_that_vanished_is_reported(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no longer there"):
        read_all(tmp_path / "parti.txt", tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("x")
    path.chmod(0)
    with pytest.raises(Unreadable, match="permissions"):
        read_all(path, tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tuyau.txt")
    (path,) = find_files(tmp_path)
    with pytest.raises(Unreadable, match="not a plain file"):
        read_all(path, tmp_path)


LINES = """{"id": "a-1", "title": "Le pont", "language": "fr-FR", "date": "5 mars 2024", "source": "Ici", "text": "Un."}

{"text": "Deux.\\r\\nTrois é."}
{"id": 7, "language": null, "text": "Quatre."}
"""


def test_each_line_of_a_jsonl_is_a_document(tmp_path: Path) -> None:
    path = tmp_path / "sous" / "lot.jsonl"
    path.parent.mkdir()
    path.write_text(LINES, encoding="utf-8")
    problems: list[Unreadable] = []
    assert read_all(path, tmp_path, problems) == [
        Document("a-1", "Le pont", "fr", "2024-03-05", "Ici", "Un."),
        Document("sous/lot.jsonl#3", "Deux.", "", None, None, "Deux.\r\nTrois é."),
        Document("7", "Quatre.", "", None, None, "Quatre."),
    ]
    assert problems == []


BAD_LINES = {
    '{"text": "coupé': "line 2: it is not JSON",
    "[1, 2]": "line 2: it must be an object",
    '{"id": "b"}': "line 2: the field text is missing",
    '{"text": 3}': "line 2: the field text is missing or not a string",
    '{"text": "x", "title": 3}': "line 2: the field title must be a string",
    '{"text": "x", "id": [1]}': "line 2: the field id must be a string",
    '{"text": "  "}': "line 2: there is no text in it",
    '{"text": "x \\ud800"}': "line 2: its text or id holds half characters",
    '{"id": "\\udfff", "text": "x"}': "line 2: its text or id holds half characters",
    '{"id": "a", "text": "double"}': "line 2: the id 'a' is already that of line 1",
    "[" * 100_000: "line 2: it is not JSON",
    '{"text": "x", "n": ' + "9" * 5000 + "}": "line 2: it is not JSON",
}


@pytest.mark.parametrize(("line", "reason"), BAD_LINES.items(), ids=range(len(BAD_LINES)))
def test_a_bad_line_is_reported_and_the_good_ones_stay(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "lot.jsonl"
    path.write_text('{"id": "a", "text": "Un."}\n' + line + '\n{"id": "c", "text": "Trois."}\n')
    problems: list[Unreadable] = []
    assert [document.id for document in read_all(path, tmp_path, problems)] == ["a", "c"]
    assert [problem.reason.startswith(reason) for problem in problems] == [True]
    with pytest.raises(Unreadable, match="line 2"):
        read_all(path, tmp_path)


def test_a_jsonl_of_empty_lines_is_empty(tmp_path: Path) -> None:
    assert "it is empty" in reason_for(tmp_path, b"\n\n", "lot.jsonl")
