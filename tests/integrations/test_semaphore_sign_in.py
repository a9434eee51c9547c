"""One is signed in at Semaphore once, stays so, and is asked only when there is no other way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer
from skyforge_tui.integrations.asking import Wanted
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.semaphore import sign_in
from skyforge_tui.integrations.semaphore.session import api_url, open_http
from skyforge_tui.integrations.semaphore.sign_in import Person
from skyforge_tui.integrations.web_access import WebAccess
from tests.estates import served_semaphore


class Told:
    """A person who answers what the test says, and remembers what was asked."""

    def __init__(self, *answers: str | Callable[[], str]) -> None:
        self.answers: Iterator[str | Callable[[], str]] = iter(answers)
        self.asked: list[tuple[Wanted, str]] = []
        self.kept: list[str] = []

    async def __call__(self, wanted: Wanted, why: str, *, username: str) -> Secret:
        """Answer after a while."""
        self.asked.append((wanted, why))
        for _ in range(20):
            await asyncio.sleep(0)
        answer = next(self.answers, None)
        if answer is None:
            raise HttpError("unauthorized", "would rather not")
        return Secret(answer if isinstance(answer, str) else answer())

    async def keep(self, token: Secret) -> None:
        """Keep a new token."""
        self.kept.append(token.reveal())


@pytest.fixture
def reference(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], SecretRef]:
    """Return a function that puts a secret where a reference finds it."""

    def put(name: str, value: str) -> SecretRef:
        monkeypatch.setenv(name, value)
        return SecretRef("env", name)

    return put


@asynccontextmanager
async def opened(access: WebAccess, told: Told) -> AsyncIterator[HttpClient]:
    """Give a client, and close it."""
    client = open_http(access, told, told.keep)
    try:
        yield client
    finally:
        await client.aclose()


def password_of(server: SemaphoreServer, name: str) -> str:
    """Return somebody's password."""
    return server.estate.people[name].password


Refer = Callable[[str, str], SecretRef]


async def test_a_token_signs_every_request(reference: Refer) -> None:
    """A token is all that is sent, whatever the case it was written in; nobody is asked."""
    async with served_semaphore() as server:
        told = Told()
        token = reference("TOKEN", server.token("olga").upper())
        async with opened(WebAccess(server.url, token=token), told) as client:
            assert (await client.get("/user", Person)).username == "olga"
            assert client.counts["POST"] == 0
    assert told.asked == []


async def test_a_password_becomes_a_session(reference: Refer) -> None:
    """Name and password sign in once for many requests, and again when the session expired."""
    async with served_semaphore() as server:
        told = Told()
        password = reference("PASSWORD", password_of(server, "olga"))
        access = WebAccess(api_url(server.url), "olga", password=password)
        async with opened(access, told) as client:
            await asyncio.gather(*(client.get("/user", Person) for _ in range(5)))
            assert client.counts["POST"] == 1
            assert server.sessions.expire() == 1
            found = await asyncio.gather(*(client.get("/user", Person) for _ in range(5)))
            assert {one.username for one in found} == {"olga"}
            assert client.counts["POST"] == 2
    assert told.asked == []


async def test_a_code_of_the_app_is_asked_for(reference: Refer) -> None:
    """TOTP_REQUIRED: the code is asked for when the server wants it, again when it was mistyped."""
    async with served_semaphore() as server:
        secret = server.estate.people["tom"].totp_secret
        told = Told(
            "000000",
            lambda: f"{server.sessions.totp(secret)[:3]} {server.sessions.totp(secret)[3:]}",
        )
        password = reference("PASSWORD", password_of(server, "tom"))
        access = WebAccess(server.url, "tom", password=password)
        async with opened(access, told) as client:
            assert (await client.get("/user", Person)).username == "tom"
    assert [wanted for wanted, _ in told.asked] == ["totp", "totp"]
    assert "authenticator" in told.asked[0][1]
    assert told.asked[1][1].startswith("that code is not right")


async def test_a_code_by_mail_is_asked_for(reference: Refer) -> None:
    """EMAIL_OTP_REQUIRED: the code that was sent is asked for."""
    async with served_semaphore() as server:
        told = Told(lambda: server.sessions.mailbox[-1].code)
        password = reference("PASSWORD", password_of(server, "emma"))
        async with opened(WebAccess(server.url, "emma", password=password), told) as client:
            assert (await client.get("/user", Person)).username == "emma"
    why = "the server wants the code that was sent to emma by e-mail"
    assert told.asked == [("email code", why)]


async def test_three_wrong_codes_are_enough(reference: Refer) -> None:
    """After three wrong codes the sign-in has failed; then the password is asked for once."""
    async with served_semaphore() as server:
        told = Told(*["111111"] * 3)
        password = reference("PASSWORD", password_of(server, "tom"))
        async with opened(WebAccess(server.url, "tom", password=password), told) as client:
            with pytest.raises(HttpError, match="would rather not") as caught:
                await client.get("/user", Person)
    assert caught.value.kind == "unauthorized"
    assert [wanted for wanted, _ in told.asked] == ["totp"] * 3 + ["password"]


