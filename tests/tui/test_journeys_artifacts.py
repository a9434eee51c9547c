"""What one does with artifacts, from end to end: find, follow back to the run, look after them."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from obstore.store import MemoryStore
from textual.pilot import Pilot

from skyforge_tui.domain.identity import LOCAL
from skyforge_tui.domain.manifest import manifest_key
from skyforge_tui.integrations.object_store.client import ObjectClient
from skyforge_tui.providers.artifacts.object_store import ObjectArtifactStore
from tests.fakes.artifacts import Shelf
from tests.fakes.clock import FakeClock
from tests.fakes.core import Core
from tests.tui.cockpit_harness import (
    press,
    screen_text,
    shows,
    until_gone,
    until_idle,
    until_shown,
    write,
)
from tests.tui.drawing import until
from tests.tui.pretend import NOW, Estate, PretendLogs
from tests.tui.pretend_artifacts import CONTENT, OURS, a_shelf

LINES = b"".join(b"line %d of the drain\n" % number for number in range(4000))


class LendingStore(ObjectArtifactStore):
    """A store whose objects have addresses."""

    async def url(self, key: str, lasts: timedelta) -> str:
        """Return one that says how long it lasts."""
        return f"https://s3.example.net/{key}?lasts={lasts.total_seconds():.0f}"


@asynccontextmanager
async def place(
    shelf: Shelf | None = None, size: tuple[int, int] = (120, 36)
) -> AsyncIterator[tuple[Pilot[Any], Estate]]:
    """Give the cockpit at Artifacts, on what runs of the pretended workspace left."""
    core = Core(clock=FakeClock(NOW), logs=PretendLogs(), shelf=shelf or a_shelf())
    estate = Estate(core=core)
    async with estate.app().run_test(size=size) as pilot:
        await until_idle(pilot)
        await press(pilot, "4", shows="mpls-core")
        await until_idle(pilot)
        yield pilot, estate


async def test_found_and_followed_to_its_line(tmp_path: Path) -> None:
    """What is found far below leads to its run, where the output names it, and back."""
    async with place() as (pilot, estate):
        await press(pilot, "f", shows=("Find below here", "however deep"))
        await write(pilot, "SPINE1")
        await press(pilot, "enter", shows="“SPINE1”: 2 of")
        await until_shown(pilot, "…806/configs/spine1.cfg", "run 791 ✓")
        estate.core.logs.grow("806", b"wrote configs/spine1.cfg\nand much more\n" + b"more\n" * 99)
        await press(pilot, "G", shows="run 806 ✓")
        await press(pilot, "u", shows=("806 deploy-bgp", "wrote configs/spine1.cfg", "1 of 1"))
        await press(pilot, "4", shows="“SPINE1”: 2 of")
        await press(pilot, "escape", shows="mpls-core")
        assert not shows(pilot.app, "SPINE1")


async def test_a_run_that_never_names_it() -> None:
    """Where the output does not name an artifact, one sees the output as ever."""
    async with place() as (pilot, _):
        await press(pilot, "f")
        await write(pilot, "leaf2")
        await press(pilot, "enter", shows="run 791 ✓")
        await press(pilot, "u", shows="791 deploy-bgp")
        await until_idle(pilot)
        await until_gone(pilot, "leaf2.cfg")


async def test_nothing_is_called_so() -> None:
    """What is nowhere is said to be nowhere, and one is led back."""
    async with place(size=(80, 24)) as (pilot, _):
        await press(pilot, "f")
        await write(pilot, "nowhere")
        await press(pilot, "enter", shows=("“nowhere”: 0 of", "Nothing is called so."))
        await press(pilot, "h", shows="mpls-core")


async def test_a_run_that_is_gone() -> None:
    """Of a run without a record, its manifest still tells who did what."""
    shelf = a_shelf()
    data = await shelf.store.read(manifest_key(f"{OURS}/806"), 0, 1 << 20)
    gone = data.replace(b'"local:806"', b'"local:999"').replace(b'"number": 806', b'"number": 999')
    for name, content in (("manifest.json", gone), ("a.cfg", b"hostname a\n")):
        await shelf.store.put(f"{OURS}/999/{name}", content)
    async with place(shelf) as (pilot, _):
        await press(pilot, "enter", shows="999/")
        await press(pilot, "g", "enter", shows=("a.cfg", "not here; its manifest tells"))
        await press(
            pilot, "u", shows=("as its manifest tells", "ansible-playbook", "made elsewhere")
        )
        await press(pilot, "escape", "d", shows="made by")


async def test_an_address_to_hand_on() -> None:
    """`y` offers an address where the store has some; elsewhere it says why there is none."""
    store = LendingStore(LOCAL, ObjectClient(MemoryStore(), is_sorted=True))
    for key in ("artifacts/edge-fabric/notes/a.txt", "artifacts/mpls-core/b.txt"):
        await store.put(key, b"one\n")
    async with place(Shelf(store=store)) as (pilot, _):
        await press(pilot, "enter", "enter", shows="a.txt")
        await until_idle(pilot)
        await press(pilot, "y", shows=("address, 1 hour", "anybody who has it"))
        await press(pilot, "u", shows="Copied address, 1 hour")
        copied = "https://s3.example.net/artifacts/edge-fabric/notes/a.txt?lasts=3600"
        assert pilot.app.clipboard == copied
        assert not shows(pilot.app, "lasts=3600")
    async with place() as (pilot, _):
        await press(pilot, "f", *"report", "enter", shows="1 of")
        await press(pilot, "y", "u", shows="has no address")


async def test_read_as_a_log(tmp_path: Path) -> None:
    """A log opens in the view of logs: all of it, packed or not, with its search; and back."""
    shelf = a_shelf()
    await shelf.store.put("artifacts/mpls-core/797/drain.log.1.gz", gzip.compress(LINES))
    async with place(shelf) as (pilot, _):
        await press(pilot, "f", *"drain", "enter", shows="2 of")
        await press(pilot, "G", "enter", shows=("line 0 of the drain", "drain.log.1.gz"))
        await press(pilot, "t", shows="nobody knows when its lines came")
        await press(pilot, "escape")
        await press(pilot, "slash")
        await write(pilot, "line 3777")
        await press(pilot, "enter", shows=("line 3777 of the drain", "1 of 1"))
        await press(pilot, "escape", "q", shows="“drain”: 2 of")
        await press(pilot, "g", "enter", shows="drained")
        await press(pilot, "q", shows="“drain”: 2 of")


async def test_saved_where_one_says(tmp_path: Path) -> None:
    """`w` saves to a folder or under a name of one's choice, and overwrites nothing."""
    (tmp_path / "here").mkdir()
    async with place() as (pilot, _):
        app: Any = pilot.app
        app.bridge.directory = str(tmp_path)
        await press(pilot, "f", *"plan", "enter", shows="1 of")
        await press(pilot, "w", shows="Save plan.txt")
        await press(pilot, *"here", "slash", "enter")
        await until(pilot, lambda: (tmp_path / "here" / "plan.txt").exists())
        await press(pilot, "w", shows="Save plan.txt")
        await press(pilot, *"other", "enter")
        await until(pilot, lambda: (tmp_path / "other").exists())
        assert (tmp_path / "other").read_bytes() == b"plan\n"
        await press(pilot, "w", *"other", "enter", shows="there is a other already")


