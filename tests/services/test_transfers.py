"""Transfers go on beside everything else, can be stopped, and outlive the program."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from skyforge_tui.domain.artifact import Artifact, ArtifactRef
from skyforge_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from skyforge_tui.domain.events import ArtifactsChanged, TransfersChanged
from skyforge_tui.domain.guard import Guard
from skyforge_tui.domain.identity import LOCAL, SYSTEM, Principal
from skyforge_tui.domain.transfer import StoppedError, Transfer, TransferKind, TransferState
from skyforge_tui.integrations.object_store.client import ObjectClient
from skyforge_tui.ports.artifact_store import ArtifactStore, Source, Ticket
from skyforge_tui.providers.artifacts.object_store import ObjectArtifactStore
from skyforge_tui.services.transfers import TransferService
from tests.builders import a_project
from tests.fakes.artifacts import Shelf
from tests.fakes.core import Core
from tests.store.supervised import PATIENCE_S

ADA, EVE = Principal("ada"), Principal("eve")
KEY = "artifacts/edge-fabric/notes/a.txt"
DATA = bytes(range(256)) * 4


class HaltingStore(ObjectArtifactStore):
    """Gives the first half of an object, and the rest when it is let."""

    def __init__(self, name: str) -> None:
        super().__init__(name, ObjectClient(MemoryStore(), is_sorted=True))
        self.is_halted = asyncio.Event()
        self.go_on = asyncio.Event()
        self.starts: list[int] = []

    async def begun(self, key: str) -> tuple[Artifact, AsyncGenerator[bytes, None]]:
        """Return it with its two pieces."""
        return await self.head(key), self.stream(key)

    async def stream(
        self, key: str, *, start: int = 0, etag: str = ""
    ) -> AsyncGenerator[bytes, None]:
        """Yield in two pieces."""
        self.starts.append(start)
        data = await self.read(key, start, 1 << 20)
        half = len(data) // 2
        yield data[:half]
        self.is_halted.set()
        await self.go_on.wait()
        yield data[half:]


class DeadStore(ObjectArtifactStore):
    """Takes one piece; its line is dead while it waits for the next."""

    def __init__(self, is_waiting: asyncio.Event) -> None:
        super().__init__("dead", ObjectClient(MemoryStore(), is_sorted=True))
        self._is_waiting = is_waiting

    async def put(
        self, key: str, source: Source, *, overwrite: bool = False, ticket: Ticket | None = None
    ) -> Artifact:
        """Fail while a thread waits for the second piece."""
        assert not isinstance(source, bytes)
        pieces = iter(source)
        await asyncio.to_thread(next, pieces)
        waiting = asyncio.ensure_future(asyncio.to_thread(next, pieces))
        await self._is_waiting.wait()
        waiting.cancel()
        raise Unavailable("the line is dead")


class SlowStore(ObjectArtifactStore):
    """Takes one piece, and in a thread of its own the rest when it is let."""

    def __init__(self) -> None:
        super().__init__("slow", ObjectClient(MemoryStore(), is_sorted=True))
        self.has_one = asyncio.Event()
        self.go_on = threading.Event()
        self.ended = asyncio.Event()
        self.outcome: object = None

    async def put(
        self, key: str, source: Source, *, overwrite: bool = False, ticket: Ticket | None = None
    ) -> Artifact:
        """Note what becomes of the rest."""
        loop, pieces = asyncio.get_running_loop(), iter(source)

        def take() -> None:
            next(pieces)
            loop.call_soon_threadsafe(self.has_one.set)
            assert self.go_on.wait(PATIENCE_S)
            try:
                self.outcome = list(pieces)
            except BaseException as error:  # noqa: BLE001 - told to the test
                self.outcome = error
            loop.call_soon_threadsafe(self.ended.set)

        await asyncio.to_thread(take)
        raise NotImplementedError


@pytest.fixture
async def core() -> Core:
    """Return services with ada's project, a store that halts, and another one."""
    core = Core(shelf=Shelf(store=HaltingStore(LOCAL)))
    core.host.put(a_project())
    await core.catalog.read_all()
    await core.artifacts.put(ADA, ref(KEY), DATA)
    core.events.clear()
    return core


def ref(key: str, store: str = LOCAL) -> ArtifactRef:
    """Return a reference."""
    return ArtifactRef(store, key)


def halting(core: Core) -> HaltingStore:
    """Return the store that halts."""
    assert isinstance(core.shelf.store, HaltingStore)
    return core.shelf.store


def parts(folder: Path) -> list[str]:
    """Return what is there, hidden or not."""
    return sorted(one.name for one in folder.iterdir())


