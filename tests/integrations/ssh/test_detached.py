"""Commands that run detached on a host: started once, read to the last byte, ended when asked."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.ssh.detached import Detached, GoneError, Held, OverError
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.person import Nobody
from tests.disks import small_disk
from tests.ssh_servers import Home, Server

TOKEN = "0123456789abcdef"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """Serve, known and with a key that is let in."""
    home = Home(tmp_path)
    async with Server(tmp_path, [home.make_key()]).serving() as server:
        home.known.write_text(server.known_line())
        yield server


@pytest.fixture
async def runs(server: Server) -> AsyncIterator[Detached]:
    """Return the runs on that host."""
    host = SshHost(Home(server.home).access(server.port), Nobody())
    yield Detached(host)
    await host.aclose()


async def sh(runs: Detached, script: str, token: str = TOKEN) -> int:
    """Start a script in the home folder."""
    home = (await runs.host.run("printf %s $HOME")).stdout.decode()
    return await runs.start(token, ["/bin/sh", "-c", script, "sh"], home, {"script": script})


async def until(runs: Detached, number: int, so: Callable[[Held], bool]) -> Held:
    """Look again and again until a run is so."""
    async with asyncio.timeout(20):
        while not so(held := (await runs.listed([number]))[0]):  # noqa: ASYNC110 - it is elsewhere
            await asyncio.sleep(0.01)
    return held


async def test_a_run_outlives_the_line(runs: Detached, server: Server) -> None:
    """What a run says while nobody is connected is there afterwards, byte by byte."""
    script = "n=0; while [ $n -lt 4000 ]; do echo line $n; n=$((n+1)); done; printf end; exit 3"
    number = await sh(runs, script)
    server.cut()
    held = await until(runs, number, lambda held: held.is_over)
    there = (server.home / ".skyforge" / "runs" / str(number) / "log").read_bytes()
    assert (held.code, held.size, held.spec) == (3, len(there), {"script": script})
    assert await runs.output(number) == there
    assert there.endswith(b"line 3999\r\nend")


async def test_following_resumes_by_offset(runs: Detached, server: Server) -> None:
    """A line that is cut again and again: what was read, and the rest, is the log, by hash."""
    number = await sh(runs, "n=0; while [ $n -lt 40 ]; do echo $n; n=$((n+1)); sleep 0.02; done")
    got, cuts = b"", 0
    async with asyncio.timeout(30):
        while not (held := (await runs.listed([number]))[0]).is_over or len(got) < held.size:
            with contextlib.suppress(TransportError):
                async with aclosing(runs.follow(number, len(got))) as parts:
                    async for part in parts:
                        got += part
                        if cuts < 5 and len(got) > cuts * 12:
                            cuts += 1
                            server.cut()
                async with aclosing(runs.rest(number, len(got))) as parts:
                    got += b"".join([part async for part in parts])
    there = (server.home / ".skyforge" / "runs" / str(number) / "log").read_bytes()
    assert cuts
    assert hashlib.sha256(got).digest() == hashlib.sha256(there).digest()


async def test_one_token_is_one_run(runs: Detached) -> None:
    """Asked for twice, or by several at once, a run begins once; others get other numbers."""
    numbers = await asyncio.gather(*(sh(runs, "echo once >>made") for _ in range(4)))
    other = await sh(runs, "echo other", "f" * 16)
    assert len({*numbers}) == 1
    assert other not in numbers
    await until(runs, numbers[0], lambda held: held.is_over)
    await until(runs, other, lambda held: held.is_over)
    assert (await runs.host.run("cat $HOME/made")).stdout == b"once\n"
    assert [one.number for one in await runs.listed()] == sorted({*numbers, other}, reverse=True)


async def test_a_number_that_is_given_back_keeps_nobody_from_beginning(
    runs: Detached, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who begins while another start, too late for its token, gives its number back begins too."""
    (tmp_path / "bin").mkdir()
    taken = tmp_path / "bin" / "mkdir"
    taken.write_text(
        '#!/bin/sh\ncase $1 in */runs/1) [ -e "$0.once" ] || { : >"$0.once"; exit 1; } ;; esac\n'
        f'exec {shutil.which("mkdir")} "$@"\n'
    )
    taken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{taken.parent}:{os.environ['PATH']}")
    assert await sh(runs, "true") == 1
    assert (tmp_path / "bin" / "mkdir.once").exists()


async def test_what_a_run_makes_is_as_the_person_wants_it(runs: Detached, server: Server) -> None:
    """A command makes files with the rights of a login; what is kept of it is private."""
    usual = (await runs.host.run("umask")).stdout.strip()
    number = await sh(runs, "umask; touch made")
    await until(runs, number, lambda held: held.is_over)
    assert (await runs.output(number)).strip() == usual
    place = server.home / ".skyforge" / "runs" / str(number)
    assert {one.stat().st_mode & 0o077 for one in (place, place / "log", place / "spec")} == {0}
    assert (server.home / "made").stat().st_mode & 0o777 == 0o666 & ~int(usual, 8)


