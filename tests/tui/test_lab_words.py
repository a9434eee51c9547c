"""What is said of labs that servers run: their data, the servers, and what connecting costs."""

from __future__ import annotations

from skyforge_tui.domain.connection import Server
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.lab_action import LabServer
from skyforge_tui.tui.presenters import connect_fields, lab_data, lab_servers
from skyforge_tui.tui.presenters.cells import text_of
from tests.acting_labs import a_far_lab
from tests.fakes.labs import a_lab_source
from tests.tui.lab_bench import NOW


def test_data_as_a_tree() -> None:
    """Maps and lists become rows below their names; what there is too much of is counted."""
    told = {
        "name": "$(reboot)",
        "nodes": ({"name": "r1", "ports": [1, 2]}, {"id": 2}),
        "none": None,
    }
    rows = [(text_of(one["key"]), text_of(one["value"])) for one in lab_data.data_rows(told)]
    assert rows == [
        ("name", "$(reboot)"), ("nodes", ""), ("  r1", ""), ("    name", "r1"), ("    ports", ""),
        ("      1", "1"), ("      2", "2"), ("  2", ""), ("    id", "2"), ("none", ""),
    ]  # fmt: skip
    many = lab_data.data_rows({str(number): number for number in range(10_000)})
    assert len(many) == lab_data.MOST + 1
    assert text_of(many[-1]["key"]) == "8,000 more"
    circle: dict[str, object] = {}
    circle["again"] = circle
    assert len(lab_data.data_rows(circle)) < 20


def test_servers_as_facts() -> None:
    """Each server says how it answers; figures only where it tells them."""
    server = LabServer("eve-1", "6.2.0-4-PRO", "Pro", "api", "user", 95, None, 3)
    silent = a_lab_source(
        provider="nl-1", mode=UpstreamState.ERROR, error="no route", advice="R", as_of=None
    )
    live = a_lab_source(provider="eve-1", kind="eve", server=server)
    facts = lab_servers.facts([live, silent], [a_far_lab()], NOW)
    told = {one.label: text_of(one.words) for one in facts}
    assert told["version"] == "Pro 6.2.0-4"
    assert told["signed in"] == "api (user)"
    assert told["cpu"].endswith(" 95%")
    assert "memory" not in told
    assert told["nl-1"] == "× error  never answered"
    assert told["error"] == "no route"
    assert text_of(lab_servers.facts([], [], NOW)[0].words) == "nobody has answered yet"


def test_an_eve_is_asked_for_no_token() -> None:
    """The card of an EVE-NG asks for a name, says what signing in costs, and wants no token."""
    fields = {one.name: one for one in connect_fields.fields(Server("eve", "", ""), ["file"])}
    assert "token" not in fields
    assert fields["user"].required
    assert "its session in a browser ends" in fields["user"].description
