"""Labs of all three systems that are called whatever a stranger likes: shown, never obeyed."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from skyforge_tui.demo.servers.eve.furnishing import add_lab
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.lab import LabState
from skyforge_tui.integrations.containerlab.client import RemoteContainerlab
from skyforge_tui.integrations.netlab.remote import RemoteNetlab
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.person import Nobody
from skyforge_tui.ports.lab_provider import LabProvider
from skyforge_tui.providers.labs.containerlab import ContainerlabLabs
from skyforge_tui.providers.labs.eve.provider import EveLabProvider
from skyforge_tui.providers.labs.netlab_host import NetlabHostLabs
from skyforge_tui.store.database import CACHE, open_database
from skyforge_tui.store.labs import SqliteLabCache
from skyforge_tui.tui.presenters.cells import Line, literal, text_of
from skyforge_tui.tui.presenters.columns import Column, fit, row_line
from skyforge_tui.tui.presenters.lab import NODE_COLUMNS, node_cells, node_lines
from skyforge_tui.tui.presenters.lab_data import data_rows
from skyforge_tui.tui.presenters.labs import COLUMNS, lab_cells
from tests.builders import NOON
from tests.eves import served_eve
from tests.fakes.clock import FakeClock
from tests.integrations.eve.test_session import a_client
from tests.ssh_servers import Home, Server

NAMES = (
    "$(touch owned)", "`touch owned`", "';touch owned;'", '"; touch owned; "', "a\nb; touch owned",
    "-rf", "--reset", "-", "..", "../../etc/passwd", "/etc/passwd", "~", "a b\t c", "[red]x[/red]",
    "{x}%s\\n$HOME", "a\x1b[2J\x1b]0;owned\x07b", "\u202egnp.exe", "z\u0300\u0301\u0302\u0303lgo",
    "\x00nul", "x" * 10_000, "é中🙂", "\ufffd", "null", "a:b:c", "a|b|c",
)  # fmt: skip
FILES = tuple(one for one in NAMES if "/" not in one)
"""What labs of EVE-NG can be called: they are files."""
PROGRAM = """#!/bin/sh
here=$HOME/answers
case "$*" in
  *"--all -f json"*) exec cat "$here/inspect" ;;
  *--all*) exec cat "$here/status" ;;
  *--instance=*) exec cat "$here/instance" ;;
  *nodes) exec cat "$here/nodes" ;;
  *links) exec cat "$here/links" ;;
  *input) echo '[]' ;;
