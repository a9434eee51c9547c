"""Walking through the store by keys: down, reading, up, to the run, saving and deleting."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from skyforge_tui.domain.artifact import ArtifactPage, ArtifactRef
from skyforge_tui.domain.collection import Collection, Refusal
from skyforge_tui.domain.identity import LOCAL, RunId
from skyforge_tui.domain.manifest import Kept, manifest_key, written
from skyforge_tui.domain.markers import Marker, MarkerKind
from skyforge_tui.tui.app import SkyforgeApp
from skyforge_tui.tui.presenters.artifacts import twigs
from skyforge_tui.tui.presenters.cells import text_of
from skyforge_tui.tui.presenters.made import made_lines
from skyforge_tui.tui.screens.artifacts.screen import ArtifactsScreen
from tests.builders import a_detail
from tests.tui.cockpit_harness import (
    press,
    row_with,
    screen_text,
    shows,
    until_gone,
    until_idle,
    until_shown,
    write,
)
from tests.tui.drawing import until
from tests.tui.pretend import MARA, NOW, Estate, run_id

SESSIONS = json.dumps({"run": 806, "sessions": [{"host": f"leaf{n}"} for n in range(12)]}, indent=1)
OURS = "artifacts/edge-fabric/806"
CONTENT = {
    f"{OURS}/configs/leaf1.cfg": b"hostname leaf1\n",
    f"{OURS}/configs/leaf2.cfg": b"hostname leaf2\n",
    f"{OURS}/blob.bin": bytes(range(256)) * 4,
    f"{OURS}/sessions.json": SESSIONS.encode(),
    "artifacts/edge-fabric/799/empty.txt": b"",
    "artifacts/sandbox-jo/3/hers.txt": b"not mine",
}


@asynccontextmanager
async def place(
    content: dict[str, bytes] = CONTENT,
    size: tuple[int, int] = (80, 24),
    prepare: Callable[[Estate], Awaitable[None]] | None = None,
    **app: Any,
) -> AsyncIterator[tuple[Pilot[Any], Estate]]:
    """Yield the cockpit at Artifacts, on a store with this in it."""
    estate = Estate()
    for key, data in content.items():
        await estate.core.shelf.store.put(key, data)
    if prepare is not None:
        await prepare(estate)
    async with estate.app(**app).run_test(size=size) as pilot:
        await until_idle(pilot)
        await pilot.press("4")
        await until_idle(pilot)
        yield pilot, estate


async def keys(pilot: Pilot[Any], *names: str) -> list[str]:
    """Press keys one by one, each when the one before was obeyed; return the screen."""
    for name in names:
        await pilot.press(name)
        await until_idle(pilot)
    return screen_text(pilot.app)


async def test_the_first_page_is_shown_at_once() -> None:
    """Of a full level the first rows are shown while the others are still asked for."""
    content = {f"{OURS}/{number:04d}.log": b"" for number in range(1500)}
    async with place(content) as (pilot, estate):
        await press(pilot, "h", shows="▌ 806/")
        store = estate.core.shelf.store
        page, gate, asked = store.page, asyncio.Event(), []

        async def held(prefix: str, **more: Any) -> ArtifactPage:
            asked.append((prefix, more["after"]))
            if more["after"]:
                await gate.wait()
            return await page(prefix, **more)

        store.page = held  # type: ignore[method-assign]
        await press(pilot, "enter", shows=("0000.log", "the first 200, there are more"))
        assert [one for one in asked if one[0] == OURS] == [(OURS, ""), (OURS, f"{OURS}/0199.log")]
        await pilot.press("down", "down")
        gate.set()
        await until_gone(pilot, "there are more")
        assert "▌" in row_with(pilot.app, "0002.log")
        await press(pilot, "G", shows="1499.log")


async def test_how_much_there_is_is_of_where_one_is() -> None:
    """As long as a slow store is asked for a folder, the title tells no total of the one before."""
    async with place() as (pilot, estate):
        await until_shown(pilot, "▌ 806/", "edge-fabric  5 objects")
        store, gate = estate.core.shelf.store, asyncio.Event()
        page = store.page

        async def held(prefix: str, **more: Any) -> ArtifactPage:
            await gate.wait()
            return await page(prefix, **more)

        store.page = held  # type: ignore[method-assign]
        await press(pilot, "enter", shows="edge-fabric › 806")
        assert "objects" not in row_with(pilot.app, "edge-fabric › 806")
        gate.set()
        await until_shown(pilot, "edge-fabric › 806  4 objects")  # one lies beside it


async def test_the_tree_grows_with_the_way() -> None:
    """Who is led to a folder that came since stands on it in the tree, not on a neighbour."""
    async with place() as (pilot, estate):
        await keys(pilot, "enter")
        fresh = OURS.replace("806", "807")
        await estate.core.shelf.store.put(f"{fresh}/x", b"x")
        artifacts = pilot.app.screen
        assert isinstance(artifacts, ArtifactsScreen)
        artifacts.go_to(fresh)
        await until_shown(pilot, "▾ 807", "› 806")
        assert row_with(pilot.app, "▾ 807").startswith("›")


async def test_from_a_run_to_what_it_left() -> None:
    """A run that left something says so, and `u` leads there and back; others left nothing."""

    async def kept(estate: Estate) -> None:
        made = Collection(run_id(806), LOCAL, OURS, count=4, size=9000)
        await estate.core.shelf.cache.write(made)

    async with place(prepare=kept) as (pilot, _):
        app = pilot.app
        assert isinstance(app, SkyforgeApp)
        app.open_run(run_id(806))
        await until_shown(pilot, "runs › 806", "4 artifacts u")
        await press(pilot, "u", shows=("edge-fabric › 806", "sessions.json"))
        await press(pilot, "G", shows="run 806 ✓")
        await press(pilot, "u", shows="runs › 806")
        app.open_run(run_id(799))
        await until_shown(pilot, "runs › 799")
        await until_idle(pilot)
        await press(pilot, "u", shows="Run 799 left no artifacts")


async def stored(estate: Estate) -> list[str]:
    """Return the keys in the store."""
    return [one.key for one in (await estate.core.shelf.store.page("", deep=True)).artifacts]


async def test_empty_store() -> None:
    """An empty store says so, and how to change that."""
    async with place({}) as (pilot, _):
        assert shows(pilot.app, "No artifact yet.  L launch")
        assert shows(pilot.app, "STORE LOCAL")


async def test_begins_where_ways_part() -> None:
    """One begins below what has only one way down; what one may not see is not there."""
    async with place() as (pilot, _):
        assert shows(pilot.app, "Artifacts artifacts › edge-fabric")
        assert "1 object" in row_with(pilot.app, "799/")
        assert "4 objects" in row_with(pilot.app, "806/")
        assert not shows(pilot.app, "sandbox-jo")


async def test_down_and_up() -> None:
    """Enter goes into a folder, h comes back onto it."""
    async with place() as (pilot, _):
        await keys(pilot, "enter")
        assert shows(pilot.app, "artifacts › edge-fabric › 806", "sessions.json", "2 objects")
        await keys(pilot, "enter")
        assert shows(pilot.app, "806 › configs", "leaf1.cfg", "leaf2.cfg")
        await keys(pilot, "h")
        assert row_with(pilot.app, "configs/").find("▌") > 0
        await keys(pilot, "h", "q", "q")
        assert shows(pilot.app, "artifacts/")
        await keys(pilot, "h")
        assert shows(pilot.app, "this is the top")


async def test_preview() -> None:
    """Text has lines, JSON too, other bytes are hex; the run that made it stands beside."""
    async with place() as (pilot, _):
        await keys(pilot, "enter", "j")
        assert shows(pilot.app, "binary, run 806 ✓", "000000  00 01 02 03 04 05 06 07")
        await keys(pilot, "j")
        assert shows(pilot.app, '  2  "run": 806,', "run 806 ✓", "more lines ↓")
        await keys(pilot, "h", "j", "enter")
        assert shows(pilot.app, "It is empty.")


async def test_reading() -> None:
    """While one reads, the movement keys scroll; h gives them back to the table."""
    async with place() as (pilot, _):
        await keys(pilot, "enter", "G", "enter", "j", "j")
        assert not shows(pilot.app, "  1 {")
        assert "›" in row_with(pilot.app, "sessions.json ")
        await keys(pilot, "G")
        assert not shows(pilot.app, "more lines")
        await keys(pilot, "g")
        assert shows(pilot.app, "  1 {")
        await keys(pilot, "h", "k")
        assert shows(pilot.app, "binary")


async def test_to_the_run() -> None:
    """U goes to the run that made a thing, also from the run's folder."""
    async with place() as (pilot, _):
        await press(pilot, "u", shows="806 deploy-bgp")
        await until_idle(pilot)
        await keys(pilot, "4", "enter", "G", "u")
        await until_shown(pilot, "806 deploy-bgp")


