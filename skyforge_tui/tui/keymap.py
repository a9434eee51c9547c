"""Which key does what: the registry's keys with the person's own in place of them, place by place.

Standard library only: the first picture needs it, and so do the settings that check it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from skyforge_tui.tui.commands import BY_ID, COMMANDS, KEY_NAMES, Command, Place

FORBIDDEN: dict[str, str] = {
    "ctrl+a": "screen and shells live on it",
    "ctrl+b": "tmux lives on it",
    "ctrl+s": "it freezes terminals",
    "ctrl+space": "editors' multiplexers live on it",
    "ctrl+at": "editors' multiplexers live on it",
    "ctrl+w": "shells live on it, and browsers close with it",
    "ctrl+z": "it puts the program into the background",
    "ctrl+c": "it copies what is selected",
    "ctrl+i": "a terminal cannot tell it from tab",
    "ctrl+j": "a terminal cannot tell it from enter",
    "ctrl+m": "a terminal cannot tell it from enter",
    "ctrl+h": "a terminal cannot tell it from backspace",
    "ctrl+left_square_bracket": "a terminal cannot tell it from esc",
    "escape": "it always leads back",
}
"""Keys that nobody may bind, and why."""

_MODIFIERS = ("ctrl", "alt", "shift", "super", "hyper", "meta")
_NAMED = frozenset(
    {"enter", "escape", "tab", "space", "backspace", "delete", "insert", "home", "end", "pageup",
     "pagedown", "up", "down", "left", "right", *(f"f{number}" for number in range(1, 25))}
)  # fmt: skip
_ALIASES = {
    "esc": "escape", "return": "enter", "pgup": "pageup", "pgdn": "pagedown", "pgdown": "pagedown",
    "del": "delete", "ins": "insert", "page_up": "pageup", "page_down": "pagedown",
}  # fmt: skip
_SPELLED = {
    "solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at",
    "hyphen_minus": "minus", "plus_sign": "plus", "low_line": "underscore",
}  # fmt: skip
_PUNCTUATION = r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"""


def _spelled(character: str) -> str:
    """Return Textual's name of the key that types a character."""
    if character.isalnum():
        return character
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return _SPELLED.get(name, name)


_CHARACTERS = {_spelled(one): one for one in _PUNCTUATION}


def key_of(written: str) -> str:
    """Return the key that a person wrote (`ctrl+x`, `?`, `pgdn`, `F5`) by Textual's name.

    Empty when there is no such key.
    """
    *modifiers, base = _split(written)
    modifiers = [one.lower() for one in modifiers]
    if any(one not in _MODIFIERS for one in modifiers) or len(set(modifiers)) < len(modifiers):
        return ""
    if len(base) == 1:
        name = _spelled(base) if base.isalnum() or base in _PUNCTUATION else ""
    else:
        lowered = base.lower()
        lowered = _ALIASES.get(lowered, lowered)
        name = lowered if lowered in _NAMED or lowered in _CHARACTERS else ""
    if not name:
        return ""
    if "shift" in modifiers and len(name) == 1 and name.isalpha():
        # What a terminal sends for it is the capital letter.
        modifiers.remove("shift")
        name = name.upper()
    if "ctrl" in modifiers and len(name) == 1:
        name = name.lower()
    ordered = [one for one in _MODIFIERS if one in modifiers]
    return "+".join([*ordered, name])


def _split(written: str) -> list[str]:
    text = written.strip()
    if text.endswith("++"):
        return [*text[:-2].split("+"), "+"]
    return text.split("+") if len(text) > 1 else [text]


def shown_key(key: str) -> str:
    """Return a key as people write it."""
    if key in KEY_NAMES:
        return KEY_NAMES[key]
    *modifiers, base = key.split("+")
    base = KEY_NAMES.get(base) or _CHARACTERS.get(base) or base
    return "+".join([*modifiers, base])


@dataclass(frozen=True, slots=True)
class Hotkey:
    """A template on a key of one's own: its name, and answers to fill its card in with."""

    template: str
    """`name`, or `project/name`."""
    answers: Mapping[str, str] = field(default_factory=dict)


class Fault(StrEnum):
    """What is wrong with a key of one's own."""

    UNKNOWN_COMMAND = "unknown command"
    UNKNOWN_KEY = "unknown key"
    FORBIDDEN = "forbidden"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class KeyProblem:
    """Something wrong with one entry of `[keys]` or `[hotkeys]`."""

    table: str
    entry: str
    """The command id of a key, or the key of a hotkey, as it was written."""
    fault: Fault
    message: str
    other: str = ""
    """The command that has the key, in a conflict."""
    place: str = ""