async def test_a_lost_token_is_replaced_once_for_all(reference: Refer) -> None:
    """When the token is taken away, one question renews it; the requests that wait go on."""
    async with served_semaphore() as server:
        told = Told("not-this-one", password_of(server, "olga"))
        token = reference("TOKEN", server.token("olga"))
        async with opened(WebAccess(server.url, "olga", token=token), told) as client:
            await client.get("/user", Person)
            server.sessions.tokens.clear()
            found = await asyncio.gather(*(client.get("/user", Person) for _ in range(6)))
        assert {one.username for one in found} == {"olga"}
        assert told.kept == list(server.sessions.tokens)
    assert [wanted for wanted, _ in told.asked] == ["token", "token"]
    assert told.asked[0][1] == "the server does not accept the token any more"
    assert "does not accept this password of olga" in told.asked[1][1]


async def test_a_new_token_may_be_given_itself(reference: Refer) -> None:
    """Whoever has a new token gives that; it is kept as it is and no password is sent."""
    async with served_semaphore() as server:
        token = reference("TOKEN", "a" * 43 + "=")
        told = Told(server.token("mika"))
        async with opened(WebAccess(server.url, token=token), told) as client:
            assert (await client.get("/user", Person)).username == "mika"
            assert client.counts["POST"] == 0
        assert told.kept == [server.token("mika")]


async def test_a_token_that_was_renewed_elsewhere_is_found(tmp_path: Path) -> None:
    """What the reference names now is tried before anybody is asked."""
    async with served_semaphore() as server:
        path = tmp_path / "token"
        path.write_text(server.token("olga"))
        path.chmod(0o600)
        told = Told()
        access = WebAccess(server.url, token=SecretRef("file", str(path)))
        async with opened(access, told) as client:
            await client.get("/user", Person)
            olga = server.state.account("olga")
            assert olga is not None
            server.sessions.tokens.clear()
            path.write_text(server.sessions.make_token(olga).id)
            assert (await client.get("/user", Person)).username == "olga"
    assert told.asked == []


async def test_a_refusal_of_an_admin_task_is_no_expiry(reference: Refer) -> None:
    """Semaphore says 401 to what only admins may: that is a refusal, and nobody signs in again."""
    async with served_semaphore() as server:
        told = Told()
        token = reference("TOKEN", server.token("gus"))
        async with opened(WebAccess(server.url, token=token), told) as client:
            with pytest.raises(HttpError) as caught:
                await client.call("POST", "/projects", {"name": "x"})
    assert (caught.value.kind, caught.value.status) == ("forbidden", 401)
    assert told.asked == []


@pytest.mark.parametrize("kind", ["token", "password"])
async def test_without_a_person_it_is_told(reference: Refer, kind: str) -> None:
    """Where nobody can be asked, the request fails and says what would be needed."""
    async with served_semaphore() as server:
        secret = reference("SECRET", "x" * 43 + "=")
        access = replace(WebAccess(server.url, "olga"), **dict[str, Any]({kind: secret}))
        client = open_http(access)
        try:
            with pytest.raises(HttpError, match="does not accept") as caught:
                await client.get("/user", Person)
        finally:
            await client.aclose()
    assert caught.value.kind == "unauthorized"


async def test_a_reference_to_nothing_is_named() -> None:
    """A secret that is not where it should be is named by its place, and nothing is sent."""
    async with served_semaphore() as server:
        access = WebAccess(server.url, token=SecretRef("env", "NOT_SET_HERE"))
        client = open_http(access)
        try:
            with pytest.raises(HttpError, match="env:NOT_SET_HERE: is not set"):
                await client.get("/user", Person)
            assert client.counts.total() == 0
        finally:
            await client.aclose()


async def test_a_failing_directory_may_mean_the_password(reference: Refer) -> None:
    """LDAP: a wrong password is answered 500, and is said to be that perhaps."""
    from skyforge_tui.demo.chaos import Kind, Trouble

    async with served_semaphore() as server:
        server.chaos.add(Trouble(Kind.STATUS, "/api/auth/login", status=500))
        access = WebAccess(server.url, "olga", password=reference("P", "long-enough"))
        client = open_http(access)
        try:
            with pytest.raises(HttpError, match="may be a wrong password") as caught:
                await client.get("/user", Person)
        finally:
            await client.aclose()
    assert caught.value.kind == "unauthorized"


@pytest.mark.parametrize(
    ("text", "is_token"),
    [("a" * 43 + "=", True), (" " + "A" * 43 + "=\n", True), ("a" * 44, False), ("pass", False)],
)
def test_tokens_are_told_from_passwords(text: str, is_token: bool) -> None:
    """A token is 44 characters of base64 with its sign at the end."""
    assert sign_in.looks_like_token(text) is is_token
