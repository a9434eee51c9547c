"""Recognising a containerlab topology, by its name or by what is in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from skyforge_tui.integrations.yaml_shape import Shape, has_outer_key

SUFFIXES = (".clab.yml", ".clab.yaml")
"""How containerlab itself recognises topologies in a folder."""
LINE = r"""^\{?["']?topology["']?[[:space:]]*:"""
"""A line of every topology that is written in lines, as `grep -E` takes it."""

_NAME = re.compile(rb"name[\"']?\s*:")
_TOPOLOGY = re.compile(rb"topology[\"']?\s*:")


@dataclass(frozen=True, slots=True)
class ContainerlabTopology:
    """What a topology tells about itself."""

    name: str
    nodes: int
    kinds: tuple[str, ...] = ()
    """The kinds of nodes that it names, sorted."""
    names: tuple[str, ...] = ()
    """What its nodes are called."""


def may_be_topology(data: bytes) -> bool:
    """Return False when `data` surely is no topology; cheap."""
    return has_outer_key(data, _TOPOLOGY) and has_outer_key(data, _NAME)


def read_topology(shape: Shape) -> ContainerlabTopology | None:
    """Return what the topology of this shape tells, or None when it is something else."""
    if not isinstance(shape, dict):
        return None
    name, topology = shape.get("name"), shape.get("topology")
    if not isinstance(name, str) or not isinstance(topology, dict):
        return None
    nodes = topology.get("nodes")
    if not isinstance(nodes, dict) or not nodes:
        return None
    if not all(one is None or isinstance(one, dict) for one in nodes.values()):
        return None
    kinds = {_kind(one) for one in (*nodes.values(), topology.get("defaults"))}
    return ContainerlabTopology(name, len(nodes), tuple(sorted(kinds - {""})), tuple(nodes))


def _kind(node: Shape) -> str:
    kind = node.get("kind") if isinstance(node, dict) else None
    return kind if isinstance(kind, str) else ""
