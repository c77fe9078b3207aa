"""DOOR: `rag chat`."""

from __future__ import annotations

import os
import sys
from argparse import Namespace

from rag.cli.terminal import config_of, progress
from rag.config import Config
from rag.errors import BadUsage, IndexMissing


def chat(options: Namespace) -> int:
    """Serve the chat, after indexing the sample corpus where there is no index and none was named.

    Raises IndexMissing for one that was named, by an option or by the settings, and is not there.
    """
    config = config_of(options, model=options.model, fallback=options.fallback)
    if not 1 <= options.port <= 65535:
        raise BadUsage(f"--port must be a number from 1 to 65535, not {options.port}")
    from rag.app.serve import check_address
    from rag.store.generation import open_generation

    password = _password(options)
    check_address(options.address, password)
    try:
        open_generation(config.index)
    except IndexMissing:
        if options.index is not None or config.index != Config().index:
            raise
        from rag.build import build
        from rag.sample import sample_corpus
        from rag.show import show_report

        print(f"There is no index in {config.index} yet: indexing the sample corpus.", file=sys.stderr)
        print(show_report(build(sample_corpus(), config, progress(False))))
    from rag.app.serve import serve

    return serve(
        config, options.port, open_browser=not options.no_browser, address=options.address, password=password
    )


def _password(options: Namespace) -> str:
    """The first line of the password file, else what the environment holds; empty where there is neither."""
    from rag.app.serve import PASSWORD

    kept = os.environ.pop(PASSWORD, "")  # no process that the page may start inherits it
    if options.password_file is None:
        return kept
    try:
        lines: list[str] = options.password_file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        mend = "give a file with it in its first line"
        raise BadUsage(f"cannot read the password in {options.password_file}: {reason}: {mend}") from error
    if not lines or not lines[0].strip():
        raise BadUsage(f"{options.password_file} holds no password in its first line: write one there")
    return lines[0].strip()
