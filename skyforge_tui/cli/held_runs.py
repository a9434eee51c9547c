"""What `skyforge runs gc` tells of the runs that hosts of labs keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from skyforge_tui.cli.answers import rows

if TYPE_CHECKING:
    from skyforge_tui.services.held_runs import HostPlan, HostRemoval


def hosts_plain(hosts: Sequence[HostPlan]) -> dict[str, object]:
    """Return what there is on each host and what would go, as JSON tells it."""
    return {
        "hosts": [
            {
                "host": one.upstream,
                "runs": one.plan.run_count,
                "bytes": one.plan.size,
                "active": one.plan.active,
                "uncollected": one.plan.uncollected,
                "would_remove": [
                    {"id": each.run.id, "number": each.run.number, "bytes": each.run.log_bytes,
                     "ended_at": each.run.ended_at, "cause": each.cause}
                    for each in one.plan.doomed
                ],
                "failure": None if one.failure is None else str(one.failure),
            }
            for one in hosts
        ]
    }  # fmt: skip


def hosts_lines(hosts: Sequence[HostPlan]) -> list[str]:
    """Return the same as lines."""
    body = [
        (each.run.id, each.run.template, each.run.action,
         "" if each.run.ended_at is None else f"{each.run.ended_at.astimezone():%Y-%m-%d %H:%M}",
         f"{each.run.log_bytes:,}", each.cause)
        for one in hosts
        for each in one.plan.doomed
    ]  # fmt: skip
    table = rows(("RUN", "TEMPLATE", "DID", "ENDED", "BYTES", "WHY"), body) if body else []
    return [*table, *(_line(one) for one in hosts)]


def hosts_gone(removals: Sequence[HostRemoval]) -> dict[str, object]:
    """Return which runs went from each host, as JSON tells it."""
    return {
        "removed_on_hosts": [
            {"host": one.upstream, "ids": sorted(one.gone),
             "failure": None if one.failure is None else str(one.failure)}
            for one in removals
        ]
    }  # fmt: skip


def hosts_told(removals: Sequence[HostRemoval]) -> list[str]:
    """Return the same as lines."""
    return [
        f"{one.upstream}: {one.failure or f'removed {_runs(len(one.gone))} there'}"
        for one in removals
    ]


def _runs(count: int) -> str:
    return f"{count} run{'s' * (count != 1)}"


def _line(one: HostPlan) -> str:
    if one.failure is not None:
        return f"{one.upstream}: {one.failure}"
    plan = one.plan
    active = f"; {plan.active} not ended yet stay" if plan.active else ""
    active += f"; {plan.uncollected} not collected yet stay" if plan.uncollected else ""
    return (
        f"{one.upstream}: {_runs(plan.run_count)} of yours with {plan.size:,} bytes, "
        f"{len(plan.doomed)} would go as a whole{active}"
    )
