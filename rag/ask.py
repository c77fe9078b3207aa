"""WALK: a question -> an Answer: find, rank, reply, cite, or refuse. Nothing here remembers anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import numpy as np

from rag.answer import AnsweringModel, Asked, Reply
from rag.answer.generate import short_name
from rag.answer.missing import missing_names
from rag.cite import Citing, Source
from rag.embed import PieceEncoder
from rag.errors import BadQuestion
from rag.evidence import evidence_of
from rag.exchange import Turn
from rag.filters import Condition, passes
from rag.followup import Rewriter, RuleRewriter
from rag.followup.courtesy import is_courtesy, without_courtesy
from rag.followup.saying import without_saying
from rag.library import Library
from rag.rank import Evidence, fuse, order, reread, word_shares
from rag.schema import Answer, Citation, Hit, Progress, Refusal, Scores, Sentence
from rag.store.passages import DocumentFacts
from rag.telling import Clock, Telling, lead_of, no_question, refusal_of
from rag.text.analysis import word_tokens
from rag.text.languages import detect_language, same_language
from rag.text.smalltalk import small_talk
from rag.vocabulary import documents_with, knows_a_word, occurs, respelled

Told: TypeAlias = tuple[tuple[Sentence, ...], tuple[Citation, ...]]
# A question of no more words may be taken for a neighbouring language.
_FEW_WORDS = 5


def ask(
    library: Library,
    question: str,
    model: AnsweringModel,
    conditions: Sequence[Condition] = (),
    *,
    language: str | None = None,
    asker: str = "",
    answer_in: str | None = None,
    history: Sequence[Turn] = (),
    standalone: str | None = None,
    rewriter: Rewriter | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Answer:
    """The answer to ``question`` from the documents that meet ``conditions``, or a refusal.

    ``language`` is that of the question, detected when None, where ``asker``, the one that whoever asks has set in the
    browser or the terminal, decides what could be in either; the answer is framed, refused or written in ``answer_in``,
    the question's when None. A follow-up to ``history`` (oldest first) is rewritten to stand alone, by the rules where
    no ``rewriter`` is given; ``standalone`` is used in the place of that where it is not None, and an empty one asks
    the question as it is. ``progress`` is told each sentence once it has been checked, long before a generator has
    ended; to stop, raise anything from it: the generator ends and the exception comes through here. Greetings and
    thanks around the question, and that it is put to the documents, are shown and not searched; greetings alone, like
    other small talk, are told what this tool does. Raises BadQuestion, and GeneratorFailed where the model's generator
    cannot write.
    """
    clock = Clock()
    question = check_question(question, library.config.max_question_chars)
    spoken = "" if standalone else _small_talk(library, question, language, asker, history)
    if spoken:
        return no_question(question, spoken, answer_in or spoken, clock)
    if standalone is None:
        standalone, language = stand_alone(
            library, question, history, language=language, asker=asker, rewriter=rewriter
        )
    shown = check_question(standalone or question, library.config.max_question_chars)
    bare = bare_question(library, shown, language, asker)
    asked_in = language or question_language(library, bare, asker)
    searched = without_saying(bare, asked_in)
    clock.lap("language")
    hits, reason = find(library, searched, asked_in, conditions, library.config.hit_count)
    clock.lap("find")
    asked = prepare(library, searched, asked_in, hits)
    unmentioned = missing_names(replace(asked, question=respelled(library, searched, asked_in)))
    citing = Citing(lambda document_id: _source(library, document_id))
    told = Telling(citing, answer_in or asked_in, progress, unmentioned)
    asked = replace(asked, tell=told.tell, answer_in=answer_in or "", worded=bare)
    reply = model.reply(asked)
    clock.lap("answer")
    strictness = model.default_strictness if library.config.strictness is None else library.config.strictness
    refusal = refusal_of(asked, reply, reason, strictness, library.passages.documents, conditions)
    sentences = () if refusal else told.sentences(reply)
    clock.lap("cite")
    answer = _answer(asked, reply, refusal, (sentences, told.citing.citations), unmentioned)
    named = short_name(library.config.model)
    lead = "" if refusal else lead_of(answer.citations, reply, asked.told_in, named, unmentioned)
    standalone = "" if shown == question else shown
    return replace(answer, question=question, standalone=standalone, lead=lead, timings_ms=clock.total())


def _small_talk(
    library: Library, question: str, language: str | None, asker: str, history: Sequence[Turn]
) -> str:
    """The language of what asks nothing of the documents ("Bonjour", "Who are you?"); empty for a question."""
    detected = language or question_language(library, question, asker)
    likely = (detected, asker, *(turn.language for turn in history[-1:]))
    if is_courtesy(question, detected):
        return detected
    return small_talk(question, likely) or small_talk(without_courtesy(question, detected), likely)


def _answer(asked: Asked, reply: Reply, refusal: Refusal | None, told: Told, unmentioned: tuple[str, ...]) -> Answer:
    """The answer to what was searched, without its frame and the time it took."""
    sentences, citations = ((), ()) if refusal else told
    return Answer(
        question=asked.question,
        language=asked.language,
        sentences=sentences,
        citations=citations,
        hits=reread(asked.hits, reply.hit_chances, asked.language),
        refusal=refusal,
        probability=round(reply.probability, 4),
        lead="",
        timings_ms={},
        model=reply.model,
        fallback=reply.fallback,
        unmentioned=() if refusal else unmentioned,
    )


def search(
    library: Library, question: str, conditions: Sequence[Condition] = (), count: int | None = None, asker: str = ""
) -> tuple[Hit, ...]:
    """The ``count`` best passages (``hit_count`` of the settings when None) without an answer; ``asker`` as for ask.

    Raises BadQuestion.
    """
    bare = bare_question(library, check_question(question, library.config.max_question_chars), asker=asker)
    asked_in = question_language(library, bare, asker)
    wanted = library.config.hit_count if count is None else count
    return find(library, without_saying(bare, asked_in), asked_in, conditions, wanted)[0]


def check_question(question: str, max_chars: int) -> str:
    """The question without white space around it; raises BadQuestion when nothing is left or it is far too long.

    Half a surrogate pair (bytes that are no UTF-8, on a command line) is no text either.
    """
    text = question.strip()
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise BadQuestion("the question is not valid UTF-8: type it again, or save its file as UTF-8")
    if not any(character.isalnum() for character in text):
        raise BadQuestion("the question is empty: type a question in words")
    if len(text) > max_chars:
        raise BadQuestion(
            f"the question has {len(text):,} characters and {max_chars:,} are taken: ask in a few sentences"
        )
    return text


def stand_alone(
    library: Library,
    question: str,
    history: Sequence[Turn],
    *,
    language: str | None = None,
    asker: str = "",
    rewriter: Rewriter | None = None,
) -> tuple[str, str]:
    """What a follow-up becomes, empty for a question that stands alone, and the language it is asked in.

    A few words tell little of their language: the one of the question before is tried first.
    """
    question = bare_question(library, question, language, asker)
    detected = language or question_language(library, question, asker)
    if not history:
        return "", detected
    history = [replace(turn, question=without_courtesy(turn.question, turn.language)) for turn in history]
    short = language is None and len(word_tokens(question)) <= _FEW_WORDS
    for tag in dict.fromkeys((history[-1].language, detected) if short else (detected,)):
        made = (rewriter or RuleRewriter()).rewrite(question, tag, history)
        if made:
            return made[: library.config.max_question_chars], tag
    return "", detected


def bare_question(library: Library, question: str, language: str | None = None, asker: str = "") -> str:
    """The question without greetings, thanks and the like around it."""
    return without_courtesy(question, language or question_language(library, question, asker))


def question_language(library: Library, question: str, asker: str = "") -> str:
    """The language of the question; where it could be several, rather ``asker``'s and those of the index."""
    tag, _ = detect_language(question, among=tuple(library.manifest.languages), likely=asker)
    return tag


