"""A containerlab topology really calls the program, with the words its documentation asks for."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.headless import Headless
from tests.worktrees import write

TOPOLOGY = """\
name: dc
topology:
  nodes:
    r1: {kind: linux, image: quay.io/frrouting/frr:10.5.1}
"""
PROGRAM = """\
#!/usr/bin/env python3
import json, os, pathlib, sys

here = pathlib.Path.cwd()
with open(os.environ["CALLS"], "a") as calls:
    tty = sys.stdin.isatty()
    print(json.dumps([sys.argv[1:], str(here), os.environ["PWD"], tty]), file=calls)
print("12:00:01 INFO Parsing & checking topology file=dc.clab.yml", file=sys.stderr)
folder = here / "clab-dc"
match sys.argv[1]:
    case "deploy":
        folder.mkdir()
        (folder / "topology-data.json").write_text("{}")
        (folder / "ansible-inventory.yml").write_text("all: {}")
    case "graph":
        (folder / "graph").mkdir()
        (folder / "graph" / "dc.dot").write_text("graph {}")
"""


@pytest.fixture
def clab(sky: Headless) -> Headless:
    """Return a workspace whose project has a topology in a folder of its own."""
    write(sky.project, {"labs/dc.clab.yml": TOPOLOGY})
    program = sky.base / "bin" / "containerlab"
    program.parent.mkdir()
    program.write_text(PROGRAM)
    program.chmod(0o755)
    sky.environ |= {
        "PATH": f"{program.parent}:{os.environ['PATH']}", "CALLS": str(sky.base / "calls")
    }  # fmt: skip
    sky.trust()
    return sky


def calls(sky: Headless) -> list[list[object]]:
    """Return every call of the program: words, folder, what it was told of that, a terminal."""
    return [json.loads(line) for line in (sky.base / "calls").read_text().splitlines()]


def test_containerlab_is_called_as_it_asks(clab: Headless) -> None:
    """Every action is its subcommand with the topology, run beside it, without a question."""
    folder = str(clab.project / "labs")
    asked = (
        (("action=deploy", "reconfigure=yes"), ["deploy", "-t", "dc.clab.yml", "--reconfigure"]),
        (("action=graph",), ["graph", "-t", "dc.clab.yml", "--dot"]),
        (("action=destroy", "cleanup=yes"), ["destroy", "-t", "dc.clab.yml", "--cleanup"]),
    )
    for answers, _ in asked:
        options = [word for one in answers for word in ("-v", one)]
        done = clab("runs", "launch", "fabric/labs/dc.clab.yml", "--wait", *options)
        assert done.code == 0, done
    assert calls(clab) == [[words, folder, folder, False] for _, words in asked]
    assert b"INFO Parsing" in clab("runs", "logs", "1").out
    kept = {
        one["key"] for one in clab("artifacts", "ls", "artifacts", "-r", "--json").json["artifacts"]
    }
    assert {one.partition("/fabric/")[2] for one in kept} >= {
        "1/clab-dc/topology-data.json", "1/clab-dc/ansible-inventory.yml", "2/clab-dc/graph/dc.dot"
    }  # fmt: skip
    assert Path(folder, "clab-dc").is_dir()
