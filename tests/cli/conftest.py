"""Workspaces for the headless twin; runs in them end with the test."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.headless import Headless


@pytest.fixture
def stranger() -> Iterator[Headless]:
    """Return a workspace in which nothing was trusted yet."""
    # Short, so that sockets fit below it on every system.
    with tempfile.TemporaryDirectory(prefix="sky-", ignore_cleanup_errors=True) as base:
        headless = Headless(Path(base).resolve())
        with closing(headless.runs):
            yield headless


@pytest.fixture
def sky(stranger: Headless) -> Headless:
    """Return a workspace whose project was trusted."""
    stranger.trust()
    return stranger
