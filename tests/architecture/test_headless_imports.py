"""What is loaded when: start-up pays for nothing that it does not use."""

from __future__ import annotations

import subprocess
import sys

import pytest

VENDORS = {
    "aiosqlite", "asyncssh", "cryptography", "httpcore", "httpx", "httpx_ws", "msgspec", "obstore",
    "paramiko", "platformdirs", "re2", "rurex", "yaml",
}  # fmt: skip
DRAWING = {"textual", "rich"}
CHECKING = {"pydantic", "pydantic_core", "pydantic_settings"}


def loaded_by(code: str) -> set[str]:
    """Return the top-level names of all modules that a fresh interpreter has after `code`."""
    report = "import sys; print('\\n' + ' '.join({one.partition('.')[0] for one in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        capture_output=True, text=True, timeout=100, check=True,
    )  # fmt: skip
    return set(done.stdout.rpartition("\n\n")[2].split() or done.stdout.split("\n")[-2].split())


def command(*arguments: str) -> str:
    """Return code that runs the command line with these arguments and stays."""
    return (
        "import sys\n"
        f"sys.argv = {['skyforge', *arguments]!r}\n"
        "from skyforge_tui.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
    )


def test_probe_sees_what_is_loaded() -> None:
    """The probe itself finds a library that is loaded."""
    assert "yaml" in loaded_by("import yaml")
    assert "yaml" not in loaded_by("pass")


@pytest.mark.parametrize(
    "module", ["projects", "runs", "contract", "catalog", "run_index", "authorization"]
)
def test_services_are_headless(module: str) -> None:
    """The services load nothing that draws, checks settings or talks to a vendor."""
    loaded = loaded_by(f"import skyforge_tui.services.{module}")
    assert not loaded & (DRAWING | CHECKING | VENDORS | {"sqlite3", "click"})


@pytest.mark.parametrize("module", ["jobs.runner", "jobs.project_sync", "jobs.run_watch"])
def test_jobs_are_headless(module: str) -> None:
    """The jobs load nothing that draws, checks settings or talks to a vendor."""
    loaded = loaded_by(f"import skyforge_tui.{module}")
    assert not loaded & (DRAWING | CHECKING | VENDORS | {"sqlite3", "click"})


@pytest.mark.parametrize("module", ["engine.thread", "engine.inline"])
def test_engine_is_headless(module: str) -> None:
    """The engine needs the standard library only."""
    loaded = loaded_by(f"import skyforge_tui.{module}")
    assert not loaded & (DRAWING | CHECKING | VENDORS | {"sqlite3", "click"})


def test_version_loads_click_only() -> None:
    """`skyforge --version` loads neither the TUI nor settings, vendors or an event loop."""
    loaded = loaded_by(command("--version"))
    assert "click" in loaded
    assert not loaded & (DRAWING | CHECKING | VENDORS | {"sqlite3", "asyncio"})


@pytest.mark.parametrize("arguments", [("--help",), ("runs", "--help")])
def test_help_is_light(arguments: tuple[str, ...]) -> None:
    """Help loads neither the TUI nor settings nor a database."""
    loaded = loaded_by(command(*arguments))
    assert not loaded & (DRAWING | CHECKING | {"sqlite3", "aiosqlite", "yaml"})


def test_version_is_told() -> None:
    """`python -m skyforge_tui --version` says the package's version and ends well."""
    from skyforge_tui import __version__

    done = subprocess.run(
        [sys.executable, "-m", "skyforge_tui", "--version"],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert __version__ in done.stdout


def test_frame_settings_need_no_checker() -> None:
    """What the first picture needs is read with the standard library, and no event loop."""
    loaded = loaded_by("from skyforge_tui.settings.frame import read_frame\nread_frame()")
    assert not loaded & (DRAWING | CHECKING | VENDORS - {"platformdirs"} | {"sqlite3", "click"})


def test_wiring_is_lazy() -> None:
    """The composition root loads nobody until it is asked to open something."""
    loaded = loaded_by("import skyforge_tui.wiring")
    assert not loaded & (DRAWING | CHECKING | VENDORS - {"platformdirs"} | {"sqlite3", "click"})


def test_first_picture_is_light() -> None:
    """The TUI is loaded without settings checks, database or vendor: the engine does that."""
    loaded = loaded_by("import skyforge_tui.tui.app")
    assert "textual" in loaded
    assert not loaded & (CHECKING | VENDORS - {"platformdirs"} | {"sqlite3", "click"})


def test_supervisor_is_small() -> None:
    """The process that outlives us loads the standard library only, without an event loop."""
    loaded = loaded_by("import skyforge_tui.store.supervisor")
    assert not loaded & (DRAWING | CHECKING | VENDORS | {"sqlite3", "click", "asyncio"})
