"""A program of a pretended server ends with whoever asked for it, whatever is in its pipes."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE

from skyforge_tui.demo.child import child


async def test_output_that_nobody_reads_holds_up_nothing() -> None:
    """A program that writes more than is read ends as soon as nobody asks any more."""
    async with asyncio.timeout(20):
        async with child("/bin/sh", "-c", "while :; do echo more; done", stdout=PIPE) as process:
            assert process.stdout is not None
            while not process.stdout._paused:  # type: ignore[attr-defined] # noqa: ASYNC110
                await asyncio.sleep(0)
        assert process.returncode == -9


async def test_input_that_nobody_takes_holds_up_nothing() -> None:
    """A program that takes nothing ends too, and one that it left behind is not waited for."""
    script = "sleep 3 <&0 & echo $!; exec sleep 60"
    async with asyncio.timeout(20):
        async with child("/bin/sh", "-c", script, stdin=PIPE, stdout=PIPE) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            await process.stdout.readline()
            process.stdin.write(b"x" * (1 << 20))
            process.stdin.close()
        assert process.returncode == -9


async def test_what_it_left_behind_is_not_waited_for() -> None:
    """A program that has ended is over, though another one still has its output."""
    async with asyncio.timeout(2):
        async with child("/bin/sh", "-c", "sleep 3 & echo", stdout=PIPE) as process:
            assert process.stdout is not None
            await process.stdout.readline()
            while process.returncode is None:  # noqa: ASYNC110 - a wait would be for its pipes
                await asyncio.sleep(0)
        assert process.returncode == 0
