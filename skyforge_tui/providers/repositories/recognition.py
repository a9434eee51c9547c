"""Telling the topologies of lab tools apart by what is in them; no file is one of two tools."""

from __future__ import annotations

from skyforge_tui.integrations.containerlab import topology as containerlab
from skyforge_tui.integrations.containerlab.topology import ContainerlabTopology
from skyforge_tui.integrations.netlab import topology_file as netlab
from skyforge_tui.integrations.netlab.topology_file import NetlabTopology
from skyforge_tui.integrations.yaml_shape import YamlError, read_shape


def may_be_topology(data: bytes) -> bool:
    """Return False when `data` surely is no topology of any tool; cheap."""
    return netlab.may_be_topology(data) or containerlab.may_be_topology(data)


def read_topology(data: bytes) -> ContainerlabTopology | NetlabTopology | None:
    """Return what the topology in `data` tells, or None when it is something else.

    Raises:
        YamlError: it cannot be read as YAML.
    """
    shape = read_shape(data)
    return containerlab.read_topology(shape) or netlab.read_topology(shape)


def begins_as_topology(head: bytes) -> bool:
    """Return whether `head` is a topology; of a file that is cut, nobody can tell."""
    try:
        return may_be_topology(head) and read_topology(head) is not None
    except YamlError:
        return False
