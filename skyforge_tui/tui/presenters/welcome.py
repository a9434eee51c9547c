"""The first page as lines: what was found on this machine, and the ways on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from skyforge_tui.domain.machine import Check, CheckGroup, CheckState
from skyforge_tui.tui.presenters import glyphs
from skyforge_tui.tui.presenters.cells import Line, Span, cut_line, fitted, line, literal
from skyforge_tui.tui.presenters.tones import StateLook

_STATES: Mapping[CheckState, StateLook] = {
    CheckState.OK: StateLook(glyphs.READY, "found", "ok"),
    CheckState.MISSING: StateLook(glyphs.NONE, "missing", "muted", "muted"),
    CheckState.WARNING: StateLook(glyphs.PARTIAL, "partly", "warn", "warn"),
    CheckState.ERROR: StateLook(glyphs.FAILED, "broken", "bad", "bad", bold=True),
    CheckState.UNKNOWN: StateLook(glyphs.UNKNOWN, "unknown", "muted", "muted"),
}
_LOOKING = StateLook(glyphs.PENDING, "looking", "spin")
_WORD, _NAME, _VERSION = 12, 14, 9
_KEY, _WAY = 7, 22
_FEW = 3
"""Findings for which the page gives up its words."""
_WAYS = 5
"""The rows of the ways on, with the blank one above."""
_SECRETS = "Secrets go to the keyring or to a file for you alone, never into that one."


def check_line(name: str, check: Check | None, width: int) -> Line:
    """Return one thing of this machine; None while one is still looking."""
    look = _LOOKING if check is None else _STATES[check.state]
    parts = [
        fitted(look.line, _WORD),
        fitted((Span(literal(name), "muted" if check is None else "text"),), _NAME),
    ]
    if check is not None:
        parts += [fitted((Span(literal(check.version)),), _VERSION), _said(check)]
    return cut_line(line(*parts), width)


def _said(check: Check) -> Line:
    """Return what matters most: what is wrong and what to do, else what it is good for."""
    quiet = check.state is CheckState.OK
    words = check.detail or check.purpose
    if check.state is CheckState.MISSING:
        words = check.purpose
    advice = "" if quiet or not check.advice else f"; {check.advice}"
    return (Span(literal(words), "text" if quiet else "muted"), Span(literal(advice), "muted"))


def is_shown(check: Check | None) -> bool:
    """Say whether a thing stands on the page: tools do, the rest where something is wrong."""
    if check is None:
        return False
    return check.group is CheckGroup.TOOL or check.state in (CheckState.WARNING, CheckState.ERROR)


def page_lines(
    tools: Sequence[str],
    checks: Mapping[str, Check],
    *,
    folder: str,
    config: str,
    width: int,
    height: int,
) -> list[Line]:
    """Return the page; what does not fit of the findings is counted.

    `tools` are the names that are always shown; `checks` holds what has been found out so far.
    """
    head: list[Line] = [
        line(
            Span("skyforge", "strong", bold=True),
            Span(" runs labs and automation from one terminal.", "muted"),
        ),
        (Span("It knows no project yet. Found on this machine:", "muted"),),
        (),
    ]
    ways: list[Line] = [
        (),
        _way("enter", "make a sample project", f"in {folder}: script, playbook, topology"),
        _way("f", "use another folder", "where your projects are"),
        _way("c", "connect to a server", "Semaphore: its templates and runs, live"),
        _way("e", "write it yourself", f"{config}, with comments"),
        (),
        (Span(_SECRETS, "muted"),),
    ]  # fmt: skip
    if height < len(head) + len(ways) + _FEW:
        head, ways = head[:1], ways[:_WAYS]
    more = [name for name in checks if name not in tools and is_shown(checks[name])]
    names = [*tools, *more]
    room = max(1, height - len(head) - len(ways))
    shown = names if len(names) <= room else names[: room - 1]
    found = [check_line(name, checks.get(name), width) for name in shown]
    if len(shown) < len(names):
        left = len(names) - len(shown)
        found.append((Span(f"{left} more: skyforge doctor shows all", "muted"),))
    return [cut_line(one, width) for one in (*head, *found, *ways)]


def _way(key: str, what: str, about: str) -> Line:
    return line(
        fitted((Span(key, "strong", bold=True),), _KEY),
        fitted((Span(what),), _WAY),
        Span(f"  {literal(about)}", "muted"),
    )
