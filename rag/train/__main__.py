"""TOOL: ``python -m rag.train answer --data DIR --sentence SET ... --confidence SET ...``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rag.answer.extractive import COEFFICIENTS
from rag.train.answer import fit_both, fit_sentences, read_examples, report, write_coefficients


def main() -> None:
    """Fit both models, report on the held-out half, write the coefficients."""
    parser = argparse.ArgumentParser(prog="python -m rag.train")
    parser.add_argument("what", choices=["answer"])
    parser.add_argument("--data", type=Path, required=True, help="folder with one folder for each set")
    parser.add_argument("--sentence", nargs="+", required=True, help="sets the sentence model is fitted on")
    parser.add_argument("--confidence", nargs="+", required=True, help="sets the confidence model is fitted on")
    parser.add_argument("--limit", type=int, default=600, help="questions of each set at the most")
    parser.add_argument("--out", type=Path, default=COEFFICIENTS)
    parser.add_argument("--strictness", type=float, default=0.25)
    parser.add_argument("--quote-count", type=int, default=2)
    parser.add_argument("--second-share", type=float, default=0.35)
    options = parser.parse_args()

    def tell(line: str) -> None:
        sys.stderr.write(line + "\n")

    names = list(dict.fromkeys([*options.sentence, *options.confidence]))
    examples = read_examples(names, options.data, options.limit, tell)
    seen = [example for example in examples if not example.held_out]
    weights = fit_sentences([example for example in seen if example.set_name in options.sentence])
    within, across = fit_both([example for example in seen if example.set_name in options.confidence], weights)
    for line in report(examples, weights, within, across):
        tell(line)
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


if __name__ == "__main__":
    main()
