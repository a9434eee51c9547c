"""What is there when the first picture is on the screen: the picture's code, and no more."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.terminal import Terminal

SCRIPT = """
import gc, json, os, sys, threading
import textual.drivers.linux_driver as driver

write = driver.LinuxDriver.write

def watched(self, data):
    write(self, data)
    if "Projects" in data:
        names = [one.name for one in threading.enumerate() if one.name.startswith("skyforge")]
        found = {"modules": sorted(sys.modules), "threads": names}
        found["collecting"] = ["yes"] * gc.isenabled()
        with open(os.environ["REPORT"], "w") as report:
            json.dump(found, report)
        os._exit(0)

driver.LinuxDriver.write = watched
sys.argv[:] = ["skyforge"]
from skyforge_tui.__main__ import main
main()
"""

LATE = {
    "aiosqlite", "asyncssh", "click", "cryptography", "httpcore", "httpx", "httpx_ws", "msgspec",
    "obstore", "paramiko", "pydantic", "pydantic_core", "pydantic_settings",
    "sqlite3", "tomllib", "yaml",
}  # fmt: skip
"""Libraries of the engine, of the command line, and of settings that are not there."""

EARLY = {
    "domain": {"errors", "freshness", "guard", "identity", "notice", "permission"},
    "engine": {"thread"},
    "services": {"decisions"},
    "settings": {"frame", "places"},
    "wiring": {"cockpit", "garbage"},
    "tui.presenters": {"amounts", "cells", "frame", "glyphs", "hints", "lights", "missing"},
    "tui.screens": set[str](),
    "tui.widgets": {"frame", "painted", "spinner"},
}
"""What the frame is made of, room by room; every other module follows beside it."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Return the modules and the threads of our own at the first picture."""
    folder = tmp_path_factory.mktemp("picture")
    report = folder / "report.json"
    places = {f"XDG_{one}_HOME": str(folder / one) for one in ("STATE", "CACHE", "CONFIG")}
    environ = os.environ | places | {"TERM": "xterm-256color", "REPORT": str(report)}
    terminal = Terminal((sys.executable, "-c", SCRIPT), folder, environ)
    try:
        assert terminal.ended() == 0, terminal.written[-3000:].decode()
    finally:
        terminal.close()
    answer: dict[str, list[str]] = json.loads(report.read_text())
    return answer


def test_libraries_come_later(found: dict[str, list[str]]) -> None:
    """The first picture waits for no library of the engine."""
    assert LATE & {one.partition(".")[0] for one in found["modules"]} == set()


@pytest.mark.parametrize("room", sorted(EARLY))
def test_rooms_come_later(found: dict[str, list[str]], room: str) -> None:
    """The first picture waits for the code of the frame alone."""
    inside = f"skyforge_tui.{room}."
    loaded = {one.removeprefix(inside) for one in found["modules"] if one.startswith(inside)}
    assert loaded - EARLY[room] == set()


def test_outer_rooms_come_later(found: dict[str, list[str]]) -> None:
    """No store, provider, vendor or job is loaded yet."""
    rooms = {one.split(".")[1] for one in found["modules"] if one.startswith("skyforge_tui.")}
    assert rooms <= {*EARLY, "__main__", "tui"}


def test_no_garbage_is_sought(found: dict[str, list[str]]) -> None:
    """The first picture does not wait for a look at what was just made."""
    assert found["collecting"] == []


def test_the_engine_sleeps(found: dict[str, list[str]]) -> None:
    """Nothing works beside the first picture."""
    assert found["threads"] == []


def test_the_rest_is_there_for_the_first_key(tmp_path: Path) -> None:
    """Keys typed before anything is loaded are answered, in order."""
    places = {f"XDG_{one}_HOME": str(tmp_path / one) for one in ("STATE", "CACHE", "CONFIG")}
    environ = os.environ | places | {"TERM": "xterm-256color"}
    terminal = Terminal((sys.executable, "-m", "skyforge_tui"), tmp_path, environ)
    try:
        terminal.until(b"Projects")
        terminal.press(b"3?")
        terminal.until(b"Keys in Runs")
    finally:
        terminal.close(b"\x1b\x11")
    assert terminal.process.returncode == 0
