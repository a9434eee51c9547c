"""What a server does by itself, by keystroke: schedules, variables, counts by day."""

from __future__ import annotations

from pathlib import Path

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.demo.servers.semaphore.server import Stock
from tests.tui.cockpit_harness import press, screen_text, until_gone, until_shown, write
from tests.tui.far_cockpit import a_cockpit

PAST = Stock(past_runs=300)
DAILY = "0 2 * * *"


async def test_a_schedule_is_turned_off_once_that_is_confirmed(tmp_path: Path) -> None:
    """Schedules are listed with their times; one rests once a person has said so, not before."""
    async with a_cockpit(tmp_path, Stock()) as (server, pilot):
        schedule = server.state.rooms[2].schedules[3]
        await press(pilot, "1", shows="campus")
        await press(pilot, "g", "s", shows=("campus › schedules", "● on", DAILY))
        await press(pilot, "e", shows=("Disable schedule 3", "schedules disable 'far:2!3'"))
        await press(pilot, "escape", shows=DAILY)
        await until_gone(pilot, "Disable schedule")
        was_active = [schedule.active]
        await press(pilot, "e", shows="Disable schedule 3")
        await press(pilot, "enter", shows="○ off")
        was_active.append(schedule.active)
        await press(pilot, "e", shows="Enable schedule 3")
        await press(pilot, "enter", shows="● on")
        await until_gone(pilot, "○ off")
        assert [*was_active, schedule.active] == [True, False, True]


async def test_a_schedule_is_added_once_its_line_can_be_read(tmp_path: Path) -> None:
    """The server reads a new cron line before anything is made of it; its reason is shown."""
    async with a_cockpit(tmp_path, Stock()) as (server, pilot):
        schedules = server.state.rooms[2].schedules
        before = len(schedules)
        await press(pilot, "g", "s", shows="Schedules 3")
        await press(pilot, "plus", shows=("Schedule in campus", "Backup configurations"))
        await write(pilot, "61 4 * * *")
        await press(pilot, "enter", shows="Cron: ")
        assert len(schedules) == before
        await press(pilot, "tab", *["backspace"] * 10)
        await write(pilot, "6 4 * * *")
        await press(pilot, "enter", shows=("Schedules 4", "6 4 * * *"))
        assert {one.cron_format for one in schedules.values()} >= {"6 4 * * *"}


async def test_a_guest_reads_why_schedules_stay_as_they_are(tmp_path: Path) -> None:
    """Who may only look sees schedules, and reads why none can be changed; nothing is sent."""
    async with a_cockpit(tmp_path, Stock(), who="gus") as (server, pilot):
        changes = server.chaos.add(Trouble(Kind.STATUS, path="*/schedules*", method="P*"))
        await press(pilot, "g", "s", shows="campus › schedules")
        await press(pilot, "e", shows=("¬ Refused", "a guest of", "may look, not change schedules"))
        await press(pilot, "plus", shows="¬ Refused add a schedule")
        assert changes.hits == 0


async def test_secrets_of_a_group_are_named_and_not_shown(tmp_path: Path) -> None:
    """Variables stand under their group with where they go; of a secret, by name only."""
    async with a_cockpit(tmp_path, Stock()) as (server, pilot):
        groups = [one for room in server.state.rooms.values() for one in room.environment.values()]
        secrets = [one for group in groups for one in group.secrets]
        await press(pilot, "g", "j", "s", shows="cloud-landing › schedules")
        await press(pilot, "tab", shows=("cloud used by Accounts", "region", "eu-west-3"))
        await until_shown(pilot, "AWS_SECRET_KEY environment •••••• secret")
        assert {one.secret for one in secrets} == {"well kept"}
        assert not any("well kept" in row for row in screen_text(pilot.app))


async def test_counts_of_a_template_come_from_its_server(tmp_path: Path) -> None:
    """Of a template, every day tells how many runs passed and failed, as its server counts."""
    async with a_cockpit(tmp_path, PAST) as (server, pilot):
        await press(pilot, "g", "enter", shows="Backup configurations")
        counted = sum(
            one.project_id == 2 and server.state.rooms[2].templates[one.template_id].name
            == "Backup configurations" for one in server.state.runs.values()
        )  # fmt: skip
        await press(pilot, "s", shows=("campus › counts", "counted by far", "PASSED", "FAILED"))
        assert counted
        await press(pilot, "tab", shows="Schedules 3")
        await press(pilot, "enter", shows=("campus › counts", "Backup configurations"))


async def test_a_project_of_this_machine_has_none_of_it(tmp_path: Path) -> None:
    """What only a server has is refused for a folder, with the reason."""
    async with a_cockpit(tmp_path, Stock()) as (_, pilot):
        await press(pilot, "slash", shows="filter")
        await write(pilot, "kind:git")
        await press(pilot, "enter", shows="Projects 1 of 5")
        await press(pilot, "s", shows=("¬ Refused", "local has no schedules"))


async def test_a_guarded_server_wants_it_typed(tmp_path: Path) -> None:
    """Where the guard says so, a schedule is turned off in so many words."""
    async with a_cockpit(tmp_path, Stock(), more='guard = "confirm"\n') as (server, pilot):
        await press(pilot, "g", "s", shows="campus › schedules")
        await press(pilot, "e", shows=("Disable schedule 3", "Type  disable 3"))
        await press(pilot, "enter", shows="Type  disable 3")
        assert server.state.rooms[2].schedules[3].active
        await write(pilot, "disable 3")
        await press(pilot, "enter", shows="○ off")
        assert not server.state.rooms[2].schedules[3].active


async def test_a_guarded_server_wants_a_new_schedule_typed(tmp_path: Path) -> None:
    """Where the guard says so, a schedule is added in so many words; who would not is asked again.

    The card says from the start how careful one has to be there.
    """
    async with a_cockpit(tmp_path, Stock(), more='guard = "confirm"\n') as (server, pilot):
        schedules = server.state.rooms[2].schedules
        await press(pilot, "g", "s", shows="Schedules 3")
        await press(pilot, "plus", shows=("Schedule in campus", "! confirm"))
        await write(pilot, "6 4 * * *")
        await press(pilot, "enter", shows="Type  schedule campus")
        await press(pilot, "enter", "escape", shows=("Schedule in campus", "6 4 * * *"))
        assert len(schedules) == 3
        await press(pilot, "enter", shows="Type  schedule campus")
        await write(pilot, "schedule campus")
        await press(pilot, "enter", shows=("Schedules 4", "Added schedule"))
        assert "6 4 * * *" in {one.cron_format for one in schedules.values()}
