"""The same surroundings for every test: nothing of the person who runs them, all of it for them.

The environment is put in order when pytest starts, before any test module is imported, because
programs that tests start inherit it. Every xdist worker does so for itself.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_textual_snapshot  # type: ignore[import-untyped] # says nothing of its types
from hypothesis import HealthCheck, settings

from skyforge_tui.integrations import redaction
from tests.pictures import plain_picture

if TYPE_CHECKING:
    from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer

# How long an example takes says something of the machine, not of us.
settings.register_profile(
    "skyforge", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("skyforge")

_NOT_HERE = "real program not here: "
_HOME = pytest.StashKey[Path]()

_FOREIGN = re.compile(r"(NO_COLOR|FORCE_COLOR|COLUMNS|LINES|(XDG|GIT|LC|SSH)_\w+|LANGUAGE)$")
_PAINTED = re.compile(r"TEXTUAL_(?!SNAPSHOT)")
_OURS = re.compile(r"SKYFORGE_(?!LIVE_)")
"""Settings. `SKYFORGE_LIVE_*` are not: they point the contract suites to real servers."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take what is asked of tests that keep pictures in step with the code."""
    group = parser.getgroup("skyforge")
    group.addoption("--update-screenshots", action="store_true", help="write screenshots/*.svg")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return half more workers than processors: of what tests take, they wait for half."""
    del config
    return max(1, (os.cpu_count() or 1) * 3 // 2)


def pytest_configure(config: pytest.Config) -> None:
    """Move in: an empty home of our own, no colours or settings of the person's, UTC, UTF-8."""
    home = Path(tempfile.mkdtemp(prefix="sky-home-"))  # short: sockets live below it
    config.stash[_HOME] = home
    for name in list(os.environ):
        if _FOREIGN.match(name) or _OURS.match(name):
            del os.environ[name]
    (home / ".gitconfig").write_text(
        "[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n"
    )
    os.environ.update(
        HOME=str(home),
        XDG_CONFIG_HOME=str(home / "config"),
        XDG_STATE_HOME=str(home / "state"),
        XDG_CACHE_HOME=str(home / "cache"),
        XDG_DATA_HOME=str(home / "data"),
        GIT_CONFIG_NOSYSTEM="1",
        GIT_AUTHOR_NAME="Ada",
        GIT_AUTHOR_EMAIL="ada@example.net",
        GIT_COMMITTER_NAME="Ada",
        GIT_COMMITTER_EMAIL="ada@example.net",
        LANG="en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8",
        TZ="UTC",
    )
    time.tzset()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Move out."""
    if (home := config.stash.get(_HOME, None)) is not None:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(autouse=True)
def forgotten_secrets() -> Generator[None, None, None]:
    """Forget the secrets of a test after it: a password `wrong` would mask that word in others."""
    known, pattern = dict(redaction._known), redaction._pattern
    yield
    with redaction._lock:
        redaction._known.clear()
        redaction._known.update(known)
        redaction._pattern = pattern


def pytest_report_header() -> list[str]:
    """Name what was read before anybody could put it in order."""
    names = sorted(name for name in os.environ if _PAINTED.match(name))
    return [f"pictures may differ: {', '.join(names)} set in the environment"] if names else []


@pytest.fixture
def real_program() -> Callable[[str], Path]:
    """Return a function that finds a program, or ends the test.

    For tests marked `real`: a missing program skips them on a person's machine and fails them
    where CI=true, as every other way of skipping them does.
    """

    def find(name: str) -> Path:
        # Beside the interpreter first: its environment need not be activated.
        beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        found = shutil.which(name, path=beside)
        if found is None:
            pytest.skip(f"{_NOT_HERE}{name}")
        return Path(found)

    return find


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped `real` test into a failure where CI=true."""
    report = yield
    is_real = item.get_closest_marker("real") is not None
    if report.skipped and is_real and os.environ.get("CI") == "true" and not _is_expected(report):
        report.outcome = "failed"
        report.longrepr = f"CI=true allows no skipping here: {_reason(report)}"
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name the real programs that were missing, and what they cost."""
    missing: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = _reason(report)
        if _NOT_HERE in reason:
            name = reason.partition(_NOT_HERE)[2]
            missing[name] = missing.get(name, 0) + 1
    for name, count in sorted(missing.items()):
        terminalreporter.write_line(f"{name} is not here: {count} real test(s) were not run")


def _is_expected(report: pytest.TestReport) -> bool:
    return hasattr(report, "wasxfail")


def _reason(report: pytest.TestReport) -> str:
    """Return why a test was skipped; a skip is told as (file, line, reason)."""
    return str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)


class StablePicture(pytest_textual_snapshot.SVGImageExtension):  # type: ignore[misc] # untyped
    """Keeps pictures as `.svg`, without the random part of the ids in them.

    The snapshot plugin names the extension by an attribute that syrupy no longer reads, and ids
    made of a hash of the content change on every line when one cell changes.
    """

    file_extension = "svg"

    def serialize(self, data: Any, **options: Any) -> Any:
        """Return the picture with plain ids."""
        return plain_picture(super().serialize(data, **options))


pytest_textual_snapshot.SVGImageExtension = StablePicture


@pytest.fixture
async def semaphore_estate() -> AsyncIterator[SemaphoreServer]:
    """Serve a pretend Semaphore (2.16, SQL) whose clock stands still; see `tests/estates.py`."""
    from tests.estates import served_semaphore

    async with served_semaphore() as server:
        yield server
