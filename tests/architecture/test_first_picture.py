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
    if os.environ["MARK"] in data:
        ours = ("skyforge", "log-")
        names = [one.name for one in threading.enumerate() if one.name.startswith(ours)]
        found = {"modules": sorted(sys.modules), "threads": names}
        found["collecting"] = ["yes"] * gc.isenabled()
        with open(os.environ["REPORT"], "w") as report:
            json.dump(found, report)
        os._exit(0)

driver.LinuxDriver.write = watched
sys.argv[0] = "skyforge"
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
    "tui.presenters": {"cells", "frame", "glyphs", "hints", "missing"},
    "tui.screens": set[str](),
    "tui.widgets": {"frame", "painted", "spinner"},
}
"""What the frame is made of, room by room; every other module follows beside it."""


VIEWED = {
    "domain": {
        "errors", "guard", "identity", "log", "log_severity", "log_source", "notice",
        "offset_buckets", "outline", "outline_scan", "permission",
    },
    "engine": {"thread"},
    "ports": {"log_part"},
    "services": {"authorization", "bus", "decisions", "file_parts", "files"},
    "settings": {"frame", "places"},
    "store": {
        "files", "files.open_file", "files.opened", "files.opening", "files.unpacking",
        "log_counting", "log_files", "log_format", "log_index", "log_loose", "log_pages",
        "log_reader", "log_searchable", "log_times", "log_witness",
    },
    "wiring": {"file_parts", "garbage", "viewer"},
    "tui.presenters": {
        "amounts", "cells", "files", "finding", "frame", "glyphs", "hints", "log_lines", "plays",
        "query_line",
    },
    "tui.screens": {"files", "files.screen"},
}  # fmt: skip
"""What a log file is shown with; what looks for something, and what reads pipes, comes later."""


def _seen(folder: Path, mark: str, *arguments: str) -> dict[str, list[str]]:
    """Return the modules and the threads of our own at the picture with this text."""
    report = folder / "report.json"
    places = {f"XDG_{one}_HOME": str(folder / one) for one in ("STATE", "CACHE", "CONFIG")}
    environ = os.environ | places | {"TERM": "xterm-256color", "REPORT": str(report), "MARK": mark}
    terminal = Terminal((sys.executable, "-c", SCRIPT, *arguments), folder, environ)
    try:
        assert terminal.ended() == 0, terminal.written[-3000:].decode()
    finally:
        terminal.close()
    answer: dict[str, list[str]] = json.loads(report.read_text())
    return answer


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Return what is there at the first picture of the cockpit."""
    return _seen(tmp_path_factory.mktemp("picture"), "Projects")


@pytest.fixture(scope="module")
def viewed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Return what is there at the first picture of a log that is larger than one look at it."""
    folder = tmp_path_factory.mktemp("view")
    (folder / "log").write_bytes(b"the first line\n" + b"x" * 99 + b"\n" * 5_000_000)
    return _seen(folder, "the first line", "view", "log")


def test_libraries_come_later(found: dict[str, list[str]]) -> None:
    """The first picture waits for no library of the engine."""
    assert LATE & {one.partition(".")[0] for one in found["modules"]} == set()


def _inside(found: dict[str, list[str]], room: str) -> set[str]:
    inside = f"skyforge_tui.{room}."
    return {one.removeprefix(inside) for one in found["modules"] if one.startswith(inside)}


@pytest.mark.parametrize("room", sorted(EARLY))
def test_rooms_come_later(found: dict[str, list[str]], room: str) -> None:
    """The first picture waits for the code of the frame alone."""
    assert _inside(found, room) - EARLY[room] == set()


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


@pytest.mark.parametrize("room", sorted(VIEWED))
def test_a_log_waits_for_little(viewed: dict[str, list[str]], room: str) -> None:
    """The first lines of a log wait for the code that draws them alone."""
    assert _inside(viewed, room) - VIEWED[room] == set()


def test_a_log_waits_for_nothing_beside_it(viewed: dict[str, list[str]]) -> None:
    """Neither libraries nor other rooms are loaded, nothing is counted, nothing collected."""
    rooms = {one.split(".")[1] for one in viewed["modules"] if one.startswith("skyforge_tui.")}
    assert rooms <= {*VIEWED, "__main__", "tui"}
    late = {*LATE, "re2", "rurex"}
    assert late & {one.partition(".")[0] for one in viewed["modules"]} == set()
    assert (viewed["threads"], viewed["collecting"]) == ([], [])


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
