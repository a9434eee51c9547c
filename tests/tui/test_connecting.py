"""One is connected from a card, asked in place, and never shown a secret."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from skyforge_tui.demo.clock import LiveClock
from skyforge_tui.domain.connection import Server, Step, StepReport, StepState
from skyforge_tui.domain.errors import NotSignedIn, Unavailable
from skyforge_tui.domain.sign_in import Proof, Question
from skyforge_tui.engine.inline import InlineEngine
from skyforge_tui.ports.connector import Dialogue
from skyforge_tui.settings.frame import FrameSettings
from skyforge_tui.tui.app import SkyforgeApp
from skyforge_tui.tui.presenters import connect_fields as asked
from skyforge_tui.tui.presenters import connecting as present
from skyforge_tui.tui.presenters.cells import text_of
from skyforge_tui.tui.widgets.connect_card import ConnectCard
from skyforge_tui.wiring import current_principal, open_services
from tests.certificates import Authority
from tests.estates import served_semaphore
from tests.fakes.connections import FakeConnector
from tests.fakes.core import Core
from tests.tui.cockpit_harness import (
    press,
    shows,
    until_gone,
    until_idle,
    until_shown,
    write,
)
from tests.tui.pretend import Estate

SERVER = Server("semaphore", "", "")


def an_estate(connector: FakeConnector | None = None, **more: Any) -> Estate:
    """Return a cockpit whose servers are as `connector` says."""
    return Estate(core=Core(connector=connector or FakeConnector()), **more)


async def paste(pilot: Pilot[Any], text: str) -> None:
    """Paste a text, as people do with addresses."""
    pilot.app.screen.post_message(events.Paste(text))
    await pilot.pause()


async def opened(pilot: Pilot[Any]) -> None:
    """Open the card from the command line."""
    await until_idle(pilot)
    await press(pilot, "colon", shows="enter do it")
    await write(pilot, "connect")
    await press(pilot, "enter", shows="where a browser finds it")


async def asks_all(dialogue: Dialogue) -> None:
    """Tell some steps, ask for a code, and show a certificate."""
    dialogue.tell(StepReport(Step.ADDRESS, StepState.DONE, "https://prod.example.net"))
    await dialogue.trust("ab" * 32, "nobody vouches for it, SHA-256 AB")
    code = await dialogue.ask(Proof.TOTP, "the server wants a code")
    assert code.reveal() == "123456"
    words = "none: what is sent there can be read on the way"
    dialogue.tell(StepReport(Step.TRUST, StepState.CAUTION, words, "use https if it can"))


async def test_a_server_is_connected_to_on_one_card() -> None:
    """Address and password are typed, a certificate is trusted, a code given: then it is used."""
    estate = an_estate(FakeConnector(course=asks_all))
    core = estate.core
    async with estate.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await paste(pilot, "prod.example.net")
        await press(pilot, "tab")
        await paste(pilot, "ada")
        await press(pilot, "tab")
        await paste(pilot, "sesame-open")
        await until_shown(pilot, "prod.example.net --user ada", "--password-ref env:PASSWORD")
        assert not shows(pilot.app, "sesame-open")
        await press(pilot, "enter", shows=("it is the right one", ":".join(["AB"] * 16)))
        await press(pilot, "ctrl+t", shows=("The server wants a code", "code of the app"))
        await write(pilot, "123456")
        await press(pilot, "enter", shows=("prod is connected as ada", "can be read on the way"))
        before = core.services
        await press(pilot, "enter")
        await until_gone(pilot, "prod is connected")
        await until_idle(pilot)
        assert core.services is before
        await press(pilot, "at", shows="skyforge connect semaphore prod.example.net")
        assert not shows(pilot.app, "sesame-open")
    assert core.book.known == [
        Server("semaphore", "prod", "prod.example.net", "ada", token_ref="keyring:semaphore-prod")
    ]
    assert core.connector.given is not None
    assert core.connector.given.password.reveal() == "sesame-open"


async def test_what_fails_can_be_changed() -> None:
    """A failure says where and what to do; esc leads back to the form, with all that was typed."""
    estate = an_estate(FakeConnector(error=Unavailable("nothing listens there", advice="look")))
    async with estate.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await paste(pilot, "prod")
        await press(pilot, "enter", shows=("nothing listens there", "enter try again"))
        await press(pilot, "escape", shows=("where a browser finds it", "prod"))
        estate.core.connector.error = None
        await press(pilot, "enter", shows="prod is connected")


async def test_what_is_not_trusted_or_answered_ends_it() -> None:
    """A certificate that is not the right one, or no answer, ends it and writes nothing.

    One that is the right one is asked about once on a card, however often one tries again.
    """
    estate = an_estate(FakeConnector(course=asks_all))
    async with estate.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await paste(pilot, "prod")
        await press(pilot, "enter", shows="it is the right one")
        await press(pilot, "escape", shows="this certificate is not the right one")
        await press(pilot, "enter", shows="it is the right one")
        await press(pilot, "ctrl+t", shows="The server wants a code")
        await press(pilot, "escape", shows="try again")
        await press(pilot, "enter", shows="The server wants a code")
        await press(pilot, "escape", shows="try again")
        await press(pilot, "escape", "escape")
        await until_gone(pilot, "same as")
    assert estate.core.book.known == []


async def test_who_gives_up_is_heard_at_once() -> None:
    """Giving up ends what takes too long at once, and nothing is written."""
    is_ended = asyncio.Event()

    async def stuck(dialogue: Dialogue) -> None:
        dialogue.tell(StepReport(Step.REACH, StepState.RUNNING, "asking prod"))
        try:
            await asyncio.Event().wait()
        finally:
            is_ended.set()

    estate = an_estate(FakeConnector(course=stuck))
    async with estate.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await paste(pilot, "prod")
        await press(pilot, "enter", shows=("asking prod", "give up"))
        await press(pilot, "escape", shows=("given up", "nothing was written", "try again"))
        assert is_ended.is_set()
    assert estate.core.book.known == []
    assert estate.core.book.kept == {}


async def test_every_way_leads_to_the_card() -> None:
    """The first page and Attention have a key; other kinds are named, or refused honestly."""
    async with an_estate(is_new=True).app().run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "connect to a server")
        await press(pilot, "c", shows="Connect to Semaphore")
        assert not shows(pilot.app, "others: :connect")
        await press(pilot, "escape")
        await press(pilot, "5", shows="Attention")
        await press(pilot, "c", shows="Connect to Semaphore")
        await press(pilot, "escape")
        await press(pilot, "colon", shows="enter do it")
        await write(pilot, "connect eve lab")
        await press(pilot, "enter", shows=("cannot connect to eve", "connects to semaphore"))
        card = ConnectCard(
            SERVER, ("file",), on_go=lambda *_: None, on_give_up=lambda: None,
            same_as=lambda _: "it", others=("gitea", "s3"),
        )  # fmt: skip
        await pilot.app.push_screen(card)
        await until_shown(pilot, "others: :connect gitea, s3", "tab next field")


def a_question(upstream: str = "prod") -> Question:
    """Return a question of a server whose token was taken away."""
    why = "the server does not accept the token any more"
    return Question(upstream, "semaphore", Proof.TOKEN, why, "ada")


async def test_a_server_asks_in_place() -> None:
    """A server's question lies over the place; what waits for its answer goes on."""
    estate = an_estate()
    desk = estate.core.desk
    async with estate.app().run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        waiting = asyncio.create_task(desk.ask(a_question()))
        await until_shown(pilot, "Sign in to prod as ada", "does not accept the token any more")
        await paste(pilot, "sesame-open")
        assert not shows(pilot.app, "sesame-open")
        await press(pilot, "enter")
        await until_gone(pilot, "Sign in to prod")
        assert (await waiting).reveal() == "sesame-open"


