"""What is asked about a server to connect to, and what the answers mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from skyforge_tui.domain.connection import BY_SSH, Given, Server
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.template import FieldKind, SurveyField
from skyforge_tui.tui.presenters.headless import Connect

INSECURE = "insecure"
GUARDS = ("normal", "confirm", "read-only")


def fields(server: Server, places: Sequence[str]) -> tuple[SurveyField, ...]:
    """Return what is asked about a server; `places` are where a token can be kept."""
    if server.kind == "s3":
        return _bucket_fields(server, places)
    if server.kind == "eve":
        return _eve_fields(server, places)
    if server.kind in BY_SSH:  # an address of its web service goes there, too
        return _host_fields(server, places)
    return _fields(server, places)


def _fields(server: Server, places: Sequence[str]) -> tuple[SurveyField, ...]:
    """Return what is asked about most servers."""
    text, secret, one_of = FieldKind.STRING, FieldKind.SECRET, FieldKind.ENUM
    keep = SurveyField(
        "keep", one_of, places[0], required=True, choices=tuple(places),
        description="where its token lies; the configuration only says where",
    )  # fmt: skip
    return (
        SurveyField(
            "address", text, server.address, required=True,
            description="where a browser finds it; any page of it will do",
        ),
        SurveyField("user", text, server.username, description="whom to sign in by password"),
        SurveyField("password", secret, description="used once, to make a token; kept nowhere"),
        SurveyField("token", secret, description="instead of name and password"),
        SurveyField(
            "name", text, server.name, description="what to call it here; after its host if empty"
        ),
        SurveyField(
            "guard", one_of, server.guard, required=True, choices=GUARDS,
            description="how careful to be there: confirm asks before anything changes",
        ),
        *((keep,) if len(places) > 1 else ()),
        SurveyField("jump", text, server.jump, description="SSH host to go through: user@host"),
        SurveyField(
            "authority", text, server.ca_file,
            description="file with the certificate of one's own authority",
        ),
        SurveyField(
            INSECURE, FieldKind.BOOL, "true" if _believes_anybody(server) else "false",
            description="believe whoever answers; its name says unchecked from then on",
        ),
    )  # fmt: skip


def _eve_fields(server: Server, places: Sequence[str]) -> tuple[SurveyField, ...]:
    """Return what is asked about an EVE-NG: there are no tokens, and one session an account."""
    words = {
        "user": "best one for skyforge alone: its session in a browser ends",
        "password": "kept, as there are no tokens",
        "keep": "where its password lies; the configuration only says where",
    }
    return tuple(
        replace(one, description=words.get(one.name, one.description), required=one.required
                or one.name == "user")
        for one in _fields(server, places)
        if one.name != "token"
    )  # fmt: skip


def _host_fields(server: Server, places: Sequence[str]) -> tuple[SurveyField, ...]:
    """Return what is asked about a host that is reached by SSH."""
    words = {
        "address": "user@host, or a name of ~/.ssh/config",
        "user": "whom to sign in; else as ~/.ssh/config says",
        "password": "only where no key is let in; kept",
        "keep": "where its password lies; the configuration only says where",
    }
    others = ("token", "authority", INSECURE)
    asked = [
        replace(one, description=words.get(one.name, one.description))
        for one in _fields(server, places)
        if one.name not in others
    ]
    key = SurveyField(
        "key", default=server.key,
        description="file of a private key; else the agent's, and those of ~/.ssh/config",
    )  # fmt: skip
    asked.insert(2, key)
    return tuple(asked)


def _bucket_fields(server: Server, places: Sequence[str]) -> tuple[SurveyField, ...]:
    """Return what is asked about a bucket."""
    text, one_of = FieldKind.STRING, FieldKind.ENUM
    keep = SurveyField(
        "keep", one_of, places[0], required=True, choices=tuple(places),
        description="where the secret key lies; the configuration only says where",
    )  # fmt: skip
    return (
        SurveyField(
            "address", text, server.address, required=True,
            description="of the bucket: https://HOST[:PORT]/BUCKET",
        ),
        SurveyField(
            "user", text, server.username,
            description="access key; empty: the environment, or ~/.aws/credentials",
        ),
        SurveyField("password", FieldKind.SECRET, description="secret key of that access key"),
        SurveyField(
            "name", text, server.name, description="what to call it here; after its host if empty"
        ),
        SurveyField(
            "guard", one_of, server.guard, required=True, choices=GUARDS,
            description="how careful to be there: read-only changes nothing",
        ),
        *((keep,) if len(places) > 1 else ()),
        SurveyField(
            "region", text, server.region, description="where its service has some; else found out"
        ),
        SurveyField(
            "style", one_of, "path" if server.is_path_style else "host", required=True,
            choices=("path", "host"),
            description="whether the bucket is a part of the path, or of the host's name",
        ),
        SurveyField("jump", text, server.jump, description="SSH host to go through: user@host"),
        SurveyField(
            "authority", text, server.ca_file,
            description="file with the certificate of one's own authority",
        ),
    )  # fmt: skip


def server_of(before: Server, answers: Mapping[str, str]) -> Server:
    """Return the server that the answers describe; whom to believe is looked at anew elsewhere."""
    address, ca_file = answers["address"].strip(), answers.get("authority", "").strip()
    is_same = address == before.address and ca_file == before.ca_file
    fingerprint = before.fingerprint if is_same else ""
    verify = before.verify or not is_same
    if answers.get(INSECURE) == "true":
        ca_file, fingerprint, verify = "", "", False  # nobody is asked to vouch
    elif INSECURE in answers and _believes_anybody(before):
        verify = True
    return Server(
        kind=before.kind,
        name=answers["name"].strip(),
        address=address,
        username=answers["user"].strip(),
        token_ref=before.token_ref,
        password_ref=before.password_ref,
        ca_file=ca_file,
        fingerprint=fingerprint,
        verify=verify,
        proxy=before.proxy,
        jump=answers.get("jump", "").strip(),
        key=answers.get("key", "").strip(),
        known_hosts=before.known_hosts,
        guard=answers["guard"],
        region=answers.get("region", before.region).strip(),
        is_path_style=answers.get("style", "path") == "path",
        credentials="" if answers["user"].strip() else before.credentials,
    )


def _believes_anybody(server: Server) -> bool:
    return not (server.verify or server.fingerprint)


def given_by(answers: Mapping[str, str]) -> Given:
    """Return what was typed to prove oneself."""
    return Given(
        token=Hidden(answers.get("token", "").strip()), password=Hidden(answers["password"])
    )


def connect_act(server: Server, answers: Mapping[str, str]) -> Connect:
    """Return the command that does the same; of secrets, variables that would hold them."""
    options = {
        "--name": server.name,
        "--user": server.username,
        "--guard": "" if server.guard == "normal" else server.guard,
        "--jump": server.jump,
        "--key": server.key,
        "--ca": server.ca_file,
        "--pin": server.fingerprint,
        "--region": server.region,
        "--credentials": server.credentials,
    }
    if answers.get("token"):
        options["--token-ref"] = "env:TOKEN"
    elif answers.get("password"):
        options["--password-ref"] = "env:PASSWORD"
    given = tuple((name, value) for name, value in options.items() if value)
    flags = (("--insecure", _believes_anybody(server)), ("--host-style", not server.is_path_style))
    said = tuple((name, "") for name, is_said in flags if is_said)
    return Connect(server.kind, server.address, (*given, *said))
