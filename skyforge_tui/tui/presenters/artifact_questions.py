"""What is asked before artifacts are saved or deleted, one or several. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from skyforge_tui.domain.artifact import MANIFEST, Artifact, ArtifactRef
from skyforge_tui.domain.retention import Limits
from skyforge_tui.services.artifact_care import Bulk, OldRun
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.cells import Line, Span, line, literal
from skyforge_tui.tui.presenters.headless import Act, Other
from skyforge_tui.tui.presenters.offers import Question

_SHOWN = 4
"""Commands that are written out of many."""


Spelled = Callable[[ArtifactRef], str]
Said = Callable[[Act], str]
"""Spells a command for this very program, with the configuration it reads."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A folder that something is done to, and how much is in it, where that was counted."""

    ref: ArtifactRef
    bulk: Bulk | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What something is done to, and of what it is not done to, why."""

    artifacts: tuple[Artifact, ...] = ()
    folders: tuple[Chosen, ...] = ()
    left_out: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.artifacts or self.folders)


def thing_line(artifact: Artifact) -> Line:
    """Return an artifact in one line, with its size and store."""
    return line(
        Span(literal(artifact.name), "strong", bold=True),
        Span(f"  {tones.size(artifact.size)}  {literal(artifact.store)}", "muted"),
    )


def folder_line(one: Chosen) -> Line:
    """Return a folder in one line, with how much is in it where that was counted."""
    name = one.ref.key.rpartition("/")[2]
    amount = "" if one.bulk is None else f"  {amount_words(one.bulk)}"
    return line(
        Span(f"{literal(name)}/", "strong", bold=True),
        Span(f"{amount}  {literal(one.ref.store)}", "muted"),
    )


def amount_words(bulk: Bulk) -> str:
    """Return how much there is in a few words."""
    return f"{tones.several(bulk.count, 'artifact')}  {tones.size(bulk.size)}"


def delete_question(
    chosen: Selection, owner: str = "", *, spelled: Spelled, said: Said
) -> Question:
    """Return what is asked before artifacts are removed; `owner` is the run that made it.

    `spelled` says how the command line names one, `said` how a command reads.
    """
    artifacts = chosen.artifacts
    what = "its bytes" if len(artifacts) == 1 and not chosen.folders else "their bytes"
    costs: list[tuple[str, Line]] = [
        ("Lost for good", (Span(f"{what}; a run that made it is not run again"),))
    ]
    if owner:
        costs.append(("Made by", (Span(literal(owner)),)))
    if any(one.name == MANIFEST for one in artifacts):
        hit = "without its manifest, what that run left cannot be compared any more"
        costs.append(("Hit by it", (Span(hit),)))
    if chosen.folders:
        costs.append(("In all", (Span(_total(chosen)),)))
    things = [*map(thing_line, artifacts), *map(folder_line, chosen.folders)]
    if len(artifacts) == 1 and not chosen.folders:
        things.append((Span(literal(artifacts[0].key), "muted"),))
    return Question(
        title=f"Delete {_counted(chosen)}", go="delete", way_out=_keep(chosen),
        things=things, costs=[*costs, *_left_out(chosen.left_out)],
        same_as=_same_as("rm", chosen, spelled, said), is_destructive=True,
    )  # fmt: skip


def clear_question(ref: ArtifactRef, bulk: Bulk, spelled: str, said: Said) -> Question:
    """Return what is asked before all in a folder is removed."""
    name = ref.key.rpartition("/")[2]
    hit = "what these runs left cannot be compared any more"
    return Question(
        title=f"Delete all in {name}/", go="delete", way_out="keep them",
        things=[
            line(
                Span(tones.several(bulk.count, "artifact"), "strong", bold=True),
                Span(f"  {tones.size(bulk.size)}", "muted"),
            ),
            (Span(literal(str(ref)), "muted"),),
        ],
        costs=[
            ("Lost for good", (Span("their bytes; a run that made them is not run again"),)),
            ("Hit by it", (Span(hit),)),
        ],
        same_as=said(Other(("artifacts", "rm", "-r", spelled, "--yes"))), is_destructive=True,
    )  # fmt: skip


def old_run_line(old: OldRun, now: datetime) -> Line:
    """Return what a run left, in one line: where, how much, and how long ago."""
    age = tones.age(now - old.newest)
    return line(
        Span(literal(old.prefix), "strong", bold=True),
        Span(f"  {amount_words(old.bulk)}  {age} ago", "muted"),
    )


def retention_question(
    ref: ArtifactRef,
    doomed: Sequence[OldRun],
    limits: Limits,
    now: datetime,
    spelled: str,
    said: Said,
) -> Question:
    """Return what is asked before what runs left long ago is removed: all that goes, first."""
    size = sum(one.bulk.size for one in doomed)
    runs = tones.several(len(doomed), "run")
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
        same_as=said(Other((*words, "--yes"))), is_destructive=True,
    )  # fmt: skip


def save_question(chosen: Selection, directory: str, spelled: Spelled, said: Said) -> Question:
    """Return what is asked before several artifacts are written to files."""
    costs: list[tuple[str, Line]] = [
        ("Into", (Span(literal(directory)),)),
        ("In all", (Span(_total(chosen)),)),
        ("Kept", (Span("files of the same name; nothing is overwritten"),)),
    ]
    return Question(
        title=f"Save {_counted(chosen)}", go="save", way_out="leave them",
        things=[*map(thing_line, chosen.artifacts), *map(folder_line, chosen.folders)],
        costs=[*costs, *_left_out(chosen.left_out)],
        same_as=_same_as("get", chosen, spelled, said),
    )  # fmt: skip


def _total(chosen: Selection) -> str:
    """Return how much all that is chosen is; what nobody has counted is said to come on top."""
    bulks = [one.bulk for one in chosen.folders if one.bulk is not None]
    size = sum(one.size for one in chosen.artifacts) + sum(one.size for one in bulks)
    count = len(chosen.artifacts) + sum(one.count for one in bulks)
    rest = len(chosen.folders) - len(bulks)
    more = f", and what is in {tones.several(rest, 'folder')}" if rest else ""
    return f"{tones.several(count, 'artifact')}, {tones.size(size)}{more}"


def _counted(chosen: Selection) -> str:
    artifacts, folders = chosen.artifacts, chosen.folders
    if len(artifacts) == 1 and not folders:
        return artifacts[0].name
    parts = [tones.several(len(artifacts), "artifact")] if artifacts else []
    return " and ".join([*parts, *([tones.several(len(folders), "folder")] if folders else [])])


def _keep(chosen: Selection) -> str:
    is_one = len(chosen.artifacts) + len(chosen.folders) == 1
    return "keep it" if is_one else "keep them"


def _left_out(reasons: Sequence[str]) -> list[tuple[str, Line]]:
    return [("Left out", (Span(literal(one), "warn"),)) for one in reasons]


def _same_as(verb: str, chosen: Selection, spelled: Spelled, said: Said) -> str:
    lines = [said(Other(("artifacts", verb, spelled(one.ref)))) for one in chosen.artifacts]
    lines += [said(Other(("artifacts", verb, "-r", spelled(one.ref)))) for one in chosen.folders]
    return "; ".join([*lines[:_SHOWN], "…"] if len(lines) > _SHOWN else lines)
