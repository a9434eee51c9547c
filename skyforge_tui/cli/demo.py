"""`skyforge demo`: the pretend estate, to look around in without any server."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from skyforge_tui.cli.answers import answer, guarded, narrate
from skyforge_tui.wiring.demo import ROLES, open_demo, serve_demo

_NEEDED = ("starlette", "uvicorn", "wsproto")
_DEFAULT = ParameterSource.DEFAULT

Function = TypeVar("Function", bound=Callable[..., Any])


def _options(function: Function) -> Function:
    """Add what both commands take."""
    for option in (
        click.option(
            "--as", "role", type=click.Choice(ROLES), default="owner", show_default=True,
            help="Whom the configuration signs in as.",
        ),
        click.option("--seed", type=int, default=1, show_default=True, help="Another world."),
        click.option(
            "--speed", type=click.FloatRange(min=0, min_open=True), default=1.0,
            show_default=True, help="How fast runs go.",
        ),
        click.option("--tls", is_flag=True, help="Show a certificate that nobody vouches for."),
        click.option(
            "-o", "--option", "options", metavar="SERVER.NAME=VALUE", multiple=True,
            help="How a server is, such as semaphore.version=2.10.",
        ),
    ):  # fmt: skip
        function = option(function)
    return function


@click.group(invoke_without_command=True)
@_options
@click.pass_context
def demo(
    ctx: click.Context, role: str, seed: int, speed: float, tls: bool, options: tuple[str, ...]
) -> None:
    """Open the cockpit on a pretend company, served by this machine to itself."""
    if ctx.invoked_subcommand is not None:
        given = [one for one in ctx.params if ctx.get_parameter_source(one) is not _DEFAULT]
        if given:
            raise click.UsageError(f"options go behind {ctx.invoked_subcommand}")
        return
    _need()
    arguments = ["--as", role, "--seed", str(seed), "--speed", str(speed)]
    arguments += ["--tls"] if tls else []
    arguments += [part for one in options for part in ("-o", one)]
    ctx.exit(guarded(lambda: open_demo(arguments)))


@demo.command()
@_options
@click.option("--json", "as_json", is_flag=True, help="Write one line of JSON.")
@click.option("--until-eof", is_flag=True, hidden=True)
@click.pass_context
def serve(
    ctx: click.Context, role: str, seed: int, speed: float, tls: bool, options: tuple[str, ...],
    as_json: bool, until_eof: bool,
) -> None:  # fmt: skip
    """Serve the pretend company until ended, on ports of the loopback interface only.

    Writes addresses, credentials by role, and the path of a configuration for --config.
    """
    _need()

    def tell(told: dict[str, Any]) -> None:
        answer(told, as_json=as_json, table=lambda: _lines(told))

    try:
        serve_demo(
            tell, role=role, seed=seed, speed=speed, servers=_by_server(options), tls=tls,
            until_eof=until_eof,
        )  # fmt: skip
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        narrate(f"skyforge: the estate cannot be served: {error}")
        ctx.exit(3)


def _need() -> None:
    """Refuse kindly where the extra is not installed."""
    missing = [one for one in _NEEDED if find_spec(one) is None]
    if missing:
        raise click.UsageError(
            f"the pretend estate needs {', '.join(missing)}: pip install 'skyforge-tui[demo]'"
        )


def _by_server(options: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Read options that are written as `server.name=value`."""
    found: dict[str, dict[str, Any]] = {}
    for one in options:
        name, equals, value = one.partition("=")
        server, dot, knob = name.partition(".")
        if not (equals and dot and knob):
            raise click.UsageError(f"{one!r} is not written as SERVER.NAME=VALUE")
        found.setdefault(server, {})[knob] = value
    return found


def _lines(told: dict[str, Any]) -> list[str]:
    """Return what a person wants to know."""
    lines = []
    for kind, server in told["servers"].items():
        lines.append(f"{kind}  {server['url']}")
        for role, one in server["credentials"].items():
            lines.append(f"  {role:<12} {one['username']:<8} {one['password']}")
    lines.append(f"control  {told['control']}")
    lines.append("")
    lines.append(f"skyforge --config {told['config']}")
    return lines
