"""Actions as headless commands: there and back, whatever the words, and never a secret."""

from __future__ import annotations

import shlex

from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.tui.presenters.headless import (
    Launch,
    OnRun,
    Other,
    Trust,
    act_of,
    line_of,
    variable,
)

WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12
)
NAMES = st.from_regex(r"[a-z_][a-z0-9_-]{0,8}", fullmatch=True)


@given(WORDS, st.dictionaries(NAMES, WORDS, max_size=4), st.sets(NAMES, max_size=3))
def test_launches_come_back(template: str, answers: dict[str, str], secret: set[str]) -> None:
    """A launch written for a shell is read back as it was, odd characters and dashes included."""
    secret -= answers.keys()
    secrets = tuple(sorted(secret))
    answers = {name: value for name, value in answers.items() if value != f"env:{variable(name)}"}
    act = Launch(template, answers, secrets)
    assert act_of(line_of(act)) == act


@given(st.lists(WORDS.filter(lambda one: one != "--"), min_size=1, max_size=3))
def test_trust_comes_back(paths: list[str]) -> None:
    """So is trust, for every path of it."""
    assert act_of(line_of(Trust(tuple(paths)))) == Trust(tuple(paths))


@given(st.text())
def test_any_line_is_read(line: str) -> None:
    """No line is too odd to be read."""
    act_of(line)


def test_runs_come_back() -> None:
    """Stopping, repeating and answering name the run and nothing else."""
    for verb in ("stop", "rerun", "answer"):
        assert act_of(f"skyforge runs {verb} 812") == OnRun(verb, "812")


def test_options_before_the_command() -> None:
    """A configuration and a profile in front change nothing about what is done."""
    program = ("skyforge", "--config", "/etc/my sky.toml", "--profile", "lab")
    line = line_of(Launch("edge/hello", {"count": "200"}), program)
    assert shlex.split(line)[:5] == list(program)
    assert act_of(line) == Launch("edge/hello", {"count": "200"})


def test_foreign_lines() -> None:
    """What is another program's is nothing; what only the headless twin knows stays as it is."""
    assert act_of("rm -rf /") is None
    assert act_of("") is None
    assert act_of("skyforge") is None
    assert act_of("skyforge labs down core") == Other(("labs", "down", "core"))


def test_secrets_are_named() -> None:
    """A secret answer stands as the environment variable to put it in."""
    assert line_of(Launch("up", {"n": "1"}, ("vault-pw",))) == (
        "skyforge runs launch up -v n=1 -v vault-pw=env:VAULT_PW"
    )
