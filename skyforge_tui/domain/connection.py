"""A server that one is connected to, or is about to be: what was said of it, what was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from skyforge_tui.domain.hidden import Hidden

BY_SSH = frozenset({"netlab", "containerlab"})
"""Kinds that are reached by SSH."""
KINDS = ("semaphore", "gitea", "eve", "netlab", "containerlab", "s3")
"""What can be configured, in reading order."""


class Step(StrEnum):
    """What is done to connect, in this order."""

    ADDRESS = "address"
    REACH = "connection"
    TRUST = "certificate"
    FIND = "service"
    SIGN_IN = "sign-in"
    RIGHTS = "permissions"
    PACE = "latency"
    KEEP = "kept"


class StepState(StrEnum):
    """How a step is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CAUTION = "caution"
    """Done, with something a person should know."""
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class StepReport:
    """How a step went, in words; `advice` is what to do next."""

    step: Step
    state: StepState
    words: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """A server and one identity there, as it is or will be configured.

    Secrets are references such as `keyring:NAME`. `address` may be what a person typed until it
    was found. `proxy` None is what the environment says, empty is none.
    """

    kind: str
    name: str
    address: str
    username: str = ""
    token_ref: str = ""
    password_ref: str = ""
    ca_file: str = ""
    fingerprint: str = ""
    """SHA-256 of the only certificate that is believed, as 64 hexadecimal digits; may be empty."""
    verify: bool = True
    proxy: str | None = None
    jump: str = ""
    key: str = ""
    """The file of a private key, where one signs in by SSH."""
    known_hosts: str = ""
    """The file of known host keys; empty is the usual one."""
    guard: str = "normal"
    region: str = ""
    """Of a bucket; empty is the usual one."""
    is_path_style: bool = True
    """Of a bucket: whether its name is a part of the path, and not of the host."""
    credentials: str = ""
    """Of a bucket without keys of its own: `instance`, `profile:NAME`, or empty as usual."""

    @property
    def goes_by_ssh(self) -> bool:
        """Whether SSH leads there; a netlab may be reached by its web service instead."""
        return self.kind in BY_SSH and not self.address.startswith(("http://", "https://"))

    @property
    def is_blind(self) -> bool:
        """Whether anybody may answer in the server's name."""
        return self.address.startswith("https:") and not self.verify and not self.fingerprint


@dataclass(frozen=True, slots=True)
class Given:
    """What a person typed to prove themselves; kept nowhere."""

    token: Hidden = field(default_factory=lambda: Hidden(""))
    password: Hidden = field(default_factory=lambda: Hidden(""))
    code: Hidden = field(default_factory=lambda: Hidden(""))
    """A one-time code, in case the server asks for one."""


@dataclass(frozen=True, slots=True)
class Found:
    """What connecting found out: the server as it will be configured, and facts about it."""

    server: Server
    version: str
    identity: str
    rights: str
    """What this identity may do there, in a few words."""
    latency_ms: float
    skew_s: float | None
    """How far the server's clock is ahead; None where it does not tell."""
    token: Hidden = field(default_factory=lambda: Hidden(""))
    """A token that was made or given, to be kept; empty where a reference does."""
    password: Hidden = field(default_factory=lambda: Hidden(""))
    """A password to be kept, where there are no tokens."""


def shown_reference(reference: str) -> str:
    """Return a reference to a secret as it may be shown: of a command, its program only."""
    kind, _, target = reference.partition(":")
    program, _, arguments = target.strip().partition(" ")
    return f"{kind}:{program} …" if kind == "cmd" and arguments else reference
