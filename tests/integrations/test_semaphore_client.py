"""The Semaphore client against the pretend server of several ages, and against odd answers."""

from __future__ import annotations

import json

import pytest

from skyforge_tui.demo.clock import HandClock
from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.integrations.semaphore.task_wire import Frame, StartTask, frame
from skyforge_tui.integrations.semaphore.wire import Template
from tests.estates import served_semaphore
from tests.loopback import Asked, reply, script, serving
from tests.semaphores import client_at, client_of

AGES = ("2.8", "2.10", "2.12", "2.16", "2.18")


async def greet_of(client: SemaphoreClient, project: int = 1) -> Template:
    """Return the template that says hello."""
    (greet,) = [one for one in (await client.templates(project)).items if one.name == "Greet"]
    return greet


async def advance(server: SemaphoreServer, seconds: float) -> None:
    """Let time pass in the pretend world."""
    clock = server.estate.clock
    assert isinstance(clock, HandClock)
    await clock.advance(seconds)


@pytest.mark.parametrize("version", AGES)
async def test_every_age_is_spoken_with(version: str) -> None:
    """From the oldest to the newest version, identity, projects and what they hold are read."""
    async with served_semaphore(version) as server, client_of(server, "mika") as client:
        await client.ping()
        assert (await client.info()).version.startswith(version)
        me = await client.user()
        assert (me.username, me.admin) == ("mika", False)
        (project,) = [one for one in (await client.projects()).items if one.name == "edge-fabric"]
        granted = await client.role(project.id)
        assert (granted.role, granted.permissions) == ("manager", 5)
        template = await greet_of(client, project.id)
        inventories = {one.id for one in (await client.inventories(project.id)).items}
        repositories = {one.id for one in (await client.repositories(project.id)).items}
        assert template.inventory_id in inventories
        assert template.repository_id in repositories
        assert {one.username for one in (await client.members(project.id)).items} >= {"mika"}
        assert await client.template(project.id, template.id) == template
        assert (await client.schedules(project.id)).unreadable == ()


async def test_html_instead_of_json_is_named() -> None:
    """Without /api the server answers with its page for browsers: that is said, not parsed."""
    async with (
        served_semaphore() as server,
        client_at(server.url, server.token("mika")) as client,
    ):
        with pytest.raises(TransportError, match="a web page") as caught:
            await client.projects()
        assert caught.value.kind == "unreadable"
        with pytest.raises(TransportError):
            await client.ping()


@pytest.mark.parametrize("version", ["2.10", "2.16"])
async def test_creating_without_an_answer_finds_the_id(version: str) -> None:
    """Keys are made without telling their id up to 2.10: it is looked up by name."""
    async with served_semaphore(version) as server, client_of(server) as client:
        first = await client.create(1, "keys", {"name": "ours", "type": "none"})
        second = await client.create(1, "keys", {"name": "ours", "type": "none"})
        assert second > first
        assert {one.id for one in (await client.keys(1)).items} >= {first, second}


async def test_what_is_not_named_is_not_reset() -> None:
    """Changing one field of a thing keeps all others, though a PUT replaces everything."""
    async with served_semaphore() as server, client_of(server) as client:
        before = await greet_of(client)
        await client.change(1, "templates", before.id, {"description": "says hello"})
        after = await client.template(1, before.id)
        assert after.description == "says hello"
        before.description = "says hello"
        assert after == before


async def test_variable_groups_are_read_from_either_field() -> None:
    """The newest versions list the variable groups of a template, older ones name one."""
    for version in ("2.16", "2.18"):
        async with served_semaphore(version) as server, client_of(server) as client:
            (group_id,) = (await greet_of(client)).variable_group_ids
            groups = {one.id: one.name for one in (await client.environments(1)).items}
            assert groups[group_id] == "defaults"


@pytest.mark.parametrize("version", ["2.8", "2.10", "2.16"])
async def test_a_task_is_started_seen_and_stopped(version: str) -> None:
    """A task is started with variables, listed, told live, stopped, and its output read."""
    async with served_semaphore(version) as server, client_of(server, "rosa") as client:
        async with client.tasks.socket() as socket:
            variables = json.dumps({"who": "you"})
            greet = (await greet_of(client)).id
            start = StartTask(project_id=1, template_id=greet, message="hi", environment=variables)
            task = await client.tasks.start(start)
            assert (task.status, task.message, task.environment) == ("waiting", "hi", variables)
            listed, has_more = await client.tasks.last(1, 5)
            assert [one.id for one in listed.items] == [task.id]
            assert has_more is None
            assert listed.items[0].tpl_alias == "Greet"
            while (await client.tasks.get(1, task.id)).status != "running":
                await advance(server, 0.5)
            await client.tasks.stop(1, task.id, force=False)
            await advance(server, 6)
            frames: list[Frame] = []
            while not frames or frames[-1].end is None:
                told = frame(await socket.receive())
                assert told is not None
                frames.append(told)
        assert (await client.tasks.get(1, task.id)).status == "stopped"
        rows = await client.tasks.output(1, task.id)
        assert [row.output for row in rows] == [one.output for one in frames if one.type == "log"]
        assert [row.time for row in rows] == [one.time for one in frames if one.type == "log"]


