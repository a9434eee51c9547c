"""Assembles what connects to servers: connectors, the book, and questions for the person in front.

Making a connection works where nothing else does: it opens no database.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from skyforge_tui.domain.connection import KINDS, Server
from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof, Question
from skyforge_tui.integrations.asking import Wanted
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.tls import Trust
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.web_access import WebAccess
from skyforge_tui.ports.sign_in import SignInDesk
from skyforge_tui.providers.connections.book import ConfigBook
from skyforge_tui.providers.connections.semaphore import SemaphoreConnector
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.connections import ConnectionService
from skyforge_tui.settings.frame import FrameSettings
from skyforge_tui.settings.load import load
from skyforge_tui.settings.sample import sample

if TYPE_CHECKING:
    from skyforge_tui.settings.model import Settings, Upstream
    from skyforge_tui.settings.model import WebAccess as WebTable


def open_connections(frame: FrameSettings, access: Access | None = None) -> ConnectionService:
    """Return the service that makes and tests connections."""
    return ConnectionService([SemaphoreConnector()], book_of(frame), access or Access())


def book_of(frame: FrameSettings) -> ConfigBook:
    """Return where connections are written down."""

    def configured() -> tuple[Server, ...]:
        return servers_of(load(frame.config_path, frame.profile).settings)

    return ConfigBook(frame.config_path, frame.state_dir / "secrets", configured, sample)


def servers_of(settings: Settings) -> tuple[Server, ...]:
    """Return every configured server that has an address."""
    found = []
    for kind in KINDS:
        for name, one in getattr(settings, kind).items():
            address = getattr(one, "url", None) or getattr(one, "endpoint", None) or ""
            host = getattr(one, "host", None) or ""
            found.append(_server(kind, name, one, address or (f"ssh://{host}" if host else "")))
    return tuple(found)


def _server(kind: str, name: str, one: Upstream, address: str) -> Server:
    def text(key: str) -> str:
        value = getattr(one, key, None)
        return value.text if isinstance(value, SecretRef) else value or ""

    tls = getattr(one, "tls", None)
    return Server(
        kind=kind,
        name=name,
        address=address,
        username=text("username") or text("user"),
        token_ref=text("token"),
        password_ref=text("password"),
        ca_file=str(tls.ca_file) if tls and tls.ca_file else "",
        fingerprint=tls.fingerprint or "" if tls else "",
        verify=tls.verify if tls else True,
        proxy=getattr(one, "proxy", None),
        jump=text("jump"),
        guard=one.guard,
    )


def access_of(table: WebTable, url: str) -> WebAccess:
    """Return how one gets to a configured web service, and who one is there."""
    tls = table.tls
    return WebAccess(
        url=url,
        username=table.username or "",
        token=table.token,
        password=table.password,
        trust=Trust(tls.verify, tls.ca_file, tls.fingerprint or ""),
        proxy=table.proxy,
        jump=table.jump or "",
    )


class DeskAsker:
    """Asks a question of a server at the desk of the person in front; implements `Asker`."""

    def __init__(self, desk: SignInDesk, kind: str, upstream: str) -> None:
        self._desk = desk
        self._kind = kind
        self._upstream = upstream

    async def __call__(self, wanted: Wanted, why: str, *, username: str) -> Secret:
        """Return the answer.

        Raises:
            HttpError: unauthorized, if nobody answers.
        """
        question = Question(self._upstream, self._kind, Proof(wanted), why, username)
        try:
            return Secret((await self._desk.ask(question)).reveal())
        except SkyforgeError as error:
            message = error.message
        raise HttpError("unauthorized", message)


def keep_of(book: ConfigBook, server: Server) -> Callable[[Secret], Awaitable[None]]:
    """Return what keeps a server's new token where its old one was, as far as that is possible."""

    async def keep(token: Secret) -> None:
        if server.token_ref:
            await book.replace_secret(server.token_ref, Hidden(token.reveal()))

    return keep
