"""STAGE: a sentence-transformers ``StaticEmbedding`` folder, read straight into NumPy.

The folder is what ``SentenceTransformer(path)`` loads, with the same table and the same direction for a text that
repeats no piece (tests/test_embed.py compares the two; a piece that comes n times counts sqrt(n) times here, which
finds more). Reading it here spares the four seconds and 400 MB that importing torch costs, and lends the pieces' own
vectors to late interaction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from rag.embed import EncoderCard, Pieces, Rows
from rag.embed.words import PieceType, WordPieces
from rag.errors import ModelMissing
from rag.schema import Scores, Vectors
from rag.text.pieces import parse_tokenizer

# Lengths in pieces. Of the windows tried on 3,560 French passages, 32/16 finds 89 % of the answers among the first
# hundred, 48/24 87 %, 64/32 87 %, 128/64 83 % and one vector a passage 80 %, at 8.7, 5.6, 4.1, 2.0 and 1 vectors.
INDEX_WINDOW = 64
INDEX_STRIDE = 32
_ROWS_A_PART = 2048
"""So many rows of the table stay in a processor's cache."""

NEARBY = 48
"""How many pieces a stretch has at the most: of 24, 32, 48 and 64 this found most across languages."""
_BLOCK = NEARBY // 2

_FEW = 16
"""Up to so many texts are summed one by one, without loading SciPy."""


def is_static(path: Path) -> bool:
    """Whether ``path`` is a sentence-transformers ``StaticEmbedding`` and nothing more.

    A ``Normalize`` after it changes no direction; a model with other modules or prompts needs sentence-transformers.
    """
    modules = path / "modules.json"
    if not modules.is_file():
        return False
    try:
        first, *others = json.loads(modules.read_text(encoding="utf-8"))
        weights = path / first.get("path", "") / "model.safetensors"
        alone = all(str(other["type"]).endswith(".Normalize") for other in others) and not _has_prompts(path)
        return alone and str(first["type"]).endswith(".StaticEmbedding") and weights.is_file()
    except (ValueError, LookupError, TypeError, AttributeError, OSError, RecursionError):
        return False


def _has_prompts(path: Path) -> bool:
    file = path / "config_sentence_transformers.json"
    prompts = json.loads(file.read_text(encoding="utf-8")).get("prompts") if file.is_file() else None
    return any((prompts or {}).values())