esac
"""


@asynccontextmanager
async def _a_host(folder: Path) -> AsyncIterator[tuple[SshHost, Path]]:
    """Give a host whose netlab and containerlab say what lies in files."""
    home = Home(folder)
    place = folder / "home"
    (place / ".local/bin").mkdir(parents=True)
    (place / "answers").mkdir()
    for name in ("netlab", "containerlab"):
        (place / ".local/bin" / name).write_text(PROGRAM)
        (place / ".local/bin" / name).chmod(0o755)
    async with Server(place, [home.make_key()]).serving() as server:
        home.known.write_text(server.known_line())
        host = SshHost(home.access(server.port), Nobody())
        yield host, place
        await host.aclose()


def _says(place: Path, name: str, document: object) -> None:
    (place / "answers" / name).write_text(json.dumps(document, indent=1))


@asynccontextmanager
async def _netlab(folder: Path) -> AsyncIterator[LabProvider]:
    async with _a_host(folder) as (host, place):
        labs = {}
        for name in NAMES:
            lab = place / "labs" / (name if _is_folder(name) else "other")
            lab.mkdir(parents=True, exist_ok=True)
            labs[name] = {"dir": str(lab), "name": name, "status": "started", "providers": [name],
                          "log": [f"2026-01-03T10:00:00+00:00: {name}", name]}  # fmt: skip
        _says(place, "status", labs)
        nodes = {one: {"device": one, "provider": "clab", "status": "Up", "mgmt": one}
                 for one in NAMES}  # fmt: skip
        _says(place, "instance", {"nodes": nodes, "topology": "../x"})
        _says(place, "nodes", nodes)
        ends = [{"node": one, "ifname": one, "ipv4": one} for one in NAMES]
        _says(place, "links", [{"type": "p2p", "_linkname": one["node"], "interfaces": ends}
                               for one in ends])  # fmt: skip
        client = RemoteNetlab(host, str(place / ".local/bin/netlab"))
        yield NetlabHostLabs(client, host, FakeClock(), owner="ada", upstream="far")


@asynccontextmanager
async def _containerlab(folder: Path) -> AsyncIterator[LabProvider]:
    async with _a_host(folder) as (host, place):
        rows = {
            lab: [{"lab_name": lab, "name": f"clab-{lab}-{node}", "state": "running",
                   "kind": node, "image": node, "status": node, "owner": "ada",
                   "ipv4_address": node, "absLabPath": f"/{lab}"} for node in NAMES]
            for lab in NAMES
        }  # fmt: skip
        _says(place, "inspect", rows)
        yield ContainerlabLabs(RemoteContainerlab(host), FakeClock(), upstream="far")


@asynccontextmanager
async def _eve(folder: Path) -> AsyncIterator[LabProvider]:
    async with served_eve(edition="pro") as server, a_client(server) as client:
        server.state.labs.clear()
        server.state.runs.clear()
        for name in FILES:
            add_lab(server.state, "/", name, "ada", NAMES)
        yield EveLabProvider(client, FakeClock(), upstream="far", web_url=server.url)


@pytest.mark.parametrize("make", [_eve, _netlab, _containerlab])
async def test_names_are_names(make: Callable[[Path], object], tmp_path: Path) -> None:
    """Names are kept as they are, can be stored, are drawn harmlessly, and run nothing.

    They hold escape sequences, markup, shell code, options, paths, or ten thousand letters.
    """
    async with make(tmp_path) as provider:  # type: ignore[attr-defined]
        listing = await provider.list_for_user()
        (source,) = listing.sources
        assert (source.mode, source.error) == (UpstreamState.LIVE, "")
        names = set(FILES if make is _eve else NAMES)
        assert {one.name for one in listing.labs} == names
        async with open_database(tmp_path / "cache.db", CACHE) as database:
            cache = SqliteLabCache(database)
            await cache.write(listing.labs, [], listing.sources)
            assert {one.name for one in await cache.labs()} == names
        for lab in listing.labs:
            _looks_harmless(lab_cells(lab, source, NOON, "ada"), COLUMNS)
        # EVE-NG cannot be asked for most of them, and says so.
        opened = [one for one in listing.labs if one.state is not LabState.UNKNOWN]
        assert len(opened) >= 3
        for lab in opened[:2]:
            detail = await provider.detail(lab.id)
            assert {one.name for one in detail.nodes} == set(NAMES)
        for node in detail.nodes:
            _looks_harmless(node_cells(node, lab), NODE_COLUMNS)
            assert all(_is_harmless(text_of(one)) for one in node_lines(node, lab, (), 38))
        for row in data_rows(await provider.get_metadata(lab.id)):
            assert all(_is_harmless(text_of(one)) for one in row.values())
    assert not _made(tmp_path)


def _is_folder(name: str) -> bool:
    """Say whether a folder can be called so."""
    is_short = 0 < len(name.encode()) < 200
    return is_short and not {"\0", "/"} & set(name) and bool(name.strip("."))


def _made(folder: Path) -> list[Path]:
    """Return what shell code in a name would have made."""
    return [*folder.rglob("owned"), *Path.cwd().glob("owned")]


def _looks_harmless(cells: Mapping[str, Line], columns: Sequence[Column]) -> None:
    row = text_of(row_line(fit(columns, 300), cells))
    assert _is_harmless(row), row


def _is_harmless(text: str) -> bool:
    """Say whether a text is what `literal` makes of it: nothing in it moves, hides or reorders."""
    return literal(text) == text and "\x1b" not in text and os.linesep not in text
