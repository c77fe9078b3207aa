"""FACTS: where the sample corpus lies: in the installed package, or at the top of the checkout."""

from __future__ import annotations

from pathlib import Path

from rag.config import PACKAGE
from rag.errors import CorpusError


def sample_corpus() -> Path:
    """The folder of the sample corpus; raises CorpusError when the installation lacks it."""
    for folder in (PACKAGE / "corpus", PACKAGE.parent / "corpus"):
        if folder.is_dir():
            return folder
    raise CorpusError(f"the sample corpus is missing from {PACKAGE}: install the package again")
