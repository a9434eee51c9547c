"""Transfers that are tried again: by the same command, by the next program, after a lost answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from skyforge_tui.domain.artifact import Artifact, ArtifactRef
from skyforge_tui.domain.errors import Conflict, Forbidden, Invalid, Lost, NotFound, Unavailable
from skyforge_tui.domain.identity import LOCAL, SYSTEM, Principal
from skyforge_tui.domain.transfer import Transfer, TransferKind, TransferState
from skyforge_tui.integrations.object_store.client import ObjectClient
from skyforge_tui.integrations.object_store.directory import DirectoryClient
from skyforge_tui.integrations.object_store.wire import StoredObject
from skyforge_tui.ports.artifact_store import Source, Ticket
from skyforge_tui.providers.artifacts.local_files import LocalArtifactFiles
from skyforge_tui.providers.artifacts.object_store import ObjectArtifactStore
from skyforge_tui.services.carrier import Carrier
from skyforge_tui.services.checksums import Checksums
from skyforge_tui.services.transfers import TransferService
from tests.builders import NOON, a_project
from tests.fakes.artifacts import Shelf
from tests.fakes.core import Core

ADA, EVE = Principal("ada"), Principal("eve")
KEY = "artifacts/edge-fabric/notes/a.bin"
OTHER = "artifacts/edge-fabric/notes/b.bin"
DATA = bytes(range(256)) * (40 << 10)


class PulledFiles(LocalArtifactFiles):
    """Files whose disk can be pulled out after the first piece."""

    is_pulled = False

    def read(self, path: Path) -> Generator[bytes, None, None]:
        """Yield pieces, the first of them alone when the disk is pulled."""
        for piece in super().read(path):
            yield piece
            if self.is_pulled:
                raise Unavailable("the disk was pulled")


@pytest.fixture
async def core(tmp_path: Path) -> Core:
    """Return services with ada's project, and a directory for a store."""
    store = ObjectArtifactStore(LOCAL, DirectoryClient(tmp_path / "store"))
    core = Core(shelf=Shelf(store=store, carrier=Carrier(PulledFiles(), Checksums())))
    core.host.put(a_project())
    await core.catalog.read_all()
    (tmp_path / "file").write_bytes(DATA)
    return core


def ref(key: str) -> ArtifactRef:
    """Return a reference."""
    return ArtifactRef(LOCAL, key)


def pull(core: Core, is_pulled: bool) -> None:
    """Pull the disk out, or put it back."""
    files = core.shelf.carrier._files
    assert isinstance(files, PulledFiles)
    files.is_pulled = is_pulled


def follower(core: Core) -> TransferService:
    """Return the service of the next program."""
    return core.shelf.transfers(core.artifacts, core.bus, core.clock, core.lab_index)


async def failed(core: Core, tmp_path: Path) -> Transfer:
    """Let a put fail when one piece is stored."""
    pull(core, True)
    begun = await core.transfers.put(ADA, ref(KEY), tmp_path / "file")
    with pytest.raises(Unavailable, match="pulled"):
        await core.transfers.wait(ADA, begun.id)
    pull(core, False)
    return begun


async def test_the_same_again_goes_on(core: Core, tmp_path: Path) -> None:
    """What failed waits; who asks for the same again, in any program, sends only the rest."""
    begun = await failed(core, tmp_path)
    (left,) = await core.transfers.unfinished(ADA, ref(""))
    assert (left.key, left.size) == (KEY, 1 << 20)
    service = follower(core)
    assert await service.take_over(SYSTEM) == 0  # it failed: nobody tries that unasked
    again = await service.put(ADA, ref(KEY), tmp_path / "file")
    ended = await service.wait(ADA, again.id)
    assert (again.id, ended.state, ended.kept) == (begun.id, TransferState.DONE, 1 << 20)
    assert await core.shelf.store.read(KEY, 0, len(DATA)) == DATA
    assert core.shelf.book.held == {}
    assert await core.transfers.unfinished(ADA, ref("")) == ()


async def test_what_cannot_come_to_be_is_let_go(core: Core, tmp_path: Path) -> None:
    """A put that can never succeed, or that somebody stopped, leaves nothing out of sight."""
    await failed(core, tmp_path)
    await core.shelf.store.put(KEY, b"another's")
    again = await core.transfers.put(ADA, ref(KEY), tmp_path / "file")
    with pytest.raises(Conflict):
        await core.transfers.wait(ADA, again.id)
    assert core.shelf.book.held == {}
    assert await core.shelf.store.left() == ()
    assert await core.shelf.store.read(KEY, 0, 99) == b"another's"


