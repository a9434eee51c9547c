"""What has caught other clients of EVE-NG and is not told elsewhere, each in a test of its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import skyforge_tui.integrations.eve as eve
from skyforge_tui.demo.certificates import make_certificate
from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab import LabState
from skyforge_tui.integrations.eve import session
from skyforge_tui.integrations.eve.client import EveClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.tls import Trust
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.web_access import WebAccess
from tests.eves import served_eve
from tests.providers.test_eve_labs import BGP, a_server, runs

QOS = LabId("eve-1:/team/qos-lab.unl")


@pytest.mark.parametrize("edition", ["community", "pro"])
async def test_a_console_behind_an_address_that_leads_nowhere(edition: str) -> None:
    """Community calls itself by its name inside: its consoles are where the server is reached.

    Satellites of Pro have addresses of their own, which are told as they are; ports are told too,
    never computed.
    """
    async with a_server(edition=edition, internal_host="10.99.0.1") as (server, provider):
        await provider.list_for_user()
        found = await provider.console(BGP, "r1")
        host = "127.0.0.1" if edition == "community" else "10.99.0.1"
        assert (found.scheme, found.host) == ("telnet", host)
        assert found.url == f"telnet://{host}:{found.port}"
        nodes = (await provider.detail(BGP)).nodes
        assert nodes[0].address == f"{host}:{found.port}"
        assert server.url.startswith("http://127.0.0.1")


async def test_a_console_that_somebody_is_on() -> None:
    """Keeping a configuration over a console that is taken gives no answer: nothing is claimed.

    One that comes late is kept; of one that was there before nobody can tell.
    """
    async with a_server(edition="pro") as (server, provider):
        lab = runs(server, "/team/qos-lab.unl", 4)
        first, late, old, _, _ = lab.nodes.values()
        old.config = 1
        for node in (late, old):
            path = f"*/nodes/{node.id}/export"
            server.chaos.add(Trouble(Kind.LOST_ANSWER, path))
        server.chaos.add(Trouble(Kind.CUT, f"*/nodes/{first.id}/export"))
        with pytest.raises(Unavailable, match=r"2 of 4 nodes failed to save: ") as caught:
            await provider.save(QOS, lambda _: None)
        said = str(caught.value)
        assert f"{first.name} (no answer came: is somebody on its console?)" in said
        assert f"{old.name} (no answer came" in said
        assert late.name not in said
        assert server.state.asked["PUT …/nodes/{node}/export"] == 3  # none was asked for twice


async def test_a_wipe_whose_answer_is_lost() -> None:
    """Whether a node was wiped that gave no answer nobody knows: it is named, not claimed."""
    async with a_server(edition="pro") as (server, provider):
        await provider.list_for_user()
        server.chaos.add(Trouble(Kind.LOST_ANSWER, "*/nodes/2/wipe"))
        with pytest.raises(Unavailable, match=r"1 of 3 nodes failed to wipe: r2 \(no answer came"):
            await provider.wipe(BGP, lambda _: None)


async def test_a_cookie_for_another_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cookie names the server's own domain and a path: it is sent all the same, by hand.

    Downloads lie outside of that path, and carry it too.
    """
    async with served_eve(cookie_domain="_") as server:
        monkeypatch.setenv("EVE_PASSWORD", server.state.accounts["admin"].password)
        url = server.url.replace("127.0.0.1", "localhost")
        access = WebAccess(url, "admin", password=SecretRef.parse("env:EVE_PASSWORD"))
        http = session.open_http(access)
        try:
            client = EveClient(http)
            assert (await client.who()).username == "admin"
            assert (await client.acts.export("/bgp-basics.unl"))[:2] == b"PK"
        finally:
            await http.aclose()
        assert server.state.asked["POST /auth/login"] == 1


async def test_a_certificate_that_nobody_vouches_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pro signs its own certificate: it is refused, unless one says which it is."""
    made = make_certificate(tmp_path)
    async with served_eve(edition="pro", tls=made.context) as server:
        monkeypatch.setenv("EVE_PASSWORD", server.state.accounts["admin"].password)
        pinned, blind = Trust(fingerprint=made.fingerprint), Trust(verify=False)
        for trust, is_let_in in ((Trust(), False), (pinned, True), (blind, True)):
            password = SecretRef.parse("env:EVE_PASSWORD")
            access = WebAccess(server.url, "admin", password=password, trust=trust)
            http = session.open_http(access)
            try:
                if is_let_in:
                    assert (await EveClient(http).who()).username == "admin"
                else:
                    with pytest.raises(HttpError) as caught:
                        await EveClient(http).who()
                    assert caught.value.kind == "untrusted"
                    assert server.state.asked["POST /auth/login"] == 0
            finally:
                await http.aclose()


async def test_a_lab_beyond_every_bound() -> None:
    """A lab whose nodes are more than is ever taken is unknown, says how much, and hides no other.

    Its page says the same.
    """
    async with a_server() as (server, provider):
        body = '{"code":200,"status":"success","data":{"1":"' + "x" * (9 << 20) + '"}}'
        server.chaos.add(Trouble(Kind.STATUS, "*/bgp-basics.unl/nodes", status=200, body=body))
        labs = {one.id: one for one in (await provider.list_for_user()).labs}
        assert len(labs) == 7
        assert (labs[BGP].state, labs[BGP].note) == (LabState.UNKNOWN, TOO_MUCH)
        with pytest.raises(Unavailable, match=TOO_MUCH) as caught:
            await provider.detail(BGP)
        assert caught.value.advice == "divide the lab, or look at it there"


TOO_MUCH = "GET /api/labs/bgp-basics.unl/nodes was answered with more than 8 MiB"


def test_nothing_deletes_a_folder_or_stops_the_host() -> None:
    """Deleting a folder takes all that is in it, and one request stops every node of the host.

    Neither is ever sent: no request of ours deletes anything, or starts or stops all at once.
    """
    folder = Path(eve.__file__).parent
    texts = {
        node.value
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {"GET", "PUT", "POST"} <= texts
    assert "DELETE" not in texts
    assert not [
        one for one in texts if one.endswith(("/nodes/start", "/nodes/stop", "/nodes/wipe"))
    ]
