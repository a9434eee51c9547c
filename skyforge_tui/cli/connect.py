"""`skyforge connect`: find a server, sign in, and write it down; it never asks anything."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from skyforge_tui.cli.answers import answer, exit_code, guarded, narrate
from skyforge_tui.cli.connecting import Narration, outcome_lines, plain_outcome
from skyforge_tui.domain.connection import KINDS, Given, Server, shown_reference
from skyforge_tui.domain.errors import Invalid, NotFound, NotSignedIn, SkyforgeError
from skyforge_tui.domain.hidden import Hidden

if TYPE_CHECKING:
    from skyforge_tui.domain.connection import Found
    from skyforge_tui.services.connections import ConnectionService

_REFERENCE = "env:NAME|file:PATH|…"


@click.command()
@click.argument("kind")
@click.argument("url", required=False)
@click.option("--name", metavar="NAME", help="What to call it; by default after its host.")
@click.option("--user", metavar="NAME", help="Whom to sign in.")
@click.option("--token-ref", metavar=_REFERENCE, help="Where a token is.")
@click.option(
    "--password-ref",
    metavar=_REFERENCE,
    help="Where the password is, with which a token is made and kept.",
)
@click.option("--code", metavar="DIGITS", help="A one-time code, if the server wants one.")
@click.option(
    "--ca",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Believe the authorities in this file, and no other.",
)
@click.option("--pin", metavar="SHA256", help="Believe this certificate, and no other.")
@click.option("--insecure", is_flag=True, help="Believe anybody; it stays visible.")
@click.option("--proxy", metavar="URL", help="Go through this proxy.")
@click.option("--region", metavar="NAME", help="Where a bucket is, if its service has regions.")
@click.option(
    "--host-style", is_flag=True, help="A bucket is a part of the host's name, not of the path."
)
@click.option(
    "--credentials",
    metavar="PLACE",
    help="Where a bucket's keys come from: profile:NAME, or instance for a machine in a cloud.",
)
@click.option("--jump", metavar="HOST", help="Go through this SSH host.")
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The private key to sign in with by SSH.",
)
@click.option("--guard", type=click.Choice(("normal", "confirm", "read-only")))
@click.option(
    "--keep",
    type=click.Choice(("keyring", "file")),
    help="Where a token is kept; by default the keyring, or a file for you alone without one.",
)
@click.option("--test", "is_test", is_flag=True, help="Connect and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def connect(ctx: click.Context, /, kind: str, url: str | None, as_json: bool, **said: Any) -> None:
    """Connect to a server of KIND at URL, and write it into the configuration.

    KIND is semaphore, gitea, eve, netlab, containerlab or s3.

    URL may be anything a browser shows of it; of a bucket it is https://HOST/BUCKET, --user its
    access key and --password-ref where the secret key is. Without URL, the configured server of
    that KIND (and --name) is signed in to again. With --test, KIND may be the name of a configured
    server.

    Secrets are never written into the configuration, only where they are.
    """
    ctx.exit(guarded(lambda: asyncio.run(_connect(ctx, kind, url, as_json, said))))


async def _connect(
    ctx: click.Context, kind: str, url: str | None, as_json: bool, said: dict[str, Any]
) -> int:
    from skyforge_tui.settings.frame import read_frame
    from skyforge_tui.wiring import current_principal
    from skyforge_tui.wiring.connections import open_connections

    service = open_connections(read_frame(ctx.obj.config_path, ctx.obj.profile))
    principal = current_principal()
    server = _with_options(await _meant(service, kind, url, said), said)
    given = Given(code=Hidden(said["code"] or ""))
    narration = Narration(_command(ctx, server, said))
    outcome: Found | SkyforgeError
    try:
        if said["is_test"]:
            outcome = await service.test(principal, server, given, narration)
        else:
            outcome = await service.connect(principal, server, given, narration, said["keep"])
    except SkyforgeError as error:
        is_said = server.token_ref or server.password_ref or server.credentials
        if isinstance(error, NotSignedIn) and not (is_said or error.advice.startswith("run: ")):
            user = () if server.username else ("--user", "NAME")
            error.advice = f"run: {narration.with_options(*user, '--password-ref', 'env:NAME')}"
        if not as_json:
            raise
        narrate(f"skyforge: {error}")
        outcome = error
    document = plain_outcome(server, narration, outcome)
    lines = [] if isinstance(outcome, SkyforgeError) else outcome_lines(outcome)
    answer(document, as_json=as_json, table=lambda: lines)
    return exit_code(outcome) if isinstance(outcome, SkyforgeError) else 0


async def _meant(
    service: ConnectionService, kind: str, url: str | None, said: dict[str, Any]
) -> Server:
    """Return the server that is meant: a new one at `url`, or one that is configured."""
    from skyforge_tui.wiring import current_principal

    principal, name = current_principal(), said["name"]
    if kind not in KINDS and url is None and name is None and said["is_test"]:
        return await service.named(principal, kind)
    if url is None:
        if name:
            return await service.named(principal, name, kind)
        known = [one for one in await service.servers(principal) if one.kind == kind]
        if len(known) == 1:
            return known[0]
        raise Invalid(
            f"say which {kind}", operation="connection.connect",
            advice=f"give its address: skyforge connect {kind} URL",
        )  # fmt: skip
    name = name or await service.suggested_name(principal, kind, url)
    try:
        return replace(await service.named(principal, name, kind), address=url)
    except NotFound:
        return Server(kind, name, url)


def _with_options(server: Server, said: dict[str, Any]) -> Server:
    """Return the server with what the options say; one way of trust replaces the others."""
    from skyforge_tui.integrations.http.tls import normal_fingerprint
    from skyforge_tui.integrations.secret_reference import SecretRef

    if sum(map(bool, (said["ca"], said["pin"], said["insecure"]))) > 1:
        raise Invalid("--ca, --pin and --insecure exclude each other")
    try:
        references: dict[str, Any] = {
            f"{key}_ref": SecretRef.parse(said[f"{key}_ref"]).text
            for key in ("token", "password")
            if said[f"{key}_ref"]
        }
        pin = said["pin"] or ""
        if pin and not server.goes_by_ssh:
            pin = normal_fingerprint(pin)
    except ValueError as error:
        raise Invalid(str(error)) from None
    if len(references) == 1:  # the one that was said replaces the other
        references = {"token_ref": "", "password_ref": "", **references}
    if said["ca"] or pin or said["insecure"]:
        ca_file = str(said["ca"].expanduser().absolute()) if said["ca"] else ""
        server = replace(server, ca_file=ca_file, fingerprint=pin, verify=not said["insecure"])
    plain: dict[str, Any] = {
        "username": said["user"], "proxy": said["proxy"], "jump": said["jump"],
        "guard": said["guard"], "region": said["region"],
        "credentials": said["credentials"],
        "key": str(said["key"].expanduser().absolute()) if said["key"] else "",
    }  # fmt: skip
    if said["credentials"]:
        server = replace(server, username="", token_ref="", password_ref="")
    elif said["user"]:
        server = replace(server, credentials="")
    if said["host_style"]:
        server = replace(server, is_path_style=False)
    return replace(server, **references, **{key: one for key, one in plain.items() if one})


def _command(ctx: click.Context, server: Server, said: dict[str, Any]) -> list[str]:
    """Return the words after `skyforge` that do the same; of secrets, where they are."""
    glob = {"--config": ctx.obj.config_path, "--profile": ctx.obj.profile}
    options = {
        "--name": server.name,
        "--user": said["user"] or server.username,
        "--token-ref": shown_reference(said["token_ref"] or ""),
        "--password-ref": shown_reference(said["password_ref"] or ""),
        "--ca": said["ca"],
        "--proxy": said["proxy"],
        "--jump": said["jump"],
        "--key": said["key"],
        "--guard": said["guard"],
        "--region": said["region"],
        "--credentials": said["credentials"],
        "--keep": said["keep"],
    }
    words = [word for name, one in glob.items() if one for word in (name, str(one))]
    words += ["connect", server.kind, server.address]
    words += [word for name, one in options.items() if one for word in (name, str(one))]
    flags = ("insecure", "host_style")
    return [*words, *(f"--{one.replace('_', '-')}" for one in flags if said[one])]
