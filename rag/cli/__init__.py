"""DOOR: the `rag` command. Nothing but this package prints or exits."""

from __future__ import annotations

import os
import signal
import sys
import threading
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper

from rag.errors import RagError
from rag.options import parse

_COMMANDS = {
    "build": "index.build",
    "ask": "asking.ask",
    "search": "asking.search",
    "eval": "judging.evaluate",
    "chat": "chatting.chat",
    "export": "dossiers.export",
    "verify": "dossiers.verify",
    "models": "models.models",
    "info": "index.info",
    "doctor": "index.doctor",
}
"""The module in this package and the function in it that runs each command."""

_STOPPED = "stopped; the index is as it was before"
_STOPPED_ASKING = "stopped; what is shown was checked, nothing was kept"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; a RagError becomes one line on stderr and exit code 2."""
    _open_closed()
    _speak_utf8()
    stopped = _STOPPED
    interrupted = _Interrupted()
    try:
        options = parse(arguments)
        stopped = _STOPPED_ASKING if options.command == "ask" else _STOPPED
        code = _run(options)
        sys.stdout.flush()  # here, where a reader that went away can still be told from a fault
    except RagError as error:
        code = _complain(str(error), 2)
    except KeyboardInterrupt:
        code = _complain(stopped, 130)
    except ImportError:
        if not interrupted.seen:
            raise
        code = _complain(stopped, 130)  # what a package makes of Ctrl-C while it is being loaded
    except BrokenPipeError:
        _drop_output()
        code = 0
    except OSError as error:
        _drop_output()
        code = _complain(f"the system refused: {error}: make room or check the permissions, then try again", 2)
    finally:
        interrupted.forget()
    sys.exit(code)


class _Interrupted:
    """Whether Ctrl-C was seen, also where a package that was being loaded turned it into an ImportError."""

    def __init__(self) -> None:
        self.seen = False
        self._before = signal.getsignal(signal.SIGINT)
        if self._before is signal.default_int_handler and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._stop)

    def _stop(self, *_: object) -> None:
        self.seen = True
        raise KeyboardInterrupt

    def forget(self) -> None:
        """Put Python's own way back."""
        if signal.getsignal(signal.SIGINT) == self._stop:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _run(options: Namespace) -> int:
    """The exit code of one command."""
    module, _, function = _COMMANDS[options.command].partition(".")
    code: int = getattr(import_module(f"rag.cli.{module}"), function)(options)
    return code


def _open_closed() -> None:
    """Give a standard stream that is closed (`>&-`) nothing to read, or a place where what it is told is lost."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(handle, mode, encoding="utf-8"))


def _speak_utf8() -> None:
    """Read and write UTF-8 whatever the console is set to; half a surrogate pair is shown escaped."""
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "backslashreplace"), (sys.stderr, None)):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors or "backslashreplace")


def _complain(message: str, code: int) -> int:
    """Print one line on stderr and give back the exit code."""
    from rag.show import one_line

    print(f"rag: {one_line(message)}", file=sys.stderr)
    return code


def _drop_output() -> None:
    """Send what is still waiting for stdout nowhere, so that the interpreter does not try again as it ends."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
