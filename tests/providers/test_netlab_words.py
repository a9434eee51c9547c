"""What netlab's sentences mean for a lab and its nodes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from unittest.mock import Mock

import pytest

from skyforge_tui.domain.lab import LabNode, LabState, NodeState
from skyforge_tui.integrations.netlab.wire import LabEntry, NodeEntry, Step
from skyforge_tui.providers.labs import netlab_words as words
from tests.fakes.labs import a_lab

UP = (
    "starting lab", "starting provider clab", "clab workload started",
    "deploying initial configuration", "normalizing device configurations", "devices are ready",
    "deploying configuration: complete configuration", "configuration deployment complete",
    "initial configuration complete", "starting external tools", "1/1 external tools started",
    "restarting lab", "reloading saved initial configurations",
    "saved initial configurations reloaded",
)  # fmt: skip
DOWN = (
    "lab shutdown requested", "lab shutdown requested in conflicting directory",
    "stopping external tools", "external tools stopped", "stopping clab provider",
)  # fmt: skip


def an_entry(status: str, *log: str) -> LabEntry:
    """Return the entry of the lab in `/srv/lab` with these steps."""
    steps = tuple(Step("2026-01-03T10:00:00+00:00", text) for text in log)
    return LabEntry("default", "/srv/lab", "demo", status, ("clab",), "", steps)


@pytest.mark.parametrize("status", UP)
def test_steps_of_a_start(status: str) -> None:
    """Every sentence of a start means starting, and is the step; to be up takes `started`."""
    reading = words.read(an_entry(status, status), is_anything_moving=True)
    assert reading == words.Reading(LabState.STARTING, step=status)


@pytest.mark.parametrize("status", DOWN)
def test_steps_of_an_end(status: str) -> None:
    """Every sentence of an end means stopping."""
    assert words.read(an_entry(status), is_anything_moving=None).state is LabState.STOPPING


def test_started() -> None:
    """A lab is running when netlab says `started`, whether or not a netlab is at work."""
    for moving in (True, False, None):
        reading = words.read(an_entry("started", "started"), is_anything_moving=moving)
        assert reading == words.Reading(LabState.RUNNING)


@pytest.mark.parametrize("status", [*UP, *DOWN, ""])
def test_left_behind(status: str) -> None:
    """A lab on its way without a netlab at work was left behind, whatever it says."""
    reading = words.read(an_entry(status, "OK: true"), is_anything_moving=False)
    assert reading.state is LabState.FAILED
    assert reading.note.startswith("netlab ended during: ")


def test_a_failed_step() -> None:
    """A deployment that failed never says so in its status: its last step does."""
    status = "deploying configuration: complete configuration"
    entry = an_entry(status, "starting lab", status, "ERROR: ansible-playbook " + "x" * 1000)
    failed = words.Reading(LabState.FAILED, note=f"while {status}")
    assert words.read(entry, is_anything_moving=True) == failed
    assert words.steps(entry)[-1].failed


def test_missing_tools_noticed_late() -> None:
    """A provider that is not installed ends the start with a failed probe and no status."""
    entry = an_entry("", "ERROR: containerlab version")
    reading = words.read(entry, is_anything_moving=True)
    assert reading == words.Reading(LabState.FAILED, note="the start ended early")


def test_two_labs_of_one_instance() -> None:
    """A second start of the same instance takes nothing from the lab that runs, but is noted."""
    status = "conflict -- trying to start lab in /srv/other"
    running = words.read(an_entry(status, "starting lab", "started"), is_anything_moving=None)
    assert running == words.Reading(LabState.RUNNING, note=status)
    other = words.read(an_entry(status, "starting lab"), is_anything_moving=None)
    assert other.state is LabState.UNKNOWN


def test_words_of_another_release() -> None:
    """A sentence that nobody knows is UNKNOWN and shown as it is."""
    reading = words.read(an_entry("pondering"), is_anything_moving=True)
    assert reading == words.Reading(LabState.UNKNOWN, note="pondering")


def test_configured_by_the_last_start() -> None:
    """Only what the present start configured counts."""
    done = "initial configuration complete"
    assert words.is_configured(an_entry("started", "starting lab", done, "started"))
    assert not words.is_configured(an_entry("started", "starting lab", "started"))
    again = an_entry("started", "starting lab", done, "started", "restarting lab", "started")
    assert not words.is_configured(again)


BY_HAND = ("starting lab", "starting provider external")


@pytest.mark.parametrize(
    ("provider", "log", "are_started"),
    [
        ("clab", ("starting lab", "starting provider clab"), False),
        ("clab", ("starting lab", "starting provider clab", "clab workload started"), True),
        ("external", (*BY_HAND, "external workload started"), False),
        ("external", (*BY_HAND, "OK: ./nodes up", "external workload started"), True),
        ("external", (*BY_HAND, "OK: ./nodes up", "external workload started", *BY_HAND), False),
    ],
)
def test_nodes_of_a_start(provider: str, log: tuple[str, ...], are_started: bool) -> None:
    """All nodes run once the present start ran them; those wired by hand only by a command."""
    entry = replace(an_entry("starting lab", *log), providers=(provider,))
    assert words.are_started(entry) is are_started
    starting = a_lab(state=LabState.STARTING, nodes_total=None, nodes_up=None, ready=None)
    lab = words.so_far(starting, entry, 2)
    assert (lab.nodes_total, lab.nodes_up, lab.ready) == (2, 2 if are_started else None, 0)
    assert words.so_far(starting, entry, None) == starting


def test_a_start_that_configured_its_nodes() -> None:
    """Once they are configured, nodes are ready, though the start goes on."""
    done = "initial configuration complete"
    entry = an_entry("starting external tools", "starting lab", done, "starting external tools")
    starting = a_lab(state=LabState.STARTING, nodes_up=None, ready=None)
    assert words.so_far(starting, entry, 2).ready == 2
    assert words.so_far(a_lab(), entry, 3) == a_lab()
    ended = replace(starting, state=LabState.FAILED)
    assert words.so_far(ended, replace(entry, status="stopping clab provider"), 2) == ended


@pytest.mark.parametrize(
    ("log", "state", "is_ready", "status"),
    [
        ((), NodeState.UNKNOWN, None, ""),
        ((*BY_HAND, "OK: up", "external workload started"), NodeState.UP, False, "started with"),
        ((*BY_HAND, "initial configuration complete"), NodeState.UP, True, "took its config"),
    ],
)
def test_nodes_that_nobody_watches(
    log: tuple[str, ...], state: NodeState, is_ready: bool | None, status: str
) -> None:
    """A node that its provider does not watch is as the start of its lab left it."""
    entry = replace(an_entry("started", *log), providers=("external",))
    node = words.nodes([NodeEntry("r1", provider="external")], entry)[0]
    assert (node.state, node.is_ready) == (state, is_ready)
    assert node.status.startswith(status)
    assert words.nodes([NodeEntry("r1", provider="clab")], entry)[0].state is NodeState.UNKNOWN


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Up 2 minutes", NodeState.UP),
        ("Up 2 minutes (healthy)", NodeState.UP),
        ("Up 2 minutes (Paused)", NodeState.DOWN),
        ("running (libvirt)", NodeState.UP),
        ("running", NodeState.UP),
        ("Exited (137) 3 minutes ago", NodeState.DOWN),
        ("shutoff (libvirt)", NodeState.DOWN),
        ("not created (libvirt)", NodeState.DOWN),
        ("Restarting (1) 4 seconds ago", NodeState.DOWN),
        ("upside down", NodeState.UNKNOWN),
        (None, NodeState.UNKNOWN),
    ],
)
def test_states_of_nodes(status: str | None, state: NodeState) -> None:
    """The words of docker, vagrant and virsh are understood; others are unknown."""
    assert words.node_state(status) is state


def test_nodes_seen_up() -> None:
    """Nothing known of any node is not the same as none of them up."""
    states = (NodeState.UP, NodeState.DOWN, NodeState.UNKNOWN)
    up, down, silent = (LabNode("a", state=one) for one in states)
    assert words.up((up, down, silent)) == 1
    assert words.up((down, silent)) == 0
    assert words.up((silent, silent)) is None


def test_why_not_all_nodes_do() -> None:
    """The one node that is down, lost or boots is named; of several their number is told."""
    well = LabNode("a", state=NodeState.UP, is_ready=True)
    down = LabNode("b", state=NodeState.DOWN, status="Exited (137)")
    boots = LabNode("c", state=NodeState.UP, is_ready=False)
    lost = LabNode("d")
    assert words.why_not_all((well, boots, down), True) == "b: Exited (137)"
    assert words.why_not_all((well, down, down), True) == "2 are down"
    assert words.why_not_all((well, boots), True) == "c boots yet"
    assert words.why_not_all((well, boots, boots), True) == "2 nodes boot yet"
    assert words.why_not_all((well, boots), False) == ""
    assert words.why_not_all((well, lost), True) == "d was not found"
    assert words.why_not_all((well, lost, lost), True) == "2 were not found"
    assert words.why_not_all((lost, lost), True) == words.why_not_all((well,), True) == ""


def test_moments() -> None:
    """Moments are aware, whatever netlab wrote; nonsense is none."""
    noon = datetime(2026, 1, 3, 12, tzinfo=UTC)
    assert words.moment("2026-01-03 12:00:00") == noon
    assert words.moment("2026-01-03T13:00:00+01:00") == noon
    assert words.moment("yesterday") is None


def test_configured_anew() -> None:
    """A lab that `netlab initial` configured anew runs, though its last word is not `started`."""
    up = ("starting lab", "clab workload started", "initial configuration complete", "started")
    going, done = "deploying configuration: complete configuration", UP[7]

    def read(status: str, *log: str, moving: bool | None = False) -> words.Reading:
        return words.read(an_entry(status, *up, *log), is_anything_moving=moving)

    running = LabState.RUNNING
    assert read(going, going, moving=True) == words.Reading(running, note=going)
    assert read(done, going, "OK: ansible-playbook", done) == words.Reading(running)
    failed = read(going, going, "ERROR: ansible-playbook")
    assert failed == words.Reading(running, note=f"while {going}")
    assert read(going, going).note == f"netlab ended during: {going}"
    again = read("restarting lab", "restarting lab", moving=True)
    assert again.state is LabState.STARTING
    assert read(going, "restarting lab", going, moving=True).state is LabState.STARTING


def test_many_nodes_of_a_long_story(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log of a lab is read once for all of its nodes, however many those are."""
    read = Mock(wraps=words._present_start)
    monkeypatch.setattr(words, "_present_start", read)
    log = tuple(Step("", f"step {number}") for number in range(100))
    lab = LabEntry("default", "/srv", providers=("clab",), log=log)
    nodes = words.nodes([NodeEntry(f"r{number}") for number in range(1000)], lab)
    assert len(nodes) == 1000
    assert read.call_count <= 2
