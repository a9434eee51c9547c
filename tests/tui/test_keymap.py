"""Keys of one's own: how they are written, who wins, and what is told."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widget import Widget

import skyforge_tui.tui
from skyforge_tui.tui.commands import COMMANDS, Place
from skyforge_tui.tui.keymap import FORBIDDEN, Fault, Hotkey, Keymap, key_of, shown_key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("x", "x"), ("X", "X"), ("shift+x", "X"), ("?", "question_mark"), ("/", "slash"),
        (".", "full_stop"), ("\\", "backslash"), ("@", "at"), ("+", "plus"),
        ("ctrl++", "ctrl+plus"),
        ("-", "minus"), ("_", "underscore"), ("ctrl+X", "ctrl+x"), ("Ctrl+x", "ctrl+x"),
        ("alt+ctrl+x", "ctrl+alt+x"), ("esc", "escape"), ("pgdn", "pagedown"), ("F5", "f5"),
        ("Enter", "enter"), ("full_stop", "full_stop"), (" space ", "space"), ("ctrl+pgup",
        "ctrl+pageup"), ("", ""), (" ", ""), ("strg+x", ""), ("ctrl+ctrl+x", ""), ("ctrl+", ""),
        ("xy", ""), ("f99", ""),
    ],
)  # fmt: skip
def test_keys_as_people_write_them(written: str, key: str) -> None:
    """A key is understood however it is usually written."""
    assert key_of(written) == key


@given(st.text())
def test_any_text_is_a_key_or_not(written: str) -> None:
    """No text is too odd, and what is shown of a key is understood again."""
    key = key_of(written)
    if key:
        assert key_of(shown_key(key)) == key


def test_registry_keys_are_shown_and_understood() -> None:
    """Every key of the registry can be written in the configuration as it is shown."""
    for command in COMMANDS:
        for key in command.keys:
            assert key_of(shown_key(key)) == key_of(key) == key, (command.id, key)


def test_defaults() -> None:
    """Without keys of one's own, the registry's are in force, and nothing is wrong."""
    keymap = Keymap()
    assert keymap.problems == []
    for command in COMMANDS:
        assert keymap.keys_of(command.id) == command.keys


def test_own_keys() -> None:
    """One's own keys stand in place of all the registry's; an empty list unbinds."""
    keymap = Keymap({"run.stop": ("ctrl+x", "f8"), "app.palette": ()})
    assert keymap.problems == []
    assert keymap.keys_of("run.stop") == ("ctrl+x", "f8")
    assert keymap.shown("app.palette") == ""
    assert "x" not in keymap.bound(Place.RUNS)
    assert keymap.bound(Place.RUNS)["f8"] == "run.stop"
    assert "f8" not in keymap.bound(Place.PROJECTS)


def test_conflicts() -> None:
    """Of two that want a key one's own wins, and both are told with the places."""
    keymap = Keymap({"run.stop": ("r",)})
    assert keymap.bound(Place.RUN)["r"] == "run.stop"
    [problem] = keymap.problems
    assert (problem.entry, problem.other, problem.fault) == (
        "run.stop", "run.rerun", Fault.CONFLICT,
    )  # fmt: skip
    assert problem.place == "attention, run, runs"


def test_exchanged() -> None:
    """Two commands may exchange their keys."""
    keymap = Keymap({"run.stop": ("r",), "run.rerun": ("x",)})
    assert keymap.problems == []
    assert keymap.bound(Place.RUN)["x"] == "run.rerun"


def test_same_key_in_different_places() -> None:
    """One key may mean different things where both can never be meant."""
    assert Keymap({"log.wrap": ("ctrl+t",), "project.trust": ("ctrl+t",)}).problems == []


@pytest.mark.parametrize("key", sorted(FORBIDDEN))
def test_forbidden(key: str) -> None:
    """Keys that terminals, tmux and shells live on are refused; the command has no key then."""
    keymap = Keymap({"launch.deck": (shown_key(key),)}, {key: Hotkey("hello")})
    assert {one.fault for one in keymap.problems} == {Fault.FORBIDDEN}
    assert {one.table for one in keymap.problems} == {"keys", "hotkeys"}
    assert keymap.keys_of("launch.deck") == ()
    assert keymap.hotkeys == {}


def test_hotkeys_yield() -> None:
    """A hotkey takes no key from a command, nor twice the same."""
    keymap = Keymap({}, {"L": Hotkey("a"), "ctrl+l": Hotkey("b"), "Ctrl+L": Hotkey("c")})
    assert {key: one.template for key, one in keymap.hotkeys.items()} == {"ctrl+l": "b"}
    assert [(one.entry, one.other) for one in keymap.problems] == [
        ("L", "launch.deck"), ("Ctrl+L", "hotkeys ctrl+l"),
    ]  # fmt: skip


def test_unknown_command() -> None:
    """A key for a command that is not there is told."""
    assert [one.fault for one in Keymap({"run.stp": ("x",)}).problems] == [Fault.UNKNOWN_COMMAND]


@given(
    st.dictionaries(
        st.sampled_from([one.id for one in COMMANDS]),
        st.lists(st.sampled_from(["x", "r", "ctrl+x", "1", "esc", "f5", "", "??"]), max_size=3),
    ),
    st.dictionaries(st.sampled_from(["x", "f5", "f6"]), st.just(Hotkey("a"))),
)
def test_one_key_one_meaning(keys: dict[str, list[str]], hotkeys: dict[str, Hotkey]) -> None:
    """Whatever is configured: nothing breaks, a hotkey hides no command, and esc leads back."""
    keymap = Keymap({one: tuple(written) for one, written in keys.items()}, hotkeys)
    for place in Place:
        bound = keymap.bound(place)
        assert not keymap.hotkeys.keys() & bound.keys()
        assert bound.get("escape", "app.back") == "app.back"


def test_no_method_is_taken_for_a_key() -> None:
    """No widget has a method that Textual calls for a key of that name, except on purpose."""
    taken = []
    for info in pkgutil.walk_packages(skyforge_tui.tui.__path__, "skyforge_tui.tui."):
        module = importlib.import_module(info.name)
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, Widget):
                ours = [each for each in one.__mro__ if each.__module__.startswith("skyforge_tui")]
                names = [(each.__name__, name) for each in ours for name in vars(each)]
                taken += [pair for pair in names if pair[1].startswith(("key_", "_key_"))]
    assert taken == []
