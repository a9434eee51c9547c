"""State directories with real runs in them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from tests.store.supervised import Runs


@pytest.fixture
def make_runs() -> Iterator[Callable[..., Runs]]:
    """Return a function that makes state directories; runs in them end with the test."""
    with ExitStack() as stack:

        def make(**options: Any) -> Runs:
            # Short, so that sockets fit below it on every system.
            base = stack.enter_context(
                tempfile.TemporaryDirectory(prefix="sky-", ignore_cleanup_errors=True)
            )
            return stack.enter_context(closing(Runs(Path(base).resolve() / "state", **options)))

        yield make


@pytest.fixture
def runs(make_runs: Callable[..., Runs]) -> Runs:
    """Return a state directory with four slots whose stops wait for a second request."""
    return make_runs()
