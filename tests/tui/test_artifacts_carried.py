"""Carrying artifacts by keys: between stores, from files; what is under way is seen everywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from obstore.store import MemoryStore
from textual.pilot import Pilot

from skyforge_tui.domain.artifact import Artifact, ArtifactPage
from skyforge_tui.domain.identity import LOCAL
from skyforge_tui.domain.transfer import Transfer, TransferKind, TransferState
from skyforge_tui.integrations.object_store.client import ObjectClient
from skyforge_tui.integrations.object_store.wire import StoredObject
from skyforge_tui.providers.artifacts.object_store import ObjectArtifactStore
from skyforge_tui.tui.presenters.cells import text_of
from skyforge_tui.tui.presenters.transfers import about_lines, busy_lines, cells
from skyforge_tui.tui.screens.artifacts.store_view import StoreView
from tests.builders import NOON
from tests.fakes.artifacts import Shelf
from tests.fakes.core import Core
from tests.tui.cockpit_harness import press, shows, until_gone, until_idle, until_shown
from tests.tui.pretend import Estate

BIG = 9 << 20
NOTES = "artifacts/edge-fabric/notes"


class HaltingStore(ObjectArtifactStore):
    """Says that objects are large, and gives their second half when it is let.

    All that lies below a prefix is told when `tell` is set.
    """

    def __init__(self) -> None:
        super().__init__(LOCAL, ObjectClient(MemoryStore(), is_sorted=True))
        self.go_on = asyncio.Event()
        self.tell = asyncio.Event()
        self.tell.set()

    async def page(
        self, prefix: str, *, deep: bool = False, after: str = "", limit: int = 1000
    ) -> ArtifactPage:
        """Return what lies below a prefix, when it may."""
        if deep:
            await self.tell.wait()
        return await super().page(prefix, deep=deep, after=after, limit=limit)

    async def begun(self, key: str) -> tuple[Artifact, AsyncGenerator[bytes, None]]:
        """Return it with its two pieces."""
        return await self.head(key), self.stream(key)

    async def stream(
        self, key: str, *, start: int = 0, etag: str = ""
    ) -> AsyncGenerator[bytes, None]:
        """Yield in two pieces."""
        yield b"x" * (BIG // 2 - start)
        await self.go_on.wait()
        yield b"x" * (BIG - BIG // 2)

    def _artifact(self, one: StoredObject) -> Artifact:
        found = super()._artifact(one)
        return replace(found, size=BIG) if one.key.endswith(".bin") else found


@asynccontextmanager
async def place() -> AsyncIterator[tuple[Pilot[Any], Estate, HaltingStore]]:
    """Give the cockpit at the notes of a project, with two stores."""
    store = HaltingStore()
    other = ObjectArtifactStore("lab", ObjectClient(MemoryStore(), is_sorted=True))
    for key, data in (("a.txt", b"one\ntwo\n"), ("b.txt", b"one\n2\n"), ("big.bin", b"x")):
        await store.put(f"{NOTES}/{key}", data)
    estate = Estate(core=Core(shelf=Shelf(store=store, more=[other])))
    async with estate.app().run_test(size=(120, 36)) as pilot:
        await until_idle(pilot)
        await pilot.press("4")
        await until_shown(pilot, "a.txt")
        yield pilot, estate, store


async def test_to_another_store() -> None:
    """`c` copies to another store, `m` moves, `s` looks there; the log has the commands."""
    async with place() as (pilot, estate, store):
        store.go_on.set()
        await press(pilot, "c", shows=("Copy a.txt", f"local:{NOTES}/a.txt", "stores: local, lab"))
        await press(pilot, "ctrl+u", *"lab:artifacts/edge-fabric/x/", "enter")
        await until_idle(pilot)
        await press(pilot, "s", shows="STORE LAB")
        await press(pilot, "@", shows=(f"artifacts cp {NOTES}/a.txt", "lab:artifacts"))
        await press(pilot, "escape", "s", shows="STORE LOCAL")
        assert [one.key for one in (await estate.core.shelf.more[0].page("", deep=True)).artifacts]


async def test_a_folder_to_another_store() -> None:
    """All that lies in a folder is carried, as it lies there; the header tells how far it is."""
    async with place() as (pilot, estate, store):
        store.go_on.set()
        core = estate.core.shelf
        for key in ("a.txt", "deep/b.txt"):
            await core.store.put(f"{NOTES}/old/{key}", b"12345")
        await press(pilot, "R", shows="old/")
        await press(pilot, "g", "c", shows=("Copy old/", f"local:{NOTES}/old"))
        await press(pilot, "ctrl+u", *"lab:artifacts/edge-fabric/kept/", "enter")
        await until_idle(pilot)
        await press(pilot, "t", shows=("Transfers", "✓ done", "copy local:"))
        await press(pilot, "escape", "@", shows=f"artifacts cp -r {NOTES}/old")
        found = (await core.more[0].page("artifacts/edge-fabric/kept", deep=True)).artifacts
        assert [one.key.rpartition("kept/")[2] for one in found] == ["old/a.txt", "old/deep/b.txt"]


async def test_nobody_knows_yet_which_stores_there_are() -> None:
    """As long as the stores are asked for it is not said that there is one only."""
    async with place() as (pilot, _, _):
        app: Any = pilot.app
        app.screen.view = StoreView()
        await press(pilot, "s", shows="still asking which there are")


async def test_two_beside_each_other() -> None:
    """Two that are marked are compared line by line."""
    async with place() as (pilot, _, _):
        await press(pilot, "space", "space", "equals_sign", shows=("a.txt → b.txt", "-two", "+2"))


async def test_a_file_of_this_machine(tmp_path: Path) -> None:
    """`a` stores a file in the folder one is in; one that is not there is said to be missing."""
    (tmp_path / "plan.md").write_text("# plan\n")
    async with place() as (pilot, _, _):
        app: Any = pilot.app
        app.bridge.directory = str(tmp_path)
        await press(pilot, "a", shows=("Store a file here", f"as local:{NOTES}/NAME"))
        await press(pilot, *"plan.md", "enter", shows="plan.md")
        await press(pilot, "a", *"no", "enter")
        await until_shown(pilot, "put no failed", "no file")


async def test_a_folder_goes_after_counting() -> None:
    """`D` on a folder counts what is in it before it asks; then all of it is gone."""
    async with place() as (pilot, estate, _):
        for key in ("a.txt", "deep/b.txt"):
            await estate.core.shelf.store.put(f"{NOTES}/old/{key}", b"12345")
        await press(pilot, "R", shows="old/")
        await press(pilot, "g", "D", shows=("Delete all in old/", "2 artifacts  10 B", "rm -r"))
        await press(pilot, "escape", "D", "enter", shows="Deleted")
        left = (await estate.core.shelf.store.page(f"{NOTES}/old", deep=True)).artifacts
        assert left == ()


async def test_a_late_count_asks_nobody() -> None:
    """While a folder is counted one sees that; who does not wait is not asked later."""
    async with place() as (pilot, estate, store):
        await estate.core.shelf.store.put(f"{NOTES}/old/a.txt", b"12345")
        await press(pilot, "R", shows="1 object")
        store.tell.clear()
        await press(pilot, "g", "D", shows=("Delete all in old/", "counting what lies there"))
        await pilot.press("enter", "y")  # nothing of that reaches what lies below
        await pilot.press("escape")
        await until_gone(pilot, "counting what lies there")
        store.tell.set()
        await until_idle(pilot)
        assert not shows(pilot.app, "Delete all in")
        store.tell.clear()
        await press(pilot, "D", shows="counting what lies there")
        store.tell.set()
        await until_shown(pilot, "Delete all in old/", "1 artifact  5 B", "enter delete")
        await press(pilot, "escape")


async def test_it_goes_on_beside(tmp_path: Path) -> None:
    """A large file is saved beside everything else: the header tells, `t` lists and stops it."""
    async with place() as (pilot, _, store):
        app: Any = pilot.app
        app.bridge.directory = str(tmp_path)
        await press(pilot, "G", "S", shows="Saving big.bin")
        await until_shown(pilot, "↓ big.bin 50%")
        await press(pilot, "3")
        await until_shown(pilot, "↓ big.bin 50%")
        await press(pilot, "4", "t", shows=("Transfers", "→ runs", "get local:"))
        await press(pilot, "ctrl+x")
        store.go_on.set()
        await until_shown(pilot, "stopped")
        await press(pilot, "ctrl+r")
        await until_shown(pilot, "✓ done")
        await press(pilot, "escape")
        assert not shows(pilot.app, "↓ big.bin")
        assert (tmp_path / "big.bin").stat().st_size == BIG


def test_words_of_transfers() -> None:
    """The header says what goes on in fewer and fewer words; nothing where nothing does."""
    one = Transfer("1", TransferKind.GET, "s:a/big.bin", "/x", TransferState.RUNNING, NOON,
                   done=30_000_000, total=60_000_000)  # fmt: skip
    now = NOON + timedelta(seconds=10)
    assert [text_of(each) for each in busy_lines([one], now)] == [
        "↓ big.bin 50% 3.0 MB/s 10s", "↓ 50% 3.0 MB/s 10s", "↓ 50% 3.0 MB/s", "↓ 50%",
    ]  # fmt: skip
    other = replace(one, id="2", kind=TransferKind.PUT, done=60_000_000)
    assert text_of(busy_lines([one, other], now)[-1]) == "⇄ 2 75%"
    ended = replace(one, state=TransferState.FAILED, error="no room", advice="make room")
    assert busy_lines([ended], now) == []
    assert [text_of(each) for each in about_lines(ended)] == [
        "get s:a/big.bin", "no room", "make room",
    ]  # fmt: skip
    assert text_of(cells(ended, now)["state"]).split() == ["×", "failed"]
