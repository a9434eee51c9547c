"""The commands of the list of projects; pure data."""

from __future__ import annotations

from skyforge_tui.domain.permission import Permission
from skyforge_tui.tui.command import Command, Place

_HERE = frozenset({Place.PROJECTS})

PROJECT_COMMANDS: tuple[Command, ...] = (
    Command(
        "project.open", ("enter", "l", "right"), "open", "into its templates", "This",
        _HERE, footer=1,
    ),
    Command(
        "project.leave", ("h", "left"), "back", "back to the list", "This", _HERE
    ),
    Command(
        "project.trust", ("t",), "trust", "trust what it declares", "This",
        _HERE | {Place.ATTENTION}, Permission.PROJECT_TRUST, asks=True, footer=4,
    ),
    Command(
        "project.sync", ("S",), "sync", "compare with its manifest, and write what is due", "This",
        _HERE, Permission.PROJECT_RECONCILE, asks=True,
    ),
    Command(
        "project.members", ("m",), "people", "show and change who is what in it", "This",
        _HERE, Permission.PROJECT_READ, footer=7,
    ),
    Command(
        "project.create", ("plus",), "new", "make a project", "This", _HERE,
        Permission.PROJECT_CREATE, asks=True, footer=8,
    ),
    Command(
        "project.adopt", ("a",), "adopt", "write a manifest into a plain repository", "This",
        _HERE, Permission.PROJECT_SHARE, asks=True,
    ),
    Command(
        "project.delete", ("D",), "delete", "delete it for good, with what runs it", "This",
        _HERE, Permission.PROJECT_DELETE, asks=True,
    ),
    Command(
        "project.deployments", ("u",), "deployments", "its deployments: start, stop, destroy",
        "This", _HERE, Permission.PROJECT_READ,
    ),
    Command(
        "project.servers", ("w",), "lab servers", "where its labs run, and those labs", "This",
        _HERE, Permission.PROJECT_READ,
    ),
    Command(
        "project.automation", ("s",), "schedules", "its schedules, variables, counts by day",
        "This", _HERE, Permission.PROJECT_READ, footer=6,
    ),
)  # fmt: skip
