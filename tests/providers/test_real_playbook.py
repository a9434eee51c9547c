"""A real Ansible gets the answers that were given, and nothing else sees the secret ones."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from skyforge_tui.domain.launch import build
from skyforge_tui.domain.template import TemplateKind
from skyforge_tui.integrations.process import run
from skyforge_tui.providers.repositories.local import LocalRepositoryHost
from tests.worktrees import write

PLAYBOOK = """\
- hosts: localhost
  connection: local
  gather_facts: false
  vars_prompt:
    - {name: who, private: no, default: nobody}
    - {name: spare, private: no, default: "5"}
    - {name: password}
    - {name: empty}
  tasks:
    - ansible.builtin.copy:
        content: "{{ [who, spare, password, empty] | to_json }}"
        dest: "{{ playbook_dir }}/out.json"
        mode: "0600"
"""


@pytest.mark.real
async def test_plain_and_secret_answers_arrive_as_they_were_given(
    tmp_path: Path, real_program: Callable[[str], Path]
) -> None:
    """Braces, quotes, line feeds and umlauts are neither computed nor lost; nothing is asked."""
    program = real_program("ansible-playbook")
    write(tmp_path, {"site.yml": PLAYBOOK})
    host = LocalRepositoryHost([tmp_path], "ada")
    (project,) = (await host.list_projects()).projects
    (template,) = (await host.read_project(project)).templates
    assert (template.kind, template.terminal) == (TemplateKind.PLAYBOOK, False)

    plain_answer = "a {{ 1 + 1 }} {% raw %} \"q\" 'p' \\n ü ☃ $HOME @x"
    secret_answer = "s3cr{{ 2 * 3 }}t \"q\" 'p'\nsecond line ü"
    plain, secret = template.checked_answers({"who": plain_answer, "password": secret_answer})
    launch = build(template, plain, secret)
    assert "s3cr" not in repr((launch.command, launch.environment))

    done = await run(
        [str(program), *launch.command[1:]],
        cwd=template.directory,
        env={
            **os.environ,
            **launch.environment,
            **launch.secret_environment,
            "ANSIBLE_LOCAL_TEMP": str(tmp_path / "tmp"),
            "ANSIBLE_HOME": str(tmp_path / "home"),
        },
        timeout_s=100,
    )
    assert done.exit_code == 0, done.stdout + done.stderr
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == [
        plain_answer,
        "5",
        secret_answer,
        "",
    ]
    assert b"Not prompting" not in done.stderr
    assert b"s3cr" not in done.stdout + done.stderr
