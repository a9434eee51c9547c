"""Programs of this machine are run bounded and without our terminal."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.process import run, spawn_detached

PYTHON = sys.executable


def is_alive(pid: int) -> bool:
    """Return whether a process that is not a zombie has this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def until_dead(pid: int) -> None:
    """Wait until the process is gone; the test's own timeout is the bound."""
    while is_alive(pid):
        time.sleep(0.02)


async def test_both_streams_and_the_exit_code_come_back() -> None:
    """A program's output, its complaints and its exit code are kept apart."""
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    done = await run([PYTHON, "-c", code])
    assert (done.exit_code, done.stdout, done.stderr) == (3, b"out\n", b"err\n")


async def test_directory_and_environment_are_the_given_ones(tmp_path: Path) -> None:
    """A program runs where it was told to and is told so, with the environment it was given."""
    code = "import os; e = os.environ.get; print(os.getcwd(), e('PWD'), e('WORD'), e('HOME'))"
    done = await run([PYTHON, "-I", "-c", code], cwd=tmp_path, env={"WORD": "yes"})
    assert done.stdout.decode().split() == [str(tmp_path), str(tmp_path), "yes", "None"]


async def test_a_program_that_is_not_there_is_missing(tmp_path: Path) -> None:
    """A missing program and a missing directory are told by name."""
    with pytest.raises(TransportError, match="no-such-program") as caught:
        await run(["no-such-program"])
    assert caught.value.kind == "missing"
    with pytest.raises(TransportError, match="nowhere") as caught:
        await run([PYTHON], cwd=tmp_path / "nowhere")
    assert caught.value.kind == "missing"


async def test_a_question_meets_the_end_of_input() -> None:
    """A program that asks gets the end of input at once, and finds no terminal to ask on."""
    code = (
        "import sys\ntry: open('/dev/tty')\nexcept OSError: print('no tty', repr(sys.stdin.read()))"
    )
    assert (await run([PYTHON, "-c", code])).stdout == b"no tty ''\n"


async def test_late_programs_are_killed_with_their_children(tmp_path: Path) -> None:
    """When time is up the whole process group is killed, children included."""
    pids = tmp_path / "pids"
    script = f"sleep 600 & echo $$ $! > {pids}; wait"
    with pytest.raises(TransportError) as caught:
        await run(["sh", "-c", script], timeout_s=1.5)
    assert caught.value.kind == "timeout"
    assert caught.value.is_retryable
    for pid in pids.read_text().split():
        until_dead(int(pid))


async def test_a_cancelled_caller_leaves_nothing_behind(tmp_path: Path) -> None:
    """Cancelling the caller kills the program before the cancellation gets through."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    task = asyncio.create_task(run(["sh", "-c", f"echo $$ > {fifo}; exec sleep 600"]))
    pid = int(await asyncio.to_thread(fifo.read_text))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not is_alive(pid)


async def test_a_flood_is_refused() -> None:
    """More output than the bound is an error, not a silent cut, and ends the flood."""
    with pytest.raises(TransportError) as caught:
        await run(["yes"], max_bytes=100_000)
    assert caught.value.kind == "oversized"


async def test_output_up_to_the_bound_is_whole() -> None:
    """Exactly as many bytes as allowed are fine."""
    done = await run([PYTHON, "-c", "print('x' * 99_999)"], max_bytes=100_000)
    assert len(done.stdout) == 100_000


async def test_a_signal_is_a_negative_exit_code() -> None:
    """A program that was killed says so by a negative code."""
    assert (await run(["sh", "-c", "kill -9 $$"])).exit_code == -9


async def test_a_detached_program_gets_its_input_and_descriptors(tmp_path: Path) -> None:
    """A detached program receives its standard input whole and inherits the named descriptors."""
    out = tmp_path / "out"
    with out.open("wb") as file:
        code = f"import os, sys; os.write({file.fileno()}, sys.stdin.buffer.read())"
        await spawn_detached(
            [PYTHON, "-c", code], stdin=b"s" * 300_000, pass_fds=[file.fileno()], timeout_s=60
        )
    assert out.read_bytes() == b"s" * 300_000


async def test_a_detached_program_says_why_it_cannot() -> None:
    """What the first process writes before it fails is the error's message."""
    with pytest.raises(TransportError, match=r"^no room$") as caught:
        await spawn_detached(["sh", "-c", "echo no room; exit 1"], stdin=b"")
    assert caught.value.kind == "failed"


async def test_input_nobody_reads_is_no_error() -> None:
    """A program that exits well without reading its input has started well."""
    await spawn_detached(["true"], stdin=b"x" * 1_000_000)


async def test_a_detached_program_may_not_keep_us_waiting() -> None:
    """A first process that never ends is killed when time is up."""
    with pytest.raises(TransportError) as caught:
        await spawn_detached(["sleep", "600"], stdin=b"", timeout_s=0.5)
    assert caught.value.kind == "timeout"
