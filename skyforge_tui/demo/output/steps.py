"""The steps that a program's run is told in, and what is known when it begins."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Say:
    """Write a line, `after` seconds of work."""

    text: str
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Ask:
    """Wait until somebody confirms what was planned."""


@dataclass(slots=True)
class Tally:
    """What happened on one host, as in Ansible's recap."""

    host: str
    ok: int = 0
    changed: int = 0
    unreachable: int = 0
    failed: int = 0
    skipped: int = 0
    rescued: int = 0
    ignored: int = 0


@dataclass(frozen=True, slots=True)
class Recap:
    """The run's result by host."""

    tallies: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A task failed on a host."""

    host: str
    task: str
    error: str


@dataclass(frozen=True, slots=True)
class Exit:
    """The end; a code other than 0 is a failure."""

    code: int


Step = Say | Ask | Recap | Failure | Exit


@dataclass(frozen=True, slots=True)
class Job:
    """What a program is told when it begins."""

    app: str
    playbook: str
    directory: str
    """Where the repository was fetched to."""
    hosts: Mapping[str, tuple[str, ...]]
    """By group."""
    dice: random.Random
    answers: Mapping[str, Any] = field(default_factory=dict)
    limit: tuple[str, ...] = ()
    is_check: bool = False
    shows_diff: bool = False
    verbosity: int = 0
    approves: bool = False
    """Whether what is planned is applied without asking."""
    destroys: bool = False

    def targets(self) -> tuple[str, ...]:
        """Return the hosts that the limit leaves, in the order of the inventory."""
        chosen = dict.fromkeys(
            host
            for group, hosts in self.hosts.items()
            for host in hosts
            if not self.limit or {"all", group, host} & set(self.limit)
        )
        return tuple(chosen)


Program = Callable[[Job], Iterator[Step]]