async def test_what_old_versions_do_not_know_is_none() -> None:
    """Stages, hosts and errors are None where the server does not tell them."""
    for version, knows in (("2.10", False), ("2.16", True)):
        async with served_semaphore(version) as server, client_of(server) as client:
            greet = (await greet_of(client)).id
            task = await client.tasks.start(StartTask(project_id=1, template_id=greet))
            await advance(server, 60)
            answers = [
                await client.tasks.stages(1, task.id),
                await client.tasks.hosts(1, task.id),
                await client.tasks.errors(1, task.id),
            ]
            assert [one is not None for one in answers] == [knows] * 3
            if not knows:
                with pytest.raises(TransportError) as caught:
                    async with client.tasks.raw_output(1, task.id):
                        pass
                assert caught.value.kind == "missing"
                continue
            async with client.tasks.raw_output(1, task.id) as chunks:
                text = b"".join([chunk async for chunk in chunks]).decode()
            assert text.splitlines()[0].endswith("added to queue")
            assert "\x1b" not in text


async def test_an_unknown_task_is_missing_not_an_error_of_the_server() -> None:
    """A 400 for a task and a 404 for a project both mean that it is not there for us."""
    async with served_semaphore() as server, client_of(server, "nick") as outsider:
        with pytest.raises(TransportError) as caught:
            await outsider.role(1)
        assert caught.value.kind == "missing"
        async with client_of(server) as client:
            with pytest.raises(TransportError) as caught:
                await client.tasks.get(1, 999)
            assert caught.value.kind == "missing"


async def test_a_start_is_never_repeated_by_itself() -> None:
    """When the answer to a start is lost, the start is not sent again."""
    async with serving(script(b"")) as server, client_at(server.url, "t") as client:
        with pytest.raises(TransportError):
            await client.tasks.start(StartTask(project_id=1, template_id=1))
        assert len(server.asked) == 1


async def test_a_start_says_old_and_new_words() -> None:
    """What two ages want in two places is sent in both, and nothing that was not asked for."""
    answer = reply(201, {"id": 5, "status": "waiting"})
    async with serving(script(answer)) as server, client_at(server.url, "t") as client:
        await client.tasks.start(
            StartTask(
                project_id=1, template_id=2, dry_run=True, limit="leaf1",
                params={"dry_run": True, "limit": ["leaf1"]},
            )
        )  # fmt: skip
        (asked,) = server.asked
    assert asked.json() == {
        "project_id": 1, "template_id": 2, "dry_run": True, "limit": "leaf1",
        "params": {"dry_run": True, "limit": ["leaf1"]},
    }  # fmt: skip


async def test_one_bad_record_does_not_hide_the_others() -> None:
    """A record that cannot be read is named by its id; null is an empty list; more is told."""

    def answer(asked: Asked) -> bytes:
        if "/templates" in asked.path:
            return reply(200, [{"id": 1, "name": "a"}, {"id": 2, "name": ["?"]}, {"name": 4}])
        if "/tasks/last" in asked.path:
            return reply(200, [{"id": "7", "params": None}], x_has_next="true")
        return reply(200, b"null")

    async with serving(answer) as server, client_at(server.url, "t") as client:
        templates = await client.templates(1)
        assert [one.name for one in templates.items] == ["a"]
        assert templates.unreadable == (2, 0)
        tasks, has_more = await client.tasks.last(1, 20, before=99)
        assert ([one.id for one in tasks.items], has_more) == ([7], True)
        assert server.asked[-1].path == "/project/1/tasks/last?limit=20&count=20&before=99"
        assert await client.tasks.output(1, 7) == []
        assert (await client.keys(1)).items == ()


def test_only_known_frames_are_taken() -> None:
    """Frames of other types, broken ones and what is no frame are none."""
    told = frame(b'{"type":"log","output":"x","time":"2025-03-02T10:00:01.123456789+01:00"}')
    assert told is not None
    assert told.output == "x"
    for odd in (b"", b"[]", b'{"type":"ping"}', b'{"type":"log","output":"x"}', b"{"):
        assert frame(odd) is None
