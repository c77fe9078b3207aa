"""WALK: an index -> what is well and what is wrong with it, each with the command that mends it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.build import corpus_files, readable_files
from rag.config import SHIPPED_ENCODER, Config
from rag.errors import IndexCorrupt, RagError
from rag.library import Library, open_library
from rag.read import find_files
from rag.store.generation import open_generation, verify
from rag.store.manifest import Manifest
from rag.store.origins import changes_since, read_origins

_NAMED = 3
"""How many files are named of each kind of change."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``what`` says what was found and, where it is wrong, what to do."""

    well: bool
    what: str


def examine(config: Config, documents: Path | None = None) -> list[Finding]:
    """Check the manifest, every file's checksum, the encoder, the counts, every passage's offsets, and whether the
    documents are still those that were indexed, in this order.

    The first thing that is wrong ends the examination: what follows would only repeat it. ``documents`` is where they
    are now, None where the index was built from. Raises CorpusError for such a folder that is not there.
    """
    if documents is not None:
        find_files(documents)
    findings: list[Finding] = []
    try:
        folder, manifest = open_generation(config.index)
        findings.append(Finding(True, f"the manifest can be read: built {manifest.created} from {manifest.corpus}"))
        verify(config.index, folder, manifest, checksums=True)
        findings.append(Finding(True, f"all {len(manifest.files)} files have the checksums they were built with"))
        library = open_library(config, checksums=False)
        findings.append(Finding(True, f"the encoder {library.encoder.card.name} is the one it was built with"))
        _check_offsets(library)
        count = manifest.passage_count
        findings.append(Finding(True, f"all {count} passages stand in their documents letter for letter"))
        findings.append(_documents_finding(config, folder, manifest, documents))
    except RagError as error:
        findings.append(Finding(False, str(error)))
    return findings


def _check_offsets(library: Library) -> None:
    for facts in library.passages.documents:
        text = library.passages.text(facts.id)
        for passage in library.passages.passages_of(facts.id):
            if text[passage.start : passage.end] != passage.text:
                raise IndexCorrupt(library.config.index, f"the passage {passage.id} does not stand in its document")


def _documents_finding(config: Config, folder: Path, manifest: Manifest, documents: Path | None) -> Finding:
    """Whether the documents are still what was indexed; where that cannot be told, why not."""
    corpus = documents or Path(manifest.corpus)
    origins = read_origins(folder)
    again = f"run {_build_command(config, corpus)}"
    if origins is None:
        told = "it is not known whether documents have changed, since this index keeps no fingerprints of them"
        return Finding(True, f"{told}: {again} for one that does")
    if not corpus.exists():
        told = f"it is not known whether documents have changed, since {corpus} is no longer there"
        return Finding(True, f"{told}: name their folder with --documents")
    files = readable_files(corpus_files(corpus, config.index))
    changes = changes_since(origins, files, corpus)
    if not changes.count:
        return Finding(True, f"the documents in {corpus} are as they were indexed ({len(origins)} in all)")
    kinds = (("changed", changes.changed), ("added", changes.added), ("deleted", changes.deleted))
    told = "; ".join(f"{len(names)} {kind} ({_some(names)})" for kind, names in kinds if names)
    return Finding(False, f"the documents in {corpus} are not those that were indexed, {told}: {again}")


def _build_command(config: Config, corpus: Path) -> str:
    encoder = "" if config.encoder == SHIPPED_ENCODER else f" --encoder {shlex.quote(config.encoder)}"
    return f"`rag build {shlex.quote(str(corpus))} --index {shlex.quote(str(config.index))}{encoder}`"


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
