"""TOOL: how the weights and coefficients the package ships are made, one command each.

``encoder`` and ``reader`` train, ``words`` counts common words, ``sets`` writes the sets of the fits, ``ranking`` fits
the weights of rag.rank, ``answer`` the coefficients of the extractive model, ``spans`` those that choose the short
answer in a sentence; ``judge`` and ``bitext`` measure.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rag.answer.extractive import COEFFICIENTS
from rag.answer.spans import SPANS
from rag.config import PACKAGE, SHIPPED_ENCODER


def main() -> None:
    """Run one of them; each says with --help what it reads."""
    parser = argparse.ArgumentParser(prog="python -m rag.train")
    tools = parser.add_subparsers(required=True)
    _add_answer(tools.add_parser("answer", help="fit rag/models/extractive.json"))
    _add_spans(tools.add_parser("spans", help="fit rag/models/spans.json"))
    _add_judge(tools.add_parser("judge", help="judge the shipped extractive model beside word overlap"))
    _add_encoder(tools.add_parser("encoder", help="train a static encoder; goes on from OUT/checkpoint.pt"))
    _add_words(tools.add_parser("words", help="write rag/text/common_words.txt"))
    _add_reader(tools.add_parser("reader", help="train the embedded reader; goes on from OUT/checkpoint.pt"))
    _add_sets(tools.add_parser("sets", help="write the sets that ranking and answer are fitted on"))
    _add_ranking(tools.add_parser("ranking", help="fit the weights of rag.rank and print them"))
    _add_bitext(tools.add_parser("bitext", help="sentence retrieval between English and each other language"))
    options = parser.parse_args()
    options.run(options)


def _add_answer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder with one folder for each set")
    parser.add_argument("--sentence", nargs="+", required=True, help="trials the sentence model is fitted on")
    parser.add_argument("--confidence", nargs="+", required=True, help="trials the confidence models are fitted on")
    parser.add_argument("--limit", type=int, default=600, help="questions of each trial at the most")
    parser.add_argument("--out", type=Path, default=COEFFICIENTS)
    parser.add_argument("--strictness", type=float, default=0.28)
    parser.add_argument("--quote-count", type=int, default=2)
    parser.add_argument("--second-share", type=float, default=0.5)
    parser.add_argument("--beside-share", type=float, default=0.2)
    parser.set_defaults(run=_answer)


def _add_spans(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder with one folder for each set")
    parser.add_argument("trials", nargs="+", help="sets, as rag/train/trials.py names them")
    parser.add_argument("--limit", type=int, default=700, help="questions of each trial at the most")
    parser.add_argument("--out", type=Path, default=SPANS)
    parser.set_defaults(run=_spans)


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


def _add_reader(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--qa", type=Path, required=True, help="folder of marked questions, .jsonl")
    parser.add_argument("--sets", type=Path, required=True, help="folder with squad_es_v1, squad_es_v2, squad_it_test")
    parser.add_argument("--dictionary", type=Path, help="dictionary.tsv.xz, to ask in other languages")
    parser.add_argument("--titles", type=Path, help="title_passage.tsv.xz, to make questions of its passages too")
    parser.add_argument("--start", type=Path, default=PACKAGE / "models" / SHIPPED_ENCODER, help="encoder")
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--begin", type=Path, help="reader to go on from, its weights over the encoder's new vectors")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--revision", default="r1")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--watch", nargs="*", default=[], help="sets to judge as it goes; nothing is chosen by them")
    parser.set_defaults(run=_reader)


def _add_sets(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--qa", type=Path, required=True, help="folder of marked questions, .jsonl")
    parser.add_argument("--sets", type=Path, required=True, help="folder with one folder for each set")
    parser.add_argument("--out", type=Path, required=True)
    parser.set_defaults(run=_sets)


def _add_ranking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder with one folder for each set")
    parser.add_argument("--within", nargs="*", default=[], help="trials within a language; piaf:plain, piaf:typo too")
    parser.add_argument("--across", nargs="*", default=[], help="trials across languages, xquad_en@xquad_de")
    parser.add_argument("--limit", type=int, default=300, help="questions of each trial at the most")
    parser.add_argument("--encoder", default=SHIPPED_ENCODER)
    parser.add_argument("--titles", type=float, help="hold the weight of titles within a language at this")
    parser.add_argument("--judge", action="store_true", help="fit nothing: measure the shipped weights")
    parser.set_defaults(run=_ranking)


def _add_bitext(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder with the tables rag.train.pairs names")
    parser.add_argument("--source", default="held_out", help="held_out, or a source of pairs.tsv.xz")
    parser.add_argument("--encoder", type=Path, default=PACKAGE / "models" / SHIPPED_ENCODER)
    parser.add_argument("--limit", type=int, default=1000, help="lines of each language at the most")
    parser.set_defaults(run=_bitext)


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


def _answer(options: argparse.Namespace) -> None:
    from rag.train.answer import fit_confidences, fit_sentences, write_coefficients
    from rag.train.answer_report import cost_of_strictness, report
    from rag.train.examples import read_examples

    names = list(dict.fromkeys([*options.sentence, *options.confidence]))
    examples = read_examples(names, options.data, options.limit, _tell)
    seen = [example for example in examples if not example.held_out]
    weights = fit_sentences([example for example in seen if example.set_name in options.sentence])
    fitted = fit_confidences([example for example in seen if example.set_name in options.confidence], weights)
    for line in report(examples, weights, fitted):
        _tell(line)
    write_coefficients(
        options.out,
        weights,
        fitted,
        f"python -m rag.train answer on {', '.join(names)}; half of up to {options.limit} questions each",
        strictness=options.strictness,
        quote_count=options.quote_count,
        second_share=options.second_share,
        beside_share=options.beside_share,
        risk_coverage=cost_of_strictness(examples, weights, fitted),
    )


def _spans(options: argparse.Namespace) -> None:
    from rag.train.examples import read_examples
    from rag.train.spans import fit_spans, read_spans, report_spans, write_spans

    rows = read_spans(read_examples(options.trials, options.data, options.limit, _tell))
    weights = fit_spans(rows)
    for line in report_spans(rows, weights):
        _tell(line)
    note = f"python -m rag.train spans on {', '.join(options.trials)}; half of up to {options.limit} questions each"
    write_spans(options.out, weights, note)


def _judge(options: argparse.Namespace) -> None:
    from dataclasses import replace

    from rag.answer.extractive import load_coefficients
    from rag.train.answer_report import report
    from rag.train.examples import read_examples

    fitted = load_coefficients()
    examples = read_examples(options.trials, options.data, options.limit, _tell)
    judged = [replace(example, held_out=True) for example in examples]
    for line in report(judged, fitted.sentence, fitted.confidence):
        _tell(line)


def _encoder(options: argparse.Namespace) -> None:
    from rag.embed.static import read_table
    from rag.train.encoder import train, write_encoder
    from rag.train.pairs import read_pairs

    options.out.mkdir(parents=True, exist_ok=True)
    pairs = read_pairs(options.data, options.qa, options.start / "tokenizer.json", options.out / "pairs.npz", _tell)
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


def _sets(options: argparse.Namespace) -> None:
    from rag.train.sets import write_sets

    _tell(" ".join(write_sets(options.qa, options.sets, options.out)))


def _ranking(options: argparse.Namespace) -> None:
    from dataclasses import replace

    from rag.rank import ACROSS_LANGUAGES, SAME_LANGUAGE
    from rag.train.ranking import BASELINES, fit_ranking, read_candidates, report

    within, across = SAME_LANGUAGE, ACROSS_LANGUAGES
    examples = read_candidates([*options.within, *options.across], options.data, options.limit, _tell, options.encoder)
    if options.judge:
        for line in report([replace(example, held_out=True) for example in examples], BASELINES):
            _tell(line)
        return
    seen = [example for example in examples if not example.held_out]
    if options.within:
        own = [example for example in seen if example.set_name in options.within]
        within = fit_ranking(own, titles=options.titles)
    if options.across:
        across = fit_ranking([example for example in seen if example.set_name in options.across], words=False)
    _tell(f"within {within}\nacross {across}")
    for line in report(examples, BASELINES | {"fitted": (within, across)}):
        _tell(line)


def _bitext(options: argparse.Namespace) -> None:
    from rag.embed.static import StaticEncoder
    from rag.train.bitext import read_lines, retrieval

    encoder = StaticEncoder(options.encoder, options.encoder.name)
    for language, pairs in read_lines(options.data, options.source, options.limit).items():
        there, back = retrieval(encoder, pairs)
        _tell(f"{language} {len(pairs):5d} lines  en->{language} {100 * there:.1f}  {language}->en {100 * back:.1f}")


def _reader(options: argparse.Namespace) -> None:
    from tokenizers import Tokenizer

    from rag.embed.static import read_table
    from rag.train import reader
    from rag.train.batches import Batches
    from rag.train.network import Net
    from rag.train.questions import Rewriter
    from rag.train.reading import chances, marked_questions, right_sentences, with_clozes

    options.out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(options.start / "tokenizer.json"))
    table = reader.shrink(read_table(options.start / "model.safetensors"), options.width)
    begun = Net(options.width)
    if options.begin:
        begun, before = reader.read_reader(options.begin)
        table = reader.turn(table, before)
    rows = with_clozes(marked_questions(options.qa, options.sets), options.titles, options.seed)
    _tell(f"{len(rows):,} questions")
    batches = Batches(table, tokenizer, rows, Rewriter(options.dictionary))
    net = reader.train(
        batches,
        begun,
        options.out,
        chances(rows),
        minutes=options.minutes,
        rate=options.rate,
        seed=options.seed,
        tell=_tell,
        judge=lambda net: right_sentences(net, table, tokenizer, [options.sets / name for name in options.watch]),
    )
    facts = {"revision": options.revision, "width": options.width, "questions": len(rows), "minutes": options.minutes}
    reader.write_reader(net, table, options.out / "model", facts)


if __name__ == "__main__":
    main()
