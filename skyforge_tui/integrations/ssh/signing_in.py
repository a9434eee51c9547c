"""Signing in at one SSH host: whom to believe, what to prove oneself with, when to ask.

Keys that are at hand come first, as with OpenSSH: those of an agent, and files without a
passphrase. A passphrase is asked for only when these were not enough, and a password last.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from typing import Any, Final

import asyncssh

from skyforge_tui.integrations.asking import Wanted
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.redaction import redact
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.ssh.access import SshAccess
from skyforge_tui.integrations.ssh.failing import failure, plain
from skyforge_tui.integrations.ssh.keys import Keys, revealed
from skyforge_tui.integrations.ssh.known_hosts import KnownHosts, fingerprint
from skyforge_tui.integrations.ssh.person import Person

CONNECT_S: Final = 15.0
"""How long one attempt may take, while nobody is asked."""
Dial = Callable[[], Awaitable[socket]]
_PASSWORDS: Final = 3
"""How often a wrong password is asked for again."""


@dataclass(slots=True)
class _Seen:
    """A host key that nobody vouches for."""

    host: str
    port: int
    key: asyncssh.SSHKey
    is_known: bool
    """Whether another one is known."""


@dataclass(slots=True)
class Attempt:
    """What one way to a host has come to; `dial` connects a socket in place of its address."""

    access: SshAccess
    person: Person
    tunnel: asyncssh.SSHClientConnection | None = None
    dial: Dial | None = None
    keys: Keys = field(init=False)
    seen: _Seen | None = None
    declined: TransportError | None = None
    """Why the person gave no answer."""
    _limit: asyncio.Timeout | None = None
    _password: Secret | None = None
    _asked: int = 0

    def __post_init__(self) -> None:
        self.keys = Keys(self.access)

    async def made(self) -> asyncssh.SSHClientConnection:
        """Connect and sign in, asking what has to be asked.

        Raises:
            TransportError: unreachable, timeout; untrusted; unauthorized; invalid.
        """
        if self.access.password is not None:
            self._password = await revealed(self.access.password)
        await self.keys.prepare()
        while True:
            options = await self.keys.options()
            known = _known_hosts(self.access, options)
            try:
                return await self._connected(options, known)
            except asyncssh.HostKeyNotVerifiable as error:
                await self._judge(known, error)
            except asyncssh.PermissionDenied as error:
                if self.declined is not None:
                    raise self.declined from None
                if not await self.keys.unlock(self._ask):
                    raise failure(error, self.access.place) from None

    async def _connected(
        self, options: asyncssh.SSHClientConnectionOptions, known: KnownHosts
    ) -> asyncssh.SSHClientConnection:
        place = self.access.place
        await asyncio.to_thread(known.read)
        self.seen = None
        more: dict[str, Any] = {} if self.dial is None else {"sock": await self.dial()}
        if self.tunnel is not None:
            more["tunnel"] = self.tunnel
        try:
            async with asyncio.timeout(CONNECT_S) as limit:
                self._limit = limit
                return await asyncssh.connect(
                    self.access.host,
                    options=options,
                    known_hosts=known.match,
                    client_factory=lambda: _Client(self, known),
                    **more,
                )
        except TimeoutError:
            message = f"{place} did not answer within {CONNECT_S:g} s"
            raise TransportError("timeout", message, is_retryable=True) from None
        except (asyncssh.HostKeyNotVerifiable, asyncssh.PermissionDenied):
            raise
        except (asyncssh.Error, OSError, ValueError) as error:
            if isinstance(error, asyncssh.KeyExchangeFailed) and "host key" in str(error):
                message = f"{place} has none of the host keys that are known of it"
                raise TransportError("untrusted", message) from None
            raise failure(error, place) from None
        finally:
            self._limit = None

    async def _judge(self, known: KnownHosts, error: asyncssh.HostKeyNotVerifiable) -> None:
        """Ask whether a host that is not known is the right one; a changed one never is."""
        place, seen = self.access.place, self.seen
        if seen is None:  # revoked, or a certificate that does not hold
            message = f"the host key of {place} is not to be believed: {plain(error)}"
            raise TransportError("untrusted", redact(message)) from None
        shown, kind = fingerprint(seen.key), seen.key.algorithm.decode("ascii", "replace")
        if seen.is_known:
            message = (
                f"the host key of {place} has CHANGED: it shows {shown} ({kind}), and"
                f" {known.path} knows another; somebody may be in between, or it was set up anew."
                " Nothing was sent. If it is right, remove the old line there"
            )
            raise TransportError("untrusted", message) from None
        await self.person.trust(
            shown, f"nobody here has met {place} yet: its host key ({kind}) is {shown}"
        )
        await asyncio.to_thread(known.add, seen.host, seen.port, seen.key)

    # What a host asks.

    @property
    def may_ask(self) -> bool:
        """Whether it is time for passwords: every key was tried, or is refused."""
        return not self.keys.is_locked and self.declined is None

    @property
    def has_answers(self) -> bool:
        """Whether a question would be answered."""
        return self._password is not None or self.may_ask

    async def password(self) -> str | None:
        """Return the configured password once, then what the person says; None gives up."""
        if self._password is not None:
            known, self._password = self._password, None
            return known.reveal()
        if not self.may_ask or self._asked >= _PASSWORDS:
            return None
        self._asked += 1
        again = "" if self._asked == 1 else "that password was refused; "
        why = f"{again}{self.access.place} wants a password"
        return (await self._ask("password", why)).reveal()

    async def reply(self, instructions: str, prompt: str) -> str | None:
        """Return what the person says to a prompt of the host's own."""
        if "password" in prompt.lower():
            return await self.password()
        if not self.may_ask:
            return None
        why = f"{self.access.place} asks: {plain(f'{instructions} {prompt}')}"
        return (await self._ask("reply", why)).reveal()

    async def _ask(self, wanted: Wanted, why: str) -> Secret:
        """Ask the person; meanwhile no time passes."""
        async with self._unhurried():
            return await self.person(wanted, why, username=self.access.username or "")

    @asynccontextmanager
    async def _unhurried(self) -> AsyncIterator[None]:
        limit = self._limit
        if limit is not None:
            limit.reschedule(None)
        try:
            yield
        finally:
            if limit is not None and not limit.expired():
                limit.reschedule(asyncio.get_running_loop().time() + CONNECT_S)


