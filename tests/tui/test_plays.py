"""A play as rows: the task one reads, how far it came, hosts by tasks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from skyforge_tui.domain.outline import Outcome, Outline
from skyforge_tui.domain.outline_scan import OutlineScan
from skyforge_tui.tui.presenters import plays
from skyforge_tui.tui.presenters.cells import text_of, width_of
from tests.tui import pretend_output as output


def outlined(data: bytes) -> Outline:
    """Return the outline of some output."""
    scan = OutlineScan()
    scan.take(data)
    return scan.outline


PLAY = outlined(output.UNDER_WAY)


def test_the_task_row() -> None:
    """Number, name and tally, what is bad last; the name gives way where it is narrow."""
    tally = {Outcome.OK: 4, Outcome.UNREACHABLE: 1, Outcome.CHANGED: 1}
    head = "TASK [bgp : render neighbours] *****"
    wide = plays.task_line(23, head, tally, timedelta(seconds=35), 76)
    assert text_of(wide) == (
        "TASK 23 bgp : render neighbours          4 ok  1 changed  1 unreachable  35s"
    )
    assert [span.tone for span in wide if "unreachable" in span.text] == ["bad"]
    assert text_of(plays.task_line(3, "RUNNING HANDLER [reload] **", {}, None, 40)) == (
        "HANDLER 3 reload"
    )
    narrow = plays.task_line(23, head, tally, None, 50)
    assert width_of(narrow) == 50
    assert text_of(narrow).startswith("TASK 23 bgp : render")
    assert text_of(narrow).endswith("1 unreachable")
    tiny = plays.task_line(23, head, tally, timedelta(seconds=4), 36)
    assert text_of(tiny) == "TASK 23 bgp : render…  1 unreachable"


def test_the_row_where_no_task_is() -> None:
    """A play says its name, a recap how many hosts are well and how many are not."""
    assert text_of(plays.play_line("PLAY [Deploy] ****", PLAY, 40)) == "PLAY Deploy"
    failed, passed = outlined(output.FAILED), outlined(output.PASSED)
    assert (
        text_of(plays.play_line("PLAY RECAP ***", failed, 30)) == "RECAP            7 well  1 out"
    )
    assert text_of(plays.play_line("PLAY RECAP ***", passed, 20)) == "RECAP         8 well"
    assert text_of(plays.play_line("PLAY RECAP ***", PLAY, 20)) == "RECAP"


@pytest.mark.parametrize("name", ["[x] y", "a] [b", "\x1b]0;t\x07", "漢字"])
def test_names_of_tasks_are_literal(name: str) -> None:
    """Whatever a task is called, its name is shown and nothing of it is obeyed."""
    kind, shown = plays.task_title(f"TASK [{name}] ****")
    assert kind == "TASK"
    assert "\x1b" not in shown
    assert shown.replace("␛", "\x1b").replace("␇", "\x07") == name


@pytest.mark.parametrize(
    ("expected", "has_grid", "words"),
    [
        (60, False, "25/60 tasks  7/8 hosts"),
        (60, True, "25/60 tasks"),
        (None, True, "25 tasks"),
        (20, True, "25 tasks"),
    ],
)
def test_how_far_it_came(expected: int | None, has_grid: bool, words: str) -> None:
    """Tasks of those expected, unless there are more already; hosts that are well of all."""
    assert text_of(plays.progress_line(PLAY, expected, 40, has_grid=has_grid)) == words
    assert plays.progress_line(Outline(), expected, 40, has_grid=has_grid) == ()


def test_progress_gives_way() -> None:
    """Where there is no room for hosts there may be for tasks; nothing is cut."""
    told = [text_of(plays.progress_line(PLAY, 60, width, has_grid=False)) for width in (22, 21, 9)]
    assert told == ["25/60 tasks  7/8 hosts", "25/60 tasks", ""]


def rows(
    outline: Outline, width: int, *, expected: int | None = None, is_live: bool = True
) -> list[str]:
    """Return the grid as text, without its heading."""
    columns = plays.columns_for(outline, width, None, expected)
    return [
        text_of(plays.host_line(host, outline, columns, expected, is_live=is_live))
        for host in outline.hosts
    ]


def test_hosts_by_tasks() -> None:
    """A sign for each task, where each host is now, and how far it came."""
    assert rows(PLAY, 76, expected=60) == [
        "spine1      ••••+••••••+••••••••••++•    ·         ·         ·         25/60",
        "spine2      ••••+••••••+•••••••••••+►    ·         ·         ·         24/60",
        "leaf1       ••••+••••••+••••••••••••►    ·         ·         ·         24/60",
        "leaf2       ••••+••••••+•••••-••••••~    ·         ·         ·      retry 29",
        "leaf3       ••••+••••••+•••••-••••!      ·         ·         ·     out at 23",
        "leaf4       ••••+••••••+•••••••••••+►    ·         ·         ·         24/60",
        "h1          ••-•+-••-••-••-••-----       ·         ·         ·   not in play",
        "h2          ••-•+-••-••-••-••-----       ·         ·         ·   not in play",
    ]
    ended = rows(outlined(output.FAILED), 60, is_live=False)
    assert not any("►" in row for row in ended)
    assert ended[4].endswith("out at 23")
    assert ended[6].endswith("22 tasks")


def test_where_it_is_narrow_the_latest_tasks_are_shown() -> None:
    """The grid moves along with the play, or stays around the cursor; its heading says which."""
    columns = plays.columns_for(PLAY, 36, None, None)
    assert (columns.first, columns.count) == (13, 12)
    assert text_of(plays.grid_head(PLAY, columns, 40)).startswith("hosts × tasks 14–25 of 25")
    assert plays.columns_for(PLAY, 36, 3, None).first == 0
    assert rows(PLAY, 36)[4] == "leaf3       ••••-••••!     out at 23"


def test_the_heading_explains_what_is_bad_rather_than_what_is_well() -> None:
    """Where not every sign can be explained, those of what is well go first."""
    columns = plays.columns_for(PLAY, 76, None, None)
    wide, narrow = (text_of(plays.grid_head(PLAY, columns, width)) for width in (76, 48))
    assert "• ok  + changed  - skipped  ~ retrying  ! unreachable" in wide
    assert "ok" not in narrow
    assert narrow.endswith("~ retrying  ! unreachable")
    assert len(text_of(plays.grid_head(PLAY, columns, 13))) <= 13


def test_the_cursor_stands_on_one_sign() -> None:
    """The sign under the cursor is told apart and the others stay as they are."""
    columns = plays.columns_for(PLAY, 76, 4, 60)
    plain = plays.host_line(PLAY.hosts[0], PLAY, columns, 60, is_live=True)
    pointed = plays.host_line(PLAY.hosts[0], PLAY, columns, 60, is_live=True, cursor=4)
    assert text_of(plain) == text_of(pointed)
    assert [span.text for span in pointed if span.on == "pill"] == ["+"]
    assert width_of(pointed) == 76
