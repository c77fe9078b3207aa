"""Follow-ups stand alone in words of the conversation; first and complete questions are never altered."""

from __future__ import annotations

import pytest
from followups import HELD_OUT, holds, keeps_out, read_rows, rewritten
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.exchange import Turn
from rag.followup import RuleRewriter
from rag.text.analysis import word_tokens
from rag.text.followups import Word, cue_languages, opening, question_words
from rag.text.months import month_names

ROWS = read_rows()
UNION = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split(" ")


def rewrite(question: str, before: str, language: str, reply: str = "") -> str:
    return RuleRewriter().rewrite(question, language, [Turn(before, language, reply=reply)])


def test_every_language_of_the_union_has_cues_and_lines() -> None:
    assert set(cue_languages()) >= set(UNION)
    assert {row.language for row in ROWS if row.is_followup} >= set(UNION)
    assert len(ROWS) >= 150
    assert len({row.id for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", [row for row in ROWS if not row.is_followup], ids=lambda row: row.id)
def test_a_complete_question_is_not_altered(row: object) -> None:
    assert rewritten(row) == ""  # type: ignore[arg-type]


def test_most_follow_ups_have_the_words_they_need() -> None:
    """The figures stand in the README; a change of the rules may not fall below these."""
    ups = [(row, rewritten(row)) for row in ROWS if row.is_followup and row.id[0] != HELD_OUT]
    assert sum(bool(made) and holds(row, made) for row, made in ups) >= 0.95 * len(ups)
    replaced = [(row, made) for row, made in ups if row.must_not]
    assert sum(bool(made) and keeps_out(row, made) for row, made in replaced) >= 0.95 * len(replaced)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_only_words_of_the_conversation_are_used(row: object) -> None:
    made = rewritten(row)  # type: ignore[arg-type]
    said = word_tokens(" ".join([*row.history, row.question]))  # type: ignore[attr-defined]
    assert set(word_tokens(made)) <= set(said)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_first_question_is_never_altered(row: object) -> None:
    assert RuleRewriter().rewrite(row.question, row.language, []) == ""  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("language", "before", "question", "standalone"),
    [
        ("fr", "Quel était le budget en 2019 ?", "et en 2020 ?", "Quel était le budget en 2020 ?"),
        ("fr", "Quel était le budget de Frontex ?", "et en 2020 ?", "Quel était le budget de Frontex en 2020 ?"),
        ("fr", "Que s'est-il passé le 3 mars 2024 ?", "et le 4 avril ?", "Que s'est-il passé le 4 avril ?"),
        ("fr", "Comment la Pologne a-t-elle voté ?", "Et la Hongrie ?", "Comment la Hongrie a-t-elle voté ?"),
        ("fr", "Que dit Frontex du budget 2027 ?", "et Europol ?", "Que dit Europol du budget 2027 ?"),
        ("fr", "Combien de lits pour les adultes ?", "et pour les mineurs ?", "Combien de lits pour les mineurs ?"),
        ("fr", "Qui a porté la modification 12 ?", "et la 14 ?", "Qui a porté la modification 14 ?"),
        ("fr", "Qui a porté la modification 12 ?", "Qui l'a soutenue ?", "Qui l'a soutenue (modification 12) ?"),
        ("en", "How many people live in France?", "And in Germany?", "How many people live in Germany?"),
        ("en", "How many people live in France?", "And Germany?", "How many people live in Germany?"),
        ("en", "Who tabled amendment 12?", "And who opposed it?", "Who opposed it (amendment 12)?"),
        ("de", "Wie viele Fähren legen in Kielmünde an?", "und in Hamburg?", "Wie viele Fähren legen in Hamburg an?"),
        ("es", "¿Cuál fue el presupuesto en 2019?", "¿Y en 2020?", "¿Cuál fue el presupuesto en 2020?"),
        ("el", "Πόσες αιτήσεις έγιναν στη Γαλλία;", "Και στη Γερμανία;", "Πόσες αιτήσεις έγιναν στη Γερμανία;"),
        ("fi", "Montako hakemusta jätettiin Ranskassa?", "Entä Saksassa?", "Montako hakemusta jätettiin Saksassa?"),
    ],
)  # fmt: skip
def test_what_a_follow_up_becomes(language: str, before: str, question: str, standalone: str) -> None:
    assert rewrite(question, before, language) == standalone


NANTES = "Quel est le budget du port de Nantes ?"


@pytest.mark.parametrize(
    ("language", "before", "question", "standalone"),
    [
        ("fr", NANTES, "Et à Lille ?", "Quel est le budget du port de Lille ?"),
        ("fr", NANTES, "Et à Amiens ?", "Quel est le budget du port d'Amiens ?"),
        ("fr", NANTES, "Et au Havre ?", "Quel est le budget du port du Havre ?"),
        ("fr", NANTES, "Et Le Havre ?", "Quel est le budget du port du Havre ?"),
        ("fr", NANTES, "Et Amiens ?", "Quel est le budget du port d'Amiens ?"),
        ("fr", "Quel est le budget d'Amiens ?", "Et Lille ?", "Quel est le budget de Lille ?"),
        ("fr", "Quel est le budget du Havre ?", "Et à Lille ?", "Quel est le budget de Lille ?"),
        ("fr", "Qui est le maire de Nantes ?", "Et aux Pays-Bas ?", "Qui est le maire des Pays-Bas ?"),
        ("fr", "Quel est le budget de la France ?", "Et l'Espagne ?", "Quel est le budget de l'Espagne ?"),
        ("fr", "Quel est le budget de la France ?", "Et en Espagne ?", "Quel est le budget de l'Espagne ?"),
        ("fr", "Quel est le budget de la France ?", "Et au Portugal ?", "Quel est le budget du Portugal ?"),
        ("fr", "Quel est le budget de Frontex ?", "Et en Pologne ?", "Quel est le budget de Frontex en Pologne ?"),
        ("fr", NANTES, "Et pour Lille ?", "Quel est le budget du port de Lille ?"),
        ("fr", "Quel est le budget de Frontex ?", "Et pour Europol ?", "Quel est le budget d'Europol ?"),
        (
            "fr",
            "Quel est le budget de Frontex ?",
            "Et pour la Pologne ?",
            "Quel est le budget de Frontex pour la Pologne ?",
        ),
        ("en", "What is the budget of Nantes?", "And for Lille?", "What is the budget of Lille?"),
        ("de", "Wie hoch ist das Budget von Hamburg?", "Und für Bremen?", "Wie hoch ist das Budget von Bremen?"),
        ("fr", "Combien vivent au Portugal ?", "Et en Pologne ?", "Combien vivent en Pologne ?"),
        ("en", "What is the budget of Nantes?", "And in Lille?", "What is the budget of Lille?"),
        ("en", "How many ships lie in Nantes?", "And at Lille?", "How many ships lie at Lille?"),
        ("en", "What is the budget of EOS?", "And in Poland?", "What is the budget of EOS in Poland?"),
        ("en", "How many came from Syria?", "And in Germany?", "How many came from Syria in Germany?"),
        ("de", "Wie hoch ist das Budget von Hamburg?", "Und in Bremen?", "Wie hoch ist das Budget von Bremen?"),
        ("de", "Wie hoch ist das Budget von Hamburg?", "Und Bremen?", "Wie hoch ist das Budget von Bremen?"),
        (
            "de",
            "Wie viele Schiffe liegen im Hafen von Hamburg?",
            "Und in Bremen?",
            "Wie viele Schiffe liegen im Hafen von Bremen?",
        ),
        ("es", "¿Cuál es el presupuesto de Bilbao?", "¿Y en Vigo?", "¿Cuál es el presupuesto de Vigo?"),
        ("it", "Qual è il bilancio di Genova?", "E ad Ancona?", "Qual è il bilancio di Ancona?"),
        ("it", "Qual è il bilancio della Francia?", "E l'Italia?", "Qual è il bilancio dell'Italia?"),
        ("it", "Qual è il bilancio della Francia?", "E nei Paesi Bassi?", "Qual è il bilancio dei Paesi Bassi?"),
        ("pt", "Qual é o orçamento da França?", "E na Polónia?", "Qual é o orçamento da Polónia?"),
        ("ro", "Care este bugetul din Constanța?", "Și la Galați?", "Care este bugetul din Galați?"),
        ("nl", "Wat is de begroting van Gent?", "En in Antwerpen?", "Wat is de begroting van Antwerpen?"),
        ("sv", "Hur många bor i Göteborg?", "Och på Gotland?", "Hur många bor på Gotland?"),
        ("pl", "Ilu ludzi mieszka w Polsce?", "A na Ukrainie?", "Ilu ludzi mieszka na Ukrainie?"),
        ("bg", "Какъв е бюджетът на Варна?", "А в Бургас?", "Какъв е бюджетът на Бургас?"),
        (
            "el",
            "Ποιος είναι ο προϋπολογισμός της Αθήνας;",
            "Και στη Λάρισα;",
            "Ποιος είναι ο προϋπολογισμός στη Λάρισα;",
        ),
        ("mt", "X'inhu l-baġit ta' Malta?", "U f'Għawdex?", "X'inhu l-baġit f'Għawdex?"),
    ],
)
def test_a_place_takes_the_place_of_a_place(language: str, before: str, question: str, standalone: str) -> None:
    assert rewrite(question, before, language) == standalone


def test_a_pronoun_after_who_is_told_who_answered() -> None:
    made = rewrite(
        "Was sagte sie?", "Wer leitete die Sitzung?", "de", "Die Leitung hatte Annegret Thalbach, wie immer."
    )
    assert made == "Was sagte sie (Sitzung, Annegret Thalbach)?"


def test_the_conversation_is_followed_from_what_was_searched() -> None:
    history = [
        Turn("Quel était le budget de Frontex en 2019 ?", "fr"),
        Turn("et en 2020 ?", "fr", "Quel était le budget de Frontex en 2020 ?"),
    ]
    assert RuleRewriter().rewrite("et en 2021 ?", "fr", history) == "Quel était le budget de Frontex en 2021 ?"


def test_brackets_of_a_question_that_was_completed_are_not_nested() -> None:
    history = [
        Turn("Quels amendements sur l'intelligence artificielle ?", "fr"),
        Turn("Qui les a votés ?", "fr", "Qui les a votés (intelligence artificielle (amendements)) ?"),
    ]
    made = RuleRewriter().rewrite("Et qui s'y est opposé ?", "fr", history)
    assert made.count("(") == made.count(")") == 1
    assert "amendements" in made


def test_a_language_without_cues_is_left_alone() -> None:
    assert rewrite("以及2020年？", "2019年的预算是多少？", "zh") == ""
    assert RuleRewriter().rewrite("et en 2020 ?", "fr", [Turn("?", "fr")]) == ""


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(sorted(cue_languages())), st.sampled_from(UNION))
def test_any_text_is_rewritten_from_its_own_words_or_left_alone(
    question: str, before: str, language: str, other: str
) -> None:
    made = RuleRewriter().rewrite(question, language, [Turn(before, other)])
    assert set(word_tokens(made)) <= set(word_tokens(f"{before} {question}"))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.sampled_from(sorted(cue_languages())))