async def test_save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """S writes a new file where one stands, and overwrites none."""
    monkeypatch.chdir(tmp_path)
    async with place() as (pilot, _):
        await keys(pilot, "enter", "G")
        await press(pilot, "S", shows="Saved sessions.json")
        assert (tmp_path / "sessions.json").read_text() == SESSIONS
        await press(pilot, "S", shows="there is a sessions.json already")


async def test_delete() -> None:
    """D asks first; esc keeps it, enter deletes it for good."""
    async with place() as (pilot, estate):
        await keys(pilot, "enter", "G")
        await press(pilot, "D", shows=["Delete sessions.json", "skyforge artifacts rm"])
        await pilot.press("escape")
        await until_gone(pilot, "keep it")
        assert f"{OURS}/sessions.json" in await stored(estate)
        await press(pilot, "D", shows="Delete sessions.json")
        await pilot.press("enter")
        await until_shown(pilot, "Deleted sessions.json")
        await until_idle(pilot)
        assert f"{OURS}/sessions.json" not in await stored(estate)
        assert not shows(pilot.app, '"run": 806')


async def test_a_folder_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """S on a folder brings all that lies in it, as it lies there; a link in the way is none."""
    monkeypatch.chdir(tmp_path)
    async with place() as (pilot, _):
        await press(pilot, "S", shows="Saving 806/")
        saved = tmp_path / "806"
        await until(pilot, lambda: (saved / "configs" / "leaf2.cfg").exists())
        await until(pilot, lambda: (saved / "sessions.json").exists())
        assert (saved / "configs" / "leaf1.cfg").read_bytes() == b"hostname leaf1\n"
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "799").symlink_to(tmp_path / "elsewhere")
        await until_idle(pilot)
        await press(pilot, "j", "S", shows="move it away")
        assert list((tmp_path / "elsewhere").iterdir()) == []