async def done_but_untold(core: Core, kind: TransferKind, source: str, target: str) -> Transfer:
    """Note a transfer as a program left it that was killed when all was done but the telling."""
    transfer = Transfer("t1", kind, source, target, TransferState.RUNNING, NOON)
    await core.shelf.book.write(transfer)
    service = follower(core)
    assert await service.take_over(SYSTEM) == 1
    return await service.wait(SYSTEM, "t1")


async def test_what_was_done_is_done(core: Core, tmp_path: Path) -> None:
    """A program killed before it could say so had stored it: that is found out by the bytes."""
    await core.shelf.store.put(KEY, DATA)
    file, local = str(tmp_path / "file"), f"{LOCAL}:{KEY}"
    ended = await done_but_untold(core, TransferKind.PUT, file, local)
    assert (ended.state, ended.done) == (TransferState.DONE, len(DATA))
    assert len(await core.shelf.carrier.sums.of(core.shelf.store, await head(core, KEY))) == 64
    ended = await done_but_untold(core, TransferKind.GET, local, file)
    assert (ended.state, ended.done) == (TransferState.DONE, len(DATA))
    await core.shelf.store.put(OTHER, DATA)
    ended = await done_but_untold(core, TransferKind.MOVE, f"{LOCAL}:{OTHER}", local)
    assert ended.state is TransferState.DONE
    with pytest.raises(NotFound):
        await head(core, OTHER)
    ended = await done_but_untold(core, TransferKind.MOVE, f"{LOCAL}:{OTHER}", local)
    assert ended.state is TransferState.DONE


async def test_what_was_not_done_is_not(core: Core, tmp_path: Path) -> None:
    """Other bytes under the name are somebody else's: nothing is replaced, nothing removed."""
    await core.shelf.store.put(KEY, DATA[::-1])
    await core.shelf.store.put(OTHER, DATA)
    file, local = str(tmp_path / "file"), f"{LOCAL}:{KEY}"
    for kind, source, target in (
        (TransferKind.PUT, file, local), (TransferKind.GET, local, file),
        (TransferKind.MOVE, f"{LOCAL}:{OTHER}", local),
    ):  # fmt: skip
        with pytest.raises(Conflict):
            await done_but_untold(core, kind, source, target)
    assert await core.shelf.store.read(KEY, 0, len(DATA)) == DATA[::-1]
    assert await core.shelf.store.read(OTHER, 0, len(DATA)) == DATA
    assert (tmp_path / "file").read_bytes() == DATA


async def head(core: Core, key: str) -> Artifact:
    """Return what is known of an artifact."""
    return await core.shelf.store.head(key)


async def test_rubbish_is_swept(core: Core, tmp_path: Path) -> None:
    """Who may, lets go of what broke off; after a week that happens by itself, not before."""
    begun = await failed(core, tmp_path)
    assert await core.transfers.unfinished(EVE, ref("")) == ()
    (left,) = await core.transfers.unfinished(ADA, ref("artifacts/edge-fabric"))
    with pytest.raises(Forbidden):
        await core.transfers.drop(EVE, ref(KEY), left)
    with pytest.raises(Invalid):
        await core.transfers.drop(ADA, ref(OTHER), left)
    assert await core.transfers.sweep(SYSTEM) == 0
    known = core.shelf.book.held[begun.id]
    core.shelf.book.taken.add(begun.id)  # somebody has begun to go on with it
    await core.transfers.drop(ADA, ref(KEY), left)
    assert len(await core.shelf.store.left()) == 1
    core.shelf.book.taken.clear()
    assert known.ended_at is not None
    old = replace(known, ended_at=known.ended_at - timedelta(days=8))
    for one in (old, replace(old, id="t9")):  # which failed before anything was stored
        await core.shelf.book.write(one)
    assert await core.transfers.sweep(SYSTEM) == 1
    assert (await core.shelf.store.left(), core.shelf.book.held) == ((), {})


