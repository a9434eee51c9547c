"""Labs of two pretended EVE-NG servers, one of them silent, beside those of this machine."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId, Role
from skyforge_tui.domain.lab import (
    Lab,
    LabDetail,
    LabLink,
    LabLinkEnd,
    LabNode,
    LabState,
    NodeState,
)
from skyforge_tui.domain.lab_action import LabAction, LabServer
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Grant
from tests.acting_labs import ActingLabProvider
from tests.fakes.clock import FakeClock
from tests.fakes.core import Core
from tests.fakes.labs import FakeLabProvider, MemoryLabCache, a_lab_source
from tests.tui.pretend import NOW, PretendLogs
from tests.tui.pretend_labs import LABS

FIRST, SECOND = "eve-lab1", "eve-lab2"
POD = "this account's pod"
_MAY = frozenset({Permission.LAB_START, Permission.LAB_STOP, Permission.LAB_WIPE,
                  Permission.LAB_EDIT})  # fmt: skip
_RUN, _STOP = LabState.RUNNING, LabState.STOPPED


def _ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


def _lab(
    upstream: str, folder: str, name: str, state: LabState, up: int | None, total: int, owner: str,
    days: int, **over: Any,
) -> Lab:  # fmt: skip
    return Lab(
        LabId(f"{upstream}:{folder.rstrip('/')}/{name}.unl"), name, state, upstream, "eve",
        owner=owner, folder=folder, nodes_up=up, nodes_total=total, scope=POD,
        updated_at=_ago(days=days), **over,
    )  # fmt: skip


BRANCH = _lab(FIRST, "/wan", "sdwan-branch", _STOP, 0, 4, "mara", 3, description="hub and spokes")
_FIRST = (
    _lab(FIRST, "/wan", "mpls-l3vpn", _RUN, 6, 6, "mara", 1),
    _lab(FIRST, "/wan", "segment-routing", _RUN, 5, 7, "ines", 2, note="pe2, pe4 stopped"),
    BRANCH,
    _lab(FIRST, "/training", "ospf-areas", _STOP, 0, 5, "tomek", 12, is_locked=True),
    _lab(FIRST, "/", "scratch", LabState.UNKNOWN, None, 3, "mara", 40,
         note="it runs, or mpls-l3vpn: they share console ports"),
)  # fmt: skip
_SECOND = (_lab(SECOND, "/dc", "evpn-multihoming", _RUN, 9, 9, "jonas", 4),)
_NODES = tuple(
    LabNode(name, "vios", "vios-15.6.2T", f"10.20.0.5:{33020 + number}", "telnet",
            NodeState.STOPPED, status="stopped", has_config=name == "hub")
    for number, name in enumerate(("hub", "spoke1", "spoke2", "spoke3"))
)  # fmt: skip
_LINKS = tuple(
    LabLink(f"Net-{number}", "p2p", (LabLinkEnd("hub", f"Gi0/{number}"), LabLinkEnd(name, "Gi0/0")))
    for number, name in enumerate(("spoke1", "spoke2", "spoke3"))
)


def eve_labs() -> Core:
    """Return services over labs of three providers, of which one does not answer."""
    first, second = ActingLabProvider(*_FIRST, upstream=FIRST), ActingLabProvider(upstream=SECOND)
    grant = Grant("mara", "editor", Role.EDITOR, _MAY)
    first.source = a_lab_source(
        provider=FIRST, kind="eve", transport="http", endpoint="https://eve-lab1.example.net",
        as_of=_ago(seconds=12), grant=grant,
        server=LabServer(FIRST, "6.2.0-4", "Community", "mara", "editor", 71, 46, 34, None,
                         (("qemu", 11), ("vpcs", 2))),
    )  # fmt: skip
    first.lacking = {LabAction.LOCK: "locking needs the editor's page"}
    missing = (f"node states are those of {POD}: nobody else's are told",)
    first.details[BRANCH.id] = LabDetail(BRANCH, _NODES, _LINKS, (), missing)
    second.source = a_lab_source(
        provider=SECOND, kind="eve", mode=UpstreamState.ERROR, transport="http",
        endpoint="https://eve-lab2.example.net", as_of=_ago(minutes=7),
        error="eve-lab2.example.net cannot be reached: nothing listens there",
    )  # fmt: skip
    here = FakeLabProvider(*LABS[:3])
    here.source = a_lab_source(as_of=_ago(seconds=12))
    cache = MemoryLabCache()
    providers = [here, first, second]
    cache.held = {one.id: one for one in (*LABS[:3], *_FIRST, *_SECOND)}
    cache.answers = {one.upstream: one.source for one in providers}
    return Core(clock=FakeClock(NOW), logs=PretendLogs(), lab_providers=providers, lab_cache=cache)
