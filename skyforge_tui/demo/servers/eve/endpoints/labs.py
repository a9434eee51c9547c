"""Labs: `/api/labs`."""

from __future__ import annotations

import uuid

from starlette.responses import Response

from skyforge_tui.demo.servers.eve import shapes
from skyforge_tui.demo.servers.eve.answers import Refusal
from skyforge_tui.demo.servers.eve.calling import Call, routes
from skyforge_tui.demo.servers.eve.exporting import export_of
from skyforge_tui.demo.servers.eve.things import Lab


@routes("POST", "/labs")
async def make(call: Call) -> Response:
    """Make a lab; its id is not told."""
    call.may_edit()
    given = await call.body()
    name, folder = str(given.get("name") or ""), str(given.get("path") or "")
    if not name or not folder:
        raise Refusal(400, "Lab cannot be created, name or path missing (60017).")
    path = f"{folder.rstrip('/')}/{name}.unl"
    state = call.state
    if folder.rstrip("/") and folder.rstrip("/") not in state.folders:
        raise Refusal(400, "Lab cannot be created, parent does not exist (60018).")
    if path in state.labs:
        raise Refusal(400, "Lab already exists (60016).")
    timeout = 600 if state.habits.edition == "unetlab" else 300
    number = uuid.UUID(int=state.estate.dice("eve", path).getrandbits(128), version=4)
    state.labs[path] = Lab(
        path, name, str(number), str(given.get("author", "")), str(given.get("description", "")),
        str(given.get("body", "")), str(given.get("version", "1")), timeout,
        saved_at=state.estate.clock.now(),
    )  # fmt: skip
    return call.done("Lab has been created (60019).")


@routes("GET", "…")
async def info(call: Call) -> Response:
    """Tell what a lab says of itself."""
    return call.done("Lab has been loaded (60020).", shapes.info(call, call.lab))


@routes("DELETE", "…")
async def drop(call: Call) -> Response:
    """Delete a lab; what runs of it is forgotten."""
    call.may_edit()
    lab = call.lab
    del call.state.labs[lab.path]
    for key in [one for one in call.state.runs if one[1] == lab.id]:
        del call.state.runs[key]
    return call.done("Lab has been deleted (60022).")


@routes("PUT", "…/Lock")
async def lock(call: Call) -> Response:
    """Lock a lab: only the page in the browser keeps to it."""
    return await _locked(call, 1)


@routes("PUT", "…/Unlock")
async def unlock(call: Call) -> Response:
    """Unlock a lab."""
    return await _locked(call, 0)


async def _locked(call: Call, lock: int) -> Response:
    call.may_edit()
    await call.state.free(call.lab)
    call.lab.lock = lock
    call.lab.saved_at = call.state.estate.clock.now()
    return call.done("Lab has been saved (60023).")


@routes("GET", "…/topology")
async def topology(call: Call) -> Response:
    """Tell every link; the account's browser jumps to this lab from now on."""
    call.account.lab = call.lab.path
    is_old = call.state.habits.edition == "unetlab"
    told = shapes.topology(call.lab, names_networks=not is_old)
    return call.done("Topology loaded", told, code="200")


@routes("GET", "…/links")
async def links(call: Call) -> Response:
    """Tell what interfaces can be connected to."""
    told = {
        "ethernet": {key: one.name for key, one in call.lab.networks.items()}, "serial": [],
    }  # fmt: skip
    return call.done("Fetced all lab networks and serial endpoints (60024).", told)


@routes("POST", "/export")
async def export(call: Call) -> Response:
    """Make an archive of labs and tell where it can be fetched."""
    given = await call.body()
    wanted = [f"{one}.unl" for key, one in given.items() if key.isdecimal()]
    found = [call.state.labs[path] for path in wanted if path in call.state.labs]
    if not found:
        raise Refusal(400, "Failed to export: nothing to export (80077).")
    name = f"/Exports/unetlab_export-{len(call.server.exports) + 1}.zip"
    call.server.exports[name] = export_of(found)
    return call.done("Export completed (80075).", name)
