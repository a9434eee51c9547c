"""What stands in the pretend company's repositories."""

from __future__ import annotations

from typing import Final

from skyforge_tui.demo.estate import Project, Recipe, Repository

CHANGES: Final = "CHANGES.md"
"""The file that every commit but the first one changes."""
_WORKFLOW: Final = """\
name: check
on: [push]
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: ansible-lint
  syntax:
    needs: lint
    runs-on: ubuntu-latest
    steps:
      - run: ansible-playbook --syntax-check site.yml
"""
_TOPOLOGY: Final = """\
defaults.device: frr
module: [ospf]
nodes: [r1, r2, r3]
links: [r1-r2, r2-r3, r1-r3]
"""


def first_files(project: Project, repository: Repository) -> dict[str, bytes]:
    """Return what the first commit of a repository holds, by path."""
    name = repository.name
    files = {
        "README.md": f"# {name}\n\n{project.description}.\n",
        ".gitea/workflows/check.yml": _WORKFLOW,
        "docs/Rückbau & Wiederanlauf (100%).md": f"# Rückbau\n\nHow {name} is taken back, step by"
        " step.\n",
    }
    if repository is project.repositories[0]:
        files["inventory/hosts.ini"] = _inventory(project)
        files["group_vars/all.yml"] = "ntp:\n  - 10.1.1.1\n  - 10.1.1.2\nwho: network\n"
        for recipe in project.recipes:
            files.setdefault(recipe.playbook, _recipe(recipe))
    else:
        files["labs/ospf triangle/topology.yml"] = _TOPOLOGY
    return {path: text.encode() for path, text in files.items()}


def changed_files(messages: list[str]) -> dict[str, bytes]:
    """Return what a commit changes: the list of all changes so far, the newest first."""
    return {CHANGES: "".join(f"- {one}\n" for one in reversed(messages)).encode()}


def _inventory(project: Project) -> str:
    groups = (f"[{name}]\n" + "".join(f"{host}\n" for host in hosts) for name, hosts in
              project.hosts.items())  # fmt: skip
    return "\n".join(groups)


def _recipe(recipe: Recipe) -> str:
    if not recipe.playbook.endswith((".yml", ".yaml")):
        return f"#!/bin/sh\n# {recipe.description or recipe.name}\necho {recipe.name}\n"
    said = recipe.description or recipe.name
    return (
        f"# {said}\n- name: {recipe.name}\n  hosts: all\n  gather_facts: false\n  tasks:\n"
        f"    - name: {recipe.name}\n      ansible.builtin.debug:\n        msg: {recipe.name}\n"
    )
