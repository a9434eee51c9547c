"""The page of one lab: how it is, its nodes, and part by part all else there is to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from skyforge_tui.domain.events import LogGrew
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import SYSTEM, LabId, Me, RunId
from skyforge_tui.domain.lab import (
    Lab,
    LabDetail,
    LabLink,
    LabLinkEnd,
    LabNode,
    LabState,
    NodeState,
)
from skyforge_tui.domain.lab import LabStep as Step
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.tui.presenters import lab as one
from skyforge_tui.tui.presenters import lab_parts as parts
from skyforge_tui.tui.presenters.cells import Line, text_of
from skyforge_tui.tui.presenters.columns import fit, row_line
from skyforge_tui.tui.presenters.lab_parts import Part
from tests.builders import a_run
from tests.fakes.labs import FakeLabProvider, a_lab, a_lab_source
from tests.tui.cockpit_harness import press, shows, until_gone, until_idle, until_shown
from tests.tui.lab_bench import LINKS, NODES, NOW, Bench

LIVE = a_lab_source()
STEPS = (Step("starting lab", NOW - timedelta(minutes=5)), Step("started", NOW))
STARTING = a_lab(
    state=LabState.STARTING, step="starting provider clab", nodes_up=None, ready=0, updated_at=NOW
)


def test_the_status() -> None:
    """The first row says how a lab is and how many nodes, then where, whose and since when."""
    lab = a_lab(nodes_up=1, ready=1)
    assert text_of(one.status_line(lab, LIVE, NOW, 76)) == (
        "▲ degraded   1/2 up  1/2 ready" + " " * 20 + "netlab here  ada  since 2h"
    )


@pytest.mark.parametrize(
    ("lab", "took_s", "usual_s", "said"),
    [
        (a_lab(), 10, 20, ""),
        (a_lab(state=LabState.FAILED, note="no node runs"), 10, 20, "no node runs"),
        (STARTING, 10, 20, "starting provider clab         ━━━━━─────  ~10s left"),
        (STARTING, 30, 20, "starting provider clab  ━━━━━━━━━━━━  10s over usual"),
        (STARTING, 30, 0, "starting provider clab       30s, never timed before"),
        (a_lab(asks=True), 30, 20, "run 3 waits for your answer: a answers it"),
    ],
)
def test_the_progress(lab: Lab, took_s: int, usual_s: int, said: str) -> None:
    """While a lab is on its way its step is told, and how long it usually takes; else the why."""
    started = NOW - timedelta(seconds=took_s)
    run = a_run(number=3, state=RunState.RUNNING, started_at=started, ended_at=None)
    lines = one.progress_lines(lab, run, timedelta(seconds=usual_s), NOW, 52)
    assert "".join(text_of(line) for line in lines) == said


@pytest.mark.parametrize(
    ("node", "lab", "shown"),
    [
        (NODES[0], a_lab(), "● up        r1  frr  192.168.121.101  docker"),
        (LabNode("r1", state=NodeState.UP, is_ready=True), a_lab(), "● ready     r1"),
        (LabNode("r1", state=NodeState.UP, is_ready=False), STARTING, "◐ running   r1"),
        (LabNode("r1"), STARTING, "… to come   r1"),
        (LabNode("r1"), a_lab(), "? unknown   r1"),
        (
            LabNode("r1", state=NodeState.UP, is_ready=True),
            a_lab(state=LabState.STOPPING),
            "… to go     r1",
        ),
        (LabNode("r1", state=NodeState.STOPPED), a_lab(), "○ stopped   r1"),
        (NODES[1], a_lab(), "× down      r2  frr  192.168.121.102  docker"),
    ],
)
def test_nodes(node: LabNode, lab: Lab, shown: str) -> None:
    """A node's row says how far it is: to come, running, ready, or only up."""
    cells = row_line(fit(one.NODE_COLUMNS, 76), one.node_cells(node, lab))
    assert " ".join(text_of(cells).split()).startswith(" ".join(shown.split()))


def test_one_node() -> None:
    """Of one node all is told, with where each of its links leads; long words are wrapped."""
    stub = LabLink("links[2]", "stub", (LabLinkEnd("r2", "eth2"),))
    shown = [text_of(line) for line in one.node_lines(NODES[1], a_lab(), (*LINKS, stub), 38)]
    assert shown == [
        "× r2" + " " * 30 + "down", "", "device     frr", "address    192.168.121.102",
        "way in     docker", "machine    clab-bgp-r2", "status     Exited (137)", "", "Links 2",
        "eth1       r1 eth1", "           10.1.0.2/30", "eth2       nobody else",
    ]  # fmt: skip


