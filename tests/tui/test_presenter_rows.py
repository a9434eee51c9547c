"""What lists, panes and questions say, as whole rows of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from skyforge_tui.domain.concern import Attention, Concern, Distrust, Why
from skyforge_tui.domain.freshness import UpstreamHealth, UpstreamState
from skyforge_tui.domain.identity import Me, ProjectId, Role, RunId
from skyforge_tui.domain.lab import LabState
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.project import ProjectKind
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.project_plan import Act, Part, Step, SyncReport
from skyforge_tui.domain.run import RunState
from skyforge_tui.domain.template import Source, TemplateKind
from skyforge_tui.domain.tool_actions import NETLAB_SURVEY
from skyforge_tui.services.projects import ProjectView
from skyforge_tui.services.standings import Standing
from skyforge_tui.tui.presenters import attention as attention_rows
from skyforge_tui.tui.presenters import details, launch, project_files, projects, runs
from skyforge_tui.tui.presenters.cells import Line, line, text_of
from skyforge_tui.tui.presenters.columns import Column, fit, head_line, row_line
from tests.builders import a_detail, a_project, a_run
from tests.fakes.labs import a_lab
from tests.tui.pretend import (
    EDGE,
    NETLAB_UP,
    NOW,
    TELEMETRY,
    TEMPLATES,
    WAN,
    a_command,
    a_place,
    a_playbook,
)

SMALL, LARGE = 76, 116
"""Cells for a table at 80 and at 120 columns."""


def table(columns: Sequence[Column], width: int, *rows: Mapping[str, Line]) -> list[str]:
    """Return a table as text, its titles first."""
    fitted = fit(columns, width)
    lines = [head_line(fitted), *(row_line(fitted, row) for row in rows)]
    return [text_of(one, width) for one in lines]


def texts(lines: Iterable[Line]) -> list[str]:
    """Return lines as text."""
    return [text_of(one) for one in lines]


def ago(**parts: float) -> Any:
    """Return a time before NOW."""
    return NOW - timedelta(**parts)


# Runs.

RUNNING = a_run(
    number=812, state=RunState.RUNNING, template="deploy-bgp", started_by="mara",
    created_at=ago(seconds=253), started_at=ago(seconds=252),
)  # fmt: skip
FAILED = a_run(
    number=1808, state=RunState.ERROR, template="a-very-long-name-of-a-template-pr41",
    started_by="a-long-user-name", created_at=ago(days=1), started_at=ago(days=1),
    ended_at=ago(days=1) + timedelta(seconds=58), note="exit code 137: out of memory",
)  # fmt: skip
QUEUED = a_run(number=813, state=RunState.WAITING, template="lint", created_at=ago(seconds=20))
ASKING = a_run(
    number=811, state=RunState.RUNNING, template="wan-cutover", waits_for_input=True,
    created_at=ago(minutes=11), started_at=ago(minutes=11), note="push to pe1, pe2?",
)  # fmt: skip
LOST = a_run(
    number=805, state=RunState.LOST, template="os-upgrade", created_at=ago(hours=2),
    started_at=ago(hours=2), ended_at=ago(hours=1), note="the supervisor is gone",
)  # fmt: skip
USUAL = timedelta(minutes=6, seconds=40)


def test_runs_small() -> None:
    """At 80 columns a run says state, number, name, who, when, how long and against what."""
    rows = [
        runs.run_cells(run, usual, NOW, Me("mara"))
        for run, usual in ((QUEUED, None), (RUNNING, USUAL), (FAILED, USUAL), (LOST, USUAL))
    ]
    assert table(runs.COLUMNS, SMALL, *rows) == [
        "STATE         RUN  TEMPLATE             WHO        START    TOOK  VS USUAL",
        "… queued      813  lint                 ada        14:31       –  –",
        "◐ running     812  deploy-bgp           mara       14:27   4m12s  ━━━━━───",
        "× failed     1808  a-very-long…te-pr41  a-long-…     Sun     58s  ━───────",
        "× lost        805  os-upgrade           ada        12:31      1h  ━━━━━━━━━━",
    ]


def test_runs_large() -> None:
    """At 120 columns a run also says its project, and why it deviates or how long it takes yet."""
    rows = [runs.run_cells(run, USUAL, NOW, Me("mara")) for run in (ASKING, RUNNING, FAILED)]
    assert table(runs.COLUMNS, LARGE, *rows) == [
        "STATE         RUN  TEMPLATE                PROJECT         WHO        START    TOOK  VS USUAL    NOTE",  # noqa: E501
        "? asks you    811  wan-cutover             edge-fabric     ada        14:20  11m00s  ━━━━━━━━━━  push to pe1, pe2?",  # noqa: E501
        "◐ running     812  deploy-bgp              edge-fabric     mara       14:27   4m12s  ━━━━━───    ~2m28s left",  # noqa: E501
        "× failed     1808  a-very-long-n…ate-pr41  edge-fabric     a-long-…     Sun     58s  ━───────    exit code 137: out…",  # noqa: E501
    ]


def test_tally() -> None:
    """The tally counts what is under way, and how the rest ended."""
    counts = {RunState.RUNNING: 2, RunState.WAITING: 1, RunState.SUCCESS: 1204, RunState.ERROR: 1}
    assert text_of(runs.tally_line(counts)) == "◐ 2 run  … 1 queued   ended ✓ 1,204  × 1"
    assert text_of(runs.tally_line({RunState.SUCCESS: 3})) == "ended ✓ 3"
    assert text_of(runs.tally_line({})) == ""
    asking = runs.tally_line({RunState.RUNNING: 3, RunState.LOST: 1}, asks=1)
    assert text_of(asking) == "◐ 2 run  ? 1 asks you   ended × 1 lost"


def test_status_lines() -> None:
    """The first row of a run says how it is, how long, and what is left or why it ended."""
    found = [
        text_of(runs.status_line(run, usual, NOW, wide=wide))
        for run, usual, wide in (
            (QUEUED, USUAL, False),
            (RUNNING, USUAL, False),
            (RUNNING, USUAL, True),
            (RUNNING, timedelta(seconds=60), False),
            (RUNNING, None, False),
            (ASKING, None, False),
            (FAILED, USUAL, False),
            (LOST, USUAL, False),
        )
    ]
    assert found == [
        "… queued",
        "◐ running 4m12s   ━━━━━━────   ~2m28s left",
        "◐ running 4m12s   ━━━━━━━━━─────   usual 6m40s  ~2m28s left",
        "◐ running 4m12s   ━━━━━━━━━━━━   3m12s over usual",
        "◐ running 4m12s",
        "? asks you 11m00s   waits for input: a answers it",
        "× failed 58s   exit code 137: out of memory",
        "× lost 1h   the supervisor is gone",
    ]


def test_facts_of_a_run() -> None:
    """The pane of a run says what was asked for; a secret is named and not shown."""
    detail = a_detail(run=FAILED)
    asked = replace(detail.spec, answers={"limit": "all"}, secret_names=("vault_pw",))
    detail = replace(detail, spec=asked)
    early = replace(LOST, id=RunId("local:93"), number=93)
    assert texts(runs.fact_lines(detail, [FAILED, LOST, early], NOW)) == [
        "Parameters",
        "template   a-very-long-name-of-a-template-pr41",
        "engine     local",
        "project    edge-fabric",
        "command    ansible-playbook site.yml",
        "directory  /srv/edge-fabric",
        "by         a-long-user-name Sun",
        "exit       2",
        "output     2.0 kB",
        "used       1.8s cpu, 50.3 MB",
        "",
        "Answers",
        "limit      all",
        "vault_pw   •••••• secret, not kept",
        "",
        "Before  ██",
        "× 805 lost           1h  2h",
        "×  93 lost           1h  2h",
    ]


def test_output_elsewhere_is_not_said_to_be_none() -> None:
    """How much a run wrote is told where it is known: nothing written here, unread elsewhere."""
    here = replace(LOST, log_bytes=0)
    elsewhere = replace(here, id=RunId("emea:3-805"))
    told = [
        [text_of(fact.words) for fact in details.of_run(run, None, NOW) if fact.label == "output"]
        for run in (here, elsewhere, replace(elsewhere, log_bytes=2048))
    ]
    assert told == [["0 B"], [], ["2.0 kB"]]


# Projects.


def view(project: Any, role: Role = Role.OWNER, *templates: Any) -> ProjectView:
    """Return a project as a person sees it."""
    return ProjectView(project, role, templates or TEMPLATES.get(project.id, ()))


def trusted(*templates: Any) -> tuple[Any, ...]:
    """Return templates as trusted."""
    return tuple(replace(one, is_trusted=True) for one in templates)


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


# Attention.


def test_attention_rows() -> None:
    """Every concern says how it is, what it is and why, in the columns of its neighbours."""
    distrust = Distrust(EDGE, ("/srv/net/edge-fabric/skyforge.toml",), "1")
    silent = UpstreamHealth("nl-1", "netlab", UpstreamState.ERROR, NOW - timedelta(minutes=3), "no")
    lab = a_lab(name="bgp", state=LabState.RUNNING, nodes_total=4, nodes_up=3, note="leaf1 is down")
    found = Attention((
        Concern(Why.BROKE, FAILED), Concern(Why.BROKE, silent), Concern(Why.NEEDS_ME, ASKING),
        Concern(Why.NEEDS_ME, lab), Concern(Why.NEEDS_ME, distrust), Concern(Why.NEEDS_ME, WAN),
        Concern(Why.RUNS, QUEUED), Concern(Why.RUNS, RUNNING),
    ), (Concern(Why.BROKE, LOST),))  # fmt: skip
    rows = [
        attention_rows.cells(one, {RUNNING.doing: USUAL}, NOW, Me("mara"), is_muted=False)
        for one in found.concerns
    ]
    assert attention_rows.counted(found) == "8 things, 2 broke, 1 muted"
    assert table(attention_rows.COLUMNS, SMALL, *rows)[1:] == [
        "× failed    run 1808    a-very-long-…ate-pr41     1d  exit code 137: out of…",
        "× lost      upstream    nl-1                      3m  no",
        "? asks you  run 811     wan-cutover              11m  push to pe1, pe2?",
        "▲ degraded  lab         bgp                     254d  leaf1 is down",
        "? trust     project     edge-fabric                   skyforge.toml changed",
        "▲ problem   project     wan-refresh                   template 2: unknown k…",
        "… queued    run 813     lint                     20s",
        "◐ running   run 812     deploy-bgp                4m  ━━━━──  ~2m28s left",
    ]


# Launching.


def test_deck_rows() -> None:
    """The deck says what a template is, where, how it last went, or that it needs trust."""
    command, playbook = a_command(EDGE, "netlab-up"), a_playbook(EDGE, "playbooks/site.yml")
    rows = [
        {"name": line(one.name), **launch.deck_cells(one, "edge-fabric", last, NOW)}
        for one, last in ((command, RUNNING), (playbook, None), (*trusted(playbook), LOST))
    ]
    assert table(launch.DECK_COLUMNS, 66, *rows) == [
        "NAME                   WHAT      WHERE            LAST        USED",
        "netlab-up              command   edge-fabric      ◐ now         4m",
        "playbooks/site.yml     playbook  edge-fabric      ? trust",
        "playbooks/site.yml     playbook  edge-fabric      × lost        2h",
    ]


def test_card_facts() -> None:
    """The card says where it runs, whose it is, how it usually goes, and what is executed."""
    (template,) = trusted(a_command(EDGE, "netlab-up", "bring a topology up"))
    facts = [
        *launch.card_facts(template, EDGE),
        *launch.facts_by_answers(template, [RUNNING, FAILED], {}, NOW),
    ]
    assert [(one.label, text_of(one.words), text_of(one.aside)) for one in facts] == [
        ("target", "this machine  local", ""),
        ("project", "edge-fabric  mara", "command"),
        ("about", "bring a topology up", ""),
        ("usual", "no success yet, last  × ◐", ""),
        ("runs", "netlab-up", ""),
    ]


def test_card_facts_follow_the_answers() -> None:
    """History is of the chosen action alone; the command is the one that would be executed."""
    (template,) = trusted(
        replace(
            NETLAB_UP, kind=TemplateKind.NETLAB, command=("netlab", "{action}", "my lab.yml"),
            survey=NETLAB_SURVEY,
        )
    )  # fmt: skip
    took_long = replace(FAILED, state=RunState.SUCCESS, action="up")
    for plain, usual, command in (
        ({"action": "up"}, "58s, before  ✓", "netlab up 'my lab.yml'"),
        ({"action": "collect"}, "never ran here", "netlab collect -o configs"),
        ({"action": "report"}, "never ran here", "netlab {action} 'my lab.yml'"),
    ):
        facts = launch.facts_by_answers(template, [took_long, RUNNING], plain, NOW)
        assert [text_of(one.words) for one in facts] == [usual, command]


def test_long_numbers_are_whole() -> None:
    """A number of ten figures, as servers on BoltDB give, is never cut, however narrow it is."""
    long = replace(RUNNING, number=2_147_483_602)
    for size in (SMALL, LARGE):
        (head, row) = table(runs.columns_for([long]), size, runs.run_cells(long, None, NOW, Me("")))
        assert "2147483602" in row
        assert "WHO" in head
        assert len(head) <= size
    assert runs.columns_for([RUNNING]) == runs.COLUMNS


def test_stop_question() -> None:
    """Before a run is stopped one reads what is lost, what stays, and whose it is."""
    asked = launch.stop_question(RUNNING, Me("jonas"), NOW)
    assert (asked.title, asked.go, asked.way_out) == ("Stop run 812", "stop", "let it run")
    assert texts(asked.things) == [
        "◐ deploy-bgp  edge-fabric  mara  4m12s",
    ]
    assert [(label, text_of(words)) for label, words in asked.costs] == [
        ("Lost", "unfinished tasks; nothing is rolled back"),
        ("Kept", "its output so far; r runs it again"),
        ("Not yours", "mara started it"),
        ("How", "interrupt, after 10s terminate, after 5s more kill"),
    ]


def test_trust_question() -> None:
    """Before content is trusted one reads which files, with their hashes, and what would run."""
    sources = (Source("/srv/net/a b/skyforge.toml", "ab" * 32),)
    asked = launch.trust_question([a_command(EDGE, "netlab-up", sources=sources)])
    assert asked.title == "Trust one file"
    assert texts(asked.things) == [
        "/srv/net/a b/skyforge.toml  sha256 abababababab",
    ]
    assert [(label, text_of(words)) for label, words in asked.costs] == [
        ("netlab-up", "netlab-up"),
        ("Until", "their content changes; then you are asked again"),
    ]
    assert asked.same_as == "skyforge trust '/srv/net/a b/skyforge.toml'"