async def test_hostile_words_are_words(runs: Detached, server: Server) -> None:
    """Names with shell code, quotes and line feeds reach the program as they are."""
    words = ["$(touch made)", "`touch made`", "'; touch made; '", "a\nb", "-x", "%s\\n", "é"]
    folder = server.home / "it's $(touch made)\n;"
    folder.mkdir()
    number = await runs.start(TOKEN, ["printf", "%s|", *words], str(folder), {"name": words[2]})
    held = await until(runs, number, lambda held: held.is_over)
    assert (await runs.output(number)).decode().replace("\r\n", "\n") == "|".join([*words, ""])
    assert (held.code, held.spec) == (0, {"name": words[2]})
    assert not list(server.home.rglob("made"))
    gone = await runs.start("a" * 16, ["true"], str(folder / "nowhere"), {})
    assert (await until(runs, gone, lambda held: held.is_over)).code not in (0, None)


async def test_a_run_has_a_terminal_and_is_answered(runs: Detached) -> None:
    """A question is seen without a line feed, and the answer arrives as if typed."""
    number = await sh(runs, 'printf "Go on [y/n]: "; read -r it; printf "said %s" "$it"')
    held = await until(runs, number, lambda held: held.tail.endswith(b"[y/n]: "))
    assert not held.is_over
    await runs.answer(number, b"100%\\n yes\n")
    await until(runs, number, lambda held: held.is_over)
    assert b"said 100%\\n yes" in await runs.output(number)


async def test_stopping_grows_firmer(runs: Detached) -> None:
    """Ctrl+c is typed first; who ignores it is terminated, then killed, with the whole group."""
    number = await sh(
        runs, "trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.02; done"
    )
    await until(runs, number, lambda held: b"ready" in held.tail)
    await runs.stop(number)
    held = await until(runs, number, lambda held: held.is_over)
    assert (held.code, held.stops) == (9, 1)
    assert b"caught" in await runs.output(number)
    deaf = await sh(runs, "trap '' INT TERM; echo ready; while :; do sleep 0.02; done", "b" * 16)
    await until(runs, deaf, lambda held: b"ready" in held.tail)
    for _ in range(3):
        assert not (await runs.listed([deaf]))[0].is_over
        await runs.stop(deaf)
    assert (await until(runs, deaf, lambda held: held.is_over)).code == 128 + 9
    with pytest.raises(OverError):
        await runs.stop(deaf)
    with pytest.raises(GoneError):
        await runs.stop(999)


@pytest.mark.real
async def test_a_disk_that_is_full(runs: Detached, server: Server) -> None:
    """A full disk keeps no run from being stopped or ending; what may be missing is said.

    What cannot begin says why, and leaves nothing.
    """
    with small_disk(server.home / ".skyforge", "256k"):
        deaf = await sh(runs, "trap '' INT TERM; echo ready; while :; do sleep 0.02; done")
        await until(runs, deaf, lambda held: b"ready" in held.tail)
        loud = await sh(runs, "read -r it; seq 90000; exit 7", "b" * 16)
        await until(runs, loud, lambda held: held.is_alive)
        await runs.answer(loud, b"go\n")
        held = await until(runs, loud, lambda held: held.is_over)
        assert (held.code, held.is_full) == (7, True)
        with pytest.raises(TransportError, match="runs cannot be written: 0 kB are free there"):
            await sh(runs, "echo late", "c" * 16)
        assert sorted(one.number for one in await runs.listed()) == [deaf, loud]
        for _ in range(3):
            assert not (await runs.listed([deaf]))[0].is_over
            await runs.stop(deaf)
        held = await until(runs, deaf, lambda held: held.is_over)
        assert (held.code, held.stops) == (128 + 9, 3)


async def test_a_holder_that_was_killed_is_told(runs: Detached, server: Server) -> None:
    """A run whose holder is gone without a word is over, and nobody guesses how it ended."""
    number = await sh(runs, "echo ready; sleep 60")
    await until(runs, number, lambda held: b"ready" in held.tail)
    place = server.home / ".skyforge" / "runs" / str(number)
    holder, group = ((place / name).read_text().split()[0] for name in ("holder", "pid"))
    await runs.host.run('kill -s KILL "$1"; kill -s KILL -- "-$2"', [holder, group])
    held = await until(runs, number, lambda held: held.is_over)
    assert held.code is None
    with pytest.raises(OverError):
        await runs.answer(number, b"y\n")


async def test_another_process_of_the_same_number_is_left_alone(
    runs: Detached, server: Server
) -> None:
    """A recorded number that belongs to somebody else by now is neither alive nor killed."""
    number = await sh(runs, "echo done")
    await until(runs, number, lambda held: held.is_over)
    place = server.home / ".skyforge" / "runs" / str(number)
    (place / "exit").unlink()
    (place / "holder").write_text("1 12345\n")
    assert (await runs.listed([number]))[0].is_over
    with pytest.raises(OverError):
        await runs.stop(number)
