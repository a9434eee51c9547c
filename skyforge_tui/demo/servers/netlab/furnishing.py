"""What is on the disk of a pretend lab host: programs, and a few topologies of the company."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

TOPOLOGIES: Final[Mapping[str, str]] = {
    "edge": "name: edge\nnodes: [ e1, e2, core ]\nlinks: [ e1-core, e2-core, e1-e2 ]\n",
    "dc1": (
        "name: dc1\ndefaults.device: eos\nnodes: [ s1, s2, l1, l2, l3, l4 ]\n"
        "links: [ l1-s1, l1-s2, l2-s1, l2-s2, l3-s1, l3-s2, l4-s1, l4-s2 ]\n"
    ),
    "wan": (
        "name: wan\nprovider: external\nnodes: [ pe1, pe2 ]\nlinks: [ pe1-pe2 ]\nbroken: pe1-pe2\n"
    ),
    "nightly": "name: nightly\nnodes: [ r1, r2 ]\nlinks: [ r1-r2 ]\nfails: [ r2 ]\n",
}
"""Folder below `~/labs` to topology: keys and lists as the pretend netlab reads them."""
_CONTAINERS: Final = """\
name: vlan
topology:
  kinds: {linux: {image: ghcr.io/srl-labs/alpine}}
  nodes:
    sw1:
      kind: linux
    c1:
      kind: linux
    c2:
      kind: linux
  links:
  - endpoints: ["sw1:eth1", "c1:eth1"]
  - endpoints: ["sw1:eth2", "c2:eth1"]
"""
PROGRAMS: Final = ("netlab", "containerlab")


def furnish(home: Path, programs: Path, states: Path) -> None:
    """Make a home with labs in it, programs that are found first, and a place of metadata."""
    programs.mkdir(parents=True)
    for name in PROGRAMS:
        path = programs / name
        # What it is called is seen in the list of processes, as with the real one.
        path.write_text(
            f"#!{sys.executable}\nfrom skyforge_tui.demo.programs.{name} import main\n"
            "import sys\nraise SystemExit(main(sys.argv[1:]))\n",
            "utf-8",
        )
        path.chmod(0o755)
    for folder, text in TOPOLOGIES.items():
        (home / "labs" / folder).mkdir(parents=True)
        (home / "labs" / folder / "topology.yml").write_text(text, "utf-8")
    (home / "labs" / "vlan").mkdir()
    (home / "labs" / "vlan" / "vlan.clab.yml").write_text(_CONTAINERS, "utf-8")
    state = states / "ada-training"
    state.mkdir(parents=True)
    metadata = {
        "name": "training", "owner": "ada", "status": "Running",
        "updated_at": "2026-03-01T08:12:00Z", "course": "BGP in two days",
    }  # fmt: skip
    (state / "metadata.json").write_text(json.dumps(metadata, indent=1), "utf-8")