async def test_it_goes_on_without_anybody(core: Core, tmp_path: Path) -> None:
    """Who begins a transfer need not wait; how far it has come is known; then the file is there."""
    target = tmp_path / "a.txt"
    begun = await core.transfers.get(ADA, ref(KEY), target)
    await halting(core).is_halted.wait()
    (seen,) = await core.transfers.list(ADA)
    assert (seen.state, seen.total) == (TransferState.RUNNING, len(DATA))
    assert not target.exists()
    halting(core).go_on.set()
    ended = await core.transfers.wait(ADA, begun.id)
    assert (ended.state, ended.done) == (TransferState.DONE, len(DATA))
    assert target.read_bytes() == DATA
    assert parts(tmp_path) == ["a.txt"]
    assert core.told(TransfersChanged)
    assert core.shelf.book.held == {}


@pytest.mark.parametrize("swapped", ["chosen", "chosen/edge-fabric", "chosen/edge-fabric/notes"])
async def test_a_folder_that_is_swapped(core: Core, tmp_path: Path, swapped: str) -> None:
    """A link that leads to the folder when it is chosen counts; one that comes later is refused."""
    (chosen := tmp_path / "chosen").mkdir()
    (outside := tmp_path / "outside" / "edge-fabric" / "notes").mkdir(parents=True)
    (tmp_path / "link").symlink_to(chosen)
    halting(core).go_on.set()
    prefix = "artifacts/edge-fabric"
    begun = await core.artifact_folders.get_one(ADA, ref(KEY), prefix, tmp_path / "link")
    # It has not taken its first step: that is taken when something here waits.
    (tmp_path / swapped).rename(tmp_path / "moved")
    (tmp_path / swapped).symlink_to(tmp_path / swapped.replace("chosen", "outside"))
    with pytest.raises(Conflict, match="is a link"):
        await core.transfers.wait(ADA, begun.id)
    assert parts(outside) == []
    (tmp_path / swapped).unlink()
    (tmp_path / "moved").rename(tmp_path / swapped)
    again = await core.transfers.retry(ADA, begun.id)
    assert (await core.transfers.wait(ADA, again.id)).state is TransferState.DONE
    assert (chosen / "edge-fabric/notes/a.txt").read_bytes() == DATA


