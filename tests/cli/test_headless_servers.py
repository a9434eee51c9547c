"""What servers do by themselves, and what they keep, as commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skyforge_tui.cli import run
from tests.cli.test_demo import serving


def test_schedules_variables_and_older_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """Schedules are listed, turned off, checked and added; secrets stay; older runs are read."""
    with serving("-o", "semaphore.past_runs=6000") as (_, told):

        def sky(*words: str) -> tuple[int, str, str]:
            code = run(["--config", told["config"], *words])
            out, err = capsys.readouterr()
            return code, out, err

        listed = json.loads(sky("schedules", "ls", "--json")[1])
        ids = {one["template"]: one["id"] for one in listed if one["project_id"] == "demo:2"}
        assert sky("schedules", "disable", ids["Compliance report"]) == (
            0, "schedule 4 rests now\n", "",
        )  # fmt: skip
        assert "demo:2!4  no " in sky("schedules", "ls", "-p", "campus")[1]
        code, out, err = sky("schedules", "check", "campus", "0 25 * * *")
        assert (code, out) == (2, "")
        assert "Cron: " in err
        code, out, _ = sky("schedules", "add", "campus/Greet", "0 4 * * *", "--inactive", "--json")
        assert (code, json.loads(out)["is_active"]) == (0, False)
        kept = json.loads(sky("projects", "audit", "campus", "--json")[1])
        assert [(one["deed"], one["words"].partition(" of ")[0]) for one in kept] == [
            ("schedule", "schedule Greet 0 4 * * *"), ("schedule", "schedule 4 turned off"),
        ]  # fmt: skip
        shown = sky("variables", "show", "cloud-landing", "cloud")[1]
        assert "AWS_SECRET_KEY    environment  ••••••" in shown
        assert sky("variables", "show", "campus", "none")[0] == 5
        days = json.loads(sky("templates", "stats", "campus/Greet", "--json")[1])
        assert days["is_of_server"]
        assert sum(sum(one["by_state"].values()) for one in days["days"]) > 0
        few = json.loads(sky("runs", "ls", "--json")[1])
        listed = {one["number"] for one in few}
        old = next(number for number in range(1, 6001) if number not in listed)
        found = [sky("runs", "show", f"demo:{project}-{old}", "--json") for project in range(1, 5)]
        assert sorted(code for code, _, _ in found) == [0, 5, 5, 5]
        many = json.loads(sky("runs", "ls", "--older", "--json")[1])
        assert len(few) < len(many)
    assert Path(told["config"]).parent.exists() is False
