"""What several test files share: encoders to work out by hand, tiny documents in several scripts, a small real index.

Fakes stand in for weights only; everything else is the code that ships. No test may reach beyond this machine.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from rag.build import build
from rag.cli import main
from rag.config import SHIPPED_ENCODER, Config
from rag.embed import Encoder, EncoderCard, Pieces, Rows, load_encoder
from rag.library import Library, open_library
from rag.schema import Scores, Vectors

pytest_plugins = ["app_pages", "browsing"]
"""The fixtures of the chat's tests: ``config``, ``start``, ``asked``; ``chromium``, ``sample_chat``."""

DOCUMENTS = {
    "accueil.md": "---\ndate: 2024-03-03\n---\n\n"
    "# Le centre d'accueil\n\nLe centre de Brévannes ouvre ses portes le 3 mars 2024.\n\n"
    "## Les places\n\nIl compte quarante-deux lits, dont huit pour des familles.\n",
    "hafen.txt": "Der Hafen von Kielmünde\n\nDer Hafen wurde im Jahr 1887 gebaut. "
    "Heute legen dort sechs Fähren am Tag an.\n",
    "limani.txt": "Το λιμάνι της Αγίας Ρόζας\n\nΤο λιμάνι έχει τρεις προβλήτες και έναν φάρο από το 1902.\n",
    "madrasa.txt": "مدرسة الزيتون\n\nتأسست مدرسة الزيتون سنة ألف وتسعمئة وعشرين وفيها مئتا تلميذ.\n",
    "qiao.txt": "青石桥\n\n青石桥建于一九五三年，全长二百米，连接河的两岸。\n",
    "unternehmen/plan.html": "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'>"
    "<title>The night train</title></head><body><h1>The night train</h1>"
    "<p>The night train leaves Osterby at 21:40 and reaches the coast by dawn.</p></body></html>",
}
"""Files of the tiny corpus by their path: French, German, Greek, Arabic, Chinese and English."""

LANGUAGES = {
    "accueil.md": "fr",
    "hafen.txt": "de",
    "limani.txt": "el",
    "madrasa.txt": "ar",
    "qiao.txt": "zh",
    "unternehmen/plan.html": "en",
}

