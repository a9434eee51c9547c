"""Measure what ill servers cost the others: until the rows of all that are well are there.

    python -m tests.benchmarks.labs [ROUNDS [LATENCY_MS]]

Six EVE-NGs of fifty labs and six hosts with netlab, in a process of their own, each answering after
30 ms. Rounds alternate: ten that are well alone, the same ten beside two more that are well, and
beside one that hangs and one that is dead, once an EVE-NG hanging and a host dead, once the other
way round. Every round begins with connections of its own. It reports medians and never gates: on a
busy machine a ratio says little.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import IO, Any, Final

from skyforge_tui.demo.servers.netlab.server import USER, NetlabHost
from skyforge_tui.integrations.ssh.access import SshAccess
from tests.lab_fleet import PASSWORD, EveWay, Fleet, Way, a_fleet, asking, others

EVES: Final = 6
HOSTS: Final = 6
ROUNDS: Final = 10
LATENCY_MS: Final = 30
ILL: Final = (("eve-1", "host-1"), ("host-1", "eve-1"))
"""Which one hangs, and which one is dead."""


async def serve(latency_s: float) -> None:
    """Serve a fleet, and do to it what is written to standard input, until that ends."""
    loop = asyncio.get_running_loop()
    async with a_fleet(EVES, HOSTS, latency_s) as fleet:
        tell({name: way_as_json(fleet, name) for name in fleet.servers})
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            order: dict[str, str] = json.loads(line)
            if "hang" in order:
                trouble = fleet.hang(order["hang"])
                await fleet.kill(order["kill"])
            else:
                fleet.servers[order["calm"]].chaos.remove(trouble)
                await fleet.servers[order["open"]].open()
            tell({"is_done": True})


def way_as_json(fleet: Fleet, name: str) -> dict[str, Any]:
    """Return what another process needs to ask a server."""
    server = fleet.servers[name]
    if isinstance(server, NetlabHost):
        return {"port": server.port, "folder": str(server.folder), "root": str(server.state_root)}
    return {"url": server.url, "password": server.state.accounts["admin"].password}


def way_of(told: Mapping[str, Any]) -> Way:
    """Return the way that another process told."""
    if "url" in told:
        os.environ[PASSWORD] = told["password"]
        return EveWay(told["url"])
    folder = Path(told["folder"])
    access = SshAccess(
        "127.0.0.1", told["port"], USER, key=folder / "key", known_hosts=folder / "known_hosts",
        config=folder / "none",
    )  # fmt: skip
    return access, told["root"]


async def took(ways: Mapping[str, Way], well: Mapping[str, Way]) -> float:
    """Return the seconds until the labs of all that are well are known."""
    began = perf_counter()
    async with asking(ways) as asked:
        await asked.until_live(well)
        return perf_counter() - began


def measure(child: subprocess.Popen[str], rounds: int) -> None:
    """Alternate, and say how both ways compare."""
    stdin, stdout = piped(child)
    ways = {name: way_of(told) for name, told in json.loads(stdout.readline()).items()}
    well = others(ways, ("eve-1", "host-1"))
    alone: list[float] = []
    among: list[float] = []
    beside: list[float] = []
    asyncio.run(took(well, well))  # what is loaded and made the first time is no matter here
    for number in range(rounds):
        hung, dead = ILL[number % len(ILL)]
        alone.append(asyncio.run(took(well, well)))
        among.append(asyncio.run(took(ways, well)))
        order(stdin, stdout, {"hang": hung, "kill": dead})
        beside.append(asyncio.run(took(ways, well)))
        order(stdin, stdout, {"calm": hung, "open": dead})
    middle = [statistics.median(some) for some in (alone, among, beside)]
    # Neighbours in time share whatever else this machine does.
    more = [
        100 * (statistics.median(b / a for a, b in zip(some, beside, strict=True)) - 1)
        for some in (alone, among)
    ]
    say(
        f"{EVES} EVE-NGs and {HOSTS} hosts, {rounds} rounds each: the {len(well)} that are well "
        f"alone {middle[0]:.2f} s, beside two more that are well {middle[1]:.2f} s, beside one "
        f"that hangs and one that is dead {middle[2]:.2f} s; round by round {more[0]:+.1f} % and "
        f"{more[1]:+.1f} %; spread {min(alone):.2f}-{max(alone):.2f} "
        f"and {min(beside):.2f}-{max(beside):.2f} s"
    )


def order(stdin: IO[str], stdout: IO[str], what: Mapping[str, str]) -> None:
    """Have the fleet do something, and wait until it is so."""
    stdin.write(json.dumps(what) + "\n")
    stdin.flush()
    stdout.readline()


def piped(child: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    """Return the pipes of a process."""
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the process has no pipes")
    return child.stdin, child.stdout


def tell(what: object) -> None:
    """Write a line of JSON."""
    say(json.dumps(what))


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(words: list[str]) -> None:
    """Serve, or measure."""
    if words[:1] == ["serve"]:
        asyncio.run(serve(float(words[1]) / 1000))
        return
    rounds, latency_ms = (
        int(one) for one in (words + [str(ROUNDS), str(LATENCY_MS)][len(words) :])[:2]
    )
    command = [sys.executable, "-m", "tests.benchmarks.labs", "serve", str(latency_ms)]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as child:
        measure(child, rounds)
        piped(child)[0].close()


if __name__ == "__main__":
    main(sys.argv[1:])
