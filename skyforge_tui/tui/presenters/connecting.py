"""Connecting as lines: the steps as they go, what is asked, what was found. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from skyforge_tui.domain.connection import (
    Found,
    Step,
    StepReport,
    StepState,
)
from skyforge_tui.domain.sign_in import Proof, Question
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
from skyforge_tui.tui.presenters.tones import StateLook

LABEL = 14
"""How many cells the name of a step takes."""
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
