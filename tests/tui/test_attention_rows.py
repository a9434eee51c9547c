"""What is said of what needs attention, as whole rows of text."""

from __future__ import annotations

from datetime import timedelta

from skyforge_tui.domain.concern import Attention, Concern, Distrust, Why
from skyforge_tui.domain.freshness import UpstreamHealth, UpstreamState
from skyforge_tui.domain.identity import Me
from skyforge_tui.domain.lab import LabState
from skyforge_tui.tui.presenters import attention as attention_rows
from tests.fakes.labs import a_lab
from tests.tui.pretend import EDGE, NOW, WAN
from tests.tui.row_bench import ASKING, FAILED, LOST, QUEUED, RUNNING, SMALL, USUAL, table


def test_attention_rows() -> None:
    """Every concern says how it is, what it is and why, in the columns of its neighbours."""
    distrust = Distrust(EDGE, ("/srv/net/edge-fabric/skyforge.toml",), "1")
    silent = UpstreamHealth("nl-1", "netlab", UpstreamState.ERROR, NOW - timedelta(minutes=3), "no")
    lab = a_lab(name="bgp", state=LabState.RUNNING, nodes_total=4, nodes_up=3, note="leaf1 is down")
    found = Attention((
        Concern(Why.BROKE, FAILED), Concern(Why.BROKE, silent), Concern(Why.NEEDS_ME, ASKING),
        Concern(Why.NEEDS_ME, lab), Concern(Why.NEEDS_ME, distrust), Concern(Why.NEEDS_ME, WAN),
        Concern(Why.RUNS, QUEUED), Concern(Why.RUNS, RUNNING),
    ), (Concern(Why.BROKE, LOST),))  # fmt: skip
    rows = [
        attention_rows.cells(one, {RUNNING.doing: USUAL}, NOW, Me("mara"), is_muted=False)
        for one in found.concerns
    ]
    assert attention_rows.counted(found) == "8 things, 2 broke, 1 muted"
    assert table(attention_rows.COLUMNS, SMALL, *rows)[1:] == [
        "× failed    run 1808    a-very-long-…ate-pr41     1d  exit code 137: out of…",
        "× lost      upstream    nl-1                      3m  no",
        "? asks you  run 811     wan-cutover              11m  push to pe1, pe2?",
        "▲ degraded  lab         bgp                     254d  leaf1 is down",
        "? trust     project     edge-fabric                   skyforge.toml changed",
        "▲ problem   project     wan-refresh                   template 2: unknown k…",
        "… queued    run 813     lint                     20s",
        "◐ running   run 812     deploy-bgp                4m  ━━━━──  ~2m28s left",
    ]
