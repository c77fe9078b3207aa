"""DOOR: `rag export` and `rag verify`."""

from __future__ import annotations

import sys
from argparse import Namespace

from rag.cli.terminal import check_dossier, config_of, print_json
from rag.errors import BadUsage


def export(options: Namespace) -> int:
    """Write a conversation as a dossier."""
    from rag.dossier import compose, save
    from rag.library import open_library
    from rag.session import read_session
    from rag.show import counted

    check_dossier(options.dossier, options.session)
    exchanges = read_session(options.session)
    if not exchanges:
        raise BadUsage(f"there is no conversation in {options.session}: run `rag ask --session FILE` first")
    library = open_library(config_of(options))
    save(compose(library, exchanges, title=options.title), options.dossier)
    citations = [citation for exchange in exchanges if exchange.answer for citation in exchange.answer.citations]
    strange = sum(library.passages.facts(citation.document_id) is None for citation in citations)
    if strange:
        told = f"{counted(strange, 'quotation')} of {len(citations)} from documents not in {library.config.index}"
        print(f"rag: {told}: name the index of the conversation with --index", file=sys.stderr)
    quote_count = len(citations)
    done = {"dossier": str(options.dossier), "questions": len(exchanges), "quotations": quote_count}
    if options.json:
        print_json(done)
    else:
        said = f"{counted(len(exchanges), 'question')} with {counted(quote_count, 'quotation')}"
        print(f"{said} -> {options.dossier}")
    return 0


def verify(options: Namespace) -> int:
    """Check the quotations of a dossier; 1 when one does not stand."""
    from rag.dossier.reading import read_dossier
    from rag.dossier.verify import FolderTexts, IndexTexts, verify_dossier

    config = config_of(options)
    read = read_dossier(options.dossier)
    texts = FolderTexts(options.documents, config) if options.documents is not None else IndexTexts(config)
    verification = verify_dossier(read, texts)
    if options.json:
        from dataclasses import asdict

        print_json(asdict(verification) | {"holds": verification.holds})
    else:
        from rag.show import show_verification

        print(show_verification(verification))
    return 0 if verification.holds else 1
