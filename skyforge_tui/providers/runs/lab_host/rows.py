"""What a lab host holds, as our runs. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from signal import Signals
from typing import Any, Final

from skyforge_tui.domain.identity import TemplateId
from skyforge_tui.domain.lab_host_actions import kept_globs
from skyforge_tui.domain.run import ACTION, Run, RunDetail, RunSpec, RunState
from skyforge_tui.integrations.ssh.detached import Held
from skyforge_tui.providers.runs.lab_host.names import Names

_ASKS = re.compile(rb"[?:\]>]\s*$")
_ASKS_AFTER_S: Final = 2
"""For so long nothing is written before the last line counts as a question."""
_BEGINS_WITHIN: Final = timedelta(minutes=1)
_KILLED: Final = 128
"""Above it, an exit code is that and the number of a signal."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def token_of(held: Held) -> str:
    """Return what a run was started with; zeros where that cannot be read."""
    token = held.spec.get("token")
    is_one = isinstance(token, str) and re.fullmatch(r"[0-9a-f]{16,64}", token)
    return str(token) if is_one else "0" * 16


def written(spec: RunSpec, token: str, tool: str, command: tuple[str, ...]) -> dict[str, Any]:
    """Return what a host keeps of a run: no secrets, as there are none."""
    return {
        "token": token,
        "tool": tool,
        "template_id": spec.template_id,
        "template": spec.template,
        "by": spec.started_by,
        "created_at": spec.created_at.isoformat(),
        "answers": dict(spec.answers),
        "command": list(command),
        "directory": spec.directory,
    }


def detail_of(held: Held, names: Names, now: datetime) -> RunDetail:
    """Return a run as its host tells it; what makes no sense of its spec is left out."""
    spec = _spec(held, names)
    state, note = _state(held, spec.created_at, now)
    code, killed_by = held.code, ""
    if code is not None and code > _KILLED and state is not RunState.SUCCESS:
        killed_by = _signal(code - _KILLED)
    run = Run(
        id=names.run_id(held.number, token_of(held)),
        number=held.number,
        state=state,
        template_id=spec.template_id,
        template=spec.template,
        project_id=spec.project_id,
        project=spec.project,
        started_by=spec.started_by,
        created_at=spec.created_at,
        started_at=_moment(held.started_at),
        ended_at=_moment(held.ended_at or held.started_at) if state.is_final else None,
        exit_code=None if killed_by else code,
        signal=killed_by,
        waits_for_input=state is RunState.RUNNING and is_asking(held),
        note=note,
        log_bytes=held.size,
        action=spec.answers.get(ACTION, ""),
    )
    return RunDetail(run, spec)


def is_asking(held: Held) -> bool:
    """Say whether the last thing that was said is a question that nobody has answered yet."""
    last = held.tail.rpartition(b"\n")[2]
    return held.still_s >= _ASKS_AFTER_S and bool(_ASKS.search(last))


def _state(held: Held, created: datetime, now: datetime) -> tuple[RunState, str]:
    note = "the disk of its host was full: output may be missing" if held.is_full else ""
    if held.code == 0:
        return RunState.SUCCESS, note
    if held.code is not None:
        return (RunState.STOPPED if held.stops else RunState.ERROR), note
    if held.is_over:
        return RunState.LOST, "what held it on its host is gone"
    if held.started_at is None:
        if now - created > _BEGINS_WITHIN:
            return RunState.LOST, "it never began on its host"
        return RunState.STARTING, ""
    return (RunState.STOPPING if held.stops else RunState.RUNNING), ""


def _spec(held: Held, names: Names) -> RunSpec:
    said = held.spec
    command = said.get("command")
    answers = said.get("answers")
    template_id = _text(said, "template_id")
    if not template_id.startswith(f"{names.project_id}#"):  # it is called otherwise elsewhere
        template_id = f"{names.project_id}#{template_id.partition('#')[2] or 'unknown:/:'}"
    plain = (
        {str(key): str(one) for key, one in answers.items()} if isinstance(answers, dict) else {}
    )
    try:
        created = datetime.fromisoformat(_text(said, "created_at"))
    except ValueError:
        created = _moment(held.started_at) or _NEVER
    return RunSpec(
        template_id=TemplateId(template_id),
        template=_text(said, "template") or f"run {held.number}",
        project_id=names.project_id,
        project=names.upstream,
        started_by=_text(said, "by"),
        created_at=created if created.tzinfo else created.replace(tzinfo=UTC),
        command=tuple(map(str, command)) if isinstance(command, list) else (),
        directory=_text(said, "directory"),
        answers=plain,
        terminal=True,
        artifacts=kept_globs(_text(said, "tool"), plain.get(ACTION, "")),
    )  # fmt: skip


def _text(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _signal(number: int) -> str:
    try:
        return Signals(number).name
    except ValueError:
        return f"signal {number}"
