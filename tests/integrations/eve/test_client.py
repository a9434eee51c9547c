"""What EVE-NG says is read however PHP says it, and what it is asked for can be asked for."""

from __future__ import annotations

import json
import zipfile
from contextlib import suppress
from io import BytesIO

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.demo.servers.eve.furnishing import add_lab
from skyforge_tui.demo.servers.eve.things import Node
from skyforge_tui.integrations.eve import paths, walking, wire
from skyforge_tui.integrations.eve.envelope import read_envelope, reason_of
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.reply import Reply
from tests.eves import served_eve
from tests.integrations.eve.test_session import a_client

LAB = "/bgp-basics.unl"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner,
                                                                max_size=3),
    max_leaves=12,
)  # fmt: skip


def reply(body: bytes) -> Reply:
    """Return an answer of this body."""
    return Reply("GET /x", 200, {"content-type": "application/json"}, {}, body)


@pytest.mark.parametrize("edition", ["unetlab", "community", "pro"])
async def test_php_warnings_before_json(edition: str) -> None:
    """Warnings before the JSON of every answer, a failed one too, are peeled off."""
    async with served_eve(php_warnings=True, edition=edition) as server, a_client(server) as client:
        assert [one.name for one in await client.nodes(LAB)] == ["r1", "r2", "r3"]
        with pytest.raises(HttpError) as caught:
            await client.lab("/nope.unl")
        assert (caught.value.kind, reason_of(caught.value)) == ("missing", "Lab does not exist")


async def test_an_empty_list_is_an_empty_map() -> None:
    """`[]` for `{}` is nothing: no nodes, no networks, no running labs."""
    async with served_eve(edition="pro") as server, a_client(server) as client:
        server.state.runs.clear()
        empty = "/team/training/first-steps.unl"
        assert await client.nodes(empty) == ()
        assert await client.networks(empty) == ()
        assert await client.topology(empty) == ()
        assert await client.running() == ()


async def test_interfaces_as_list_or_map() -> None:
    """Interfaces are read as the list that PHP makes of them, and as a map with gaps."""
    async with served_eve() as server, a_client(server) as client:
        listed = await client.interfaces(LAB, 2)
        assert [(one.name, one.network) for one in listed][:2] == [("Gi0/0", 1), ("Gi0/1", 2)]
    told = b'{"ethernet":{"3":{"name":"e3","network_id":"7"},"5":{"name":"e5","network_id":""}}}'
    found = wire.interfaces(msgspec.Raw(told))
    assert found == (wire.Interface("e3", 7), wire.Interface("e5", 0))


async def test_success_that_is_none() -> None:
    """A failure with status 200 is a failure."""
    async with served_eve() as server, a_client(server) as client:
        with pytest.raises(HttpError, match="No configuration"):
            await client.config(LAB, 1)
        await client.acts.start(LAB, 1)
        await client.acts.keep_config(LAB, 1)
        assert (await client.config(LAB, 1)).startswith("hostname r1")


async def test_a_code_that_is_a_text() -> None:
    """The topology's code is a text; its links are read all the same."""
    async with served_eve() as server, a_client(server) as client:
        assert [(one.source, one.destination) for one in await client.topology(LAB)] == [
            ("node1", "node2"), ("node2", "node3"),
        ]  # fmt: skip


async def test_running_labs_are_asked_for_where_they_are_told() -> None:
    """Only Pro tells what runs in all pods; elsewhere nobody takes its 404 for a fault."""
    for edition, told in (("community", None), ("pro", ("olga",))):
        async with served_eve(edition=edition) as server, a_client(server) as client:
            running = await client.running()
            assert (running if running is None else tuple(one.username for one in running)) == told
            assert (await client.status()).is_pro is (edition == "pro")


def test_blanks_and_plus_in_paths() -> None:
    """A blank is `%20` and a plus itself; labs in the root have one slash, not two."""
    assert paths.lab_at("/team/dc1 evpn.unl") == "/api/labs/team/dc1%20evpn.unl"
    assert paths.lab_at("/a+b.unl") == "/api/labs/a+b.unl"
    assert paths.folder_at("/") == "/api/folders/"


