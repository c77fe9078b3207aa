"""DOOR: starts the server of the page on this machine alone, without telemetry."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from dataclasses import asdict
from pathlib import Path

from rag.config import Config
from rag.errors import BadUsage

SETTINGS = "COMMUNIQUE_SETTINGS"
"""The environment variable in which `rag chat` hands its settings to the page, as JSON."""

_SCRIPT = Path(__file__).with_name("script.py")
_ADDRESS = "127.0.0.1"
_START_S = 60.0

_OPTIONS = {
    "server.address": _ADDRESS,
    "server.headless": "true",
    "server.showEmailPrompt": "false",
    "server.fileWatcherType": "none",
    "server.runOnSave": "false",
    "browser.serverAddress": "localhost",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "client.showSidebarNavigation": "false",
}
_THEME = {
    "font": "sans-serif",
    "headingFont": "serif",
    "baseFontSize": "16",
    "baseRadius": "6px",
    "showWidgetBorder": "true",
}
_LIGHT = {
    "primaryColor": "#1f4e79",
    "backgroundColor": "#fcfbf8",
    "secondaryBackgroundColor": "#f3f0e9",
    "textColor": "#22272e",
    "borderColor": "#ddd8cc",
    "linkColor": "#1f4e79",
}
_DARK = {
    "primaryColor": "#7fb0dc",
    "backgroundColor": "#15181c",
    "secondaryBackgroundColor": "#1e2227",
    "textColor": "#e8e4db",
    "borderColor": "#363c44",
    "linkColor": "#9cc4e8",
}


def serve(config: Config, port: int, *, open_browser: bool) -> int:
    """Run the page on ``port`` of this machine until it is stopped, and give back an exit code.

    Raises BadUsage when something else listens on ``port``.
    """
    check_port(port)
    os.environ[SETTINGS] = json.dumps(asdict(config), default=str)
    if open_browser:
        threading.Thread(target=_open_browser, args=(port,), daemon=True).start()
    from streamlit.web.cli import main

    try:
        main(["run", str(_SCRIPT), *flags(port)], prog_name="streamlit", standalone_mode=False)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return 0


def flags(port: int) -> list[str]:
    """Streamlit's options as words of a command line: the server's, then the looks in light and dark."""
    themes = {"theme": _THEME, "theme.light": _LIGHT, "theme.dark": _DARK}
    looks = {f"{section}.{name}": value for section, theme in themes.items() for name, value in theme.items()}
    options = _OPTIONS | {"server.port": str(port)} | looks
    # A page elsewhere that makes its own name point here (DNS rebinding) is turned away.
    hosts = [f"--server.allowedHosts={host}" for host in ("localhost", _ADDRESS)]
    return [f"--{name}={value}" for name, value in options.items()] + hosts


def check_port(port: int) -> None:
    """Raise BadUsage unless ``port`` is free on this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name == "posix":  # elsewhere this option would let two servers share the port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_ADDRESS, port))
        except OSError as error:
            raise BadUsage(
                f"port {port} cannot be used ({error.strerror}): give another one, for example `--port {_other(port)}`"
            ) from error


def _other(port: int) -> int:
    return port + 1 if port < 65_535 else port - 1


def _open_browser(port: int) -> None:
    """Open the page in the person's browser as soon as the server answers."""
    import webbrowser

    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection((_ADDRESS, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            webbrowser.open(f"http://localhost:{port}")
            return
