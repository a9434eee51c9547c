"""The headless twin: every screen as a command with `--json` and stable exit codes.

Exit codes: 0 ok, 1 the thing asked about failed, 2 usage or configuration, 3 upstream unavailable,
4 refused, 5 not found, 130 interrupted. Data goes to standard output, narration to standard error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import click

from skyforge_tui import __version__

_GROUPS = {
    "artifacts": "skyforge_tui.cli.artifacts:artifacts",
    "attention": "skyforge_tui.cli.attention:attention",
    "config": "skyforge_tui.cli.config:config",
    "connect": "skyforge_tui.cli.connect:connect",
    "connections": "skyforge_tui.cli.connections:connections",
    "demo": "skyforge_tui.cli.demo:demo",
    "labs": "skyforge_tui.cli.lab_actions:labs",
    "deployments": "skyforge_tui.cli.deployments:deployments",
    "doctor": "skyforge_tui.cli.doctor:doctor",
    "projects": "skyforge_tui.cli.project_servers:projects",
    "repo": "skyforge_tui.cli.repo:repo",
    "runs": "skyforge_tui.cli.runs:runs",
    "sample": "skyforge_tui.cli.sample:sample",
    "schedules": "skyforge_tui.cli.schedules:schedules",
    "sync": "skyforge_tui.cli.sync:sync",
    "templates": "skyforge_tui.cli.templates:templates",
    "trust": "skyforge_tui.cli.trust:trust",
    "variables": "skyforge_tui.cli.variables:variables",
    "view": "skyforge_tui.cli.view:view",
}


@dataclass(frozen=True, slots=True)
class Invocation:
    """What the global options said."""

    config_path: Path | None
    profile: str | None


class LazyGroup(click.Group):
    """Loads a command's module when it is run, so that `--version` loads none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(_GROUPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load and return a command; None if there is no such one."""
        target = _GROUPS.get(cmd_name)
        if target is None:
            return None
        module, _, name = target.partition(":")
        command = getattr(import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{target} is not a command")
        return command


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--config",
    "config_path",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Read this configuration file.",
)
@click.option("--profile", metavar="NAME", help="Use this profile of the configuration.")
@click.version_option(__version__, prog_name="skyforge")
@click.pass_context
def skyforge(ctx: click.Context, config_path: Path | None, profile: str | None) -> None:
    """Run labs and automation from one terminal. Without a command, open the cockpit."""
    ctx.obj = Invocation(config_path, profile)
    if ctx.invoked_subcommand is None:
        from skyforge_tui.wiring import run_cockpit

        ctx.exit(run_cockpit(config_path, profile))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        code = skyforge.main(args=list(arguments), prog_name="skyforge", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    return code if isinstance(code, int) else 0