def find(
    library: Library, question: str, language: str, conditions: Sequence[Condition], count: int
) -> tuple[tuple[Hit, ...], str | None]:
    """The best hits, and the code of a refusal where there can be none."""
    documents = None
    if conditions:
        documents = [facts.row for facts in library.passages.documents if passes(facts, conditions)]
        if not documents:
            return (), "empty_filter"
    depth = max(library.config.candidate_count, count)
    candidates, evidence = gather(library, question, language, documents, depth)
    if not candidates:
        return (), "nothing_found"
    by_pieces = library.pieces is not None
    scores = fuse(evidence, by_pieces=by_pieces)
    shares = word_shares(evidence, scores, by_pieces=by_pieces)
    best = np.argsort(-scores, kind="stable")[:count]
    passages = library.passages.passages([candidates[i] for i in best])
    return order(passages, scores[best], count, shares[best]), None


def gather(
    library: Library, question: str, language: str, documents: Sequence[int] | None, depth: int
) -> tuple[list[int], Evidence]:
    """The rows of up to ``depth`` passages by meaning and as many by words, and what is known of each.

    ``documents`` are the rows of those looked at, None for all.
    """
    rows = None if documents is None else library.passages.rows_of(documents)
    question = respelled(library, question, language)
    vector = library.encoder.encode_questions([question])[0]
    # a question without a piece the encoder knows has no direction: every passage would be as near as any other
    found = [row for row, _ in library.vectors.search(vector, depth, rows)] if vector.any() else []
    found += [row for row, _ in library.lexical.search(question, language, depth, documents)]
    candidates = sorted(set(found))
    return candidates, evidence_of(library, question, language, vector, candidates)


def prepare(library: Library, question: str, language: str, hits: tuple[Hit, ...]) -> Asked:
    """The question with its hits and the measures an answering model may use."""
    encoder = library.encoder

    def compare(text: str, others: Sequence[str]) -> Scores:
        assert isinstance(encoder, PieceEncoder)
        return encoder.interact(text, encoder.pieces(others))

    def meet(part: str, text: str) -> tuple[Scores, Scores]:
        assert isinstance(encoder, PieceEncoder)
        weights, best = encoder.meet(part, encoder.pieces([text]))
        return weights, best[:, 0]

    by_pieces = isinstance(encoder, PieceEncoder)
    return Asked(
        question=question,
        language=language,
        hits=hits,
        same_language=any(same_language(language, other) for other in library.manifest.languages),
        term_weight=library.lexical.term_weight,
        occurs=partial(occurs, library),
        interact=partial(compare, question) if by_pieces else None,
        strictness=library.config.strictness,
        compare=compare if by_pieces else None,
        documents_with=partial(documents_with, library, language),
        meet=meet if by_pieces else None,
        knows_a_word=partial(knows_a_word, library, question, language),
        title_of=lambda document_id: _facts(library, document_id).title,
        date_of=lambda document_id: _facts(library, document_id).date or "",
    )


def _source(library: Library, document_id: str) -> Source:
    facts = _facts(library, document_id)
    return Source(
        title=facts.title,
        date=facts.date,
        source=facts.source,
        language=facts.language,
        pages=facts.pages,
        text=library.passages.text(document_id),
    )


def _facts(library: Library, document_id: str) -> DocumentFacts:
    facts = library.passages.facts(document_id)
    assert facts is not None, document_id
    return facts