async def with_rivals(estate: Estate) -> None:
    """Have 806, 799 (failed) and 791 (good) leave things with manifests."""
    store = estate.core.shelf.store
    left = {
        806: {"a.cfg": b"one", "b.cfg": b"new", "sub/c.cfg": b"x", "only.txt": b"1"},
        799: {"a.cfg": b"other", "b.cfg": b"new"},
        791: {"a.cfg": b"one", "b.cfg": b"old", "sub/c.cfg": b"x", "lost.cfg": b"2"},
    }
    for number, files in left.items():
        prefix = f"artifacts/edge-fabric/{number}"
        kept = [
            Kept(f"{prefix}/{name}", name, len(data), hashlib.sha256(data).hexdigest())
            for name, data in files.items()
        ]
        for name, data in files.items():
            await store.put(f"{prefix}/{name}", data)
        made = Collection(run_id(number), LOCAL, prefix, len(kept), 9)
        manifest = written(a_detail(number=number), made, kept, NOW)
        await store.put(manifest_key(prefix), manifest)
        await estate.core.shelf.cache.write(made)


def vs_of(app: Any, name: str) -> str:
    """Return what the last column says of a row."""
    middle = (row.split("│")[1] for row in screen_text(app) if row.count("│") == 2)
    return next(one for one in middle if one.strip("▌ ").startswith(name)).split()[-1]


