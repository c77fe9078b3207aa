"""The chat through Streamlit's AppTest, on a small index of a few documents, one of them hostile."""

from __future__ import annotations

import json
import re
import shutil
import socket
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from conftest import write_corpus
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.testing.v1 import AppTest

from rag.answer import Asked, Reply
from rag.answer.extractive import ExtractiveModel
from rag.app.building import builder
from rag.app.inert import inert, inert_html, inert_markdown
from rag.app.reading import Opened, window
from rag.app.serve import SETTINGS, check_port, flags, serve
from rag.app.welcome import examples
from rag.app.wording import LANGUAGES, catalogue, example_phrases
from rag.ask import ask as walk
from rag.build import build
from rag.config import Config
from rag.errors import BadUsage
from rag.library import Library, open_library
from rag.schema import Answer
from rag.store.conversations import open_conversations
from rag.text.phrases import phrase_languages

SCRIPT = Path(__file__).parent.parent / "rag" / "app" / "script.py"
HOSTILE_TITLE = (
    "<script>alert(1)</script> ![img](http://evil.example/x.png) [go](http://evil.example) $\\frac{a}{b}$ \u202egnp.exe"
)
HOSTILE = (
    f"---\ntitle: '{HOSTILE_TITLE}'\ndate: 2023-05-06\nsource: '<img src=x onerror=alert(2)>'\n---\n\n"
    "The harbour master of Kvalnes is <b>Torvald Haugen</b>, ![p](http://evil.example/p.png) "
    "[he lives](javascript:alert(3)) in $E=mc^2$ street, \u202edesrever\u202c.\n\n<script>window.pwned = 1</script>\n"
)
DOCUMENTS = {
    "accueil.md": "---\ntitle: Le centre d'accueil de Brévannes\ndate: 2024-03-01\nsource: Mairie de Brévannes\n---\n\n"
    "Le centre de Brévannes ouvre ses portes le 3 mars 2024. Il compte quarante-deux lits pour les familles.\n",
    "train.md": "---\ntitle: The night train to Osterby\ndate: 2022-10-11\nsource: Coastal Railways\n---\n\n"
    "The night train leaves Osterby at 21:40 every evening. It reaches the coast by dawn.\n",
    "hafen.md": "---\ntitle: Der Hafen von Kielmünde\ndate: 2021\n---\n\n"
    "Der Hafen von Kielmünde wurde im Jahr 1887 gebaut. Heute legen dort sechs Fähren am Tag an.\n",
    "hostile.md": HOSTILE,
}
WAYS = ("words", "both", "meaning")
FRENCH = "Combien de lits compte le centre de Brévannes ?"
ENGLISH = "When does the night train leave Osterby?"


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Settings of an index of DOCUMENTS that never refuses of itself."""
    folder = tmp_path_factory.mktemp("app")
    settings = Config(index=folder / "index", strictness=0.0)
    build(write_corpus(folder / "corpus", DOCUMENTS), settings)
    return settings


@pytest.fixture
def start(config: Config, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Opens the page on the index, or with other settings, in the language given."""

    def run(settings: Config = config, locale: str = "fr-FR", cookie: str = "") -> AppTest:
        monkeypatch.setenv(SETTINGS, json.dumps(asdict(settings), default=str))
        monkeypatch.setattr("rag.app.choices.kept_cookie", lambda: cookie)  # AppTest has no cookies of its own
        app = AppTest.from_file(SCRIPT, default_timeout=60)
        app.context["locale"] = locale
        return app.run()

    return run


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that reach the walk, in order."""
    questions: list[str] = []

    def counted(library: Library, question: str, *rest: Any, **named: Any) -> Answer:
        questions.append(question)
        return walk(library, question, *rest, **named)

    monkeypatch.setattr("rag.app.conversation.ask", counted)
    return questions


def part(app: AppTest, name: str) -> dict[str, Any]:
    """The data of the only part of the page called ``name``."""
    (found,) = parts(app, name)
    return found


def parts(app: AppTest, name: str) -> list[dict[str, Any]]:
    """The data of every part of the page called ``name``, from the top."""
    protos = [element.proto for element in app.get("bidi_component")]
    return [json.loads(proto.json) for proto in protos if proto.component_name == f"communique_{name}"]


def said(sentence: dict[str, Any]) -> str:
    """The text of a sentence or a citation, its pieces one after the other."""
    return "".join(text for _, text in sentence["pieces"])


def pages(app: AppTest) -> str:
    """Every piece of HTML on the page, one after the other."""
    return "\n".join(element.proto.body for element in app.get("html") if "<style>" not in element.proto.body)


def ask(app: AppTest, question: str) -> AppTest:
    """Type a question."""
    return app.chat_input[0].set_value(question).run()


def test_a_french_question_is_answered_with_quotations_and_their_source(
    start: Callable[..., AppTest], config: Config
) -> None:
    app = ask(start(), FRENCH)
    answer = walk(open_library(config), FRENCH, ExtractiveModel())
    assert not app.exception
    assert not app.error
    reply = part(app, "reply")
    assert [said(sentence).strip("«» \u00a0\u202f") for sentence in reply["sentences"]] == [
        sentence.text for sentence in answer.sentences
    ]
    assert [tuple(sentence["markers"]) for sentence in reply["sentences"]] == [s.citations for s in answer.sentences]
    assert [citation["marker"] for citation in reply["citations"]] == [c.marker for c in answer.citations]
    assert reply["sentences"][0]["language"] == "fr"
    assert reply["citations"][0]["title"] == "Le centre d'accueil de Brévannes"
    assert reply["citations"][0]["facts"] == ["2024-03-01", "Mairie de Brévannes"]
    assert reply["lead"] == answer.lead
    assert FRENCH in unescape(pages(app))


def test_an_english_question_is_answered_in_an_english_page(start: Callable[..., AppTest]) -> None:
    app = ask(start(locale="en-GB"), ENGLISH)
    reply = part(app, "reply")
    assert "21:40" in said(reply["sentences"][0])
    assert reply["sources"] == catalogue()["en"]["sources"]
    assert "The documents answer this question" in pages(app)
    assert app.expander(key="why-0").label == "Why this answer?"


def test_the_language_of_a_quotation_is_named_when_it_is_not_the_askers(start: Callable[..., AppTest]) -> None:
    app = ask(start(), "En quelle année le port de Kielmünde (Hafen von Kielmünde) a-t-il été construit ?")
    german = [citation for citation in part(app, "reply")["citations"] if citation["language"] == "de"]
    assert german
    assert german[0]["facts"] == ["2021", "allemand"]


def test_a_refusal_names_the_nearest_passages(start: Callable[..., AppTest]) -> None:
    app = ask(start(locale="en-GB", cookie='{"strictness": 1.0}'), ENGLISH)
    assert not parts(app, "reply")
    assert 'class="desk-refusal"' in pages(app)
    assert "The documents do not answer this question." in pages(app)
    nearest, examined = parts(app, "hits")
    assert nearest["hits"][0]["title"] == "The night train to Osterby"
    assert len(nearest["hits"]) == 3
    assert nearest["heading"]
    assert examined["heading"] == ""
    details = examined["hits"][0]["details"]
    assert re.fullmatch(r"score \d\.\d\d .* words \d+%, meaning \d+% · characters \d+ to \d+", details)
    assert examined["hits"][0]["found"].split(" · ")[1] in {catalogue()["en"][f"found_{way}"] for way in WAYS}


def test_the_filters_narrow_the_search_and_are_shown_and_can_be_removed(start: Callable[..., AppTest]) -> None:
    app = start(locale="en-GB")
    app.multiselect(key="filter-language").set_value(["de", "fr"])
    app.date_input(key="filter-from").set_value(date(2021, 1, 1)).run()
    chips = [button.label for button in app.button if str(button.key).startswith("chip-")]
    assert [chip.replace("\\", "") for chip in chips] == ["in German", "in French", "from 2021-01-01"]
    ask(app, ENGLISH)
    found = {hit["title"] for hit in parts(app, "hits")[-1]["hits"]}
    assert found == {"Der Hafen von Kielmünde", "Le centre d'accueil de Brévannes"}
    assert "in German · in French · from 2021-01-01" in pages(app)
    app.button(key="chip-1").click().run()
    assert app.multiselect(key="filter-language").value == ["de"]
    app.button(key="clear-filters").click().run()
    assert app.multiselect(key="filter-language").value == []
    assert app.date_input(key="filter-from").value is None
    assert not [button for button in app.button if str(button.key).startswith("chip-")]


def test_filters_that_no_document_passes_refuse(start: Callable[..., AppTest]) -> None:
    app = start(locale="en-GB")
    app.multiselect(key="filter-language").set_value(["de"])
    app.multiselect(key="filter-source").set_value(["Coastal Railways"]).run()
    ask(app, ENGLISH)
    assert "No document matches" in unescape(pages(app))
    assert not parts(app, "hits")


def test_the_documents_are_listed_with_their_facts_and_one_can_be_searched_alone(start: Callable[..., AppTest]) -> None:
    app = start(locale="en-GB")
    app.button(key="open-sources").click().run()
    rows = part(app, "documents")["rows"]
    assert {row["title"]: row["cells"] for row in rows}["The night train to Osterby"] == [
        "2022-10-11", "English", "Coastal Railways", "",
    ]  # fmt: skip
    assert len(rows) == len(DOCUMENTS)
    app.session_state["opened"] = Opened("train.md", 0, 0, "", 1)
    app.run()
    app.button(key="only-here").click().run()
    assert app.multiselect(key="filter-document").value == ["train.md"]
    ask(app, FRENCH)
    assert {hit["title"] for hit in parts(app, "hits")[-1]["hits"]} == {"The night train to Osterby"}


def test_a_document_opens_beside_the_conversation_with_the_passage_marked(
    start: Callable[..., AppTest], config: Config
) -> None:
    text = open_library(config).passages.text("train.md")
    quote = "The night train leaves Osterby at 21:40 every evening."
    place = text.index(quote)
    app = start()
    assert not parts(app, "reading")
    app.session_state["opened"] = Opened("train.md", place, place + len(quote), quote, 1)
    reading = part(app.run(), "reading")
    assert reading["title"] == "The night train to Osterby"
    assert [words for kind, words in reading["pieces"] if kind == "mark"] == [quote]
    assert "".join(words for _, words in reading["pieces"]) == text
    assert reading["note"] == ""
    app.button(key="close").click().run()
    assert not parts(app, "reading")


def test_a_passage_that_has_moved_is_not_marked_and_a_lost_document_is_said(start: Callable[..., AppTest]) -> None:
    app = start()
    app.session_state["opened"] = Opened("train.md", 3, 9, "what stood there", 1)
    reading = part(app.run(), "reading")
    assert "mark" not in {kind for kind, _ in reading["pieces"]}
    assert reading["note"] == catalogue()["fr"]["moved"]
    app.session_state["opened"] = Opened("gone.md", 0, 0, "", 2)
    app.run()
    assert app.info[0].value == catalogue()["fr"]["gone"]


def test_a_long_document_is_shown_around_its_mark() -> None:
    assert window(29_999, (20_000, 20_100)) == (0, 29_999)
    assert window(100_000, (50_000, 50_100)) == (44_000, 56_100)
    assert window(100_000, (100, 200)) == (0, 6_200)
    assert window(100_000, (99_900, 99_950)) == (93_900, 100_000)
    assert window(100_000, (0, 0)) == (0, 12_000)


def test_a_hostile_document_stays_text(start: Callable[..., AppTest]) -> None:
    app = ask(start(locale="en-GB"), "Who is the harbour master of Kvalnes?")
    app.session_state["opened"] = Opened("hostile.md", 0, 0, "", 1)
    app.run()
    assert not app.exception
    title = HOSTILE_TITLE.replace("\u202e", "")
    assert title in {citation["title"] for citation in part(app, "reply")["citations"]}
    assert "<b>Torvald Haugen</b>" in said(part(app, "reply")["sentences"][0])
    assert part(app, "reading")["title"] == title
    app.button(key="open-sources").click().run()
    assert title in [row["title"] for row in part(app, "documents")["rows"]]
    everything = json.dumps([json.loads(element.proto.json) for element in app.get("bidi_component")])
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", json.dumps(json.loads(everything), ensure_ascii=False))
    # The only texts that a browser reads as HTML or Markdown are ours, or escaped.
    assert "<script" not in pages(app)
    assert "<img" not in pages(app)
    assert "evil.example" not in "".join(element.value for element in [*app.markdown, *app.caption, *app.error])
    assert "evil.example" not in "".join([*(b.label for b in app.button), *(e.label for e in app.expander)])


def test_no_script_of_the_page_reads_html() -> None:
    scripts = sorted((SCRIPT.parent / "web").glob("*.js"))
    assert len(scripts) == 8
    for script in scripts:
        source = script.read_text(encoding="utf-8")
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "http", "href", "src"):
            assert way not in source, (script.name, way)


def test_a_question_is_escaped_where_it_is_shown(start: Callable[..., AppTest]) -> None:
    app = ask(start(), "<img src=x onerror=alert(1)> centre \u202ede Brévannes ?")
    assert "<img" not in pages(app)
    assert "&lt;img src=x onerror=alert(1)&gt; centre de Brévannes ?" in pages(app)


def test_a_question_of_the_wrong_size_is_an_error_in_its_place(start: Callable[..., AppTest], config: Config) -> None:
    app = ask(start(replace(config, max_question_chars=50)), "??")
    ask(app, "mot " * 40)
    assert [error.value.split("\\:")[0] for error in app.error] == [
        "the question is empty",
        "the question has 159 characters and 50 are taken",
    ]
    ask(app, FRENCH)
    assert part(app, "reply")


def test_an_answer_is_worked_out_once(start: Callable[..., AppTest], asked: list[str]) -> None:
    app = ask(start(), FRENCH)
    ask(app, ENGLISH)
    before = parts(app, "reply")
    app.button(key="open-settings").click().run()
    app.slider(key="set-strictness").set_value(0.9).run()
    app.run()
    assert asked == [FRENCH, ENGLISH]
    assert parts(app, "reply") == before
    app.button(key="new").click().run()
    assert not parts(app, "reply")
    assert asked == [FRENCH, ENGLISH]


def test_an_example_is_asked_when_it_is_clicked(start: Callable[..., AppTest], asked: list[str]) -> None:
    app = start()
    labels = [button.label for button in app.button if str(button.key).startswith("example-")]
    assert labels == [
        "Que disent les documents sur «\u00a0Le centre d'accueil de Brévannes\u00a0»\u00a0?",
        "Was sagen die Dokumente über „Der Hafen von Kielmünde“?",
        "What do the documents say about “The night train to Osterby”?",
    ]
    app.button(key="example-0").click().run()
    assert asked == [labels[0]]
    assert not [button for button in app.button if str(button.key).startswith("example-")]


def test_the_sample_corpus_has_examples_of_its_own(tmp_path: Path) -> None:
    from rag.sample import sample_corpus

    settings = Config(index=tmp_path / "index")
    build(sample_corpus(), settings)
    assert examples(open_library(settings)) == example_phrases()[0]


def test_without_an_index_the_page_offers_to_index_the_sample(
    start: Callable[..., AppTest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rag.app import no_index

    corpus = write_corpus(tmp_path / "corpus", {"train.md": DOCUMENTS["train.md"]})
    monkeypatch.setattr(no_index, "sample_corpus", lambda: corpus)
    settings = Config(index=tmp_path / "index")
    app = start(settings)
    assert str(tmp_path / "index") in unescape(pages(app))
    assert app.code[0].value == f"rag build FOLDER --index {settings.index}"
    assert not app.chat_input
    app.button(key="build-sample").click().run()
    builder(settings).wait(60)
    app.run()
    assert not app.error
    assert app.chat_input
    app.button(key="open-sources").click().run()
    assert [row["title"] for row in part(app, "documents")["rows"]] == ["The night train to Osterby"]


def test_a_rebuilt_index_is_picked_up(start: Callable[..., AppTest], tmp_path: Path) -> None:
    settings = Config(index=tmp_path / "index")
    corpus = write_corpus(tmp_path / "corpus", {"train.md": DOCUMENTS["train.md"]})
    build(corpus, settings)
    app = start(settings)
    assert app.multiselect(key="filter-document").options == ["The night train to Osterby"]
    write_corpus(corpus, {"hafen.md": DOCUMENTS["hafen.md"]})
    build(corpus, settings)
    assert len(app.run().multiselect(key="filter-document").options) == 2


def test_an_error_is_one_sentence(start: Callable[..., AppTest], config: Config, tmp_path: Path) -> None:
    (tmp_path / "current").write_text("generation-[x](http://evil.example)", encoding="utf-8")
    app = start(replace(config, index=tmp_path))
    assert not app.exception
    assert "is damaged" in app.error[0].value
    assert "](" not in app.error[0].value
    assert not app.chat_input


def test_settings_that_mean_nothing_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTINGS, '{"index": "x", "colour": "red"}')
    app = AppTest.from_file(SCRIPT, default_timeout=60).run()
    assert not app.exception
    assert "start the page with" in app.error[0].value


def test_the_catalogue_says_the_same_things_in_every_language() -> None:
    seen: dict[str, str] = {}
    for file in sorted((SCRIPT.parent / "texts").glob("*.json")):
        pairs = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=list)
        for key, wordings in pairs:
            assert key not in seen, f"{key} stands in {file.name} and in {seen[key]}"
            seen[key] = file.name
            texts = dict(wordings)
            assert list(texts) == list(LANGUAGES), (file.name, key)
            assert len(wordings) == len(texts)
            places = {language: sorted(re.findall(r"\{(\w*)\}", text)) for language, text in texts.items()}
            assert all(found == places["en"] for found in places.values()), (file.name, key)
            assert all(text.strip() == text != "" for text in texts.values()), (file.name, key)
    assert set(seen) == set(catalogue()["en"])


def test_every_text_is_said_somewhere_and_every_text_said_exists() -> None:
    sources = {path.name: path.read_text(encoding="utf-8") for path in sorted(SCRIPT.parent.glob("*.py"))}
    keys = set(catalogue()["en"])
    for name, source in sources.items():
        for key in re.findall(r"\bsay\(\s*[\"'](\w+)[\"']", source):
            assert key in keys, (name, key)
    everything = "\n".join(sources.values()).replace("'", '"')
    begun = tuple(re.findall(r'\bf"(\w+_)\{', everything))
    assert [key for key in sorted(keys) if f'"{key}"' not in everything and not key.startswith(begun)] == []


@pytest.mark.parametrize(
    ("locale", "placeholder"),
    [
        ("de-AT", "Stellen Sie Ihre Frage"),
        ("es", "Escriba su pregunta"),
        ("it-IT", "Scrivete la vostra domanda"),
        ("pl-PL", "Ask your question"),
    ],
)
def test_the_interface_speaks_the_language_of_the_browser(
    start: Callable[..., AppTest], locale: str, placeholder: str
) -> None:
    assert start(locale=locale).chat_input[0].placeholder == placeholder


def test_every_example_about_a_title_has_one_place_and_a_known_language() -> None:
    _, about = example_phrases()
    assert set(about) <= set(phrase_languages())
    assert all(re.findall(r"\{(\w*)\}", text) == ["title"] for text in about.values())


def test_inert_texts() -> None:
    assert inert("a\x00b\u202ec\u2066d\u200fe\nf\tg\x9b") == "abcd\u200fe\nf\tg"
    assert inert_html("<a href='x'>&\"") == "&lt;a href=&#x27;x&#x27;&gt;&amp;&quot;"
    assert inert_markdown("![x](y) $z$ :red[q]") == r"\!\[x\]\(y\) \$z\$ \:red\[q\]"
    assert "http\\:\u2060\\/\\/" in inert_markdown("see http://a.example")
    assert "www\u2060\\." in inert_markdown("see www.a.example")


def test_a_port_in_use_is_one_sentence_that_names_it(config: Config) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BadUsage, match=rf"port {port} cannot be used .*`--port {port + 1}`"):
            serve(config, port, open_browser=False)
    check_port(port)


def test_the_server_is_bound_to_this_machine_and_reports_to_nobody() -> None:
    words = flags(8501)
    for flag in (
        "--server.address=127.0.0.1",
        "--server.port=8501",
        "--server.allowedHosts=localhost",
        "--browser.gatherUsageStats=false",
        "--server.showEmailPrompt=false",
        "--server.fileWatcherType=none",
        "--client.showErrorDetails=none",
        "--client.toolbarMode=minimal",
    ):
        assert flag in words
    from streamlit import config as options

    known = options.get_config_options()
    assert {word.removeprefix("--").split("=")[0] for word in words} <= set(known)


def test_an_answer_is_taken_away_in_every_format(start: Callable[..., AppTest]) -> None:
    app = ask(ask(start(), FRENCH), ENGLISH)
    app.button(key="take-1").click().run()
    assert not app.exception
    assert [button.proto.label for button in app.get("download_button")] == ["Markdown", "HTML", "Word (DOCX)", "JSON"]
    app.radio(key="take-what").set_value(True).run()
    assert not app.error


def test_a_conversation_is_kept_and_found_again_under_its_name(
    start: Callable[..., AppTest], config: Config, tmp_path: Path
) -> None:
    shutil.copytree(config.index, tmp_path / "index")
    settings = replace(config, index=tmp_path / "index")
    store = open_conversations(settings)
    assert store is not None
    store.delete_all()  # those of the tests before
    app = ask(start(settings), FRENCH)
    before = part(app, "reply")
    (kept,) = store.list()
    assert kept.title == FRENCH
    other = start(settings)  # the next day
    assert not parts(other, "reply")
    other.button(key=f"resume-{kept.id}").click().run()
    assert part(other, "reply") == before
    other.button(key=f"change-{kept.id}").click().run()
    assert other.text_input(key="rename").value == FRENCH
    assert other.button(key="delete-do").disabled
    store.rename(kept.id, "Lits")
    assert [button.label for button in other.run().button if button.key == f"resume-{kept.id}"] == ["Lits"]
    store.delete(kept.id)
    assert not [button for button in other.run().button if str(button.key).startswith("resume-")]


class Slow:
    """A model that writes until it is let go, as a large one on a small machine does."""

    default_strictness = 0.0

    def __init__(self) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()

    def reply(self, asked: Asked) -> Reply:
        """What the shipped model replies, once it may."""
        self.begun.set()
        assert self.let_go.wait(60)
        return ExtractiveModel().reply(asked)


def test_a_slow_model_does_not_keep_another_person_waiting(start: Callable[..., AppTest], config: Config) -> None:
    slow, library, ended = Slow(), open_library(config), []
    writer = threading.Thread(target=lambda: ended.append(walk(library, ENGLISH, slow)))
    writer.start()
    assert slow.begun.wait(60)
    assert "quarante-deux" in said(part(ask(start(), FRENCH), "reply")["sentences"][0])  # while the other one writes
    assert ended == []
    slow.let_go.set()
    writer.join(60)
    assert "21:40" in ended[0].text


def test_what_ends_an_answer_leaves_its_question_in_place(start: Callable[..., AppTest], monkeypatch: Any) -> None:
    def stopped(*_: Any, **__: Any) -> Answer:
        raise RerunException(RerunData())  # what a click does to a page that is being drawn

    monkeypatch.setattr("rag.app.conversation.ask", stopped)
    app = ask(start(locale="en-GB"), ENGLISH)
    monkeypatch.undo()
    assert [turn.exchange.question for turn in app.session_state["turns"]] == [ENGLISH]
    assert app.session_state["turns"][0].exchange.error == catalogue()["en"]["stopped"]
