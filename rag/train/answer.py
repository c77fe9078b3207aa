"""TOOL: fit the coefficients of the extractive model on folders in the form of the dev sets.

The sentence model is a softmax over the sentences of the best hits, the right ones being those that hold a gold
answer. The confidence model is a logistic regression on whether the documents answer at all. Both see one half of the
questions (by a hash of their id); the other half is what the printed figures are measured on.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answer import Asked
from rag.answer.confidence import NAMES as CONFIDENCE_NAMES
from rag.answer.confidence import gauge
from rag.answer.extractive import Coefficients, softmax
from rag.answer.features import NAMES as SENTENCE_NAMES
from rag.answer.features import Features, Seen, see
from rag.ask import find, prepare
from rag.build import build
from rag.config import Config
from rag.evaluate import TestQuestion, read_test_set
from rag.library import Library, open_library
from rag.metrics import auroc

_HITS = 8
_HELD_OUT = 2  # every second question is held out


@dataclass(frozen=True, slots=True)
class Example:
    """A question with its sentences and their features; ``right`` marks the sentences that hold a gold answer."""

    set_name: str
    question: TestQuestion
    asked: Asked
    seen: Seen
    right: NDArray[np.bool_]
    held_out: bool


def read_examples(folders: list[Path], limit: int, tell: print = print) -> list[Example]:  # type: ignore[valid-type]
    """placeholder"""
    return []
