"""What can be done for many artifacts, and what comes of it, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from skyforge_tui.domain.artifact import ArtifactRef
from skyforge_tui.domain.errors import Invalid, Unavailable
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.query_values import number_of
from skyforge_tui.domain.retention import Limits
from skyforge_tui.domain.searchable import FieldKind
from skyforge_tui.services.artifact_care import Bulk, OldRun, Verdict
from skyforge_tui.services.lineage import Indexed
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.cells import Line, Span, literal
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.presenters.offers import Fact

COLUMNS: Final = (
    Column("name", "What", 12, most=24, priority=100, is_name=True),
    Column("about", "Which means", 20, most=None, priority=90),
)
ADDRESS: Final = "anybody who has it can read this, without keys"
ADDRESSES: Final = (
    ("u", "address, 1 hour", timedelta(hours=1)),
    ("w", "address, 7 days", timedelta(days=7)),
)
LIMITS_ABOUT: Final = "an age, a size in all, or both: 90d, 20GB, 90d 20GB"
GONE_FACTS: Final = (
    Fact("its record", (Span("is not here: it was made elsewhere, or is gone", "warn"),)),
)
_DONE: Final = {
    "verify": ("verify", "are its bytes as noted: {at}"),
    "totals": ("totals", "how much lies below {at}"),
    "limits": ("what goes", "what is too old or too much: {at}"),
    "index": ("learn again", "what runs left, by their manifests"),
}

Deed = tuple[str, ArtifactRef]


def deeds(ref: ArtifactRef, here: ArtifactRef, *, is_folder: bool) -> list[tuple[Deed, str, Line]]:
    """Return what can be done: for `ref`, or where it is about many, for the folder one is in."""
    found: list[tuple[Deed, str, Line]] = []
    for deed, (name, about) in _DONE.items():
        is_own = deed == "verify" or (deed == "totals" and is_folder)
        at = ref if is_own else here
        place = literal(at.key.rpartition("/")[2]) or f"all of {literal(at.store)}"
        found.append(((deed, at), name, (Span(about.format(at=place), "muted"),)))
    return found


def find_words(ref: ArtifactRef) -> str:
    """Return where something is looked for."""
    place = f"below {ref}" if ref.key else f"in all of {ref.store}"
    return f"{place}, however deep"


def found_words(text: str, found: int, among: int, *, goes_on: bool, is_cut: bool) -> str:
    """Return how a search stands, in a few words."""
    more = " so far" if goes_on else ""
    first = "the first " if is_cut else ""
    return f"“{text}”: {first}{tones.count(found)} of {tones.count(among)}{more}"


def key_line(ref: ArtifactRef, below: ArtifactRef) -> Line:
    """Return an artifact's key as seen from a folder."""
    return (Span(literal(ref.key.removeprefix(f"{below.key}/"))),)


def counted(all_: int, taken: int) -> str:
    """Return how many artifacts something is done to, where that is not all of them too."""
    some = f"the first {tones.count(taken)} of " if taken < all_ else ""
    return some + tones.several(all_, "artifact")


def unsound(verdict: Verdict) -> Unavailable:
    """Return what is wrong with an artifact's bytes."""
    if verdict.reason:
        return Unavailable(verdict.reason, operation="artifact.verify")
    return Unavailable(
        "its bytes are not those of the noted checksum", operation="artifact.verify",
        advice="somebody changed it in the store, or it is damaged",
    )  # fmt: skip


def total_facts(
    ref: ArtifactRef, bulk: Bulk, of_runs: Bulk, limits: Limits, doomed: Sequence[OldRun]
) -> list[Fact]:
    """Return how much there is below a prefix, and how much of it is beyond the limits."""
    facts = [
        ("store", ref.store),
        ("holds", _bulk(bulk)),
        ("of runs", _bulk(of_runs)),
        ("limits", limits_text(limits) or "none: all is kept for good ([artifacts] age, size)"),
    ]
    if not limits.are_none:
        size = sum(one.bulk.size for one in doomed)
        facts.append(("beyond", f"{tones.several(len(doomed), 'run')}, {tones.size(size)}"))
    return [Fact(label, (Span(literal(text)),)) for label, text in facts]


def limits_text(limits: Limits) -> str:
    """Return limits as one would type them."""
    age = "" if limits.age is None else f"{limits.age.total_seconds() / 86400:g}d"
    return " ".join(filter(None, (age, "" if limits.size is None else _plain_size(limits.size))))


def limits_of(text: str) -> Limits:
    """Return the limits that a text says.

    Raises:
        Invalid: a word is neither an age nor a size.
    """
    age: timedelta | None = None
    size: int | None = None
    for word in text.replace(",", " ").split():
        span = number_of(FieldKind.AGE, word)
        amount = number_of(FieldKind.SIZE, word)
        if span is not None and not word.lower().endswith("b"):
            age = timedelta(microseconds=span)
        elif amount is not None:
            size = amount
        else:
            raise Invalid(
                f"{word!r} is neither an age nor a size", operation="artifact.gc",
                advice="say 90d, 20GB, or both",
            )  # fmt: skip
    return Limits(age, size)


def indexed_notice(learned: Indexed, store: str) -> Notice:
    """Return what was learned from the manifests of a store."""
    title = f"What {tones.several(learned.runs, 'run')} left is known"
    if learned.unreadable:
        first, more = learned.unreadable[0], len(learned.unreadable) - 1
        words = f"{first}{f' and {more} more' if more else ''}"
        return Notice(Severity.WARNING, title, f"cannot be read: {words}")
    others = (
        f"; {tones.several(learned.foreign, 'run')} of other machines" if learned.foreign else ""
    )
    return Notice(Severity.INFO, title, f"from the manifests in {store}{others}")


def _plain_size(size: int) -> str:
    """Return a size as one would type it, without loss."""
    for unit, each in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size and not size % each:
            return f"{size // each}{unit}"
    return f"{size}B"


def _bulk(bulk: Bulk) -> str:
    return f"{tones.several(bulk.count, 'artifact')}, {tones.size(bulk.size)}"
