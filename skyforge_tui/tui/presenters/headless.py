"""What one does in the cockpit as the headless command that does the same, there and back.

Secrets never appear: a secret answer is named as an environment variable that would hold it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

PROGRAM = ("skyforge",)


@dataclass(frozen=True, slots=True)
class Launch:
    """Launch a template, called `name` or `project/name`."""

    template: str
    answers: Mapping[str, str] = field(default_factory=dict)
    secret_names: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Return the command behind the program's name."""
        options = answering(self.answers, self.secret_names)
        if self.template.startswith("-"):
            return ("runs", "launch", *options, "--", self.template)
        return ("runs", "launch", self.template, *options)


@dataclass(frozen=True, slots=True)
class OnRun:
    """Do something to a run: `stop`, `rerun`, `answer`, `confirm` or `reject`."""

    verb: str
    run: str

    @property
    def words(self) -> tuple[str, ...]:
        """Return the command behind the program's name."""
        return ("runs", self.verb, self.run)


@dataclass(frozen=True, slots=True)
class Trust:
    """Trust what these files declare."""

    paths: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """Return the command behind the program's name."""
        dashes = ("--",) if any(one.startswith("-") for one in self.paths) else ()
        return ("trust", *dashes, *self.paths)


@dataclass(frozen=True, slots=True)
class Connect:
    """Connect to a server of a kind; `options` are pairs of option and value, or of it alone."""

    kind: str
    address: str
    options: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Return the command behind the program's name."""
        options = (word for pair in self.options for word in pair if word)
        return ("connect", self.kind, self.address, *options)


@dataclass(frozen=True, slots=True)
class Other:
    """A command that nothing here knows more about."""

    words: tuple[str, ...]


Act = Launch | OnRun | Trust | Connect | Other


def answering(answers: Mapping[str, str], secret_names: Sequence[str]) -> tuple[str, ...]:
    """Return the options that answer; secrets are named by the variables that would hold them."""
    plain = (f"{name}={value}" for name, value in answers.items())
    secret = (f"{name}=env:{variable(name)}" for name in secret_names)
    return tuple(word for pair in (*plain, *secret) for word in ("-v", pair))


def variable(name: str) -> str:
    """Return the environment variable that stands for a secret answer."""
    return re.sub(r"[^A-Z0-9_]", "_", name.upper())


def line_of(act: Act, program: Sequence[str] = PROGRAM) -> str:
    """Return the line for a shell."""
    return shlex.join((*program, *act.words))


def act_of(line: str) -> Act | None:
    """Return what a line for a shell does; None when it is no command of this program."""
    try:
        words = shlex.split(line)
    except ValueError:
        return None
    if not words or words[0].rpartition("/")[2] != "skyforge":
        return None
    rest = words[1:]
    while len(rest) > 1 and rest[0] in ("--config", "--profile"):
        rest = rest[2:]
    match rest:
        case ["runs", "launch", *more]:
            return _launch(more)
        case ["runs", ("stop" | "rerun" | "answer" | "confirm" | "reject") as verb, run]:
            return OnRun(verb, run)
        case ["trust", "--", *paths] | ["trust", *paths] if paths:
            return Trust(tuple(paths))
        case ["connect", kind, address, *_] if not address.startswith("-"):
            return Connect(kind, address)
        case [_, *_]:
            return Other(tuple(rest))
        case _:
            return None


def _launch(words: Sequence[str]) -> Launch | None:
    names: list[str] = []
    answers: dict[str, str] = {}
    secrets: list[str] = []
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word == "-v" and waiting:
            name, _, value = waiting.pop(0).partition("=")
            if value == f"env:{variable(name)}":
                secrets.append(name)
            else:
                answers[name] = value
        elif word == "--":
            names += waiting
            waiting = []
        else:
            names.append(word)
    return Launch(names[0], answers, tuple(secrets)) if len(names) == 1 else None
