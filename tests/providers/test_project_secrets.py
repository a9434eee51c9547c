"""Secrets of projects: whose they are by configuration, each fetched once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.domain.project import Project, ProjectKind
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.ports.project_secrets import CloneLogin, ProjectSecrets
from skyforge_tui.providers.repositories.secrets import ConfiguredSecrets, HostSecrets


def a_repository(owner: str, name: str, **over: Any) -> Project:
    """Return a repository of the host `git`."""
    return Project(
        ProjectId("git:7"), name, name, ProjectKind.GIT, "http://git/x", created_by=owner, **over
    )


async def test_each_is_fetched_once_and_given_to_whom_it_is_meant_for(tmp_path: Path) -> None:
    """A command that counts its calls is called once for many projects, and by name only for one.

    A public repository needs no login; what cannot be had is said, and the rest counts.
    """
    calls = tmp_path / "calls"
    command = tmp_path / "secret"
    command.write_text(f"#!/bin/sh\necho x >> {calls}\necho s3cret\n")
    command.chmod(0o700)
    reference = SecretRef.parse(f"cmd:{command}")
    missing = SecretRef.parse("env:SKYFORGE_NOBODY_SETS_THIS")
    source = ConfiguredSecrets(
        {"git": HostSecrets("robot", reference, {"Net/Edge": {"A": reference, "B": missing}})}
    )
    reading = source.reading()
    mine = await reading.of(a_repository("net", "edge"))
    assert (mine.clone, mine.variables) == (CloneLogin("robot", "s3cret"), {"A": "s3cret"})
    assert mine.problems == ("the secret B: env:SKYFORGE_NOBODY_SETS_THIS: is not set",)
    assert "s3cret" not in repr(mine)
    assert await reading.of(a_repository("else", "edge")) == ProjectSecrets(mine.clone)
    assert await reading.of(a_repository("else", "open", is_public=True)) == ProjectSecrets()
    assert calls.read_text() == "x\n"
    await source.reading().of(a_repository("net", "edge"))
    assert calls.read_text() == "x\nx\n"
