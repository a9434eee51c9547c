"""Turns a configured web service into a way to it, and its questions into ones for the person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from skyforge_tui.domain.connection import Server
from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof, Question
from skyforge_tui.integrations.asking import Wanted
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.tls import Trust
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.web_access import WebAccess
from skyforge_tui.ports.connector import ConnectionBook
from skyforge_tui.ports.sign_in import SignInDesk

if TYPE_CHECKING:
    from skyforge_tui.settings.model import WebAccess as WebTable


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


def keep_of(book: ConnectionBook, server: Server) -> Callable[[Secret], Awaitable[None]] | None:
    """Return what keeps a server's new token where its old one was; None where that cannot be."""
    if not server.token_ref.startswith(("keyring:", "file:")):
        return None

    async def keep(token: Secret) -> None:
        await book.replace_secret(server.token_ref, Hidden(token.reveal()))

    return keep
