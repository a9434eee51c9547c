"""What passes of the sync did to projects, as the record says it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from skyforge_tui.domain.audit import Deed
from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.domain.project_plan import SyncReport
from skyforge_tui.services.record import Doing


def brought(_: object, call: Mapping[str, Any], result: Any) -> Iterator[Doing]:
    """Yield what a pass that writes did to each project; one that only plans does nothing."""
    if not call["applies"]:
        return
    if result is None:
        yield Doing(Deed.SYNC, project_id=call.get("project_id", ProjectId("")))
        return
    for one in [result] if isinstance(result, SyncReport) else result:
        if one.done or one.errors:
            words = "; ".join(step.plain_words for step in one.done) or "nothing"
            yield Doing(
                Deed.SYNC, words, ProjectId(one.project_id), one.slug,
                failure="; ".join(one.errors),
            )  # fmt: skip
