"""STAGE: language models that people run on their own machines: what they are called, how large, how they may be used.

None is chosen by default, and none was run where this was written: what stands here is what their makers say, or where
``read`` says so, what others report of them. Read the licence before you rely on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

_FLOAT32_BYTES = 4


@dataclass(frozen=True, slots=True)
class Preset:
    """A model by its name on the hub.

    ``billions`` counts its parameters; ``languages`` is what its card says of them; ``asks`` whether the hub wants its
    terms accepted first; ``read`` is ``card`` or ``reports``; ``note`` is what else must be known.
    """

    name: str
    billions: float
    licence: str
    languages: str
    asks: bool = False
    read: str = "card"
    note: str = ""

    @property
    def memory_gb(self) -> float:
        """What its weights take on a CPU, where they are computed with in float32."""
        return self.billions * _FLOAT32_BYTES


_UNION = "the 24 of the Union and 11 more"
_HYBRID = "also reads pictures"

PRESETS = (
    Preset("Qwen/Qwen3-0.6B", 0.6, "Apache-2.0", "100 and more"),
    Preset("Qwen/Qwen3-1.7B", 1.7, "Apache-2.0", "100 and more"),
    Preset("Qwen/Qwen3-4B", 4.0, "Apache-2.0", "100 and more"),
    Preset("Qwen/Qwen3-8B", 8.0, "Apache-2.0", "100 and more"),
    Preset("Qwen/Qwen3.5-0.8B", 0.8, "Apache-2.0", "201", read="reports", note=_HYBRID),
    Preset("Qwen/Qwen3.5-2B", 2.0, "Apache-2.0", "201", read="reports", note=_HYBRID),
    Preset("Qwen/Qwen3.5-4B", 4.5, "Apache-2.0", "201", read="reports", note=_HYBRID),
    Preset("utter-project/EuroLLM-1.7B-Instruct", 1.7, "Apache-2.0", _UNION),
    Preset("utter-project/EuroLLM-9B-Instruct", 9.0, "Apache-2.0", _UNION),
    Preset("utter-project/EuroLLM-22B-Instruct-2512", 22.0, "Apache-2.0", _UNION, note="best on a server"),
    Preset("HuggingFaceTB/SmolLM3-3B", 3.0, "Apache-2.0", "en fr es de it pt"),
    Preset(
        "mistralai/Ministral-3-3B-Instruct-2512",
        3.8,
        "Apache-2.0",
        "dozens, among them en fr es de it pt nl zh ja ko ar",
        note="its weights are FP8: best on a server",
    ),
    Preset("swiss-ai/Apertus-8B-Instruct-2509", 8.0, "Apache-2.0", "1,811", asks=True),
    Preset("google/gemma-3-1b-it", 1.0, "Gemma terms", "not said for this size", asks=True),
    Preset("google/gemma-3-4b-it", 4.3, "Gemma terms", "140 and more", asks=True),
    Preset("google/gemma-4-E2B-it", 5.1, "Apache-2.0", "140 and more", read="reports", note=_HYBRID),
    Preset("google/gemma-4-E4B-it", 8.0, "Apache-2.0", "140 and more", read="reports", note=_HYBRID),
)
"""By family, the newest last; sizes as their makers or the hub count them."""


def alike(name: str) -> str:
    """The preset that somebody may have meant by ``name``, empty where none is near.

    >>> alike("qwen3-0.6b"), alike("Qwen/Qwen3.5-2b"), alike("my/model")
    ('Qwen/Qwen3-0.6B', 'Qwen/Qwen3.5-2B', '')
    """
    by_end = {preset.name.rpartition("/")[2].lower(): preset.name for preset in PRESETS}
    found = get_close_matches(name.rpartition("/")[2].lower(), by_end, n=1, cutoff=0.8)
    return by_end[found[0]] if found else ""
