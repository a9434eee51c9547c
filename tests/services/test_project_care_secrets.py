"""Secrets of a project: written when they changed, and only where they are ours."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skyforge_tui.ports.project_secrets import CloneLogin, ProjectSecrets
from tests.synced import Company, company


@pytest.fixture
async def firm(tmp_path: Path) -> AsyncIterator[Company]:
    """Give the two servers and the service."""
    async with company(tmp_path) as made:
        yield made


async def test_what_is_secret_is_written_when_it_changed_and_only_then(firm: Company) -> None:
    """Keys and secret variables cannot be read back: a keyed mark tells when they are due.

    Nothing of them stands in a report, or in what is remembered.
    """
    edge = await firm.project("edge")
    login = CloneLogin("robot", "pass-one")
    firm.secrets.known = ProjectSecrets(login, {"TOKEN": "token-one", "OTHER": "other-one"})
    report = await firm.run(edge.id)
    assert not report.errors
    room = firm.semaphore.state.rooms[firm.room("edge")]
    (key,) = [one for one in room.keys.values() if one.name == "gitea-http"]
    assert (key.login_password.login, key.login_password.password) == ("robot", "pass-one")
    (repository,) = room.repositories.values()
    assert repository.ssh_key_id == key.id
    (group,) = [one for one in room.environment.values() if one.name == "edge variables"]
    assert {one.name: one.secret for one in group.secrets} == firm.secrets.known.variables
    wrote = firm.writes
    assert (await firm.run(edge.id)).is_in_step
    assert firm.writes == wrote
    firm.secrets.known = ProjectSecrets(
        CloneLogin("robot", "pass-two"), {"TOKEN": "token-two", "OTHER": "other-one"}
    )
    again = await firm.run(edge.id)
    assert [step.words for step in again.done] == [
        "change key gitea-http: secret password",
        "change variable group edge variables: secret TOKEN",
    ]
    assert room.keys[key.id].login_password.password == "pass-two"
    group = room.environment[group.id]
    kept = {one.name: one.secret for one in group.secrets}
    assert kept == {"TOKEN": "token-two", "OTHER": "other-one"}
    assert json.loads(group.json) == {"SITE": "north"}
    told = repr((report, again)) + repr(await firm.book.memory(edge.id))
    told += (firm.base / "state.db").read_bytes().decode("latin-1")
    assert not [one for one in ("pass-", "token-", "other-") if one in told]


async def test_a_key_that_a_person_gave_a_repository_stays(firm: Company) -> None:
    """Where somebody chose another key, the repository keeps it, whatever we would clone with."""
    edge = await firm.project("edge")
    await firm.run(edge.id)
    number = firm.room("edge")
    admin = firm.clients[1]
    own = await admin.create(number, "keys", {"name": "mine", "type": "ssh"})
    (repository,) = firm.semaphore.state.rooms[number].repositories
    await admin.change(number, "repositories", repository, {"ssh_key_id": own})
    firm.secrets.known = ProjectSecrets(CloneLogin("robot", "pass"))
    report = await firm.run(edge.id)
    assert [step.words for step in report.done] == ["create key gitea-http"]
    assert firm.semaphore.state.rooms[number].repositories[repository].ssh_key_id == own


async def test_what_could_not_be_had_of_secrets_is_an_error(firm: Company) -> None:
    """A secret that is not there is said by the report, and everything else is done."""
    edge = await firm.project("edge")
    firm.secrets.known = ProjectSecrets(problems=("the secret TOKEN: env:TOKEN: is not set",))
    report = await firm.run(edge.id)
    assert report.errors == firm.secrets.known.problems
    assert not report.left