async def test_a_question_waits_for_what_is_open() -> None:
    """While something else is being typed nothing comes over it; then it comes."""
    estate = an_estate()
    desk = estate.core.desk
    async with estate.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        waiting = asyncio.create_task(desk.ask(a_question()))
        second = asyncio.create_task(desk.ask(a_question("lab")))
        await until_idle(pilot)
        await paste(pilot, "prod")
        assert not shows(pilot.app, "Sign in to")
        await press(pilot, "escape", shows="Sign in to prod as ada")
        await press(pilot, "escape", shows="Sign in to lab as ada")
        await write(pilot, "x")
        await press(pilot, "enter", shows=":signin prod lets it ask again")
        with pytest.raises(NotSignedIn):
            await waiting
        assert (await second).reveal() == "x"
        with pytest.raises(NotSignedIn):
            await desk.ask(a_question())
        await press(pilot, "colon", shows="enter do it")
        await write(pilot, "signin prod")
        await press(pilot, "enter")
        await until_idle(pilot)
        assert desk.declined == frozenset()


async def test_from_nothing_to_a_server_and_through_its_expiry(tmp_path: Path) -> None:
    """A form connects and its projects are there; when the token is taken away, one goes on."""
    served = Authority(tmp_path).serve("lab", is_alone=True)
    work = tmp_path / "work"
    work.mkdir()
    frame = FrameSettings(
        config_path=tmp_path / "config.toml", state_dir=tmp_path / "state",
        cache_dir=tmp_path / "cache", roots=(work,),
    )  # fmt: skip
    app = SkyforgeApp(
        lambda app: InlineEngine(
            lambda: open_services(
                frame, sync_projects=True, forgive_settings=True, is_attended=True
            ),
            app.bridge.unheard,
        ),
        current_principal(),
        motion=False,
    )
    async with (
        served_semaphore(sub_path="/ui", tls=served.context(), clock=LiveClock()) as server,
        app.run_test(size=(80, 24)) as pilot,
    ):
        tom = server.estate.people["tom"]
        await opened(pilot)
        await paste(pilot, server.url.partition("//")[2])
        await press(pilot, "tab")
        await write(pilot, "tom")
        await press(pilot, "tab")
        await paste(pilot, tom.password)
        await press(pilot, "enter", shows=("it is the right one", "It is lab, signed"))
        await press(pilot, "ctrl+t", shows="six digits of the authenticator app")
        await write(pilot, server.sessions.totp(tom.totp_secret))
        await press(pilot, "enter", shows=("is connected as tom", "permissions"))
        text = frame.config_path.read_text()
        kept = tmp_path / "state" / "secrets" / "semaphore-semaphore"
        assert kept.read_text().strip() in server.sessions.tokens
        assert not any(one in text for one in [*server.sessions.tokens, tom.password])
        assert served.fingerprint in text
        await press(pilot, "enter", shows=("edge-fabric", "in sync"))

        server.sessions.tokens.clear()
        await press(pilot, "R", shows=("Sign in to semaphore as tom", "any more"))
        await paste(pilot, tom.password)
        await press(pilot, "enter", shows="six digits of the authenticator app of tom")
        await write(pilot, server.sessions.totp(tom.totp_secret))
        await press(pilot, "enter")
        await until_gone(pilot, "Sign in to")
        await until_idle(pilot)
        assert list(server.sessions.tokens) == [kept.read_text().strip()]
        assert frame.config_path.read_text() == text


