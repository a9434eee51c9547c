"""Who acts, and the ids by which things are called on every floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NewType

ProjectId = NewType("ProjectId", str)
"""`<upstream>:<native id>`; for the local workspace the native id is the absolute path."""

TemplateId = NewType("TemplateId", str)
"""`<project id>#<native id>`; for the local workspace the native id is `<relative file>` or
`<relative file>:<name>` for one of several templates declared in one file."""

RunId = NewType("RunId", str)
"""`<upstream>:<native id>`; for the local workspace the native id is the run's number."""

LabId = NewType("LabId", str)
"""`<provider instance>:<native id>`; the native id is what the provider itself calls the lab."""

LOCAL = "local"
"""The upstream name of this machine's workspace."""


def upstream_of(thing_id: str) -> str:
    """Return the upstream part of a project, template, run or lab id."""
    return thing_id.partition(":")[0]


def native_of(thing_id: str) -> str:
    """Return what the upstream itself calls a project, a run or a lab."""
    return thing_id.partition(":")[2]


class Role(IntEnum):
    """What somebody is in a project, ordered: a higher role may all that a lower one may."""

    NONE = 0
    VIEWER = 1
    EDITOR = 2
    OWNER = 3
    ADMIN = 4

    @property
    def word(self) -> str:
        """The role in lower case, as people read it; `no role` for NONE."""
        return "no role" if self is Role.NONE else self.name.lower()


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who acts: a person, or the program itself."""

    username: str
    groups: frozenset[str] = frozenset()
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class Me:
    """By which names somebody goes: on this machine, and on each server one is signed in to."""

    username: str
    logins: Mapping[str, str] = field(default_factory=dict)
    """By upstream."""
    accounts: Mapping[str, str] = field(default_factory=dict)
    """By upstream, whose account runs one's labs there; several people may share it."""

    def at_labs(self, upstream: str) -> str:
        """Return by which name one's labs go there."""
        return self.accounts.get(upstream) or self.at(upstream) or self.username

    def at(self, upstream: str) -> str:
        """Return the name one goes by there; empty where nobody knows."""
        return self.username if upstream == LOCAL else self.logins.get(upstream, "")


SYSTEM = Principal("system", is_admin=True)
"""The program acting unasked: jobs use it, screens never do."""
