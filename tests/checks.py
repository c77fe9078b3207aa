"""How many altered sentences the checks catch, and how many true ones they reject: ``python tests/checks.py``.

True sentences are taken from the sample corpus and told in another form (numbers, dates and the opening written
otherwise, as a careful writer would); the altered ones differ from those in one number, date or name, deny what they
say, or say something foreign of a name that they have. The alterations are made with plain patterns of their own, not
with what the checks read.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.answer.bearing import Cited
from rag.answer.checking import check
from rag.config import Config
from rag.embed import PieceEncoder, load_encoder
from rag.read import find_files, read_file
from rag.schema import Scores
from rag.text.months import months_of
from rag.text.sentences import quotable, sentences

ROOT = Path(__file__).parent.parent
SEED = 11
OPENINGS = {
    "fr": "Selon ce texte, ", "en": "According to the text, ", "de": "Dem Text zufolge: ", "es": "Según el texto, ",
    "it": "Secondo il testo, ", "nl": "Volgens de tekst: ", "pl": "Według tekstu: ", "ro": "Potrivit textului, ",
}  # fmt: skip
NAMES = {
    "fr": "Quimper Valandrey Ostrovie", "en": "Harrowgate Valandrey Ostrovia", "de": "Quedlinburg Valandrey Ostrowien",
    "es": "Valdepeñas Ostrovia", "it": "Valdagno Ostrovia", "nl": "Zutphen Ostrovië", "pl": "Ostrów Wierzbicki",
    "ro": "Ostrovia Vâlcan",
}  # fmt: skip
DENIALS = {
    "fr": (r"\b(est|sont|était|ont|doit|peut|sera|reste|compte) ", r"ne \1 pas "),
    "en": (r"\b(is|are|was|were|has|have|can|will|must) ", r"\1 not "),
    "de": (r"\b(ist|sind|war|waren|hat|haben|wird|werden|kann) ", r"\1 nicht "),
    "es": (r"\b(es|son|fue|ha|han|puede|está|será) ", r"no \1 "),
    "it": (r"\b(è|sono|ha|hanno|può|sarà|era|resta) ", r"non \1 "),
    "nl": (r"\b(is|zijn|was|waren|heeft|hebben|wordt|worden|kan) ", r"\1 niet "),
    "pl": (r"\b(jest|są|został|została|ma|mają|może|będzie) ", r"nie \1 "),
    "ro": (r"\b(este|sunt|au|are|poate|va) ", r"nu \1 "),
}
"""Forms of to be, to have and the like, and the same denied; a nominal sentence is not altered."""
FOREIGN = {
    "fr": ["corrompt des ministres étrangers", "a vendu des fusils à des braconniers", "cache ses pertes au fisc",
           "est une secte qui ruine ses adeptes"],
    "en": ["bribes foreign ministers", "sold rifles to poachers", "hides losses from its shareholders",
           "is a sect that ruins its followers"],
    "de": ["besticht fremde Minister", "verkaufte Gewehre an Wilderer", "verschweigt seinen Aktionären Verluste"],
    "es": ["soborna a ministros extranjeros", "vendió fusiles a cazadores furtivos", "arruina a sus adeptos"],
    "it": ["corrompe ministri stranieri", "ha venduto fucili ai bracconieri", "rovina i propri adepti"],
    "nl": ["koopt buitenlandse ministers om", "verkocht geweren aan stropers", "verzwijgt verliezen"],
    "pl": ["przekupuje zagranicznych ministrów", "sprzedawał karabiny kłusownikom", "rujnuje swoich wyznawców"],
    "ro": ["mituiește miniștri străini", "a vândut puști braconierilor", "își ruinează adepții"],
}  # fmt: skip
"""What the sample corpus says of nobody."""
ALTERED = ("number", "date", "name", "denied", "foreign")


@dataclass(frozen=True, slots=True)
class Trial:
    """A sentence held against its source: ``kind`` is true, or what was altered."""

    kind: str
    language: str
    text: str
    source: Cited


def source_sentences() -> list[Cited]:
    """The sentences of the sample corpus that hold a figure or a name, in languages that have an opening."""
    found = []
    for path in find_files(ROOT / "corpus"):
        for document in read_file(path, ROOT / "corpus", Config()):
            for span in sentences(document.text, document.language):
                start, end = quotable(document.text, span)
                text = " ".join(document.text[start:end].split())
                if document.language in OPENINGS and 40 < len(text) < 300 and re.search(r"\d|\s[A-Z]\w{3}", text):
                    found.append(Cited(text, document.language))
    return found


def retold(source: Cited) -> str:
    """The sentence in another form: an opening before it, whole dates in figures, thousands grouped otherwise."""
    text = source.text
    months = "|".join(sorted((re.escape(name) for name, _ in months_of(source.language)), key=len, reverse=True))
    numbers = {name.lower(): number for name, number in months_of(source.language)}
    if source.language != "en":
        text = re.sub(
            rf"\b(\d{{1,2}})(?:er|\.)? (?:de )?({months}) (?:de )?(\d{{4}})\b",
            lambda m: f"{int(m[1]):02}.{numbers[m[2].lower()]:02}.{m[3]}",
            text,
            flags=re.IGNORECASE,
        )
    text = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}\b)", "" if len(text) % 2 else "\u202f", text)
    first = text[:1].lower() if text[1:2].islower() and source.language != "de" else text[:1]
    return OPENINGS[source.language] + first + text[1:]


def altered_number(text: str, source: str, draw: random.Random) -> str | None:
    """One number outside a date replaced by another that the source has not."""
    places = [m for m in re.finditer(r"(?<![\d.,/])\d+(?![\d./])", text) if not re.search(r"\d{4}$", m[0])]
    if not places:
        return None
    place = draw.choice(places)
    there = set(re.findall(r"\d+", source))
    other = next(n for n in iter(lambda: str(draw.randint(2, 98)), "") if n not in there)
    return text[: place.start()] + other + text[place.end() :]


def altered_date(text: str, language: str, draw: random.Random) -> str | None:
    """The month, or the year, changed."""
    names = [name for name, _ in months_of(language) if len(name) > 3]
    months = list(re.finditer("|".join(map(re.escape, names)), text, re.IGNORECASE)) if names else []
    months = [m for m in months if re.search(r"\d\W{0,2}(?:er |de |of )?$", text[: m.start()])]
    years = list(re.finditer(r"\b(?:19|20)\d\d\b", text))
    if months and draw.random() < 0.5:
        place = draw.choice(months)
        number = {n.lower(): i for n, i in months_of(language)}[place[0].lower()]
        other = draw.choice([name for name, i in months_of(language) if i != number and len(name) > 3])
        return text[: place.start()] + other + text[place.end() :]
    if not years:
        return None
    place = draw.choice(years)
    other = str(int(place[0]) + draw.choice([-7, -3, -1, 1, 2, 4]))
    return None if other in text else text[: place.start()] + other + text[place.end() :]


def altered_name(text: str, source: Cited, others: list[str], draw: random.Random) -> str | None:
    """A name inside the sentence replaced by another one, of the corpus or of nowhere."""
    found = list(re.finditer(r"(?<=[a-zà-ÿ,] )[A-ZÀ-Ý][a-zà-ÿ]{3,}(?: [A-ZÀ-Ý][a-zà-ÿ]{3,})+", text))
    if not found:
        return None
    place = draw.choice(found)
    pool = [
        name for name in others + NAMES[source.language].split() if not set(name.split()) & set(source.text.split())
    ]
    return text[: place.start()] + draw.choice(pool) + text[place.end() :]


def denied(text: str, language: str) -> str | None:
    """The first verb that can be denied, denied; None in a sentence that denies something already."""
    pattern, other = DENIALS[language]
    denials = r"\b(pas|aucun\w*|jamais|not|no|never|nicht|kein\w*|non|nessun\w*|niet|geen|nie|nu|ne|n)\b"
    if re.search(denials, text, re.IGNORECASE):
        return None
    found = re.sub(pattern, other, text, count=1)
    return None if found == text else re.sub(r"\bne (?=[eé])", "n'", found)


def foreign(source: Cited, draw: random.Random) -> str | None:
    """A name of the source with something that nobody says of it."""
    found = re.findall(r"(?<=[a-zà-ÿ,] )[A-ZÀ-Ý][a-zà-ÿ]{3,}(?: [A-ZÀ-Ý][a-zà-ÿ]{3,})*", source.text)
    return f"{draw.choice(found)} {draw.choice(FOREIGN[source.language])}." if found else None


def altered(kind: str, text: str, source: Cited, names: list[str], draw: random.Random) -> str | None:
    """``text``, told after ``source``, with one thing altered; None where it has no such thing."""
    if kind == "number":
        return altered_number(text, source.text, draw)
    if kind == "date":
        return altered_date(text, source.language, draw)
    if kind == "name":
        return altered_name(text, source, names, draw)
    return denied(text, source.language) if kind == "denied" else foreign(source, draw)


def trials(count: int = 100, seed: int = SEED) -> list[Trial]:
    """``count`` altered sentences of each kind, and as many true ones as there are altered ones."""
    draw = random.Random(seed)
    sources = source_sentences()
    names = sorted({m for one in sources for m in re.findall(r"(?<=[a-z] )[A-Z][a-z]{3,} [A-Z][a-z]{3,}", one.text)})
    made: list[Trial] = []
    for kind in ALTERED:
        draw.shuffle(sources)
        kept = 0
        for round_number in range(6):
            for source in sources:
                text = retold(source) if round_number % 2 == 0 else OPENINGS[source.language] + source.text
                changed = altered(kind, text, source, names, draw)
                if changed and changed != text and kept < count:
                    made.append(Trial(kind, source.language, changed, source))
                    kept += 1
    draw.shuffle(sources)
    made += [Trial("true", one.language, retold(one), one) for one in (sources * 3)[: 3 * count]]
    return made


def rejected(made: list[Trial]) -> list[Trial]:
    """Those in which the checks find something wrong: a number, a date or a name where that was altered."""
    encoder = load_encoder(Config().encoder)
    assert isinstance(encoder, PieceEncoder)

    def compare(text: str, others: Sequence[str]) -> Scores:
        return encoder.interact(text, encoder.pieces(others))

    figures = {"number", "date", "name"}
    wrong = [(one, set(check(one.text, one.language, [one.source], compare))) for one in made]
    return [one for one, problems in wrong if problems & (figures if one.kind in figures else problems)]


def main() -> None:
    """Print the table; with an argument, the sentences that were judged wrongly as well."""
    made = trials()
    caught = rejected(made)
    sizes, found = (Counter((one.language, one.kind) for one in group) for group in (made, caught))
    kinds = (*ALTERED, "true")
    write = sys.stdout.write
    write("| language | " + " | ".join(ALTERED) + " | true, rejected |\n|---|---|---|---|---|---|---|\n")
    for language in [*sorted({one.language for one in made}), "all"]:
        cells = []
        for kind in kinds:
            of = [key for key in sizes if key[1] == kind and language in (key[0], "all")]
            cells.append(f"{sum(found[key] for key in of)} of {sum(sizes[key] for key in of)}")
        write(f"| {language} | " + " | ".join(cells) + " |\n")
    for one in made if len(sys.argv) > 1 else []:
        if (one.kind == "true") == (one in caught):
            problems = check(one.text, one.language, [one.source])
            write(f"\n{one.kind} {one.language} {problems}\n  {one.source.text}\n  {one.text}\n")


if __name__ == "__main__":
    main()
