"""Networks and configurations of a lab."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from skyforge_tui.demo.servers.eve import shapes
from skyforge_tui.demo.servers.eve.answers import encoded
from skyforge_tui.demo.servers.eve.calling import Call, routes
from skyforge_tui.demo.servers.eve.things import Network

_WIDTH, _HEIGHT = 1024, 768


@routes("GET", "…/networks")
async def listed(call: Call) -> Response:
    """List the networks."""
    is_old = call.state.habits.edition == "unetlab"
    told: dict[int, Any] = {
        key: shapes.network(call.lab, one)
        | ({} if is_old else {"visibility": one.visibility, "icon": "lan.png"})
        for key, one in call.lab.networks.items()
    }
    return call.done("Successfully listed networks (60004).", told)


@routes("POST", "…/networks")
async def add(call: Call) -> Response:
    """Add a network."""
    call.may_edit()
    given, lab = await call.body(), call.lab
    await call.state.free(lab)
    number = max(lab.networks, default=0) + 1
    lab.networks[number] = Network(
        number, str(given.get("name", "Net")), str(given.get("type", "bridge")),
        _place(given.get("left", 0), _WIDTH), _place(given.get("top", 0), _HEIGHT),
        int(given.get("visibility", 1)),
    )  # fmt: skip
    return call.done("Network has been added to the lab (60006).", {"id": number}, code=201)


@routes("GET", "…/configs")
async def configs(call: Call) -> Response:
    """List what is kept for nodes."""
    told = {
        key: {"config": one.config, "name": one.name, "icon": one.icon,
              "len": len(one.configuration)}
        for key, one in call.lab.nodes.items()
    }  # fmt: skip
    return call.done("Successfully listed configurations (60057).", told)


@routes("GET", "…/configs/{node}")
async def config(call: Call) -> Response:
    """Tell a configuration; one that is not there is told with status 200 that it failed."""
    node = call.node
    if not node.configuration:
        text = encoded({"code": 200, "status": "fail", "message": "No configuration (60058)."})
        return Response(text, 200, {"content-type": "application/json"})
    told = {"name": node.name, "id": node.id, "data": node.configuration}
    return call.done("Successfully loaded configuration (60057).", told)


def _place(given: Any, size: int) -> int:
    text = str(given)
    return int(float(text[:-1]) / 100 * size) if text.endswith("%") else int(float(text or 0))
