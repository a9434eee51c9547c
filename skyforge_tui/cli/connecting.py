"""Connecting without a person: steps are told on standard error, and nothing is ever asked."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from skyforge_tui.cli.answers import exit_code, narrate
from skyforge_tui.domain.connection import Found, Server, StepReport, StepState, shown_reference
from skyforge_tui.domain.errors import NotSignedIn, SkyforgeError, Untrusted
from skyforge_tui.domain.sign_in import Proof

if TYPE_CHECKING:
    from skyforge_tui.domain.hidden import Hidden

_SIGNS = {
    StepState.DONE: "ok",
    StepState.CAUTION: "but",
    StepState.FAILED: "no",
    StepState.SKIPPED: "-",
}
_OPTIONS = {
    Proof.PASSWORD: ("--password-ref", "env:NAME"),
    Proof.TOKEN: ("--token-ref", "env:NAME"),
    Proof.TOTP: ("--code", "123456"),
}
_BY_EMAIL = (
    "every try sends another code, so it cannot be said beforehand: "
    "connect in the cockpit with :connect, or by a token with --token-ref env:NAME"
)


_BY_HAND = {
    Proof.PASSPHRASE: "load the key into an agent: ssh-add FILE; or connect by :connect",
    Proof.REPLY: "connect in the cockpit with :connect, where it can be answered",
}


@dataclass
class Narration:
    """Tells every step, and refuses every question with the command that answers it.

    `command` are the words that were typed after `skyforge`, without secrets.
    """

    command: Sequence[str]
    reports: list[StepReport] = field(default_factory=list)

    def tell(self, report: StepReport) -> None:
        """Write how a step ended; a running one is over in a moment."""
        if report.state is StepState.RUNNING:
            return
        self.reports.append(report)
        # Why a step failed is said by the error that follows.
        words = "" if report.state is StepState.FAILED else report.words
        narrate(f"{_SIGNS.get(report.state, ''):<4}{report.step:<13}{words}".rstrip())
        if report.state is StepState.CAUTION and report.advice:
            narrate(f"{'':<17}{report.advice}")

    async def ask(self, wanted: Proof, why: str) -> Hidden:
        """Refuse.

        Raises:
            NotSignedIn: with the command that gives the answer beforehand, where one can.
        """
        if wanted is Proof.EMAIL_CODE:
            raise NotSignedIn(why, advice=_BY_EMAIL)
        if wanted in _BY_HAND:
            raise NotSignedIn(why, advice=_BY_HAND[wanted])
        raise NotSignedIn(why, advice=f"run: {self.with_options(*_OPTIONS[wanted])}")

    async def trust(self, fingerprint: str, words: str) -> None:
        """Refuse.

        Raises:
            Untrusted: with the command that pins the certificate.
        """
        command = self.with_options("--pin", fingerprint)
        raise Untrusted(words, advice=f"if it is the server's own, run: {command}")

    def with_options(self, *more: str) -> str:
        """Return the command that was typed, with these words more."""
        return shlex.join(["skyforge", *self.command, *more])


def plain_server(server: Server) -> dict[str, Any]:
    """Return a configured server for JSON; secrets as where they are."""
    return {
        "kind": server.kind,
        "name": server.name,
        "url": server.address,
        "username": server.username or None,
        "token": shown_reference(server.token_ref) or None,
        "password": shown_reference(server.password_ref) or None,
        "verify": server.verify,
        "ca_file": server.ca_file or None,
        "fingerprint": server.fingerprint or None,
        "jump": server.jump or None,
        "guard": server.guard,
    }


def plain_outcome(
    server: Server, narration: Narration, outcome: Found | SkyforgeError
) -> dict[str, Any]:
    """Return how connecting went, for JSON."""
    steps = [
        {"step": str(one.step), "state": str(one.state), "words": one.words, "advice": one.advice}
        for one in narration.reports
    ]
    if isinstance(outcome, SkyforgeError):
        return {
            "ok": False, "server": plain_server(server), "steps": steps,
            "error": outcome.message, "advice": outcome.advice, "exit_code": exit_code(outcome),
        }  # fmt: skip
    return {
        "ok": True,
        "server": plain_server(outcome.server),
        "steps": steps,
        "version": outcome.version,
        "identity": outcome.identity,
        "permissions": outcome.rights,
        "latency_ms": round(outcome.latency_ms, 1),
        "clock_skew_s": None if outcome.skew_s is None else round(outcome.skew_s, 1),
    }


def outcome_lines(outcome: Found) -> list[str]:
    """Return what was found, as lines."""
    skew = "unknown" if outcome.skew_s is None else f"{outcome.skew_s:+.0f} s"
    server = outcome.server
    return [
        f"{server.kind} {server.name}  {server.address}",
        f"  version      {outcome.version or 'unknown'}",
        f"  identity     {outcome.identity}",
        f"  permissions  {outcome.rights}",
        f"  latency      {outcome.latency_ms:.0f} ms",
        f"  clock        {skew}",
    ]
