"""The parts of a playbook, as far as its output shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from skyforge_tui.demo.output.steps import Job

Message = Callable[[str, Job], Any]
"""Makes what a task says about a host."""


@dataclass(frozen=True, slots=True)
class Act:
    """A task of a play. Titles may name answers: `{site}`."""

    title: str
    seconds: float = 0.3
    """Of work, until the first host has an answer."""
    changes: float = 0.0
    """On which share of the hosts it changes something."""
    skips: float = 0.0
    message: Message | None = None
    """Makes it a `debug` that says this."""
    diff: Message | None = None
    """Lines of a change, which begin with `-`, `+` or a space."""
    items: tuple[str, ...] = ()
    retries: int = 0
    """How often hosts may have to be asked again, out of that many."""
    breaks: str = ""
    """How it fails, when it is this one that fails."""
    loses: bool = False
    """Whether a host cannot be reached when it is this one that fails."""
    is_ignored: bool = False
    """Whether its failure does not matter; it fails on some hosts of most runs then."""
    is_rescued: bool = False
    notifies: str = ""
    once: bool = False
    """Whether only the first host does it."""
    where: str = ""
    """The role it stands in."""


@dataclass(frozen=True, slots=True)
class Play:
    """A play: on which group, what, and what afterwards if it was notified."""

    title: str
    acts: tuple[Act, ...]
    group: str = "all"
    gathers: bool = True
    handlers: tuple[Act, ...] = ()
    batch: int = 0
    """How many hosts at a time; 0 is all."""


@dataclass(frozen=True, slots=True)
class Book:
    """A playbook."""

    plays: tuple[Play, ...]
    fails: float = 0.1
    """Which share of its runs fails."""
    warnings: tuple[str, ...] = field(default=())
