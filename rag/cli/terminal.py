"""DOOR: what the commands share: their settings, data instead of text, and a bar that shows how far they are."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.config import Config


def config_of(options: Namespace, **more: Any) -> Config:
    """The settings of the file, overridden by the options."""
    from rag.config import load_config

    return load_config(options.config, index=options.index, encoder=options.encoder, **more)


def same_place(one: Path, other: Path) -> bool:
    """Whether two paths lead to one place; a link that leads to itself, where Path.resolve raises, leads nowhere."""
    return os.path.realpath(one) == os.path.realpath(other)


def check_dossier(dossier: Path, session: Path | None = None) -> None:
    """Raise BadUsage where a dossier cannot be written, or over what a person would miss.

    That is the conversation it is made of, any file that is no dossier, and a dossier that somebody has edited.
    """
    from rag.dossier import format_of
    from rag.dossier.reading import read_dossier
    from rag.errors import BadUsage, DossierError

    format_of(dossier)
    if session is not None and same_place(dossier, session):
        raise BadUsage(f"{dossier} is the conversation itself: give another file for the dossier")
    if not dossier.exists():
        return
    try:
        replaceable = read_dossier(dossier).unaltered is not False
    except DossierError:
        replaceable = False
    if not replaceable:
        raise BadUsage(f"{dossier} is there already, and no dossier as one is written: give a new file")


def terminal_language() -> str:
    """The language that the terminal is set to, as a primary subtag; empty where it is set to none."""
    value = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    primary = value.split(".")[0].split("_")[0].lower()
    return "" if primary in {"c", "posix"} else primary


def print_json(value: Any) -> None:
    """Print ``value`` as JSON that cannot steer a terminal."""
    from rag.show import inert_json

    print(inert_json(json.dumps(value, ensure_ascii=False, indent=2)))


def progress(quiet: bool) -> Callable[[str, int, int], None] | None:
    """A progress bar on stderr that starts anew at each step, None where none is wanted."""
    if quiet or not sys.stderr.isatty():
        return None
    from tqdm import tqdm

    names = {"read": "reading", "embed": "meaning", "words": "words"}
    bars: dict[str, Any] = {}

    def tell(step: str, done: int, total: int) -> None:
        if step not in bars:
            for bar in bars.values():
                bar.close()
            bars[step] = tqdm(total=total, desc=names.get(step, step), unit="", leave=False, file=sys.stderr)
        bars[step].update(done - bars[step].n)
        if done >= total:
            bars[step].close()

    return tell
