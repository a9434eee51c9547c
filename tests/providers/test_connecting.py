"""Connecting finds Semaphore behind anything a person types, or says what is there instead."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skyforge_tui.demo.clock import LiveClock
from skyforge_tui.domain.connection import Given, Server, Step, StepState
from skyforge_tui.domain.errors import (
    Invalid,
    NotFound,
    NotSignedIn,
    SkyforgeError,
    Unavailable,
    Untrusted,
)
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof
from skyforge_tui.integrations.http.address import read_address
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.tls import shown_fingerprint
from skyforge_tui.providers.connections.semaphore import SemaphoreConnector
from tests.bastion import Bastion
from tests.certificates import Authority
from tests.estates import served_semaphore
from tests.fakes.connections import ScriptedDialogue
from tests.loopback import Answering, Asked, reply, script, serving

ALL = [Step.ADDRESS, Step.REACH, Step.TRUST, Step.FIND, Step.SIGN_IN, Step.RIGHTS, Step.PACE]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return an authority that no machine knows."""
    return Authority(tmp_path_factory.mktemp("certificates"))


def at(address: str, **more: Any) -> Server:
    """Return a server that somebody typed the address of."""
    return Server("semaphore", "prod", address, **more)


def by_token(value: str) -> Given:
    """Return a token that somebody pasted."""
    return Given(token=Hidden(value))


def by_password(value: str) -> Given:
    """Return a password that somebody typed."""
    return Given(password=Hidden(value))


async def test_every_step_is_told() -> None:
    """A token connects: address, version, identity, permissions, latency and clock are found."""
    async with served_semaphore("2.17", clock=LiveClock(), clock_skew_s=90) as server:
        told = ScriptedDialogue()
        token = server.token("rosa")
        found = await SemaphoreConnector().connect(at(server.url), by_token(token), told)
    assert list(told.states) == ALL
    assert found.server.address == server.url
    assert (found.identity, found.version, found.server.username) == ("rosa", "2.17.4", "rosa")
    assert "as task_runner" in found.rights
    assert found.latency_ms > 0
    assert found.skew_s is not None
    assert 85 < found.skew_s < 95
    assert found.token.reveal() == token
    assert told.states[Step.PACE] is StepState.CAUTION
    assert told.states[Step.TRUST] is StepState.CAUTION
    assert "s ahead" in told.words(Step.PACE)


async def test_a_password_is_traded_for_a_token() -> None:
    """A password is used once: what is kept is a token, made with the second factor given."""
    async with served_semaphore() as server:
        tom = server.estate.people["tom"]
        told = ScriptedDialogue([lambda: server.sessions.totp(tom.totp_secret)])
        typed = at(server.url, username="tom")
        found = await SemaphoreConnector().connect(typed, by_password(tom.password), told)
        assert found.token.reveal() in server.sessions.tokens
        code = Hidden(server.sessions.totp(tom.totp_secret))
        again = Given(password=Hidden(tom.password), code=code)
        await SemaphoreConnector().connect(typed, again, ScriptedDialogue())
    assert [wanted for wanted, _ in told.asked] == [Proof.TOTP]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (by_token("x" * 43 + "="), "does not accept this token"),
        (by_password("long-but-not-it"), "does not accept this password of olga"),
    ],
)
async def test_what_is_not_accepted_is_told(given: Given, words: str) -> None:
    """A wrong token or password fails at the sign-in, after all before it was found."""
    async with served_semaphore() as server:
        told = ScriptedDialogue()
        with pytest.raises(NotSignedIn, match=words):
            await SemaphoreConnector().connect(at(server.url, username="olga"), given, told)
    assert told.states[Step.FIND] is StepState.DONE
    assert told.states[Step.SIGN_IN] is StepState.FAILED


@pytest.mark.parametrize(
    "typed",
    [
        "{place}",
        "http://{place}",
        "http://{place}/",
        "  '{place}/semaphore/' ",
        "http://{place}/semaphore/api",
        "{place}/semaphore/project/3/templates?x=1#y",
        "ws://{place}/semaphore/api/ws",
        "HTTP://{place}/semaphore/auth/login",
    ],
)
async def test_any_page_of_it_will_do(typed: str) -> None:
    """With or without scheme, `/api`, a page of the UI below a sub-path: all mean the same."""
    sub_path = "/semaphore" if "semaphore" in typed else ""
    async with served_semaphore(sub_path=sub_path) as server:
        place = server.listener.url.partition("//")[2]
        typed_there = at(typed.format(place=place))
        given = by_token(server.token("olga"))
        found = await SemaphoreConnector().connect(typed_there, given, ScriptedDialogue())
    assert found.server.address == server.url


