"""One session for each account: renewed once, shared by all, and never fought for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.demo.servers.eve.server import EveServer
from skyforge_tui.integrations.asking import Asker, Wanted
from skyforge_tui.integrations.eve.client import EveClient
from skyforge_tui.integrations.eve.joint_session import JointSession
from skyforge_tui.integrations.eve.session import NOBODY, open_http
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.web_access import WebAccess
from tests.eves import served_eve, signed_in


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.time


@asynccontextmanager
async def a_client(
    server: EveServer, now: Hand | None = None, *, username: str = "admin", ask: Asker = NOBODY,
    password: str = "", sessions: Path | None = None,
) -> AsyncIterator[EveClient]:  # fmt: skip
    """Give a client that signs in as `username`, and shares what lies in `sessions`."""
    os.environ["EVE_PASSWORD"] = password or server.state.accounts[username].password
    access = WebAccess(server.url, username, password=SecretRef.parse("env:EVE_PASSWORD"))
    shared = None if sessions is None else JointSession(sessions, access)
    http = open_http(access, ask, now or Hand(), shared)
    try:
        yield EveClient(http)
    finally:
        await http.aclose()


def sign_ins(server: EveServer) -> int:
    """Return how often somebody signed in."""
    return server.state.asked["POST /auth/login"]


def files_in(folder: Path) -> list[Path]:
    """Return what lies in a folder."""
    return list(folder.iterdir())


async def test_many_requests_one_sign_in() -> None:
    """However many ask at once, there is one sign-in; when the session ends, one more."""
    async with served_eve() as server:
        now = Hand()
        async with a_client(server, now) as client:
            await asyncio.gather(*(client.folder("/") for _ in range(20)))
            assert sign_ins(server) == 1
            now.time += 60
            server.expire()
            await asyncio.gather(*(client.folder("/") for _ in range(20)))
            assert sign_ins(server) == 2


async def test_programs_of_one_person_share_a_session(tmp_path: Path) -> None:
    """A second program uses the session of the first; when it has ended, one signs in for both."""
    async with served_eve() as server:
        now, folder = Hand(), tmp_path / "sessions"
        async with (
            a_client(server, now, sessions=folder) as first,
            a_client(server, now, sessions=folder) as second,
        ):
            for client in (first, second, first, second):
                await client.folder("/")
            assert sign_ins(server) == 1
            now.time += 60
            async with signed_in(server):  # its browser, which both give way to only once
                await second.folder("/")
                await first.folder("/")
                assert sign_ins(server) == 3
        async with a_client(server, now, sessions=folder, username="gus") as other:
            await other.folder("/")
        async with a_client(server, now, sessions=folder) as third:
            await third.folder("/")
        assert sign_ins(server) == 4
        server.expire()
        async with a_client(server, now, sessions=folder) as late:
            await late.folder("/")
        assert sign_ins(server) == 5
    assert {one.stat().st_mode & 0o777 for one in files_in(folder)} == {0o600}


@pytest.mark.parametrize("mode", [0o640, 0o604])
async def test_a_session_that_others_may_have_put_there(tmp_path: Path, mode: int) -> None:
    """What others may read or write is no session of ours; neither is what is no cookie."""
    async with served_eve() as server:
        async with a_client(server, sessions=tmp_path) as client:
            await client.folder("/")
        (kept,) = files_in(tmp_path)
        kept.chmod(mode)
        async with a_client(server, sessions=tmp_path) as client:
            await client.folder("/")
        assert sign_ins(server) == 2
        kept.write_bytes(b"a=b\r\nx-evil: 1")
        async with a_client(server, sessions=tmp_path) as client:
            await client.folder("/")
        assert sign_ins(server) == 3


async def test_an_ended_session_is_a_412() -> None:
    """The status that says that a session has ended is understood, and what was asked goes on."""
    async with served_eve() as server:
        now = Hand()
        async with a_client(server, now) as client:
            await client.folder("/")
            now.time += 60
            server.expire()
            assert (await client.lab("/bgp-basics.unl")).name == "bgp-basics"


async def test_a_session_fight_is_not_fought() -> None:
    """Where another client of the account signs in again and again, this one rests, ever longer."""
    async with served_eve() as server:
        now = Hand()
        async with a_client(server, now) as client:
            await client.folder("/")
            for rest_s in (30, 120, 600):
                async with signed_in(server):
                    with pytest.raises(HttpError, match=f"resting for {rest_s} s") as caught:
                        await client.folder("/")
                    assert caught.value.kind == "limited"
                    assert "an account of its own" in caught.value.message
                    before = sign_ins(server)
                    with pytest.raises(HttpError, match="resting"):
                        await client.folder("/")
                    assert sign_ins(server) == before
                now.time += rest_s
                await client.folder("/")
            now.time += 3600  # a session that lived well: the next rest is a short one
            server.expire()
            await client.folder("/")
            server.expire()
            with pytest.raises(HttpError, match="resting for 30 s"):
                await client.folder("/")


async def test_what_is_refused_twice_has_no_past_in_common() -> None:
    """Each refusal is an error of its own: causes that lead back to themselves never end."""

    async def refused(client: EveClient) -> HttpError:
        try:
            await client.folder("/")
        except HttpError as error:
            return error
        raise AssertionError("nothing was refused")

    async with served_eve() as server, a_client(server, Hand()) as client:
        await client.folder("/")
        async with signed_in(server):
            errors = [await refused(client) for _ in range(3)]
        assert len(set(map(id, errors))) == 3
        for error in errors:
            seen: set[int] = set()
            at: BaseException | None = error
            while at is not None:
                assert id(at) not in seen
                seen.add(id(at))
                at = at.__cause__ or at.__context__


async def test_a_wrong_password_is_not_tried_again() -> None:
    """Every failed sign-in ends the account's browser session: it happens once, then never soon."""
    async with served_eve() as server:
        now = Hand()
        async with a_client(server, now, password="mistyped") as client:
            for _ in range(3):
                with pytest.raises(HttpError, match="a wrong name or password") as caught:
                    await client.folder("/")
                assert caught.value.kind == "unauthorized"
            assert sign_ins(server) == 1
            now.time += 601
            with pytest.raises(HttpError):
                await client.folder("/")
            assert sign_ins(server) == 2


