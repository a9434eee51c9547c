"""Recognising a netlab topology by what is in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from skyforge_tui.integrations.yaml_shape import Shape, has_outer_key

DEFAULTS = "topology-defaults.yml"
"""netlab obeys a file of this name in the folder it is started in."""
SNAPSHOTS = ("netlab.snapshot.pickle", "netlab.snapshot.yml")
"""What `create` leaves beside what it made from a topology."""

LINE = r"""^\{?["']?nodes["']?[[:space:]]*:"""
"""A line of every topology that is written in lines, as `grep -E` takes it."""
_NODES = re.compile(rb"nodes[\"']?\s*:")
_EVIDENCE = frozenset({"addressing", "defaults", "links", "module", "plugin", "provider"})
_EVIDENT = re.compile(rb"(?:addressing|defaults|links|module|plugin|provider)[\w.]*[\"']?\s*:")
_DEFAULTS_EVIDENCE = frozenset(
    {"addressing", "device", "devices", "groups", "netlab", "provider", "providers", "multilab"}
)
_FOREIGN = frozenset(
    {
        "all", "apiVersion", "hosts", "kind", "lab", "services", "spec", "testbed", "topology",
        "_input", "_netlab_version",
    }
)  # fmt: skip
"""Of containerlab, Compose, Kubernetes, inventories, CML, pyATS, and of netlab's own snapshots."""
_FOREIGN_OF_LINKS = frozenset({"endpoints", "source", "target", "i1", "i2"})
_PLUGIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class NetlabTopology:
    """What a topology tells about itself; empty texts where it leaves things to defaults."""

    nodes: tuple[str, ...]
    """Their names; plugins may add more."""
    name: str = ""
    provider: str = ""
    device: str = ""
    plugins: tuple[str, ...] = ()


def may_be_topology(data: bytes) -> bool:
    """Return False when `data` surely is no topology; cheap."""
    return has_outer_key(data, _NODES) and has_outer_key(data, _EVIDENT)


def read_topology(shape: Shape) -> NetlabTopology | None:
    """Return what the topology of this shape tells, or None when it is something else."""
    if not isinstance(shape, dict):
        return None
    # `defaults.device: frr` is another way to write `defaults: {device: frr}`.
    keys = {key.split(".")[0] for key in shape}
    nodes = _node_names(shape.get("nodes"))
    if not nodes or keys & _FOREIGN or not keys & _EVIDENCE:
        return None
    defaults = _defaults(shape)
    links = shape.get("links")
    speaks = keys & (_EVIDENCE - {"defaults", "links"}) or defaults.keys() & _DEFAULTS_EVIDENCE
    if "links" in keys and not _are_links(links):
        return None
    if not speaks and "links" not in keys:
        return None
    return NetlabTopology(
        nodes,
        _text(shape.get("name")),
        _text(shape.get("provider")) or _text(defaults.get("provider")),
        _text(defaults.get("device")),
        tuple(one for one in _texts(shape.get("plugin")) if _PLUGIN.fullmatch(one)),
    )


def plugin_files(directory: Path, plugins: tuple[str, ...]) -> list[Path]:
    """Return where netlab, started in `directory`, looks for the code of these plugins."""
    return [
        directory / place
        for name in plugins
        for place in (name, f"{name}.py", f"{name}/__init__.py", f"{name}/plugin.py")
    ]


def _node_names(nodes: Shape) -> tuple[str, ...]:
    """Return what the nodes are called; nothing when these are no nodes of netlab."""
    if isinstance(nodes, dict):
        are_nodes = all(one is None or isinstance(one, dict) for one in nodes.values())
        return tuple(nodes) if are_nodes else ()
    if not isinstance(nodes, list):
        return ()
    names = [one.get("name") if isinstance(one, dict) else one for one in nodes]
    found = tuple(one for one in names if isinstance(one, str))
    return found if len(found) == len(names) else ()


def _are_links(links: Shape) -> bool:
    if links is None:
        return True
    if not isinstance(links, list):
        return False
    return all(
        isinstance(one, str | list)
        or (isinstance(one, dict) and not one.keys() & _FOREIGN_OF_LINKS)
        for one in links
    )


def _defaults(shape: dict[str, Shape]) -> dict[str, Shape]:
    inner = shape.get("defaults")
    found: dict[str, Shape] = {}
    if isinstance(inner, dict):
        found = {key.split(".")[0]: value for key, value in inner.items()}
    for key, value in shape.items():
        first, _, rest = key.partition(".")
        if first == "defaults" and rest:
            found[rest.split(".")[0]] = None if "." in rest else value
    return found


def _text(shape: Shape) -> str:
    return shape if isinstance(shape, str) else ""


def _texts(shape: Shape) -> list[str]:
    if isinstance(shape, list):
        return [one for one in shape if isinstance(one, str)]
    return [shape] if isinstance(shape, str) else []
