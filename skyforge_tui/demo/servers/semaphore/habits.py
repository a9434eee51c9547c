"""How a pretend Semaphore server is; all of it may change while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from skyforge_tui.demo.servers.semaphore.versions import Version


@dataclass(slots=True)
class Habits:
    """The knobs of one server."""

    version: Version = field(default_factory=lambda: Version(16))
    database: Literal["sql", "bolt"] = "sql"
    """With BoltDB ids of tasks count down from 2³¹, and other ids begin anew in each project."""
    sub_path: str = ""
    """`/semaphore` when it is served below one."""
    time_digits: int = 9
    """How finely stored times are told: 6 as by PostgreSQL, 0 as by an old MySQL."""
    queue_s: float = 1.0
    """How long a run waits for its turn although nothing is in the way."""
    end_lag_s: float = 0.3
    """The time between a terminal status and the `end` that belongs to it."""
    frame_lag_s: float = 0.0
    """How much later than statuses the socket tells output, as from runners that report in
    bursts: lines arrive after the end of their run, and among those of the next."""
    frame_zone_min: int = 0
    """The time zone in which the socket tells times."""
    row_lag_s: float = 0.0
    """How much later than over the socket a row of output can be fetched."""
    stop_s: float = 0.5
    """How long a run takes to die."""
    stop_ends_as: Literal["stopped", "error"] = "stopped"
    stop_reverts: bool = False
    """Whether a run that waits for confirmation falls back to that when it is stopped."""
    max_runs_per_template: int = 0
    """How many runs of a template are kept; 0 is all."""
    equal_times: bool = False
    """Rows of one burst carry the same time."""
    swaps_equal_times: bool = False
    """Rows with equal times are fetched in another order than they were sent."""
    forgets_runs: bool = True
    """After a restart nobody holds the runs that were active; otherwise a runner elsewhere carries
    them on, and what it wrote meanwhile comes at once."""
    socket_buffer: int = 256
    """Frames; whoever reads more slowly than this is dropped without notice."""
    tasks_in_list: int = 1000
    clock_skew_s: float = 0.0
    """How far the server's clock is ahead, as its `Date` header tells."""
    runs_schedules: bool = False
    """Whether schedules start anything; they would disturb who counts runs."""
    password_login: bool = True
