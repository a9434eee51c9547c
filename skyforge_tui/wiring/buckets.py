"""Assembles the buckets that are configured: as connections, and as artifact stores."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from skyforge_tui.domain.connection import Server
from skyforge_tui.domain.errors import (
    Invalid,
    Lost,
    NotSignedIn,
    SkyforgeError,
    Unavailable,
    Untrusted,
)
from skyforge_tui.domain.guard import Guard
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.tls import Trust
from skyforge_tui.integrations.object_store.asking import BucketAsker
from skyforge_tui.integrations.object_store.bucket import Bucket
from skyforge_tui.integrations.object_store.journal import Journal
from skyforge_tui.integrations.object_store.s3 import S3Client
from skyforge_tui.integrations.web_access import jump_of
from skyforge_tui.providers.artifacts.bucket import BucketArtifactStore

if TYPE_CHECKING:
    from contextlib import AsyncExitStack
    from pathlib import Path

    from skyforge_tui.ports.artifact_store import ArtifactStore
    from skyforge_tui.ports.clock import Clock
    from skyforge_tui.services.authorization import Access
    from skyforge_tui.services.health import HealthBoard
    from skyforge_tui.settings.model import S3, Settings

KIND = "s3"


def bucket_of(one: S3) -> Bucket:
    """Return a bucket as it is configured."""
    return Bucket(
        name=one.bucket,
        endpoint=one.endpoint or "",
        region=one.region or "",
        prefix=one.prefix,
        is_path_style=one.path_style,
        access_name=one.access_key_id or "",
        access_key=one.access_key,
        secret_key=one.secret_key,
        session_token=one.session_token,
        credentials=one.credentials or "",
        trust=Trust(one.tls.verify, one.tls.ca_file, one.tls.fingerprint or ""),
        proxy=one.proxy,
        jump=one.jump or "",
    )


def bucket_server(name: str, one: S3) -> Server:
    """Return a bucket as a connection; its access key is the name of its user."""
    bucket = bucket_of(one)
    prefix = bucket.prefix.strip("/")
    return Server(
        kind=KIND,
        name=name,
        address=f"{bucket.root}/{prefix}" if prefix else bucket.root,
        username=one.access_key_id or "",
        token_ref=one.secret_key.text if one.secret_key else "",
        ca_file=str(one.tls.ca_file) if one.tls.ca_file else "",
        fingerprint=one.tls.fingerprint or "",
        verify=one.tls.verify,
        proxy=one.proxy,
        jump=one.jump or "",
        guard=one.guard,
        region=one.region or "",
        is_path_style=one.path_style,
        credentials=one.credentials or "",
    )


def open_buckets(
    state_dir: Path,
    settings: Settings,
    access: Access,
    health: HealthBoard,
    clock: Clock,
    stack: AsyncExitStack,
) -> list[ArtifactStore]:
    """Make every configured bucket known, in order; nothing is sent before something is wanted."""
    stores: list[ArtifactStore] = []
    for name, one in settings.s3.items():
        guard = Guard(one.guard)
        access.protect(name, guard)
        is_blind = bucket_server(name, one).is_blind
        health.register(name, KIND, guard, is_unchecked=is_blind)
        bucket = bucket_of(one)
        try:
            jump = jump_of(bucket.jump)
        except TransportError as error:
            raise Invalid(f"[s3.{name}] jump: {error.message}", operation="settings") from None
        asker = BucketAsker(bucket, jump=jump)
        stack.push_async_callback(asker.aclose)
        notice = _Light(name, health, clock)
        journal = Journal(state_dir / "uploads" / quote(name, safe=""))
        stores.append(BucketArtifactStore(name, client_of(asker, journal), notice))
    return stores


def client_of(asker: BucketAsker, journal: Journal) -> S3Client:
    """Return what reads and writes a bucket: the library, where that can get there."""
    bucket = asker.bucket
    if not (bucket.jump or bucket.trust.fingerprint):
        return S3Client(asker, journal)
    from skyforge_tui.integrations.object_store.by_hand import ByHandClient

    return ByHandClient(asker, journal)


class _Light:
    """Tells the board how a bucket answered."""

    def __init__(self, name: str, health: HealthBoard, clock: Clock) -> None:
        self._name = name
        self._health = health
        self._clock = clock

    def __call__(self, error: SkyforgeError | None) -> None:
        is_told = not isinstance(error, Lost)  # the bucket answers
        if is_told and isinstance(error, Unavailable | NotSignedIn | Untrusted):
            self._health.failed(self._name, error)
        else:
            self._health.answered(self._name, self._clock.now())