AXES = {"sea": 0, "sky": 1, "land": 2}
"""The words a fake encoder knows; every other word lies on the fourth axis, and so does a text without words."""


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """One thread for the algebra of each process: two workers with two threads each wait for one another."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # for the processes that tests start
    with threadpool_limits(1):
        yield


class FakeEncoder:
    """Vectors to work out by hand: each word counts one along its axis, then the row is brought to length 1.

    ``sea sea sky`` is (2, 1, 0, 0) / √5. A text of more than four words has a row for each four words as well.
    """

    def __init__(self, name: str = "fake", fingerprint: str = "f" * 64) -> None:
        self.card = EncoderCard(name, "", 4, "", "", fingerprint, ())

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of words of each text."""
        return [len(text.split()) for text in texts]

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """A unit row for each text."""
        return self._rows([text.split() for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> tuple[Vectors, Rows]:
        """A unit row for each text, then one for each four words where it has more."""
        parts: list[list[str]] = []
        owners: list[int] = []
        for row, words in enumerate(text.split() for text in texts):
            windows = [words[i : i + 4] for i in range(0, len(words), 4)] if len(words) > 4 else []
            parts += [words, *windows]
            owners += [row] * (1 + len(windows))
        return self._rows(parts), np.array(owners, dtype=np.int64)

    def _rows(self, texts: list[list[str]]) -> Vectors:
        rows = np.zeros((len(texts), 4), dtype=np.float32)
        for row, words in zip(rows, texts, strict=True):
            for word in words or [""]:
                row[AXES.get(word, 3)] += 1
            row /= np.linalg.norm(row)
        return rows


class FakePieceEncoder(FakeEncoder):
    """The same with late interaction: the share of the question's axes that a text has a word on."""

    def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        """The axis of each word."""
        return [np.array([AXES.get(word, 3) for word in text.split() or [""]], dtype=np.uint16) for text in texts]

    def interact(self, question: str, texts: Sequence[Pieces]) -> Scores:
        """The share of the question's axes found in each text."""
        asked = set(self.pieces([question])[0].tolist())
        return np.array([len(asked & set(text.tolist())) / len(asked) for text in texts], dtype=np.float32)

    def interact_nearby(self, question: str, texts: Sequence[Pieces]) -> tuple[Scores, Scores]:
        """The same twice: every text is one stretch."""
        return self.interact(question, texts), self.interact(question, texts)

    def meet(self, question: str, texts: Sequence[Pieces]) -> tuple[Scores, Scores]:
        """Every axis of the question counts the same, and is met wholly or not at all."""
        asked = sorted(set(self.pieces([question])[0].tolist()))
        met = np.array([[axis in text.tolist() for text in texts] for axis in asked], dtype=np.float32)
        return np.full(len(asked), 1 / len(asked), np.float32), met


def write_corpus(folder: Path, documents: dict[str, str] | None = None) -> Path:
    """Write ``documents`` (DOCUMENTS when None) under ``folder``, which is given back."""
    for name, text in (DOCUMENTS if documents is None else documents).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _is_local(address: Any) -> bool:
    """Whether a socket's address is this machine: a name in the file system, or a loopback address."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


def _guarded(call: Callable[..., Any], place: int) -> Callable[..., Any]:
    def guarded(*arguments: Any, **options: Any) -> Any:
        address = arguments[place] if len(arguments) > place else None
        if not _is_local(address if place else (address,)):
            pytest.fail(f"a test reaches for {address!r}, beyond this machine")
        return call(*arguments, **options)

    return guarded


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Fail whatever looks up or connects to another machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name), 1))
        patch.setattr(socket, "getaddrinfo", _guarded(socket.getaddrinfo, 0))
        yield


@pytest.fixture(scope="session")
def shipped() -> Encoder:
    """The encoder that ships."""
    return load_encoder(SHIPPED_ENCODER)


@pytest.fixture
def loaded_once(shipped: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the walks share one shipped encoder, for tests that build or open often."""
    for module in ("rag.build", "rag.library"):
        monkeypatch.setattr(
            f"{module}.load_encoder", lambda name: shipped if name == SHIPPED_ENCODER else load_encoder(name)
        )


@pytest.fixture(scope="session")
def tiny_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with DOCUMENTS; read only, write your own with write_corpus to change one."""
    return write_corpus(tmp_path_factory.mktemp("tiny") / "corpus")


@pytest.fixture(scope="session")
def tiny_config(tiny_corpus: Path) -> Config:
    """Settings whose index holds DOCUMENTS, built with the shipped encoder; read only."""
    config = Config(index=tiny_corpus.parent / "index")
    build(tiny_corpus, config)
    return config


@pytest.fixture(scope="session")
def tiny_library(tiny_config: Config) -> Library:
    """The index of DOCUMENTS, open."""
    return open_library(tiny_config)


@pytest.fixture
def own_config(tiny_config: Config, tmp_path: Path) -> Config:
    """Settings of a copy of that index, to damage or to build over."""
    shutil.copytree(tiny_config.index, tmp_path / "index")
    return replace(tiny_config, index=tmp_path / "index")


def make_tokenizer(vocabulary: dict[str, int]) -> Any:
    """A WordPiece tokenizer of single letters that puts [CLS] and [SEP] around a text."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    marks = [(mark, vocabulary[mark]) for mark in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=marks)
    return tokenizer


def letter_vocabulary() -> dict[str, int]:
    """Five marks, the letters a to z at the beginning of a word and inside it, and the colon."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters), ":"]
    return {word: place for place, word in enumerate(words)}


def save_tiny_model(folder: Path, seed: int = 0, **settings: Any) -> Path:
    """Save a sentence-transformers model of random weights (BERT, 2 layers, 16 wide, 64 tokens at most)."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    vocabulary = letter_vocabulary()
    marks = {f"{name}_token": f"[{name.upper()}]" for name in ("unk", "pad", "cls", "sep", "mask")}
    fast: Any = PreTrainedTokenizerFast
    tokenizer = fast(tokenizer_object=make_tokenizer(vocabulary), model_max_length=64, **marks)
    torch.manual_seed(seed)
    sizes: dict[str, Any] = {
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
    }
    bert = BertModel(BertConfig(vocab_size=len(vocabulary), max_position_embeddings=64, **sizes))
    raw = folder / "raw"
    bert.save_pretrained(raw)
    tokenizer.save_pretrained(raw)
    model = SentenceTransformer(modules=[Transformer(str(raw)), Pooling(16)], device="cpu", **settings)
    model.save_pretrained(str(folder / "model"), create_model_card=False)  # a card is written with facts from the hub
    return folder / "model"


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sentence-transformers model of random weights; read only."""
    return save_tiny_model(tmp_path_factory.mktemp("tiny-model"))


def save_static(folder: Path, rows: int = 58, seed: int = 2) -> Path:
    """A StaticEmbedding model as sentence-transformers saves it, its vectors drawn at random."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    weights = np.random.default_rng(seed).standard_normal((rows, 12)).astype(np.float32)
    vocabulary = letter_vocabulary()
    if rows > len(vocabulary):  # the last row is a whole word, far beyond what two bytes can count
        vocabulary |= {f"extra{place}": place for place in range(len(vocabulary), rows - 1)} | {"sea": rows - 1}
    module = StaticEmbedding(make_tokenizer(vocabulary), embedding_weights=weights)
    SentenceTransformer(modules=[module], device="cpu").save_pretrained(str(folder), create_model_card=False)
    return folder


@pytest.fixture(scope="session")
def saved_static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder sentence-transformers wrote; read only."""
    return save_static(tmp_path_factory.mktemp("static") / "model")


class Outcome(NamedTuple):
    """What a command left: its exit code and its two streams."""

    code: int
    out: str
    err: str


Rag = Callable[..., Outcome]


@pytest.fixture
def rag(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rag:
    """Runs the command in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Outcome:
        with pytest.raises(SystemExit) as stopped:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(int(stopped.value.code or 0), captured.out, captured.err)

    return run
