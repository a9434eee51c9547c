"""What is said of runs, as whole rows of text."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from skyforge_tui.domain.identity import Me, RunId
from skyforge_tui.domain.run import RunState
from skyforge_tui.tui.presenters import details, runs
from skyforge_tui.tui.presenters.cells import text_of
from tests.builders import a_detail
from tests.tui.pretend import NOW
from tests.tui.row_bench import (
    ASKING,
    FAILED,
    LARGE,
    LOST,
    QUEUED,
    RUNNING,
    SMALL,
    USUAL,
    table,
    texts,
)


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
