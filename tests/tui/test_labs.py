"""Labs as a person sees them: rows, empty states, and what the keys lead to."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.collection import Collection
from skyforge_tui.domain.events import ArtifactsChanged
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import SYSTEM, LabId, RunId
from skyforge_tui.domain.lab import Lab, LabSource, LabState
from skyforge_tui.domain.markers import Marker, MarkerKind
from skyforge_tui.domain.run import RunState
from skyforge_tui.domain.template import Source, TemplateKind
from skyforge_tui.domain.tool_actions import NETLAB_SURVEY
from skyforge_tui.tui.presenters import labs as many
from skyforge_tui.tui.presenters.cells import text_of
from skyforge_tui.tui.presenters.columns import fit, row_line
from tests.acting_labs import ActingLabProvider
from tests.builders import PROJECT_PATH, a_template
from tests.fakes.clock import FakeClock
from tests.fakes.core import Core
from tests.fakes.labs import FakeLabProvider, a_lab, a_lab_source
from tests.tui.cockpit_harness import (
    press,
    row_with,
    until_gone,
    until_idle,
    until_shown,
    write,
)
from tests.tui.lab_bench import NOW, TOPOLOGY, Bench

LIVE = a_lab_source()
SILENT = a_lab_source(mode=UpstreamState.ERROR, error="disk on fire", advice="R looks again")


def row(lab: Lab, source: LabSource | None = LIVE, width: int = 140) -> str:
    """Return a lab's row as text."""
    return text_of(row_line(fit(many.COLUMNS, width), many.lab_cells(lab, source, NOW, "ada")))


@pytest.mark.parametrize(
    ("lab", "parts"),
    [
        (a_lab(), ["● ready", "bgp", "2/2", "2/2", "ada", "netlab here", "2h"]),
        (a_lab(ready=1), ["◐ running", "2/2", "1/2"]),
        (a_lab(nodes_up=1, ready=1), ["▲ degraded", "1/2", "1/2"]),
        (a_lab(nodes_up=None, ready=None), ["◐ running", "?/2", "–"]),
        (a_lab(nodes_total=10_000, nodes_up=9_999, ready=7), ["▲ degraded", "9/10k", "<1/10k"]),
        (a_lab(state=LabState.STARTING, ready=None, nodes_up=None, step="starting provider clab"),
         ["starting", "?/2", "starting provider clab"]),
        (a_lab(state=LabState.FAILED, note="no node runs", nodes_up=0), ["× failed", "no node"]),
        (a_lab(state=LabState.STARTING, asks=True), ["? asks you", "waits for an answer"]),
        (a_lab(state=LabState.MARKER, provider="local", kind="run", nodes_total=None,
               nodes_up=None, ready=None, note="known by run 7 only: up"),
         ["◊ marker", "bgp", "–", "–", "run    here", "known by run 7 only: up"]),
        (a_lab(state=LabState.STOPPED, nodes_total=None, nodes_up=None), ["○ stopped", "–"]),
        (a_lab(state=LabState.UNKNOWN, note="its folder is gone"), ["? unknown", "its folder"]),
    ],
)  # fmt: skip
def test_rows(lab: Lab, parts: list[str]) -> None:
    """A row says state, nodes up, nodes ready, owner, server, age, and why it deviates."""
    text, at = row(lab), 0
    for part in parts:
        assert part in text[at:], text
        at = text.index(part, at)


def test_rows_of_a_silent_provider() -> None:
    """Labs of a provider that does not answer are as old as its last answer, and say so."""
    text = row(a_lab(), SILENT)
    assert text.startswith("~ ready")
    assert "as of 2h ago" in text
    assert "netlab here ~2h" in text


def test_narrow_rows_keep_what_matters() -> None:
    """At 80 columns note and project leave; state, nodes, readiness, owner and server stay."""
    keys = [column.key for column, _ in fit(many.COLUMNS, 76)]
    assert keys == ["state", "lab", "up", "ready", "owner", "server", "age"]


@pytest.mark.parametrize(
    ("sources", "text"),
    [
        ([LIVE], "No lab here yet.  L launch  R look again"),
        ([a_lab_source(mode=UpstreamState.DISABLED, error="netlab is not installed here")],
         "No labs: netlab is not installed here.  R look again"),
        ([SILENT], "No lab is known, and not everybody answered.  R look again"),
        ([], "asking for labs"),
    ],
)  # fmt: skip
def test_empty_tables_say_why(sources: list[LabSource], text: str) -> None:
    """An empty table says why it is empty, and the next key."""
    assert text_of(many.empty_line(sources)) == text


def test_providers_that_complain() -> None:
    """A silent provider is named above the table with its words; one switched off beside labs."""
    assert [text_of(line) for line in many.source_lines([SILENT, LIVE], has_labs=True)] == [
        "× netlab  disk on fire  R looks again"
    ]
    off = a_lab_source(mode=UpstreamState.DISABLED, error="not installed")
    assert many.source_lines([off], has_labs=False) == []
    assert len(many.source_lines([off], has_labs=True)) == 1


# Journeys.


async def test_starting_a_lab_that_rests() -> None:
    """`s` on a stopped lab opens its topology's card with `up` chosen, and `enter` launches it."""
    bench = Bench()
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "edge-fabric")
        await press(pilot, "2", shows="○ stopped")
        await until_idle(pilot)
        await press(pilot, "s", shows=("Launch bgp/topology.yml", "‹ up ›"))
        await press(pilot, "enter", shows="runs › ")
    (spec,) = (one.spec for one in bench.core.engine.held.values())
    assert spec.command == ("netlab", "up", "topology.yml")