async def test_compared_with_the_last_good_run() -> None:
    """Each file is same, changed or new beside the last good run; gone ones are told."""
    async with place({}, (120, 36), with_rivals) as (pilot, _):
        await keys(pilot, "enter")
        await until_shown(pilot, "VS 791", "lost.cfg gone since 791")
        app = pilot.app
        found = {name: vs_of(app, name) for name in ("a.cfg", "b.cfg", "only.txt", "sub/")}
        assert found == {"a.cfg": "same", "b.cfg": "changed", "only.txt": "new", "sub/": "same"}
        assert vs_of(app, "manifest.json") == "–"


async def test_compared_with_a_chosen_run() -> None:
    """`=` lists the runs that did the same; what is compared with is the one that is picked."""
    async with place({}, (120, 36), with_rivals) as (pilot, _):
        await press(pilot, "enter", shows="VS 791")
        rows = await press(pilot, "equals_sign", shows=("Compare with", "799 deploy-bgp", "failed"))
        assert not any("806 deploy-bgp" in row for row in rows if "│" in row and "Compare" in row)
        await pilot.press("down", "enter")
        await until_shown(pilot, "VS 799")
        await until_idle(pilot)
        assert vs_of(pilot.app, "a.cfg") == "changed"
        await press(pilot, "equals_sign", shows="Compare with")
        await pilot.press("ctrl+end", "enter")
        await until_gone(pilot, "VS 799")


async def test_nothing_to_compare_with() -> None:
    """Outside of a run's folder, and where no other run left anything, `=` says so."""
    async with place() as (pilot, _):
        await press(pilot, "equals_sign", shows="enter a run's folder")
        await keys(pilot, "enter")
        await press(pilot, "equals_sign", shows="Nothing to compare with")


async def test_artifacts_are_filtered_and_sorted() -> None:
    """`/` looks for names, ages, sizes and what changed; going on leaves the filter behind."""
    async with place({}, (120, 36), with_rivals) as (pilot, _):
        await press(pilot, "enter", shows="VS 791")
        await pilot.press("slash")
        await write(pilot, "changed")
        await until_gone(pilot, "only.txt")
        await until_shown(pilot, "b.cfg", "1 of 5", "hides 4")
        await pilot.press("escape")
        await until_shown(pilot, "only.txt")
        await pilot.press("comma", "s")
        await until_idle(pilot)
        await keys(pilot, "h")
        await until_shown(pilot, "791/")
        assert not shows(pilot.app, "hides")


async def test_what_does_the_same_reads_the_same_configuration() -> None:
    """The command beside a question is one for this very program: it hits no other store."""
    program = ("skyforge", "--config", "/etc/sky.toml")
    async with place(size=(120, 36), program=program) as (pilot, _):
        for keys_first, key, verb in (
            (("enter", "G"), "D", "rm"), ((), "asterisk", ""), ((), "D", "rm"), ((), "S", "get"),
            (("escape", "h", "g"), "D", "rm -r"),
        ):  # fmt: skip
            await keys(pilot, *keys_first)
            said = f"skyforge --config /etc/sky.toml artifacts {verb}" if verb else "marked"
            await press(pilot, key, shows=said)
            if verb:
                await pilot.press("escape")
                await until_gone(pilot, said)


async def test_several_are_deleted() -> None:
    """What is marked is listed first, folders with how much is in them; then all of it goes."""
    async with place(size=(80, 36)) as (pilot, estate):
        await keys(pilot, "enter", "asterisk")
        told = ("Delete 2 artifacts and 1 folder", "configs/  2 artifacts  30 B", "4 artifacts")
        await press(pilot, "D", shows=told)
        await pilot.press("escape")
        await until_gone(pilot, "keep them")
        assert len(await stored(estate)) == len(CONTENT)
        await press(pilot, "D", shows="Delete 2 artifacts")
        await press(pilot, "enter", shows="3 done")
        await pilot.press("escape")
        await until_gone(pilot, "◆")
        assert not [one for one in await stored(estate) if one.startswith(OURS)]


