"""Turns a configured web service into a way to it, and keeps its new tokens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from skyforge_tui.domain.connection import Server
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.integrations.http.tls import Trust
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.web_access import WebAccess

if TYPE_CHECKING:
    from skyforge_tui.settings.model import WebAccess as WebTable
    from skyforge_tui.wiring.run_servers import Attendance


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


def keep_of(
    attendance: Attendance | None, server: Server
) -> Callable[[Secret], Awaitable[None]] | None:
    """Return what keeps a server's new token where its old one was; None where that cannot be."""
    if attendance is None or not server.token_ref.startswith(("keyring:", "file:")):
        return None
    book = attendance.book

    async def keep(token: Secret) -> None:
        await book.replace_secret(server.token_ref, Hidden(token.reveal()))

    return keep
