"""The tables of the configuration that name no server: what is so on this machine."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from skyforge_tui.settings.values import AbsolutePath, Age, AnswerText, InstanceName, Size


class Table(BaseModel):
    """A table of the file: no unknown keys, no converted types, no changes afterwards."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, hide_input_in_errors=True, defer_build=True
    )


class Workspace(Table):
    """The folders whose projects are shown."""

    name: str = ""
    roots: tuple[AbsolutePath, ...] = Field(default=(), strict=False)
    """Empty means the folder one stands in."""


class Local(Table):
    """Runs on this machine."""

    slots: int = Field(default=4, ge=1, le=64)
    """How many runs go at the same time; more wait."""


class Artifacts(Table):
    """Where what runs leave is kept."""

    directory: AbsolutePath | None = None
    """None is `artifacts` in the state directory."""
    store: InstanceName | None = None
    """The bucket, as `[s3.NAME]`, where what runs leave is kept instead."""
    age: Age | None = None
    """Since a run's last artifact came; what is older goes when that is asked for."""
    size: Size | None = None
    """Of what runs left, in all; of more, the oldest goes when that is asked for."""


class Retention(Table):
    """How long the output of runs is kept, which stay themselves; and runs on hosts, whole."""

    age: Age | None = None
    """Since a run ended, as in `90d`; without it, for good."""
    size: Size | None = None
    """Of all output together, as in `20GB`; without it, however much."""
    host_age: Age | None = None
    """Since a run on a host of labs ended: then it is removed there, whole; else never."""
    host_runs: int | None = Field(default=None, ge=1)
    """Of so many newest runs on each such host; without it, of all."""


class Look(Table):
    """Colours, glyphs and motion."""

    theme: Literal["dark", "light", "contrast", "mono"] = "dark"
    glyphs: Literal["auto", "unicode", "ascii"] = "auto"
    motion: bool = True


class Launcher(Table):
    """A template on a key of one's own."""

    template: str = Field(min_length=1)
    """`name`, or `project/name`."""
    answers: dict[str, AnswerText] = {}