async def test_several_are_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Marked objects are saved one by one; one whose file is there already is told and left."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "blob.bin").write_text("mine")
    async with place(size=(80, 36)) as (pilot, _):
        await keys(pilot, "enter", "asterisk")
        await press(pilot, "S", shows=("Save 2 artifacts and 1 folder", str(tmp_path)[:24]))
        await press(pilot, "enter", shows=("2 done, 1 failed", "already"))
        assert (tmp_path / "sessions.json").read_text() == SESSIONS
        assert (tmp_path / "blob.bin").read_text() == "mine"


async def test_the_list_alone() -> None:
    """`p` gives the preview's room to the list, and takes it back."""
    async with place() as (pilot, _):
        await keys(pilot, "enter", "G")
        assert shows(pilot.app, '"run": 806')
        await keys(pilot, "p")
        assert not shows(pilot.app, '"run": 806')
        await keys(pilot, "p")
        assert shows(pilot.app, '"run": 806')


async def test_hears_of_changes() -> None:
    """What is stored meanwhile appears without a key."""
    async with place() as (pilot, estate):
        await keys(pilot, "enter")
        await estate.core.artifacts.put(MARA, ArtifactRef(LOCAL, f"{OURS}/new.txt"), b"x")
        await until_shown(pilot, "new.txt")


async def test_wide() -> None:
    """Where there is room the preview stands beside, and facts below the objects."""
    async with place(size=(120, 36)) as (pilot, _):
        await keys(pilot, "enter", "G")
        assert shows(pilot.app, "made by   run 806 deploy-bgp ✓", "by        mara, edge-fabric")
        assert shows(pilot.app, '"run": 806')


async def test_run_says_what_it_made() -> None:
    """A run's page says how much of what it left is there, and hears when some of it goes."""
    async with place(size=(120, 36)) as (pilot, estate):
        app = pilot.app
        assert isinstance(app, SkyforgeApp)
        mine = [one for one in await stored(estate) if one.startswith(f"{OURS}/")]
        files = [one for one in mine if one != manifest_key(OURS)]
        count = len(files)
        await estate.core.shelf.cache.write(Collection(run_id(806), LOCAL, OURS, count, 1234))
        app.open_run(run_id(806))
        await until_shown(pilot, "Made", f"{count} artifacts, ", OURS, f"{count} artifacts u")
        await estate.core.artifacts.delete(MARA, ArtifactRef(LOCAL, files[0]))
        await until_shown(pilot, f"{count - 1} artifacts of {count}, ", f"{count - 1} artifacts u")
        for key in files[1:]:
            await estate.core.artifacts.delete(MARA, ArtifactRef(LOCAL, key))
        await until_shown(pilot, f"none of {count} artifacts")
        assert not shows(app, "artifacts u")


def test_made_lines() -> None:
    """What a run made names its outputs and what was refused; nothing made says nothing."""
    run = RunId("local:1")
    assert made_lines(None) == []
    assert made_lines(Collection(run)) == []
    outputs = tuple(Marker(MarkerKind.OUTPUT, f"lab{n}", "up") for n in range(7))
    refused = (Refusal("../x", "out"), Refusal("/y", "out"), Refusal("z", "a link"))
    lines = made_lines(Collection(run, markers=outputs, refusals=refused))
    assert [text_of(one) for one in lines] == [
        "Made", *(f"output    ◊ lab{n} up" for n in range(5)), "          2 more",
        "not kept  ../x: out", "          2 more, all told in manifest.json",
    ]  # fmt: skip


def test_twigs() -> None:
    """The tree is unfolded along the way, and nowhere else."""
    folders = {"": ["a", "b"], "b": ["b/c", "b/d"], "b/d": ["b/d/e"]}
    assert [(one.prefix, one.depth, one.is_open) for one in twigs(folders, "b/d")] == [
        ("a", 0, False), ("b", 0, True), ("b/c", 1, False), ("b/d", 1, True), ("b/d/e", 2, False),
    ]  # fmt: skip
