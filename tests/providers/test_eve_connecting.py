"""Connecting to an EVE-NG: found behind any address, signed in, and the cost of that said."""

from __future__ import annotations

import pytest

from skyforge_tui.demo.servers.eve.server import EveServer
from skyforge_tui.domain.connection import Found, Given, Server, Step, StepReport, StepState
from skyforge_tui.domain.errors import NotFound, NotSignedIn
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof
from skyforge_tui.providers.connections.eve import EveConnector
from tests.estates import served_semaphore
from tests.eves import served_eve


class Listener:
    """Hears steps, and gives a password when asked."""

    def __init__(self, password: str = "") -> None:
        self.steps: dict[Step, StepReport] = {}
        self.password = password

    def tell(self, report: StepReport) -> None:
        """Remember how a step is."""
        self.steps[report.step] = report

    async def ask(self, wanted: Proof, why: str) -> Hidden:
        """Give the password, if there is one."""
        assert wanted is Proof.PASSWORD
        if not self.password:
            raise NotSignedIn(why)
        return Hidden(self.password)

    async def trust(self, fingerprint: str, words: str) -> None:
        """Believe it."""


async def connected(
    server: EveServer, path: str = "", username: str = "admin", listener: Listener | None = None,
    given: Given | None = None,
) -> tuple[Found, Listener]:  # fmt: skip
    """Connect and return what was found, and what was told."""
    listener = listener or Listener("admin-pass")
    wanted = Server("eve", "lab", server.url + path, username)
    found = await EveConnector().connect(wanted, given or Given(), listener)
    return found, listener


@pytest.mark.parametrize("edition", ["unetlab", "community", "pro"])
async def test_any_page_will_do(edition: str) -> None:
    """Any address of a server leads to it, PHP's warnings or not; its edition is told."""
    async with served_eve(edition=edition, php_warnings=True) as server:
        found, listener = await connected(server, "/legacy/team/demo.unl/topology")
        assert found.server.address == server.url
        assert (found.identity, found.password.reveal()) == ("admin", "admin-pass")
        assert found.rights == "admin: may edit labs; 2 labs and 2 folders"
        said = listener.steps[Step.SIGN_IN]
        assert f"EVE-NG {'Pro' if edition == 'pro' else 'Community'} 6.2.0-4" in said.words


async def test_the_cost_is_said() -> None:
    """One is told that the account's browser session has ended, and what is better."""
    async with served_eve() as server:
        _, listener = await connected(server)
        said = listener.steps[Step.SIGN_IN]
        assert said.state is StepState.CAUTION
        assert "ended that of its browser" in said.advice
        assert "an account of its own" in said.advice


async def test_what_an_account_may_is_told() -> None:
    """Who may only run labs is told so."""
    async with served_eve() as server:
        wanted = Server("eve", "lab", server.url, "gus")
        given = Given(password=Hidden("gus-pass"))
        found = await EveConnector().connect(wanted, given, Listener())
        assert found.rights.startswith("user: may run labs, not edit them")


async def test_what_is_missing_or_wrong() -> None:
    """Without a name nothing is sent; a wrong password is said to be one, after one try."""
    async with served_eve() as server:
        with pytest.raises(NotSignedIn, match="a name and a password are needed"):
            await connected(server, username="")
        assert server.state.asked["POST /auth/login"] == 0
        with pytest.raises(NotSignedIn, match="name or password"):
            await connected(server, listener=Listener("nope-nope"))
        assert server.state.asked["POST /auth/login"] == 1


async def test_something_else() -> None:
    """A server of another kind is not taken for an EVE-NG, and no password goes there."""
    async with served_semaphore() as server:
        wanted = Server("eve", "lab", server.url, "admin")
        with pytest.raises(NotFound, match="skyforge connect semaphore"):
            await EveConnector().connect(wanted, Given(), Listener("admin-pass"))


async def test_a_host_without_figures() -> None:
    """A host that does not tell its figures is connected to all the same."""
    async with served_eve(status_works=False) as server:
        found, _ = await connected(server)
        assert found.version == ""
