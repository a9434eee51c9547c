"""`skyforge config`: what is configured, where it comes from, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from skyforge_tui.cli.answers import answer, narrate, rows

if TYPE_CHECKING:
    from skyforge_tui.settings.load import Loaded

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


@click.group()
def config() -> None:
    """Show and check the configuration. Every command exits 2 when something is wrong with it."""


@config.command()
@click.option("--origin", "with_origin", is_flag=True, help="Say where each value comes from.")
@_as_json
@click.pass_context
def show(ctx: click.Context, with_origin: bool, as_json: bool) -> None:
    """Show every value in force; of secrets, where they lie."""
    loaded = _load(ctx)
    values = [
        {"key": _dotted(path), "value": value}
        | ({"origin": str(loaded.origins[path])} if with_origin else {})
        for path, value in loaded.values().items()
    ]
    document = {
        "config": str(loaded.config_path),
        "profile": loaded.settings.profile,
        "values": values,
    }
    answer(document, as_json=as_json, table=lambda: _listing(values, with_origin))
    _leave(ctx, loaded)


@config.command()
@_as_json
@click.pass_context
def validate(ctx: click.Context, as_json: bool) -> None:
    """Name every mistake with its place and what was probably meant, or say ok."""
    loaded = _load(ctx)
    document = {
        "ok": not loaded.complaints,
        "complaints": [
            {"where": one.where, "message": one.message, "suggestion": one.suggestion or None}
            for one in loaded.complaints
        ],
    }
    lines = [str(complaint) for complaint in loaded.complaints] or ["ok"]
    answer(document, as_json=as_json, table=lambda: lines)
    ctx.exit(2 if loaded.complaints else 0)


@config.command()
@_as_json
@click.pass_context
def path(ctx: click.Context, as_json: bool) -> None:
    """Show the files and folders in use."""
    loaded = _load(ctx)
    settings = loaded.settings
    document = {
        "config": str(loaded.config_path),
        "config_exists": loaded.config_exists,
        "state_dir": str(settings.state_dir),
        "cache_dir": str(settings.cache_dir),
        "roots": [str(root) for root in settings.workspace.roots],
    }
    places = [
        ("config", loaded.config_path),
        ("state_dir", settings.state_dir),
        ("cache_dir", settings.cache_dir),
        *(("root", root) for root in settings.workspace.roots),
    ]
    answer(
        document,
        as_json=as_json,
        table=lambda: rows(
            ("WHAT", "PATH", ""),
            [(what, str(place), "" if place.exists() else "missing") for what, place in places],
        ),
    )
    _leave(ctx, loaded)


@config.command()
@_as_json
@click.pass_context
def keys(ctx: click.Context, as_json: bool) -> None:
    """Show the keys in force, and where two want the same one."""
    from skyforge_tui.settings.keys import keymap_of
    from skyforge_tui.tui.commands import COMMANDS
    from skyforge_tui.tui.keymap import shown_key

    loaded = _load(ctx)
    keymap = keymap_of(loaded.settings)
    commands = [
        {
            "command": one.id,
            "keys": [shown_key(key) for key in keymap.keys_of(one.id)],
            "default": [shown_key(key) for key in one.keys],
            "places": sorted(one.places),
            "origin": str(loaded.origins.get(("keys", one.id), "default")),
            "help": one.help,
        }
        for one in COMMANDS
    ]
    hotkeys = [
        {"key": shown_key(key), "template": one.template, "answers": dict(one.answers)}
        for key, one in keymap.hotkeys.items()
    ]
    problems = [
        {"table": one.table, "entry": one.entry, "fault": one.fault, "message": one.message,
         "other": one.other or None, "place": one.place or None}
        for one in keymap.problems
    ]  # fmt: skip
    document = {"commands": commands, "hotkeys": hotkeys, "problems": problems}
    answer(document, as_json=as_json, table=lambda: _key_listing(commands, hotkeys))
    _leave(ctx, loaded)


def _key_listing(commands: list[dict[str, Any]], hotkeys: list[dict[str, Any]]) -> Iterable[str]:
    body = [
        (" ".join(one["keys"]) or "-", one["command"], ", ".join(one["places"]) or "everywhere",
         one["origin"])
        for one in commands
    ]  # fmt: skip
    body += [(one["key"], f"card of {one['template']}", "everywhere", "hotkeys") for one in hotkeys]
    return rows(("KEY", "COMMAND", "PLACES", "ORIGIN"), body)


@config.command("sample")
def write_sample() -> None:
    """Write a configuration to begin with: every setting, explained, none in force."""
    from skyforge_tui.settings.sample import sample

    click.echo(sample(), nl=False)


def _load(ctx: click.Context) -> Loaded:
    from skyforge_tui.settings.load import load

    return load(ctx.obj.config_path, ctx.obj.profile)


def _leave(ctx: click.Context, loaded: Loaded) -> None:
    for complaint in loaded.complaints:
        narrate(str(complaint))
    ctx.exit(2 if loaded.complaints else 0)


def _listing(values: list[dict[str, Any]], with_origin: bool) -> Iterable[str]:
    head = ("KEY", "VALUE", "ORIGIN") if with_origin else ("KEY", "VALUE")
    names = [name.lower() for name in head]
    body = [
        [_shown(value[name]) for name in names] for value in values if value["value"] is not None
    ]
    return rows(head, body)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "-"
    return str(value) or "-"


def _dotted(path: tuple[str | int, ...]) -> str:
    """Write a key path as TOML does, odd keys in quotes."""
    parts = (str(part) for part in path)
    return ".".join(part if _BARE_KEY.fullmatch(part) else f'"{part}"' for part in parts)
