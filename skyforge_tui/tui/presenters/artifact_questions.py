"""What is asked before artifacts are saved or deleted, one or several. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from skyforge_tui.domain.artifact import MANIFEST, Artifact, ArtifactRef
from skyforge_tui.domain.retention import Limits
from skyforge_tui.services.artifact_care import Bulk, OldRun
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.cells import Line, Span, line, literal
from skyforge_tui.tui.presenters.headless import Other, line_of
from skyforge_tui.tui.presenters.offers import Question

_SHOWN = 4
"""Commands that are written out of many."""


Spelled = Callable[[ArtifactRef], str]


def _plainly(ref: ArtifactRef) -> str:
    return ref.key


def thing_line(artifact: Artifact) -> Line:
    """Return an artifact in one line, with its size and store."""
    return line(
        Span(literal(artifact.name), "strong", bold=True),
        Span(f"  {tones.size(artifact.size)}  {literal(artifact.store)}", "muted"),
    )


def delete_question(
    artifacts: Sequence[Artifact],
    owner: str = "",
    left_out: Sequence[str] = (),
    *,
    spelled: Spelled = _plainly,
) -> Question:
    """Return what is asked before artifacts are removed; `owner` is the run that made it.

    `spelled` says how the command line names one.
    """
    what = "their bytes" if len(artifacts) > 1 else "its bytes"
    costs: list[tuple[str, Line]] = [
        ("Lost for good", (Span(f"{what}; a run that made it is not run again"),))
    ]
    if owner:
        costs.append(("Made by", (Span(literal(owner)),)))
    if any(one.name == MANIFEST for one in artifacts):
        hit = "without its manifest, what that run left cannot be compared any more"
        costs.append(("Hit by it", (Span(hit),)))
    things = [thing_line(one) for one in artifacts]
    if len(artifacts) == 1:
        things.append((Span(literal(artifacts[0].key), "muted"),))
    return Question(
        title=f"Delete {_counted(artifacts)}", go="delete", way_out=_keep(artifacts),
        things=things, costs=[*costs, *_left_out(left_out)],
        same_as=_same_as("rm", artifacts, spelled), is_destructive=True,
    )  # fmt: skip


def clear_question(ref: ArtifactRef, bulk: Bulk, spelled: str) -> Question:
    """Return what is asked before all in a folder is removed."""
    name = ref.key.rpartition("/")[2]
    amount = f"{tones.count(bulk.count)} artifact{'' if bulk.count == 1 else 's'}"
    hit = "what these runs left cannot be compared any more"
    return Question(
        title=f"Delete all in {name}/", go="delete", way_out="keep them",
        things=[
            line(Span(amount, "strong", bold=True), Span(f"  {tones.size(bulk.size)}", "muted")),
            (Span(literal(str(ref)), "muted"),),
        ],
        costs=[
            ("Lost for good", (Span("their bytes; a run that made them is not run again"),)),
            ("Hit by it", (Span(hit),)),
        ],
        same_as=line_of(Other(("artifacts", "rm", "-r", spelled, "--yes"))), is_destructive=True,
    )  # fmt: skip


def old_run_line(old: OldRun, now: datetime) -> Line:
    """Return what a run left, in one line: where, how much, and how long ago."""
    things = "1 artifact" if old.bulk.count == 1 else f"{tones.count(old.bulk.count)} artifacts"
    age = tones.age(now - old.newest)
    return line(
        Span(literal(old.prefix), "strong", bold=True),
        Span(f"  {things}  {tones.size(old.bulk.size)}  {age} ago", "muted"),
    )


def retention_question(
    ref: ArtifactRef, doomed: Sequence[OldRun], limits: Limits, now: datetime, spelled: str
) -> Question:
    """Return what is asked before what runs left long ago is removed: all that goes, first."""
    size = sum(one.bulk.size for one in doomed)
    runs = "1 run" if len(doomed) == 1 else f"{tones.count(len(doomed))} runs"
    words = ["artifacts", "gc", *([spelled] if ref.key else [])]
    if limits.age is not None:
        words += ["--older-than", f"{limits.age.total_seconds() / 86400:g}d"]
    if limits.size is not None:
        words += ["--keep", str(limits.size)]
    return Question(
        title=f"Remove what {runs} left", go="remove", way_out="keep it",
        things=[old_run_line(one, now) for one in doomed],
        costs=[
            ("Lost for good", (Span(f"{tones.size(size)} of artifacts"),)),
            ("Kept", (Span("the runs and their output, and all that no run made"),)),
        ],
        same_as=line_of(Other((*words, "--yes"))), is_destructive=True,
    )  # fmt: skip


def save_question(
    artifacts: Sequence[Artifact],
    directory: str,
    left_out: Sequence[str],
    spelled: Spelled = _plainly,
) -> Question:
    """Return what is asked before several artifacts are written to files."""
    total = sum(one.size for one in artifacts)
    costs: list[tuple[str, Line]] = [
        ("Into", (Span(literal(directory)),)),
        ("In all", (Span(tones.size(total)),)),
        ("Kept", (Span("files of the same name; nothing is overwritten"),)),
    ]
    return Question(
        title=f"Save {_counted(artifacts)}", go="save", way_out="leave them",
        things=[thing_line(one) for one in artifacts], costs=[*costs, *_left_out(left_out)],
        same_as=_same_as("get", artifacts, spelled),
    )  # fmt: skip


def _counted(artifacts: Sequence[Artifact]) -> str:
    if len(artifacts) == 1:
        return artifacts[0].name
    return f"{tones.count(len(artifacts))} artifacts"


def _keep(artifacts: Sequence[Artifact]) -> str:
    return "keep it" if len(artifacts) == 1 else "keep them"


def _left_out(reasons: Sequence[str]) -> list[tuple[str, Line]]:
    return [("Left out", (Span(literal(one), "warn"),)) for one in reasons]


def _same_as(verb: str, artifacts: Sequence[Artifact], spelled: Spelled) -> str:
    lines = [line_of(Other(("artifacts", verb, spelled(one.ref)))) for one in artifacts[:_SHOWN]]
    return "; ".join([*lines, "…"] if len(artifacts) > _SHOWN else lines)
