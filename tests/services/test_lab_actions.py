"""Doing things to labs where whatever runs them can do so itself."""

from __future__ import annotations

import asyncio

import pytest

from skyforge_tui.domain.errors import Conflict, Forbidden, Invalid, Unavailable
from skyforge_tui.domain.events import LabsChanged
from skyforge_tui.domain.guard import Guard
from skyforge_tui.domain.identity import SYSTEM, Principal, Role
from skyforge_tui.domain.lab import LabState
from skyforge_tui.domain.lab_action import LabAction, NewLab
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Grant
from skyforge_tui.services.authorization import Allowed, Denied
from tests.acting_labs import ActingLabProvider, a_far_lab
from tests.fakes.core import Core
from tests.fakes.labs import FakeLabProvider, a_lab, a_lab_source
from tests.fakes.waiting import under_way, until

ADA, GRACE = Principal("ada"), Principal("grace")
LAB = a_far_lab(state=LabState.STOPPED, nodes_up=0)


async def a_core(*providers: FakeLabProvider) -> tuple[Core, ActingLabProvider]:
    """Return services over a provider that holds one stopped lab, and others."""
    acting = ActingLabProvider(LAB)
    core = Core(lab_providers=[acting, *providers])
    await core.labs.sync(SYSTEM)
    return core, acting


async def state_of(core: Core) -> tuple[LabState, str]:
    """Return the state and step of the lab as people see them."""
    (lab,) = (one for one in (await core.labs.all(ADA)).labs if one.id == LAB.id)
    return lab.state, lab.step


async def test_a_start_shows_while_it_lasts() -> None:
    """A lab that is being started says so in its row, whatever a poll tells meanwhile."""
    core, provider = await a_core()
    provider.going_on.clear()
    async with under_way(core.lab_actions.start(ADA, LAB.id)) as (starting,):
        await until(lambda: core.lab_index.is_under_way(LAB.id))
        await core.labs.sync(SYSTEM)
        assert await state_of(core) == (LabState.STARTING, "1 of 2 nodes run")
        assert await core.labs.is_moving(SYSTEM)
        with pytest.raises(Conflict, match="just now"):
            await core.lab_actions.stop(ADA, LAB.id)
        provider.going_on.set()
        await starting
    assert await state_of(core) == (LabState.RUNNING, "")
    assert provider.done == [("start", LAB.id)]
    assert core.told(LabsChanged)[-1] == LabsChanged(frozenset({LAB.id}))


async def test_each_step_is_told() -> None:
    """What was done to a lab step by step stands on its page, until something else is done."""
    core, provider = await a_core()
    provider.going_on.clear()
    async with under_way(core.lab_actions.start(ADA, LAB.id)) as (starting,):
        await until(lambda: core.lab_index.is_under_way(LAB.id))
        assert [one.name for one in core.lab_index.acted_on()] == ["demo"]
        provider.going_on.set()
        await starting
    assert core.lab_index.acted_on() == ()
    assert [one.text for one in (await core.labs.get(ADA, LAB.id)).steps] == ["r1 started"]
    assert [one.text for one in (await core.labs.known(ADA, LAB.id)).steps] == ["r1 started"]
    await core.lab_actions.wipe(ADA, LAB.id)
    assert (await core.labs.get(ADA, LAB.id)).steps == ()


async def test_a_start_that_fails_leaves_the_truth() -> None:
    """After a start that failed, or was given up, the row is what the provider tells."""
    core, provider = await a_core()
    provider.failures[LAB.id] = [Unavailable("the power went")]
    with pytest.raises(Unavailable, match="the power went"):
        await core.lab_actions.start(ADA, LAB.id)
    assert await state_of(core) == (LabState.STOPPED, "")
    provider.going_on.clear()
    async with under_way(core.lab_actions.start(ADA, LAB.id)) as (starting,):
        await until(lambda: core.lab_index.is_under_way(LAB.id))
        starting.cancel()
        await asyncio.wait((starting,))
    assert await state_of(core) == (LabState.STOPPED, "")


async def test_what_a_provider_cannot_do() -> None:
    """What a provider has no method for, or its server cannot do, is refused with the reason."""
    core, provider = await a_core(FakeLabProvider(a_lab()))
    provider.lacking[LabAction.WIPE] = "wiping needs the Pro edition"
    services = core.services
    assert services.may_act(ADA, LabAction.START, LAB) == Allowed()
    assert services.may_act(ADA, LabAction.WIPE, LAB) == Denied("wiping needs the Pro edition")
    assert services.may_act(ADA, LabAction.LINK, LAB) == Denied("eve cannot take links down")
    with pytest.raises(Conflict, match="needs the Pro edition"):
        await core.lab_actions.wipe(ADA, LAB.id)
    with pytest.raises(Conflict, match="netlab cannot start labs"):
        await core.lab_actions.start(ADA, a_lab().id)
    assert services.lab_can(a_lab(), LabAction.START) == "netlab cannot start labs"
    assert provider.done == []


