"""Artifacts: what runs and people leave in a store, by keys that read like paths."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.identity import LOCAL, upstream_of
from skyforge_tui.domain.run import Run

ROOT = "artifacts"
"""The first part of every key that belongs to a project: `artifacts/<slug>/<run>/…`."""
MANIFEST = "manifest.json"
"""The last part of the key of what says where a run's artifacts came from."""
UNFILED = "unfiled"
"""Stands for the slug of a project without one."""

NOTES = ".sums"
"""The first part of the keys where checksums are noted; nobody's artifacts are there."""

LONGEST_KEY = 1024
"""Bytes, as in every store that speaks S3."""
_STAGING = re.compile(r"#\d+$")
"""How the last part of a file under way is called in a directory store."""


@dataclass(frozen=True, slots=True)
class ArtifactRef:
    """Where an artifact is: the name of its store, and its key or a prefix there."""

    store: str
    key: str

    def __str__(self) -> str:
        return f"{self.store}:{self.key}"


@dataclass(frozen=True, slots=True)
class Artifact:
    """An object of a store as last seen."""

    store: str
    key: str
    size: int
    """In bytes."""
    modified_at: datetime
    checksum: str = ""
    """SHA-256 in hex, where it is known."""
    etag: str = ""
    """Changes with its bytes; how it is made is the store's own affair."""

    @property
    def ref(self) -> ArtifactRef:
        """Where it is."""
        return ArtifactRef(self.store, self.key)

    @property
    def name(self) -> str:
        """The last part of its key."""
        return self.key.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class ArtifactPage:
    """Part of what a store holds below a prefix, in the order of the keys."""

    folders: tuple[str, ...]
    """Prefixes one level down, without the final slash; empty when listed to the bottom."""
    artifacts: tuple[Artifact, ...]
    is_more: bool = False
    """Whether more follows after the last folder or artifact of this page."""

    @property
    def last(self) -> str:
        """What to go on after: a key, or a folder with its slash; empty when there is none."""
        folders = (f"{one}/" for one in self.folders)
        return max((*folders, *(one.key for one in self.artifacts)), default="")


def checked_key(key: str) -> str:
    """Return `key` if it can name an artifact.

    Raises:
        Invalid: it is empty, absolute, too long, not text, or leads out of the store.
    """
    reason = why_bad(key)
    if reason:
        raise Invalid(
            f"{key[:200]!r} is no key: {reason}", operation="artifact.key",
            advice="a key reads like artifacts/PROJECT/RUN/NAME",
        )  # fmt: skip
    return key


def checked_prefix(prefix: str) -> str:
    """Return `prefix` without a final slash; empty means everything.

    Raises:
        Invalid: as `checked_key`.
    """
    bare = prefix.removesuffix("/")
    return checked_key(bare) if bare else ""


def why_bad(key: str) -> str:
    """Return why `key` names no artifact, in a few words; empty when it can."""
    parts = key.split("/")
    if not key:
        return "it is empty"
    if key.startswith("/"):
        return "it begins with a slash"
    if "" in parts:
        return "a part of it is empty"
    if "." in parts or ".." in parts:
        return "it climbs with . or .."
    if not key.isprintable():
        return "it holds a character that cannot be printed"
    if _STAGING.search(parts[-1]):
        return "its end is that of a file under way"
    if len(key.encode()) > LONGEST_KEY:
        return f"it is longer than {LONGEST_KEY} bytes"
    return ""


def run_prefix(run: Run, *, is_taken: bool = False) -> str:
    """Return the prefix of what a run left: project, then the run's number.

    Numbers are unique within their upstream only, so others than ours carry its name; where the
    usual prefix is taken by a run of another machine, the time tells them apart.
    """
    upstream = upstream_of(run.id)
    number = str(run.number) if upstream == LOCAL else f"{upstream}-{run.number}"
    if is_taken:
        number += f".{run.created_at:%Y%m%dT%H%M%S}"
    slug = "_".join(run.project.split("/")) or UNFILED
    return f"{ROOT}/{slug if not why_bad(slug) else UNFILED}/{number}"


def folder_of_run(key: str) -> str:
    """Return the prefix of all that the run of a key left."""
    return "/".join(key.split("/")[:3])


@dataclass(frozen=True, slots=True)
class KeyHome:
    """What a key says of itself: a project's slug and a run, as far as it has them."""

    slug: str = ""
    upstream: str = LOCAL
    number: int | None = None


def home_of(key: str) -> KeyHome:
    """Return what a key or a prefix says of itself; nothing outside `artifacts/`."""
    parts = key.split("/")
    if parts[0] != ROOT or len(parts) < 2:
        return KeyHome()
    slug = "" if parts[1] == UNFILED else parts[1]
    run = parts[2].partition(".")[0] if len(parts) > 2 else ""
    upstream, _, number = run.rpartition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return KeyHome(slug)
    return KeyHome(slug, upstream or LOCAL, int(number))
