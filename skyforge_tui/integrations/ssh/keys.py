"""The private keys for one SSH host: which there are, and which are locked by a passphrase."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, cast

import asyncssh

from skyforge_tui.integrations.asking import Wanted
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret, SecretError, resolve
from skyforge_tui.integrations.ssh.access import SshAccess
from skyforge_tui.integrations.ssh.failing import failure

Ask = Callable[[Wanted, str], Awaitable[Secret]]

_DEFAULTS: Final = ("~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa")
_TRIES: Final = 3
_KEEPALIVE_S: Final = 15.0
_KEEPALIVE_MISSED: Final = 3


class Keys:
    """Keys by file; a locked one is opened when the person says how."""

    def __init__(self, access: SshAccess) -> None:
        self._access = access
        self._open: list[asyncssh.SSHKey] = []
        self._locked: list[Path] = []

    @property
    def is_locked(self) -> bool:
        """Whether there is a key yet that a passphrase would open."""
        return bool(self._locked)

    async def prepare(self) -> None:
        """Find the key files, and open those that can be.

        Raises:
            TransportError: invalid, if a configured key cannot be read, or its passphrase is wrong;
                unauthorized, if the passphrase is nowhere.
        """
        passphrase = self._access.passphrase
        secret = None if passphrase is None else await revealed(passphrase)
        for path in await self._files():
            await self._load(path, secret)

    async def options(self) -> asyncssh.SSHClientConnectionOptions:
        """Return what asyncssh wants to know of the host and of these keys.

        Raises:
            TransportError: invalid, if the configuration makes no sense.
        """
        return await self._built([*self._open])

    async def jump(self) -> str:
        """Return the hosts to go through that the configuration names; mostly none."""
        tunnel = (await self._built()).tunnel
        return tunnel if isinstance(tunnel, str) else ""

    async def unlock(self, ask: Ask) -> bool:
        """Open one more key by its passphrase; False if there is none to be opened."""
        if not self._locked:
            return False
        path = self._locked.pop(0)
        why = f"the key {path} is locked by a passphrase"
        for _ in range(_TRIES):
            secret = await ask("passphrase", why)
            key = await asyncio.to_thread(_read, path, secret.reveal())
            if key is not None:
                self._open.insert(0, key)
                return True
            why = f"that passphrase does not open {path}"
        raise TransportError("unauthorized", why)

    async def _load(self, path: Path, secret: Secret | None) -> None:
        place, is_wanted = self._access.place, path == self._access.key
        try:
            key = await asyncio.to_thread(_read, path, None)
            if key is None and secret is not None:
                key = await asyncio.to_thread(_read, path, secret.reveal())
                if key is None and is_wanted:
                    message = f"the configured passphrase does not open {path}"
                    raise TransportError("invalid", message)
        except OSError as error:
            if is_wanted:
                reason = (error.strerror or "unreadable").lower()
                message = f"the key {path} for {place}: {reason}"
                raise TransportError("invalid", message) from None
            return
        except asyncssh.KeyImportError as error:
            if is_wanted:
                raise failure(error, place) from None
            return
        if key is not None:
            self._open.append(key)
        else:
            self._locked.append(path)

    async def _files(self) -> list[Path]:
        if self._access.key is not None:
            return [self._access.key]
        options = await self._built()
        named = cast("list[str]", options.config.get("IdentityFile", []))
        return [_at_home(one) for one in named or _DEFAULTS]

    async def _built(
        self, keys: list[asyncssh.SSHKey] | None = None
    ) -> asyncssh.SSHClientConnectionOptions:
        access = self._access
        config = access.config.expanduser()
        said: dict[str, Any] = {
            "host": access.host, "port": access.port, "username": access.username,
            "config": str(config) if config.is_file() else None,
        }  # fmt: skip
        try:
            return await asyncio.to_thread(
                asyncssh.SSHClientConnectionOptions,
                **{name: value for name, value in said.items() if value is not None},
                client_keys=keys,
                keepalive_interval=_KEEPALIVE_S, keepalive_count_max=_KEEPALIVE_MISSED,
                login_timeout=0,
            )  # fmt: skip
        except (asyncssh.Error, OSError, ValueError) as error:
            raise failure(error, access.place) from None


def _at_home(name: str) -> Path:
    return Path(name).expanduser()


def _read(path: Path, passphrase: str | None) -> asyncssh.SSHKey | None:
    """Return a private key; None if it is locked, or that is not what opens it."""
    try:
        return asyncssh.read_private_key(path, passphrase)
    except asyncssh.KeyEncryptionError:
        return None
    except asyncssh.KeyImportError as error:
        if passphrase is None and "assphrase" in str(error):
            return None
        raise


async def revealed(reference: SecretRef) -> Secret:
    """Fetch what a reference names.

    Raises:
        TransportError: unauthorized; nothing is there, or it could not be fetched.
    """
    try:
        return await resolve(reference)
    except SecretError as error:
        message = f"{error}. {error.advice}"
    raise TransportError("unauthorized", message)
