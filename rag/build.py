"""WALK: a folder of documents -> an index: read -> split -> passages, words and vectors -> swapped in as a whole."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rag.config import Config
from rag.embed import Encoder, PieceEncoder, load_encoder
from rag.errors import CorpusError, Reason, Unreadable
from rag.lexical import Entry, build_lexical
from rag.read import SUFFIXES, find_files, read_file
from rag.schema import Document, Passage, Vectors
from rag.split import split
from rag.store import Rows, build_store
from rag.store.generation import is_generation, is_of_index, new_generation, swap_in
from rag.store.manifest import FORMAT, MANIFEST, Manifest
from rag.store.origins import origins_of, write_origins
from rag.store.passages import PassageStore, PassageWriter
from rag.store.pieces import Pieces, build_pieces
from rag.text.languages import detect_language

PASSAGES_FILE = "passages.sqlite"
LEXICAL_FOLDER = "lexical"
VECTORS_FOLDER = "vectors"
PIECES_FOLDER = "pieces"
_BATCH = 256
# Enough to tell a language by, little enough to cost nothing on a book.
_LANGUAGE_SAMPLE_CHARS = 3_000
_RECORDED_VERSIONS = (
    "communique-rag",
    "faiss-cpu",
    "tantivy",
    "numpy",
    "sentence-transformers",
    "transformers",
    "torch",
)

Progress = Callable[[str, int, int], None]
"""Called with the name of a step, how much of it is done and how much there is (files or passages)."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. ``languages`` counts documents; ``skipped`` says what could not be read and why."""

    index: str
    document_count: int
    passage_count: int
    vector_count: int
    languages: dict[str, int]
    skipped: tuple[tuple[str, str], ...]
    build_s: float


def build(
    corpus: Path, config: Config, progress: Progress | None = None, *, encoder: Encoder | None = None
) -> BuildReport:
    """Index every readable file under ``corpus`` into ``config.index`` and report.

    ``encoder`` is the one of the settings where it is loaded already.

    Raises CorpusError when there is nothing to read, IndexBusy while another build runs, ModelMissing. Until the very
    end the index that was there stays in use; a build that fails or is killed leaves it as it was.
    """
    started = time.perf_counter()
    tell = progress or (lambda step, done, total: None)
    files = corpus_files(corpus, config.index)
    if not files:
        raise CorpusError(f"there is no file in {corpus}: give the folder where your documents are")
    encoder = encoder or load_encoder(config.encoder)
    skipped: list[Unreadable] = []
    with new_generation(config.index) as folder:
        # before they are read: a file that is changed meanwhile is then told as changed
        write_origins(folder, origins_of(readable_files(files), corpus))
        languages = _write_passages(folder, files, corpus, config, encoder, skipped, tell)
        if not languages:
            raise CorpusError(_nothing_readable(corpus, skipped))
        passages = PassageStore(folder / PASSAGES_FILE)
        vector_count = _write_vectors(folder, passages, encoder, tell)
        _write_words(folder, passages, tell)
        report = BuildReport(
            index=str(config.index),
            document_count=len(passages.documents),
            passage_count=passages.passage_count,
            vector_count=vector_count,
            languages=dict(languages.most_common()),
            skipped=tuple((error.path, error.reason) for error in skipped),
            build_s=round(time.perf_counter() - started, 3),
        )
        swap_in(config.index, folder, _manifest(report, corpus, config, encoder))
    return report


def corpus_files(corpus: Path, index: Path) -> list[Path]:
    """The files of a corpus but those of indexes: its own may be, or stand in or above, that folder, others in it.

    A README.md in a folder that holds both documents and their index is a document. Raises CorpusError where there is
    nothing at ``corpus``.
    """
    found = find_files(corpus)
    readme = _true(corpus) / "README.md"
    places = [_true(index)]
    for path in found:  # generation-…/manifest.json: the index it is of may be another one
        if path.name == MANIFEST and is_generation(path.parent.name):
            places.append(_true(path).parent.parent)

    def is_document(path: Path) -> bool:
        return path == readme or not any(
            is_of_index(path.relative_to(place)) for place in places if place in path.parents
        )

    return [path for path in found if is_document(_true(path))]


def _true(path: Path) -> Path:
    """Where ``path`` leads; a link that leads to itself is left as it is, where Path.resolve raises."""
    return Path(os.path.realpath(path))


def readable_files(files: list[Path]) -> list[Path]:
    """Those whose format can be read."""
    return [path for path in files if path.suffix.lower() in SUFFIXES]


