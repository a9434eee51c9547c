"""What is said of projects, their templates and their files, as whole rows of text."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from skyforge_tui.domain.identity import ProjectId, Role
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.project import ProjectKind
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.project_plan import Act, Part, Step, SyncReport
from skyforge_tui.services.projects import ProjectView
from skyforge_tui.services.standings import Standing
from skyforge_tui.tui.presenters import project_files, projects
from tests.builders import a_project
from tests.tui.pretend import EDGE, NOW, TELEMETRY, TEMPLATES, WAN, a_place
from tests.tui.row_bench import FAILED, RUNNING, table, texts, trusted


def view(project: Any, role: Role = Role.OWNER, *templates: Any) -> ProjectView:
    """Return a project as a person sees it."""
    return ProjectView(project, role, templates or TEMPLATES.get(project.id, ()))


def test_projects_as_rows() -> None:
    """A project's row says whether it is read, trusted, broken, empty, or none of one's own."""
    views = [
        view(EDGE, Role.OWNER, *trusted(*TEMPLATES[EDGE.id])),
        view(TELEMETRY, Role.EDITOR),
        view(WAN, Role.VIEWER),
        view(a_place("sandbox-jo", "", members=Members()), Role.NONE),
        view(a_place("fresh", "", seen_at=None)),
        view(a_place("notes-of-a-very-long-name", "")),
    ]
    rows = [projects.project_cells(one) for one in views]
    assert table(projects.COLUMNS, 25, *rows) == [
        "PROJECT        SYNC",
        "edge-fabric    ● in sync",
        "telemetry-poc  ? trust",
        "wan-refresh    ▲ 1 error",
        "sandbox-jo     – no role",
        "fresh          ⠹ reading",
        "notes-of…name  ○ no runs",
    ]
    assert table(projects.COLUMNS, 44, *rows) == [
        "PROJECT        ROLE    SYNC        TEMPLATES",
        "edge-fabric    owner   ● in sync           5",
        "telemetry-poc  editor  ? trust             3",
        "wan-refresh    viewer  ▲ 1 error           1",
        "sandbox-jo             – no role",
        "fresh          owner   ⠹ reading",
        "notes-of…name  owner   ○ no runs",
    ]


def on_git(**over: Any) -> Any:
    """Return a project that a server called git keeps."""
    return replace(a_project(kind=ProjectKind.GIT), id=ProjectId("git:7"), seen_at=NOW, **over)


def test_what_was_not_compared_is_not_in_sync() -> None:
    """A repository of a server is in sync once it was compared; one without a manifest is plain."""
    told = on_git(manifest=ProjectManifest(engine="emea"))
    agrees = SyncReport("git:7", "edge-fabric")
    behind = replace(agrees, left=(Step(Part.KEY, Act.CREATE, "none"),))
    views = [
        ProjectView(one, Role.OWNER, (), standing)
        for one, standing in (
            (on_git(), None), (told, None), (told, Standing(agrees, NOW)),
            (told, Standing(behind, NOW)),
        )
    ]  # fmt: skip
    rows = [projects.project_cells(one, has_twin=True) for one in views]
    assert table(projects.COLUMNS, 32, *rows)[1:] == [
        "edge-fabric git       – plain",
        "edge-fabric git       ○ not yet",
        "edge-fabric git       ● in sync",
        "edge-fabric git       ≠ drift",
    ]
    assert table(projects.COLUMNS, 25, *rows)[1] == "edge-…ric git  – plain"
    later = NOW + timedelta(minutes=4)
    wires = [texts(projects.head_lines(one, later, 67))[3:5] for one in views]
    assert all("git        ● read" in one[0] for one in wires)
    assert [" ".join(one[1].split()) for one in wires] == [
        "", "manifest emea ○ not compared", "manifest emea ● in sync 4m",
        "manifest emea ≠ drift 4m",
    ]  # fmt: skip


def test_templates_as_rows() -> None:
    """A template's row says whether it is trusted, how its last run went, and when."""
    templates = TEMPLATES[TELEMETRY.id]
    last = {templates[0].id: RUNNING, templates[2].id: FAILED}
    rows = [projects.template_cells(one, last.get(one.id), NOW) for one in templates]
    assert table(projects.TEMPLATE_COLUMNS, 46, *rows) == [
        "TEMPLATE                   TRUST      LAST",
        "playbooks/deploy.yml       ? trust    ◐ now",
        "playbooks/gnmi-check.yml   ? trust",
        "srl-telemetry              ? trust    × 58s",
    ]
    assert table(projects.TEMPLATE_COLUMNS, 67, *rows) == [
        "TEMPLATE                  TRUST      LAST       AGE  DESCRIPTION",
        "playbooks/deploy.yml      ? trust    ◐ now       4m  collectors an…",
        "playbooks/gnmi-check.yml  ? trust                    is every path…",
        "srl-telemetry             ? trust    × 58s       1d  the lab of th…",
    ]


def test_head_of_a_project() -> None:
    """The pane of a project says what it is, what one is in it, and where it is kept."""
    assert texts(projects.head_lines(view(TELEMETRY), NOW, 46)) == [
        "telemetry-poc                       you: owner",
        "streaming telemetry from SR Linux",
        "",
        "git        ● in sync      10s  main 9ab31fe",
        "local      ● this machine",
        "",
        "Templates 3                       ? 3 to trust",
    ]
    assert texts(projects.head_lines(view(a_project(seen_at=None), Role.VIEWER), NOW, 67)) == [
        "edge-fabric                                             you: viewer",
        "/srv/edge-fabric",
        "",
        "repository  git        ⠹ reading           main",
        "runs        local      ● this machine",
        "",
        "",
    ]


def test_files_of_a_project() -> None:
    """The peek shows folders first, what files are good for, and how many more there are."""
    by_path = {
        one.sources[0].path.removeprefix(f"{TELEMETRY.path}/"): one
        for one in TEMPLATES[TELEMETRY.id]
    }
    assert texts(project_files.file_lines(TELEMETRY, by_path, NOW, 20, 67)) == [
        "Repository main             mara, 2h ago: raise the scrape interval",
        "▾ netlab-labs",
        "    srl-leafspine.yml                        1.2 kB",
        "    srl-telemetry.yml                        1.4 kB",
        "▾ playbooks",
        "    deploy.yml                               3.1 kB  playbook",
        "    gnmi-check.yml                           2.2 kB  playbook",
        "▾ roles/gnmi/tasks",
        "    main.yml                                  912 B",
        "  README.md                                  4.0 kB",
        "  skyforge.toml                               618 B  ? trust",
    ]
    assert texts(project_files.file_lines(TELEMETRY, by_path, NOW, 6, 46)) == [
        "Repository main                    mara 2h ago",
        "▾ netlab-labs",
        "    srl-leafspine.yml",
        "    srl-telemetry.yml",
        "  5 more files",
    ]
    narrow = texts(project_files.file_lines(TELEMETRY, by_path, NOW, 2, 26))[0]
    assert narrow == "Repository main   mara 2h…"


def test_problems_of_a_project() -> None:
    """What could not be read is said with where it is and what to do."""
    assert texts(project_files.notice_lines(WAN, 46)) == [
        '▲ template 2: unknown key "comand"',
        "  /srv/net/wan-refresh/skyforge.toml:7",
        '  did you mean "command"?',
    ]
