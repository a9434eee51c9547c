"""The program itself stands still in the middle of a start, and its line goes meanwhile."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from skyforge_tui.domain.run import RunState
from tests.lab_hosts import HostBench, host_bench


def configured(bench: HostBench, base: Path) -> Path:
    """Write a configuration that knows the host of a bench, and return its file."""
    path = base / "config.toml"
    host = bench.host
    path.write_text(
        f'state_dir = "{base}/state"\ncache_dir = "{base}/cache"\n'
        f'[netlab.{bench.names.upstream}]\nhost = "127.0.0.1"\nport = {host.port}\n'
        f'user = "netlab"\nkey = "{host.key_path}"\nknown_hosts = "{host.folder}/known_hosts"\n'
    )
    return path


async def test_a_program_that_was_stopped_goes_on(tmp_path: Path) -> None:
    """While the program stands still the line is cut and the lab comes up: nothing is lost.

    When it goes on, what it writes is what the host has, byte by byte, and the next look at the
    run tells its true state.
    """
    async with host_bench(tmp_path / "bench") as bench:
        config = configured(bench, tmp_path)
        run = await bench.launch("wan", action="up")  # it goes on when it is answered
        words = ["--config", str(config), "runs", "logs", run.id, "--follow"]
        output = tmp_path / "output"
        with output.open("wb") as sink:
            program = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "skyforge_tui", *words, stdout=sink,
                stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                env={**os.environ, "SSH_AUTH_SOCK": "", "HOME": str(tmp_path)},
            )  # fmt: skip
            try:
                await bench.until(lambda: output.read_bytes().endswith(b"[y/n]: "))
                program.send_signal(signal.SIGSTOP)
                stopped = os.WSTOPPED | os.WNOWAIT
                await asyncio.to_thread(os.waitid, os.P_PID, program.pid, stopped)
                seen = output.stat().st_size
                bench.host.cut()
                await bench.engine.answer(run.id, b"y\n")
                ended = bench.host.home / ".skyforge/runs" / str(run.number) / "exit"
                await bench.until(ended.exists)
                assert output.stat().st_size == seen < len(bench.there(run))
                program.send_signal(signal.SIGCONT)
                _, errors = await program.communicate()
            finally:
                if program.returncode is None:
                    program.kill()
                    await program.wait()
        assert program.returncode == 0, errors
        here, there = (hashlib.sha256(one).hexdigest()
                       for one in (output.read_bytes(), bench.there(run)))  # fmt: skip
        assert here == there
        bench.host.habits.commands = 0
        assert (await bench.read(run.id)).state is RunState.SUCCESS
        assert bench.host.habits.commands == 1
