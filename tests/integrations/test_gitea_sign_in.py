"""One is signed in at Gitea by token or password, and asked only when there is no other way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from skyforge_tui.demo import totp
from skyforge_tui.demo.servers.gitea.server import GiteaServer
from skyforge_tui.integrations.gitea.client import GiteaClient
from skyforge_tui.integrations.gitea.session import open_http
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.web_access import WebAccess
from tests.giteas import served_gitea
from tests.integrations.test_semaphore_sign_in import Told

Refer = Callable[[str, str], SecretRef]


@pytest.fixture
def reference(monkeypatch: pytest.MonkeyPatch) -> Refer:
    """Return a function that puts a secret where a reference finds it."""

    def put(name: str, value: str) -> SecretRef:
        monkeypatch.setenv(name, value)
        return SecretRef("env", name)

    return put


@asynccontextmanager
async def opened(access: WebAccess, told: Told) -> AsyncIterator[GiteaClient]:
    """Give a client, and close it."""
    http = open_http(access, told, told.keep)
    try:
        yield GiteaClient(http)
    finally:
        await http.aclose()


def code_of(server: GiteaServer) -> str:
    """Return the one-time code of tom, now."""
    return totp.code(server.estate.people["tom"].totp_secret, server.estate.clock.now())


async def test_a_token_or_a_password_signs(reference: Refer) -> None:
    """Either is all that is needed; nobody is asked, and no token is made."""
    async with served_gitea() as server:
        told, before = Told(), len(server.state.tokens)
        token = reference("T", server.token("mika"))
        async with opened(WebAccess(server.url, token=token), told) as client:
            assert (await client.user()).login == "mika"
        password = reference("P", "olga-pass")
        access = WebAccess(server.url, username="olga", password=password)
        async with opened(access, told) as client:
            assert (await client.user()).login == "olga"
        assert (told.asked, len(server.state.tokens)) == ([], before)


@pytest.mark.parametrize("version", ["1.20", "1.24"])
async def test_a_code_is_asked_for_once(version: str, reference: Refer) -> None:
    """With a second factor a code is asked for, and again when wrong; then a token signs."""
    async with served_gitea(version) as server:
        told = Told("000000", lambda: code_of(server))
        password = reference("P", "tom-pass")
        access = WebAccess(server.url, username="tom", password=password)
        async with opened(access, told) as client:
            assert (await client.user()).login == "tom"
            await server.estate.clock.advance(600)  # type: ignore[attr-defined]
            assert (await client.repos.get("net/campus")).name == "campus"
        assert [wanted for wanted, _ in told.asked] == ["totp", "totp"]


async def test_a_wrong_password_is_no_missing_code(reference: Refer) -> None:
    """A wrong password asks for the password, not for a code of the authenticator."""
    async with served_gitea() as server:
        told = Told("olga-pass")
        password = reference("P", "wrong")
        access = WebAccess(server.url, username="olga", password=password)
        async with opened(access, told) as client:
            assert (await client.user()).login == "olga"
        ((wanted, why),) = told.asked
        assert wanted == "password"
        assert "does not accept this password of olga" in why


async def test_a_token_that_was_taken_away_is_made_anew(reference: Refer) -> None:
    """When the token is good no more, a password makes a new one, which is kept in its place."""
    async with served_gitea() as server:
        told = Told("mika-pass")
        token = reference("T", server.token("mika"))
        access = WebAccess(server.url, username="mika", token=token)
        async with opened(access, told) as client:
            await client.user()
            server.expire()
            assert (await client.repos.get("net/campus")).name == "campus"
        assert told.kept == [server.state.tokens[-1].sha1]
        assert "write:repository" in server.state.tokens[-1].scopes


async def test_a_refusal_is_no_lost_sign_in(reference: Refer) -> None:
    """What a good sign-in may not is refused as such; nobody is asked who they are."""
    async with served_gitea() as server:
        told = Told()
        token = reference("T", server.token("mika"))
        async with opened(WebAccess(server.url, token=token), told) as client:
            with pytest.raises(HttpError) as caught:
                await client.http.call("GET", "/users/mika/tokens")
        assert (caught.value.kind, told.asked) == ("forbidden", [])
