"""Puts the keys in force onto a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding, BindingsMap

if TYPE_CHECKING:
    from skyforge_tui.tui.commands import Place
    from skyforge_tui.tui.keymap import Keymap


def bound(bindings: BindingsMap, keymap: Keymap, place: Place) -> BindingsMap:
    """Return the bindings with those of a place in front: its commands, and one's own hotkeys."""
    made = bindings.copy()
    for key in keymap.hotkeys:
        made.key_to_bindings[key] = [Binding(key, f"hotkey('{key}')", show=False)]
    for key, command_id in keymap.bound(place).items():
        made.key_to_bindings[key] = [Binding(key, f"command('{command_id}')", show=False)]
    return made
