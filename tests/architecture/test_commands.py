"""The command registry makes sense as a whole."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from skyforge_tui.tui.commands import (
    BY_ID,
    COMMANDS,
    KEY_NAMES,
    TABS,
    Place,
    commands_of,
    conflicts,
)

COCKPIT = set(Place) - {Place.FILES}
"""The places of the cockpit; log files have a program of their own."""
FORBIDDEN = {"ctrl+a", "ctrl+b", "ctrl+s", "ctrl+space", "ctrl+at", "ctrl+w", "ctrl+z"}
"""What tmux, screen, the terminal and the shell of whoever sits before us need."""


def test_no_key_means_two_things() -> None:
    """In one place, a key means one thing."""
    assert conflicts() == []


def test_conflicts_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted conflict is found in every place where both can be done."""
    from dataclasses import replace

    from skyforge_tui.tui import commands

    planted = replace(COMMANDS[0], id="planted.one")
    monkeypatch.setattr(commands, "COMMANDS", (*COMMANDS, planted))
    found = conflicts()
    assert {place for place, *_ in found} == COCKPIT
    assert {(one, other) for _, _, one, other in found} == {(COMMANDS[0].id, "planted.one")}


def test_forbidden_keys_stay_free() -> None:
    """Keys that terminals and multiplexers live on are never bound."""
    bound = {key for command in COMMANDS for key in command.keys}
    assert not bound & FORBIDDEN


def test_ids_are_unique() -> None:
    """An id names one command, as `noun.verb`."""
    assert [one for one, count in Counter(c.id for c in COMMANDS).items() if count > 1] == []
    assert len(BY_ID) == len(COMMANDS)
    for command in COMMANDS:
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", command.id), command.id


def test_every_command_is_explained() -> None:
    """Every command has a key or goes by name, and a short label, a help text and a group."""
    for command in COMMANDS:
        assert command.keys or command.group == "Look", command.id
        assert len(set(command.keys)) == len(command.keys), command.id
        assert 0 < len(command.label) <= 12, command.id
        assert command.help.strip(), command.id
        assert command.group.strip(), command.id


def test_places_have_digits() -> None:
    """Every tab is reached from everywhere by its own digit, in the header's order."""
    for number, place in enumerate(TABS, start=1):
        command = BY_ID[f"place.{place}"]
        assert command.keys == (str(number),)
        assert all(command.is_in(one) for one in COCKPIT)


def test_every_place_is_left() -> None:
    """Help, going back and quitting work everywhere; in a program of its own, help and quitting."""
    assert {"app.help", "app.quit", "files.quit"} <= {one.id for one in commands_of(Place.FILES)}
    for place in COCKPIT:
        ids = {one.id for one in commands_of(place)}
        assert {"app.help", "app.back", "app.quit", "app.palette"} <= ids


def test_key_names_are_used() -> None:
    """Every translated key name belongs to a key that is bound."""
    bound = {key for command in COMMANDS for key in command.keys}
    assert set(KEY_NAMES) <= bound


def test_what_changes_the_world_asks() -> None:
    """Stopping, rerunning and trusting are confirmed before they happen."""
    for name in ("run.stop", "run.rerun", "project.trust"):
        assert BY_ID[name].asks, name
