"""A real EVE-NG, where somebody names one: looked at in every way, and nothing is changed there.

`SKYFORGE_LIVE_EVE_URL` says where, `_USER` and `_PASSWORD` who one is: use an account of its own.
"""

from __future__ import annotations

import os

import pytest

from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.integrations.eve.client import EveClient
from skyforge_tui.integrations.eve.session import open_http
from skyforge_tui.integrations.http.tls import Trust
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.web_access import WebAccess
from skyforge_tui.providers.labs.eve.provider import EveLabProvider
from tests.fakes.clock import FakeClock

LIVE = "SKYFORGE_LIVE_EVE"


@pytest.mark.skipif(f"{LIVE}_URL" not in os.environ, reason="nobody named an EVE-NG")
async def test_a_real_server() -> None:
    """Every lab of a real server is listed once, and each of the first can be looked into."""
    access = WebAccess(
        os.environ[f"{LIVE}_URL"], os.environ.get(f"{LIVE}_USER", "admin"),
        password=SecretRef.parse(f"env:{LIVE}_PASSWORD"), trust=Trust(verify=False),
    )  # fmt: skip
    http = open_http(access)
    try:
        provider = EveLabProvider(EveClient(http), FakeClock(), upstream="live", web_url=access.url)
        listing = await provider.list_for_user()
        assert [one.mode for one in listing.sources] == [UpstreamState.LIVE], listing.sources
        assert len({one.id for one in listing.labs}) == len(listing.labs)
        for lab in listing.labs[:5]:
            detail = await provider.detail(lab.id)
            assert len(detail.nodes) == detail.lab.nodes_total
            assert (await provider.get_metadata(lab.id))["lab_id"] == lab.id
        assert http.counts["POST"] == 1
    finally:
        await http.aclose()
