"""Working on SSH hosts: one connection, bytes, names that are never code, lines that break."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import asyncssh
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.ssh.host import CHANNELS, SHELL, SshHost
from skyforge_tui.integrations.ssh.person import Nobody
from tests.ssh_servers import Answers, Home, OpenSsh, Server


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return the disk of somebody."""
    return Home(tmp_path)


@pytest.fixture
async def server(home: Home) -> AsyncIterator[Server]:
    """Serve, known and with a key that is let in."""
    async with Server(home.folder, [home.make_key()]).serving() as server:
        home.known.write_text(server.known_line())
        yield server


@pytest.fixture
async def host(home: Home, server: Server) -> AsyncIterator[SshHost]:
    """Return the server as a host to work on."""
    host = SshHost(home.access(server.port), Nobody())
    yield host
    await host.aclose()


async def test_everything_goes_through_one_connection(host: SshHost, server: Server) -> None:
    """However many ask at once, a host is connected to once, with few commands side by side."""
    answers = await asyncio.gather(*(host.run("echo $1", [str(n)]) for n in range(4 * CHANNELS)))
    assert [one.stdout for one in answers] == [b"%d\n" % n for n in range(4 * CHANNELS)]
    assert (server.connections, host.connections) == (1, 1)
    assert set(server.commands) == {SHELL}


async def test_a_command_ends_as_it_ended_there(host: SshHost) -> None:
    """Exit code, signal, both streams and bytes of any value come as they were."""
    done = await host.run("printf '\\377\\000\\r\\n'; echo oops >&2; exit 7")
    assert (done.exit_code, done.stdout, done.stderr) == (7, b"\xff\0\r\n", b"oops\n")
    assert (await host.run("cat; echo end")).stdout == b"end\n"  # nothing to read there


@settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["$(reboot)", "`id`", "a'b\"c", "-rf", "\n", "!!", "*", "a;b|c&", "~"]),
            st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        ),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_names_never_become_code(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    """Whatever is in a name, it arrives as one argument, byte by byte."""

    async def check() -> None:
        home = Home(tmp_path_factory.mktemp("home"))
        async with Server(home.folder, [home.make_key()]).serving() as server:
            home.known.write_text(server.known_line())
            host = SshHost(home.access(server.port), Nobody())
            done = await host.run('for one; do printf "%s\\0" "$one"; done', names)
            await host.aclose()
        assert done.stdout == b"".join(one.encode() + b"\0" for one in names)

    asyncio.run(check())


async def test_what_is_too_much_or_too_slow_is_given_up(host: SshHost) -> None:
    """Output has a bound, and so has time; the connection stays good."""
    with pytest.raises(TransportError) as caught:
        await host.run("yes | head -c 300000", max_bytes=100_000)
    assert caught.value.kind == "oversized"
    with pytest.raises(TransportError) as caught:
        await host.run("sleep 60", timeout_s=0.05)
    assert (caught.value.kind, caught.value.is_retryable) == ("timeout", True)
    assert (await host.run("echo still")).stdout == b"still\n"
    assert host.connections == 1


async def test_a_cut_line_is_told_and_made_anew(host: SshHost, server: Server) -> None:
    """A command on a line that is cut has no answer; the next one gets a new connection."""
    async with host.listen("echo begun; sleep 60; echo never") as channel:
        assert await channel.read() == b"begun\n"
        server.cut()
        with pytest.raises(TransportError, match="was cut") as caught:
            await channel.read()
    assert (caught.value.kind, caught.value.is_retryable) == ("unreachable", True)
    assert (await host.run("echo again")).stdout == b"again\n"
    assert (server.connections, host.is_connected) == (2, True)


async def test_who_waits_for_a_connection_may_leave(home: Home, server: Server) -> None:
    """One who gives up takes nothing from the others who wait for the same connection."""
    home.known.unlink()
    asked, go = asyncio.Event(), asyncio.Event()

    class Slow(Answers):
        async def trust(self, fingerprint: str, words: str) -> None:
            asked.set()
            await go.wait()

    host = SshHost(home.access(server.port), Slow())
    leaving, staying = (asyncio.create_task(host.run("echo hi")) for _ in range(2))
    await asked.wait()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    go.set()
    assert (await staying).stdout == b"hi\n"
    assert host.connections == 1
    await host.aclose()


async def test_who_leaves_while_a_command_begins_takes_it_along(
    host: SshHost, server: Server
) -> None:
    """A command that is given up in any moment of its beginning ends on the host as well."""
    await host.connect()
    before, moments = asyncio.all_tasks(), 0
    while len(server.commands) < 12:
        leaving = asyncio.create_task(host.run("sleep 60"))
        for _ in range(moments):
            await asyncio.sleep(0)
        leaving.cancel()
        async with asyncio.timeout(20):
            while left := asyncio.all_tasks() - before:  # the server's among them
                await asyncio.wait(left)
        moments += 1
    assert (await host.run("echo again")).stdout == b"again\n"
    assert server.connections == 1


@pytest.fixture
def openssh(
    tmp_path: Path, home: Home, real_program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenSsh]:
    """Serve real OpenSSH on one end of a socket pair."""
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin")
    real_program("sshd")
    if os.geteuid() != 0:
        pytest.xfail("only root has OpenSSH serve without a daemon")
    server = OpenSsh(tmp_path, home.make_key(), {"LANG": "C"})
    yield server
    server.end()


@pytest.mark.real
async def test_a_real_openssh_server_is_worked_on(home: Home, openssh: OpenSsh) -> None:
    """OpenSSH lets the key in, is asked about once, and runs scripts as told."""
    person = Answers()
    host = SshHost(home.access(username="root"), person, openssh.dial)
    done = await host.run('echo "$1" "$LANG"; exit 3', ["$(reboot)"])
    assert (done.exit_code, done.stdout) == (3, b"$(reboot) C\n")
    several = await asyncio.gather(*(host.run("echo $1", [str(n)]) for n in range(20)))
    assert len({one.stdout for one in several}) == 20
    assert (host.connections, len(person.shown)) == (1, 1)
    assert asyncssh.read_known_hosts(str(home.known)).match("127.0.0.1", "", None)[0]
    await host.aclose()