def test_parts_as_rows() -> None:
    """Links tell both ends, steps their time and what failed in full, runs what they did."""
    assert text_of(row_line(fit(parts.COLUMNS[Part.LINKS], 60), parts.link_cells(LINKS[0]))) == (
        "r1 eth1  10.1.0.1/30          r2 eth1  10.1.0.2/30    p2p"
    )
    failed = Step("ERROR: it broke [red] " + "so badly " * 9, NOW, failed=True)
    rows = [
        text_of(row_line(fit(parts.COLUMNS[Part.STEPS], 60), cells))
        for cells in parts.step_rows((Step("OK: true"), failed), NOW, 50)
    ]
    assert rows == [
        "          OK: true",
        " 14:05  × ERROR: it broke [red] so badly so badly so badly",
        "          so badly so badly so badly so badly so badly so",
        "          badly",
    ]
    many = parts.step_rows([Step(f"step {number}") for number in range(60_000)], NOW, 50)
    assert [text_of(one["step"]).strip() for one in (many[0], many[1], many[-1])] == [
        "59,000 earlier steps are not shown", "step 59000", "step 59999",
    ]  # fmt: skip
    run = a_run(number=7, state=RunState.ERROR, action="up", note="exit code 1")
    cells = parts.run_cells(run, NOW, Me("ada"))
    assert "× failed 7 up exit code 1" in " ".join(
        text_of(row_line(fit(parts.COLUMNS[Part.RUNS], 76), cells)).split()
    )


@pytest.mark.parametrize(
    ("lab", "runs", "part"),
    [
        (a_lab(), (), Part.LINKS),
        (STARTING, (a_run(),), Part.OUTPUT),
        (STARTING, (), Part.LINKS),
        (a_lab(state=LabState.FAILED), (a_run(),), Part.OUTPUT),
        (a_lab(state=LabState.STOPPED), (a_run(),), Part.RUNS),
        (a_lab(state=LabState.MARKER), (a_run(),), Part.OUTPUT),
    ],
)
def test_what_comes_first(lab: Lab, runs: tuple[Run, ...], part: Part) -> None:
    """What is on its way or failed begins with output, what rests with its runs."""
    assert parts.first_part(LabDetail(lab, links=LINKS), runs) is part


def test_whose_output() -> None:
    """Output is of the run under way, else of the one that built the lab, else of the newest."""
    built, newest = a_run(number=1, action="up"), a_run(number=2, action="collect")
    lab = a_lab(run_id=built.id)
    assert parts.told_by(lab, (newest, built)) == built
    assert parts.told_by(a_lab(), (newest, built)) == newest
    going = a_run(number=3, state=RunState.RUNNING)
    assert parts.told_by(lab, (going, newest, built)) == going
    assert parts.told_by(lab, ()) is None


# Journeys.


async def test_looking_into_a_lab() -> None:
    """`enter` opens a lab; `tab` goes part by part, `enter` on a run opens it, `q` leads back."""
    bench = Bench(FakeLabProvider(a_lab()))
    bench.provider.details[a_lab().id] = LabDetail(a_lab(), NODES, LINKS, STEPS)
    await bench.has_run(7, "up")
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", shows="● ready")
        await until_idle(pilot)
        rows = await press(pilot, "enter", shows=("192.168.121.102", "r1 eth1"))
        assert any("labs › bgp" in row for row in rows)
        assert shows(pilot.app, "Links 1   Steps 2   Runs 1   Output of run 7")
        await press(pilot, "j", "enter", "tab", shows=("14:00", "starting lab"))
        await press(pilot, "tab", shows="✓ passed 7 up")
        await press(pilot, "tab", shows="all is well")
        await press(pilot, "shift+tab", shows="✓ passed 7 up")
        await press(pilot, "escape", shows="▌ × down r2")
        await press(pilot, "tab", "enter", shows="runs › 7")
        await press(pilot, "2", "q", "q", shows="Labs 1")