async def test_it_breaks_of_a_defect(core: Core, tmp_path: Path) -> None:
    """What nobody has foreseen is no success: whoever waits hears it, and so does the loop."""
    heard: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, about: heard.append(about["exception"]))
    begun = await core.transfers.get(ADA, ref(KEY), tmp_path / "a.txt")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(core.shelf.carrier, "get", lambda *_, **__: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            await core.transfers.wait(ADA, begun.id)
    (broken,) = await core.transfers.list(ADA)
    assert (broken.state, "ZeroDivisionError" in broken.error) == (TransferState.FAILED, True)
    assert [type(one) for one in heard] == [ZeroDivisionError]
    halting(core).go_on.set()
    again = await core.transfers.retry(ADA, begun.id)
    assert (await core.transfers.wait(ADA, again.id)).state is TransferState.DONE


async def test_a_copy_fails_while_it_waits(core: Core) -> None:
    """What fails while more is awaited fails in its own words, and nothing of it goes on."""
    core.shelf.more.append(DeadStore(halting(core).is_halted))
    transfers = core.shelf.transfers(core.artifacts, core.bus, core.clock, core.lab_index)
    before = asyncio.all_tasks()
    begun = await transfers.copy(ADA, ref(KEY), ref(KEY, "dead"))
    with pytest.raises(Unavailable, match="the line is dead"):
        await transfers.wait(ADA, begun.id)
    assert (await transfers.one(ADA, begun.id)).state is TransferState.FAILED
    assert asyncio.all_tasks() == before


async def test_a_copy_is_abandoned_while_it_is_written(core: Core) -> None:
    """A thread that comes for the next piece when nobody wants it is told no end of the bytes."""
    core.shelf.more.append(slow := SlowStore())
    transfers = core.shelf.transfers(core.artifacts, core.bus, core.clock, core.lab_index)
    begun = await transfers.copy(ADA, ref(KEY), ref(KEY, "slow"))
    await slow.has_one.wait()
    await transfers.abandon(ADA, begun.id)
    slow.go_on.set()
    await slow.ended.wait()
    assert isinstance(slow.outcome, StoppedError)


async def test_it_is_stopped(core: Core, tmp_path: Path) -> None:
    """A stopped transfer leaves nothing under the name; tried again it goes on from there."""
    begun = await core.transfers.get(ADA, ref(KEY), tmp_path / "a.txt")
    await halting(core).is_halted.wait()
    await core.transfers.stop(ADA, begun.id)
    halting(core).go_on.set()
    ended = await core.transfers.wait(ADA, begun.id)
    assert ended.state is TransferState.STOPPED
    assert not (tmp_path / "a.txt").exists()
    assert core.shelf.book.held == {}
    again = await core.transfers.retry(ADA, begun.id)
    assert (await core.transfers.wait(ADA, again.id)).state is TransferState.DONE
    assert halting(core).starts[0] == 0
    assert halting(core).starts[1] > 0
    assert (tmp_path / "a.txt").read_bytes() == DATA


async def test_the_next_program_goes_on(core: Core, tmp_path: Path) -> None:
    """What was under way when a program ended is gone on with by the next, from where it was."""
    begun = await core.transfers.get(ADA, ref(KEY), tmp_path / "a.txt")
    await halting(core).is_halted.wait()
    await asyncio.sleep(0)
    await core.transfers.runner.aclose()
    assert list(core.shelf.book.held) == [begun.id]
    halting(core).go_on.set()
    follower: TransferService = core.shelf.transfers(
        core.artifacts, core.bus, core.clock, core.lab_index
    )
    assert await follower.take_over(SYSTEM) == 1
    assert await follower.take_over(SYSTEM) == 0
    ended = await follower.wait(SYSTEM, begun.id)
    assert (ended.state, ended.is_resumed) == (TransferState.DONE, True)
    assert (tmp_path / "a.txt").read_bytes() == DATA
    assert core.shelf.book.held == {}


async def test_what_changed_meanwhile_begins_anew(core: Core, tmp_path: Path) -> None:
    """Half of the old and half of the new never make a file."""
    begun = await core.transfers.get(ADA, ref(KEY), tmp_path / "a.txt")
    await halting(core).is_halted.wait()
    await core.transfers.stop(ADA, begun.id)
    halting(core).go_on.set()
    await core.transfers.wait(ADA, begun.id)
    await core.artifacts.put(ADA, ref(KEY), DATA[::-1], overwrite=True)
    again = await core.transfers.retry(ADA, begun.id)
    await core.transfers.wait(ADA, again.id)
    assert (tmp_path / "a.txt").read_bytes() == DATA[::-1]


async def test_bytes_that_differ_are_not_kept(core: Core, tmp_path: Path) -> None:
    """What does not have its checksum does not become a file."""
    await core.shelf.store.put(KEY, b"tampered", overwrite=True)
    halting(core).go_on.set()
    begun = await core.transfers.get(ADA, ref(KEY), tmp_path / "a.txt")
    with pytest.raises(Exception, match="checksum differs"):
        await core.transfers.wait(ADA, begun.id)
    assert parts(tmp_path) == []


async def test_put_and_move(core: Core, tmp_path: Path) -> None:
    """A file is stored, then moved to another store with its checksum; then it is there only."""
    other = ObjectArtifactStore("other", ObjectClient(MemoryStore(), is_sorted=True))
    core.shelf.more.append(other)
    service = core.shelf.transfers(core.artifacts, core.bus, core.clock, core.lab_index)
    halting(core).go_on.set()
    (tmp_path / "file").write_bytes(DATA)
    new = "artifacts/edge-fabric/notes/b.txt"
    begun = await service.put(ADA, ref(new), tmp_path / "file")
    await service.wait(ADA, begun.id)
    assert core.told(ArtifactsChanged)[-1].keys == frozenset({new})
    begun = await service.put(ADA, ref(new), tmp_path / "file")
    with pytest.raises(Conflict):
        await service.wait(ADA, begun.id)
    begun = await service.move(ADA, ref(new), ref(new, "other"))
    await service.wait(ADA, begun.id)
    assert await everything(other, new) == DATA
    with pytest.raises(NotFound):
        await core.shelf.store.head(new)
    expected = await core.shelf.carrier.sums.of(other, await other.head(new))
    assert len(expected) == 64


async def everything(store: ArtifactStore, key: str) -> bytes:
    """Return all bytes of an object."""
    return await store.read(key, 0, 1 << 20)


async def test_who_may(core: Core, tmp_path: Path) -> None:
    """Who may not read brings nothing, who may not write stores nothing, nowhere from afar."""
    (tmp_path / "file").write_bytes(DATA)
    with pytest.raises(Forbidden):
        await core.transfers.get(EVE, ref(KEY), tmp_path / "a")
    with pytest.raises(Forbidden):
        await core.transfers.put(EVE, ref(KEY), tmp_path / "file")
    for key in ("../x", ".sums/x", "a/../../b"):
        with pytest.raises(Invalid):
            await core.transfers.put(ADA, ref(key), tmp_path / "file")
        with pytest.raises(Invalid):
            await core.transfers.get(ADA, ref(key), tmp_path / "a")
    core.access.protect(LOCAL, Guard.READ_ONLY)
    for work in (
        core.transfers.put(ADA, ref("x"), tmp_path / "file"),
        core.transfers.move(ADA, ref(KEY), ref("x")),
        core.artifacts.delete(ADA, ref(KEY)),
    ):
        with pytest.raises(Forbidden, match="read-only"):
            await work
    assert parts(tmp_path) == ["file"]


def test_speed_and_rest() -> None:
    """How fast it goes and how long it will is told from this attempt's own bytes."""
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    one = Transfer("1", TransferKind.GET, "s:a/b", "/x", TransferState.RUNNING, begun,
                   done=300, total=500, kept=100)  # fmt: skip
    now = begun + timedelta(seconds=10)
    assert (one.speed(now), one.left_s(now), one.name) == (20.0, 10.0, "b")
    assert one.left_s(begun) is None
