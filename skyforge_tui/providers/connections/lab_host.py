"""Connects to a host that runs labs by SSH: believes its key or asks, signs in, looks around."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from skyforge_tui.domain.connection import Found, Given, Server, Step
from skyforge_tui.domain.errors import NotSignedIn, SkyforgeError, Untrusted
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof
from skyforge_tui.integrations.asking import Wanted
from skyforge_tui.integrations.containerlab.client import RemoteContainerlab
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.netlab.remote import RemoteNetlab
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.ssh.access import SshAccess, read_place
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.person import Person
from skyforge_tui.ports.connector import Dialogue
from skyforge_tui.providers.connections.failing import domain_error
from skyforge_tui.providers.connections.telling import Teller

_SKEW_S = 30.0
_LOST_AT = {"untrusted": Step.TRUST, "unauthorized": Step.SIGN_IN, "invalid": Step.ADDRESS}
OpenHost = Callable[[SshAccess, Person], SshHost]


class LabHostConnector:
    """Connects to a host with netlab or containerlab; implements `Connector`."""

    def __init__(self, kind: str = "netlab", open_host: OpenHost = SshHost) -> None:
        self.kind = kind
        self._open_host = open_host

    async def connect(
        self, server: Server, given: Given, dialogue: Dialogue, *, makes_token: bool = True
    ) -> Found:
        """Reach the host, sign in and look around; a password that was typed is kept."""
        del makes_token
        teller = Teller(dialogue)
        failure: SkyforgeError
        host: SshHost | None = None
        try:
            teller.begin(Step.ADDRESS)
            access = _access(server)
            asked = _Asked(dialogue, given, server)
            host = self._open_host(access, asked)
            return await _found(
                replace(server, address=f"ssh://{access.place}"), host, teller, asked
            )
        except TransportError as error:
            teller.step = _LOST_AT.get(error.kind, teller.step)
            failure = asked_failure(error, server)
        except SkyforgeError as error:
            teller.step = _step_of(error, teller.step)
            failure = error
        finally:
            if host is not None:
                await host.aclose()
        teller.failed(failure)
        raise failure


def _step_of(error: SkyforgeError, step: Step) -> Step:
    """Return at which step one was asked something that ended it."""
    if isinstance(error, Untrusted):
        return Step.TRUST
    return Step.SIGN_IN if isinstance(error, NotSignedIn) else step


def asked_failure(error: TransportError, server: Server) -> SkyforgeError:
    """Return the domain's error; a host key is not a certificate."""
    failure = domain_error(error, server.name)
    if isinstance(failure, Untrusted):
        failure.advice = "ask whoever runs the host for the fingerprint of its key"
    return failure


async def _found(server: Server, host: SshHost, teller: Teller, asked: _Asked) -> Found:
    teller.done(Step.ADDRESS, host.place)
    teller.begin(Step.REACH)
    await host.connect()
    through = f" through {server.jump}" if server.jump else ""
    teller.done(Step.REACH, f"it answers{through}")
    teller.done(Step.TRUST, asked.trusted or "its host key is the known one")
    teller.begin(Step.FIND)
    version = await _version(server.kind, host)
    teller.done(Step.FIND, f"{server.kind} {version}")
    teller.begin(Step.SIGN_IN)
    user = (await host.run("id -un")).stdout.decode(errors="replace").strip()
    teller.done(Step.SIGN_IN, f"{user}, by {asked.how}")
    teller.begin(Step.RIGHTS)
    count = await _labs(server.kind, host)
    rights = f"{count} lab{'' if count == 1 else 's'}, and what {user} may do there"
    teller.done(Step.RIGHTS, rights)
    latency_ms, skew_s = await _pace(host)
    words = f"{latency_ms:.0f} ms"
    if abs(skew_s) > _SKEW_S:
        teller.caution(Step.PACE, f"{words}, its clock is {skew_s:+.0f} s off", "set the clocks")
    else:
        teller.done(Step.PACE, f"{words}, its clock agrees")
    return Found(server, version, user, rights, latency_ms, skew_s, password=asked.password)


async def _version(kind: str, host: SshHost) -> str:
    if kind == "containerlab":
        return await RemoteContainerlab(host).version()
    return "{}.{:02}".format(*await RemoteNetlab(host).version())


async def _labs(kind: str, host: SshHost) -> int:
    if kind == "containerlab":
        return len({one.lab for one in await RemoteContainerlab(host).inspect()})
    return len((await RemoteNetlab(host).status()).status.labs)


async def _pace(host: SshHost) -> tuple[float, float]:
    began, here = time.perf_counter(), time.time()
    there = (await host.run("date +%s")).stdout.strip()
    took_s = time.perf_counter() - began
    skew_s = float(there) - (here + took_s / 2) if there.isdigit() else 0.0
    return took_s * 1000, skew_s


def _access(server: Server) -> SshAccess:
    """Return the way that is meant; what was typed beside the address counts more."""
    access = read_place(server.address)
    reference = server.password_ref or server.token_ref
    return replace(
        access,
        username=server.username or access.username,
        key=Path(server.key).expanduser() if server.key else None,
        known_hosts=Path(server.known_hosts) if server.known_hosts else None,
        password=SecretRef.parse(reference) if reference else None,
        jump=server.jump,
    )


class _Asked:
    """The person in front, while a connection is made; implements `Person`."""

    def __init__(self, dialogue: Dialogue, given: Given, server: Server) -> None:
        self._dialogue = dialogue
        self._given = given
        self._pin = server.fingerprint
        self.trusted = ""
        self.password = Hidden("")
        self.how = "a key"

    async def __call__(self, wanted: Wanted, why: str, *, username: str) -> Secret:
        """Give what was typed beforehand, then what the person says."""
        del username
        if wanted == "password":
            self.how = "a password"
            given = self._given.password if not self.password else Hidden("")
            self.password = given or await self._dialogue.ask(Proof.PASSWORD, why)
            return Secret(self.password.reveal())
        return Secret((await self._dialogue.ask(Proof(wanted), why)).reveal())

    async def trust(self, fingerprint: str, words: str) -> None:
        """Believe a key that was named beforehand, or ask."""
        if self._pin != fingerprint:
            await self._dialogue.trust(fingerprint, words)
        self.trusted = f"its host key is believed from now on: {fingerprint}"
