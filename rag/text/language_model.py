"""FACTS: py3langid's model, its walk over the bytes of a longer text taken in many places at once: the same, faster."""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

_FEW_BYTES = 400
"""A shorter text is walked byte by byte, by py3langid itself."""

_STRETCH, _LEAD = 40, 8
"""A text is parted into stretches of so many bytes, and the walk of each begins so many bytes before it. No feature
has more than six bytes, so that by then the walk is where it would have been from the beginning."""

_LEAST = 1e-12


class Detector:
    """How likely each language is for a text; safe to share between threads."""

    def __init__(self) -> None:
        """Read the model from py3langid's wheel."""
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

        self._model = model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self.languages: tuple[str, ...] = tuple(label for label in model.labels if len(label) == 2)
        others = len(self.languages)
        place = {language: number for number, language in enumerate(self.languages)}
        self._places = np.array([place.get(label, others) for label in model.nb_classes])
        self._moves = np.frombuffer(model.tk_nextmove, dtype=model.tk_nextmove.typecode)
        self._rows = np.asarray(model.tk_row, dtype=np.int64) << 8
        self._features = np.array(model.tk_output, dtype=np.int32)
        # The table is float16, slow to reckon with: rows are widened when first met.
        self._wide: NDArray[np.float32] = np.empty(model.nb_ptc.shape, np.float32)
        self._is_wide = np.zeros(len(model.nb_ptc), dtype=bool)

    def log_chances(self, text: str) -> NDArray[np.float64]:
        """The logarithm of how likely each of ``languages`` is, at least that of a millionth of a millionth."""
        data = text.encode("utf-8", "surrogatepass")
        if len(data) < _FEW_BYTES:
            ranked = dict(self._model.rank(text))
            chances = np.array([ranked[language] for language in self.languages])
        else:
            chances = np.bincount(self._places, self._chances(data), len(self.languages) + 1)[:-1]
        return np.asarray(np.log(np.maximum(chances, _LEAST)))

    def _chances(self, data: bytes) -> NDArray[np.float32]:
        """How likely each column of the table is, reckoned as py3langid does."""
        found, counts = np.unique(self._found(data), return_counts=True)
        narrow = found[~self._is_wide[found]]
        self._wide[narrow] = self._model.nb_ptc[narrow]
        self._is_wide[narrow] = True
        scores = np.log1p(counts.astype(np.float32)) @ self._wide[found]
        scores = (scores + self._model.nb_pc if len(found) else scores) / math.sqrt(len(data))
        chances = np.exp(scores - scores.max())
        return np.asarray(chances / chances.sum())

    def _found(self, data: bytes) -> NDArray[np.int32]:
        """The features of ``data`` in order."""
        count = -(-len(data) // _STRETCH)
        padded = np.zeros(_LEAD + count * _STRETCH, dtype=np.uint8)
        padded[_LEAD : _LEAD + len(data)] = np.frombuffer(data, np.uint8)
        steps = np.ascontiguousarray(as_strided(padded, (_LEAD + _STRETCH, count), (1, _STRETCH)))
        states = np.zeros(count, dtype=np.int64)
        seen = np.empty((_STRETCH, count), dtype=np.int64)
        for number, letters in enumerate(steps):
            states = self._moves[self._rows[states] + letters]
            if number == _LEAD - 1:
                states[0] = 0  # nothing stands before the first stretch
            if number >= _LEAD:
                seen[number - _LEAD] = states
        features = self._features[seen.T.ravel()[: len(data)]]
        return features[features >= 0]
