"""Fills a new Semaphore server with the company's accounts, projects and templates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from skyforge_tui.demo.clock import SECOND, written
from skyforge_tui.demo.estate import Project as Work
from skyforge_tui.demo.estate import Question, Recipe
from skyforge_tui.demo.servers.semaphore import shapes
from skyforge_tui.demo.servers.semaphore.state import Account, Room, State
from skyforge_tui.demo.servers.semaphore.things import (
    Environment,
    EnvironmentSecret,
    GitRepository,
    Inventory,
    Key,
    Schedule,
    SurveyValue,
    SurveyVar,
    Template,
    Vault,
    View,
)

if TYPE_CHECKING:
    from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer

_RUNNERS: Final = (("runner-lyon", ""), ("runner-lab", "lab"))
_YEAR: Final = 365 * 86400 * SECOND
_GROUPS: Final[dict[str, tuple[dict[str, Any], dict[str, str], tuple[tuple[str, str], ...]]]] = {
    "defaults": ({"who": "network", "ntp": ["10.1.1.1", "10.1.1.2"]}, {}, ()),
    "bgp-secrets": ({}, {}, (("var", "bgp_md5"), ("env", "VAULT_TOKEN"))),
    "cloud": ({"region": "eu-west-3"}, {"TF_IN_AUTOMATION": "1"}, (("env", "AWS_SECRET_KEY"),)),
    "labs": ({}, {"NETLAB_STATE_ROOT": "/srv/labs"}, ()),
}
"""Variables, environment, and names of secrets of every variable group."""
_OPTIONS: Final = {
    "debug": "allow_debug", "limit": "allow_override_limit", "tags": "allow_override_tags",
    "inventory": "allow_override_inventory", "auto_approve": "allow_auto_approve",
    "destroy": "allow_destroy",
}  # fmt: skip


def furnish(server: SemaphoreServer, more_templates: int = 0) -> None:
    """Fill the server; `more_templates` are added to the first project."""
    state = server.state
    begun = state.estate.clock.now() - _YEAR
    for person in state.estate.people.values():
        account = Account(state.numbers.next("user"), person, begun)
        state.accounts[account.id] = account
        server.sessions.make_token(account, server.token(person.username))
    for work in state.estate.projects:
        room = state.add_project(shapes.new_project(work.name, begun), None)
        for username, role in work.members.items():
            member = state.account(username)
            if member is not None:
                room.members[member.id] = role
        _fill(state, room, work)
    server.runners += [_runner(state, name, tag) for name, tag in _RUNNERS]
    first = next(iter(state.rooms.values()))
    pattern = next(iter(first.templates.values()))
    for number in range(1, more_templates + 1):
        copy = Template(**{name: getattr(pattern, name) for name in pattern.__struct_fields__})
        copy.name = f"Greet {number:04d}"
        state.add(first, "templates", copy)


def _runner(state: State, name: str, tag: str) -> dict[str, Any]:
    return {
        "id": state.numbers.next("runner"),
        "project_id": None,
        "webhook": "",
        "max_parallel_tasks": 4,
        "active": True,
        "name": name,
        "tag": tag,
        "touched": written(state.estate.clock.now(), 0),
    }


def _fill(state: State, room: Room, work: Work) -> None:
    room.hosts = work.hosts
    none = next(iter(room.keys.values()))
    vault = state.add(room, "keys", Key(name="vault", type="login_password"))
    state.add(room, "keys", Key(name="network-admin", type="ssh"))
    for repository in work.repositories:
        state.add(
            room,
            "repositories",
            GitRepository(
                name=repository.name,
                git_url=repository.url,
                git_branch=repository.branches[0],
                ssh_key_id=none.id,
            ),
        )
    text = _inventory(work)
    machines = state.add(
        room, "inventory", Inventory(name=work.name, inventory=text, ssh_key_id=none.id)
    )
    workspaces = {
        app: state.add(room, "inventory", Inventory(
            name=f"{app} default", inventory="default", type=f"{app}-workspace"))
        for app in sorted({one.app for one in work.recipes} & {"terraform", "tofu"})
    }  # fmt: skip
    for name in sorted({group for recipe in work.recipes for group in recipe.groups}):
        _add_group(state, room, name)
    for recipe in work.recipes:
        inventory = workspaces.get(recipe.app, machines)
        made = _template(room, recipe, inventory.id)
        made.view_id = _view(state, room, recipe.view).id
        if recipe.app == "ansible" and recipe.groups[-1] == "bgp-secrets":
            made.vaults = [Vault(state.numbers.next("vault"), vault.id, "default")]
        state.add(room, "templates", made)
        if recipe.cron:
            state.add(room, "schedules", Schedule(
                name=recipe.name, template_id=made.id, cron_format=recipe.cron, active=True
            ))  # fmt: skip


def _template(room: Room, recipe: Recipe, inventory_id: int) -> Template:
    groups = {one.name: one.id for one in room.environment.values()}
    chosen = [groups[name] for name in recipe.groups] or [groups["Empty"]]
    builds = {one.name: one.id for one in room.templates.values()}
    return Template(
        name=recipe.name,
        playbook=recipe.playbook,
        app=recipe.app,
        description=recipe.description or None,
        type=recipe.kind,
        start_version="1.0.0" if recipe.kind == "build" else None,
        autorun=bool(recipe.builds),
        build_template_id=builds.get(recipe.builds),
        inventory_id=inventory_id,
        repository_id=next(iter(room.repositories)),
        environment_id=chosen[0],
        environment_ids=chosen,
        arguments="[]",
        survey_vars=[_survey_var(one) for one in recipe.questions],
        allow_override_args_in_task="args" in recipe.takes,
        allow_override_branch_in_task="branch" in recipe.takes,
        allow_parallel_tasks=recipe.is_parallel,
        task_params={_OPTIONS[one]: True for one in recipe.takes if one in _OPTIONS},
    )


def _survey_var(question: Question) -> SurveyVar:
    return SurveyVar(
        name=question.name,
        title=question.title,
        required=question.is_required,
        type=question.type,
        description=question.description,
        values=[SurveyValue(label, value) for label, value in question.choices],
        default_value=question.default,
    )


def _add_group(state: State, room: Room, name: str) -> None:
    variables, environment, names = _GROUPS[name]
    secrets = [
        EnvironmentSecret(state.numbers.next("secret"), kind, secret, "well kept")
        for kind, secret in names
    ]
    state.add(room, "environment", Environment(
        name=name, json=json.dumps(variables), env=json.dumps(environment), secrets=secrets
    ))  # fmt: skip


def _view(state: State, room: Room, title: str) -> View:
    for view in room.views.values():
        if view.title == title:
            return view
    return state.add(room, "views", View(title=title, position=len(room.views)))


def _inventory(work: Work) -> str:
    """Return the machines as an inventory file."""
    return "\n".join(
        f"[{group}]\n" + "\n".join(hosts) + "\n" for group, hosts in work.hosts.items()
    )