@pytest.mark.parametrize(("key", "cleanup"), [("x", "false"), ("D", "true")])
async def test_stopping_and_destroying(key: str, cleanup: str) -> None:
    """`x` and `D` open the card with `down` chosen; only `D` removes what was made."""
    bench = Bench(FakeLabProvider(a_lab()))
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", shows="● ready")
        await until_idle(pilot)
        await press(pilot, key, shows=("Launch bgp/topology.yml", "‹ down ›"))
        await press(pilot, "enter", shows="runs › ")
    (spec,) = (one.spec for one in bench.core.engine.held.values())
    assert spec.answers["cleanup"] == cleanup
    assert spec.command[:2] == ("netlab", "down")


async def test_what_a_state_rules_out() -> None:
    """A lab that runs is not started again, one that rests not stopped; both say why."""
    bench = Bench(FakeLabProvider(a_lab()))
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", shows="● ready")
        await until_idle(pilot)
        await press(pilot, "s", shows="bgp is running already")
        await press(pilot, "u", shows="no run of this workspace built bgp")
    assert bench.core.engine.held == {}


async def test_what_can_be_done_to_none_of_the_marked() -> None:
    """Where none of the marked can be stopped, each reason is told."""
    rests = a_lab(
        id=LabId("eve-1:/x.unl"), name="rests", provider="eve-1", state=LabState.STOPPED,
        directory="", topology="",
    )  # fmt: skip
    eve = ActingLabProvider(rests, upstream="eve-1")
    eve.source = a_lab_source(provider="eve-1")
    for topologies, reason in (
        ((), "no topology of this workspace makes bgp"),
        ((TOPOLOGY,), "netlab stops it by a run of its topology: stop it by itself"),
    ):
        bench = Bench(topologies=topologies)
        bench.core = Core(clock=FakeClock(NOW), lab_providers=[FakeLabProvider(a_lab()), eve])
        async with bench.app().run_test(size=(120, 36)) as pilot:
            await press(pilot, "2", shows="Labs 1 of 2")
            await until_idle(pilot)
            await press(pilot, "asterisk", shows="2 marked")
            await press(pilot, "x", shows=(reason, "it does not"))


async def test_other_actions() -> None:
    """`a` lists what runs of the topology do, each a letter from its card; and what cannot be."""
    bench = Bench(FakeLabProvider(a_lab()))
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", shows="bgp")
        await until_idle(pilot)
        for letter, action in (("k", "collect"), ("f", "create"), ("v", "validate")):
            await press(pilot, "a", shows=("take it down and up again", "netlab cannot lock labs"))
            await press(pilot, letter, shows=f"‹ {action} ›")
            await press(pilot, "escape")
            await until_gone(pilot, f"‹ {action} ›")


async def test_a_start_that_asks() -> None:
    """A lab whose run waits for an answer says so, and `a` answers it."""
    bench = Bench(FakeLabProvider(a_lab(state=LabState.STARTING)))
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", shows="bgp")
        await bench.has_run(7, "up", state=RunState.RUNNING, waits_for_input=True)
        await until_shown(pilot, "? asks you")
        await until_idle(pilot)
        await press(pilot, "slash", *"asks", "enter", shows="1 of 1")
        await press(pilot, "a", shows="Answer run 7")
        await write(pilot, "y")
        await press(pilot, "enter")
        await until_idle(pilot)
    assert bench.core.engine.answered == [(RunId("local:7"), b"y\n")]


async def test_markers_lead_to_their_run() -> None:
    """A lab that only a run knows is a row as soon as that is read, and `u` goes to the run."""
    bench = Bench()
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", shows="bgp")
        await bench.has_run(7, "", b"SKYFORGE_OUTPUT wan=10.0.0.1\n")
        marker = Marker(MarkerKind.OUTPUT, "wan", "10.0.0.1")
        await bench.core.shelf.cache.write(Collection(RunId("local:7"), markers=(marker,)))
        bench.core.bus.publish(ArtifactsChanged("", frozenset({""})))
        await until_shown(pilot, "◊ marker    wan")
        await until_idle(pilot)
        await press(pilot, "g", "x", shows=("Refused", "wan is known by run 7 only"))
        await press(pilot, "escape", "s", shows="no topology of this workspace makes wan")
        await press(pilot, "escape", "u", shows=("runs › 7", "SKYFORGE_OUTPUT wan=10.0.0.1"))


async def test_the_cursor_stays_on_a_lab_that_starts() -> None:
    """The cursor stays on a lab while it starts and its row moves."""
    other = a_template(
        name="zoo/topology.yml", kind=TemplateKind.NETLAB, directory=f"{PROJECT_PATH}/zoo",
        command=("netlab", "{action}", "topology.yml"), survey=NETLAB_SURVEY,
        sources=(Source(f"{PROJECT_PATH}/zoo/topology.yml", "2" * 64),),
    )  # fmt: skip
    bench = Bench(topologies=(TOPOLOGY, other))
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", shows="zoo")
        await until_idle(pilot)
        await pilot.press("j")
        zoo = a_lab(name="zoo", directory=other.directory, topology=other.sources[0].path)
        bench.provider.put(zoo)
        await bench.core.labs.sync(SYSTEM)
        await until_shown(pilot, "● ready     zoo")
        await until_idle(pilot)
        assert row_with(pilot.app, "zoo").startswith("▌")


async def test_a_provider_that_fails() -> None:
    """A provider that fails is named above the table, and its labs stay with their age."""
    bench = Bench(FakeLabProvider(a_lab()))
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", shows="● ready")
        bench.provider.source = a_lab_source(
            mode=UpstreamState.ERROR, error="disk on fire", advice="R looks again", as_of=None
        )
        await bench.core.labs.sync(SYSTEM)
        await until_shown(pilot, "~ ready", "× netlab  disk on fire")
