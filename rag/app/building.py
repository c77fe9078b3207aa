"""DOOR: builds the index in the background, once for every visitor; the old one answers until the new one is there."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from rag.app.dialog import draw_anew
from rag.app.inert import inert_html, inert_line, inert_markdown
from rag.app.visit import visit
from rag.app.wording import decimal, number, say, say_error, say_reason
from rag.build import BuildReport, build
from rag.config import Config
from rag.embed import Encoder
from rag.errors import RagError
from rag.store.generation import current_name

_WATCH_S = 5.0
_TELL_S = 1.0
_SEEN, _TOLD = "build-seen", "build-told"


_Task = tuple[Path, Config, Encoder | None]


class _Stopped(RagError):
    """A person pressed the button that stops the build."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is. ``turn`` counts the builds of this process; ``error`` is why the last one failed.

    ``error`` is None for one that was stopped or ended in a way that nobody foresaw; ``stopped`` tells the two apart.
    ``generation`` is the name of what was built.
    """

    turn: int = 0
    running: bool = False
    step: str = "read"
    done: int = 0
    total: int = 0
    report: BuildReport | None = None
    error: RagError | None = None
    stopped: bool = False
    generation: str | None = None


class Builder:
    """Runs one build at a time in a thread of its own; what anyone may see of it is ``progress``."""

    def __init__(self) -> None:
        """A builder that has built nothing yet."""
        self.progress = Progress()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._next: _Task | None = None

    def start(self, corpus: Path, config: Config, encoder: Encoder | None = None, *, after: bool = False) -> bool:
        """Begin to build; False where a build is running already, which goes on.

        With ``after`` the index is then built once more when that one is over, since it may have missed what is new.
        """
        task = (corpus, config, encoder)
        with self._lock:
            if self.progress.running:
                self._next = task if after else self._next
                return False
            self._begin(task)
        return True

    def _begin(self, task: _Task) -> None:
        self.progress = Progress(turn=self.progress.turn + 1, running=True)
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, args=task, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the build at its next step; the index stays as it is."""
        self._stop.set()

    def wait(self, timeout_s: float | None = None) -> None:
        """Return when every build is over, or the time for one is."""
        thread = None
        while self._thread is not thread:
            thread = self._thread
            assert thread is not None
            thread.join(timeout_s)

    def _run(self, corpus: Path, config: Config, encoder: Encoder | None) -> None:
        ended = self.progress
        try:
            report = build(corpus, config, self._tell, encoder=encoder)
            ended = replace(ended, report=report, generation=current_name(config.index))
        except _Stopped:
            ended = replace(ended, stopped=True)
        except RagError as error:
            ended = replace(ended, error=error)
        finally:  # whatever else happened: the page must not wait for ever, and the thread prints what it was
            with self._lock:
                self.progress = replace(ended, running=False)
                task, self._next = self._next, None
                if task is not None and not ended.stopped:
                    self._begin(task)

    def _tell(self, step: str, done: int, total: int) -> None:
        if self._stop.is_set():
            raise _Stopped("stopped")
        self.progress = replace(self.progress, step=step, done=done, total=total)


@st.cache_resource(show_spinner=False)
def _builder(index: str) -> Builder:
    return Builder()


def builder(config: Config) -> Builder:
    """The one builder of an index."""
    return _builder(str(config.index.resolve()))


def start_build(corpus: Path, config: Config, encoder: Encoder | None = None, *, after: bool = False) -> None:
    """Begin to build, and tell this session how it ends."""
    builder(config).start(corpus, config, encoder, after=after)
    st.session_state[_SEEN] = builder(config).progress.turn


def draw_building(config: Config, *, first: bool = False) -> None:
    """How far the build is, or how the last one that ran in this session's time ended; nothing else.

    ``first`` says that there is no old index that answers meanwhile.
    """
    progress = builder(config).progress
    if progress.running:
        st.session_state[_SEEN] = progress.turn
        _running(config, first)
    elif progress.turn and st.session_state.get(_SEEN) == progress.turn and _is_news(config, progress):
        _draw_end(progress)


def _is_news(config: Config, progress: Progress) -> bool:
    """Whether the end of a build is told still: not once another index is in use or a question was asked since."""
    if progress.report is not None and current_name(config.index) != progress.generation:
        return False
    here = visit()
    now = (progress.turn, here.talk.serial, len(here.talk.turns) + len(here.asked))
    told: tuple[int, int, int] = st.session_state.get(_TOLD, (0, 0, 0))
    if told[0] != progress.turn:
        st.session_state[_TOLD] = told = now
    return told == now


@st.fragment(run_every=_TELL_S)
def _running(config: Config, first: bool) -> None:
    """Drawn anew each second while the build runs; at its end the whole page is."""
    progress = builder(config).progress
    if not progress.running:
        draw_anew()
    step = say(f"build_{progress.step}").rstrip("…. ")
    words = say("rebuild_step", step=step, done=number(progress.done), total=number(progress.total))
    st.progress(min(1.0, progress.done / progress.total) if progress.total else 0.0, words)
    st.caption(say("rebuild_first" if first else "rebuild_running"))
    st.button(say("rebuild_stop"), key="stop-build", icon=":material/stop_circle:", on_click=builder(config).stop)


def _draw_end(progress: Progress) -> None:
    report = progress.report
    if report is None:
        reason = say_error(progress.error) if progress.error else say("rebuild_unknown")
        message = say("rebuild_stopped") if progress.stopped else say("rebuild_failed", reason=reason)
        (st.info if progress.stopped else st.error)(inert_markdown(message))
        return
    counts = {"documents": number(report.document_count), "passages": number(report.passage_count)}
    st.success(say("rebuild_done", **counts, seconds=decimal(report.build_s, 1)))
    if report.skipped:
        root = Path(report.skipped[0][0]).parent
        lines = "".join(
            f"<li><b>{inert_html(inert_line(_short(path, root)))}</b> {inert_html(inert_line(say_reason(reason)))}</li>"
            for path, reason in report.skipped
        )
        with st.expander(say("rebuild_skipped") + f" ({number(len(report.skipped))})"):
            st.html(f'<ul class="desk-outcomes">{lines}</ul>')


def _short(path: str, root: Path) -> str:
    return str(Path(path).relative_to(root)) if Path(path).is_relative_to(root) else path


def watch_index(config: Config) -> None:
    """Draw the page anew as soon as another index is in use, whoever built it."""
    _watch(config.index, current_name(config.index))


@st.fragment(run_every=_WATCH_S)
def _watch(index: Path, drawn: str | None) -> None:
    if current_name(index) != drawn:
        draw_anew()
