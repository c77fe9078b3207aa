"""DOOR: asks the test questions in the background, once for every visitor; the page shows how far it is."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from rag.answer import AnsweringModel
from rag.app.dialog import draw_anew
from rag.app.inert import inert_markdown
from rag.app.wording import number, say, say_error
from rag.config import Config
from rag.errors import RagError
from rag.evaluate import read_test_set
from rag.library import Library
from rag.report import new_file, run, save_report

_TELL_S = 1.0
_SEEN = "evaluation-seen"


class _Stopped(RagError):
    """A person pressed the button that stops the evaluation."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How far an evaluation is; ``turn`` counts those of this process, ``report`` is the file that the last one left.

    ``error`` is why it failed, None where it was ``stopped`` or ended in a way that nobody foresaw.
    """

    turn: int = 0
    running: bool = False
    done: int = 0
    total: int = 0
    report: Path | None = None
    error: RagError | None = None
    stopped: bool = False


class Evaluator:
    """Runs one evaluation at a time in a thread of its own; what anyone may see of it is ``asking``."""

    def __init__(self) -> None:
        """An evaluator that has asked nothing yet."""
        self.asking = Asking()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, library: Library, model: AnsweringModel, file: Path) -> None:
        """Begin to ask the questions in ``file``; nothing where an evaluation is running already."""
        with self._lock:
            if self.asking.running:
                return
            self.asking = Asking(turn=self.asking.turn + 1, running=True)
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, args=(library, model, file), daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the evaluation after the question that is being asked; no report is kept of it."""
        self._stop.set()

    def wait(self, timeout_s: float | None = None) -> None:
        """Return when the evaluation is over, or the time is."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self, library: Library, model: AnsweringModel, file: Path) -> None:
        ended = self.asking
        try:
            questions = read_test_set(file)
            self.asking = replace(ended, total=len(questions))
            _, saved = run(library, model, questions, str(file), progress=self._tell)
            report = new_file(library.config, saved)
            save_report(saved, report)
            ended = replace(ended, report=report)
        except _Stopped:
            ended = replace(ended, stopped=True)
        except RagError as error:
            ended = replace(ended, error=error)
        finally:  # whatever else happened: the page must not wait for ever, and the thread prints what it was
            self.asking = replace(ended, running=False)

    def _tell(self, done: int) -> None:
        if self._stop.is_set():
            raise _Stopped("stopped")
        self.asking = replace(self.asking, done=done)


@st.cache_resource(show_spinner=False)
def _evaluator(index: str) -> Evaluator:
    return Evaluator()


def evaluator(config: Config) -> Evaluator:
    """The one evaluator of an index."""
    return _evaluator(str(config.index.resolve()))


def start_evaluation(library: Library, model: AnsweringModel, file: Path) -> None:
    """Begin to ask the questions in ``file``, and tell this session how it ends."""
    evaluator(library.config).start(library, model, file)
    st.session_state[_SEEN] = evaluator(library.config).asking.turn


def finished_report(config: Config) -> Path | None:
    """The report of the last evaluation, where that ended in this session's time; else None."""
    asking = evaluator(config).asking
    return asking.report if asking.turn and st.session_state.get(_SEEN) == asking.turn else None


def draw_evaluation(config: Config) -> None:
    """How far the evaluation is, or why the last one of this session's time left no report; nothing else."""
    asking = evaluator(config).asking
    if asking.running:
        st.session_state[_SEEN] = asking.turn
        _draw_running(config)
    elif asking.turn and st.session_state.get(_SEEN) == asking.turn and asking.report is None:
        if asking.stopped:
            st.info(say("report_stopped"))
        else:
            st.error(inert_markdown(say_error(asking.error) if asking.error else say("report_unknown")))


@st.fragment(run_every=_TELL_S)
def _draw_running(config: Config) -> None:
    """Drawn anew each second while questions are asked; at the end the whole page is."""
    asking = evaluator(config).asking
    if not asking.running:
        draw_anew()
    words = say("report_running", done=number(asking.done), total=number(asking.total))
    st.progress(min(1.0, asking.done / asking.total) if asking.total else 0.0, words)
    st.caption(say("report_meanwhile"))
    st.button(say("report_stop"), key="stop-report", icon=":material/stop_circle:", on_click=evaluator(config).stop)
