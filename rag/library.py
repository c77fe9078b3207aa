"""WALK: an index folder -> an open Library, checked against its manifest and the encoder in use."""

from __future__ import annotations

import json
import shlex
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from rag.build import LEXICAL_FOLDER, PASSAGES_FILE, PIECES_FOLDER, VECTORS_FOLDER
from rag.config import Config
from rag.embed import Encoder, EncoderCard, PieceEncoder, load_encoder
from rag.errors import IndexCorrupt, IndexMismatch
from rag.exchange import MadeWith
from rag.joined import JoinedLexical, JoinedPassages, JoinedPieces, JoinedVectors
from rag.lexical import LexicalIndex
from rag.store import VectorStore, open_store
from rag.store.generation import current_name, open_generation, verify
from rag.store.manifest import Manifest
from rag.store.passages import PassageStore
from rag.store.pieces import PieceStore

SHIPPED_MODEL = "extractive"
"""What the answering model is called that ships with the package."""

# Hashing this much takes a moment at every start; a larger index is checked by size, and by `rag doctor` in full.
_HASHED_BYTES = 256_000_000


@dataclass(frozen=True, slots=True)
class Library:
    """An open index with its encoder; safe to share between threads. ``pieces`` is None for one-vector encoders."""

    config: Config
    folder: Path
    manifest: Manifest
    encoder: Encoder
    passages: PassageStore | JoinedPassages
    lexical: LexicalIndex | JoinedLexical
    vectors: VectorStore
    pieces: PieceStore | JoinedPieces | None


def open_library(config: Config, *, checksums: bool | None = None, encoder: Encoder | None = None) -> Library:
    """Open ``config.index``; ``checksums`` None hashes every file of an index of up to 256 MB.

    ``encoder`` is the one of the settings where it is loaded already.

    Raises IndexMissing, IndexCorrupt, IndexMismatch (built with another encoder), ModelMissing.
    """
    while True:
        folder, manifest = open_generation(config.index)
        try:
            return _open(config, folder, manifest, checksums, encoder)
        except IndexCorrupt:
            if current_name(config.index) == folder.name:
                raise  # else a build has ended meanwhile and taken this generation away: open the new one


def _open(
    config: Config, folder: Path, manifest: Manifest, checksums: bool | None, encoder: Encoder | None
) -> Library:
    if checksums is None:
        checksums = sum(int(facts["bytes"]) for facts in manifest.files.values()) <= _HASHED_BYTES
    verify(config.index, folder, manifest, checksums=checksums)
    _check_name(config, manifest)
    encoder = encoder or load_encoder(config.encoder)
    check_encoder(encoder.card, config.index, manifest)
    try:
        library = Library(
            config=config,
            folder=folder,
            manifest=manifest,
            encoder=encoder,
            passages=PassageStore(folder / PASSAGES_FILE),
            lexical=LexicalIndex(folder / LEXICAL_FOLDER),
            vectors=open_store(folder / VECTORS_FOLDER),
            pieces=PieceStore(folder / PIECES_FOLDER) if isinstance(encoder, PieceEncoder) else None,
        )
    except (OSError, EOFError, ValueError, TypeError, RuntimeError, LookupError, sqlite3.DatabaseError) as error:
        raise IndexCorrupt(config.index, f"it cannot be opened: {error}") from error
    _check_counts(library)
    return library


def made_with(library: Library, model: str = "") -> MadeWith:
    """What an answer from ``library`` is made with; ``model`` is the answering model, the shipped one where empty."""
    manifest = json.dumps(asdict(library.manifest), sort_keys=True)
    card = library.encoder.card
    return MadeWith(
        version=version("communique-rag"),
        index_created=library.manifest.created,
        index_fingerprint=sha256(manifest.encode()).hexdigest(),
        encoder=f"{card.name} {card.revision}".strip(),
        encoder_fingerprint=card.fingerprint,
        model=model or SHIPPED_MODEL,
    )


