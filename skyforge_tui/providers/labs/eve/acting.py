"""Starts, stops, wipes and keeps: node by node, each looked at afterwards.

All nodes could be started by one request. It ends at the first that fails, says nothing while it
lasts, and lasts longer than clients wait: so each node is asked for, and what they say is counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final

from skyforge_tui.domain.errors import Conflict, Unavailable
from skyforge_tui.domain.lab import LabStep
from skyforge_tui.domain.lab_action import LabProgress
from skyforge_tui.integrations.eve import wire
from skyforge_tui.integrations.eve.client import EveClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.together import together
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.lab_actions import Tell
from skyforge_tui.providers.labs.eve import words
from skyforge_tui.providers.labs.eve.trouble import words_of

AT_ONCE: Final = 3
LOOKS_EVERY_S: Final = 3.0
"""The server forks a program for each node whenever it is looked at."""
GIVES_UP_S: Final = 180.0
"""After so long without any change nothing more is waited for."""
KEEPS_WITHIN_S: Final = 90.0
"""So long a configuration may still come whose keeping gave no answer: consoles are slow."""
_MAY_BE_WIPED: Final = "no answer came: it may be wiped"
_CONSOLE_TAKEN: Final = "no answer came: is somebody on its console?"
_LATE_TYPE: Final = "iol"
"""Nodes of this type want the others' bridges, and come last."""
_UNSURE: Final = ("timeout", "unreachable")


@dataclass(frozen=True, slots=True)
class _Words:
    """How nodes are called that have arrived: all of them, one of them; and one that has not."""

    counted: str
    is_so: str
    not_yet: str


_RUNS: Final = _Words("run", "runs", "it does not run yet")
_STOPPED: Final = _Words("stopped", "is stopped", "it runs yet")

One = Callable[[wire.Node], Coroutine[Any, Any, None]]


