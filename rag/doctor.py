"""WALK: an index -> what is well and what is wrong with it, each with the command that mends it."""

from __future__ import annotations

from dataclasses import dataclass

from rag.config import Config
from rag.errors import IndexCorrupt, RagError
from rag.library import Library, open_library
from rag.store.generation import open_generation, verify


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``what`` says what was found and, where it is wrong, what to do."""

    well: bool
    what: str


def examine(config: Config) -> list[Finding]:
    """Check the manifest, every file's checksum, the encoder, the counts and every passage's offsets, in this order.

    The first thing that is wrong ends the examination: what follows would only repeat it.
    """
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
    except RagError as error:
        findings.append(Finding(False, str(error)))
    return findings


def _check_offsets(library: Library) -> None:
    for facts in library.passages.documents:
        text = library.passages.text(facts.id)
        for passage in library.passages.passages_of(facts.id):
            if text[passage.start : passage.end] != passage.text:
                raise IndexCorrupt(library.config.index, f"the passage {passage.id} does not stand in its document")
