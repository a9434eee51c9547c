"""A server is reached through proxies and SSH hosts, with the same checks at its door."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncssh
import pytest

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.breakage import UntrustedError
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.pace import Retry
from skyforge_tui.integrations.http.tls import Trust
from skyforge_tui.integrations.http.way import Way
from skyforge_tui.integrations.ssh.jump import SshJump
from tests.bastion import Bastion
from tests.certificates import Authority
from tests.integrations.http.test_websocket import Peer, socket_server
from tests.loopback import accepting, reply, script, serving

HELLO = script(reply(200, b"hello", "text/plain"))
ONCE = Retry(attempts=1)


async def fetched(url: str, way: Way) -> bytes:
    """Return what is at `url`."""
    client = HttpClient(url, way, retry=ONCE)
    try:
        return (await client.call("GET", "/x")).body
    finally:
        await client.aclose()


class ConnectProxy:
    """A proxy that knows CONNECT and plain requests, and notes what it was asked."""

    def __init__(self, wants: str = "") -> None:
        self.wants = wants
        self.port = 0
        self.heads: list[str] = []

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[ConnectProxy]:
        """Serve until the block ends."""
        async with accepting(self._serve) as self.port:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        if self.wants and f"Basic {self.wants}" not in head:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            return
        if not head.startswith("CONNECT "):
            writer.write(reply(200, b"by the proxy", "text/plain"))
            return
        host, _, port = head.split(" ")[1].rpartition(":")
        there, back = await asyncio.open_connection(host, int(port))
        try:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        finally:
            back.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


async def test_tls_goes_through_a_proxy_and_is_checked_beyond(tmp_path: Path) -> None:
    """A proxy carries TLS; the pin is compared with the server's certificate, not the proxy's."""
    served = Authority(tmp_path).serve("beyond")
    async with serving(HELLO, served.context()) as server, ConnectProxy().running() as proxy:
        pinned = Way(Trust(fingerprint=served.fingerprint), proxy=proxy.url)
        assert await fetched(server.url, pinned) == b"hello"
        assert proxy.heads[0].startswith(f"CONNECT 127.0.0.1:{server.port} ")
        with pytest.raises(UntrustedError):
            await fetched(server.url, Way(Trust(fingerprint="0" * 64), proxy=proxy.url))


async def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTP_PROXY counts where nothing is configured, NO_PROXY and an empty setting against it."""
    async with serving(HELLO) as server, ConnectProxy().running() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        assert await fetched(server.url, Way()) == b"by the proxy"
        assert await fetched(server.url, Way(proxy="")) == b"hello"
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert await fetched(server.url, Way()) == b"hello"
        assert await fetched(server.url, Way(proxy=proxy.url)) == b"by the proxy"


