"""What a supervisor tells of its run, as a run."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.run import ACTION, Run, RunSpec, RunState

_LOST = "no exit record: its supervisor vanished; what it started may still run"

# What is larger is no time and no code, and neither a clock nor a database could hold it.
_Moment = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799_999)]
_Code = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**32)]
_Bytes = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class Told(msgspec.Struct, frozen=True):
    """What a supervisor writes into the status and the exit record; times in unix milliseconds."""

    state: str = RunState.WAITING.value
    started_at: _Moment | None = None
    ended_at: _Moment | None = None
    waits_for_input: bool = False
    note: str = ""
    exit_code: _Code | None = None
    signal: str = ""
    user_s: float | None = None
    system_s: float = 0.0
    max_rss_bytes: _Bytes = 0


def as_run(
    upstream: str, number: int, spec: RunSpec, told: Told, output: os.stat_result | None
) -> Run:
    """Return the run; `output` is what the file system says of its bytes."""
    return Run(
        id=RunId(f"{upstream}:{number}"),
        number=number,
        state=RunState(told.state),
        template_id=spec.template_id,
        template=spec.template,
        project_id=spec.project_id,
        project=spec.project,
        started_by=spec.started_by,
        created_at=spec.created_at,
        started_at=_moment(told.started_at),
        ended_at=_moment(told.ended_at),
        exit_code=told.exit_code,
        signal=told.signal,
        waits_for_input=told.waits_for_input,
        note=told.note or _reason(told),
        log_bytes=output.st_size if output else 0,
        action=spec.answers.get(ACTION, ""),
    )


def as_lost(run: Run, last_sign: os.stat_result | None) -> Run:
    """Return `run` as lost, ended at the last sign of life, so that its duration stands still."""
    ended_at = None if last_sign is None else datetime.fromtimestamp(last_sign.st_mtime, UTC)
    return replace(run, state=RunState.LOST, ended_at=ended_at, waits_for_input=False, note=_LOST)


def _reason(told: Told) -> str:
    """Return why a run failed, as far as its exit says so; nothing for one that did not."""
    if told.state != RunState.ERROR.value:
        return ""
    if told.signal:
        return f"killed by {told.signal}"
    return "" if told.exit_code is None else f"exit code {told.exit_code}"


def _moment(milliseconds: int | None) -> datetime | None:
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