def join(parts: Sequence[tuple[Library, str]]) -> Library:
    """One library to ask, made of several, the ids of each beginning with its prefix; settings are the first's.

    All must have the same encoder. Raises ValueError where two documents would have the same id.
    """
    libraries = [library for library, _ in parts]
    stores = [_parts_of(library) for library in libraries]
    pieces = [pieces for *_, pieces in stores if pieces is not None]
    manifests = [library.manifest for library in libraries]
    return replace(
        libraries[0],
        manifest=replace(
            manifests[0],
            document_count=sum(manifest.document_count for manifest in manifests),
            passage_count=sum(manifest.passage_count for manifest in manifests),
            vector_count=sum(manifest.vector_count for manifest in manifests),
            languages=dict(sum((Counter(manifest.languages) for manifest in manifests), Counter()).most_common()),
        ),
        passages=JoinedPassages([passages for passages, *_ in stores], [prefix for _, prefix in parts]),
        lexical=JoinedLexical([words for _, words, _ in stores], [len(store[0].documents) for store in stores]),
        vectors=JoinedVectors([library.vectors for library in libraries], [store[0].passage_count for store in stores]),
        pieces=JoinedPieces(pieces) if pieces else None,
    )


def _parts_of(library: Library) -> tuple[PassageStore, LexicalIndex, PieceStore | None]:
    passages, lexical, pieces = library.passages, library.lexical, library.pieces
    assert isinstance(passages, PassageStore), "a joined library is not joined again"
    assert isinstance(lexical, LexicalIndex)
    assert isinstance(pieces, PieceStore | None)
    return passages, lexical, pieces


def check_encoder(card: EncoderCard, index: Path, manifest: Manifest) -> None:
    """Raise IndexMismatch unless ``card`` is the encoder it was built with: weights, prompts and tokenizer."""
    built = manifest.encoder
    for field in ("fingerprint", "dimension", "query_prompt", "passage_prompt", "tokenizer"):
        if field == "tokenizer" and field not in built:
            continue  # an index built before it was recorded
        if built.get(field) != getattr(card, field):
            raise IndexMismatch(
                f"the index in {index} was built with the encoder {built.get('name')!r}, and {card.name!r} in use now "
                f"has another {field.replace('_', ' ')}: {_remedy(index, manifest, card.name)}"
            )


def _check_name(config: Config, manifest: Manifest) -> None:
    """Spare the loading of an encoder that plainly is another one."""
    built = str(manifest.encoder.get("name"))
    folders = any(Path(name).expanduser().is_dir() for name in (built, config.encoder))
    if built != config.encoder and not folders:  # a folder has many spellings: its fingerprint decides
        raise IndexMismatch(
            f"the index in {config.index} was built with the encoder {built!r}, not with {config.encoder!r}: "
            f"{_remedy(config.index, manifest, config.encoder)}"
        )


def _remedy(index: Path, manifest: Manifest, encoder: str) -> str:
    corpus, place, name = (shlex.quote(str(value)) for value in (manifest.corpus, index, encoder))
    return (
        f"run `rag build {corpus} --index {place} --encoder {name}` to index again, "
        f"or ask with `--encoder {shlex.quote(str(manifest.encoder.get('name')))}`"
    )


def _check_counts(library: Library) -> None:
    """Raise IndexCorrupt unless every part holds what the manifest says."""
    manifest, index, pieces = library.manifest, library.config.index, library.pieces
    for what, found, expected in (
        ("documents", len(library.passages.documents), manifest.document_count),
        ("passages", library.passages.passage_count, manifest.passage_count),
        ("passages in the word index", library.lexical.passage_count, manifest.passage_count),
        ("vectors", library.vectors.vector_count, manifest.vector_count),
        *((("passages with pieces", pieces.text_count, manifest.passage_count),) if pieces is not None else ()),
    ):
        if found != expected:
            raise IndexCorrupt(index, f"{found} {what} where the manifest says {expected}")
