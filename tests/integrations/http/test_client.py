"""A web service is asked politely, believed carefully, and never told a secret of another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import msgspec
import pytest

from skyforge_tui.integrations.http import client as client_module
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.pace import Pace, Retry
from skyforge_tui.integrations.http.wire import Patience
from tests.loopback import CUT, Answering, Loopback, accepting, reply, script, serving


class Row(msgspec.Struct):
    """A row of a pretended list."""

    id: int
    output: str = ""


async def at_once(seconds: float) -> None:
    """Wait for nothing."""


@asynccontextmanager
async def client_of(server: Loopback, **more: object) -> AsyncIterator[HttpClient]:
    """Give a client that waits for nothing between attempts."""
    client = HttpClient(server.url, sleep=at_once, **more)  # type: ignore[arg-type]
    try:
        yield client
    finally:
        await client.aclose()


async def error_of(answering: Answering, method: str = "GET", **more: object) -> HttpError:
    """Return the error that a request ends in."""
    async with serving(answering) as server, client_of(server, **more) as client:
        with pytest.raises(HttpError) as caught:
            (await client.call(method, "/api/things")).read(Row)
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind", "is_retryable"),
    [
        (302, "moved", False),
        (400, "invalid", False),
        (401, "unauthorized", False),
        (403, "forbidden", False),
        (404, "missing", False),
        (405, "invalid", False),
        (409, "exists", False),
        (422, "invalid", False),
        (429, "limited", True),
        (500, "failed", False),
        (502, "failed", True),
        (503, "failed", True),
        (504, "failed", True),
    ],
)
async def test_a_status_is_a_kind_of_failure(status: int, kind: str, is_retryable: bool) -> None:
    """Every refusal is sorted by what can be done about it, and keeps what was said."""
    error = await error_of(script(reply(status, {"error": "because"}, location="/there")))
    assert (error.kind, error.status, error.is_retryable) == (kind, status, is_retryable)
    assert ("/there" if status == 302 else "because") in error.message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(200, b"", "application/json"), "an empty answer"),
        (
            reply(200, b"<!doctype html><title>Semaphore\x1b[2J</title>", "text/html"),
            'a web page, "Semaphore�[2J"',
        ),
        (reply(200, b"<html></html>"), "a web page"),
        (reply(200, b'{"id":1,"outp'), "JSON that breaks off after 13 bytes"),
        (reply(200, b"pong", "text/plain"), "what is not JSON"),
        (reply(200, {"id": "one"}), "JSON of another shape"),
        (reply(200, []), "JSON of another shape"),
    ],
)
async def test_what_came_instead_is_said(answer: bytes, words: str) -> None:
    """A body that is not what was expected is named: a page, nothing, a part, another shape."""
    error = await error_of(script(answer))
    assert error.kind == "unreadable"
    assert words in error.message
    assert error.message.isprintable()


async def test_a_body_that_breaks_off_is_fetched_again() -> None:
    """An answer shorter than announced is no answer; a GET is repeated and ends well."""
    broken = reply(200, b'{"id":', length=90)
    answering = script(broken, CUT, reply(200, {"id": 7}))
    async with serving(answering) as server, client_of(server) as client:
        assert await client.get("/api/things", Row) == Row(7)
        assert client.counts == {"GET": 3, "repeat": 2}


async def test_nothing_is_done_twice_by_repeating() -> None:
    """A POST that the server may have seen is sent once, unless it is marked idempotent."""
    async with serving(script(CUT)) as server, client_of(server) as client:
        with pytest.raises(HttpError, match="broke the connection off"):
            await client.call("POST", "/api/things", {"a": 1})
        assert len(server.asked) == 1
        with pytest.raises(HttpError):
            await client.call("PUT", "/api/things", {"a": 1}, is_idempotent=True)
        assert len(server.asked) == 1 + Retry().attempts


async def test_what_never_arrived_is_sent_again() -> None:
    """A POST is repeated when nothing listened: nobody can have seen it."""
    async with serving(script(reply(204))) as server:
        pass
    async with client_of(server) as client:
        with pytest.raises(HttpError, match="nothing listens there") as caught:
            await client.call("POST", "/api/things")
        assert client.counts["POST"] == Retry().attempts
    assert not caught.value.was_sent


@pytest.mark.parametrize(
    ("value", "waits"), [("3", [3.0]), ("120", []), ("Wed, 21 Oct 2015 07:28:00 GMT", [0.125])]
)
async def test_a_server_says_when_to_come_again(value: str, waits: list[float]) -> None:
    """Retry-After is waited for; more than half a minute is told instead."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    answering = script(reply(503, retry_after=value), reply(200, {"id": 1}))
    async with serving(answering) as server:
        client = HttpClient(server.url, sleep=sleep, retry=Retry(chance=lambda: 0.0))
        try:
            if waits:
                assert await client.get("/", Row) == Row(1)
            else:
                with pytest.raises(HttpError) as caught:
                    await client.get("/", Row)
                assert caught.value.retry_after_s == 120
        finally:
            await client.aclose()
    assert waited == waits


