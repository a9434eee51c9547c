"""What is executed for topologies, roots, targets, and the options of playbooks."""

from __future__ import annotations

import json

import pytest

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.launch import Launch, build
from skyforge_tui.domain.template import FieldKind, SurveyField, Template, TemplateKind
from skyforge_tui.domain.tool_actions import (
    CONTAINERLAB_SURVEY,
    NETLAB_SURVEY,
    TERRAFORM_SURVEY,
)
from tests.builders import a_template

NETLAB = a_template(
    kind=TemplateKind.NETLAB,
    command=("netlab", "{action}", "dc1.yml"),
    survey=NETLAB_SURVEY,
    environment={"PYTHONUNBUFFERED": "1"},
)
CLAB = a_template(
    kind=TemplateKind.CONTAINERLAB,
    command=("containerlab", "{action}", "-t", "x.clab.yml"),
    survey=CONTAINERLAB_SURVEY,
)
TOFU = a_template(
    kind=TemplateKind.TERRAFORM, command=("tofu", "{action}"), survey=TERRAFORM_SURVEY
)


def _launch(template: Template, **answers: str) -> Launch:
    return build(template, *template.checked_answers(answers))


@pytest.mark.parametrize(
    ("answers", "words", "artifacts"),
    [
        ({}, "up dc1.yml", ()),
        ({"action": "create"}, "create dc1.yml", ()),
        ({"action": "down"}, "down", ()),
        ({"action": "down", "cleanup": "yes"}, "down --cleanup", ()),
        ({"action": "restart"}, "restart", ()),
        ({"action": "validate"}, "validate", ()),
        ({"action": "status"}, "status", ()),
        ({"action": "collect"}, "collect -o configs", ("configs/*",)),
        ({"action": "graph"}, "graph --topology dc1.yml graph.dot", ("graph.dot",)),
        (
            {"action": "report", "report": "addressing"},
            "report --topology dc1.yml addressing",
            (),
        ),
        (
            {"action": "report", "report": "wiring.html"},
            "report --topology dc1.yml wiring.html wiring.html",
            ("wiring.html",),
        ),
    ],
)
def test_every_action_of_netlab_is_its_command(
    answers: dict[str, str], words: str, artifacts: tuple[str, ...]
) -> None:
    """Up, create, graph and report name the topology; the rest concerns the lab of the folder."""
    launch = _launch(NETLAB, **answers)
    assert (launch.command, launch.environment, launch.artifacts) == (
        ("netlab", *words.split()), {"PYTHONUNBUFFERED": "1"}, artifacts,
    )  # fmt: skip


@pytest.mark.parametrize("action", ["up", "down", "restart", "create", "collect", "report"])
def test_netlab_may_ask_before_it_starts_or_ends_a_lab(action: str) -> None:
    """What starts or ends a lab has a terminal, so that its question is seen and answered."""
    answers = {"action": action} | ({"report": "addressing"} if action == "report" else {})
    assert _launch(NETLAB, **answers).terminal is (action in {"up", "down", "restart"})


@pytest.mark.parametrize(
    ("answers", "words", "artifacts"),
    [
        ({}, "deploy -t x.clab.yml", 2),
        ({"reconfigure": "yes"}, "deploy -t x.clab.yml --reconfigure", 2),
        ({"action": "destroy"}, "destroy -t x.clab.yml", 0),
        ({"action": "destroy", "cleanup": "yes"}, "destroy -t x.clab.yml --cleanup", 0),
        ({"action": "redeploy", "cleanup": "yes"}, "redeploy -t x.clab.yml --cleanup", 2),
        ({"action": "inspect"}, "inspect -t x.clab.yml", 0),
        ({"action": "save"}, "save -t x.clab.yml", 0),
        ({"action": "graph"}, "graph -t x.clab.yml --dot", 1),
    ],
)
def test_every_action_of_containerlab_is_its_command(
    answers: dict[str, str], words: str, artifacts: int
) -> None:
    """Each names its topology; a graph is written, not served."""
    launch = _launch(CLAB, **answers)
    assert launch.command == ("containerlab", *words.split())
    assert len(launch.artifacts) == artifacts
    assert not launch.terminal


