"""How fast a language model writes on this machine: full weights, int8 weights, and weights read from a GGUF file.

    python tests/bench_generate.py [--layers 8] [--width 768] [--prompt 700] [--tokens 32] [--rounds 3]

The model has the shape of a Qwen3 and random weights, which cost the same as trained ones. Each kind runs in a process
of its own, so that its greatest memory is its own; the kinds take turns, and CPU seconds are told beside those of the
clock, since other programs slow the clock alone.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

KINDS = ("fp32", "int8", "gguf")
Figures = dict[str, float]


def save(folder: Path, layers: int, width: int) -> None:
    """A model of random weights and the GGUF file of the same."""
    from tiny_models import SIZES, save_gguf, save_model

    sizes: dict[str, Any] = {"hidden_size": width, "intermediate_size": 3 * width, "num_hidden_layers": layers}
    sizes |= {"num_attention_heads": width // 128 * 2, "num_key_value_heads": width // 128, "head_dim": 128}
    save_model(folder / "model", "qwen3", vocab_size=32_000, **sizes)
    SIZES.update(sizes)
    save_gguf(folder / "model.gguf", folder / "model")


def measure(folder: Path, kind: str, prompt: int, tokens: int) -> Figures:
    """Seconds to load, to the first token and for each later one; how far int8 strays; the greatest memory in MB."""
    import torch

    from rag.answer.generate.weights import load

    started = time.perf_counter()
    model: Any = load(str(folder / ("model.gguf" if kind == "gguf" else "model"))).model
    ids = torch.randint(0, 250, (1, prompt), generator=torch.Generator().manual_seed(1))
    if kind == "int8":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            quantise: Any = torch.ao.quantization.quantize_dynamic
            model = quantise(model, {torch.nn.Linear}, dtype=torch.qint8)
    loaded = time.perf_counter() - started
    times: list[tuple[float, float]] = []
    with torch.inference_mode():
        cache: Any = None
        step = ids
        for _ in range(tokens):
            clock, processor = time.perf_counter(), time.process_time()
            out = model(step, past_key_values=cache, use_cache=True, logits_to_keep=1)
            cache, step = out.past_key_values, out.logits[:, -1:].argmax(-1)
            times.append((time.perf_counter() - clock, time.process_time() - processor))
    later = [statistics.median(column) for column in zip(*times[1:], strict=True)]
    return {
        "load_s": loaded,
        "first_s": times[0][0],
        "first_cpu_s": times[0][1],
        "token_s": later[0],
        "token_cpu_s": later[1],
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "parameters_m": sum(each.numel() for each in model.parameters()) / 1e6,
    }


def main() -> None:
    """Print one row a kind, and each beside full weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("layers", 8), ("width", 768), ("prompt", 700), ("tokens", 32), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--one", nargs=2, metavar=("FOLDER", "KIND"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        figures = measure(Path(options.one[0]), options.one[1], options.prompt, options.tokens)
        sys.stdout.write(json.dumps(figures) + "\n")
        return
    rounds: dict[str, list[Figures]] = {kind: [] for kind in KINDS}
    with tempfile.TemporaryDirectory() as folder:
        save(Path(folder), options.layers, options.width)
        passed = ["--prompt", str(options.prompt), "--tokens", str(options.tokens)]
        for kind in KINDS * options.rounds:
            line = [sys.executable, __file__, "--one", folder, kind, *passed]
            ran = subprocess.run(line, check=True, capture_output=True, text=True)
            rounds[kind].append(json.loads(ran.stdout.splitlines()[-1]))
    full: Figures = {}
    for kind, found in rounds.items():
        figures = {name: statistics.median(each[name] for each in found) for name in found[0]}
        full = full or figures
        ratios = {name: round(figures[name] / full[name], 2) for name in figures if name != "parameters_m"}
        shown = {name: round(value, 3) for name, value in figures.items()}
        sys.stdout.write(f"{kind} {shown} against fp32 {ratios}\n")


if __name__ == "__main__":
    main()
