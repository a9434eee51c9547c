"""Connecting finds Gitea behind anything a person types, signs in, and says what one may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skyforge_tui.demo import totp
from skyforge_tui.domain.connection import Given, Server, Step, StepState
from skyforge_tui.domain.errors import NotFound, NotSignedIn, Untrusted
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof
from skyforge_tui.providers.connections.gitea import GiteaConnector
from tests.bastion import Bastion
from tests.certificates import Authority
from tests.estates import served_semaphore
from tests.fakes.connections import ScriptedDialogue
from tests.giteas import api_of, served_gitea


def at(address: str, **more: Any) -> Server:
    """Return a server that somebody typed the address of."""
    return Server("gitea", "git", address, **more)


def by_token(value: str) -> Given:
    """Return a token that somebody pasted."""
    return Given(token=Hidden(value))


@pytest.mark.parametrize(
    "typed",
    [
        "{place}/git", "http://{place}/git/", "http://{place}/git/api/v1",
        "{place}/git/net/edge-fabric/src/branch/main", "http://{place}/git/api/v1/version",
    ],
)  # fmt: skip
async def test_a_token_connects_from_anywhere(typed: str) -> None:
    """Whatever page is pasted, the server is found, with release, person and rights."""
    async with served_gitea(sub_path="/git") as server:
        told = ScriptedDialogue()
        place = typed.format(place=server.listener.url.removeprefix("http://"))
        found = await GiteaConnector().connect(at(place), by_token(server.token("mika")), told)
        assert found.server.address == server.url
    assert (found.identity, found.version, found.server.username) == ("mika", "1.24.6", "mika")
    assert found.rights.endswith("to write, 0 of them to rule")
    assert found.token.reveal() == server.token("mika")
    assert told.states[Step.PACE] in (StepState.DONE, StepState.CAUTION)


async def test_a_password_is_traded_for_a_token() -> None:
    """A password with its code is used once: what is kept is a token with the scopes it needs."""
    async with served_gitea() as server:
        tom = server.estate.people["tom"]
        now = server.estate.clock.now()
        told = ScriptedDialogue([lambda: totp.code(tom.totp_secret, now)])
        given = Given(password=Hidden(tom.password))
        found = await GiteaConnector().connect(at(server.url, username="tom"), given, told)
        made = server.state.tokens[-1]
        assert found.token.reveal() == made.sha1
        assert made.scopes == ("write:repository", "write:organization", "write:user")
        assert [wanted for wanted, _ in told.asked] == [Proof.TOTP]
        count = len(server.state.tokens)
        await GiteaConnector().connect(
            at(server.url, username="olga"), Given(password=Hidden("olga-pass")),
            ScriptedDialogue(), makes_token=False,
        )  # fmt: skip
        assert len(server.state.tokens) == count


async def test_an_instance_that_hides_itself_is_found() -> None:
    """Where nothing is shown to strangers, the refusal itself says that it is Gitea."""
    async with served_gitea(needs_sign_in=True) as server:
        told = ScriptedDialogue()
        found = await GiteaConnector().connect(at(server.url), by_token(server.token("gus")), told)
    assert (found.identity, found.version) == ("gus", "1.24.6")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (by_token("0" * 40), "does not accept this token"),
        (Given(password=Hidden("wrong")), "does not accept this password of olga"),
    ],
)
async def test_what_is_not_accepted_is_told(given: Given, words: str) -> None:
    """A wrong token or password fails at the sign-in, after all before it was found."""
    async with served_gitea() as server:
        told = ScriptedDialogue()
        with pytest.raises(NotSignedIn, match=words):
            await GiteaConnector().connect(at(server.url, username="olga"), given, told)
    assert told.states[Step.FIND] is StepState.DONE
    assert told.states[Step.SIGN_IN] is StepState.FAILED


async def test_a_narrow_token_connects_with_a_caution() -> None:
    """A token that may not say whose it is still connects, and what it lacks is said."""
    async with served_gitea() as server:
        body = {"name": "t", "scopes": ["read:repository"]}
        async with api_of(server, "") as api:
            made = await api.post("/users/mika/tokens", json=body, auth=("mika", "mika-pass"))
        told = ScriptedDialogue()
        found = await GiteaConnector().connect(at(server.url), by_token(made.json()["sha1"]), told)
    assert found.identity == ""
    assert told.states[Step.SIGN_IN] is StepState.CAUTION
    assert "to write" in found.rights


async def test_another_service_is_named() -> None:
    """Where Semaphore answers instead, that is what is said."""
    async with served_semaphore() as server:
        with pytest.raises(NotFound, match="not Gitea: skyforge connect semaphore"):
            await GiteaConnector().connect(at(server.url), by_token("x"), ScriptedDialogue())


async def test_the_way_is_that_of_every_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate that nobody vouches for is asked about and pinned; behind a jump host, too."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    served = Authority(tmp_path).serve("git", is_alone=True)
    async with (
        Bastion(tmp_path / ".ssh").running() as bastion,
        served_gitea(tls=served.context()) as server,
    ):
        told, token = ScriptedDialogue(trusts=True), by_token(server.token("mika"))
        typed = at(server.url, jump="bastion")
        found = await GiteaConnector().connect(typed, token, told)
        assert found.server.fingerprint == served.fingerprint
        assert set(bastion.forwarded) == {("127.0.0.1", server.listener.port)}
        other = at(server.url, fingerprint="0" * 64)
        with pytest.raises(Untrusted):
            await GiteaConnector().connect(other, token, ScriptedDialogue(trusts=True))
