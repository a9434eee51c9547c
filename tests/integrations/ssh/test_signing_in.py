"""Signing in at SSH hosts: keys, passphrases, passwords, questions, and whom to believe."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.ssh.access import SshAccess, read_place
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.known_hosts import fingerprint
from skyforge_tui.integrations.ssh.person import Nobody, Person
from tests.ssh_servers import Answers, Home, Server


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return the disk of somebody."""
    return Home(tmp_path)


@asynccontextmanager
async def signed_in(access: SshAccess, person: Person | None = None) -> AsyncIterator[SshHost]:
    """Give a host on which a command ran."""
    host = SshHost(access, person or Nobody())
    try:
        assert (await host.run("echo here")).stdout == b"here\n"
        yield host
    finally:
        await host.aclose()


async def refused(access: SshAccess, person: Person | None = None) -> TransportError:
    """Return why one does not get in."""
    with pytest.raises(TransportError) as caught:
        async with signed_in(access, person):
            pass
    return caught.value


async def test_a_host_is_asked_about_once_then_known(home: Home) -> None:
    """The first time a host is met its fingerprint is shown; believed, it is never asked again."""
    async with Server(home.folder, [home.make_key()]).serving() as server:
        person = Answers()
        async with signed_in(home.access(server.port), person):
            pass
        async with signed_in(home.access(server.port)):
            pass
    ((shown, words),) = person.shown
    assert shown == fingerprint(server.host_key)
    assert shown in words
    assert home.known.read_text().split()[0] == f"[127.0.0.1]:{server.port}"
    assert home.known.stat().st_mode & 0o777 == 0o600


async def test_openssh_reads_what_was_believed(home: Home) -> None:
    """A key that is believed here is known to ssh as well, whatever stood there before."""
    home.known.write_text("# mine\nnonsense without end")
    async with Server(home.folder, [home.make_key()]).serving() as server:
        async with signed_in(home.access(server.port), Answers()):
            pass
        found = await asyncio.to_thread(
            subprocess.run,
            ["ssh-keygen", "-F", f"[127.0.0.1]:{server.port}", "-f", str(home.known)],
            capture_output=True, check=True,
        )  # fmt: skip
    assert server.host_key.export_public_key().split()[1] in found.stdout
    assert home.known.read_text().startswith("# mine\nnonsense without end\n")


async def test_nobody_believes_in_a_strangers_place(home: Home) -> None:
    """Where nobody can be asked, or they say no, nothing is sent and nothing is written."""
    async with Server(home.folder, [home.make_key()]).serving() as server:
        for person in (Nobody(), Answers(trusts=False)):
            error = await refused(home.access(server.port), person)
            assert error.kind == "untrusted"
            assert fingerprint(server.host_key) in error.message
        assert server.commands == []
    assert not home.known.exists()


async def test_a_changed_host_key_is_a_hard_stop(home: Home) -> None:
    """A host that shows another key than the known one is not even asked about."""
    async with Server(home.folder, [home.make_key()]).serving() as server:
        before = Server(home.folder, port=server.port)
        home.known.write_text(before.known_line())
        person = Answers()
        error = await refused(home.access(server.port), person)
    assert error.kind == "untrusted"
    assert "CHANGED" in error.message
    assert str(home.known) in error.message
    assert (person.shown, server.commands) == ([], [])


async def test_hashed_and_revoked_lines_count(home: Home) -> None:
    """Hashed names are known hosts too; a revoked key is refused though it is known."""
    async with Server(home.folder, [home.make_key()]).serving() as server:
        home.known.write_text(server.known_line())
        words = ["ssh-keygen", "-H", "-f", str(home.known)]
        await asyncio.to_thread(subprocess.run, words, capture_output=True, check=True)
        assert home.known.read_text().startswith("|1|")
        async with signed_in(home.access(server.port)):
            pass
        home.known.write_text(f"@revoked {server.known_line()}{server.known_line()}")
        error = await refused(home.access(server.port), Answers())
    assert (error.kind, "revoked" in error.message) == ("untrusted", True)


async def test_a_configuration_that_checks_nothing_is_refused(home: Home) -> None:
    """`UserKnownHostsFile none` makes no exception for us."""
    home.make_key()
    home.config.write_text("Host *\n  UserKnownHostsFile none\n")
    error = await refused(home.access(1, known_hosts=None))
    assert (error.kind, "checks no host key" in error.message) == ("invalid", True)


