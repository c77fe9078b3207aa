"""DOOR: `rag models`."""

from __future__ import annotations

from argparse import Namespace

from rag.cli.terminal import print_json


def models(options: Namespace) -> int:
    """List the language models that are known."""
    from rag.answer.generate.presets import PRESETS

    if options.json:
        from dataclasses import asdict

        print_json([asdict(preset) | {"memory_gb": preset.memory_gb} for preset in PRESETS])
    else:
        from rag.show import show_presets

        print(show_presets(PRESETS))
    return 0
