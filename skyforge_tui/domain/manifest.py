"""The manifest of a run's artifacts: where they came from, as JSON that outlives everything else.

It holds no secret: answers that were secret are named, their values are nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from skyforge_tui.domain.artifact import MANIFEST
from skyforge_tui.domain.collection import Collection, Refusal
from skyforge_tui.domain.identity import ProjectId, RunId, TemplateId
from skyforge_tui.domain.markers import Marker, MarkerKind
from skyforge_tui.domain.run import ACTION, Run, RunDetail, RunSpec, RunState

VERSION = 1
LARGEST = 16 << 20
"""Bytes of a manifest, of which no more is read."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One object: its key, the file it was, its size in bytes and SHA-256."""

    key: str
    path: str
    size: int
    sha256: str


def manifest_key(prefix: str) -> str:
    """Return the key of the manifest of what is below `prefix`."""
    return f"{prefix}/{MANIFEST}"


def written(
    detail: RunDetail, collection: Collection, kept: Sequence[Kept], collected_at: datetime
) -> bytes:
    """Return the manifest of a collection."""
    run, spec = detail.run, detail.spec
    document = {
        "version": VERSION,
        "run": {
            "id": run.id, "number": run.number, "state": run.state.value,
            "exit_code": run.exit_code, "started_by": run.started_by,
            "created_at": _moment(run.created_at), "started_at": _moment(run.started_at),
            "ended_at": _moment(run.ended_at),
        },
        "project": {"id": run.project_id, "slug": run.project, "commit": spec.commit},
        "template": {
            "id": run.template_id, "name": run.template, "command": list(spec.command),
            "directory": spec.directory, "artifacts": list(spec.artifacts),
        },
        "answers": dict(spec.answers),
        "secret_answers": list(spec.secret_names),
        "collected_at": _moment(collected_at),
        "count": collection.count,
        "size": collection.size,
        "objects": [
            {"key": one.key, "path": one.path, "size": one.size, "sha256": one.sha256}
            for one in kept
        ],
        "markers": [
            {"kind": one.kind.value, "name": one.name, "value": one.value}
            for one in collection.markers
        ],
        "refused": [
            {"path": one.path, "reason": one.reason} for one in collection.refusals
        ],
    }  # fmt: skip
    return json.dumps(document, indent=1).encode() + b"\n"


def is_of(data: bytes, run: Run) -> bool:
    """Say whether a manifest tells of this very run; one that cannot be read tells of any."""
    try:
        told = json.loads(data)["run"]
        return (told["id"], told["created_at"]) == (run.id, _moment(run.created_at))
    except (ValueError, TypeError, KeyError, RecursionError):
        return True


def read(data: bytes, run_id: RunId, store: str, prefix: str) -> Collection | None:
    """Return the collection that a manifest tells of; None when it cannot be read.

    `store` and `prefix` say where the manifest was found: it may have been copied.
    """
    try:
        told: dict[str, Any] = json.loads(data)
        return Collection(
            run_id, store, prefix, int(told["count"]), int(told["size"]),
            tuple(
                Marker(MarkerKind(one["kind"]), str(one["name"]), str(one["value"]))
                for one in told["markers"]
            ),
            tuple(Refusal(str(one["path"]), str(one["reason"])) for one in told["refused"]),
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def run_id_in(data: bytes) -> RunId | None:
    """Return the run that a manifest tells of; None when it cannot be read."""
    try:
        return RunId(str(json.loads(data)["run"]["id"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def detail_in(data: bytes) -> RunDetail | None:
    """Return the run that a manifest tells of, as far as it does; None when it cannot be read."""
    try:
        document: dict[str, Any] = json.loads(data)
        told, project, template = document["run"], document["project"], document["template"]
        answers = {str(name): str(one) for name, one in document["answers"].items()}
        spec = RunSpec(
            TemplateId(str(template["id"])), str(template["name"]), ProjectId(str(project["id"])),
            str(project["slug"]), str(told["started_by"]), _required(told["created_at"]),
            tuple(map(str, template["command"])), str(template["directory"]),
            answers=answers, secret_names=tuple(map(str, document["secret_answers"])),
            artifacts=tuple(map(str, template["artifacts"])), commit=str(project["commit"]),
        )  # fmt: skip
        code = told["exit_code"]
        run = Run(
            RunId(str(told["id"])), int(told["number"]), RunState(str(told["state"])),
            spec.template_id, spec.template, spec.project_id, spec.project, spec.started_by,
            spec.created_at, _read_moment(told["started_at"]), _read_moment(told["ended_at"]),
            None if code is None else int(code), action=answers.get(ACTION, ""),
        )  # fmt: skip
        return RunDetail(run, spec)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None


def checksums(data: bytes) -> dict[str, str]:
    """Return the SHA-256 of each key that a manifest names; empty when it cannot be read."""
    try:
        return {str(one["key"]): str(one["sha256"]) for one in json.loads(data)["objects"]}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _read_moment(told: object) -> datetime | None:
    return None if told is None else _required(told)


def _required(told: object) -> datetime:
    at = datetime.fromisoformat(str(told))
    return at if at.tzinfo else at.replace(tzinfo=UTC)