async def test_ten_thousand_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lab of ten thousand nodes is opened and scrolled; only rows in view are ever made."""
    made = Counter[str]()
    node_cells, link_cells = one.node_cells, parts.link_cells

    def cells_of(node: LabNode, lab: Lab) -> dict[str, Line]:
        made["nodes"] += 1
        return node_cells(node, lab)

    def cells_between(link: LabLink) -> parts.Cells:
        made["links"] += 1
        return link_cells(link)

    monkeypatch.setattr(one, "node_cells", cells_of)
    monkeypatch.setattr(parts, "link_cells", cells_between)
    nodes = tuple(LabNode(f"leaf-{n}", "frr", state=NodeState.UP) for n in range(1, 10_001))
    links = tuple(
        LabLink(f"l{n}", "p2p", (LabLinkEnd(f"leaf-{n}", "eth1"), LabLinkEnd(f"leaf-{n + 1}")))
        for n in range(1, 10_000)
    )
    lab = a_lab(nodes_total=10_000, nodes_up=10_000, ready=10_000)
    bench = Bench(FakeLabProvider(lab))
    bench.provider.details[lab.id] = LabDetail(lab, nodes, links, STEPS)
    async with bench.app().run_test(size=(120, 36)) as pilot:
        await press(pilot, "2", shows="● ready bgp 10/10k 10/10k")
        await until_idle(pilot)
        await press(pilot, "enter", shows=("leaf-1", "10,000/10,000 up", "Links 9,999"))
        await press(pilot, "pagedown", "j", "G", shows="leaf-10000")
        assert shows(pilot.app, "Links 1")  # of the node beside
        await press(pilot, "tab", "G", shows="leaf-9999 eth1")
        bench.provider.details[lab.id] = LabDetail(lab, nodes[1:], links, STEPS)
        await press(pilot, "R", shows="leaf-10000")
    assert 0 < made["nodes"] < 40 * 36
    assert 0 < made["links"] < 40 * 36


async def test_the_node_beside() -> None:
    """Where there is room, the node under the cursor stands beside the table with its links."""
    bench = Bench(FakeLabProvider(a_lab()))
    bench.provider.details[a_lab().id] = LabDetail(a_lab(), NODES, LINKS, STEPS, ("why: unknown",))
    async with bench.app().run_test(size=(120, 36)) as pilot:
        await press(pilot, "2", shows="● ready")
        await until_idle(pilot)
        await press(pilot, "enter", shows=("status     Up 2 hours", "? why: unknown"))
        await press(pilot, "j", shows=("status     Exited (137)", "eth1       r1 eth1"))


async def test_a_lab_followed_through_its_start() -> None:
    """A page follows its lab from rest to ready, with the output of the run that brings it up."""
    bench = Bench()
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", shows="○ stopped")
        await until_idle(pilot)
        await press(pilot, "enter", shows=("○ stopped   0/2 up", "○ stopped   r2"))
        await until_idle(pilot)
        lab = a_lab(id=LabId("netlab:default"), state=LabState.STARTING, step="starting lab",
                    nodes_total=2, nodes_up=None, ready=0)  # fmt: skip
        bench.provider.put(lab)
        await bench.has_run(7, "up", b"creating configuration\n", state=RunState.RUNNING,
                            started_at=NOW - timedelta(seconds=3), ended_at=None)  # fmt: skip
        await bench.core.labs.sync(SYSTEM, True)
        await until_shown(pilot, "starting   ?/2 up  0/2 ready", "starting lab",
                          "3s, never timed before", "creating configuration")  # fmt: skip
        bench.core.logs.outputs["7"] = b"creating configuration\nnode r1 up\n"
        bench.core.bus.publish(LogGrew(RunId("local:7"), 34))
        await until_shown(pilot, "node r1 up")
        bench.provider.details[lab.id] = LabDetail(a_lab(), NODES, LINKS, STEPS)
        bench.provider.put(a_lab(updated_at=NOW))
        await bench.core.labs.sync(SYSTEM)
        await until_shown(pilot, "2/2 up  2/2 ready", "192.168.121.101", "node r1 up")


async def test_what_was_told_stays() -> None:
    """Whoever comes back sees at once what the provider told before, while it is asked again."""
    bench = Bench(FakeLabProvider(a_lab()))
    bench.provider.details[a_lab().id] = LabDetail(a_lab(), NODES, LINKS, STEPS)
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", shows="● ready")
        await until_idle(pilot)
        await press(pilot, "enter", shows="192.168.121.101")
        await press(pilot, "q", shows="Labs 1")
        bench.provider.answering.clear()
        await press(pilot, "enter", shows="192.168.121.101")
        bench.provider.details[a_lab().id] = LabDetail(a_lab(), NODES[:1], LINKS, STEPS)
        bench.provider.answering.set()
        await until_gone(pilot, "192.168.121.102")


async def test_nodes_of_the_same_name() -> None:
    """Nodes that are called alike are rows of their own, and the cursor stays where it is."""
    bench = Bench(FakeLabProvider(a_lab()))
    twins = (replace(NODES[0], status="the first"), replace(NODES[0], status="the second"))
    bench.provider.details[a_lab().id] = LabDetail(a_lab(), twins, (), STEPS)
    async with bench.app().run_test(size=(120, 36)) as pilot:
        await press(pilot, "2", shows="● ready")
        await until_idle(pilot)
        await press(pilot, "enter", shows="status     the first")
        await press(pilot, "j", shows="status     the second")
        await press(pilot, "R")
        await until_idle(pilot)
        assert shows(pilot.app, "status     the second")


async def test_data_is_asked_for_when_looked_at() -> None:
    """What is written down says that it is asked for, then what it is, or why nobody tells it."""
    bench = Bench(FakeLabProvider(a_lab()))
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", shows="● ready")
        await until_idle(pilot)
        await press(pilot, "enter", shows="Data")
        await until_idle(pilot)
        bench.provider.answering.clear()
        await press(pilot, "tab", "shift+tab", shows="asking")
        bench.provider.answering.set()
        await until_shown(pilot, "lab_id")
        await press(pilot, "tab")
        bench.provider.source = a_lab_source(mode=UpstreamState.ERROR, error="disk on fire")
        await press(pilot, "shift+tab", shows="disk on fire")


async def test_a_provider_that_is_silent() -> None:
    """When its provider does not answer, a lab's page stays as known, aged, and says why."""
    bench = Bench(FakeLabProvider(a_lab()))
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", shows="● ready")
        await until_idle(pilot)
        bench.provider.source = a_lab_source(
            mode=UpstreamState.ERROR, error="disk on fire", as_of=None
        )
        await bench.core.labs.sync(SYSTEM)
        await press(pilot, "enter", shows=("~ ready", "disk on fire", "? unknown r2"))
