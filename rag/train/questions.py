"""TOOL: questions whose answers are marked in a passage, from the files of ``qa/`` and the folders of ``sets/``."""

from __future__ import annotations

import json
import lzma
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import regex

from rag.answer.asking import names
from rag.text.analysis import fold

_FIGURES = regex.compile(r"\d+")
_WORD = regex.compile(r"[\p{L}\p{M}]+")


@dataclass(frozen=True, slots=True)
class Marked:
    """A question, a passage, and where its answers stand in it (offset and text); none where nothing answers.

    ``passage_id`` and ``id`` are the set's names of the passage and of the question, empty where there are none.
    """

    source: str
    language: str
    question: str
    passage: str
    answers: tuple[tuple[int, str], ...]
    passage_id: str = ""
    id: str = ""


def read_rows(file: Path) -> list[dict[str, Any]]:
    """The objects of a ``.jsonl``, a line each."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]


def read_qa(folder: Path) -> list[Marked]:
    """Every question of the ``.jsonl`` files in ``folder``."""
    found = []
    for file in sorted(folder.glob("*.jsonl")):
        for row in read_rows(file):
            answers = tuple((a["start"], a["text"]) for a in row["answers"] if a["text"].strip())
            found.append(Marked(file.stem, row["language"], row["question"], row["context"], answers))
    return found


def read_set(folder: Path, left_out: frozenset[str] = frozenset()) -> list[Marked]:
    """The questions of a set with the passage they were written for, but those whose id is in ``left_out``.

    An unanswerable question is kept where the set names the passage it was written for (``source_doc_id``).
    """
    documents = {row["id"]: row["text"] for row in read_rows(folder / "corpus.jsonl")}
    found = []
    for row in read_rows(folder / "questions.jsonl"):
        place = row["document_id"] or row.get("source_doc_id")
        if row["id"] in left_out or place not in documents:
            continue
        text = documents[place]
        answers: tuple[tuple[int, str], ...] = ()
        if row["answerable"]:
            start, answer = row["start"], row["answers"][0]
            if text[start : start + len(answer)] != answer or not answer.strip(" ."):
                continue
            answers = ((start, answer),)
        found.append(Marked(folder.name, row["language"], row["question"], text, answers, str(place), row["id"]))
    return found


def crossed(one: list[Marked], other: list[Marked]) -> list[Marked]:
    """The questions both sets ask, in the words of one over the passage of the other, both ways."""
    found = []
    for asked, held in ((one, other), (other, one)):
        placed = {row.id: row for row in held if row.answers}
        for row in asked:
            if row.id in placed:
                place = placed[row.id]
                found.append(replace(row, source="crossed", passage=place.passage, answers=place.answers))
    return found


def question_ids(folder: Path) -> frozenset[str]:
    """The ids of a set's questions."""
    return frozenset(row["id"] for row in read_rows(folder / "questions.jsonl"))


class Rewriter:
    """Asks a question otherwise: words in other languages, accents left out, letters swapped."""

    def __init__(self, dictionary: Path | None) -> None:
        """``dictionary`` holds lines of language, English word, word, compressed with xz; None translates nothing."""
        self._english: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._targets: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._languages: list[str] = []
        if dictionary is None:
            return
        with lzma.open(dictionary, "rt", encoding="utf-8") as stream:
            for line in stream:
                language, english, word = line.rstrip("\n").split("\t")[:3]
                if " " not in english and " " not in word:
                    self._english[language][word.casefold()].append(english.casefold())
                    self._targets[language, english.casefold()].append(word)
        self._languages = sorted(self._english)

    @property
    def has_words(self) -> bool:
        """Whether there is a dictionary."""
        return bool(self._languages)

    def rewrite(self, question: str, language: str, rng: np.random.Generator) -> str:
        """The question as it is in half of the cases, else changed in one of the three ways."""
        chance = rng.random()
        if chance < 0.35 and self._languages:
            return self.translate(question, language, rng)[1]
        if chance < 0.42:
            return " ".join(fold(word) for word in question.split())
        if chance < 0.5:
            return mistype(question, random.Random(int(rng.integers(1 << 30))))
        return question

    def translate(self, question: str, language: str, rng: np.random.Generator) -> tuple[str, str]:
        """One other language, and the question with most of its words in it, where the dictionary knows them."""
        target = self.other_language(language, rng)
        return target, self.into(question, language, target, rng)

    def other_language(self, language: str, rng: np.random.Generator) -> str:
        """A language of the dictionary; English and French, which most is asked in, more often than the others."""
        chance = rng.random()
        frequent = "en" if chance < 0.3 else "fr" if chance < 0.5 else language
        return frequent if frequent != language else self._languages[rng.integers(len(self._languages))]

    def into(self, text: str, language: str, target: str, rng: np.random.Generator) -> str:
        """``text`` with most of its words in ``target``, where the dictionary knows them; capitals are kept."""

        def other(match: regex.Match[str]) -> str:
            written = str(match[0])
            word = written.casefold()
            english = [word] if language == "en" else self._english[language].get(word, [])
            if not english or rng.random() < 0.2:
                return written
            chosen = english[rng.integers(len(english))]
            words = [chosen] if target == "en" else self._targets.get((target, chosen), [])
            if not words:
                return written
            found = words[rng.integers(len(words))]
            return found[0].upper() + found[1:] if written[0].isupper() else found

        return str(_WORD.sub(other, text))


def mistype(text: str, rng: random.Random) -> str:
    """``text`` with two neighbouring letters of one of its longer words swapped.

    >>> mistype("frontière", random.Random(0)) != "frontière"
    True
    """
    places = [i for i in range(1, len(text) - 2) if text[i : i + 2].isalpha() and text[i] != text[i + 1]]
    if not places:
        return text
    place = rng.choice(places)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def swapped_question(question: str, language: str, pool: Sequence[str], rng: random.Random) -> str | None:
    """``question`` with another number, or a name of ``pool``, in place of one of its own; None where it has neither.

    >>> swapped_question("Que coûte le port de 2019 ?", "fr", ["Lyon", "Metz"], random.Random(1))
    'Que coûte le port de 2030 ?'
    """
    own, figures = written_names(question, language), _FIGURES.findall(question)
    others = [name for name in pool if name not in own]
    if not (own or figures) or len(pool) < 2 or (not figures and not others):
        return None
    if figures and (not own or not others or rng.random() < 0.5):
        old = rng.choice(figures)
        new = str(int(old) + rng.choice((-7, -3, 2, 4, 11) if int(old) > 9 else (2, 3, 5)))
    else:
        old, new = rng.choice(own), rng.choice(others)
    return str(regex.sub(rf"(?<!\w){regex.escape(old)}(?!\w)", lambda _: new, question, count=1))


def written_names(question: str, language: str) -> list[str]:
    """The names of a question as they are written."""
    folded = names(question, language)
    return [word for word in regex.findall(r"[^\W\d_]+", question) if len(word) > 2 and fold(word) in folded]
