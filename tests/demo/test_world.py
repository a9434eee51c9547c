"""The pretend world itself: its clock, its programs, and that it is the same every time."""

from __future__ import annotations

import asyncio
import random
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.demo.clock import MONDAY, SECOND, HandClock, LiveClock, instant, written
from skyforge_tui.demo.company import make_estate
from skyforge_tui.demo.cron import Cron
from skyforge_tui.demo.estate import Project, Recipe
from skyforge_tui.demo.output.programs import perform
from skyforge_tui.demo.output.steps import Ask, Exit, Failure, Job, Recap, Say, Step

ESTATE = make_estate()
RECIPES = [(work, recipe) for work in ESTATE.projects for recipe in work.recipes]
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


async def test_hand_clock_calls_in_order() -> None:
    """What is due is called in order, each at its own instant; what was called off is not."""
    clock = HandClock()
    seen: list[tuple[str, float]] = []

    def note(name: str) -> None:
        seen.append((name, (clock.now() - MONDAY) / SECOND))
        if name == "a":
            clock.after(0.5, lambda: note("inner"))

    clock.after(3, lambda: note("c"))
    clock.after(1, lambda: note("a"))
    cancel = clock.after(2, lambda: note("never"))
    clock.after(1, lambda: note("b"))
    cancel()
    await clock.advance(10)
    assert seen == [("a", 1), ("b", 1), ("inner", 1.5), ("c", 3)]
    assert clock.now() == MONDAY + 10 * SECOND


async def test_hand_clock_stops_when_it_happened() -> None:
    """One may wait for something to happen, and no longer."""
    clock = HandClock()
    slept = asyncio.create_task(clock.sleep(30))
    await asyncio.sleep(0)
    await clock.until(slept.done)
    assert clock.now() == MONDAY + 30 * SECOND
    clock.after(7200, lambda: None)
    with pytest.raises(TimeoutError):
        await clock.until(lambda: False)


async def test_live_clock_waits_faster() -> None:
    """A live clock tells the time as it is, never backwards, and waits as fast as it is told."""
    clock = LiveClock(speed=10_000)
    before = clock.now()
    await clock.sleep(60)
    passed = (clock.now() - before) / SECOND
    assert 0 < passed < 60


@given(st.integers(0, 4 * 10**18), st.sampled_from([9, 6, 3, 0]))
def test_instants_are_written_as_go_does(at: int, digits: int) -> None:
    """A written instant ends in Z, has no zeros at its end, and reads back as finely as told."""
    text = written(at, digits)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d*[1-9])?Z", text)
    back = instant(text)
    assert at - at % 10 ** (9 - min(digits, 6)) == back


def texts(steps: list[Step]) -> list[str]:
    """Return what was written, without colours."""
    return [_COLOUR.sub("", one.text) for one in steps if isinstance(one, Say)]


@settings(max_examples=60)
@given(st.integers(0, 10**9), st.sampled_from(RECIPES), st.booleans())
def test_programs_end(seed: int, chosen: tuple[Project, Recipe], shows_diff: bool) -> None:
    """A program ends once, at its end; its recap counts what it wrote; who fails says where."""
    work, recipe = chosen
    answers = {one.name: one.usual[0] for one in recipe.questions if one.usual}
    job = Job(
        recipe.app, recipe.playbook, "/srv/x", work.hosts, random.Random(seed), answers,
        shows_diff=shows_diff,
    )  # fmt: skip
    steps = list(perform(job))
    assert isinstance(steps[-1], Exit)
    assert sum(isinstance(one, Exit) for one in steps) == 1
    assert sum(isinstance(one, Ask) for one in steps) <= 1
    assert not any("\n" in one for one in texts(steps))
    for recap in (one for one in steps if isinstance(one, Recap)):
        lines = [one for one in texts(steps) if "(item=" not in one]
        items = {
            re.sub(r" => \(item=.*", "", one) + str(place)
            for place, one in enumerate(texts(steps))
            if re.search(r"\(item=(nos.swi|Port-Channel1)\)", one)
        }
        changed = sum(one.startswith("changed: [") for one in lines)
        changed += sum(one.startswith("changed: [") for one in items)
        assert sum(one.changed for one in recap.tallies) == changed
        fatal = sum(one.startswith("fatal: [") for one in lines)
        told = [(t.failed + t.unreachable + t.ignored + t.rescued) for t in recap.tallies]
        assert sum(told) == fatal
        failed = {t.host for t in recap.tallies if t.failed or t.unreachable}
        assert failed == {one.host for one in steps if isinstance(one, Failure)}
        assert (steps[-1].code != 0) == bool(failed)


def test_programs_do_everything() -> None:
    """Over many runs all that Ansible can show is shown; what is written over leaves no rest."""
    lines: set[str] = set()
    for seed in range(60):
        for work, recipe in RECIPES:
            job = Job(recipe.app, recipe.playbook, "/x", work.hosts, random.Random(seed),
                      shows_diff=True)  # fmt: skip
            lines.update(texts(list(perform(job))))
    for wanted in (
        "RUNNING HANDLER", "FAILED - RETRYING", "UNREACHABLE!", "FAILED!", "...ignoring",
        "skipping: [", "NO MORE HOSTS LEFT", "+++ after", "PLAY RECAP", "[WARNING]", "(item=",
        "rescued=1", "SKYFORGE_OUTPUT", "Apply complete!", "No changes.", "LimitExceeded",
    ):  # fmt: skip
        assert any(wanted in line for line in lines), wanted
    written_over = [line.split("\r") for line in lines if "\r" in line]
    assert written_over
    assert all(len(parts[-1]) == max(map(len, parts)) for parts in written_over)


def test_same_seed_same_world() -> None:
    """The same seed makes the same history, another seed another."""
    one, same, other = make_estate(1), make_estate(1), make_estate(2)
    assert one.projects == same.projects
    assert one.projects[0].repositories != other.projects[0].repositories


@pytest.mark.parametrize(
    ("pattern", "after"),
    [
        ("*/15 * * * *", "2026-03-02T09:15"),
        ("0 2 * * *", "2026-03-03T02:00"),
        ("30 6 * * 1-5", "2026-03-03T06:30"),
        ("0 0 1 jan *", "2027-01-01T00:00"),
        ("0 12 13 * fri", "2026-03-06T12:00"),
        ("@weekly", "2026-03-08T00:00"),
        ("0 0 29 2 *", "2028-02-29T00:00"),
        ("0 0 31 2 *", None),
    ],
)
def test_cron(pattern: str, after: str | None) -> None:
    """A pattern is next due when cron would do it."""
    found = Cron.parse(pattern).after(MONDAY)
    told = None if found is None else datetime.fromtimestamp(found // SECOND, UTC)
    assert (None if told is None else f"{told:%Y-%m-%dT%H:%M}") == after


@pytest.mark.parametrize("text", ["", "* * * *", "60 * * * *", "5-1 * * * *", "*/0 * * * *", "x"])
def test_no_cron(text: str) -> None:
    """What is no pattern is refused."""
    with pytest.raises(ValueError, match=r"."):
        Cron.parse(text)