async def test_a_person_is_asked() -> None:
    """A person who gives the right password is signed in."""

    async def ask(wanted: Wanted, why: str, *, username: str) -> Secret:
        assert (wanted, username) == ("password", "admin")
        assert "wrong name or password" in why
        return Secret("admin-pass")

    async with served_eve() as server, a_client(server, password="mistyped", ask=ask) as client:
        assert (await client.who()).username == "admin"


async def test_a_person_may_know_better_later() -> None:
    """Whoever did not know the password is asked again, and what was wrong is not sent again."""
    answers = ["", "", "admin-pass"]

    async def ask(wanted: Wanted, why: str, *, username: str) -> Secret:
        answer = answers.pop(0)
        if not answer:
            raise HttpError("unauthorized", "they would rather not")
        return Secret(answer)

    async with served_eve() as server, a_client(server, password="mistyped", ask=ask) as client:
        for _ in range(2):
            with pytest.raises(HttpError, match="rather not"):
                await client.folder("/")
        assert sign_ins(server) == 1
        assert (await client.who()).username == "admin"
        assert (sign_ins(server), answers) == (2, [])


async def test_consoles_stay_native() -> None:
    """Signing in chooses consoles that programs can use, knowing that the browser gets them too."""
    async with served_eve() as server, a_client(server) as client:
        node = (await client.nodes("/bgp-basics.unl"))[0]
        assert node.url.startswith("telnet://127.0.0.1:")
        assert server.state.accounts["admin"].html5 == 0


async def test_a_role_is_no_ended_session() -> None:
    """What an account may not is a refusal, not a reason to sign in again."""
    async with served_eve() as server, a_client(server, username="gus") as client:
        with pytest.raises(HttpError, match="not allowed") as caught:
            await client.acts.lock("/bgp-basics.unl", is_locked=True)
        assert caught.value.kind == "forbidden"
        assert sign_ins(server) == 1


async def test_gets_that_act_are_never_repeated() -> None:
    """A start whose answer was lost is sent once; a list of folders is asked for again."""
    async with served_eve() as server, a_client(server) as client:
        await client.folder("/")
        lost = server.chaos.add(Trouble(Kind.LOST_ANSWER, "*/start", times=1))
        with pytest.raises(HttpError):
            await client.acts.start("/bgp-basics.unl", 1)
        assert (lost.hits, server.state.asked["GET …/nodes/{node}/start"]) == (1, 1)
        server.chaos.add(Trouble(Kind.LOST_ANSWER, "/api/folders*", times=1))
        await client.folder("/team")
        server.chaos.add(Trouble(Kind.STATUS, "*/topology", status=502))
        with pytest.raises(HttpError):
            await client.topology("/bgp-basics.unl")
        assert server.chaos.troubles[-1].hits == 1


async def test_a_start_is_replayed_after_a_sign_in() -> None:
    """A start that was refused because the session had ended was not done: it is sent again."""
    async with served_eve() as server:
        now = Hand()
        async with a_client(server, now) as client:
            await client.folder("/")
            now.time += 60
            server.expire()
            await client.acts.start("/bgp-basics.unl", 1)
            assert len(server.state.runs) == 4
