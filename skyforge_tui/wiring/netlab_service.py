"""Assembles one `netlab api`: client and labs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from skyforge_tui.integrations.http.tls import Trust
from skyforge_tui.integrations.netlab.api import NetlabApi, open_http
from skyforge_tui.integrations.web_access import WebAccess
from skyforge_tui.providers.labs.netlab_api import NetlabApiLabs

if TYPE_CHECKING:
    from skyforge_tui.ports.clock import Clock
    from skyforge_tui.settings.model import Netlab


@asynccontextmanager
async def open_netlab_api(
    upstream: str, settings: Netlab, url: str, clock: Clock, *, owner: str
) -> AsyncIterator[NetlabApiLabs]:
    """Make a service known; nothing is sent before something is wanted."""
    tls = settings.tls
    access = WebAccess(
        url=url,
        username=settings.user or "",
        password=settings.password,
        trust=Trust(tls.verify, tls.ca_file, tls.fingerprint or ""),
        jump=settings.jump or "",
    )
    http = open_http(access)
    try:
        labs = NetlabApiLabs(
            NetlabApi(http), clock, owner=owner, upstream=upstream, labs=settings.labs
        )
        yield labs
    finally:
        await http.aclose()
