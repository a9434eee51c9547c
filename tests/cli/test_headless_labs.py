"""Labs without the cockpit: JSON, tables and exit codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.headless import Headless
from tests.fakes.labs import ScriptedNetlab
from tests.worktrees import write


@pytest.fixture
def netlab(tmp_path: Path) -> ScriptedNetlab:
    """Return a netlab that runs one lab of two nodes."""
    netlab = ScriptedNetlab(tmp_path / "netlab")
    entry: dict[str, Any] = {
        "dir": str(tmp_path), "name": "demo", "providers": ["clab"], "status": "started",
        "timestamp": "2026-03-14 11:00:00+00:00",
        "log": ["2026-03-14T10:59:00+00:00: initial configuration complete"],
    }  # fmt: skip
    node = {"device": "frr", "provider": "clab", "status": "Up 2 minutes"}
    netlab.answer("status-all", {"default": entry})
    netlab.answer("status-default", {**entry, "nodes": {"r1": node, "r2": node}})
    netlab.answer("inspect-nodes", {"r1": {"device": "frr"}, "r2": {"device": "frr"}})
    netlab.answer("inspect-links", [{"interfaces": [{"node": "r1"}, {"node": "r2"}]}])
    netlab.answer("inspect-input", [str(tmp_path / "topology.yml")])
    return netlab


def test_listing(sky: Headless, netlab: ScriptedNetlab) -> None:
    """Labs come as one JSON object with how their providers answered, or as a table."""
    done = sky("labs", "ls", "--json", environ=netlab.environ)
    assert done.code == 0, done
    (lab,) = done.json["labs"]
    assert (lab["id"], lab["state"], lab["ready"]) == ("netlab:default", "running", 2)
    assert [one["mode"] for one in done.json["sources"]] == ["live"]
    assert "demo  ready  2/2  2/2" in sky("labs", "ls", environ=netlab.environ).text


def test_showing(sky: Headless, netlab: ScriptedNetlab) -> None:
    """A lab is shown with nodes, links and steps; one that is not there exits 5."""
    done = sky("labs", "show", "demo", "--json", environ=netlab.environ)
    assert [one["name"] for one in done.json["nodes"]] == ["r1", "r2"]
    assert len(done.json["links"]) == len(done.json["steps"]) == 1
    told = sky("labs", "show", "demo", environ=netlab.environ).text
    assert "links[1] - r1 -- r2" in " ".join(told.split())
    assert sky("labs", "show", "other", environ=netlab.environ).code == 5


def test_what_runs_of_a_topology_do(sky: Headless, tmp_path: Path) -> None:
    """Starting a lab that a run of its topology starts is refused with that very command."""
    write(sky.project, {"bgp/topology.yml": "nodes: [r1, r2]\nprovider: clab\nlinks: [r1-r2]\n"})
    netlab = ScriptedNetlab(tmp_path / "netlab")
    netlab.answer("status-all", {})
    done = sky("labs", "start", "bgp", environ=netlab.environ)
    assert (done.code, done.out) == (4, b"")
    assert "skyforge runs launch fabric/bgp/topology.yml -v action=up" in done.err


def test_reports_and_graphs(sky: Headless, netlab: ScriptedNetlab) -> None:
    """Reports, graphs and metadata go to standard output; a report that is not there exits 5."""
    netlab.answer("report", "wired well\n")
    (netlab.answers / "graph.dot").write_text("graph {}\n")
    assert sky("labs", "report", "demo", "wiring", environ=netlab.environ).text == "wired well\n"
    assert sky("labs", "graph", "demo", environ=netlab.environ).text == "graph {}\n"
    metadata = sky("labs", "metadata", "demo", environ=netlab.environ).json
    assert (metadata["lab_id"], metadata["status"]) == ("netlab:default", "started")
    netlab.answer("report", "", err='IncorrectValue in report: Cannot find "x.j2"\n')
    assert sky("labs", "report", "demo", "x", environ=netlab.environ).code == 5


def test_a_netlab_that_fails(sky: Headless, netlab: ScriptedNetlab) -> None:
    """When no provider answers, the listing says why and exits 3."""
    netlab.answer("status-all", "", err="Fatal error in netlab: disk on fire\n", code=1)
    done = sky("labs", "ls", "--json", environ=netlab.environ)
    assert (done.code, done.json["labs"]) == (3, [])
    assert "netlab: disk on fire" in done.err
