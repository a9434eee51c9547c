"""Who may do what: the whole access table."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.errors import Forbidden, NotFound
from skyforge_tui.domain.identity import SYSTEM, Principal, ProjectId, Role
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.permission import NEEDS, Permission
from skyforge_tui.domain.project import Project, access_level
from skyforge_tui.services.authorization import Access, Allowed, Denied, requires
from tests.builders import PROJECT_ID, a_project

EVE = Principal("eve")
OPS = Principal("olga", groups=frozenset({"ops"}))
ROOT = Principal("root", is_admin=True)

MEMBERS = Members(
    owners=frozenset({"Olive"}),
    editors=frozenset({"Edith"}),
    viewers=frozenset({"Vera"}),
    owner_groups=frozenset({"leads"}),
    editor_groups=frozenset({"ops"}),
    viewer_groups=frozenset({"audit"}),
)


def shared(**over: object) -> Project:
    """Return ada's project with somebody in every role."""
    return a_project(**({"members": MEMBERS} | over))


def in_groups(*names: str) -> Principal:
    """Return somebody known by groups only."""
    return Principal("nemo", groups=frozenset(names))


@pytest.mark.parametrize("is_public", [False, True])
@pytest.mark.parametrize(
    ("principal", "role"),
    [
        (Principal("ada"), Role.OWNER),
        (Principal("ADA"), Role.OWNER),
        (Principal("olive"), Role.OWNER),
        (Principal("OLIVE"), Role.OWNER),
        (Principal("edith"), Role.EDITOR),
        (Principal("vera"), Role.VIEWER),
        (in_groups("leads"), Role.OWNER),
        (in_groups("ops"), Role.EDITOR),
        (in_groups("audit"), Role.VIEWER),
        (in_groups("audit", "ops", "leads"), Role.OWNER),
        (in_groups("audit", "ops"), Role.EDITOR),
        (Principal("vera", groups=frozenset({"ops"})), Role.EDITOR),
        (Principal("edith", groups=frozenset({"audit"})), Role.EDITOR),
        (ROOT, Role.ADMIN),
        (SYSTEM, Role.ADMIN),
    ],
)
def test_access_table(principal: Principal, role: Role, is_public: bool) -> None:
    """The highest role counts, by name in any case or by group; being public lowers nobody."""
    assert access_level(shared(is_public=is_public), principal) is role


def test_public_is_readable() -> None:
    """A stranger is a viewer of a public project and nothing in any other."""
    assert access_level(shared(is_public=True), EVE) is Role.VIEWER
    assert access_level(shared(), EVE) is Role.NONE
    assert access_level(shared(), in_groups("LEADS")) is Role.NONE


def test_nobody_owns_nothing() -> None:
    """Somebody without a name is not the unnamed creator of a project, nor its unnamed member."""
    nameless = a_project(created_by="", members=Members(editors=frozenset({""})))
    assert access_level(nameless, Principal("")) is Role.NONE
    assert access_level(nameless, EVE) is Role.NONE


def test_roles_are_ordered() -> None:
    """Whoever may more may all that others may."""
    assert sorted(Role) == [Role.NONE, Role.VIEWER, Role.EDITOR, Role.OWNER, Role.ADMIN]


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize(
    ("name", "role"),
    [("eve", Role.NONE), ("vera", Role.VIEWER), ("edith", Role.EDITOR), ("ada", Role.OWNER)],
)
def test_decision_follows_role(permission: Permission, name: str, role: Role) -> None:
    """A permission is given to exactly the roles from the one it needs upwards."""
    access = Access()
    access.learn([shared()])
    decision = access.decide(Principal(name), permission, PROJECT_ID)
    assert isinstance(decision, Allowed) is (role >= NEEDS[permission])


@pytest.mark.parametrize("permission", Permission)
def test_admin_may_all(permission: Permission) -> None:
    """An administrator may everything, everywhere, without a project too."""
    access = Access()
    assert access.decide(ROOT, permission, None) == Allowed()
    assert access.decide(ROOT, permission, ProjectId("local:/nowhere")) == Allowed()


def test_denial_explains() -> None:
    """A refusal says what is needed, what one is, and whom to ask."""
    access = Access()
    access.learn([shared()])
    denied = access.decide(Principal("vera"), Permission.RUN_START, PROJECT_ID)
    assert denied == Denied("needs editor in edge-fabric; you are viewer", "ask Olive")
    stranger = access.decide(EVE, Permission.RUN_READ, PROJECT_ID)
    assert stranger == Denied("needs viewer in edge-fabric; you are no role", "ask Olive")


def test_unknown_project_is_closed() -> None:
    """In a project nobody knows, nobody but an administrator may anything."""
    access = Access()
    denied = access.decide(Principal("ada"), Permission.RUN_READ, PROJECT_ID)
    assert denied == Denied("needs viewer in this project; you are no role")
    assert access.role(Principal("ada"), PROJECT_ID) is Role.NONE
    assert access.role(ROOT, PROJECT_ID) is Role.ADMIN


def test_no_project_is_denied() -> None:
    """What needs a role needs a project."""
    denied = Access().decide(Principal("ada"), Permission.RUN_START, None)
    assert isinstance(denied, Denied)
    assert Access().decide(Principal("ada"), Permission.RUN_LIST, None) == Allowed()


def test_learning_replaces() -> None:
    """What is not told again is forgotten, and its people with it."""
    access = Access()
    access.learn([shared()])
    other = a_project(path="/srv/other")
    access.learn([other])
    assert access.projects() == (other,)
    assert access.project(PROJECT_ID) is None
    assert access.role(Principal("ada"), PROJECT_ID) is Role.NONE


class DoorService:
    """A service with one door, for the guard's own tests."""

    def __init__(self) -> None:
        self.access = Access()
        self.access.learn([shared()])
        self.entered: list[tuple[str, str]] = []

    async def project_of(self, target: object) -> ProjectId:
        """Return the project of `door`; there is no other."""
        if target != "door":
            raise NotFound("no such door")
        return PROJECT_ID

    @requires(Permission.RUN_START, of="door")
    async def enter(self, principal: Principal, door: str = "door", how: str = "quietly") -> str:
        """Go through."""
        self.entered.append((principal.username, how))
        return how

    @requires(Permission.RUN_LIST)
    async def look(self, principal: Principal) -> str:
        """Look."""
        return "a door"


async def test_guard_lets_in() -> None:
    """Who may is let in, with the arguments as given, by place, by name or left out."""
    doors = DoorService()
    ada = Principal("ada")
    assert await doors.enter(ada, "door", "loudly") == "loudly"
    assert await doors.enter(ada, how="slowly", door="door") == "slowly"
    assert await doors.enter(ada) == "quietly"
    assert await doors.look(EVE) == "a door"


async def test_guard_keeps_out() -> None:
    """Who may not is refused before anything happens, and told why."""
    doors = DoorService()
    with pytest.raises(Forbidden, match="needs editor in edge-fabric; you are viewer") as refused:
        await doors.enter(Principal("vera"), "door")
    assert refused.value.operation == "run:start"
    assert refused.value.advice == "ask Olive"
    assert doors.entered == []


async def test_guard_asks_first() -> None:
    """A thing that is not there is not found, whoever asks, and the method is not run."""
    doors = DoorService()
    with pytest.raises(NotFound, match="no such door"):
        await doors.enter(Principal("ada"), "window")
    assert doors.entered == []


async def test_guard_knows_groups() -> None:
    """A role by group opens the same doors as one by name."""
    assert await DoorService().enter(OPS, "door") == "quietly"