# What is shown, as lines.


def lines_of(*reports: StepReport, width: int = 40) -> list[str]:
    """Return the steps as text."""
    known = {one.step: one for one in reports}
    return [text_of(one, width) for one in present.step_lines(known, width)]


def test_steps_are_told_by_sign_and_words() -> None:
    """Each step has its sign; long words go on below, and what to do follows a failure."""
    rows = lines_of(
        StepReport(Step.ADDRESS, StepState.DONE, "https://prod"),
        StepReport(Step.REACH, StepState.FAILED, "nothing listens there at all", "look again"),
    )
    assert rows == [
        "✓ address       https://prod",
        "× connection    nothing listens there at",
        "                all",
        "                look again",
        "… certificate",
        "… service",
        "… sign-in",
        "… permissions",
        "… latency",
        "… kept",
    ]


def test_strangers_words_stay_words() -> None:
    """What a server says cannot move the cursor or draw."""
    [row, *_] = lines_of(StepReport(Step.ADDRESS, StepState.DONE, "a\x1b[2J[red]b"))
    assert "\x1b" not in row
    assert "[red]b" in row


ANSWERS = {"address": " prod ", "user": "ada", "password": "", "token": "", "name": "",
           "guard": "confirm", "jump": "", "authority": ""}  # fmt: skip


def test_another_address_is_looked_at_anew() -> None:
    """A pin, or an opt-out, holds for the address it was given for, and for no other."""
    before = Server("semaphore", "prod", "prod", fingerprint="ab", verify=False)
    assert asked.server_of(before, ANSWERS).fingerprint == "ab"
    elsewhere = asked.server_of(before, {**ANSWERS, "address": "other"})
    assert (elsewhere.fingerprint, elsewhere.verify) == ("", True)
    with_file = asked.server_of(before, {**ANSWERS, "authority": "~/ca.pem"})
    assert (with_file.fingerprint, with_file.verify) == ("", True)


def test_believing_anybody_is_a_choice() -> None:
    """To look at no certificate is said on the card; then no pin counts, and it can be undone."""
    before = Server("semaphore", "prod", "https://prod", fingerprint="ab", verify=False)
    by_name = {one.name: one for one in asked.fields(before, ("file",))}
    assert by_name["insecure"].default == "false"  # a pin is somebody to believe
    blind = asked.server_of(before, {**ANSWERS, "address": "https://prod", "insecure": "true"})
    assert (blind.fingerprint, blind.verify, blind.is_blind) == ("", False, True)
    assert asked.connect_act(blind, ANSWERS).words[-1] == "--insecure"
    by_name = {one.name: one for one in asked.fields(blind, ("file",))}
    assert by_name["insecure"].default == "true"
    again = {**ANSWERS, "address": "https://prod", "insecure": "false"}
    assert asked.server_of(blind, again).verify
    assert asked.server_of(before, again).fingerprint == "ab"


def test_the_same_command_names_no_secret() -> None:
    """The headless twin of what was typed says where a secret would be, not what it is."""
    typed = {**ANSWERS, "password": "sesame-open"}
    words = asked.connect_act(asked.server_of(SERVER, typed), typed).words
    assert words == (
        "connect", "semaphore", "prod", "--user", "ada", "--guard", "confirm", "--password-ref",
        "env:PASSWORD",
    )  # fmt: skip
    assert "sesame-open" not in repr(asked.given_by(typed))
    named = replace(SERVER, name="x", address="h")
    by_token = {**ANSWERS, "token": "t"}
    assert asked.connect_act(named, by_token).words[-2:] == ("--token-ref", "env:TOKEN")
