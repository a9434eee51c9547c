"""Connecting as lines: the steps as they go, what is asked, what was found. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from skyforge_tui.domain.connection import (
    BY_SSH,
    Found,
    Given,
    Server,
    Step,
    StepReport,
    StepState,
)
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof, Question
from skyforge_tui.domain.template import FieldKind, SurveyField
from skyforge_tui.tui.presenters import glyphs
from skyforge_tui.tui.presenters.cells import (
    Line,
    Span,
    Tone,
    cut_text,
    fitted,
    line,
    literal,
    wrapped,
)
from skyforge_tui.tui.presenters.headless import Connect
from skyforge_tui.tui.presenters.tones import StateLook

LABEL = 14
"""How many cells the name of a step takes."""
GUARDS = ("normal", "confirm", "read-only")
_LOOKS: Mapping[StepState, StateLook] = {
    StepState.WAITING: StateLook(glyphs.QUEUED, "", "muted", "muted"),
    StepState.RUNNING: StateLook(glyphs.PENDING, "", "spin"),
    StepState.DONE: StateLook(glyphs.PASSED, "", "ok"),
    StepState.CAUTION: StateLook(glyphs.PARTIAL, "", "warn", "warn"),
    StepState.FAILED: StateLook(glyphs.FAILED, "", "bad", "bad", bold=True),
    StepState.SKIPPED: StateLook(glyphs.NONE, "", "muted", "muted"),
}
_MOST_ROWS = {StepState.FAILED: 4, StepState.CAUTION: 2}
_OF_HOST_KEY = "SHA256:"
_TITLES = {
    Proof.PASSWORD: "password",
    Proof.TOKEN: "token, or password",
    Proof.TOTP: "code of the app",
    Proof.EMAIL_CODE: "code by e-mail",
    Proof.PASSPHRASE: "passphrase",
    Proof.REPLY: "answer",
}


def fields(server: Server, places: Sequence[str]) -> tuple[SurveyField, ...]:
    """Return what is asked about a server; `places` are where a token can be kept."""
    if server.kind == "s3":
        return _bucket_fields(server, places)
    if server.kind == "eve":
        return _eve_fields(server, places)
    if server.kind in BY_SSH:
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
    others = ("token", "authority")
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
            "authority", text, server.ca_file,
            description="file with the certificate of one's own authority",
        ),
    )  # fmt: skip


def server_of(before: Server, answers: Mapping[str, str]) -> Server:
    """Return the server that the answers describe; whom to believe is looked at anew elsewhere."""
    address, ca_file = answers["address"].strip(), answers.get("authority", "").strip()
    is_same = address == before.address and ca_file == before.ca_file
    return Server(
        kind=before.kind,
        name=answers["name"].strip(),
        address=address,
        username=answers["user"].strip(),
        token_ref=before.token_ref,
        password_ref=before.password_ref,
        ca_file=ca_file,
        fingerprint=before.fingerprint if is_same else "",
        verify=before.verify or not is_same,
        proxy=before.proxy,
        jump=answers.get("jump", "").strip(),
        key=answers.get("key", "").strip(),
        known_hosts=before.known_hosts,
        guard=answers["guard"],
        region=before.region,
        is_path_style=before.is_path_style,
    )


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
    }
    if answers.get("token"):
        options["--token-ref"] = "env:TOKEN"
    elif answers.get("password"):
        options["--password-ref"] = "env:PASSWORD"
    given = tuple((name, value) for name, value in options.items() if value)
    return Connect(server.kind, server.address, given)


def step_lines(reports: Mapping[Step, StepReport], width: int) -> list[Line]:
    """Return every step with how it went, in `width` cells."""
    rows: list[Line] = []
    for step in Step:
        report = reports.get(step, StepReport(step, StepState.WAITING))
        look = _LOOKS[report.state]
        tone: Tone = "muted" if report.state is StepState.WAITING else "text"
        head = line(fitted(look.line, 2), fitted((Span(str(step), tone),), LABEL))
        room = max(8, width - LABEL - 2)
        words = wrapped(literal(report.words), room, _MOST_ROWS.get(report.state, 2))
        rows.append(line(head, words[0] if words else ""))
        blank = " " * (LABEL + 2)
        rows += [line(blank, word) for word in words[1:]]
        if report.advice and report.state in _MOST_ROWS:
            rows += [
                line(blank, Span(word, "muted"))
                for word in wrapped(literal(report.advice), room, 3)
            ]
    return rows


def question_lines(why: str, width: int) -> list[Line]:
    """Return what a server wants to know."""
    return [(Span(word, "text"),) for word in wrapped(_sentence(why), width, 3)]


def proof_title(wanted: Proof) -> str:
    """Return what is to be typed."""
    return _TITLES[wanted]


def certificate_lines(fingerprint: str, words: str, width: int) -> list[Line]:
    """Return what is known of a certificate, or a host key, that nobody vouches for."""
    if fingerprint.startswith(_OF_HOST_KEY):
        return host_key_lines(fingerprint, words, width)
    pairs = [fingerprint[at : at + 2].upper() for at in range(0, len(fingerprint), 2)]
    half = len(pairs) // 2
    said = words.partition(", SHA-256 ")[0]
    return [
        *((Span(word),) for word in wrapped(_sentence(said), width, 4)),
        (),
        (Span("SHA-256  ", "muted"), Span(cut_text(":".join(pairs[:half]), width - 9), "strong")),
        (Span("         "), Span(cut_text(":".join(pairs[half:]), width - 9), "strong")),
        (),
        (Span("Compare it with the one that whoever runs the server gives you.", "muted"),),
    ]


def host_key_lines(fingerprint: str, words: str, width: int) -> list[Line]:
    """Return what is known of the key of a host that was never met."""
    said = words.partition(f" is {_OF_HOST_KEY}")[0]
    return [
        *((Span(word),) for word in wrapped(_sentence(said), width, 3)),
        (),
        (Span(cut_text(literal(fingerprint), width), "strong"),),
        (),
        (Span("Compare it with the one that whoever runs the host gives you:", "muted"),),
        (Span("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub tells it there.", "muted"),),
    ]


def sign_in_title(question: Question) -> str:
    """Return which server asks whom."""
    if question.wanted is Proof.HOST_KEY:
        return f"Is this {question.upstream}?"
    who = f" as {question.username}" if question.username else ""
    return f"Sign in to {question.upstream}{who}"


def connected_words(found: Found) -> str:
    """Say in a line what one is connected to now."""
    server = found.server
    return f"{server.name} is connected as {found.identity}: {found.rights}"


def _sentence(words: str) -> str:
    said = literal(words)
    return f"{said[:1].upper()}{said[1:].rstrip('.')}."