class EveActing:
    """Acts on the nodes of one lab at a time."""

    def __init__(self, client: EveClient, clock: Clock, upstream: str) -> None:
        self._client = client
        self._clock = clock
        self._upstream = upstream

    async def start(self, path: str, tell: Tell) -> None:
        """Start every node, and wait until all that can run do.

        Raises:
            HttpError: the server does not answer.
            Unavailable: some nodes do not run; says which and why.
            Conflict: there is none.
        """
        nodes = await self._client.nodes(path)
        if not nodes:  # it would stay as it is, and nothing would have failed
            raise Conflict(
                "it has no nodes", upstream=self._upstream, operation="lab.start",
                advice="add some in its editor first",
            )  # fmt: skip

        async def one(node: wire.Node) -> None:
            await self._client.acts.start(path, node.id)

        order = sorted(nodes, key=lambda node: (node.type == _LATE_TYPE, node.delay, node.id))
        failed = await self._each(order, one, tell, "started")
        left = await self._watch(path, failed, wire.RUNNING, tell, _RUNS)
        self._check("start", nodes, {**dict.fromkeys(left, _RUNS.not_yet), **failed})

    async def stop(self, path: str, tell: Tell, *, is_pro: bool) -> None:
        """Stop every node, and wait until none runs. Raises: as `start`."""
        nodes = await self._client.nodes(path)

        async def one(node: wire.Node) -> None:
            await self._client.acts.stop(path, node.id, is_pro=is_pro)

        failed = await self._each(nodes, one, tell, "stopped")
        left = await self._watch(path, failed, wire.STOPPED, tell, _STOPPED)
        self._check("stop", nodes, {**dict.fromkeys(left, _STOPPED.not_yet), **failed})

    async def wipe(self, path: str, tell: Tell, *, is_told: bool) -> None:
        """Have every node forget. Raises: as `start`; Conflict too, while any of them runs.

        `is_told` says whether it can be told which lab runs.
        """
        nodes = await self._client.nodes(path)
        running = [one.name for one in nodes if words.is_up(one)]
        if running and is_told:
            raise Conflict(
                f"{len(running)} of its nodes run", upstream=self._upstream, operation="lab.wipe",
                advice="stop it first: what runs would be torn away",
            )  # fmt: skip

        async def one(node: wire.Node) -> None:
            await self._client.acts.wipe(path, node.id)

        unsure = set[int]()
        failed = await self._each(nodes, one, tell, "wiped", unsure=unsure)
        self._check("wipe", nodes, {**dict.fromkeys(sorted(unsure), _MAY_BE_WIPED), **failed})

    async def save(self, path: str, tell: Tell) -> None:
        """Keep the configuration of each node that runs, one at a time. Raises: as `start`."""
        nodes = [one for one in await self._client.nodes(path) if words.is_up(one)]
        if not nodes:
            raise Conflict("none of its nodes runs", upstream=self._upstream, operation="lab.save")

        async def one(node: wire.Node) -> None:
            await self._client.acts.keep_config(path, node.id)

        unsure = set[int]()
        failed = await self._each(nodes, one, tell, "saved", at_once=1, unsure=unsure)
        left = await self._never_kept(path, [one for one in nodes if one.id in unsure])
        self._check("save", nodes, {**dict.fromkeys(left, _CONSOLE_TAKEN), **failed})

    async def wait_for(self, path: str, node: wire.Node, status: int) -> None:
        """Wait until one node is so. Raises: as `start`."""
        others = {one.id: "" for one in await self._client.nodes(path) if one.id != node.id}
        left = await self._watch(path, others, status, lambda _: None, _RUNS)
        self._check("act", [node], dict.fromkeys(left, "it is not so yet"))

    async def _never_kept(self, path: str, nodes: Sequence[wire.Node]) -> list[int]:
        """Wait for configurations whose keeping gave no answer; return the nodes without one.

        Of a node that had one before nobody can tell.
        """
        waiting, spent_s = {one.id for one in nodes if not one.has_config}, 0.0
        while waiting and spent_s < KEEPS_WITHIN_S:
            await self._clock.sleep(LOOKS_EVERY_S)
            spent_s += LOOKS_EVERY_S
            waiting -= {one.id for one in await self._client.nodes(path) if one.has_config}
        return [one.id for one in nodes if one.id in waiting or one.has_config]

    async def _each(
        self, nodes: Sequence[wire.Node], one: One, tell: Tell, done: str, at_once: int = AT_ONCE,
        unsure: set[int] | None = None,
    ) -> dict[int, str]:  # fmt: skip
        """Do it to each node and return those that failed, with why.

        A node whose answer did not come is neither, but `unsure`: it is looked at afterwards.
        """
        turns, failed, count = asyncio.Semaphore(at_once), dict[int, str](), 0
        tell(LabProgress(f"0 of {len(nodes)} {done}", 0, len(nodes)))

        async def turn(node: wire.Node) -> None:
            nonlocal count
            async with turns:
                words = f"{node.name} {done}"
                try:
                    await one(node)
                except HttpError as error:
                    words = f"{node.name}: no answer came, so it is looked at"
                    if error.kind in _UNSURE and error.was_sent:
                        if unsure is not None:
                            unsure.add(node.id)
                    else:
                        if error.kind != "invalid":
                            raise
                        failed[node.id] = words_of(error)
                        words = f"{node.name}: {failed[node.id]}"
            count += 1
            step = LabStep(words, self._clock.now(), failed=node.id in failed)
            tell(LabProgress(f"{count} of {len(nodes)} {done}", count, len(nodes), step))

        await together(map(turn, nodes))
        return failed

    async def _watch(
        self, path: str, failed: dict[int, str], wanted: int, tell: Tell, words: _Words
    ) -> list[int]:
        """Look until every node that did not fail is as wanted; return those that are not.

        Gives up when nothing has changed for long.
        """
        before: tuple[int | None, ...] = ()
        quiet_s, there = 0.0, set(failed)
        while True:
            nodes = await self._client.nodes(path)
            left = [
                one.id for one in nodes if one.status != wanted and one.id not in failed
                and not (wanted == wire.STOPPED and one.status == wire.BROKEN)
            ]  # fmt: skip
            done = len(nodes) - len(left) - len(failed)
            text = f"{done} of {len(nodes)} {words.counted}"
            tell(LabProgress(text, done, len(nodes)))
            for one in nodes:
                if one.id not in left and one.id not in there:
                    there.add(one.id)
                    step = LabStep(f"{one.name} {words.is_so}", self._clock.now())
                    tell(LabProgress(text, done, len(nodes), step))
            now = tuple(one.status for one in nodes)
            quiet_s = 0.0 if now != before else quiet_s + LOOKS_EVERY_S
            if not left:
                return left
            if quiet_s >= GIVES_UP_S:
                for one in nodes:
                    if one.id in left:
                        step = LabStep(f"{one.name}: {words.not_yet}", self._clock.now(), True)
                        tell(LabProgress(text, done, len(nodes), step))
                return left
            before = now
            await self._clock.sleep(LOOKS_EVERY_S)

    def _check(self, verb: str, nodes: Sequence[wire.Node], failed: dict[int, str]) -> None:
        if not failed:
            return
        names = {one.id: one.name for one in nodes}
        told = [f"{names.get(number, number)} ({why})" for number, why in list(failed.items())[:3]]
        more = f" and {len(failed) - 3} more" if len(failed) > 3 else ""
        raise Unavailable(
            f"{len(failed)} of {len(nodes)} nodes failed to {verb}: {', '.join(told)}{more}",
            upstream=self._upstream, operation=f"lab.{verb}",
        )  # fmt: skip