class _Client(asyncssh.SSHClient):
    """Answers asyncssh during one attempt; what it raises would be lost, so it is kept."""

    def __init__(self, attempt: Attempt, known: KnownHosts) -> None:
        self._attempt = attempt
        self._known = known

    def validate_host_public_key(
        self, host: str, addr: str, port: int, key: asyncssh.SSHKey
    ) -> bool:
        """Believe nobody: remember what was shown."""
        del addr
        self._attempt.seen = _Seen(host, port, key, self._known.knows(host, port))
        return False

    async def password_auth_requested(self) -> str | None:
        """Return a password, or None."""
        return await self._kept(self._attempt.password())

    def kbdint_auth_requested(self) -> str | None:
        """Let the host choose its questions, unless there will be no answers."""
        return "" if self._attempt.has_answers else None

    async def kbdint_challenge_received(
        self, name: str, instructions: str, lang: str, prompts: Any
    ) -> list[str] | None:
        """Return the answers to a host's questions; None gives up."""
        del name, lang
        answers = []
        for prompt, _ in prompts:
            answer = await self._kept(self._attempt.reply(instructions, prompt))
            if answer is None:
                return None
            answers.append(answer)
        return answers

    async def _kept(self, asking: Awaitable[str | None]) -> str | None:
        try:
            return await asking
        except TransportError as error:
            self._attempt.declined = error
            return None


def _known_hosts(access: SshAccess, options: asyncssh.SSHClientConnectionOptions) -> KnownHosts:
    """Return where host keys are known from.

    Raises:
        TransportError: invalid, if the configuration wants none to be checked.
    """
    if access.known_hosts is not None:
        return KnownHosts([access.known_hosts])
    if options.known_hosts is None:
        message = (
            f"the SSH configuration for {access.place}: UserKnownHostsFile none checks no host key"
        )
        raise TransportError("invalid", message)
    files = options.known_hosts
    return KnownHosts([Path(str(one)) for one in files] if isinstance(files, list) else ())