async def test_verified_in_view() -> None:
    """What was changed behind one's back is told first; what nobody noted is open."""
    async with place() as (pilot, estate):
        key = f"{OURS}/806/report.html"
        await estate.core.shelf.store.put(key, b"tampered", overwrite=True)
        await press(pilot, "enter", shows="806/")
        await press(pilot, "A", shows=("Look after", "verify", "what goes", "learn again"))
        await press(pilot, "enter", shows="5 done, 1 failed, 1 open")
        rows = screen_text(pilot.app)
        bad, good = (
            next(at for at, row in enumerate(rows) if text in row)
            for text in ("× report.html", "✓ capture.pcap")
        )
        assert bad < good
        assert shows(pilot.app, "its bytes are not those", "no checksum was noted")


async def test_what_goes_is_told_first() -> None:
    """By an age or a size one is shown which runs' artifacts go; then they do, and nothing else."""
    async with place() as (pilot, estate):
        await press(pilot, "enter", shows="806/")
        await press(pilot, "A", *"goes", "enter", shows=("What goes", "an age, a size in all"))
        await write(pilot, "36h")
        await press(pilot, "enter", shows=("Remove what 1 run left", f"{OURS}/791", "2d ago"))
        await press(pilot, "enter", shows="1 done")
        await press(pilot, "escape")
        await until_gone(pilot, "791/")
        left = [one.key for one in (await estate.core.shelf.store.page(OURS, deep=True)).artifacts]
        assert not [one for one in left if one.startswith(f"{OURS}/791")]
        assert f"{OURS}/799/sessions.json" in left
        await press(pilot, "A", *"goes", "enter", shows="What goes")
        await write(pilot, "ninety")
        await press(pilot, "enter", shows="is neither an age nor a size")


async def test_totals_and_learning() -> None:
    """All below a folder is counted; what runs left is learned from the manifests of the store."""
    async with place() as (pilot, estate):
        await press(pilot, "A", *"totals", "enter", shows=("All below", "kept for good"))
        total = len(CONTENT) + 3
        await press(pilot, "escape")
        assert shows(pilot.app, f"{total} objects")
        estate.core.shelf.cache.held.clear()
        await press(pilot, "A", *"learn", "enter", shows="What 3 runs left is known")
        assert len(estate.core.shelf.cache.held) == 3