class StaticEncoder:
    """One vector a piece; a text is the sum of its distinct pieces, each times the square root of its count."""

    def __init__(self, path: Path, name: str) -> None:
        """Read the folder; raises ModelMissing naming the file that cannot be read."""
        folder = path / json.loads((path / "modules.json").read_text(encoding="utf-8"))[0].get("path", "")
        self._weights = read_table(folder / "model.safetensors")
        width = np.uint16 if len(self._weights) <= 1 << 16 else np.uint32
        self._words = _read_tokenizer(folder / "tokenizer.json", width, len(self._weights))
        parts = np.array_split(self._weights, max(1, len(self._weights) // _ROWS_A_PART))
        self._norms = np.concatenate([np.linalg.norm(part, axis=1) for part in parts])
        if not np.isfinite(self._norms).all():
            raise ModelMissing(f"the weights in {folder / 'model.safetensors'} are no numbers: copy the model again")
        self.card = EncoderCard(
            name=name,
            revision=_revision(path),
            dimension=int(self._weights.shape[1]),
            query_prompt="",
            passage_prompt="",
            fingerprint=_sha256(folder / "model.safetensors"),
            languages=_languages(path),
            tokenizer=_sha256(folder / "tokenizer.json"),
        )

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of pieces of each text."""
        return self._words.counts(texts)

    def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        """The pieces of each text in order; a text without any gets piece 0, whose vector counts for nothing."""
        return [pieces if len(pieces) else np.zeros(1, pieces.dtype) for pieces in self._words.pieces(texts)]

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """``(len(texts), dimension)`` float32, unit rows (a zero row for a text without known pieces)."""
        return self._encode(self.pieces(texts))

    def encode_passages(self, texts: Sequence[str]) -> tuple[Vectors, Rows]:
        """A unit row for each whole text, then one for each window of 64 pieces where it has several."""
        parts: list[Pieces] = []
        owners: list[int] = []
        for row, pieces in enumerate(self.pieces(texts)):
            starts = window_starts(len(pieces), INDEX_WINDOW, INDEX_STRIDE)
            windows = [pieces[start : start + INDEX_WINDOW] for start in starts] if len(starts) > 1 else []
            parts += [pieces, *windows]
            owners += [row] * (1 + len(windows))
        return self._encode(parts), np.array(owners, dtype=np.int64)

    def interact(self, question: str, texts: Sequence[Pieces]) -> Scores:
        """Late interaction of the question with each text: the share of the question's pieces that the text meets.

        The sum over the question's pieces of their vector's length times f(best cosine in the text),
        f(c) = (c + c^3) / 2 for c > 0, divided by its greatest possible value.
        Source: MaxSim (Khattab and Zaharia, ColBERT, 2020, section 3.2); the weights and f are this project's.
        """
        if not texts:
            return np.zeros(0, np.float32)
        weights, best = self.meet(question, texts)
        return np.asarray(weights @ _liking(best), dtype=np.float32)

    def interact_nearby(self, question: str, texts: Sequence[Pieces]) -> tuple[Scores, Scores]:
        """Late interaction with each text, and with its best stretch of at most NEARBY pieces."""
        if not texts:
            return np.zeros(0, np.float32), np.zeros(0, np.float32)
        weights, cosines, starts = self._cosines(question, texts)
        lengths = np.array([len(text) for text in texts])
        counts = -(-lengths // _BLOCK)  # blocks of each text, the last one shorter
        firsts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        offsets = np.arange(counts.sum()) - np.repeat(firsts, counts)
        best = np.maximum.reduceat(cosines, np.repeat(starts, counts) + _BLOCK * offsets, axis=1).clip(0, 1)
        blocks = _liking(best)
        late = weights @ np.maximum.reduceat(blocks, firsts, axis=1)
        stretches = blocks.copy()
        follows = offsets[1:] > 0
        stretches[:, :-1][:, follows] = np.maximum(blocks[:, :-1], blocks[:, 1:])[:, follows]
        near = np.maximum.reduceat(weights @ stretches, firsts)
        return np.asarray(late, dtype=np.float32), np.asarray(near, dtype=np.float32)

    def meet(self, question: str, texts: Sequence[Pieces]) -> tuple[Scores, Scores]:
        """The share of each distinct piece of the question in what it asks, and its best cosine in each text.

        ``(pieces,)``, summing to 1, and ``(pieces, len(texts))`` in 0..1; ``texts`` has one at least.
        """
        weights, cosines, starts = self._cosines(question, texts)
        return weights, np.maximum.reduceat(cosines, starts, axis=1).clip(0, 1)

    def _cosines(self, question: str, texts: Sequence[Pieces]) -> tuple[Scores, Scores, Rows]:
        """The shares of the question's distinct pieces, their cosines with all pieces of the texts, where each begins.

        ``(pieces,)``, ``(pieces, pieces of all texts)`` and ``(len(texts),)``.
        """
        flat = np.concatenate(texts)
        found, places = self._distinct(flat)
        starts = np.concatenate([[0], np.cumsum([len(text) for text in texts])[:-1]])
        asked = np.unique(self.pieces([question])[0])
        weights = self._norms[asked]
        unit = self._weights[asked] / np.maximum(weights, 1e-9)[:, None]
        cosines = (self._weights[found] @ unit.T).T / np.maximum(self._norms[found], 1e-9)
        return np.asarray(weights / max(float(weights.sum()), 1e-9), dtype=np.float32), cosines[:, places], starts

    def _distinct(self, pieces: Pieces) -> tuple[Rows, Rows]:
        """The distinct pieces in rising order and, for each piece given, its place among them; sorts nothing."""
        places = np.zeros(len(self._weights), dtype=np.int64)
        places[pieces] = 1
        found = np.flatnonzero(places)
        places[found] = np.arange(len(found))
        return found, places[pieces]

    def _encode(self, texts: Sequence[Pieces]) -> Vectors:
        """Unit rows: the sum over a text's distinct pieces of sqrt(count) times their vector."""
        if len(texts) > _FEW:
            rows = self._sums(texts)
        else:
            rows = np.zeros((len(texts), self._weights.shape[1]), dtype=np.float32)
            for row, pieces in enumerate(texts):
                distinct, counts = np.unique(pieces, return_counts=True)
                rows[row] = np.sqrt(counts).astype(np.float32) @ self._weights[distinct]
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)

    def _sums(self, texts: Sequence[Pieces]) -> Vectors:
        """The same sums for many texts at once, as one product with a sparse matrix."""
        from scipy.sparse import csr_matrix

        starts = np.cumsum([0, *(len(pieces) for pieces in texts)])
        pieces = np.concatenate(texts).astype(np.int32)
        shape = (len(texts), len(self._weights))
        counts = csr_matrix((np.ones(len(pieces), np.float32), pieces, starts), shape=shape)
        counts.sum_duplicates()
        counts.data = np.sqrt(counts.data)
        return np.asarray(counts @ self._weights, dtype=np.float32)


def _liking(best: Scores) -> Scores:
    """f of late interaction, (c + c^3) / 2; it never falls, so it may follow a maximum."""
    return 0.5 * best + 0.5 * best**3


def window_starts(length: int, window: int, stride: int) -> range:
    """Where windows start in a text of ``length`` pieces: every ``stride``, none that lies wholly in the one before.

    >>> list(window_starts(100, 64, 32)), list(window_starts(10, 64, 32))
    ([0, 32, 64], [0])
    """
    return range(0, max(1, length - (window - stride)), stride)


def read_table(file: Path) -> Vectors:
    """The float32 table of piece vectors, in either of the two layouts sentence-transformers reads.

    Raises ModelMissing where there is none.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        table = _table_of(load_file(file))
        if table.ndim != 2 or not table.size:
            raise ValueError("they are no table")
        return table
    except (OSError, SafetensorError, LookupError, ValueError, TypeError) as error:
        raise ModelMissing(f"the weights in {file} cannot be read ({error}): copy the model again") from error


def _table_of(tensors: Mapping[str, Vectors]) -> Vectors:
    if "embedding.weight" in tensors:
        return np.asarray(tensors["embedding.weight"], dtype=np.float32)
    table = np.asarray(tensors["embeddings"])
    if "mapping" in tensors:
        table = table[np.asarray(tensors["mapping"], dtype=np.int64)]
    if "weights" in tensors:
        weights = np.asarray(tensors["weights"], dtype=np.float32)
        return np.asarray(np.multiply(table, weights[:, None], dtype=np.float32))
    return np.asarray(table, dtype=np.float32)


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _read_tokenizer(file: Path, width: PieceType, piece_count: int) -> WordPieces:
    """What cuts words with the tokenizer of a ``tokenizer.json``, once that is known to be JSON with a model in it.

    Raises ModelMissing too where it has more pieces than the ``piece_count`` that have vectors.
    """
    try:
        text = file.read_text(encoding="utf-8")
        content = json.loads(text)
        if not isinstance(content, dict) or "model" not in content:
            raise ModelMissing(f"{file} is not a tokenizer: copy the model again")
    except (OSError, ValueError, RecursionError) as error:
        raise ModelMissing(f"the tokenizer in {file} cannot be read ({error}): copy the model again") from error
    tokenizer = parse_tokenizer(text)
    if tokenizer.get_vocab_size() > piece_count:
        raise ModelMissing(f"the tokenizer in {file} has more pieces than the weights beside it: copy the model again")
    return WordPieces(tokenizer, content, width)


def _settings(path: Path) -> dict[str, object]:
    """The folder's ``communique.json`` (revision and languages), empty for a model that was not made here."""
    file = path / "communique.json"
    if not file.is_file():
        return {}
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelMissing(f"the settings in {file} cannot be read ({error}): copy the model again") from error
    return settings if isinstance(settings, dict) else {}


def _revision(path: Path) -> str:
    return str(_settings(path).get("revision", ""))


def _languages(path: Path) -> tuple[str, ...]:
    languages = _settings(path).get("languages", [])
    return tuple(str(tag) for tag in languages) if isinstance(languages, list) else ()
