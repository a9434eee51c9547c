"""Connecting to servers: found, signed in to, looked at, and only then written down."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from skyforge_tui.domain.connection import (
    BY_SSH,
    KINDS,
    Found,
    Given,
    Server,
    Step,
    StepReport,
    StepState,
    shown_reference,
)
from skyforge_tui.domain.errors import Conflict, Invalid, NotFound
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.identity import LOCAL, Principal, ProjectId
from skyforge_tui.domain.permission import Permission
from skyforge_tui.ports.connector import ConnectionBook, Connector, Dialogue, SecretPlace
from skyforge_tui.services.authorization import Access, requires

_OTHER_NAME = "choose another name with --name"
_USUAL = {kind: f"{kind}-host" for kind in BY_SSH}
"""What a server without a name of its own is called, where its kind alone means this machine."""
_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


class ConnectionService:
    """What one may do about servers; `connectors` makes one of each kind when it is needed."""

    def __init__(
        self,
        connectors: Mapping[str, Callable[[], Connector]],
        book: ConnectionBook,
        access: Access,
    ) -> None:
        self._connectors = connectors
        self._book = book
        self.access = access

    async def project_of(self, target: object) -> ProjectId:
        """Refuse: a server belongs to no project."""
        raise NotFound(f"{target} belongs to no project")

    @requires(Permission.CONNECTION_LIST)
    async def kinds(self, principal: Principal) -> tuple[str, ...]:
        """Return the kinds that can be connected to, in reading order."""
        return tuple(kind for kind in KINDS if kind in self._connectors)

    @requires(Permission.CONNECTION_LIST)
    async def servers(self, principal: Principal) -> tuple[Server, ...]:
        """Return what is configured."""
        return await self._book.servers()

    @requires(Permission.CONNECTION_LIST)
    async def secret_places(self, principal: Principal) -> tuple[SecretPlace, ...]:
        """Return where a token can be kept on this machine, the best first."""
        return await self._book.secret_places()

    @requires(Permission.CONNECTION_LIST)
    async def named(self, principal: Principal, name: str, kind: str = "") -> Server:
        """Return the configured server of a name.

        Raises:
            NotFound: there is none.
            Invalid: there are several of different kinds, and none was named.
        """
        known = await self._book.servers()
        found = [one for one in known if one.name == name and kind in ("", one.kind)]
        if not found:
            names = ", ".join(one.name for one in known if kind in ("", one.kind))
            advice = f"there are: {names}" if names else "add it with: skyforge connect KIND URL"
            raise NotFound(f"no connection is called {name}", advice=advice)
        if len(found) > 1:
            kinds = " and ".join(one.kind for one in found)
            raise Invalid(f"{name} is the name of {kinds}", advice="say which kind")
        return found[0]

    @requires(Permission.CONNECTION_LIST)
    async def suggested_name(self, principal: Principal, kind: str, address: str) -> str:
        """Return the name of the configured server at `address`, or a free one for a new one."""
        known = await self._book.servers()
        host = _host_of(address)
        for one in known:
            if one.kind == kind and host and _host_of(one.address) == host:
                return one.name
        label = "" if host.count(":") > 1 else host.partition(":")[0].partition(".")[0]
        label = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")
        wanted = _USUAL.get(kind, kind) if not label or label.isdecimal() else label
        taken = {LOCAL, *(one.name for one in known)}
        numbered = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, len(taken) + 2))
        return next(one for one in numbered if one not in taken)

    @requires(Permission.CONNECTION_TEST)
    async def test(
        self, principal: Principal, server: Server, given: Given, dialogue: Dialogue
    ) -> Found:
        """Connect, tell each step, and change nothing; what could be kept is not handed out.

        Raises: as `connect`.
        """
        connector = self._connector(server)
        found = await connector.connect(server, given, dialogue, makes_token=False)
        return replace(found, token=Hidden(""), password=Hidden(""))

    @requires(Permission.CONFIG_WRITE)
    async def connect(
        self,
        principal: Principal,
        server: Server,
        given: Given,
        dialogue: Dialogue,
        keep: SecretPlace | None = None,
    ) -> Found:
        """Connect, tell each step, and write the server into the configuration when all is well.

        A token that was given or made, or a password where there are none, goes to `keep`, by
        default the best place there is; the configuration only says where it is.

        Raises:
            Unavailable, NotSignedIn, Untrusted: as `Connector.connect`; nothing is written.
            Invalid: the name is none, or this kind cannot be connected to yet.
            Conflict: the name is taken by another server, or the configuration cannot be changed.
        """
        await self._check_name(server)
        found = await self._connector(server).connect(server, given, dialogue)
        dialogue.tell(StepReport(Step.KEEP, StepState.RUNNING))
        server = found.server
        if secret := found.token or found.password:
            place = keep or (await self._book.secret_places())[0]
            label = f"{server.kind}-{server.name}"
            reference = await self._book.keep_secret(place, label, secret)
            token, password = (reference, "") if found.token else ("", reference)
            server = replace(server, token_ref=token, password_ref=password)
        where = await self._book.write(server)
        shown = shown_reference(server.token_ref or server.password_ref)
        words = f"{where}, the secret in {shown}" if shown else where
        dialogue.tell(StepReport(Step.KEEP, StepState.DONE, words))
        return replace(found, server=server)

    async def _check_name(self, server: Server) -> None:
        if not _NAME.fullmatch(server.name):
            raise Invalid(
                f"{server.name or 'nothing'} cannot be a name",
                advice="use lower-case letters, digits and - between them",
            )
        if server.name == LOCAL:
            raise Invalid(f"{LOCAL} is what this machine is called", advice=_OTHER_NAME)
        for one in await self._book.servers():
            if one.name != server.name:
                continue
            if one.kind != server.kind:
                raise Conflict(
                    f"{server.name} is a {one.kind} server already",
                    operation="connection.connect", advice=_OTHER_NAME,
                )  # fmt: skip
            if _host_of(one.address) != _host_of(server.address):
                raise Conflict(
                    f"{server.name} is {_host_of(one.address)} already",
                    operation="connection.connect",
                    advice="choose another name with --name, or remove that one first",
                )

    def _connector(self, server: Server) -> Connector:
        make = self._connectors.get(server.kind)
        if make is not None:
            return make()
        if server.kind in KINDS:
            raise Invalid(
                f"this release cannot connect to {server.kind} yet",
                advice="write it into the configuration: skyforge config sample shows how",
            )
        raise Invalid(
            f"{server.kind} is no kind of server", advice=f"the kinds are: {', '.join(KINDS)}"
        )


def _host_of(address: str) -> str:
    """Return host and port of what somebody typed, in lower case; empty where there is none."""
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return f"{host}:{port}" if port else host