def page(title: str) -> bytes:
    """Return a web page."""
    return reply(200, f"<html><title>{title}</title></html>".encode(), "text/html")


def gateway(asked: Asked) -> bytes:
    """Redirect as a sign-in page before everything does."""
    return reply(302, location="https://sso.example.net/login?rd=secret-token-value")


def circles(asked: Asked) -> bytes:
    """Redirect from one page to the next and back."""
    other = "/b" if asked.path.startswith("/a") else "/a"
    return reply(302, location=f"{other}/x")


def half_proxied(asked: Asked) -> bytes:
    """Show the page of the UI for everything, as a proxy that does not pass `/api` on."""
    return page("Semaphore UI")


ODD: list[tuple[str, Answering, type[SkyforgeError], str, Step]] = [
    (
        "a page",
        script(page("Welcome to nginx!")),
        NotFound,
        'called "Welcome to nginx!"',
        Step.FIND,
    ),
    ("no api", half_proxied, NotFound, "does the proxy pass /api on", Step.FIND),
    ("gitea", script(page("Gitea: Git with a cup of tea")), NotFound, "connect gitea", Step.FIND),
    ("eve", script(page("EVE-NG")), NotFound, "skyforge connect eve", Step.FIND),
    ("json", script(reply(200, {"x": 1})), NotFound, "not as Semaphore does", Step.FIND),
    ("nothing", script(reply(404)), NotFound, "an answer 404", Step.FIND),
    ("basic", script(reply(401)), NotSignedIn, "wants a sign-in before it shows", Step.FIND),
    ("sso", gateway, NotSignedIn, "a sign-in of its own, at sso.example.net", Step.FIND),
    ("circles", circles, Invalid, "in circles", Step.FIND),
    ("broken", script(reply(502, b"<html>")), Unavailable, "answered 502", Step.FIND),
    ("cut", script(b""), Unavailable, "broke the connection off", Step.REACH),
    ("garbage", script(b"SSH-2.0-OpenSSH_9\r\n"), Unavailable, "", Step.REACH),
]


@pytest.mark.parametrize(
    ("answering", "kind", "words", "step"), [odd[1:] for odd in ODD], ids=[odd[0] for odd in ODD]
)
async def test_what_is_there_instead_is_said(
    answering: Answering, kind: type[SkyforgeError], words: str, step: Step
) -> None:
    """Another product, a proxy, a page, nothing: each is named, with what to do."""
    async with serving(answering) as server:
        told, given = ScriptedDialogue(), by_token("a-token-that-stays")
        with pytest.raises(kind) as caught:
            await SemaphoreConnector().connect(at(server.url), given, told)
        assert not any("authorization" in one.headers for one in server.asked)
    assert words in str(caught.value)
    assert caught.value.advice
    assert "secret-token-value" not in str(caught.value)
    assert [one.step for one in told.reports if one.state is StepState.FAILED] == [step]


async def test_a_redirect_leads_on() -> None:
    """A server that has moved is followed to where it is now, and that is what is kept."""
    async with served_semaphore(sub_path="/semaphore") as server:
        there = reply(301, location=f"{server.url}/api/ping")
        async with serving(script(there)) as old:
            told = ScriptedDialogue()
            given = by_token(server.token("olga"))
            found = await SemaphoreConnector().connect(at(old.url), given, told)
    assert found.server.address == server.url
    assert "redirected from" in told.words(Step.FIND)


