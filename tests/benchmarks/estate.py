"""A workspace, and a state directory in which as many runs have ended as one likes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from datetime import timedelta
from getpass import getuser
from pathlib import Path

from skyforge_tui.domain.run import RunDetail, RunState
from skyforge_tui.settings.frame import read_frame
from skyforge_tui.store.database import CACHE, open_database
from skyforge_tui.store.projects import SqliteProjectCache
from skyforge_tui.store.runs import SqliteRunCache
from skyforge_tui.wiring.ground import cache_path
from tests.builders import NOON, PROJECT_ID, a_detail, a_project
from tests.worktrees import a_repository

_BATCH = 5_000
_PLAYBOOK = "- hosts: all\n  tasks:\n    - ansible.builtin.ping:\n"
_STREAM = '[[templates]]\nname = "stream"\ncommand = ["sh", "-c", "while :; do seq 1 400; done"]\n'


class Estate:
    """Folders below `base`, and the environment that makes a program use them."""

    def __init__(self, base: Path, runs: int = 0) -> None:
        self.workspace = base / "work"
        a_repository(self.workspace / "fabric", {"site.yml": _PLAYBOOK, "skyforge.toml": _STREAM})
        a_repository(self.workspace / "lab", {"up.yml": _PLAYBOOK})
        self.environ = {
            **{name: value for name, value in os.environ.items() if name not in _UNWANTED},
            "XDG_STATE_HOME": str(base / "state"),
            "XDG_CACHE_HOME": str(base / "cache"),
            "XDG_CONFIG_HOME": str(base / "config"),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
        }
        if runs:
            self._fill(runs)

    def _fill(self, count: int) -> None:
        frame = read_frame(environ=self.environ)
        for number in range(1, count + 1):
            # What has ended and is known is not looked into again: a name is enough.
            (frame.state_dir / "runs" / str(number)).mkdir(parents=True)

        async def remember() -> None:
            async with open_database(cache_path(frame), CACHE) as database:
                owned = a_project(created_by=getuser())
                await SqliteProjectCache(database).write([owned], {}, ())
                cache = SqliteRunCache(database)
                ended = list(_ended(count))
                for first in range(0, count, _BATCH):
                    await cache.write(ended[first : first + _BATCH], ())

        asyncio.run(remember())


_UNWANTED = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "NO_COLOR")
"""What slows programs down or changes what they draw, here or there."""


def _ended(count: int) -> Iterator[RunDetail]:
    for number in range(1, count + 1):
        state = RunState.ERROR if number % 7 == 0 else RunState.SUCCESS
        name = f"template-{number % 40}"
        yield a_detail(
            number=number, state=state, template=name, template_id=f"{PROJECT_ID}#{name}",
            created_at=NOON - timedelta(minutes=count - number),
        )  # fmt: skip
