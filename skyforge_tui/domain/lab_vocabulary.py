"""What can be asked of labs, and a lab as such a question sees it."""

from __future__ import annotations

from datetime import datetime

from skyforge_tui.domain.lab import Lab, LabState
from skyforge_tui.domain.pattern import in_one_line
from skyforge_tui.domain.searchable import Field, FieldKind, Record, Vocabulary, record
from skyforge_tui.domain.vocabularies import microseconds_of

_STATES = tuple(str(one) for one in LabState)

LABS = Vocabulary(
    "labs",
    (
        Field("state", FieldKind.WORD, "how it is", (*_STATES, "ready", "degraded", "asks")),
        Field("lab", about="its name"),
        Field("up", FieldKind.COUNT, "how many nodes are up"),
        Field("ready", FieldKind.COUNT, "how many nodes are ready"),
        Field("nodes", FieldKind.COUNT, "how many nodes it has"),
        Field("owner", about="whose it is"),
        Field("project", about="where it belongs"),
        Field("folder", about="where its server keeps it"),
        Field("server", about="where it runs"),
        Field("kind", about="what runs it"),
        Field("age", FieldKind.AGE, "when it was last seen to change"),
        Field("note", about="why it deviates"),
    ),
    words=("awake", "mine", "moving"),
)


def lab_record(lab: Lab, now: datetime, me: str) -> Record:
    """Return a lab as a question sees it; `me` is whose are mine."""
    words = {str(lab.state)}
    if lab.is_ready:
        words.add("ready")
    if lab.is_degraded:
        words.add("degraded")
    if lab.state.is_moving:
        words.add("moving")
    if lab.state not in (LabState.STOPPED, LabState.MARKER):
        words.add("awake")
    if lab.asks:
        words.add("asks")
    if lab.owner and in_one_line(lab.owner) == in_one_line(me):
        words.add("mine")
    texts = {
        "state": str(lab.state), "lab": lab.name, "owner": lab.owner, "project": lab.project,
        "folder": lab.folder,
        "server": f"{lab.kind} {lab.provider}", "kind": lab.kind, "note": lab.note,
    }  # fmt: skip
    numbers = {
        "up": lab.nodes_up, "ready": lab.ready, "nodes": lab.nodes_total,
        "age": None if lab.updated_at is None else microseconds_of(now - lab.updated_at),
    }  # fmt: skip
    return record(texts, numbers, frozenset(words), lab.provider)
