"""TOOL: ``python -m rag.train answer`` fits the extractive model, ``judge`` judges it, ``encoder`` trains one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rag.answer.extractive import COEFFICIENTS
from rag.config import PACKAGE, SHIPPED_ENCODER


def main() -> None:
    """Run one of the two; each says with --help what it reads."""
    parser = argparse.ArgumentParser(prog="python -m rag.train")
    tools = parser.add_subparsers(required=True)
    _add_answer(tools.add_parser("answer", help="fit rag/models/extractive.json"))
    _add_judge(tools.add_parser("judge", help="judge the shipped extractive model beside word overlap"))
    _add_encoder(tools.add_parser("encoder", help="train a static encoder; goes on from OUT/checkpoint.pt"))
    _add_words(tools.add_parser("words", help="write rag/text/common_words.txt"))
    options = parser.parse_args()
    options.run(options)


def _add_answer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder with one folder for each set")
    parser.add_argument("--sentence", nargs="+", required=True, help="trials the sentence model is fitted on")
    parser.add_argument("--confidence", nargs="+", required=True, help="trials the confidence models are fitted on")
    parser.add_argument("--limit", type=int, default=600, help="questions of each trial at the most")
    parser.add_argument("--out", type=Path, default=COEFFICIENTS)
    parser.add_argument("--strictness", type=float, default=0.35)
    parser.add_argument("--quote-count", type=int, default=2)
    parser.add_argument("--second-share", type=float, default=0.25)
    parser.set_defaults(run=_answer)


def _add_judge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder with one folder for each set")
    parser.add_argument("trials", nargs="+", help="sets, as rag/train/trials.py names them")
    parser.add_argument("--limit", type=int, default=400, help="questions of each trial at the most")
    parser.set_defaults(run=_judge)


def _add_encoder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder with the tables rag.train.pairs names")
    parser.add_argument("--qa", type=Path, help="folder of question and passage pairs, .jsonl")
    parser.add_argument("--start", type=Path, default=PACKAGE / "models" / SHIPPED_ENCODER, help="encoder")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--revision", default="v1")
    parser.set_defaults(run=_encoder)


def _add_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder with parallel.tsv.xz and pairs.tsv.xz")
    parser.add_argument("--count", type=int, default=3_000, help="words a language")
    parser.set_defaults(run=_words)


def _words(options: argparse.Namespace) -> None:
    from rag.train.words import write_words

    write_words(options.data, PACKAGE / "text" / "common_words.txt", options.count)


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


def _answer(options: argparse.Namespace) -> None:
    from rag.train.answer import fit_both, fit_sentences, read_examples, report, write_coefficients

    names = list(dict.fromkeys([*options.sentence, *options.confidence]))
    examples = read_examples(names, options.data, options.limit, _tell)
    seen = [example for example in examples if not example.held_out]
    weights = fit_sentences([example for example in seen if example.set_name in options.sentence])
    within, across = fit_both([example for example in seen if example.set_name in options.confidence], weights)
    for line in report(examples, weights, within, across):
        _tell(line)
    write_coefficients(
        options.out,
        weights,
        within,
        across,
        f"python -m rag.train answer on {', '.join(names)}; half of up to {options.limit} questions each",
        strictness=options.strictness,
        quote_count=options.quote_count,
        second_share=options.second_share,
    )


def _judge(options: argparse.Namespace) -> None:
    from dataclasses import replace

    from rag.answer.extractive import load_coefficients
    from rag.train.answer import read_examples, report

    fitted = load_coefficients()
    examples = read_examples(options.trials, options.data, options.limit, _tell)
    judged = [replace(example, held_out=True) for example in examples]
    for line in report(judged, fitted.sentence, fitted.confidence, fitted.confidence_across):
        _tell(line)


def _encoder(options: argparse.Namespace) -> None:
    from tokenizers import Tokenizer

    from rag.embed.static import read_table
    from rag.train.encoder import train, write_encoder
    from rag.train.pairs import read_pairs

    options.out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(options.start / "tokenizer.json"))
    pairs = read_pairs(options.data, options.qa, tokenizer, _tell)
    table = train(
        pairs,
        read_table(options.start / "model.safetensors"),
        options.out,
        minutes=options.minutes,
        rate=options.rate,
        seed=options.seed,
        device=options.device,
        tell=_tell,
    )
    write_encoder(table, options.start, options.out / "model", options.revision)


if __name__ == "__main__":
    main()
