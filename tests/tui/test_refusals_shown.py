"""A refusal says who refused: we ourselves, and then nobody was asked, or a server that was."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.errors import Conflict, Forbidden, Invalid, Refused
from skyforge_tui.services.decisions import Denied
from skyforge_tui.tui.errors import as_notice, denied_notice


@pytest.mark.parametrize("family", [Forbidden, Invalid, Conflict])
def test_what_we_refuse_was_not_sent(family: type[Refused]) -> None:
    """Where no server is named, nothing was sent, and that is said."""
    notice = as_notice(family("you may look, not run", operation="run:start", advice="ask olga"))
    assert (notice.title, notice.where) == ("Refused  start run", "")
    assert notice.body == "you may look, not run. Nothing was sent"
    assert notice.advice == "ask olga"


@pytest.mark.parametrize("family", [Forbidden, Invalid, Conflict])
def test_what_a_server_refuses_was_sent(family: type[Refused]) -> None:
    """Where a server refused, it is named, and nobody claims that nothing was sent."""
    notice = as_notice(family("no room", upstream="emea", operation="run.start"))
    assert (notice.title, notice.where, notice.body) == ("Refused  start run", "emea", "no room")


@pytest.mark.parametrize("operation", ["", "view.save", "file.open", "log.search", "page.open"])
def test_what_sends_nothing_anyway_does_not_say_so(operation: str) -> None:
    """A refusal of what only looks, keeps or chooses leaves out that nothing was sent."""
    assert as_notice(Invalid("no such view", operation=operation)).body == "no such view"


@pytest.mark.parametrize(("sends", "body"), [
    (True, "it has ended. Nothing was sent"), (False, "it has ended"),
])  # fmt: skip
def test_a_refused_key_speaks_of_sending_where_it_would_send(sends: bool, body: str) -> None:
    """A key that would have changed something elsewhere says that it did not; others do not."""
    assert denied_notice("stop", Denied("it has ended"), sends=sends).body == body