@dataclass(frozen=True, slots=True)
class _Claim:
    """Somebody wants a key in some places."""

    owner: str
    key: str
    places: frozenset[Place]
    entry: str = ""
    """What was written by the person; empty for a key of the registry."""


class Keymap:
    """The keys in force. Of two that want one key, one's own wins; of two of those, the first."""

    def __init__(
        self,
        keys: Mapping[str, tuple[str, ...]] | None = None,
        hotkeys: Mapping[str, Hotkey] | None = None,
    ) -> None:
        """Take what is configured: command ids with their keys (none unbinds), keys with templates.

        What makes no sense is left out and told in `problems`.
        """
        self.problems: list[KeyProblem] = []
        self._own = {one: wanted for one, wanted in (keys or {}).items() if self._is_known(one)}
        self._by_place: dict[Place, dict[str, str]] = {place: {} for place in Place}
        self._keys: dict[str, list[str]] = {command.id: [] for command in COMMANDS}
        self.hotkeys: dict[str, Hotkey] = {}
        for command in COMMANDS:
            for written in self._own.get(command.id, ()):
                self._claim_own(command, written)
        for command in COMMANDS:
            if command.id not in self._own:
                for key in command.keys:
                    self._take(_Claim(command.id, key, _places(command)))
        for written, hotkey in (hotkeys or {}).items():
            self._claim_hotkey(written, hotkey)

    def keys_of(self, command_id: str) -> tuple[str, ...]:
        """Return the keys that carry out a command somewhere, the shown one first."""
        return tuple(self._keys[command_id])

    def shown(self, command_id: str) -> str:
        """Return the key to show for a command; empty when it has none."""
        keys = self._keys[command_id]
        return shown_key(keys[0]) if keys else ""

    def bound(self, place: Place) -> Mapping[str, str]:
        """Return the command of every key in a place."""
        return self._by_place[place]

    def is_own(self, command_id: str) -> bool:
        """Say whether this command's keys are the person's."""
        return command_id in self._own

    def _is_known(self, command_id: str) -> bool:
        if command_id in BY_ID:
            return True
        message = f"there is no command {command_id}"
        self.problems.append(KeyProblem("keys", command_id, Fault.UNKNOWN_COMMAND, message))
        return False

    def _claim_own(self, command: Command, written: str) -> None:
        key = self._usable("keys", command.id, written, is_back=command.id == "app.back")
        if key:
            self._take(_Claim(command.id, key, _places(command), command.id))

    def _claim_hotkey(self, written: str, hotkey: Hotkey) -> None:
        key = self._usable("hotkeys", written, written)
        if not key:
            return
        holder = next(
            ((place, bound[key]) for place, bound in self._by_place.items() if key in bound), None
        )
        if holder is None and key not in self.hotkeys:
            self.hotkeys[key] = hotkey
            return
        place, other = holder or ("every place", f"hotkeys {shown_key(key)}")
        message = f"{shown_key(key)} is {other} in {place}"
        self.problems.append(
            KeyProblem("hotkeys", written, Fault.CONFLICT, message, other, str(place))
        )

    def _usable(self, table: str, entry: str, written: str, *, is_back: bool = False) -> str:
        """Return the key that was written, or nothing when it cannot be had."""
        key = key_of(written)
        if not key:
            message = f"there is no key {written!r}"
            self.problems.append(KeyProblem(table, entry, Fault.UNKNOWN_KEY, message))
        elif key in FORBIDDEN and not (is_back and key == "escape"):
            message = f"{shown_key(key)} cannot be bound: {FORBIDDEN[key]}"
            self.problems.append(KeyProblem(table, entry, Fault.FORBIDDEN, message))
            key = ""
        return key

    def _take(self, claim: _Claim) -> None:
        """Give a key to who asks first, in every place; tell where another has it."""
        lost = {
            place: self._by_place[place][claim.key]
            for place in claim.places
            if self._by_place[place].get(claim.key, claim.owner) != claim.owner
        }
        for place in claim.places - lost.keys():
            self._by_place[place][claim.key] = claim.owner
        if len(lost) < len(claim.places) and claim.key not in self._keys[claim.owner]:
            self._keys[claim.owner].append(claim.key)
        for other in sorted(set(lost.values())):
            # The registry has no conflicts of its own: one of the two was written by the person.
            entry = claim.entry or other
            rival = other if claim.entry else claim.owner
            places = sorted(place for place, holder in lost.items() if holder == other)
            message = f"{shown_key(claim.key)} is also {rival} in {', '.join(places)}"
            self.problems.append(
                KeyProblem("keys", entry, Fault.CONFLICT, message, rival, ", ".join(places))
            )


def _places(command: Command) -> frozenset[Place]:
    return frozenset(place for place in Place if command.is_in(place))
