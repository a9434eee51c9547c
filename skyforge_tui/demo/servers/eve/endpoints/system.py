"""The host, and what it offers: `/api/status`, `/api/list`."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from skyforge_tui.demo.servers.eve.answers import Refusal
from skyforge_tui.demo.servers.eve.calling import Call, routes

_TEMPLATES: Final = {
    "vios": ("Cisco vIOS", "qemu"), "viosl2": ("Cisco vIOS L2", "qemu"),
    "veos": ("Arista vEOS", "qemu"), "linux": ("Linux", "qemu"), "vyos": ("VyOS", "qemu"),
    "vpcs": ("Virtual PC (VPCS)", "vpcs"), "docker": ("Docker.io", "docker"),
    "qfx": ("Juniper QFX.missing", "qemu"),
}  # fmt: skip
_KINDS: Final = ("iol", "dynamips", "qemu", "docker", "vpcs")


@routes("GET", "/status")
async def status(call: Call) -> Response:
    """Tell how the host is, and how many nodes of each kind run on it, whosever they are."""
    habits = call.state.habits
    if not habits.status_works:
        return Response("", 500)
    counts = dict.fromkeys(_KINDS, 0)
    labs = {lab.id: lab for lab in call.state.labs.values()}
    for _, lab_id, node_id in call.state.runs:
        if lab_id in labs and node_id in labs[lab_id].nodes:  # else its lab was deleted
            counts[labs[lab_id].nodes[node_id].type] += 1
    busy = sum(counts.values())
    told: dict[str, Any] = {
        "version": habits.version + ("-PRO" if habits.edition == "pro" else ""),
        "qemu_version": "8.2.2", "uksm": "unsupported", "ksm": "enabled", "cpulimit": "enabled",
        "cpu": min(99, 3 + 4 * busy), "disk": 34, "cached": 20, "mem": min(95, 12 + 3 * busy),
        "swap": 0, **counts,
    }  # fmt: skip
    if habits.edition == "pro":
        told |= {"vCPU": habits.cpus, "memtotal": "128", "diskavailable": "1.2T"}
    return call.done("Fetched system status (60001).", told)


@routes("GET", "/list/templates")
async def templates(call: Call) -> Response:
    """List what nodes can be."""
    told = {name: words for name, (words, _) in _TEMPLATES.items()}
    return call.done("Successfully listed node templates (60003).", told)


@routes("GET", "/list/templates/{template}")
async def template(call: Call) -> Response:
    """Tell what a kind of node can be given."""
    found = _TEMPLATES.get(call.found["template"])
    if found is None:
        raise Refusal(404, "Template does not exist (60031).")
    options = {
        "name": {"name": "Name/prefix", "type": "input", "value": "VPC"},
        "icon": {"name": "Icon", "type": "list", "value": "Desktop.png",
                 "list": {"Desktop.png": "Desktop", "Router.png": "Router",
                          "Switch.png": "Switch"}},
        "config": {"name": "Startup configuration", "type": "list", "value": "0",
                   "list": ["None", "Exported"]},
        "delay": {"name": "Delay (s)", "type": "input", "value": 0},
    }  # fmt: skip
    told = {"options": options, "description": found[0], "type": found[1]}
    return call.done("Successfully listed node template (60032).", told)


@routes("GET", "/list/networks")
async def networks(call: Call) -> Response:
    """List what networks can be."""
    told = {"bridge": "bridge", "ovs": "ovs"}
    if call.state.habits.edition != "unetlab":
        told |= {"pnet0": "Management(Cloud0)", "pnet1": "Cloud1"}
    return call.done("Successfully listed network types (60002).", told)


@routes("GET", "/runninglabs", only=("pro",))
async def running_labs(call: Call) -> Response:
    """List what runs in every pod (Pro, as clients observe it)."""
    whose = {one.tenant: one.username for one in call.state.accounts.values()}
    members = [one for one in call.state.habits.cluster.split(",") if one]
    told = [
        {"labname": lab.name, "labid": f"{tenant}-{lab.id}", "uuid": lab.id, "path": lab.path,
         "username": whose.get(tenant, ""), "online": 1, "cpu": 4, "mem": 9, "podid": tenant,
         "sat_name": members[tenant % len(members)] if members else ""}
        for lab in call.state.labs.values()
        for tenant in call.state.running(lab)
    ]  # fmt: skip
    return call.done("Successfully listed running labs (60090).", told)
