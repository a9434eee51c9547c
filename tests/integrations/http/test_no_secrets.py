"""Whatever goes wrong, nothing that is shown, logged or traced holds a secret."""

from __future__ import annotations

import asyncio
import io
import logging
import traceback
from collections.abc import Mapping

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.pace import Retry
from skyforge_tui.integrations.http.way import Way
from skyforge_tui.integrations.redaction import RedactingFormatter
from skyforge_tui.integrations.secrets import Secret
from tests.loopback import CUT, Asked, reply, serving

VALUES = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="\"'\\"),
    min_size=12,
    max_size=60,
)


class Signed:
    """A session with a token and a cookie."""

    def __init__(self, token: Secret, cookie: Secret) -> None:
        self.token, self.cookie = token, cookie

    async def headers(self) -> Mapping[str, str]:
        """Reveal both, as a vendor does."""
        return {
            "authorization": f"Bearer {self.token.reveal()}",
            "cookie": f"semaphore={self.cookie.reveal()}",
        }

    async def renew(self, refused: Mapping[str, str], error: HttpError) -> None:
        """Give up."""
        raise error


def gossip(asked: Asked) -> bytes:
    """Answer with all that was told, in the ways in which servers do."""
    told = f"{asked.headers['authorization']} {asked.headers['cookie']} {asked.body.decode()}"
    match asked.path:
        case "/page":
            return reply(200, f"<title>{told}</title>".encode(), "text/html")
        case "/refused":
            return reply(403, {"error": told})
        case "/text":
            return reply(500, told.encode(), "text/plain")
        case "/there":
            return reply(302, b"", location=f"/login?token={asked.headers['authorization'][7:]}")
        case "/shape":
            return reply(200, {"id": told})
        case _:
            return CUT


PATHS = ("/page", "/refused", "/text", "/there", "/shape", "/cut")


async def failures(token: str, cookie: str, password: str) -> list[HttpError]:
    """Return every error there is, made with these secrets."""
    found = []
    session = Signed(Secret(token), Secret(cookie))
    async with serving(gossip) as server:
        client = HttpClient(server.url, Way(proxy=""), session=session, retry=Retry(attempts=1))
        dead = HttpClient("http://127.0.0.1:1", Way(), session=session, retry=Retry(attempts=1))
        for where, path in [*((client, path) for path in PATHS), (dead, "/dead")]:
            body = {"auth": "ada", "password": Secret(password).reveal()}
            with pytest.raises(HttpError) as caught:
                (await where.call("POST", path, body)).read(dict[str, int])
            found.append(caught.value)
            with pytest.raises(HttpError) as caught:
                async with where.socket(path):
                    pass
            found.append(caught.value)
        await client.aclose()
        await dead.aclose()
    return found


def shown(error: HttpError) -> str:
    """Return all that anybody is shown of an error: its words, its traces, its log lines."""
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(RedactingFormatter(logging.Formatter()))
    record = logging.LogRecord("x", 40, "f", 1, "failed: %s", (error,), (HttpError, error, None))
    handler.handle(record)
    chain = "".join(traceback.format_exception(error))
    return "\n".join((str(error), repr(error), error.message, chain, log.getvalue()))


@settings(max_examples=8, deadline=None, phases=[Phase.generate])
@given(st.tuples(VALUES, VALUES, VALUES))
def test_no_failure_shows_a_secret(values: tuple[str, str, str]) -> None:
    """Token, cookie and password are in no message, repr, trace or log line, cut off or whole."""
    for error in asyncio.run(failures(*values)):
        text = shown(error)
        assert error.__cause__ is None
        assert error.__context__ is None, "the request hangs on what led here"
        for value in values:
            assert value not in text
            assert value[:16] not in text or len(value) <= 16


def test_a_client_shows_nothing() -> None:
    """Neither a client nor its way or session shows a secret when printed."""
    session = Signed(Secret("token-token-token"), Secret("cookie-cookie-cookie"))
    client = HttpClient("https://semaphore.example.net", session=session)
    seen = repr((client, vars(client), vars(session)))
    assert "token-token" not in seen
    assert "cookie-cookie" not in seen


@pytest.mark.parametrize("token", ["tok\nen-with-a-line", "tökén-with-marks", "tok\x00en-with-nul"])
async def test_what_cannot_be_sent_is_not_shown(token: str) -> None:
    """A token that fits into no header is refused before anything is sent, and is not shown."""
    session = Signed(Secret(token), Secret("cookie-cookie-cookie"))
    async with serving(gossip) as server:
        client = HttpClient(server.url, session=session, retry=Retry(attempts=1))
        with pytest.raises(HttpError, match="cannot be sent") as caught:
            await client.call("GET", "/page")
        with pytest.raises(HttpError, match="cannot be sent") as live:
            async with client.socket("/page"):
                pass
        await client.aclose()
        assert server.asked == []
    for error in (caught.value, live.value):
        assert error.kind == "unauthorized"
        assert error.__context__ is None
        assert token not in shown(error)
