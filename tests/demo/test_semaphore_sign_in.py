"""Signing in at the pretend Semaphore: cookies, tokens, and second factors."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer
from tests.estates import client_of, clock_of, served_semaphore


@pytest.fixture
async def browser(semaphore_estate: SemaphoreServer) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client that keeps cookies and is nobody yet."""
    async with httpx.AsyncClient(base_url=f"{semaphore_estate.url}/api", trust_env=False) as client:
        yield client


async def sign_in(client: httpx.AsyncClient, name: str, password: str) -> httpx.Response:
    """Sign in with a password."""
    return await client.post("/auth/login", json={"auth": name, "password": password})


@pytest.mark.parametrize("name", ["olga", "OLGA", "olga@skyforge.example"])
async def test_cookie(browser: httpx.AsyncClient, name: str) -> None:
    """A name in any case, or an address, signs in; signing out ends it."""
    assert (await browser.get("/user")).status_code == 401
    assert (await sign_in(browser, name, "wrong")).status_code == 401
    assert (await sign_in(browser, name, "olga-pass")).status_code == 204
    assert (await browser.get("/user")).json()["username"] == "olga"
    cookie = browser.cookies["semaphore"]
    assert (await browser.post("/auth/logout")).status_code == 204
    browser.cookies.set("semaphore", cookie)
    assert (await browser.get("/user")).status_code == 401


async def test_session_idles_out(
    browser: httpx.AsyncClient, semaphore_estate: SemaphoreServer
) -> None:
    """A session that is used lives on; one that idles for a week is over."""
    await sign_in(browser, "olga", "olga-pass")
    for days, status in ((6, 200), (6, 200), (8, 401)):
        await clock_of(semaphore_estate).advance(days * 86400)
        assert (await browser.get("/user")).status_code == status


async def test_sessions_expire_at_will(
    browser: httpx.AsyncClient, semaphore_estate: SemaphoreServer
) -> None:
    """All sessions can be ended at once; tokens live on."""
    await sign_in(browser, "olga", "olga-pass")
    assert semaphore_estate.expire() == 1
    assert (await browser.get("/user")).status_code == 401
    async with client_of(semaphore_estate, "olga") as client:
        assert (await client.get("/user")).status_code == 200


async def test_authenticator(browser: httpx.AsyncClient, semaphore_estate: SemaphoreServer) -> None:
    """With an authenticator everything waits for its code, which is good for half a minute."""
    await sign_in(browser, "tom", "tom-pass")
    refused = await browser.get("/projects")
    assert (refused.status_code, refused.json()) == (401, {"error": "TOTP_REQUIRED"})
    secret = semaphore_estate.credentials()["totp"]["totp_secret"]
    code = semaphore_estate.sessions.totp(secret)
    await clock_of(semaphore_estate).advance(120)
    late = await browser.post("/auth/verify", json={"passcode": code})
    assert (late.status_code, late.json()) == (401, {"error": "INVALID_PASSCODE"})
    code = semaphore_estate.sessions.totp(secret)
    assert (await browser.post("/auth/verify", json={"passcode": code})).status_code == 200
    assert (await browser.get("/projects")).status_code == 200
    assert (await browser.post("/auth/verify", json={"passcode": code})).status_code == 204


async def test_mailed_code(browser: httpx.AsyncClient, semaphore_estate: SemaphoreServer) -> None:
    """A code that was mailed lets in whoever reads it."""
    await sign_in(browser, "emma", "emma-pass")
    assert (await browser.get("/user")).json() == {"error": "EMAIL_OTP_REQUIRED"}
    [letter] = semaphore_estate.sessions.mailbox
    assert letter.to == "emma@skyforge.example"
    wrong = "000000" if letter.code != "000000" else "111111"
    assert (await browser.post("/auth/verify", json={"passcode": wrong})).status_code == 401
    assert (await browser.post("/auth/verify", json={"passcode": letter.code})).status_code == 200
    assert (await browser.get("/user")).json()["username"] == "emma"


async def test_tokens(semaphore_estate: SemaphoreServer) -> None:
    """A bad token is refused even beside a good cookie; a token needs no second factor."""
    async with client_of(semaphore_estate, "tom") as client:
        await sign_in(client, "olga", "olga-pass")
        assert (await client.get("/user")).json()["username"] == "tom"
        client.headers["authorization"] = "Bearer worthless"
        assert (await client.get("/user")).status_code == 401
    async with client_of(semaphore_estate, "olga") as client:
        made = (await client.post("/user/tokens")).json()["id"]
        assert (len(made), made) == (44, made.lower())
        client.headers["authorization"] = f"BEARER {made.upper()}"
        assert (await client.get("/user")).status_code == 200
        assert (await client.delete(f"/user/tokens/{made[:8]}")).status_code == 204
        assert (await client.get("/user")).status_code == 401


@pytest.mark.parametrize("version", ["2.11", "2.12"])
async def test_second_factor_came_with_a_release(version: str) -> None:
    """Before 2.12 nobody is asked for a code, and nothing tells of codes."""
    async with served_semaphore(version) as server:
        async with httpx.AsyncClient(base_url=f"{server.url}/api", trust_env=False) as client:
            ways = (await client.get("/auth/login")).json()
            await sign_in(client, "tom", "tom-pass")
            status = (await client.get("/user")).status_code
        assert ("auth_methods" in ways, status) == (
            (True, 401) if version == "2.12" else (False, 200)
        )