def _write_passages(
    folder: Path,
    files: list[Path],
    corpus: Path,
    config: Config,
    encoder: Encoder,
    skipped: list[Unreadable],
    tell: Progress,
) -> Counter[str]:
    """Read and split every file into the passage file; counts the documents of each language."""
    languages: Counter[str] = Counter()
    seen: dict[str, Path] = {}
    with PassageWriter(folder / PASSAGES_FILE) as writer:
        for done, path in enumerate(files):
            tell("read", done, len(files))
            for document in _readable(path, corpus, config, skipped):
                if document.id in seen:
                    skipped.append(Unreadable(path, _taken(document.id, seen[document.id])))
                    continue
                seen[document.id] = path
                writer.add(document, _split(document, config, encoder))
                languages[document.language] += 1
        tell("read", len(files), len(files))
    return languages


def _taken(name: str, other: Path) -> Reason:
    words = "its id {id} is already taken by {other}: give it another one"
    return Reason("taken", words, id=repr(name), other=other)


def _readable(path: Path, corpus: Path, config: Config, skipped: list[Unreadable]) -> Iterator[Document]:
    """The documents of one file, each with a language; what cannot be read goes to ``skipped``."""
    try:
        for document in read_file(path, corpus, config, skipped):
            if not document.text.strip():
                skipped.append(Unreadable(path, Reason("no_text", "it holds no text: remove it or put text in it")))
            elif document.language:
                yield document
            else:
                language, _ = detect_language(document.text[:_LANGUAGE_SAMPLE_CHARS])
                yield replace(document, language=language)
    except Unreadable as error:
        skipped.append(error)


def _split(document: Document, config: Config, encoder: Encoder) -> list[Passage]:
    tokens = passage_tokens(config, encoder)
    overlap = min(config.overlap_tokens, tokens // 2)
    return split(document, encoder.count_tokens, passage_tokens=tokens, overlap_tokens=overlap)


def passage_tokens(config: Config, encoder: Encoder) -> int:
    """The target length of a passage, lowered where the encoder would not read the longest passages to their end.

    The longest passage has one and a half times the target.
    """
    longest = encoder.card.max_tokens
    return config.passage_tokens if longest is None else min(config.passage_tokens, max(16, longest * 2 // 3))


def _nothing_readable(corpus: Path, skipped: list[Unreadable]) -> str:
    reasons = "; ".join(str(error) for error in skipped[:3])
    more = f"; and {len(skipped) - 3} more" if len(skipped) > 3 else ""
    return f"no file in {corpus} can be read ({reasons}{more})"


def _batches(passages: PassageStore) -> Iterator[tuple[range, list[Passage]]]:
    for start in range(0, passages.passage_count, _BATCH):
        rows = range(start, min(start + _BATCH, passages.passage_count))
        yield rows, passages.passages(rows)


def _write_vectors(folder: Path, passages: PassageStore, encoder: Encoder, tell: Progress) -> int:
    """Write the vectors, and the pieces where the encoder has them; counts the vectors."""
    count = 0
    pieces: list[Pieces] = []

    def batches() -> Iterator[tuple[Vectors, Rows]]:
        nonlocal count
        for rows, batch in _batches(passages):
            tell("embed", rows.start, passages.passage_count)
            texts = [passage.text for passage in batch]
            vectors, owners = encoder.encode_passages(texts)
            count += len(vectors)
            if isinstance(encoder, PieceEncoder):
                pieces.extend(encoder.pieces(texts))
            yield vectors, owners + rows.start
        tell("embed", passages.passage_count, passages.passage_count)

    build_store(folder / VECTORS_FOLDER, batches(), encoder.card.dimension)
    if isinstance(encoder, PieceEncoder):
        build_pieces(folder / PIECES_FOLDER, pieces)
    return count


def _write_words(folder: Path, passages: PassageStore, tell: Progress) -> None:
    """Write the BM25 index: words and n-grams of the text, words of the title and of the headings."""

    def entries() -> Iterator[Entry]:
        for rows, batch in _batches(passages):
            tell("words", rows.start, passages.passage_count)
            for row, passage in zip(rows, batch, strict=True):
                document = passages.document_of(row)
                titles = " ".join(dict.fromkeys((document.title, *passage.headings)))
                yield Entry(row, document.row, document.language, passage.text, titles)
        tell("words", passages.passage_count, passages.passage_count)

    build_lexical(folder / LEXICAL_FOLDER, entries())


def _manifest(report: BuildReport, corpus: Path, config: Config, encoder: Encoder) -> Manifest:
    return Manifest(
        format=FORMAT,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        corpus=str(_true(corpus)),
        encoder=asdict(encoder.card),
        passage_tokens=passage_tokens(config, encoder),
        overlap_tokens=config.overlap_tokens,
        document_count=report.document_count,
        passage_count=report.passage_count,
        vector_count=report.vector_count,
        languages=report.languages,
        skipped=[{"path": path, "reason": reason} for path, reason in report.skipped],
        build_s=report.build_s,
        versions={name: version(name) for name in _RECORDED_VERSIONS},
        files={},
    )
