"""Secrets are kept where only their owner finds them, whole or not at all."""

from __future__ import annotations

import stat
import sys
import types
from pathlib import Path

import pytest

from skyforge_tui.integrations import secret_keeping
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret, resolve


async def test_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """A kept secret comes back by its reference; file and folder are closed to others."""
    path = tmp_path / "new" / "token"
    for value in ("first-value", "second-value"):
        reference = await secret_keeping.to_file(path, Secret(value))
        found = await resolve(reference)
        assert (found.reveal(), found.caution) == (value, "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


async def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A place that takes no file is named, and the secret is not."""
    (tmp_path / "file").write_text("")
    with pytest.raises(TransportError, match="cannot be written") as caught:
        await secret_keeping.to_file(tmp_path / "file" / "token", Secret("some-value"))
    assert "some-value" not in str(caught.value)


def test_names_become_file_names() -> None:
    """Whatever a thing is called, its file has a plain name in the folder."""
    assert secret_keeping.file_name("semaphore-prod") == "semaphore-prod"
    assert secret_keeping.file_name("../../etc/pass wd") == "etc-pass-wd"
    assert secret_keeping.file_name("..") == "secret"


class FakeKeyring(types.ModuleType):
    """A keyring of a few lines."""

    class errors(types.ModuleType):  # noqa: N801 - as the real one calls it
        """Its errors."""

        class KeyringError(Exception):
            """Something."""

        class NoKeyringError(KeyringError):
            """Nothing is there."""

    def __init__(self, priority: float) -> None:
        super().__init__("keyring")
        self.backend = types.SimpleNamespace(priority=priority)
        self.kept: dict[tuple[str, str], str] = {}

    def get_keyring(self) -> object:
        """Return the backend."""
        return self.backend

    def set_password(self, service: str, name: str, value: str) -> None:
        """Keep it, unless there is no backend."""
        if self.backend.priority <= 0:
            raise self.errors.NoKeyringError(value)
        self.kept[service, name] = value

    def get_password(self, service: str, name: str) -> str | None:
        """Give it back."""
        return self.kept.get((service, name))


@pytest.mark.parametrize(("priority", "is_there"), [(5, True), (0, False)])
async def test_a_keyring_is_used_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, priority: float, is_there: bool
) -> None:
    """A keyring that works takes a secret and gives it back; one that does not is none."""
    fake = FakeKeyring(priority)
    monkeypatch.setitem(sys.modules, "keyring", fake)
    monkeypatch.setitem(sys.modules, "keyring.errors", fake.errors)
    assert await secret_keeping.has_keyring() is is_there
    if is_there:
        reference = await secret_keeping.to_keyring("semaphore-prod", Secret("kept-value"))
        assert reference == SecretRef("keyring", "semaphore-prod")
        assert (await resolve(reference)).reveal() == "kept-value"
        return
    with pytest.raises(TransportError, match="did not take it") as caught:
        await secret_keeping.to_keyring("semaphore-prod", Secret("kept-value"))
    assert "kept-value" not in str(caught.value)


async def test_without_the_package_there_is_no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the package is not installed, there is nowhere but a file."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert not await secret_keeping.has_keyring()
    with pytest.raises(TransportError, match="needs the package keyring"):
        await secret_keeping.to_keyring("x", Secret("kept-value"))
