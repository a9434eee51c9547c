"""Removes a project: its place on the run engine first, its repository last.

Everything is looked at before anything goes, and nothing goes from a partial answer. As long as the
repository is there the project is listed, so that removing it again does what is left.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace

from skyforge_tui.domain.errors import Conflict, NotFound, SkyforgeError, Unavailable
from skyforge_tui.domain.guard import Guard
from skyforge_tui.domain.identity import ProjectId, Role, upstream_of
from skyforge_tui.domain.making import Draft, Follower, Outcome, Went
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.project_plan import Part
from skyforge_tui.ports.cache import RunCache
from skyforge_tui.ports.claims import Claims
from skyforge_tui.ports.project_secrets import ProjectSecrets, SecretSource
from skyforge_tui.ports.repository_keeper import RepositoryKeeper
from skyforge_tui.ports.run_host import Room, RoomContent, RunHost
from skyforge_tui.ports.sync_book import SyncBook, SyncMemory
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.project_care import CLAIM
from skyforge_tui.services.project_wishes import things_of
from skyforge_tui.services.stepping import taken

OPERATION = "project.delete"


@dataclass(frozen=True, slots=True)
class _Found:
    """What would go, step by step, and what stays."""

    draft: Draft
    rooms: Sequence[tuple[RunHost, Room]]


class Removing:
    """Looks at what belongs to projects, and removes it."""

    def __init__(
        self,
        keepers: Mapping[str, RepositoryKeeper],
        engines: Mapping[str, RunHost],
        book: SyncBook,
        secrets: SecretSource,
        runs: RunCache,
        claims: Claims,
        access: Access,
    ) -> None:
        self._keepers = keepers
        self._engines = engines
        self._book = book
        self._secrets = secrets
        self._runs = runs
        self._claims = claims
        self._access = access

    async def look(self, project: Project) -> Draft:
        """Return what would go and what stays; what could not be asked whole is an error."""
        return (await self._look(project)).draft

    async def run(self, project: Project, follower: Follower, seen: Draft | None = None) -> None:
        """Remove everything; `follower` is told of each step, and the first that fails ends it.

        Raises:
            Unavailable: not everything could be looked at; nothing was deleted.
            Conflict: more would go than was `seen`, or others write; nothing was deleted.
        """
        async with self._claims.claim(CLAIM) as is_ours:
            if not is_ours:
                raise Conflict(
                    "another program is syncing projects: nothing was deleted",
                    operation=OPERATION, advice="wait for it, then try again",
                )  # fmt: skip
            found = await self._look(project)
            _check(found.draft, seen)
            there = {one.what for one in found.draft.steps}
            for one in follower.outcomes:
                if one.is_missing and one.what not in there:
                    follower.tell(one.what, Went.WAS_SO)
            follower.expect(found.draft.steps)
            try:
                await self._remove(project, found, follower)
            except SkyforgeError:
                return  # it was told with its step

    async def _remove(self, project: Project, found: _Found, follower: Follower) -> None:
        for host, room in found.rooms:
            if follower.has_enough:
                return
            await taken(follower, _room_step(host, room), _gone(host.delete_room(room.id)))
        if follower.has_enough:
            return
        keeper, what = self._keepers[upstream_of(project.id)], repository_step(project)
        if any(one.what == what and one.is_missing for one in found.draft.steps):
            await taken(follower, what, _repository_gone(keeper, project))
        await self._book.forget(project.id)

    async def _look(self, project: Project) -> _Found:
        steps: list[Outcome] = []
        kept: list[str] = []
        errors: list[str] = []
        rooms: list[tuple[RunHost, Room]] = []
        manifest = project.manifest or ProjectManifest()
        memory = await self._book.memory(project.id)
        bare = replace(project, name=project.path.rstrip("/").rpartition("/")[2])
        secrets = await self._secrets.reading().of(bare)
        for name in dict.fromkeys(filter(None, (memory.engine, manifest.engine))):
            host = self._engines.get(name)
            if host is None:
                kept.append(f"what {name} keeps of it: that is not known here")
                continue
            try:
                found = await self._room(bare, manifest, memory, host, kept)
            except SkyforgeError as error:
                errors.append(f"{name} was not looked at: {error}")
                continue
            if found is not None:
                rooms.append((host, found[0]))
                parts = _parts(bare, manifest, secrets, found[1])
                why = await self._run_words(host, found[0])
                steps.append(Outcome(_room_step(host, found[0]), Went.LEFT, why, parts))
        try:
            steps.append(await self._repository(project))
        except SkyforgeError as error:
            errors.append(f"its repository was not looked at: {error}")
        kept += _kept(manifest)
        return _Found(Draft(tuple(steps), tuple(kept), tuple(errors)), rooms)

    async def _run_words(self, host: RunHost, room: Room) -> str:
        """Say how many runs go with a room, as far as they are known here."""
        known = await self._runs.order([ProjectId(f"{host.upstream}:{room.id}")])
        if not known.total:
            return ""
        active = sum(count for state, count in known.by_state.items() if state.is_active)
        words = "1 run goes" if known.total == 1 else f"{known.total:,} runs go"
        going_on = "1 goes on now" if active == 1 else f"{active:,} go on now"
        return f"{words} with it{f'; {going_on}' if active else ''}"

    async def _repository(self, project: Project) -> Outcome:
        keeper, what = self._keepers[upstream_of(project.id)], repository_step(project)
        try:
            people = await keeper.collaborator_names(project)
        except NotFound:
            return Outcome(what, Went.WAS_SO, "it is gone already")
        is_one = project.file_count == 1
        files = "1 file with its" if is_one else f"{project.file_count:,} files with their"
        parts = [f"{files} whole history", "issues, releases and whatever else is there"]
        if people:
            parts.append(f"access of {', '.join(sorted(people))}")
        return Outcome(what, Went.LEFT, parts=tuple(parts))

    async def _room(
        self,
        project: Project,
        manifest: ProjectManifest,
        memory: SyncMemory,
        host: RunHost,
        kept: list[str],
    ) -> tuple[Room, RoomContent] | None:
        """Return the room that is this project's alone; of others that could be it, why they stay.

        It is the one that the sync made or found, or one of its name, and holds its repository and
        no other one.
        """
        name, address = manifest.name or project.name, f"{project.path}.git"
        for room in await host.rooms():
            is_known = memory.engine == host.upstream and memory.room == room.id
            if not is_known and room.name != name:
                continue
            content = await host.look(room.id)
            urls = {
                one.fields.get("url", "")
                for (part, _), one in content.things.items()
                if part is Part.REPOSITORY
            }
            where = f"run project {room.name} ({room.id}) at {host.upstream}"
            if not (address in urls or (is_known and not urls)):
                kept.append(f"{where}: it holds no repository of this project")
            elif others := ", ".join(sorted(urls - {address})):
                kept.append(f"{where}: it serves {others} too")
            elif self._access.guard(f"{host.upstream}:") is Guard.READ_ONLY:
                kept.append(f"{where}: {host.upstream} is read-only from here")
            elif why := await _why_not(host, content):
                kept.append(f"{where}: {why}")
            else:
                return room, content
        return None


def repository_step(project: Project) -> str:
    """Return the last step, in a few words."""
    return f"repository {project.path}"


def _room_step(host: RunHost, room: Room) -> str:
    return f"run project {room.name} at {host.upstream}"


async def _gone(work: Awaitable[None]) -> Went:
    await work
    return Went.DONE


async def _repository_gone(keeper: RepositoryKeeper, project: Project) -> Went:
    try:
        await keeper.delete_repository(project)
    except Unavailable:
        if await _is_there(keeper, project):
            raise
    return Went.DONE


async def _is_there(keeper: RepositoryKeeper, project: Project) -> bool:
    """Say whether a repository is there, or may be: it could be the answer only that was lost."""
    try:
        await keeper.collaborator_names(project)
    except NotFound:
        return False
    except SkyforgeError:
        return True
    return True


def _check(draft: Draft, seen: Draft | None) -> None:
    if draft.errors:
        raise Unavailable(
            "not everything could be looked at: nothing was deleted", operation=OPERATION,
            advice="; ".join(draft.errors),
        )  # fmt: skip
    known = {one.what: set(one.parts) for one in seen.steps} if seen is not None else {}
    for one in draft.steps if seen is not None else ():
        if one.what not in known or not set(one.parts) <= known[one.what]:
            raise Conflict(
                f"{one.what} is not as it was shown any more: nothing was deleted",
                operation=OPERATION, advice="look again",
            )  # fmt: skip


async def _why_not(host: RunHost, content: RoomContent) -> str:
    """Say why one may not delete a room; empty where one may."""
    user = (await host.user()).lower()
    owners = [name for name, role in content.members.items() if role is Role.OWNER]
    if user in {one.lower() for one in owners} or await host.may_create_rooms():
        return ""
    return f"only its owners delete it: ask {', '.join(sorted(owners)) or 'an administrator'}"


def _parts(
    project: Project, manifest: ProjectManifest, secrets: ProjectSecrets, content: RoomContent
) -> tuple[str, ...]:
    """Return what goes with a room; what its manifest does not ask for is told apart."""
    ours = {
        (one.part, one.name) for one in things_of(project, manifest, "", secrets, content.things)
    }
    things = (
        f"{part} {name}" + ("" if (part, name) in ours else " (not of its manifest)")
        for part, name in sorted(content.things, key=_in_order)
    )
    people = ", ".join(sorted(content.members))
    return (
        *things,
        "its schedules, and what ran there",
        *([f"access of {people}"] if people else ()),
    )


def _in_order(key: tuple[Part, str]) -> tuple[int, str]:
    return list(Part).index(key[0]), key[1]


def _kept(manifest: ProjectManifest) -> list[str]:
    artifacts = f"artifacts below {manifest.artifacts}" if manifest.artifacts else "its artifacts"
    labs = f"labs, also at {', '.join(manifest.lab_servers)}" if manifest.lab_servers else "labs"
    made = ", ".join(one.name for one in manifest.deployments)
    labs = f"{labs}, what {made} deployed among them" if made else labs
    return [artifacts, labs, "output of its runs that was read here"]
