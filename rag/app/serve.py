"""DOOR: starts the server of the page, without telemetry; on this machine alone unless there is a password."""

from __future__ import annotations

import errno
import json
import os
import socket
import threading
import time
from dataclasses import asdict
from pathlib import Path

from rag.app.login import LOGIN, check_login, login_file
from rag.config import Config
from rag.errors import BadUsage

SETTINGS = "COMMUNIQUE_SETTINGS"
"""The environment variable in which `rag chat` hands its settings to the page, as JSON."""

_SCRIPT = Path(__file__).with_name("script.py")
_GATED = Path(__file__).with_name("gated.py")
LOCAL = "127.0.0.1"
_LOCAL_NAMES = frozenset({LOCAL, "localhost", "::1"})
_EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})
PASSWORD = "COMMUNIQUE_PASSWORD"
"""The environment variable that may hold the password."""

_START_S = 60.0

_OPTIONS = {
    "server.headless": "true",
    "server.showEmailPrompt": "false",
    "server.fileWatcherType": "none",
    "server.runOnSave": "false",
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
    "blueTextColor": "#1f4e79",
    "blueBackgroundColor": "#e8eef4",
    "chartCategoricalColors": '["#1f4e79", "#b3651d", "#5b7f5a", "#8a5a83"]',
}
_DARK = {
    "primaryColor": "#7fb0dc",
    "backgroundColor": "#15181c",
    "secondaryBackgroundColor": "#1e2227",
    "textColor": "#e8e4db",
    "borderColor": "#363c44",
    "linkColor": "#9cc4e8",
    "blueTextColor": "#9cc4e8",
    "blueBackgroundColor": "#20303f",
    "chartCategoricalColors": '["#7fb0dc", "#e0a566", "#9cc29a", "#c79ac0"]',
}


def serve(config: Config, port: int, *, open_browser: bool, address: str = LOCAL, password: str = "") -> int:
    """Run the page until it is stopped, and give back an exit code.

    Without a ``password``, everybody has to log in where `.streamlit/secrets.toml` has a section ``[auth]``. Raises
    BadUsage when ``port`` cannot be used, and for an ``address`` of other machines that neither of the two guards.
    """
    login = check_address(address, password)
    check_port(port, address)
    os.environ[SETTINGS] = json.dumps(asdict(config), default=str)
    os.environ[LOGIN] = "1" if login else ""
    script = _SCRIPT
    if password:
        from rag.app.gate import GATE, hash_password

        os.environ[GATE] = hash_password(password)
        script = _GATED
    if open_browser:
        threading.Thread(target=_open_browser, args=(port, address), daemon=True).start()
    from streamlit.web.cli import main

    words = [*flags(port, address, gated=bool(password) or login), f"--server.maxUploadSize={config.upload_mb}"]
    try:
        main(["run", str(script), *words], prog_name="streamlit", standalone_mode=False)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return 0


def is_local(address: str | None) -> bool:
    """Whether only this machine can reach ``address``; another loopback address counts as another machine's."""
    return address in _LOCAL_NAMES


def check_address(address: str, password: str) -> bool:
    """Whether everybody has to log in with OIDC.

    Raises BadUsage for an address that other machines reach where there is neither a password nor a login, and for a
    login that cannot work.
    """
    file = None if password else login_file()
    if file is not None:
        check_login(file)
    elif not password and not is_local(address):
        raise BadUsage(
            f"other machines can reach --address {address}: give a password with --password-file FILE or in "
            f"{PASSWORD}, name an OIDC provider under [auth] in .streamlit/secrets.toml, or leave --address out to "
            "serve this machine alone"
        )
    return file is not None


def flags(port: int, address: str = LOCAL, *, gated: bool = False) -> list[str]:
    """Streamlit's options as words of a command line: the server's, then the looks in light and dark."""
    themes = {"theme": _THEME, "theme.light": _LIGHT, "theme.dark": _DARK}
    looks = {f"{section}.{name}": value for section, theme in themes.items() for name, value in theme.items()}
    shown = "localhost" if is_local(address) or address in _EVERY_ADDRESS else address
    options = _OPTIONS | {"server.address": address, "browser.serverAddress": shown, "server.port": str(port)} | looks
    # A page elsewhere that makes its own name point here (DNS rebinding) is turned away; behind a gate or a login it
    # has no cookie for its name, and the names of this machine in a network are not known here.
    hosts = [f"--server.allowedHosts={host}" for host in (("*",) if gated else ("localhost", LOCAL, "[::1]"))]
    return [f"--{name}={value}" for name, value in options.items()] + hosts


def check_port(port: int, address: str = LOCAL) -> None:
    """Raise BadUsage unless ``port`` of ``address`` is free on this machine."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":  # elsewhere this option would let two servers share the port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except socket.gaierror as error:
            raise BadUsage(f"--address {address} is no address of this machine: give one, or leave it out") from error
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise BadUsage(f"--address {address} is not of this machine: give one, or leave it out") from error
            raise BadUsage(
                f"port {port} cannot be used ({error.strerror}): give another one, for example `--port {_other(port)}`"
            ) from error


def _other(port: int) -> int:
    return port + 1 if port < 65_535 else port - 1


def _open_browser(port: int, address: str) -> None:
    """Open the page in the person's browser as soon as the server answers."""
    import webbrowser

    host = LOCAL if address in _EVERY_ADDRESS else address
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            webbrowser.open(f"http://{'localhost' if host == LOCAL else host}:{port}")
            return
