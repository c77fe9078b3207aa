"""DOOR: the panel where files are dropped in, for this session alone or for the folder of documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from rag.app.building import builder, start_build
from rag.app.inert import inert_html, inert_line, inert_markdown
from rag.app.parts import draw_dropping
from rag.app.wording import interface_language, say, say_error, say_reason
from rag.bring import (
    OWN_FOLDER,
    Brought,
    Outcome,
    Private,
    add_to_corpus,
    admit,
    corpus_folder,
    examine,
    open_private,
    private_prefix,
    size_limit,
    together,
    too_large,
)
from rag.config import Config
from rag.embed import Encoder
from rag.errors import CorpusError, RagError
from rag.library import Library
from rag.sample import sample_corpus
from rag.schema import Answer

_SESSION, _CORPUS = "session", "corpus"
_BOTH, _ONLY = "both", "only"
_HELD, _PRIVATE, _OUTCOMES, _SCOPE, _TURN = "brought", "private", "bring-outcomes", "bring-scope", "bring-turn"


def with_private(shared: Library) -> Library:
    """What is searched: the shared index, with the documents of this session beside it or those alone."""
    private: Private | None = st.session_state.get(_PRIVATE)
    if private is None:
        return shared
    return together(shared, private, only=st.session_state.get(_SCOPE) == _ONLY)


def searching_mine_alone() -> bool:
    """Whether the documents of this session are searched without the index."""
    return _PRIVATE in st.session_state and st.session_state.get(_SCOPE) == _ONLY


def rests_on_private(shared: Library, answer: Answer) -> bool:
    """Whether an answer shows anything of the documents of this session, which must not be kept anywhere."""
    prefix = private_prefix(shared)
    shown = {hit.passage.document_id for hit in answer.hits} | {cited.document_id for cited in answer.citations}
    return any(name.startswith(prefix) for name in shown)


def draw_bring(shared: Library) -> None:
    """The panel; what was brought is searched from the next run of the page on."""
    config = shared.config
    folder = _folder(shared)
    turn = st.session_state.get(_TURN, 0)
    large = _large(config, f"dropping-{turn}")
    with st.form(f"bring-{turn}", clear_on_submit=True, border=False):
        label = say("bring_drop", count=config.upload_count, size=size_limit(config))
        dropped = st.file_uploader(label, accept_multiple_files=True, key="bring-files")
        places = {_SESSION: say("bring_session"), _CORPUS: say("bring_corpus")}
        of_corpus = folder if isinstance(folder, str) else _corpus_note(shared, folder)
        where = st.radio(
            say("bring_where"), list(places), format_func=places.__getitem__, key="bring-where",
            captions=[say("bring_session_note"), inert_markdown(of_corpus)],
        )  # fmt: skip
        if st.form_submit_button(say("bring_take"), key="bring-take", width="stretch"):
            _take(shared, [Brought(file.name, file.getvalue()) for file in dropped], large, where, folder)
    _draw_outcomes(st.session_state.get(_OUTCOMES, ()))
    if _HELD in st.session_state:
        _draw_mine(shared, folder)


def draw_first(config: Config) -> None:
    """Where there is no index yet: drop files in, and the first one is built of them."""
    folder = config.index.resolve().parent / OWN_FOLDER
    large = _large(config, "dropping-first")
    with st.form("bring-first", clear_on_submit=True, border=False):
        label = say("bring_drop", count=config.upload_count, size=size_limit(config))
        dropped = st.file_uploader(label, accept_multiple_files=True, key="first-files")
        st.caption(inert_markdown(say("bring_corpus_note", folder=str(folder))))
        if st.form_submit_button(say("bring_take"), key="first-take"):
            if not dropped and not large:
                st.warning(say("bring_nothing"))
                return
            admitted, refused = admit([Brought(file.name, file.getvalue()) for file in dropped], config)
            st.session_state[_OUTCOMES] = (*_for_corpus(admitted, folder, config, None), *refused, *large)
            st.rerun()
    _draw_outcomes(st.session_state.get(_OUTCOMES, ()))


def _large(config: Config, key: str) -> list[Outcome]:
    """What becomes of the files that were dropped in and are over the limit: the browser does not send them."""
    return [too_large(name, config) for name in draw_dropping(key, {"choose": say("bring_choose")})]


def _folder(shared: Library) -> Path | str:
    """The folder that files can be added to, or a sentence that says why there is none."""
    try:
        return corpus_folder(shared.manifest, shared.config, _sample())
    except CorpusError as error:
        return say_error(error)


def _sample() -> Path | None:
    try:
        return sample_corpus()
    except CorpusError:
        return None


def _corpus_note(shared: Library, folder: Path) -> str:
    own = folder != Path(shared.manifest.corpus)
    return say("bring_own_note" if own else "bring_corpus_note", folder=str(folder))


def _take(
    shared: Library, files: Sequence[Brought], large: Sequence[Outcome], where: str, folder: Path | str
) -> None:
    """Take the files in where they may be, and remember what became of each, and of those too ``large`` to come."""
    if not files and not large:
        st.warning(say("bring_nothing"))
        return
    held: Sequence[Brought] = st.session_state.get(_HELD, ()) if where == _SESSION else ()
    admitted, outcomes = admit(files, shared.config, held)
    with st.status(say("bring"), expanded=True) as status:
        if where == _SESSION:
            outcomes = [*_for_session(shared, held, admitted, status), *outcomes]
        elif isinstance(folder, str):
            outcomes = [Outcome(file.name, folder) for file in files]
        else:
            outcomes = [*_for_corpus(admitted, folder, shared.config, shared.encoder), *outcomes]
    st.session_state[_OUTCOMES] = (*outcomes, *large)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    st.rerun()


def _for_session(shared: Library, held: Sequence[Brought], files: Sequence[Brought], status: Any) -> list[Outcome]:
    def tell(done: int, outcome: Outcome) -> None:
        words = say("bring_reading", done=done, total=len(files), name=inert_line(outcome.name))
        status.update(label=inert_markdown(words))

    outcomes = examine(files, shared.config, tell)
    good = [file for file, outcome in zip(files, outcomes, strict=True) if not outcome.reason]
    if not good:
        return outcomes
    try:
        _open([*held, *good], shared, lambda step, done, total: status.update(label=say(f"build_{step}")))
    except RagError as error:
        return [Outcome(outcome.name, outcome.reason or say_error(error)) for outcome in outcomes]
    return outcomes


def _open(files: Sequence[Brought], shared: Library, tell: Any) -> None:
    st.session_state[_PRIVATE] = open_private(files, shared, tell)
    st.session_state[_HELD] = tuple(files)


def _for_corpus(files: Sequence[Brought], folder: Path, config: Config, encoder: Encoder | None) -> list[Outcome]:
    """Copy the files and build; a build that runs already is joined by the next one."""
    try:
        outcomes = add_to_corpus(files, folder, config)
    except RagError as error:
        return [Outcome(file.name, say_error(error)) for file in files]
    if any(not outcome.reason for outcome in outcomes):
        start_build(folder, config, encoder, after=True)
    return outcomes


def _draw_outcomes(outcomes: Sequence[Outcome]) -> None:
    """A line for each file: taken, or refused and why."""
    if not outcomes:
        return
    lines = []
    for outcome in outcomes:
        word, sign = (say("bring_refused"), "✗") if outcome.reason else (say("bring_taken"), "✓")
        told = " · ".join(part for part in (word, inert_line(say_reason(outcome.reason))) if part)
        lines.append(
            f'<li><span aria-hidden="true">{sign}</span> <b>{inert_html(inert_line(outcome.name))}</b> '
            f"{inert_html(told)}</li>"
        )
    st.html(f'<ul class="desk-outcomes" role="status">{"".join(lines)}</ul>')


def _draw_mine(shared: Library, folder: Path | str) -> None:
    """The documents of this session: where to search, and what may become of them."""
    held: tuple[Brought, ...] = st.session_state[_HELD]
    names = "".join(f"<li>{inert_html(inert_line(file.name))}</li>" for file in held)
    st.html(f'<p class="desk-note">{inert_html(say("bring_mine"))}</p><ul class="desk-outcomes">{names}</ul>')
    scopes = {_BOTH: say("bring_scope_both"), _ONLY: say("bring_scope_only")}
    kept, key = list(scopes).index(st.session_state.get(_SCOPE, _BOTH)), f"{_SCOPE}-{interface_language()}"
    st.radio(
        say("bring_scope"), list(scopes), kept, format_func=scopes.__getitem__, key=key, horizontal=True,
        on_change=lambda: st.session_state.update({_SCOPE: st.session_state[key]}),
    )  # fmt: skip
    with st.container(horizontal=True):
        if isinstance(folder, Path) and st.button(say("bring_keep"), key="bring-keep"):
            st.session_state[_OUTCOMES] = tuple(_for_corpus(held, folder, shared.config, shared.encoder))
            forget_brought()
            st.rerun()
        st.button(say("bring_drop_all"), key="bring-drop-all", on_click=_drop_all)


def forget_brought() -> None:
    """Let go of the documents of this session."""
    for key in (_HELD, _PRIVATE, _SCOPE):
        st.session_state.pop(key, None)


def _drop_all() -> None:
    forget_brought()
    st.session_state.pop(_OUTCOMES, None)


def draw_rebuild(shared: Library) -> None:
    """A button that builds the index again from the folder it was built from."""
    config = shared.config
    corpus = Path(shared.manifest.corpus)
    if not corpus.exists():
        st.caption(inert_markdown(str(_folder(shared))))
    elif not builder(config).progress.running and st.button(
        say("rebuild"), key="rebuild", icon=":material/refresh:", help=inert_markdown(str(corpus))
    ):
        start_build(corpus, config, shared.encoder)
        st.rerun()