@pytest.mark.parametrize(
    "path",
    ["/../../etc/passwd", "/a/../b.unl", "/bär.unl", "/a.b.unl", "/$(reboot).unl", "x.unl",
     "/[red]x.unl", "/a\x1b[2J.unl", "/a//b.unl", "/" + "a" * 2000 + ".unl", "/.unl", ""],
)  # fmt: skip
def test_paths_that_cannot_be_asked_for(path: str) -> None:
    """A path that the router does not take is not sent: it would be another request."""
    with pytest.raises(HttpError, match="cannot be asked for"):
        paths.lab_at(path)


async def test_the_walk() -> None:
    """Every folder is listed once, those above are not followed, and one that fails is told."""
    async with served_eve() as server, a_client(server) as client:
        add_lab(server.state, "/odd ones/b.c", "x", "mika", ())
        found = await walking.walk(client)
        assert found.closed == ["/odd ones/b.c"]
        assert {one.path for one in found.labs} == set(server.state.labs) - {"/odd ones/b.c/x.unl"}
        assert server.state.asked["GET /folders/{path}"] == 5
        server.chaos.add(Trouble(Kind.CUT, "/api/folders/team"))
        with pytest.raises(HttpError):
            await walking.walk(client)


async def test_the_walk_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree that never ends is looked at as far as the bound, and that is told."""
    monkeypatch.setattr(walking, "MOST_FOLDERS", 20)
    async with served_eve() as server, a_client(server) as client:
        for number in range(walking.MOST_FOLDERS + 5):
            server.state.folders.add(f"/f{number}")
        found = await walking.walk(client)
        assert (found.folders, found.is_cut) == (walking.MOST_FOLDERS, True)


async def test_ten_thousand_nodes() -> None:
    """A lab that claims ten thousand nodes is read."""
    async with served_eve() as server, a_client(server) as client:
        lab = server.state.labs[LAB]
        lab.nodes = {n: Node(n, f"n{n}", ethernet=0) for n in range(1, 10_001)}
        assert len(await client.nodes(LAB)) == 10_000


async def test_an_export_is_fetched_from_where_exports_are() -> None:
    """An archive is downloaded with the session's cookie; an address elsewhere is not followed."""
    async with served_eve() as server, a_client(server) as client:
        archive = zipfile.ZipFile(BytesIO(await client.acts.export(LAB)))
        assert archive.namelist() == ["bgp-basics.unl"]
        elsewhere = json.dumps({"code": 200, "status": "success", "data": "/Exports/../etc/x"})
        server.chaos.add(Trouble(Kind.STATUS, "/api/export", status=200, body=elsewhere))
        with pytest.raises(HttpError, match="no archive's address"):
            await client.acts.export(LAB)


@settings(max_examples=60)
@given(data=ANYTHING, before=st.sampled_from([b"", b'<br />\n<b>Notice</b>: {x} "data": 1\n']))
def test_nothing_that_is_told_is_trusted(data: object, before: bytes) -> None:
    """Whatever JSON an answer holds is read as what was expected, or is a plain error."""
    body = before + msgspec.json.encode({"code": "200", "status": "success", "data": data})
    said = read_envelope(reply(body))
    shapes = (
        wire.who,
        wire.status,
        wire.folder,
        wire.lab,
        wire.networks,
        wire.interfaces,
        wire.topology,
        wire.templates,
        wire.running,
        lambda raw: list(wire.nodes(raw)),
    )
    for shape in shapes:
        with suppress(ValueError):
            shape(said.data)


@pytest.mark.parametrize(
    "body", [b"", b"<html><title>502</title></html>", b"[]", b'{"code":', b"[" * 5000, b"\xff\xfe"]
)
def test_what_is_no_answer(body: bytes) -> None:
    """What is no envelope is an error that says what came instead."""
    with pytest.raises(HttpError, match="expected JSON"):
        read_envelope(reply(body))