async def test_a_move_onto_itself(core: Core) -> None:
    """What is moved to where it is stays, whatever is said, also by another name of its store."""
    twin = ObjectArtifactStore("twin", core.shelf.store._client)
    core.shelf.more.append(twin)
    await core.artifacts.put(ADA, ref(KEY), DATA)
    with pytest.raises(Conflict, match="there already"):
        await core.transfers.move(ADA, ref(KEY), ref(KEY), overwrite=True)
    service = follower(core)
    begun = await service.move(ADA, ref(KEY), ArtifactRef("twin", KEY), overwrite=True)
    with pytest.raises(Conflict, match="both are kept"):
        await service.wait(ADA, begun.id)
    assert await core.shelf.store.read(KEY, 0, len(DATA)) == DATA


class PlacedStore(ObjectArtifactStore):
    """A bucket that tells etags of the bytes alone, and times in seconds, as rclone does."""

    def place_of(self, key: str) -> str:
        """Return the same for every connection to it."""
        return f"labs/{key}"

    async def stream(
        self, key: str, *, start: int = 0, etag: str = ""
    ) -> AsyncGenerator[bytes, None]:
        """Yield all bytes, of whatever version: rclone knows no If-Match."""
        async with aclosing(super().stream(key, start=start)) as chunks:
            async for chunk in chunks:
                yield chunk

    def _artifact(self, one: StoredObject) -> Artifact:
        found = super()._artifact(one)
        return replace(found, etag=str(found.size), modified_at=NOON)


@pytest.mark.parametrize("overwrite", [False, True])
async def test_two_connections_to_one_bucket(overwrite: bool) -> None:
    """What is moved onto itself by another connection stays, however often it is tried again."""
    client = ObjectClient(MemoryStore(), is_sorted=True)
    one = PlacedStore(LOCAL, client)
    core = Core(shelf=Shelf(store=one, more=[PlacedStore("other", client)]))
    core.host.put(a_project())
    await core.catalog.read_all()
    await core.artifacts.put(ADA, ref(KEY), DATA)
    begun = await core.transfers.move(ADA, ref(KEY), ArtifactRef("other", KEY), overwrite=overwrite)
    for _ in range(2):
        with pytest.raises(Conflict):
            await core.transfers.wait(ADA, begun.id)
        assert await one.read(KEY, 0, len(DATA)) == DATA
        begun = await core.transfers.retry(ADA, begun.id)
    with pytest.raises(Conflict, match="same artifact"):
        await core.transfers.wait(ADA, begun.id)
    assert await one.read(KEY, 0, len(DATA)) == DATA


async def test_a_copy_that_is_not_the_same(core: Core) -> None:
    """Bytes that are not those of their checksum are copied nowhere, and moved nowhere."""
    other = ObjectArtifactStore("other", ObjectClient(MemoryStore(), is_sorted=True))
    core.shelf.more.append(other)
    await core.artifacts.put(ADA, ref(KEY), DATA)
    await core.shelf.store.put(KEY, DATA[:-1] + b"!", overwrite=True)
    service = follower(core)
    for work in (service.copy, service.move):
        begun = await work(ADA, ref(KEY), ArtifactRef("other", KEY))
        with pytest.raises(Unavailable, match="checksum differs"):
            await service.wait(ADA, begun.id)
    assert (await other.page("artifacts", deep=True)).artifacts == ()
    assert (await head(core, KEY)).size == len(DATA)


class LosingStore(ObjectArtifactStore):
    """Loses what an earlier try has brought, as it finds out in the end."""

    is_lost = True

    async def put(
        self, key: str, source: Source, *, overwrite: bool = False, ticket: Ticket | None = None
    ) -> Artifact:
        """Take all of it, and lose it once."""
        if ticket is None or not self.is_lost:
            return await super().put(key, source, overwrite=overwrite, ticket=ticket)
        self.is_lost = False
        for piece in [source] if isinstance(source, bytes) else source:
            ticket.kept(len(piece))
        raise Lost("a part of the upload was lost there", upstream=self.name)


async def test_what_was_lost_is_sent_anew(core: Core, tmp_path: Path) -> None:
    """Where a store has lost what was brought before, all is sent anew, and nobody is asked."""
    store = LosingStore("other", ObjectClient(MemoryStore(), is_sorted=True))
    core.shelf.more.append(store)
    service = follower(core)
    begun = await service.put(ADA, ArtifactRef("other", KEY), tmp_path / "file")
    ended = await service.wait(ADA, begun.id)
    assert (ended.state, ended.kept, ended.done) == (TransferState.DONE, 0, len(DATA))
    assert await store.read(KEY, 0, len(DATA)) == DATA
