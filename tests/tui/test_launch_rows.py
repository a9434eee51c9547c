"""What is said before a launch, and asked before a stop, as whole rows of text."""

from __future__ import annotations

from dataclasses import replace

from skyforge_tui.domain.identity import Me
from skyforge_tui.domain.run import RunState
from skyforge_tui.domain.template import Source, TemplateKind
from skyforge_tui.domain.tool_actions import NETLAB_SURVEY
from skyforge_tui.tui.presenters import launch, runs
from skyforge_tui.tui.presenters.cells import line, text_of
from skyforge_tui.tui.presenters.headless import line_of
from tests.tui.pretend import EDGE, NETLAB_UP, NOW, a_command, a_playbook
from tests.tui.row_bench import FAILED, LARGE, LOST, RUNNING, SMALL, table, texts, trusted


def test_deck_rows() -> None:
    """The deck says what a template is, where, how it last went, or that it needs trust."""
    command, playbook = a_command(EDGE, "netlab-up"), a_playbook(EDGE, "playbooks/site.yml")
    rows = [
        {"name": line(one.name), **launch.deck_cells(one, "edge-fabric", last, NOW)}
        for one, last in (
            (command, RUNNING), (replace(playbook, kind=TemplateKind.CONTAINERLAB), None),
            (replace(*trusted(playbook), kind=TemplateKind.TERRAFORM), LOST),
        )
    ]  # fmt: skip
    assert table(launch.DECK_COLUMNS, 66, *rows) == [
        "NAME                   WHAT       WHERE           LAST        USED",
        "netlab-up              command    edge-fabric     ◐ now         4m",
        "playbooks/site.yml     clab       edge-fabric     ? trust",
        "playbooks/site.yml     terraform  edge-fabric     × lost        2h",
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
    asked = launch.trust_question([a_command(EDGE, "netlab-up", sources=sources)], line_of)
    assert asked.title == "Trust one file"
    assert texts(asked.things) == [
        "/srv/net/a b/skyforge.toml  sha256 abababababab",
    ]
    assert [(label, text_of(words)) for label, words in asked.costs] == [
        ("netlab-up", "netlab-up"),
        ("Until", "their content changes; then you are asked again"),
    ]
    assert asked.same_as == "skyforge trust '/srv/net/a b/skyforge.toml'"
