"""Writes connections into the configuration, and keeps their secrets elsewhere."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from skyforge_tui.domain.connection import BY_SSH, Server
from skyforge_tui.domain.errors import Conflict, Unavailable
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.integrations import secret_keeping
from skyforge_tui.integrations.aside import aside
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.ports.connector import SecretPlace

if TYPE_CHECKING:
    from skyforge_tui.integrations.toml_edit import Values

_OPERATION = "connection.write"


class ConfigBook:
    """Keeps connections in the configuration file at `path`; implements `ConnectionBook`.

    `configured` reads what is in force; `blank` is the text of a new configuration. Secrets that
    are kept in files lie in `secrets`.
    """

    def __init__(
        self,
        path: Path,
        secrets: Path,
        configured: Callable[[], Sequence[Server]],
        blank: Callable[[], str],
    ) -> None:
        self._path = path
        self._secrets = secrets
        self._configured = configured
        self._blank = blank

    async def servers(self) -> tuple[Server, ...]:
        """Return what is configured now."""
        return tuple(await aside(self._configured, "configuration"))

    async def write(self, server: Server) -> str:
        """Write a server into the configuration; see `ConnectionBook`.

        Raises:
            Conflict: it was changed meanwhile, or only a person can change it.
            Unavailable: it cannot be read or written.
        """
        await aside(lambda: self._write(server), "configuration")
        return str(self._path)

    async def secret_places(self) -> tuple[SecretPlace, ...]:
        """Return the keyring where there is one, and a file in any case."""
        return ("keyring", "file") if await secret_keeping.has_keyring() else ("file",)

    async def keep_secret(self, place: SecretPlace, name: str, value: Hidden) -> str:
        """Keep a secret and return the reference to it.

        Raises:
            Unavailable: it cannot be kept there.
        """
        secret = Secret(value.reveal())
        try:
            if place == "keyring":
                return str(await secret_keeping.to_keyring(name, secret))
            path = self._secrets / secret_keeping.file_name(name)
            return str(await secret_keeping.to_file(path, secret))
        except TransportError as error:
            failure = Unavailable(error.message, operation=_OPERATION, advice="keep it elsewhere")
        raise failure

    async def replace_secret(self, reference: str, value: Hidden) -> bool:
        """Put a new secret into the keyring or file that `reference` names.

        Raises:
            Unavailable: it cannot be written there.
        """
        ref = SecretRef.parse(reference)
        secret = Secret(value.reveal())
        try:
            if ref.kind == "keyring":
                await secret_keeping.to_keyring(ref.target, secret)
            elif ref.kind == "file":
                await secret_keeping.to_file(Path(ref.target), secret)
            else:
                return False
        except TransportError as error:
            failure = Unavailable(error.message, operation=_OPERATION)
        else:
            return True
        raise failure

    def _write(self, server: Server) -> None:
        from skyforge_tui.integrations.toml_edit import UneditableError, changed

        try:
            path = self._path.resolve()  # a link into a folder of one's own stays one
            before = path.read_bytes() if path.exists() else None
            text = self._blank() if before is None else before.decode()
            after = changed(text, (server.kind, server.name), _values(server))
            _replace(path, before, after.encode())
        except UneditableError as error:
            raise Conflict(
                f"{self._path} cannot be changed without risk: {error}", operation=_OPERATION,
                advice=f"write it there yourself: {_lines(server)}",
            ) from None  # fmt: skip
        except UnicodeDecodeError:
            raise Conflict(f"{self._path} is not UTF-8 text", operation=_OPERATION) from None
        except (OSError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or "is a link that leads to itself"
            raise Unavailable(
                f"{self._path} cannot be written ({reason.lower()})", operation=_OPERATION,
                advice="choose a place where you may write: --config PATH",
            ) from None  # fmt: skip


def _values(server: Server) -> Values:
    """Return the keys that say what is known of a server; None takes one away."""
    if server.kind == "s3":
        return _bucket_values(server)
    if server.goes_by_ssh:
        return _host_values(server)
    return {
        "url": server.address,
        "user" if server.kind in BY_SSH else "username": server.username or None,
        "token": server.token_ref or None,
        "password": server.password_ref or None,
        "proxy": None if server.kind in BY_SSH else server.proxy or None,
        "jump": server.jump or None,
        "guard": None if server.guard == "normal" else server.guard,
        "tls": {
            "verify": None if server.verify else False,
            "ca_file": server.ca_file or None,
            "fingerprint": server.fingerprint or None,
        },
    }


def _host_values(server: Server) -> Values:
    """Return the keys of a host that is reached by SSH."""
    parts = urlsplit(server.address)
    return {
        "host": parts.hostname,
        "port": parts.port,
        "user": server.username or parts.username,
        "key": server.key or None,
        "known_hosts": server.known_hosts or None,
        "password": server.password_ref or server.token_ref or None,
        "jump": server.jump or None,
        "guard": None if server.guard == "normal" else server.guard,
    }


def _bucket_values(server: Server) -> Values:
    """Return the keys of a bucket, whose address is that of its service with it behind."""
    parts = urlsplit(server.address)
    service, path = parts.netloc, parts.path.strip("/")
    name, _, prefix = path.partition("/")
    if not server.is_path_style:
        (name, _, service), prefix = service.partition("."), path
    return {
        "bucket": name,
        "endpoint": f"{parts.scheme}://{service}",
        "region": server.region or None,
        "prefix": prefix or None,
        "path_style": None if server.is_path_style else False,
        "access_key_id": server.username or None,
        "secret_key": server.token_ref or server.password_ref or None,
        "credentials": server.credentials or None,
        "proxy": server.proxy or None,
        "jump": server.jump or None,
        "guard": None if server.guard == "normal" else server.guard,
        "tls": {
            "verify": None if server.verify else False,
            "ca_file": server.ca_file or None,
            "fingerprint": server.fingerprint or None,
        },
    }


def _lines(server: Server) -> str:
    """Return a server as it may be pasted into a configuration."""
    from skyforge_tui.integrations.toml_edit import changed

    return changed("", (server.kind, server.name), _values(server)).strip().replace("\n", " ; ")


def _replace(path: Path, before: bytes | None, after: bytes) -> None:
    """Put a new text in the place of the old one, unless that was changed meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = 0o600 if before is None else stat.S_IMODE(path.stat().st_mode)
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).chmod(mode)
        _check_untouched(path, before)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _check_untouched(path: Path, before: bytes | None) -> None:
    now = path.read_bytes() if path.exists() else None
    if now != before:
        raise Conflict(
            f"{path} was changed by somebody else meanwhile", operation=_OPERATION,
            advice="try again",
        )  # fmt: skip