async def test_a_locked_key_asks_for_its_passphrase(home: Home) -> None:
    """A passphrase is asked for when it is needed, again when it is wrong; a reference answers."""
    async with Server(home.folder, [home.make_key("open sesame")]).serving() as server:
        home.known.write_text(server.known_line())
        person = Answers(["wrong", "open sesame"])
        async with signed_in(home.access(server.port), person):
            pass
        assert [wanted for wanted, _ in person.asked] == ["passphrase", "passphrase"]
        assert (await refused(home.access(server.port))).kind == "unauthorized"
        (home.folder / "phrase").write_text("open sesame\n")
        (home.folder / "phrase").chmod(0o600)
        reference = SecretRef.parse(f"file:{home.folder / 'phrase'}")
        async with signed_in(home.access(server.port, passphrase=reference)):
            pass


async def test_a_password_is_asked_for_last(home: Home) -> None:
    """The configured password goes first; then the person is asked, at most three times."""
    home.make_key()
    async with Server(home.folder, password="swordfish").serving() as server:
        home.known.write_text(server.known_line())
        person = Answers(["no", "swordfish"])
        async with signed_in(home.access(server.port), person):
            pass
        assert [wanted for wanted, _ in person.asked] == ["password", "password"]
        assert "refused" in person.asked[1][1]
        stubborn = Answers(["no"] * 9)
        error = await refused(home.access(server.port), stubborn)
        assert (error.kind, len(stubborn.asked)) == ("unauthorized", 3)
        assert "nobody answers" in (await refused(home.access(server.port), Answers())).message
    assert "swordfish" not in repr(person.asked)


async def test_a_host_may_ask_questions_of_its_own(home: Home) -> None:
    """Keyboard-interactive questions reach the person as the host puts them, harmless."""
    home.make_key()
    questions = [("Password: ", "swordfish"), ("Code\x1b[2J from your app: ", "123456")]
    async with Server(home.folder, questions=questions).serving() as server:
        home.known.write_text(server.known_line())
        person = Answers(["swordfish", "123456"])
        async with signed_in(home.access(server.port), person):
            pass
    assert [wanted for wanted, _ in person.asked] == ["password", "reply"]
    assert "Second factor" in person.asked[1][1]
    assert "\x1b" not in person.asked[1][1]


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Start a real ssh-agent."""
    path = tmp_path / "agent"
    child = subprocess.Popen(
        ["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert child.stdout is not None
    child.stdout.readline()
    monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
    yield path
    child.terminate()
    child.wait(10)
    child.stdout.close()


async def test_an_agents_key_needs_no_passphrase(home: Home, agent: Path) -> None:
    """What an agent holds is used before anybody is asked to open the file."""
    key = home.make_key("locked")
    key.write_private_key(home.folder / "plain")
    (home.folder / "plain").chmod(0o600)
    add = ["ssh-add", "-q", str(home.folder / "plain")]
    await asyncio.to_thread(subprocess.run, add, check=True, capture_output=True)
    async with Server(home.folder, [key]).serving() as server:
        home.known.write_text(server.known_line())
        async with signed_in(home.access(server.port)):
            pass


async def test_the_configuration_of_openssh_is_followed(home: Home) -> None:
    """Host names, ports, users, keys, known hosts and jump hosts come from the configuration."""
    key = home.make_key()
    async with (
        Server(home.folder, [key]).serving() as bastion,
        Server(home.folder, [key]).serving() as server,
    ):
        home.known.write_text(server.known_line() + bastion.known_line())
        home.config.write_text(
            f"Host lab\n  HostName 127.0.0.1\n  Port {server.port}\n  ProxyJump bastion\n"
            f"Host bastion\n  HostName 127.0.0.1\n  Port {bastion.port}\n"
            f"Host *\n  User ada\n  IdentityFile {home.key}\n"
            f"  UserKnownHostsFile {home.known}\n"
        )
        async with signed_in(SshAccess("lab", config=home.config)):
            assert bastion.forwarded == [("127.0.0.1", server.port)]
        home.known.write_text(server.known_line())
        person = Answers()
        async with signed_in(SshAccess("lab", config=home.config), person):
            assert [shown for shown, _ in person.shown] == [fingerprint(bastion.host_key)]


async def test_a_host_that_is_not_there_is_told(home: Home) -> None:
    """A closed port, a missing key, a name that is none: each says what it is."""
    home.make_key()
    error = await refused(home.access(1))
    assert (error.kind, error.is_retryable) == ("unreachable", True)
    missing = await refused(home.access(1, key=home.folder / "nowhere"))
    assert (missing.kind, "no such file" in missing.message) == ("invalid", True)
    for place in ("", "a b", "-oProxyCommand=x", "host:0", "host:70000", "host;reboot:1:2"):
        with pytest.raises(TransportError, match="is written as"):
            read_place(place)
    assert read_place("ssh://ada@[::1]:2222/").place == "ada@[::1]:2222"
