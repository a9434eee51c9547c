"""Soak the way from a Semaphore server to the disk, in real time and at the true rate.

    python -m tests.benchmarks.semaphore soak [SECONDS]
    python -m tests.benchmarks.semaphore ceiling

Fifty runs write fifty lines a second each; every five seconds all sockets are reset, and once the
server is restarted, though its runs go on. In the end every output that is kept here must be the
server's own record. Then, by itself: how many lines a second one undisturbed socket bears. The
server is a process of its own; what is measured is what the cockpit uses, all but its screen.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Final, cast

import httpx

from skyforge_tui.domain.identity import RunId, native_of
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.ports.run_engine import WatchBegan
from skyforge_tui.settings.model import Semaphore
from skyforge_tui.store.kept_logs import FileKeptLogs
from skyforge_tui.store.logs import FileLogStore
from skyforge_tui.wiring.ground import SystemClock
from skyforge_tui.wiring.semaphore_server import SemaphoreParts, open_semaphore

RUNS: Final = 50
RATE: Final = 50
CUT_S: Final = 5.0
DOWN_S: Final = 2.0
CEILING_S: Final = 5
_TOKEN: Final = "SKYFORGE_BENCHMARK_TOKEN"
_OPTIONS: Final = ("past_runs=0", "is_busy=false", "runs_schedules=false", "forgets_runs=false")


class Soak:
    """A served estate, an engine on it, and what it hears."""

    def __init__(self, told: dict[str, Any], pid: int, parts: SemaphoreParts, base: Path) -> None:
        server = told["servers"]["semaphore"]
        self.cpu = Cpu({"client": os.getpid(), "server": pid})
        self.parts = parts
        self.sockets = parts.engine._client.http.counts
        self.kept = FileKeptLogs(base)
        self.logs = FileLogStore(base)
        self.news: Counter[str] = Counter()
        self._begun = asyncio.Event()
        token = server["credentials"]["admin"]["token"]
        self.api = httpx.AsyncClient(
            base_url=f"{server['url']}/api", headers={"authorization": f"Bearer {token}"},
            trust_env=False, timeout=60,
        )  # fmt: skip
        self.control = httpx.AsyncClient(base_url=f"{told['control']}/semaphore", trust_env=False)
        self.project = self.template = 0

    async def furnish(self) -> None:
        """Find the template that floods, and let as many as like run at once."""
        for project in (await self.api.get("/projects")).json():
            for one in (await self.api.get(f"/project/{project['id']}/templates")).json():
                if one["name"] == "Flood":
                    self.project, self.template = project["id"], one["id"]
                    project["max_parallel_tasks"] = 0
                    await self.api.put(f"/project/{project['id']}", json=project)

    async def flood(self, name: str, rate: int, seconds: int) -> RunId:
        """Start a run and follow it."""
        answers = {"name": name, "rate": str(rate), "seconds": str(seconds)}
        body = {"template_id": self.template, "environment": json.dumps(answers)}
        answer = await self.api.post(f"/project/{self.project}/tasks", json=body)
        number = answer.raise_for_status().json()["id"]
        run_id = RunId(f"demo:{self.project}-{number}")
        await self.parts.engine.follow(run_id)
        return run_id

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Watch while the block lasts, counting what is told."""

        async def watch() -> None:
            async with aclosing(self.parts.engine.watch()) as events:
                async for event in events:
                    self.news[type(event).__name__] += 1
                    if isinstance(event, WatchBegan):
                        self._begun.set()

        self._begun.clear()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(watch())
            await self._begun.wait()
            yield
            task.cancel()

    async def whole(self, runs: list[RunId]) -> None:
        """Wait until all output of these runs is kept."""
        for one in runs:
            while not await asyncio.to_thread(self.kept.is_complete, native_of(one)):  # noqa: ASYNC110
                await asyncio.sleep(0.2)

    async def written(self, runs: list[RunId]) -> None:
        """Wait until the server says that all these runs have ended."""
        for one in runs:
            number = native_of(one).rpartition("-")[2]
            path = f"/project/{self.project}/tasks/{number}"
            while (await self.api.get(path)).json()["status"] not in ("success", "error"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    def kept_bytes(self, runs: list[RunId]) -> int:
        """Return how much of these runs' output is kept by now."""
        return sum(self.kept.size(native_of(one)) for one in runs)

    async def took_s(self, run_id: RunId) -> float:
        """Return how long a run took: a server that cannot keep up writes more slowly."""
        number = native_of(run_id).rpartition("-")[2]
        told = (await self.api.get(f"/project/{self.project}/tasks/{number}")).json()
        start, end = (datetime.fromisoformat(told[name]) for name in ("start", "end"))
        return (end - start).total_seconds()

    async def judged(self, run_id: RunId) -> tuple[Counter[str], int]:
        """Compare what is kept with the record; return counts of what is wrong, and the lines."""
        number = native_of(run_id).rpartition("-")[2]
        answer = await self.api.get(f"/project/{self.project}/tasks/{number}/output")
        record = [one["output"].removesuffix("\n") for one in answer.json()]
        reader = self.logs.open(native_of(run_id))
        try:
            while reader.refresh():
                pass
            lines = reader.read(0, 1 << 28).decode().splitlines()
            wrong = Counter(
                lost=(Counter(record) - Counter(lines)).total(),
                more=(Counter(lines) - Counter(record)).total(),
                unequal=lines != record,
                gaps=sum(not one.is_filled for one in reader.gaps()),
                resumed=sum(one.is_filled for one in reader.gaps()),
                anew=reader.generation,
            )
        finally:
            reader.close()
        return wrong, len(lines)


async def soak(one: Soak, seconds: int) -> bool:
    """Cut and restart while fifty runs write; say how their outputs compare with the record."""
    began = perf_counter()
    one.cpu.begin()
    async with one.watched():
        runs = [await one.flood(str(number), RATE, seconds) for number in range(RUNS)]
        cuts = int(seconds / CUT_S)
        for number in range(1, cuts + 1):
            await asyncio.sleep(CUT_S)
            if number == cuts // 2:
                await one.control.post("/restart", json={"down_s": DOWN_S})
            else:
                await one.control.post("/cut", json={"websockets_only": True})
        await one.written(runs)
        cpu = one.cpu.told()
        await one.whole(runs)
        spent = perf_counter() - began
        took = max([await one.took_s(run_id) for run_id in runs])
        found = [await one.judged(run_id) for run_id in runs]
    wrong = sum((counts for counts, _ in found), Counter())
    total = sum(lines for _, lines in found)
    say(
        f"{RUNS} runs × {RATE} lines/s × {seconds} s, {cuts - 1} cuts, 1 restart: {total:,} lines "
        f"written in {took:.0f} s and kept in {spent:.0f} s, {cpu}; "
        f"lost {wrong['lost']}, doubled {wrong['more']}, gaps left {wrong['gaps']}, "
        f"outputs unlike the record {wrong['unequal']}, holes healed "
        f"{wrong['resumed']}, written anew {wrong['anew']}; "
        f"socket opened {one.sockets['socket']} times"
    )
    return not (wrong["lost"] or wrong["more"] or wrong["unequal"] or wrong["gaps"])


async def ceiling(one: Soak) -> bool:
    """Double what a single socket tells until the server drops it as too slow."""
    is_good, rate = True, 500
    while rate <= 64_000:
        one.news.clear()
        async with one.watched():
            began = perf_counter()
            one.cpu.begin()
            runs = [await one.flood(f"c{rate}{at}", rate // 10, CEILING_S) for at in range(10)]
            await one.written(runs)
            cpu, live = one.cpu.told(), one.kept_bytes(runs)
            await one.whole(runs)
            spent, all_of_it = perf_counter() - began, one.kept_bytes(runs)
            took = max([await one.took_s(run_id) for run_id in runs])
            found = [await one.judged(run_id) for run_id in runs]
        lines = sum(count for _, count in found)
        drops = one.news["WatchBegan"] - 1
        is_same = not any(wrong["unequal"] or wrong["gaps"] for wrong, _ in found)
        say(
            f"one socket, {rate:,} lines/s wanted for {CEILING_S} s: {lines:,} lines written "
            f"in {took:.1f} s, {100 * live // all_of_it} % of it kept by then and all in "
            f"{spent:.1f} s, {cpu}, dropped {drops} times, "
            f"{'as' if is_same else 'UNLIKE'} the record"
        )
        is_good &= is_same
        if drops or spent > 4 * CEILING_S:
            break
        rate *= 2
    return is_good


def say(text: str) -> None:
    """Print a result at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Cpu:
    """How much of a processor each of some processes takes, where the system tells."""

    def __init__(self, pids: dict[str, int]) -> None:
        self._pids = pids
        self._began: dict[str, float] = {}
        self._at = 0.0

    def begin(self) -> None:
        """Count from now on."""
        self._at = perf_counter()
        self._began = {name: _spent_s(pid) for name, pid in self._pids.items()}

    def told(self) -> str:
        """Return in words what was taken since the beginning."""
        took = perf_counter() - self._at
        parts = (
            f"{name} {100 * (_spent_s(pid) - self._began[name]) / took:.0f} % cpu"
            for name, pid in self._pids.items()
        )
        return ", ".join(parts)


def _spent_s(pid: int) -> float:
    """Return the processor time that a process has had; not a number where nobody tells."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served() -> Iterator[tuple[dict[str, Any], int]]:
    """Serve the estate in a process of its own; give what it tells of itself, and its id."""
    command = [sys.executable, "-m", "skyforge_tui", "demo", "serve", "--json", "--until-eof"]
    command += [word for one in _OPTIONS for word in ("-o", f"semaphore.{one}")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        try:
            yield json.loads(cast("Any", child.stdout).readline()), child.pid
        finally:
            cast("Any", child.stdin).close()


async def measured(seconds: int) -> bool:
    """Run both measures, of `seconds` the first, if any; say whether every output was right."""
    with served() as (told, pid), tempfile.TemporaryDirectory(prefix="sky-soak-") as base:
        server = told["servers"]["semaphore"]
        os.environ[_TOKEN] = server["credentials"]["owner"]["token"]
        reference = SecretRef.parse(f"env:{_TOKEN}")
        settings = Semaphore(url=server["url"], token=reference)
        opening = open_semaphore("demo", settings, Path(base), SystemClock(), None)
        async with opening as parts:
            one = Soak(told, pid, parts, Path(base))
            async with one.api, one.control:
                await one.furnish()
                is_good = not seconds or await soak(one, seconds)
                return await ceiling(one) and is_good


def main() -> int:
    """Measure; the exit code says whether anything was lost or doubled."""
    match sys.argv[1:]:
        case ["ceiling"]:
            seconds = 0
        case [] | ["soak"]:
            seconds = 60
        case ["soak", number] if number.isdecimal():
            seconds = int(number)
        case _:
            say((__doc__ or "").strip())
            return 2
    return 0 if asyncio.run(measured(seconds)) else 1


if __name__ == "__main__":
    sys.exit(main())
