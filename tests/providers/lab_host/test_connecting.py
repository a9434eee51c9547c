"""Connecting to a netlab host: its key is believed or not, and every step is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from skyforge_tui.demo.servers.netlab.server import NetlabHost
from skyforge_tui.domain.connection import Given, Server, Step, StepReport, StepState
from skyforge_tui.domain.errors import Invalid, NotFound, NotSignedIn, Unavailable, Untrusted
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof
from skyforge_tui.providers.connections.lab_host import LabHostConnector
from tests.lab_hosts import served_host
from tests.ssh_servers import Home
from tests.ssh_servers import Server as SshServer


class Listener:
    """Hears steps, gives what it has, believes or not."""

    def __init__(self, *answers: str, trusts: bool = True) -> None:
        self.steps: dict[Step, StepReport] = {}
        self.answers = list(answers)
        self.asked: list[Proof] = []
        self.shown: list[str] = []
        self.trusts = trusts

    def tell(self, report: StepReport) -> None:
        """Remember how a step is."""
        self.steps[report.step] = report

    async def ask(self, wanted: Proof, why: str) -> Hidden:
        """Give the next answer, if there is one."""
        self.asked.append(wanted)
        if not self.answers:
            raise NotSignedIn(why)
        return Hidden(self.answers.pop(0))

    async def trust(self, fingerprint: str, words: str) -> None:
        """Believe it, or not."""
        self.shown.append(fingerprint)
        if not self.trusts:
            raise Untrusted(words)


@pytest.fixture
async def host() -> AsyncIterator[NetlabHost]:
    """Serve a host."""
    async with served_host() as host:
        yield host


def server_at(host: NetlabHost, known: Path) -> Server:
    """Return the host as somebody would connect to it."""
    return Server(
        "netlab", "lab", f"netlab@127.0.0.1:{host.port}", key=str(host.key_path),
        known_hosts=str(known),
    )  # fmt: skip


async def test_a_host_is_believed_and_looked_at(host: NetlabHost, tmp_path: Path) -> None:
    """A new host's key is shown; believed, all steps are done, and it is known from then on."""
    listener, known = Listener(), tmp_path / "known"
    found = await LabHostConnector().connect(server_at(host, known), Given(), listener)
    assert {one.state for one in listener.steps.values()} == {StepState.DONE}
    assert listener.shown == [f"SHA256:{host.fingerprint}"]
    assert (found.version, found.server.address) == (
        "26.10", f"ssh://netlab@127.0.0.1:{host.port}"
    )  # fmt: skip
    assert not found.password
    await LabHostConnector().connect(server_at(host, known), Given(), again := Listener())
    assert again.shown == []


async def test_containerlab_is_looked_for_too(host: NetlabHost, tmp_path: Path) -> None:
    """A host is connected to for either of its tools; the one that is meant is looked for."""
    server = replace(server_at(host, tmp_path / "known"), kind="containerlab")
    found = await LabHostConnector("containerlab").connect(server, Given(), listener := Listener())
    assert (found.version, found.rights.partition(",")[0]) == ("0.79.0", "0 labs")
    assert listener.steps[Step.FIND].words == "containerlab 0.79.0"


async def test_a_pinned_key_is_not_asked_about(host: NetlabHost, tmp_path: Path) -> None:
    """A fingerprint that was said beforehand is believed; any other is asked about."""
    server = server_at(host, tmp_path / "known")
    wrong = Listener(trusts=False)
    with pytest.raises(Untrusted):
        await LabHostConnector().connect(replace(server, fingerprint="SHA256:x"), Given(), wrong)
    assert wrong.steps[Step.TRUST].state is StepState.FAILED
    assert not (tmp_path / "known").exists()
    right = replace(server, fingerprint=f"SHA256:{host.fingerprint}")
    await LabHostConnector().connect(right, Given(), listener := Listener(trusts=False))
    assert listener.shown == []


async def test_every_way_to_fail_is_told(host: NetlabHost, tmp_path: Path) -> None:
    """A wrong address, a closed port, a key nobody lets in, no netlab: each at its step."""
    server = server_at(host, tmp_path / "known")
    stranger = Home(tmp_path)
    stranger.make_key()
    for wrong, error, step in (
        (replace(server, address="-oX"), Invalid, Step.ADDRESS),
        (replace(server, address="127.0.0.1:1"), Unavailable, Step.REACH),
        (replace(server, key=str(stranger.key)), NotSignedIn, Step.SIGN_IN),
    ):
        listener = Listener()
        with pytest.raises(error):
            await LabHostConnector().connect(wrong, Given(), listener)
        assert listener.steps[step].state is StepState.FAILED
    host.habits.has_netlab = False
    with pytest.raises(NotFound, match="not installed"):
        await LabHostConnector().connect(server, Given(), listener := Listener())
    assert listener.steps[Step.FIND].state is StepState.FAILED


async def test_a_password_that_works_is_kept(tmp_path: Path) -> None:
    """Where no key is let in a password is asked for; what was given beforehand goes first."""
    home = Home(tmp_path)
    home.make_key()
    programs = tmp_path / ".local" / "bin"
    programs.mkdir(parents=True)
    (programs / "netlab").write_text(
        '#!/bin/sh\n[ "$1" = version ] && echo "netlab version 26.10" || echo "{}"\n'
    )
    (programs / "netlab").chmod(0o755)
    async with SshServer(tmp_path, password="swordfish").serving() as ssh:
        server = Server(
            "netlab", "lab", f"ada@127.0.0.1:{ssh.port}", key=str(home.key),
            known_hosts=str(home.known),
        )  # fmt: skip
        found = await LabHostConnector().connect(server, Given(), listener := Listener("swordfish"))
        assert (listener.asked, found.password.reveal()) == ([Proof.PASSWORD], "swordfish")
        given = Given(password=Hidden("swordfish"))
        found = await LabHostConnector().connect(server, given, listener := Listener())
        assert (listener.asked, found.password.reveal()) == ([], "swordfish")
        assert "by a password" in listener.steps[Step.SIGN_IN].words
