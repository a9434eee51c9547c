"""What each Semaphore release from 2.8 to 2.18 can do, by meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

OLDEST: Final = 8
NEWEST: Final = 18
_PATCH: Final = {8: 90, 9: 112, 10: 32}


@dataclass(frozen=True, order=True, slots=True)
class Version:
    """Semaphore 2.`minor`; a property says since when (or until when) clients see something."""

    minor: int

    def __post_init__(self) -> None:
        if not OLDEST <= self.minor <= NEWEST:
            raise ValueError(f"2.{self.minor} is not between 2.{OLDEST} and 2.{NEWEST}")

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read `2.10`.

        Raises:
            ValueError: it is no release that can be played.
        """
        major, _, minor = text.partition(".")
        if major != "2" or not minor.isdecimal():
            raise ValueError(f"{text!r} is no version such as 2.16")
        return cls(int(minor))

    def __str__(self) -> str:
        number = f"2.{self.minor}.{_PATCH.get(self.minor, 4)}"
        return number if self.minor < 12 else f"{number}-9a1b2c3-1761000000"

    @property
    def creates_silently(self) -> bool:
        """Creating keys, repositories and environments answers 204 without a body."""
        return self.minor <= 10

    @property
    def has_apps(self) -> bool:
        """Templates name their app; before, all are Ansible."""
        return self.minor >= 10

    @property
    def has_params(self) -> bool:
        """Tasks hold `params`, templates `task_params`; `debug`, `dry_run`, `diff` are gone."""
        return self.minor >= 11

    @property
    def fails_on_unknown_template(self) -> bool:
        """Starting an unknown template is a 500 instead of a 404."""
        return self.minor <= 10

    @property
    def ticks(self) -> bool:
        """The queue is looked at every five seconds only."""
        return self.minor <= 10

    @property
    def has_second_factor(self) -> bool:
        """One-time codes are asked for, and `auth_methods` told."""
        return self.minor >= 12

    @property
    def names_output_task(self) -> bool:
        """Rows of output carry an empty `task`; later an `id` that is always 0."""
        return self.minor <= 11

    @property
    def overrides_inventory(self) -> bool:
        """`inventory_id` of a task counts where the template allows it."""
        return self.minor >= 13

    @property
    def limits_branches(self) -> bool:
        """A task's `git_branch` counts only where the template allows it."""
        return self.minor >= 14

    @property
    def crops_tokens(self) -> bool:
        """The list of tokens shows eight characters of each."""
        return self.minor >= 14

    @property
    def omits_project_zeros(self) -> bool:
        """Projects leave out what is false, zero or null."""
        return self.minor >= 14

    @property
    def omits_empty(self) -> bool:
        """Tasks and templates leave out what is empty, instead of null."""
        return self.minor >= 15

    @property
    def has_parallel_tasks(self) -> bool:
        """A template may allow several runs at a time; the admin sees the queue."""
        return self.minor >= 16

    @property
    def stops_all(self) -> bool:
        """Stopping all runs of a template works."""
        return self.minor >= 17

    @property
    def batches_rows(self) -> bool:
        """Rows of output are written every half second, and carry a `stage_id`."""
        return self.minor >= 17

    @property
    def has_run_at(self) -> bool:
        """Schedules may name one moment instead of a pattern."""
        return self.minor >= 17

    @property
    def has_environment_ids(self) -> bool:
        """Templates hold several environments, and `environment_id` reads 0."""
        return self.minor >= 18
