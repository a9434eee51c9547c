"""Assembles what connects to servers: connectors, and the book in which they are written down.

Making a connection works where nothing else does: it opens no database. What speaks with servers
is loaded when somebody connects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from skyforge_tui.domain.connection import KINDS, Server
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.ports.connector import Connector
from skyforge_tui.providers.connections.book import ConfigBook
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.connections import ConnectionService
from skyforge_tui.settings.frame import FrameSettings
from skyforge_tui.settings.load import load
from skyforge_tui.settings.sample import sample

if TYPE_CHECKING:
    from skyforge_tui.settings.model import S3, Settings, Upstream


def open_connections(frame: FrameSettings, access: Access | None = None) -> ConnectionService:
    """Return the service that makes and tests connections."""
    connectors = {
        "semaphore": _semaphore, "gitea": _gitea, "eve": _eve, "netlab": _netlab,
        "containerlab": _containerlab, "s3": _bucket,
    }  # fmt: skip
    return ConnectionService(connectors, book_of(frame), access or Access())


def _semaphore() -> Connector:
    from skyforge_tui.providers.connections.semaphore import SemaphoreConnector

    return SemaphoreConnector()


def _eve() -> Connector:
    from skyforge_tui.providers.connections.eve import EveConnector

    return EveConnector()


def _gitea() -> Connector:
    from skyforge_tui.providers.connections.gitea import GiteaConnector

    return GiteaConnector()


def _netlab() -> Connector:
    from skyforge_tui.providers.connections.netlab_api import NetlabConnector

    return NetlabConnector()


def _containerlab() -> Connector:
    from skyforge_tui.providers.connections.lab_host import LabHostConnector

    return LabHostConnector("containerlab")


def _bucket() -> Connector:
    from skyforge_tui.providers.connections.object_store import BucketConnector

    return BucketConnector()


def book_of(frame: FrameSettings) -> ConfigBook:
    """Return where connections are written down."""

    def configured() -> tuple[Server, ...]:
        return servers_of(load(frame.config_path, frame.profile).settings)

    return ConfigBook(frame.config_path, frame.state_dir / "secrets", configured, sample)


def servers_of(settings: Settings) -> tuple[Server, ...]:
    """Return every configured server."""
    return tuple(
        server_of(kind, name, one)
        for kind in KINDS
        for name, one in getattr(settings, kind).items()
    )


def server_of(kind: str, name: str, one: Upstream) -> Server:
    """Return a configured server as a connection."""
    if kind == "s3":
        from skyforge_tui.wiring.buckets import bucket_server

        return bucket_server(name, cast("S3", one))
    address = getattr(one, "url", None) or ""
    host = getattr(one, "host", None) or ""
    port = getattr(one, "port", None)
    if host and (user := getattr(one, "user", None)):
        host = f"{user}@{host}"

    def text(key: str) -> str:
        value = getattr(one, key, None)
        return value.text if isinstance(value, SecretRef) else value or ""

    tls = getattr(one, "tls", None)
    return Server(
        kind=kind,
        name=name,
        address=address or (f"ssh://{host}{f':{port}' if port else ''}" if host else ""),
        username=text("username") or text("user"),
        token_ref=text("token"),
        password_ref=text("password"),
        ca_file=str(tls.ca_file) if tls and tls.ca_file else "",
        fingerprint=tls.fingerprint or "" if tls else "",
        verify=tls.verify if tls else True,
        proxy=getattr(one, "proxy", None),
        jump=text("jump"),
        key=str(getattr(one, "key", None) or ""),
        known_hosts=str(getattr(one, "known_hosts", None) or ""),
        guard=one.guard,
    )