async def test_a_proxy_wants_to_know_who_one_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Name and password of a proxy are sent to it; without them it says so, and they are hidden."""
    served = Authority(tmp_path).serve("beyond")
    wants = base64.b64encode(b"ada:proxy-pass-word").decode()
    way = Way(Trust(fingerprint=served.fingerprint))
    async with serving(HELLO, served.context()) as server, ConnectProxy(wants).running() as proxy:
        monkeypatch.setenv("https_proxy", proxy.url.replace("//", "//ada:proxy-pass-word@"))
        assert await fetched(server.url, way) == b"hello"
        monkeypatch.setenv("https_proxy", proxy.url.replace("//", "//ada:proxy-pass-other@"))
        with pytest.raises(HttpError, match=r"the proxy before .* refused: 407") as caught:
            await fetched(server.url, way)
    assert "proxy-pass" not in repr(caught.value)


@pytest.mark.parametrize("address", ["socks5://127.0.0.1:1080", "ftp://127.0.0.1"])
async def test_a_proxy_of_another_kind_is_refused(address: str) -> None:
    """A proxy that is not spoken to is refused by name, before anything is sent."""
    async with serving(HELLO) as server:
        with pytest.raises(TransportError, match="not spoken here"):
            await fetched(server.url, Way(proxy=address))
        assert server.connections == 0


async def test_a_proxy_that_is_not_there_is_told() -> None:
    """A dead proxy is an unreachable one."""
    async with serving(HELLO) as server:
        async with ConnectProxy().running() as proxy:
            pass
        with pytest.raises(HttpError, match="nothing listens there"):
            await fetched(server.url, Way(proxy=proxy.url))


async def test_a_jump_host_carries_requests_tls_and_sockets(tmp_path: Path) -> None:
    """Through one SSH connection go plain requests, TLS that is checked, and live connections."""
    served = Authority(tmp_path).serve("behind")

    async def course(peer: Peer) -> None:
        from wsproto.events import TextMessage

        await peer.send(TextMessage("live"))
        await peer.heard()

    async with (
        Bastion(tmp_path).running() as bastion,
        serving(HELLO) as plain,
        serving(HELLO, served.context()) as secret,
        socket_server(course) as (live, _),
    ):
        jump = SshJump("bastion", config=bastion.config)
        clients = [
            HttpClient(plain.url, Way(jump=jump)),
            HttpClient(secret.url, Way(Trust(fingerprint=served.fingerprint), jump=jump)),
            HttpClient(secret.url, Way(Trust(), jump=jump), retry=ONCE),
            HttpClient(live, Way(jump=jump)),
        ]
        try:
            for client in clients[:2]:
                replies = await asyncio.gather(*(client.call("GET", "/x") for _ in range(3)))
                assert [one.body for one in replies] == [b"hello"] * 3
            with pytest.raises(UntrustedError, match="not trusted"):
                await clients[2].call("GET", "/x")
            async with clients[3].socket("/ws") as socket:
                assert await socket.receive() == b"live"
        finally:
            for client in clients:
                await client.aclose()
    assert bastion.connections == 1
    assert ("127.0.0.1", plain.port) in bastion.forwarded


async def test_a_cut_jump_is_opened_again(tmp_path: Path) -> None:
    """When the SSH connection was cut, the next request opens it again."""
    async with Bastion(tmp_path).running() as bastion, serving(HELLO) as server:
        jump = SshJump("bastion", config=bastion.config)
        client = HttpClient(server.url, Way(jump=jump))
        try:
            await client.call("GET", "/x")
            connection = jump._connection
            assert connection is not None
            connection.abort()
            await connection.wait_closed()
            assert (await client.call("GET", "/x")).body == b"hello"
        finally:
            await client.aclose()
    assert bastion.connections == 2


async def test_a_connection_that_is_given_up_is_closed_beyond_a_jump_too(tmp_path: Path) -> None:
    """Whoever leaves in any moment in which the jump host connects leaves no connection there."""
    async with Bastion(tmp_path).running() as bastion, serving(HELLO) as server:
        jump = SshJump("bastion", config=bastion.config)
        await (await jump.open("127.0.0.1", server.port)).aclose()
        moments, first = 0, server.connections
        while server.connections < first + 8:
            leaving = asyncio.create_task(jump.open("127.0.0.1", server.port))
            for _ in range(moments):
                await asyncio.sleep(0)
            if not leaving.cancel():
                await leaving.result().aclose()  # it was quicker
            async with asyncio.timeout(20):
                while left := asyncio.all_tasks() - {asyncio.current_task()}:
                    await asyncio.wait(left)
            moments += 1
        await jump.aclose()


async def test_an_unknown_host_key_stops(tmp_path: Path) -> None:
    """A jump host whose key is not the known one is not used, and the way to check it is said."""
    async with Bastion(tmp_path).running(is_known=False) as bastion, serving(HELLO) as server:
        way = Way(jump=SshJump("bastion", config=bastion.config))
        with pytest.raises(HttpError, match=r"host key of bastion .* run: ssh bastion") as caught:
            await fetched(server.url, way)
        assert caught.value.kind == "untrusted"
        bastion.config.write_text(
            bastion.config.read_text().replace(str(tmp_path / "known"), "none")
        )
        with pytest.raises(HttpError, match="checks no host key"):
            await fetched(server.url, Way(jump=SshJump("bastion", config=bastion.config)))
        assert server.connections == 0


async def test_a_jump_host_that_refuses_is_told(tmp_path: Path) -> None:
    """A refused sign-in, a dead host, a dead server behind it: each says where it broke."""
    async with Bastion(tmp_path).running() as bastion, serving(HELLO) as server:
        dead = Way(jump=SshJump("bastion", config=bastion.config))
        with pytest.raises(HttpError, match=r"bastion cannot connect to 127.0.0.1:1"):
            await fetched("http://127.0.0.1:1", dead)
        stranger = asyncssh.generate_private_key("ssh-ed25519")
        stranger.write_private_key(tmp_path / "id")
        with pytest.raises(HttpError, match="refused the sign-in") as caught:
            await fetched(server.url, Way(jump=SshJump("bastion", config=bastion.config)))
        assert caught.value.kind == "unauthorized"
    gone = Way(jump=SshJump("bastion", config=bastion.config))
    with pytest.raises(HttpError, match="bastion cannot be reached by SSH"):
        await fetched("http://127.0.0.1:1", gone)


@pytest.mark.parametrize("place", ["", "a b", "ada@", "host:port", "host:1:2"])
def test_a_jump_host_is_written_one_way(place: str) -> None:
    """What is no [user@]host[:port] is refused."""
    with pytest.raises(TransportError, match="a jump host is written as"):
        SshJump(place)
