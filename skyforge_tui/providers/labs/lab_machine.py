"""How the machine of a lab host is, as its labs' listing tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from skyforge_tui.domain.lab import Lab, LabState
from skyforge_tui.domain.lab_action import LabServer
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.ssh.figures import figures_of
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.ports.lab_provider import LabListing


async def with_machine(listing: LabListing, host: SshHost, user: str) -> LabListing:
    """Return a listing that says how its machine is, too; brief ones and failed ones do not."""
    if listing.is_brief or any(one.error for one in listing.sources):
        return listing
    upstream = listing.sources[0].provider
    try:
        server = await machine_of(host, upstream, user, listing.labs)
    except TransportError as error:
        server = LabServer(upstream, user=user, note=f"its figures: {error.message}")
    sources = tuple(replace(one, server=server) for one in listing.sources)
    return replace(listing, sources=sources)


async def machine_of(host: SshHost, upstream: str, user: str, labs: Iterable[Lab]) -> LabServer:
    """Return how a host is now, and how many nodes run there, as far as that is told.

    Raises:
        TransportError: it does not answer.
    """
    seen = await figures_of(host)
    up = [one.nodes_up for one in labs if one.state is LabState.RUNNING]
    known = [one for one in up if one is not None]
    silent = len(up) - len(known)
    note = f"of {silent} lab{'' if silent == 1 else 's'} nobody tells the nodes" if silent else ""
    return LabServer(
        upstream, seen.system, "", user, "", seen.load_percent, seen.memory_percent,
        seen.disk_percent, seen.cores, (("nodes", sum(known)),), note=note,
    )  # fmt: skip
