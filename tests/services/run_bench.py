"""People, projects and runs on fakes, for tests of what one may do with runs."""

from __future__ import annotations

from collections.abc import Iterable

from skyforge_tui.domain.identity import Principal, RunId
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.project import Commit
from skyforge_tui.domain.run import Run
from skyforge_tui.domain.template import FieldKind, SurveyField
from tests.builders import NOON, PROJECT_ID, a_detail, a_project, a_template
from tests.fakes.core import Core

ADA, EVE = Principal("ada"), Principal("eve")
VERA, EDITH = Principal("vera"), Principal("edith")
ROOT = Principal("root", is_admin=True)
PEOPLE = Members(viewers=frozenset({"vera"}), editors=frozenset({"edith"}))
THEIRS = a_project(path="/srv/theirs", created_by="bob")
PASSWORD = "correct horse"
SURVEY = (
    SurveyField("topology", default="topology.yml", required=True),
    SurveyField("password", FieldKind.SECRET, required=True),
    SurveyField("token", FieldKind.SECRET),
)
WITH_SECRETS = a_template(survey=SURVEY)
MANIFEST = WITH_SECRETS.sources[0].path


def local(number: int) -> RunId:
    """Return the id of a local run."""
    return RunId(f"local:{number}")


def ids_of(runs: Iterable[Run]) -> list[RunId]:
    """Return the ids, in order."""
    return [one.id for one in runs]


async def a_core() -> Core:
    """Return services with ada's project, whose template she trusts, and bob's."""
    core = Core()
    commit = Commit("c0ffee", "Add spine", "ada", NOON)
    core.host.put(a_project(members=PEOPLE, commit=commit), WITH_SECRETS)
    core.host.put(THEIRS)
    await core.catalog.read_all()
    await core.projects.trust(ADA, PROJECT_ID, WITH_SECRETS.sources)
    core.events.clear()
    return core


async def having(core: Core, *numbers: int, **over: object) -> None:
    """Let the engine hold runs that were read already."""
    for number in numbers:
        core.engine.put(a_detail(number=number, **over))
    await core.runs.refresh(ROOT, "local")
    core.events.clear()
