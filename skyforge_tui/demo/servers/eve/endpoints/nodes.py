"""Nodes of a lab: `/api/labs/….unl/nodes`. Starting and the like are GETs that change the world."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from skyforge_tui.demo.servers.eve import shapes
from skyforge_tui.demo.servers.eve.answers import Refusal
from skyforge_tui.demo.servers.eve.calling import Call, routes
from skyforge_tui.demo.servers.eve.things import Node

MOST: Final = 127
_CANVAS: Final = {"left": 1024, "top": 768}
_LATE: Final = "iol"


@routes("GET", "…/nodes")
async def listed(call: Call) -> Response:
    """List the nodes, with their state as this account's pod sees it."""
    lab = call.lab
    told = {key: shapes.node(call, lab, one, is_listed=True) for key, one in lab.nodes.items()}
    return call.done("Successfully listed nodes (60026).", told)


@routes("POST", "…/nodes")
async def add(call: Call) -> Response:
    """Add a node; one too many is said to be added as well."""
    call.may_edit()
    given, lab = await call.body(), call.lab
    await call.state.free(lab)
    number = max(lab.nodes, default=0) + 1
    is_old = call.state.habits.edition == "unetlab"
    if number > MOST:
        return call.done("No free node id (20046).", {"id": number}, code=201)
    lab.nodes[number] = _made(number, given)
    lab.saved_at = call.state.estate.clock.now()
    told = () if is_old else ({"id": number},)
    return call.done("Lab has been saved (60023).", *told, code=201)


@routes("GET", "…/nodes/start")
async def start_all(call: Call) -> Response:
    """Start all, IOL last; ends at the first that fails, however far that is."""
    lab, tenant = call.lab, call.account.tenant

    async def work() -> None:
        for node in sorted(lab.nodes.values(), key=lambda one: one.type == _LATE):
            await call.state.start(tenant, lab, node)

    await call.state.go_on(lab, work)
    return call.done("Nodes started (80048).")


@routes("GET", "…/nodes/stop")
async def stop_all(call: Call) -> Response:
    """Stop all."""
    for node in call.lab.nodes.values():
        linger_s = call.state.habits.linger_s
        call.state.stop(call.account.tenant, call.lab, node, linger_s)
    return call.done("Nodes stopped (80050).")


@routes("GET", "…/nodes/wipe")
async def wipe_all(call: Call) -> Response:
    """Let all forget."""
    for node in call.lab.nodes.values():
        _wipe(call, node)
    return call.done("Nodes wiped (80052).")


@routes("GET", "…/nodes/{node}")
async def one(call: Call) -> Response:
    """Tell one node."""
    told = shapes.node(call, call.lab, call.node, is_listed=False)
    return call.done("Successfully listed node (60025).", told)


@routes("DELETE", "…/nodes/{node}")
async def drop(call: Call) -> Response:
    """Delete a node; one that is not there is deleted as well."""
    call.may_edit()
    call.lab.nodes.pop(int(call.found["node"]), None)
    return call.done("Lab has been saved (60023).")


@routes("GET", "…/nodes/{node}/start")
async def start(call: Call) -> Response:
    """Start a node."""
    await call.state.start(call.account.tenant, call.lab, call.node)
    return call.done("Node started (80049).")


@routes("GET", "…/nodes/{node}/stop")
@routes("GET", "…/nodes/{node}/stop/stopmode=3", only=("pro",))
async def stop(call: Call) -> Response:
    """Stop a node."""
    call.state.stop(call.account.tenant, call.lab, call.node)
    return call.done("Node stopped (80051).")


@routes("GET", "…/nodes/{node}/wipe")
async def wipe(call: Call) -> Response:
    """Let a node forget."""
    _wipe(call, call.node)
    return call.done("Node wiped (80053).")


@routes("PUT", "…/nodes/{node}/export")
async def export(call: Call) -> Response:
    """Read a node's configuration over its console and keep it in the lab."""
    call.may_edit()
    lab, node = call.lab, call.node
    if call.state.status_of(call.account.tenant, lab, node) == 0 or node.type == "vpcs":
        raise Refusal(400, "Failed to export the configuration (19).")

    async def work() -> None:
        await call.state.take(call.state.habits.export_s)
        node.config, node.configuration = 1, f"hostname {node.name}\n!\nend\n"

    await call.state.go_on(lab, work)
    return call.done("Node exported (80058).")


@routes("GET", "…/nodes/{node}/interfaces")
async def interfaces(call: Call) -> Response:
    """Tell the interfaces of a node and where they lead."""
    told = shapes.interfaces(call.node)
    return call.done("Successfully listed node interfaces (60030).", told)


@routes("PUT", "…/nodes/{node}/interfaces")
async def connect(call: Call) -> Response:
    """Connect interfaces to networks."""
    call.may_edit()
    await call.state.free(call.lab)
    for number, network in (await call.body()).items():
        if str(network):
            call.node.links[int(number)] = int(network)
        else:
            call.node.links.pop(int(number), None)
    return call.done("Lab has been saved (60023).", code=201)


def _wipe(call: Call, node: Node) -> None:
    call.state.stop(call.account.tenant, call.lab, node)


def _made(number: int, given: dict[str, Any]) -> Node:
    """Return the node that was asked for; places may be parts of the canvas."""

    def place(name: str) -> int:
        text = str(given.get(name, "0"))
        if text.endswith("%"):
            return int(float(text[:-1]) / 100 * _CANVAS[name])
        return int(float(text or 0))

    return Node(
        number, str(given.get("name") or f"Node{number}"), str(given.get("type", "qemu")),
        str(given.get("template", "vios")), str(given.get("image") or "none"),
        icon=str(given.get("icon", "Router.png")), left=place("left"), top=place("top"),
        ram=int(given.get("ram") or 1024), ethernet=int(given.get("ethernet") or 1),
    )  # fmt: skip
