"""What is wrong with keys of one's own, each mistake in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from skyforge_tui.integrations.toml import nearest
from skyforge_tui.settings.complaint import Complaint
from skyforge_tui.settings.model import Settings
from skyforge_tui.tui.commands import BY_ID
from skyforge_tui.tui.keymap import Fault, Hotkey, Keymap


def keymap_of(settings: Settings) -> Keymap:
    """Return the keys that are in force with these settings, and what is wrong with them."""
    hotkeys = {key: Hotkey(one.template, one.answers) for key, one in settings.hotkeys.items()}
    return Keymap(settings.keys, hotkeys)


def key_complaints(
    settings: Settings, place_of: Callable[[tuple[str, str]], str]
) -> Iterator[Complaint]:
    """Yield a complaint for every key that is not to be had; `place_of` says where one stands."""
    for problem in keymap_of(settings).problems:
        where = place_of((problem.table, problem.entry))
        close = nearest(problem.entry, BY_ID) if problem.fault is Fault.UNKNOWN_COMMAND else None
        message = f"{problem.table}.{problem.entry}: {problem.message}"
        yield Complaint(where, message, close or "")
