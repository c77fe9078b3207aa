"""DOOR: answers, hits, reports and findings as text for a terminal. Returns strings; rag.cli prints them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from textwrap import fill, shorten
from typing import TYPE_CHECKING, Any

from rag.text.languages import same_language
from rag.text.phrases import language_name, phrase

if TYPE_CHECKING:
    from pathlib import Path

    from rag.answer.generate.presets import Preset
    from rag.build import BuildReport
    from rag.doctor import Finding
    from rag.dossier.verify import Verification
    from rag.filters import Filtered
    from rag.schema import Answer, Citation, Hit, Sentence
    from rag.store.manifest import Manifest

_WIDTH = 100
_NEAREST = 3
_C1 = (0x7F, *range(0x80, 0xA0))
_REVERSALS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))  # they show text in another order than it has
_TERMINAL_CONTROLS = {code: None for code in (*range(0x20), *_C1, *_REVERSALS) if chr(code) not in "\n\t"}
_JSON_CONTROLS = {code: f"\\u{code:04x}" for code in _C1}  # json.dumps escapes those below 0x20 itself


def show_understood(answer: Answer) -> str:
    """What a follow-up was understood as, with an empty line behind it; nothing where it was searched as typed."""
    if not answer.standalone:
        return ""
    return fill(phrase("understood_as", answer.language, question=one_line(answer.standalone)), _WIDTH) + "\n\n"


def show_answer(answer: Answer) -> str:
    """The answer with a marker after each sentence and its citations under it, or the refusal with what is nearest.

    Above it stands what a follow-up was understood as.
    """
    if answer.standalone:
        return f"{show_understood(answer)}{show_answer(replace(answer, standalone=''))}"
    if answer.refusal is not None:
        lines = [plain(answer.refusal.message)]
        if answer.hits:
            lines += ["", phrase("nearest_passages", answer.language), *_nearest(answer.hits)]
        return "\n".join(lines)
    return "\n".join([answer.lead, "", _body(answer), "", show_citations(answer)])


def _body(answer: Answer) -> str:
    """What a generator wrote as one text; quotations each by itself: run on, they would read as being of one piece."""
    sentences = [_sentence(sentence, answer.language) for sentence in answer.sentences]
    if any(sentence.support != "quote" for sentence in answer.sentences):
        return fill(" ".join(sentences), _WIDTH)
    return "\n\n".join(fill(sentence, _WIDTH) for sentence in sentences)


def show_sentence(sentence: Sentence, language: str) -> str:
    """One sentence with its markers, wrapped; one that is not borne out says so."""
    return fill(_sentence(sentence, language), _WIDTH)


def show_citations(answer: Answer) -> str:
    """The quotations of the answer, each with its place."""
    return "\n".join(_citation(citation, answer.language) for citation in answer.citations)


def _sentence(sentence: Sentence, language: str) -> str:
    markers = "".join(f"[{marker}]" for marker in sentence.citations)
    doubt = f"({phrase('unsupported', language)})" if sentence.support == "unsupported" else ""
    return " ".join(part for part in (one_line(sentence.text), markers, doubt) if part)


def show_hits(hits: Sequence[Hit], facts: Callable[[str], Filtered | None]) -> str:
    """One block a hit: rank, score, title, place, and the start of its text."""
    blocks = []
    for hit in hits:
        document = facts(hit.passage.document_id)
        title = document.title if document else hit.passage.document_id
        place = f"{hit.passage.document_id}:{hit.passage.start}-{hit.passage.end}"
        head = f"{hit.rank:3d}  {hit.score:.3f}  {one_line(title)}  ({one_line(place)})"
        text = fill(_short(hit.passage.text), _WIDTH, initial_indent=" " * 5, subsequent_indent=" " * 5)
        blocks.append(f"{head}\n{text}")
    return "\n".join(blocks)


def show_report(report: BuildReport) -> str:
    """What a build did, with a line for each file that was skipped."""
    languages = ", ".join(f"{tag} {count}" for tag, count in report.languages.items())
    done = (
        f"{counted(report.document_count, 'document')}, {counted(report.passage_count, 'passage')}, "
        f"{counted(len(report.languages), 'language')} ({languages}) in {report.build_s:.1f} s -> {report.index}"
    )
    return "\n".join([one_line(done), *show_skipped(report.skipped)])


def counted(count: int, thing: str) -> str:
    """A number of things in English.

    >>> counted(1, "document"), counted(2, "document")
    ('1 document', '2 documents')
    """
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def show_skipped(skipped: Sequence[tuple[str, str]]) -> list[str]:
    """A line that counts the files skipped and one for each; none where there is none."""
    lines = [f"  {one_line(path)}: {one_line(reason)}" for path, reason in skipped]
    return [f"{len(lines)} skipped:", *lines] if lines else []


def show_info(folder: Path, manifest: Manifest, size: int) -> str:
    """What an index is made of; ``folder`` is its generation, ``size`` its bytes."""
    encoder: dict[str, Any] = manifest.encoder
    lines = [
        f"{name:10s} {one_line(str(value))}"
        for name, value in (
            ("index", folder.parent.resolve()),
            ("corpus", manifest.corpus),
            ("documents", manifest.document_count),
            ("passages", f"{manifest.passage_count} of about {manifest.passage_tokens} tokens"),
            ("languages", ", ".join(f"{tag} {count}" for tag, count in manifest.languages.items())),
            ("encoder", f"{encoder.get('name')} {encoder.get('revision')} ({encoder.get('dimension')} dimensions)"),
            ("built", f"{manifest.created} in {manifest.build_s:.1f} s"),
            ("size", f"{size / 1e6:.1f} MB"),
        )
    ]
    return "\n".join([*lines, *show_skipped([(problem["path"], problem["reason"]) for problem in manifest.skipped])])


def show_presets(presets: Sequence[Preset]) -> str:
    """A line for each language model: name, weights in memory on a CPU, licence, languages, and what else to know."""
    rows = [("name", "memory", "licence", "languages", "")]
    for preset in presets:
        said = ("accept its terms on the hub first" * preset.asks, preset.note, "reported" * (preset.read == "reports"))
        notes = "; ".join(part for part in said if part)
        rows.append((preset.name, f"{preset.memory_gb:.1f} GB", preset.licence, preset.languages, notes))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, "", "Name one with --model; it is fetched once. None was tried here: read its licence."])


def show_findings(findings: Sequence[Finding]) -> str:
    """A line for each thing looked at."""
    return "\n".join(f"{'ok   ' if finding.well else 'WRONG'} {one_line(finding.what)}" for finding in findings)


def show_verification(verification: Verification) -> str:
    """A line for each quotation of a dossier, what else differs, and whether it holds."""
    lines = [
        f"{check.status:8s} {check.question}.[{check.marker}] {one_line(check.document_id)}:{check.start}-{check.end}"
        + (f" -> {one_line(check.found_in)}:{check.found_start}" if check.found_start is not None else "")
        + (f" ({one_line(check.detail)})" if check.detail else "")
        for check in verification.checks
    ]
    for document_id in verification.other_texts:
        lines.append(f"note     the text of {one_line(document_id)} is another one than when the dossier was written")
    if verification.unaltered is False:
        lines.append("changed  the part that people read was edited after it was written; only its data were checked")
    standing = sum(check.status == "stands" for check in verification.checks)
    verdict = "the dossier holds" if verification.holds else "the dossier does NOT hold"
    return "\n".join([*lines, f"{standing} of {len(verification.checks)} quotations stand: {verdict}"])


def _nearest(hits: Sequence[Hit]) -> list[str]:
    indent = "    "
    return [
        f"  {one_line(hit.passage.document_id)}\n"
        + fill(_short(hit.passage.text), _WIDTH, initial_indent=indent, subsequent_indent=indent)
        for hit in hits[:_NEAREST]
    ]


def _citation(citation: Citation, language: str) -> str:
    """Marker, title, date, source, page and the quotation, which stands as it is in the document."""
    page = phrase("page", language, page=citation.page) if citation.page is not None else None
    other = None if same_language(citation.language, language) else language_name(citation.language, language)
    facts = [citation.title, citation.date, citation.source, page, other, citation.document_id]
    head = f"[{citation.marker}] " + " · ".join(one_line(fact) for fact in facts if fact)
    marks = phrase("quote_open", citation.language), phrase("quote_close", citation.language)
    return f"{head}\n    {marks[0]}{plain(citation.quote)}{marks[1]}"


def _short(text: str) -> str:
    return shorten(one_line(text), 240, placeholder=" …")


def one_line(text: str) -> str:
    """``text`` on one line, without characters that steer a terminal."""
    return " ".join(plain(text).split())


def plain(text: str) -> str:
    """``text`` without characters that steer a terminal; a document must not be able to move the cursor."""
    return text.translate(_TERMINAL_CONTROLS)


def inert_json(text: str) -> str:
    """JSON without characters that steer a terminal: they can only stand in its strings, where they are escaped."""
    return text.translate(_JSON_CONTROLS)
