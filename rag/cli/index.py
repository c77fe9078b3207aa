"""DOOR: `rag build`, `rag info` and `rag doctor`."""

from __future__ import annotations

from argparse import Namespace

from rag.cli.terminal import config_of, print_json, progress


def build(options: Namespace) -> int:
    """Index a folder of documents."""
    from rag.build import build

    config = config_of(options, passage_tokens=options.passage_tokens, overlap_tokens=options.overlap_tokens)
    report = build(options.folder, config, progress(options.quiet))
    if options.json:
        from dataclasses import asdict

        print_json(asdict(report))
    else:
        from rag.show import show_report

        print(show_report(report))
    return 0


def info(options: Namespace) -> int:
    """Tell what is in the index."""
    from dataclasses import asdict

    from rag.store.generation import open_generation

    folder, manifest = open_generation(config_of(options).index)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if options.json:
        print_json({key: value for key, value in asdict(manifest).items() if key != "files"} | {"bytes": size})
        return 0
    from rag.show import show_info

    print(show_info(folder, manifest, size))
    return 0


def doctor(options: Namespace) -> int:
    """Check the index; 1 when something is wrong."""
    from rag.doctor import examine

    findings = examine(config_of(options), options.documents)
    wrong = [finding for finding in findings if not finding.well]
    if options.json:
        from dataclasses import asdict

        print_json([asdict(finding) for finding in findings])
    else:
        from rag.show import show_findings

        print(show_findings(findings))
    return 1 if wrong else 0
