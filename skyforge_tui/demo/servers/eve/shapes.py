"""How things are told: fields as each edition writes them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from skyforge_tui.demo.clock import SECOND
from skyforge_tui.demo.servers.eve.calling import Call
from skyforge_tui.demo.servers.eve.things import Lab, Network, Node

_FIRST_PORT = 32768
_NODES_OF_A_POD = 128


def interface_name(node: Node, number: int) -> str:
    """Return what an interface of a node is called."""
    if node.type == "vpcs":
        return f"eth{number}"
    return f"Gi0/{number}" if node.template.startswith("vios") else f"e{number}"


def node_url(call: Call, lab: Lab, node: Node) -> str:
    """Return where a node's console is, as this account wants it."""
    tenant = call.account.tenant
    port = _FIRST_PORT + _NODES_OF_A_POD * tenant + node.id
    if call.state.habits.edition == "pro":
        port += 17 * (sorted(call.state.labs).index(lab.path) + 1)
    if call.account.html5 == 1 and call.state.habits.edition != "unetlab":
        place = base64.b64encode(f"{port}\0c\0mysql".encode()).decode()
        return f"/html5/#/client/{place}?token=0F1E2D3C"
    host = call.state.habits.internal_host or call.request.url.hostname
    return f"{node.console}://{host}:{port}"


def node(call: Call, lab: Lab, one: Node, *, is_listed: bool) -> dict[str, Any]:
    """Return a node as listed, or as asked for alone."""
    status = call.state.status_of(call.account.tenant, lab, one)
    told: dict[str, Any] = {
        "console": one.console, "delay": one.delay, "left": one.left, "icon": one.icon,
        "image": one.image, "name": one.name, "status": status, "template": one.template,
        "type": one.type, "top": one.top, "url": node_url(call, lab, one), "ethernet": one.ethernet,
    }  # fmt: skip
    if is_listed:
        told |= {"id": one.id, "ram": one.ram}
    else:
        told["config"] = one.config
    if call.state.habits.edition == "unetlab":
        return told
    uuid = f"{lab.id[:-4]}{one.id:04d}"
    told |= {"uuid": uuid, "firstmac": f"50:00:00:{one.id:02x}:00:00", "config": one.config,
             "config_list": [], "cpu": str(one.cpu), "ram": one.ram}  # fmt: skip
    return told


def network(lab: Lab, one: Network) -> dict[str, Any]:
    """Return a network."""
    count = sum(one.id in node.links.values() for node in lab.nodes.values())
    return {"id": one.id, "count": count, "left": one.left, "name": one.name, "top": one.top,
            "type": one.type}  # fmt: skip


def info(call: Call, lab: Lab) -> dict[str, Any]:
    """Return what a lab says of itself."""
    told: dict[str, Any] = {
        "author": lab.author, "description": lab.description, "body": lab.body,
        "filename": lab.file, "id": lab.id, "name": lab.name, "version": lab.version,
        "scripttimeout": lab.scripttimeout,
    }  # fmt: skip
    return told if call.state.habits.edition == "unetlab" else {**told, "lock": lab.lock}


def interfaces(node: Node) -> dict[str, Any]:
    """Return the interfaces of a node; PHP makes a list of those with numbers from 0 on."""
    return {
        "id": node.id,
        "sort": node.type,
        "ethernet": [
            {"name": interface_name(node, number), "network_id": node.links.get(number, 0)}
            for number in range(node.ethernet)
        ],
        "serial": [],
    }


def topology(lab: Lab, *, names_networks: bool) -> list[dict[str, Any]]:
    """Return every link, between two nodes where a hidden bridge is between them."""
    ends: dict[int, list[tuple[Node, int]]] = {}
    for one in lab.nodes.values():
        for number, wire in one.links.items():
            ends.setdefault(wire, []).append((one, number))
    found: list[dict[str, Any]] = []
    for wire, some in ends.items():
        net = lab.networks.get(wire)
        if net is not None and not net.visibility and len(some) == 2:
            (a, at_a), (b, at_b) = some
            found.append(_link(a, at_a, f"node{b.id}", "node", interface_name(b, at_b)))
        else:
            found += [_link(one, at, f"network{wire}", "network", "") for one, at in some]
    if names_networks:
        for link in found:
            link["network_id"] = 0
    return found


def _link(node: Node, at: int, to: str, kind: str, label: str) -> dict[str, Any]:
    return {
        "type": "ethernet", "source": f"node{node.id}", "source_type": "node",
        "source_label": interface_name(node, at), "destination": to, "destination_type": kind,
        "destination_label": label,
    }  # fmt: skip


def lab_file(lab: Lab) -> dict[str, Any]:
    """Return a lab as a folder lists it."""
    at = datetime.fromtimestamp(lab.saved_at // SECOND, UTC)
    return {"file": lab.file, "path": lab.path, "umtime": lab.saved_at // SECOND,
            "mtime": f"{at:%d %b %Y %H:%M}"}  # fmt: skip