async def test_https_never_leads_to_http(authority: Authority) -> None:
    """A redirect from https down to plain http is not followed."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(served_semaphore())
        served = authority.serve("down")
        there = reply(301, location=f"{server.url}/api/ping")
        old = await stack.enter_async_context(serving(script(there), served.context()))
        with pytest.raises(Invalid, match="from https to plain http"):
            await SemaphoreConnector().connect(
                at(old.url, ca_file=str(authority.path)), by_token("t"), ScriptedDialogue()
            )


async def test_an_unknown_certificate_is_shown_once_and_pinned(authority: Authority) -> None:
    """Nobody vouches for it: its fingerprint is shown before anything is sent, and then pinned."""
    served = authority.serve("first-use", "10.9.9.9", is_alone=True)
    async with served_semaphore(tls=served.context()) as server:
        given = by_token(server.token("olga"))
        wary = ScriptedDialogue()
        with pytest.raises(Untrusted):
            await SemaphoreConnector().connect(at(server.url), given, wary)
        assert wary.states[Step.TRUST] is StepState.FAILED
        told = ScriptedDialogue(trusts=True)
        found = await SemaphoreConnector().connect(at(server.url), given, told)
    assert [fingerprint for fingerprint, _ in told.shown] == [served.fingerprint]
    assert "first-use, signed by itself" in told.shown[0][1]
    assert found.server.fingerprint == served.fingerprint
    assert f"pinned: {shown_fingerprint(served.fingerprint)[:23]}" in told.words(Step.TRUST)


async def test_another_certificate_is_a_hard_stop(authority: Authority) -> None:
    """When the pinned certificate changed, nobody is asked: both are shown, and it ends there."""
    served = authority.serve("second", is_alone=True)
    async with served_semaphore(tls=served.context()) as server:
        told = ScriptedDialogue(trusts=True)
        pinned = at(server.url, fingerprint="0" * 64)
        with pytest.raises(Untrusted, match=shown_fingerprint(served.fingerprint)):
            await SemaphoreConnector().connect(pinned, by_token("t"), told)
    assert told.shown == []


async def test_an_opt_out_is_visible(authority: Authority) -> None:
    """Without any check one is connected, and told that anybody may answer."""
    served = authority.serve("blind", is_alone=True)
    async with served_semaphore(tls=served.context()) as server:
        told = ScriptedDialogue()
        typed = at(server.url, verify=False)
        found = await SemaphoreConnector().connect(typed, by_token(server.token("gus")), told)
    assert found.server.is_blind
    assert told.states[Step.TRUST] is StepState.CAUTION
    assert "anybody may answer" in told.words(Step.TRUST)


async def test_a_server_behind_a_jump_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host of the person's own SSH configuration leads to the server, and is named."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    async with Bastion(tmp_path / ".ssh").running() as bastion, served_semaphore() as server:
        told = ScriptedDialogue()
        typed = at(server.url, jump="bastion")
        await SemaphoreConnector().connect(typed, by_token(server.token("olga")), told)
        assert set(bastion.forwarded) == {("127.0.0.1", server.listener.port)}
        assert told.words(Step.REACH) == "it answers through bastion"
        with pytest.raises(Invalid, match="a jump host is written as"):
            await SemaphoreConnector().connect(at(server.url, jump="a b"), by_token("t"), told)


async def test_nobody_there() -> None:
    """A host where nothing listens, a name that does not exist, a typo: told apart."""
    async with serving(script(reply())) as server:
        pass
    for typed, kind, words in [
        (server.url, Unavailable, "nothing listens there"),
        ("https://nowhere.invalid", Unavailable, "there is no host of the name"),
        ("ssh://host", Invalid, "ssh is not spoken here"),
    ]:
        told = ScriptedDialogue()
        with pytest.raises(kind, match=words):
            await SemaphoreConnector().connect(at(typed), by_token("t"), told)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "an address is needed"),
        ("https://", "missing or has spaces"),
        ("a b.example.net", "missing or has spaces"),
        ("https://ada:hunter22@host", "leave name and password out"),
        ("host:port", "host or port"),
        ("ftp://host", "ftp is not spoken here"),
    ],
)
def test_what_is_no_address_is_said(typed: str, words: str) -> None:
    """A slip in the address is named, and what it may hold of secrets is not repeated."""
    with pytest.raises(HttpError, match=words) as caught:
        read_address(typed)
    assert "hunter22" not in str(caught.value)


def test_a_server_and_its_proof_show_no_secret() -> None:
    """What travels while connecting can be printed."""
    given = Given(Hidden("token-value"), Hidden("password-value"), Hidden("123456"))
    shown = repr((at("https://host"), given)) + f"{given.token} {given.token:>20}"
    assert "value" not in shown
    assert "123456" not in shown
    with pytest.raises(TypeError):
        json.dumps(given.token)
    assert replace(at("https://h"), verify=False).is_blind
    assert not replace(at("http://h"), verify=False).is_blind
