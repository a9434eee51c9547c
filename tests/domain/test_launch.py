"""What is executed for a template and its answers."""

from __future__ import annotations

import json

import pytest

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.launch import LONGEST_ARGUMENT, build, placeholders
from skyforge_tui.domain.template import FieldKind, SurveyField, Template, TemplateKind
from tests.builders import a_template


def _command(*words: str, survey: tuple[SurveyField, ...] = ()) -> Template:
    return a_template(kind=TemplateKind.COMMAND, command=words, survey=survey)


def _playbook(*survey: SurveyField) -> Template:
    return a_template(
        kind=TemplateKind.PLAYBOOK,
        command=("ansible-playbook", "-i", "hosts", "site.yml"),
        survey=survey,
    )


def test_a_placeholder_stands_for_a_whole_argument_or_a_part_of_one() -> None:
    """An answer replaces its placeholder wherever it stands, and is never split into words."""
    template = _command("netlab", "up", "{topology}", "--set=x={value}!")
    launch = build(template, {"topology": "a b; rm -rf /", "value": "1"}, {})
    assert launch.command == ("netlab", "up", "a b; rm -rf /", "--set=x=1!")


def test_an_answer_is_not_searched_for_placeholders() -> None:
    """A brace in an answer is a brace."""
    launch = build(_command("echo", "{a}"), {"a": "{b} {{", "b": "no"}, {})
    assert launch.command == ("echo", "{b} {{")


def test_doubled_braces_are_braces() -> None:
    """`{{` and `}}` are one literal brace each."""
    launch = build(_command("awk", "{{print $1}}", "{{{a}}}"), {"a": "x"}, {})
    assert launch.command == ("awk", "{print $1}", "{x}")


@pytest.mark.parametrize("argument", ["{", "}", "{a b}", "{}", "{1}", "a{{{b"])
def test_a_lone_brace_is_refused(argument: str) -> None:
    """A brace that is neither doubled nor a placeholder is a mistake, said with its cure."""
    with pytest.raises(Invalid, match="lone") as caught:
        placeholders(argument)
    assert "{name}" in caught.value.advice


def test_placeholders_are_named_in_order() -> None:
    """The names a command asks for can be asked."""
    assert placeholders("{a}-{{b}}-{c-d}") == ("a", "c-d")


def test_answers_of_a_command_are_in_its_environment() -> None:
    """Plain answers are SKYFORGE_VAR_NAME, secret ones SKYFORGE_SECRET_NAME and set apart."""
    launch = build(_command("deploy"), {"dry-run": "true"}, {"token": "hunter2"})
    assert launch.environment == {"SKYFORGE_VAR_DRY_RUN": "true"}
    assert launch.secret_environment == {"SKYFORGE_SECRET_TOKEN": "hunter2"}


def test_a_declared_environment_is_kept() -> None:
    """What the template declares is in the environment beside the answers."""
    template = a_template(
        kind=TemplateKind.COMMAND, command=("deploy",), environment={"LANG": "C.UTF-8"}
    )
    launch = build(template, {"a": "1"}, {})
    assert launch.environment == {"LANG": "C.UTF-8", "SKYFORGE_VAR_A": "1"}


def test_a_secret_never_stands_on_a_command_line() -> None:
    """A command that asks for a secret as an argument is refused."""
    with pytest.raises(Invalid, match="secret"):
        build(_command("login", "--password={pw}"), {}, {"pw": "hunter2"})


def test_a_command_that_asks_for_no_known_answer_is_refused() -> None:
    """A placeholder without an answer is not silently left standing."""
    with pytest.raises(Invalid, match="topology"):
        build(_command("netlab", "{topology}"), {}, {})


def test_a_playbook_gets_its_answers_as_one_object_of_extra_variables() -> None:
    """Plain answers are literal for Ansible; the playbook stays the last word."""
    answers = {"who": "a {{ 1 + 1 }} 'q'"}
    launch = build(_playbook(SurveyField("who")), answers, {})
    *before, flag, extra, last = launch.command
    assert (before, flag, last) == (["ansible-playbook", "-i", "hosts"], "-e", "site.yml")
    assert json.loads(extra) == {"who": {"__ansible_unsafe": "a {{ 1 + 1 }} 'q'"}}


def test_whole_numbers_and_booleans_reach_ansible_as_such() -> None:
    """A number is a number and yes is true; an empty answer stays an empty text."""
    template = _playbook(
        SurveyField("n", FieldKind.INT), SurveyField("b", FieldKind.BOOL), SurveyField("e")
    )
    extra = build(template, {"n": "5", "b": "false", "e": ""}, {}).command[-2]
    assert json.loads(extra) == {"n": 5, "b": False, "e": {"__ansible_unsafe": ""}}


def test_a_secret_of_a_playbook_is_looked_up_in_the_environment() -> None:
    """The command line names the variable that holds the secret, never the secret."""
    template = _playbook(SurveyField("pw", FieldKind.SECRET))
    launch = build(template, {}, {"pw": "hunter2"})
    assert launch.secret_environment == {"SKYFORGE_SECRET_PW": "hunter2"}
    assert "hunter2" not in repr((launch.command, launch.environment))
    assert "SKYFORGE_SECRET_PW" in launch.command[-2]


def test_secrets_whose_names_differ_in_case_only_do_not_overwrite_each_other() -> None:
    """Two secrets never share a variable."""
    launch = build(_playbook(), {}, {"pw": "one", "PW": "two"})
    assert sorted(launch.secret_environment.values()) == ["one", "two"]


def test_a_playbook_without_questions_is_launched_as_it_is() -> None:
    """No answers, no extra variables."""
    assert build(_playbook(), {}, {}).command == ("ansible-playbook", "-i", "hosts", "site.yml")


def test_answers_too_long_for_an_argument_are_refused() -> None:
    """What no process can be given is refused before anything starts."""
    with pytest.raises(Invalid, match="bytes"):
        build(_command("echo", "{a}"), {"a": "ä" * (LONGEST_ARGUMENT // 2 + 1)}, {})
