"""However ill a server is while somebody watches: nothing hangs, nothing is lost, it is said."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.ports.run_engine import WatchLost
from tests.semaphores import bench_on

ILLS: dict[str, tuple[dict[str, Any], str]] = {
    "broken": (
        {"kind": Kind.STATUS, "status": 500, "body": '{"error": "\x1b[2Jfull"}'},
        "full",
    ),
    "away": ({"kind": Kind.STATUS, "status": 503}, "503"),
    "busy": ({"kind": Kind.STATUS, "status": 429, "headers": {"retry-after": "0"}}, "429"),
    "a page": ({"kind": Kind.HTML}, "web page"),
    "a sign-in page": ({"kind": Kind.REDIRECT, "location": "https://sso.example/in"}, "redirect"),
    "in circles": ({"kind": Kind.REDIRECT, "location": "/api/projects"}, "redirect"),
    "half": ({"kind": Kind.HALF}, ""),
    "resets": ({"kind": Kind.CUT}, "connection"),
    "misled": ({"kind": Kind.STATUS, "status": 404}, "404"),
    "signed out": ({"kind": Kind.STATUS, "status": 401}, "401"),
    "not ours": ({"kind": Kind.STATUS, "status": 403}, "403"),
    "slow": ({"kind": Kind.LATENCY, "seconds": 3.0}, ""),
    "dribbles": ({"kind": Kind.DRIBBLE, "seconds": 0.4}, ""),
    "hangs": ({"kind": Kind.HANG}, ""),
}
"""How it is ill, and what is said of that; nothing where that is not told apart from waiting."""


@pytest.mark.parametrize("is_heard", [False, True])
@pytest.mark.parametrize("ill", ILLS)
async def test_an_illness_loses_nothing(
    tmp_path: Path, ill: str, is_heard: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a server answers for a while, the output ends as its record; the words are plain."""
    caplog.set_level(logging.DEBUG, "skyforge_tui")
    how, words = ILLS[ill]
    async with bench_on(tmp_path, row_lag_s=0.5, queue_s=0.1) as bench:
        async with bench.watched(lists=True):
            await bench.until_begun()
            run = await bench.launch("slow")
            await bench.engine.follow(run.id)
            await bench.until(lambda: len(bench.lines(run)) > 20)
            trouble = bench.server.chaos.add(Trouble(**how))
            if not is_heard:
                bench.server.chaos.add(Trouble(Kind.NO_UPGRADE, path="*/ws"))
            bench.server.listener.cut()
            await bench.until(lambda: trouble.hits >= 1)
            await bench.pass_time(5)
            bench.server.chaos.calm()
            await bench.until_complete(run)
        lines, gaps, _ = bench.shown(run)
        assert lines == await bench.record(run)
        assert all(one.is_filled for one in gaps)
        said = [str(one.error) for one in bench.news if isinstance(one, WatchLost)]
        assert is_heard or not words or any(words in one for one in said)
        assert all(one.startswith("semaphore: ") and one.isprintable() for one in said)
        token = bench.server.token("mika")
        assert token not in caplog.text + repr(bench.news)
        assert "\x1b" not in caplog.text