async def test_whose_labs_they_are() -> None:
    """Labs are of whoever runs the program, until their server itself says what one may."""
    core, provider = await a_core()
    with pytest.raises(Forbidden, match="no role"):
        await core.lab_actions.start(GRACE, LAB.id)
    grant = Grant("api", "user", Role.VIEWER, frozenset({Permission.LAB_START}))
    provider.source = a_lab_source(provider="eve-1", kind="eve", grant=grant)
    await core.labs.sync(SYSTEM)
    assert core.services.may(GRACE, Permission.LAB_START, LAB) == Allowed()
    assert isinstance(core.services.may(ADA, Permission.LAB_WIPE, LAB), Denied)
    await core.lab_actions.start(GRACE, LAB.id)
    with pytest.raises(Forbidden, match="a user of eve-1"):
        await core.lab_actions.lock(ADA, LAB.id, True)


async def test_guarded_servers_are_left_alone() -> None:
    """Nothing is done to the labs of a server that is read-only, and looking stays free."""
    core, provider = await a_core()
    core.access.protect("eve-1", Guard.READ_ONLY)
    with pytest.raises(Forbidden, match="read-only from here"):
        await core.lab_actions.stop(ADA, LAB.id)
    assert (await core.lab_actions.server(ADA, "eve-1")).cpu_percent == 12
    assert provider.done == []


async def test_nothing_is_done_to_labs_of_the_silent() -> None:
    """Where a server does not answer, its labs cannot be acted on, and it is said why."""
    from skyforge_tui.domain.freshness import UpstreamState

    core, provider = await a_core()
    provider.source = a_lab_source(
        provider="eve-1", kind="eve", mode=UpstreamState.ERROR, error="no route", as_of=None
    )
    await core.labs.sync(SYSTEM)
    denied = core.services.may(ADA, Permission.LAB_START, LAB)
    assert denied == Denied("eve-1 does not answer: no route", "R tries it now")


async def test_labs_are_made_and_locked() -> None:
    """A lab that was made is in the table at once, and so is its lock."""
    core, _ = await a_core()
    made = await core.lab_actions.create(ADA, "eve-1", NewLab("fresh"))
    assert {one.name for one in (await core.labs.all(ADA)).labs} == {"demo", "fresh"}
    await core.lab_actions.lock(ADA, made, True)
    lab = core.lab_index.lab(made)
    assert lab is not None
    assert lab.is_locked


async def test_a_page_where_there_is_no_browser() -> None:
    """Without a browser a lab's page is told, not opened."""
    core, _ = await a_core()
    core.browser.is_there = False
    page = await core.lab_actions.open_page(ADA, LAB.id)
    assert (page.url, page.is_open) == (f"https://eve.example.net/#{LAB.id}", False)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "telnet:///dev/tty", "javascript:alert(1)", "telnet://-oProxy:1",
        "telnet://10.0.0.5:99999", "telnet://host\x1b]0;x\x07:23", "telnet://$(reboot):23", "",
        "telnet://a b:1", "/etc/passwd", "telnet://" + "a" * 4000,
    ],
)  # fmt: skip
async def test_consoles_that_are_none(url: str) -> None:
    """An address of a console that leads to a file, or holds more than a host, is refused."""
    core, _ = await a_core()
    with pytest.raises(Invalid):
        await core.lab_actions.console(ADA, LAB.id, url)


async def test_consoles() -> None:
    """The address of a console is read with its way, host and port."""
    core, _ = await a_core()
    found = await core.lab_actions.console(ADA, LAB.id, "telnet://10.0.0.5:32769")
    assert (found.scheme, found.host, found.port) == ("telnet", "10.0.0.5", 32769)


async def test_a_hanging_server_delays_nobody() -> None:
    """Rows of servers that answer are there while another hangs and a third is dead."""
    from skyforge_tui.domain.freshness import UpstreamState
    from skyforge_tui.ports.lab_provider import EVERY_LAB, LabListing, LabQuery

    class Hanging(ActingLabProvider):
        async def list_for_user(self, query: LabQuery = EVERY_LAB) -> LabListing:
            await self.going_on.wait()
            return await super().list_for_user(query)

    hanging = Hanging(a_far_lab("eve-2"), upstream="eve-2")
    hanging.going_on.clear()
    dead = ActingLabProvider(upstream="eve-3")
    dead.source = a_lab_source(
        provider="eve-3", kind="eve", mode=UpstreamState.ERROR, error="no route", as_of=None
    )
    others = [ActingLabProvider(a_far_lab(f"eve-{n}"), upstream=f"eve-{n}") for n in (4, 5, 6)]
    core = Core(lab_providers=[hanging, dead, *others])
    async with under_way(core.labs.sync(SYSTEM)) as (syncing,):
        await until(lambda: len(core.lab_index.labs()) == 3)
        assert not syncing.done()
        await core.labs.sync(SYSTEM, only=("eve-5",))  # and they can be looked at again
        assert len(others[1].asked) == 2
        hanging.going_on.set()
        await syncing
    assert {one.provider for one in core.lab_index.labs()} == {"eve-2", "eve-4", "eve-5", "eve-6"}
