"""Recognising netlab topologies by reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from skyforge_tui.integrations.netlab.topology_file import (
    NetlabTopology,
    may_be_topology,
    plugin_files,
    read_topology,
)
from skyforge_tui.integrations.yaml_shape import read_shape


def _read(text: str) -> NetlabTopology | None:
    return read_topology(read_shape(text.encode()))


@pytest.mark.parametrize(
    "text",
    [
        "nodes: [r1, r2]\nlinks: [r1-r2]\n",
        "nodes:\n  r1:\n  r2: {device: frr}\nlinks:\n- r1:\n  r2:\n- [r1, r2]\n",
        "defaults.device: frr\nnodes: [r1, r2]\n",
        "defaults: {device: frr}\nnodes: [r1]\n",
        "nodes:\n- name: r1\n- name: r2\nlinks:\n- r1-r2\n",
        "provider: clab\nnodes:\n  r1:\n",
        "module: [ospf]\nospf.area: 0\nnodes: {r1: , r2: }\n",
        "nodes: {r1: }\nlinks:\n- interfaces: [{node: r1}]\n  prefix: 10.0.0.0/24\n",
    ],
)
def test_nodes_and_what_only_netlab_says_make_a_topology(text: str) -> None:
    """Every way of writing nodes and links counts."""
    assert may_be_topology(text.encode())
    assert _read(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- nodes: [r1]\n",
        "nodes: [r1, r2]\n",
        "nodes: {}\nlinks: []\n",
        "nodes: 3\nprovider: clab\n",
        "nodes: {r1: 10.0.0.1}\nmodule: x\n",
        "nodes: [r1]\ndefaults: {replicas: 3}\n",
        "name: lab\ntopology:\n  nodes:\n    r1: {kind: linux}\n",
        "nodes:\n- {id: n0, label: r1}\nlinks:\n- {n1: n0, n2: n1}\nlab: {title: x}\n",
        "nodes:\n- {id: a}\n- {id: b}\nlinks:\n- {source: a, target: b}\n",
        "nodes: {a: }\nlinks:\n- endpoints: [a:eth1, b:eth1]\n",
        "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes:\n- role: worker\n",
        "nodes:\n- address: 10.0.0.1\n  role: [worker]\nservices: {etcd: {}}\n",
        "services:\n  nodes: {image: x}\nprovider: y\n",
        "all:\n  hosts:\n    r1:\nnodes: [r1]\nlinks: [r1-r2]\n",
        "_netlab_version: '26.10'\nnodes: {r1: }\nlinks: [r1-r2]\n",
    ],
)
def test_other_files_are_no_topologies(text: str) -> None:
    """Of containerlab, CML, Kubernetes, graphs, inventories and netlab's own snapshots."""
    assert _read(text) is None


def test_a_topology_tells_of_itself() -> None:
    """Name, size, provider, device and plugins are read; plugins that are paths are not."""
    found = _read(
        "name: core\nprovider: clab\ndefaults.device: frr\n"
        "plugin: [multilab, ebgp.utils, ../evil]\nnodes: [a, b, c]\n"
    )
    assert found == NetlabTopology(
        ("a", "b", "c"), "core", "clab", "frr", ("multilab", "ebgp.utils")
    )
    assert _read("nodes: [a]\ndefaults: {provider: libvirt}\n") == NetlabTopology(
        ("a",), provider="libvirt"
    )


def test_plugins_are_looked_for_beside_the_topology() -> None:
    """A plugin is a file, a file of Python, or a folder with one."""
    assert [str(one) for one in plugin_files(Path("/lab"), ("mine",))] == [
        "/lab/mine",
        "/lab/mine.py",
        "/lab/mine/__init__.py",
        "/lab/mine/plugin.py",
    ]
