"""Artifacts in an object store, in the words of the domain."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager

from skyforge_tui.domain.artifact import Artifact, ArtifactPage, checked_key, checked_prefix
from skyforge_tui.domain.errors import (
    Conflict,
    Forbidden,
    Invalid,
    Lost,
    NotFound,
    NotSignedIn,
    SkyforgeError,
    Unavailable,
    Untrusted,
)
from skyforge_tui.domain.unfinished import Unfinished
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.object_store.client import ObjectClient
from skyforge_tui.integrations.object_store.refusals import CHANGED, LOST, StoreError, code_of
from skyforge_tui.integrations.object_store.wire import StoredObject
from skyforge_tui.ports.artifact_store import Source, Ticket


class ObjectArtifactStore:
    """Implements `ArtifactStore` and `Sweeping` on a client of any object store."""

    def __init__(
        self,
        name: str,
        client: ObjectClient,
        notice: Callable[[SkyforgeError | None], None] | None = None,
    ) -> None:
        """Take the client; `notice` hears after every call how it ended."""
        self._name = name
        self._client = client
        self._notice = notice

    @property
    def name(self) -> str:
        """What people call it."""
        return self._name

    async def page(
        self, prefix: str, *, deep: bool = False, after: str = "", limit: int = 1000
    ) -> ArtifactPage:
        """Return what lies below `prefix`, sorted by key."""
        with self.translated("list", prefix):
            found = await self._client.page(
                checked_prefix(prefix), deep=deep, after=after, limit=limit
            )
        return ArtifactPage(
            found.folders, tuple(self._artifact(one) for one in found.objects), found.is_more
        )

    async def head(self, key: str) -> Artifact:
        """Return what is known of an object without its bytes."""
        with self.translated("read", key):
            return self._artifact(await self._client.head(checked_key(key)))

    async def read(self, key: str, offset: int, size: int) -> bytes:
        """Return up to `size` bytes from `offset`."""
        with self.translated("read", key):
            return await self._client.read(checked_key(key), offset, size)

    async def stream(
        self, key: str, *, start: int = 0, etag: str = ""
    ) -> AsyncGenerator[bytes, None]:
        """Yield all bytes of an object from `start`."""
        with self.translated("read", key):
            async with aclosing(self._client.stream(checked_key(key), start, etag)) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def begun(self, key: str) -> tuple[Artifact, AsyncGenerator[bytes, None]]:
        """Return what is known of an object, and all its bytes."""
        with self.translated("read", key):
            found, chunks = await self._client.begun(checked_key(key))
        return self._artifact(found), self._translated_chunks(key, chunks)

    async def _translated_chunks(
        self, key: str, chunks: AsyncGenerator[bytes, None]
    ) -> AsyncGenerator[bytes, None]:
        with self.translated("read", key):
            async with aclosing(chunks):
                async for chunk in chunks:
                    yield chunk

    async def put(
        self,
        key: str,
        source: Source,
        *,
        overwrite: bool = False,
        ticket: Ticket | None = None,
    ) -> Artifact:
        """Store an object, whole or not at all."""
        with self.translated("put", key):
            if ticket is None:
                found = await self._client.put(checked_key(key), source, overwrite=overwrite)
            else:
                found = await self._client.put(
                    checked_key(key), source, overwrite=overwrite, ticket=ticket.name,
                    size=ticket.size, kept=ticket.kept, ahead=ticket.ahead,
                )  # fmt: skip
            return self._artifact(found)

    async def left(self) -> tuple[Unfinished, ...]:
        """Return what was begun from here, is not there, and nobody carries on just now."""
        with self.translated("list", ""):
            found = await self._client.left()
        return tuple(
            Unfinished(self._name, one.ticket, one.key, one.size, one.begun_at) for one in found
        )

    async def drop(self, ticket: str) -> None:
        """Let go of what a put left, unless somebody carries it on."""
        with self.translated("delete", ""):
            await self._client.drop(ticket)

    async def copy(self, source: str, target: str, *, overwrite: bool = False) -> None:
        """Store an object a second time under another key."""
        with self.translated("read", source):
            await self._client.head(checked_key(source))
        with self.translated("put", target):
            await self._client.copy(source, checked_key(target), overwrite=overwrite)

    async def delete(self, key: str) -> None:
        """Remove an object."""
        with self.translated("delete", key):
            await self._client.delete(checked_key(key))

    async def clear(self, keys: Sequence[str]) -> None:
        """Remove objects; those that are not there are passed over."""
        with self.translated("delete", keys[0] if keys else ""):
            await self._client.clear([checked_key(key) for key in keys])

    def _artifact(self, one: StoredObject) -> Artifact:
        return Artifact(
            self._name, one.key, one.size, one.modified_at, checksum=one.sha256, etag=one.etag
        )

    @contextmanager
    def translated(self, verb: str, key: str) -> Iterator[None]:
        """Turn what fails in the block into an error of the domain, and tell how it went."""
        failure: SkyforgeError | None = None
        try:
            yield
        except TransportError as error:
            failure = self._error(error, verb, key)
        if self._notice is not None:
            self._notice(failure)
        if failure is not None:
            raise failure

    def _error(self, error: TransportError, verb: str, key: str) -> SkyforgeError:
        operation = f"artifact.{verb}"
        advice = error.advice if isinstance(error, StoreError) else ""
        said = {"upstream": self._name, "operation": operation, "advice": advice}
        match error.kind:
            case "missing":
                return NotFound(
                    f"no artifact {key} in {self._name}", operation=operation,
                    advice="list them with artifacts ls",
                )  # fmt: skip
            case "exists" if isinstance(error, StoreError) and error.code == CHANGED:
                return Conflict(
                    f"{key} was changed meanwhile", upstream=self._name, operation=operation,
                    advice="try again: it begins anew",
                )  # fmt: skip
            case "exists":
                return Conflict(
                    f"{key} is in {self._name} already", operation=operation,
                    advice="say --overwrite to replace it, or choose another key",
                )  # fmt: skip
            case "invalid":
                return Invalid(f"{key}: {error.message}", operation=operation, advice=advice)
            case "refused" | "forbidden":
                return Forbidden(error.message, **said)
            case "unauthorized":
                return NotSignedIn(error.message, **said)
            case "untrusted":
                said["advice"] = advice or "say whose authority to believe: tls.ca_file"
                return Untrusted(error.message, **said)
            case "failed" if code_of(error) in LOST:
                return Lost(error.message, **said)
            case _:
                said["advice"] = advice or "try again; nothing was changed"
                return Unavailable(error.message, **said)
