"""The pretend Gitea against a conversation that was recorded from a real one.

`recorded/gitea-1.15.jsonl` holds one line for each request that this program may send, with what
was sent, and status, type, totals, pages and the shape of the answer, in their order; the server
was Gitea 1.15.11 on SQLite. Shapes name types instead of values.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx

from skyforge_tui.demo.clock import HandClock
from skyforge_tui.demo.estate import Estate
from skyforge_tui.demo.people import Person
from skyforge_tui.demo.servers.gitea.habits import Habits
from skyforge_tui.demo.servers.gitea.server import GiteaServer
from skyforge_tui.demo.servers.gitea.versions import Version
from tests.giteas import encoded

RECORDED = Path(__file__).parent / "recorded" / "gitea-1.15.jsonl"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
_LINK = re.compile(r'[?&]page=(\d+)[^>]*>; rel="(\w+)"')
_UNSHOWN = {"internal_tracker", "allow_rebase", "allow_rebase_explicit", "allow_squash_merge"}
"""Keys of a repository that nobody here reads."""


def missing(wanted: Any, got: Any, where: str = "") -> list[str]:
    """Return where an answer lacks something that the real one had, or has it of another type."""
    if isinstance(wanted, dict):
        if not isinstance(got, dict):
            return [f"{where}: {got!r}"]
        return [
            one
            for name, inner in wanted.items()
            if name not in _UNSHOWN
            for one in (
                missing(inner, got[name], f"{where}.{name}") if name in got else [f"{where}.{name}"]
            )
        ]
    if isinstance(wanted, list):
        if not isinstance(got, list) or bool(wanted) != bool(got):
            return [f"{where}: {got!r}"]
        return missing(wanted[0], got[0], f"{where}[]") if wanted and got else []
    is_time = isinstance(got, str) and _TIME.fullmatch(got)
    kinds = {type(None): "null", bool: "bool", int: "int", str: "time" if is_time else "text"}
    kind = kinds.get(type(got), "else")
    return [] if kind == wanted or "null" in (kind, wanted) else [f"{where}: {kind}, not {wanted}"]


async def said_again(client: httpx.AsyncClient, step: dict[str, Any], who: Any) -> list[Any]:
    """Send a recorded request and return what is wrong with the answer."""
    method, path = step["ask"].split(" ", 1)
    sent = {"json": step["with"]} if "with" in step else {}
    response = await client.request(method, path, **who, **sent)
    wrong: list[Any] = []
    got = {
        "status": response.status_code,
        "type": response.headers.get("content-type"),
        "total": int(response.headers.get("x-total-count", -1)),
        "link": [list(one) for one in _LINK.findall(response.headers.get("link", ""))],
        "text": response.text,
    }
    if step["status"] == 200 and "total" not in step:
        got["total"] = None
    wrong += [(name, step[name], one) for name, one in got.items() if step.get(name, one) != one]
    if "shape" in step and response.text:
        wrong += missing(step["shape"], response.json())
    if "says" in step and response.json()["message"] != step["says"]:
        wrong.append((step["says"], response.text))
    return wrong


async def test_the_recorded_conversation_is_repeated() -> None:
    """Every answer has the status, type, totals, pages and fields that the real server gave."""
    adm = Person("adm", "", is_admin=True)
    estate = Estate({"adm": adm}, [], clock=HandClock())
    server = GiteaServer(estate, Habits(version=Version(15)))
    await server.open()
    signed = {"headers": {"authorization": f"token {server.token('adm')}"}}
    ways: dict[str, dict[str, Any]] = {
        "nobody": {},
        "wrong": {"headers": {"authorization": f"token {'0' * 40}"}},
        "token": signed,
        "password": {"auth": ("adm", adm.password)},
    }
    found: dict[str, Any] = {}
    try:
        async with httpx.AsyncClient(base_url=f"{server.url}/api/v1", trust_env=False) as client:
            for number, line in enumerate(RECORDED.read_text(encoding="utf-8").splitlines()):
                step = json.loads(line)
                await beside(client, step, signed)
                wrong = await said_again(client, step, ways[step.get("as", "token")])
                if wrong:
                    found[f"{number} {step['ask']}"] = wrong
    finally:
        await server.close()
    assert found == {}


async def beside(client: httpx.AsyncClient, step: dict[str, Any], signed: Any) -> None:
    """Do what was done between two recorded requests."""
    if step["ask"].startswith("GET /repos/search"):
        for number in range(5):
            new = {"name": f"lab-{number}", "auto_init": number % 2 == 0, "default_branch": "main"}
            await client.post("/orgs/labs/repos", json=new, **signed)
    if step["ask"] == "GET /repos/labs/topo/commits?limit=1":
        body = {"content": encoded("hi\n"), "message": "from git push", "branch": "main"}
        await client.post("/repos/labs/topo/contents/new.txt", json=body, **signed)
