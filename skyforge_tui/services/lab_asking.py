"""What a lab provider is asked, and what stands for its answer when that comes too late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.lab import Lab, LabSource
from skyforge_tui.ports.lab_provider import LabListing, LabProvider, LabQuery


def query_of(
    upstream: str, labs: Iterable[Lab], sizes: Mapping[str, int], *, is_brief: bool
) -> LabQuery:
    """Return the question for all labs of a provider, with how many nodes each folder has.

    What was counted in its own labs is worth more than the `sizes` that topologies name.
    """
    mine = (one for one in labs if one.provider == upstream)
    counted = {one.directory: one.nodes_total for one in mine if one.directory and one.nodes_total}
    return LabQuery(is_brief=is_brief, sizes={**sizes, **counted})


def late_listing(
    provider: LabProvider, before: LabSource | None, why: str, *, is_brief: bool
) -> LabListing:
    """Return what is known of the labs of a provider that was not waited for: none, and `why`."""
    known = before or LabSource(provider.upstream, provider.kind, UpstreamState.ERROR)
    source = replace(known, mode=UpstreamState.ERROR, error=why, advice="", server=None)
    return LabListing((), (source,), is_brief=is_brief)
