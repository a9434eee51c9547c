"""Recognising containerlab topologies by reading."""

from __future__ import annotations

import pytest

from skyforge_tui.integrations.containerlab.topology import (
    ContainerlabTopology,
    may_be_topology,
    read_topology,
)
from skyforge_tui.integrations.yaml_shape import read_shape


def _read(text: str) -> ContainerlabTopology | None:
    return read_topology(read_shape(text.encode()))


def test_a_name_and_nodes_in_a_topology_make_one() -> None:
    """Name, number of nodes and their kinds are told, those of the defaults too."""
    text = (
        "name: fabric\nprefix: ''\ntopology:\n  defaults: {kind: nokia_srlinux}\n"
        "  nodes:\n    leaf1:\n    leaf2: {kind: linux, image: alpine}\n"
        "  links:\n  - endpoints: ['leaf1:e1-1', 'leaf2:eth1']\n"
    )
    assert may_be_topology(text.encode())
    assert _read(text) == ContainerlabTopology(
        "fabric", 2, ("linux", "nokia_srlinux"), ("leaf1", "leaf2")
    )


@pytest.mark.parametrize(
    "text",
    [
        "topology:\n  nodes: {a: {kind: linux}}\n",
        "name: x\ntopology: ring\n",
        "name: x\ntopology: {nodes: [a, b]}\n",
        "name: x\ntopology: {nodes: {}}\n",
        "name: x\ntopology: {nodes: {a: text}}\n",
        "testbed: {name: x}\ntopology: {r1: {interfaces: {}}}\n",
        "name: x\nnodes: [a]\nlinks: [a-b]\n",
        "- name: x\n  topology: {nodes: {a: }}\n",
    ],
)
def test_other_files_are_no_topologies(text: str) -> None:
    """Without a name, or without nodes by name, it is something else."""
    assert _read(text) is None