async def test_a_page_bomb_is_not_read() -> None:
    """A body longer than the bound ends the request, and so does one that unpacks to it."""
    error = await error_of(script(reply(200, b" " * (9 << 20))))
    assert (error.kind, "8 MiB" in error.message) == ("oversized", True)
    import gzip

    bomb = reply(200, gzip.compress(b" " * (64 << 20)), content_encoding="gzip")
    assert (await error_of(script(bomb))).kind == "oversized"
    assert (await error_of(script(reply(200, b"x", content_encoding="gzip")))).kind == "unreadable"


async def test_a_long_list_arrives_in_slices() -> None:
    """A list of megabytes is decoded in pieces, cut between elements and nowhere else."""
    rows = [{"id": n, "output": '},{ \\" é' * (n % 40)} for n in range(20_000)]
    async with serving(script(reply(200, rows))) as server, client_of(server) as client:
        slices = [len(part) async for part in client.rows("/output", Row)]
        found = await client.get_list("/output", Row)
    assert [msgspec.to_builtins(one) for one in found] == rows
    assert sum(slices) == 20_000
    assert max(slices) < 4_000


@pytest.mark.parametrize("body", [b"null", b" [ ] ", b"[]\n"])
async def test_null_is_an_empty_list(body: bytes) -> None:
    """A list that was never filled comes as null, and is an empty list."""
    async with serving(script(reply(200, body))) as server, client_of(server) as client:
        assert await client.get_list("/output", Row) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'[{"id":1},{"id"', "breaks off"),
        (b'[{"id":1},{"id":"x"}]', "another shape"),
        (b"<html>", "a web page"),
        (b"", "an empty answer"),
        (b'{"id":1}', "another shape"),
        (b'[{"id":1}] trailing', "not JSON"),
    ],
)
async def test_a_broken_list_is_never_a_list(body: bytes, words: str) -> None:
    """A list that is cut short, mixed or none at all raises."""
    async with serving(script(reply(200, body))) as server, client_of(server) as client:
        with pytest.raises(HttpError, match=words):
            await client.get_list("/output", Row)


class Renewing:
    """A session whose token is bad until renewed; counts."""

    def __init__(self) -> None:
        self.token = "old-token"
        self.renewed = 0
        self._lock = asyncio.Lock()

    async def headers(self) -> Mapping[str, str]:
        """Return the present token."""
        return {"authorization": f"Bearer {self.token}"}

    async def renew(self, refused: Mapping[str, str], error: HttpError) -> None:
        """Renew once for all."""
        async with self._lock:
            if refused == await self.headers():
                await asyncio.sleep(0)
                self.renewed += 1
                self.token = "new-token"


async def test_waiting_requests_go_on_after_one_renewal() -> None:
    """A sign-in that is no longer accepted is renewed once, and every waiting request goes on."""

    def answer(asked: object) -> bytes:
        good = asked.headers["authorization"] == "Bearer new-token"  # type: ignore[attr-defined]
        return reply(200, {"id": 1}) if good else reply(401)

    session = Renewing()
    async with serving(answer) as server, client_of(server, session=session) as client:
        found = await asyncio.gather(*(client.get("/x", Row) for _ in range(6)))
    assert found == [Row(1)] * 6
    assert session.renewed == 1


async def test_only_so_many_at_once() -> None:
    """A server never sees more requests at the same time than the bound."""
    now = most = 0

    async def answer(asked: object) -> bytes:
        nonlocal now, most
        now += 1
        most = max(most, now)
        for _ in range(5):
            await asyncio.sleep(0)
        now -= 1
        return reply(200, {"id": 1})

    async with serving(answer) as server, client_of(server, pace=Pace(at_once=3)) as client:
        await asyncio.gather(*(client.get("/x", Row) for _ in range(12)))
    assert most == 3


async def test_only_so_many_a_second() -> None:
    """Beyond a burst, requests are owed their time."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    pace = Pace(per_second=10, burst=2, now=lambda: 0.0, sleep=sleep)
    for _ in range(4):
        async with pace.turn():
            pass
    assert waited == [0.1, 0.2]


async def test_silence_has_an_end() -> None:
    """A server that takes a request and says nothing is late, not waited for."""
    stuck = asyncio.Event()

    async def answer(asked: object) -> bytes:
        await stuck.wait()
        return reply(200)

    error = await error_of(answer, patience=Patience(read_s=0.05), retry=Retry(attempts=1))
    assert (error.kind, error.is_retryable, error.was_sent) == ("timeout", True, True)
    assert "did not answer within 0.05 s" in error.message


async def test_an_answer_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that begins and does not end is given up, however patient one is between bytes."""
    monkeypatch.setattr(client_module, "WHOLE_S", 0.05)
    over = asyncio.Event()

    async def stuck(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{")
        await over.wait()

    async with accepting(stuck) as port:
        client = HttpClient(f"http://127.0.0.1:{port}", retry=Retry(attempts=1))
        try:
            with pytest.raises(HttpError, match="was not answered in full within") as caught:
                await client.call("GET", "/drip")
        finally:
            await client.aclose()
    assert caught.value.kind == "timeout"


async def test_a_write_comes_by_no_connection_that_was_kept() -> None:
    """A server may end what was idle at that moment: what is sent only once takes a fresh one."""
    async with serving(script(reply(200, {"id": 1}))) as server, client_of(server) as client:
        for method, connections in (("GET", 1), ("GET", 1), ("POST", 2), ("GET", 2)):
            await client.call(method, "/api/things")
            assert server.connections == connections
