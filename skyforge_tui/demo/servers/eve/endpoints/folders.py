"""Folders: `/api/folders`. To list one changes where the account's browser is."""

from __future__ import annotations

import re

from starlette.responses import Response

from skyforge_tui.demo.servers.eve import shapes
from skyforge_tui.demo.servers.eve.answers import Refusal
from skyforge_tui.demo.servers.eve.calling import Call, routes

_NAME = re.compile(r"[A-Za-z0-9_+/\s-]*")


@routes("GET", "/folders")
async def root(call: Call) -> Response:
    """List the root."""
    return _listed(call, "/")


@routes("GET", "/folders/{path}")
async def folder(call: Call) -> Response:
    """List a folder."""
    return _listed(call, "/" + call.found["path"].strip("/"))


@routes("POST", "/folders")
async def make(call: Call) -> Response:
    """Make a folder."""
    call.may_edit()
    given = await call.body()
    path = f"{str(given.get('path', '/')).rstrip('/')}/{given.get('name', '')}"
    if path in call.state.folders:
        raise Refusal(400, "Folder already exists (60013).")
    if not _NAME.fullmatch(path):
        raise Refusal(400, "Folder name is not valid (60009).")
    call.state.folders.add(path)
    return call.done("Folder has been created (60014).")


def _listed(call: Call, path: str) -> Response:
    state = call.state
    if not _NAME.fullmatch(path):
        raise Refusal(400, "Folder name is not valid (60009).")
    if path not in state.folders:
        raise Refusal(404, "Requested folder does not exist (60008).")
    call.account.folder = path
    inside = [one for one in sorted(state.folders) if one != "/" and _parent(one) == path]
    folders = [{"name": one.rpartition("/")[2], "path": one} for one in inside]
    if path != "/":
        folders.insert(0, {"name": "..", "path": _parent(path)})
    labs = [shapes.lab_file(lab) for lab in state.labs.values() if lab.folder == path]
    return call.done("Successfully listed path (60007).", {"folders": folders, "labs": labs})


def _parent(path: str) -> str:
    return path.rpartition("/")[0] or "/"