def test_words_have_one_part_and_stand_where_they_say(question: str, language: str) -> None:
    words = question_words(question, language)
    for word in words:
        assert question[word.start : word.end] == word.text
        assert [word.asks, word.function, word.content].count(True) == 1
    assert [word.start for word in words] == sorted(word.start for word in words)
    count, start = opening(question, language)
    assert (count > 0) == (start > 0)


def parts(question: str, language: str, part: str) -> list[str]:
    return [word.text for word in question_words(question, language) if getattr(word, part)]


def test_the_parts_of_a_question() -> None:
    question = "Quand la charte Passerelle a-t-elle été votée, en mai 2024 ou en mars ?"
    assert parts(question, "fr", "asks") == ["Quand", "ou"]
    assert parts(question, "fr", "points") == ["elle"]
    assert parts(question, "fr", "name") == ["Passerelle"]
    assert parts(question, "fr", "month") == ["mai"]  # mars, alone, may be a planet
    assert parts("Qui la dirige ?", "fr", "points") == ["la"]
    assert parts("Qui dirige la commune ?", "fr", "points") == []
    assert parts("Y a-t-il des amendes ?", "fr", "points") == []
    assert parts("¿Quién lo decide?", "es", "points") == ["lo"]
    assert isinstance(question_words("a", "en")[0], Word)
    assert len(list(month_names())) > 100