@pytest.mark.parametrize(
    ("answers", "words", "asks"),
    [
        ({}, "plan -input=false", False),
        ({"action": "init"}, "init -input=false", False),
        ({"action": "apply"}, "apply", True),
        ({"action": "apply", "auto_approve": "yes"}, "apply -input=false -auto-approve", False),
        ({"action": "destroy"}, "destroy", True),
        ({"action": "destroy", "auto_approve": "yes"}, "destroy -input=false -auto-approve", False),
    ],
)
def test_what_was_not_approved_is_asked_on_a_terminal(
    answers: dict[str, str], words: str, asks: bool
) -> None:
    """Without approval the tool asks before it changes anything, and can be answered."""
    launch = _launch(TOFU, **answers)
    assert (launch.command, launch.terminal) == (("tofu", *words.split()), asks)


@pytest.mark.parametrize(
    ("template", "answers", "words"),
    [
        (NETLAB, {"cleanup": "yes"}, "cleanup goes with down, not with up"),
        (NETLAB, {"report": "bgp"}, "report goes with report, not with up"),
        (NETLAB, {"action": "report"}, "takes the name of a report"),
        (NETLAB, {"action": "report", "report": "../x"}, "no name of a report"),
        (NETLAB, {"action": "report", "report": "--help"}, "no name of a report"),
        (NETLAB, {"action": "install"}, "takes one of"),
        (CLAB, {"cleanup": "yes"}, "cleanup goes with destroy or redeploy, not with deploy"),
        (CLAB, {"action": "destroy", "reconfigure": "yes"}, "reconfigure goes with deploy"),
        (TOFU, {"auto_approve": "yes"}, "auto_approve goes with apply or destroy, not with plan"),
    ],
)
def test_answers_that_do_not_go_together_are_refused(
    template: Template, answers: dict[str, str], words: str
) -> None:
    """What was asked for and means nothing is said, not left out in silence."""
    with pytest.raises(Invalid, match=words):
        _launch(template, **answers)


def test_a_target_is_made_as_it_is() -> None:
    """Nothing in a target's command is a placeholder, and nothing is added."""
    template = a_template(
        kind=TemplateKind.MAKE, command=("make", "-C", "a{b}", "deploy"), survey=()
    )
    assert _launch(template) == Launch(("make", "-C", "a{b}", "deploy"))


def _playbook(*survey: SurveyField) -> Template:
    return a_template(
        kind=TemplateKind.PLAYBOOK, command=("ansible-playbook", "site.yml"), survey=survey
    )


LIMIT = SurveyField("limit", option="--limit")
SKIP = SurveyField("skip_tags", option="--skip-tags")
CHECK = SurveyField("check", FieldKind.BOOL, "false", option="--check")


def test_options_of_a_playbook_are_given_when_they_are_answered() -> None:
    """An empty text and a no give nothing; no option is an extra variable."""
    template = _playbook(LIMIT, SKIP, CHECK)
    assert _launch(template).command == ("ansible-playbook", "site.yml")
    assert _launch(template, limit="-r1:&eu", skip_tags="a,b", check="yes").command == (
        "ansible-playbook",
        "--limit=-r1:&eu",
        "--skip-tags=a,b",
        "--check",
        "site.yml",
    )


def test_a_question_may_be_called_like_an_option() -> None:
    """Which answer is an option is told by the survey, not by its name."""
    template = _playbook(SurveyField("limit"), SurveyField("ansible_limit", option="--limit"))
    *before, flag, extra, last = _launch(template, limit="5", ansible_limit="r1").command
    assert (before, flag, last) == (["ansible-playbook", "--limit=r1"], "-e", "site.yml")
    assert json.loads(extra) == {"limit": {"__ansible_unsafe": "5"}}


def test_a_template_decides_where_its_kind_does_not() -> None:
    """Terminal and artifacts of playbooks and commands are the template's own."""
    for kind in (TemplateKind.PLAYBOOK, TemplateKind.COMMAND):
        template = a_template(
            kind=kind, command=("x", "y"), survey=(), terminal=True, artifacts=("out/*",)
        )
        launch = _launch(template)
        assert (launch.terminal, launch.artifacts) == (True, ("out/*",))
