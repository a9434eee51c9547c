"""Labs of the pretended workspace in every state there is, and what is known of some of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from skyforge_tui.domain.collection import Collection
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId, ProjectId
from skyforge_tui.domain.lab import (
    Lab,
    LabDetail,
    LabLink,
    LabLinkEnd,
    LabNode,
    LabState,
    LabStep,
    NodeState,
)
from skyforge_tui.domain.markers import Marker, MarkerKind
from skyforge_tui.domain.run import RunState
from skyforge_tui.domain.template import LabOutline, Source, Template, TemplateKind
from skyforge_tui.domain.tool_actions import NETLAB_SURVEY
from tests.builders import a_detail, a_spec, a_template
from tests.fakes.clock import FakeClock
from tests.fakes.core import Core
from tests.fakes.labs import NETLAB, FakeLabProvider, MemoryLabCache, a_lab_source
from tests.tui.pretend import (
    EDGE,
    NOW,
    OTHERS,
    ROOT,
    TELEMETRY,
    TEMPLATES,
    Estate,
    PretendLogs,
    run_id,
)
from tests.tui.pretend_output import UNDER_WAY

DC1 = OTHERS[0]
FAR = "nl-2"
"""A second server, which does not answer."""


def _ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


def _lab(
    name: str, state: LabState, counts: tuple[int | None, int | None, int | None], owner: str,
    project: str, at: datetime, note: str = "", **over: Any,
) -> Lab:  # fmt: skip
    """Return a lab; `counts` are the nodes that are up, that are ready, and all of them."""
    up, ready, total = counts
    values: dict[str, Any] = {
        "id": LabId(f"{NETLAB}:{name}"), "name": name, "state": state, "provider": NETLAB,
        "kind": NETLAB, "owner": owner, "directory": f"{ROOT}/{project}/labs/{name}",
        "nodes_up": up, "ready": ready, "nodes_total": total, "updated_at": at, "note": note,
    }  # fmt: skip
    return Lab(**(values | over))


_RUN, _STOP = LabState.RUNNING, LabState.STOPPED
LABS = (
    _lab("bgp-fabric", _RUN, (8, 7, 8), "mara", "edge-fabric", _ago(hours=2),
         "leaf3 boots since 6m"),
    _lab("bgp-rr", _RUN, (4, 4, 4), "mara", "edge-fabric", _ago(hours=5)),
    _lab("dc1-evpn", _RUN, (14, 11, 14), "jonas", "dc1-underlay", _ago(minutes=9),
         "3 nodes without SSH"),
    _lab("dc1-evpn-pr41", LabState.STARTING, (14, 0, 14), "ci-bot", "dc1-underlay",
         _ago(minutes=2), step="deploying initial configuration"),
    _lab("eos-upgrade", LabState.UNKNOWN, (None, None, 10), "tomek", "dc1-underlay", _ago(days=2),
         "its folder is gone"),
    _lab("frr-nightly", _RUN, (8, 8, 8), "ci-bot", "edge-fabric", _ago(hours=7)),
    _lab("mpls-core-p2", _RUN, (11, 10, 12), "ines", "mpls-core", _ago(days=1), "pe4 exited (137)"),
    _lab("ospf-areas", _RUN, (5, 5, 5), "mara", "sandbox-mara", _ago(hours=1)),
    _lab("qos-sandbox", LabState.STOPPING, (3, None, 3), "mara", "sandbox-mara", _ago(minutes=1),
         step="stopping clab provider"),
    _lab("srl-leafspine", _RUN, (6, 6, 6), "tomek", "telemetry-poc", _ago(days=3)),
    _lab("srl-telemetry", LabState.FAILED, (6, 0, 6), "mara", "telemetry-poc", _ago(minutes=12),
         "while deploying configuration: complete configuration"),
    _lab("campus-nac", _STOP, (0, None, 9), "ines", "mpls-core", _ago(days=5)),
    _lab("ipv6-only", _STOP, (0, None, 4), "jonas", "dc1-underlay", _ago(days=6)),
    _lab("isis-l1l2", _STOP, (0, None, 6), "ines", "mpls-core", _ago(days=2)),
)  # fmt: skip
FAR_LABS = tuple(
    _lab(name, state, counts, owner, "wan-refresh", _ago(days=days), provider=FAR,
         id=LabId(f"{FAR}:{name}"))
    for name, state, counts, owner, days in (
        ("wan-p1", _RUN, (10, 10, 10), "jonas", 6), ("wan-p2", _RUN, (10, 8, 10), "jonas", 6),
        ("sdwan-branch", _STOP, (0, None, 7), "ines", 9),
    )
)  # fmt: skip
MARKERS = ((809, "wan-cutover", "pe1, pe2"), (802, "mpls-drain", "drained"))


# One of them: two spines, four leaves, two hosts.

_AS = {"spine1": 1, "spine2": 2, "leaf1": 11, "leaf2": 12, "leaf3": 13, "leaf4": 14}


def _node(name: str, number: int, **over: Any) -> LabNode:
    values: dict[str, Any] = {
        "device": "frr" if name[0] == "s" else "eos", "address": f"192.168.121.{number + 100}",
        "connection": "docker", "state": NodeState.UP, "is_ready": True, "status": "Up 2 hours",
        "machine": f"clab-bgp-fabric-{name}",
        "image": "quay.io/frrouting/frr:10.5.1" if name[0] == "s" else "ceos:4.34.2F",
    }  # fmt: skip
    return LabNode(name, **(values | over))


NODES = (
    *(
        _node(name, number, **({"is_ready": False, "status": "Up 6 minutes (health: starting)"}
                               if name == "leaf3" else {}))
        for name, number in _AS.items()
    ),
    _node("h1", 21, device="linux", image="python:3.13-alpine"),
    _node("h2", 22, device="linux", image="python:3.13-alpine"),
)  # fmt: skip


def _links() -> tuple[LabLink, ...]:
    pairs = [
        ((f"spine{spine}", f"eth{leaf}"), (f"leaf{leaf}", f"eth{spine}"))
        for spine in (1, 2)
        for leaf in (1, 2, 3, 4)
    ]
    pairs += [(("leaf1", "eth3"), ("h1", "eth1")), (("leaf4", "eth3"), ("h2", "eth1"))]
    return tuple(
        LabLink(f"links[{number + 1}]", "p2p", tuple(
            LabLinkEnd(node, port, f"10.1.0.{4 * number + end}/30")
            for end, (node, port) in enumerate(pair, 1)
        ))
        for number, pair in enumerate(pairs)
    )  # fmt: skip


_STEPS = (
    "starting lab", "starting provider clab", "OK: containerlab deploy --reconfigure -t clab.yml",
    "clab workload started", "deploying initial configuration",
    "deploying configuration: complete configuration",
)  # fmt: skip
_FAILURE = (
    "ERROR: ansible-playbook /usr/lib/netsim/ansible/initial-config.ansible: leaf2 cannot be "
    "reached: Failed to connect to the host via ssh: connection timed out; leaf3 did not take its "
    "configuration: Invalid input at line 41"
)


def _steps(count: int, since: datetime, *more: str) -> tuple[LabStep, ...]:
    texts = (*_STEPS[:count], *more)
    return tuple(
        LabStep(one, since + timedelta(seconds=8 * number), one.startswith("ERROR"))
        for number, one in enumerate(texts)
    )


_TWO_H = NOW - timedelta(hours=2, minutes=4)
_DETAILS: dict[str, tuple[tuple[LabNode, ...], tuple[LabLink, ...], tuple[LabStep, ...]]] = {
    "bgp-fabric": (
        NODES, _links(),
        _steps(6, _TWO_H, "configuration deployment complete", "initial configuration complete",
               "started"),
    ),
    "dc1-evpn-pr41": (
        tuple(_node(f"leaf{n}", n, is_ready=False, connection="", status="", image="", machine="")
              for n in range(1, 15)),
        (), _steps(5, _ago(minutes=2)),
    ),
    "srl-telemetry": (
        tuple(_node(f"srl{n}", n, is_ready=False, device="srlinux", image="srlinux:26.3",
                    machine=f"clab-srl-telemetry-srl{n}", status="Up 12 minutes")
              for n in range(1, 7)),
        (), _steps(6, _ago(minutes=14), _FAILURE),
    ),
}  # fmt: skip


# The topologies that they are made from, and their runs.


def a_topology(project: Any, name: str, *nodes: str) -> Template:
    """Return the template of a lab's topology."""
    directory = f"{ROOT}/{project.slug}/labs/{name}"
    return a_template(
        project_id=project.id, name=f"labs/{name}/topology.yml", kind=TemplateKind.NETLAB,
        command=("netlab", "{action}", "topology.yml"), survey=NETLAB_SURVEY,
        directory=directory, description=f"lab {name}, {len(nodes)} nodes, clab",
        sources=(Source(f"{directory}/topology.yml", "6f1c02aa" * 8),),
        lab=LabOutline(name, nodes, "clab"),
    )  # fmt: skip


_FABRIC = a_topology(EDGE, "bgp-fabric", *(one.name for one in NODES))
_TELEMETRY = a_topology(TELEMETRY, "srl-telemetry", *(f"srl{n}" for n in range(1, 7)))
_PR41 = a_topology(DC1, "dc1-evpn-pr41", *(f"leaf{n}" for n in range(1, 15)))
_RUNS = (
    (816, _PR41, "up", "ci-bot", RunState.RUNNING, _ago(minutes=2, seconds=5), 0),
    (788, _PR41, "up", "ci-bot", RunState.SUCCESS, _ago(days=2), 192),
    (814, _FABRIC, "collect", "mara", RunState.SUCCESS, _ago(minutes=40), 21),
    (801, _FABRIC, "validate", "mara", RunState.ERROR, _ago(hours=1, minutes=50), 14),
    (800, _FABRIC, "up", "mara", RunState.SUCCESS, _ago(hours=2, minutes=4), 171),
    (790, _FABRIC, "down", "jonas", RunState.SUCCESS, _ago(days=1), 9),
    (815, _TELEMETRY, "up", "mara", RunState.ERROR, _ago(minutes=14), 118),
    (789, _TELEMETRY, "up", "mara", RunState.SUCCESS, _ago(days=1), 140),
)


@dataclass
class LabEstate(Estate):
    """The workspace with topologies, what was done with them, and what runs say they made."""

    templates: dict[ProjectId, tuple[Template, ...]] = field(
        default_factory=lambda: {
            **TEMPLATES,
            EDGE.id: (*TEMPLATES[EDGE.id], _FABRIC),
            TELEMETRY.id: (*TEMPLATES[TELEMETRY.id], _TELEMETRY),
            DC1.id: (_PR41,),
        }
    )

    def put_more(self) -> None:
        """Put the runs of the topologies, and what was collected of others."""
        core = self.core
        if not self.has_projects:
            return
        slugs = {one.id: one.slug for one in (EDGE, TELEMETRY, DC1)}
        for number, template, action, who, state, at, took_s in _RUNS:
            note = "exit code 1" if state is RunState.ERROR else ""
            run = a_detail(
                number=number, state=state, template=template.name, template_id=template.id,
                action=action, started_by=who, project_id=template.project_id,
                project=slugs[template.project_id], created_at=at, started_at=at,
                ended_at=at + timedelta(seconds=took_s) if took_s else None, note=note,
                spec=a_spec(answers={"action": action}, command=("netlab", action)),
            )  # fmt: skip
            core.engine.put(run)
            assert template.lab is not None
            lost = template.lab.nodes[1] if state is RunState.ERROR else ""
            core.logs.outputs[str(number)] = _output(template.lab, lost)
        for number, name, value in MARKERS:
            marker = Marker(MarkerKind.OUTPUT, name, value)
            core.shelf.cache.held[run_id(number)] = Collection(run_id(number), markers=(marker,))
            core.logs.outputs[str(number)] = (
                UNDER_WAY + f"SKYFORGE_OUTPUT {name}={value}\n".encode()
            )


def _output(lab: LabOutline, lost: str = "") -> bytes:
    """Return what the configuration of a lab's nodes printed; one node may have been lost."""
    well = [one for one in lab.nodes[:6] if one != lost]
    lines = [
        "┌──────────────────────────────────────────────────────────────────┐",
        "│ DEPLOYING initial device configurations                          │",
        "└──────────────────────────────────────────────────────────────────┘",
        f"PLAY [Deploy initial device configuration] {'*' * 40}", "",
        f"TASK [Deploy complete configuration] {'*' * 46}",
        *(f"\x1b[0;33mchanged: [{one}]\x1b[0m" for one in well),
    ]  # fmt: skip
    if lost:
        lines.append(
            f"\x1b[1;31mfatal: [{lost}]: UNREACHABLE! "
            '=> {"changed": false, "msg": "timed out"}\x1b[0m'
        )
    recap = [f"{one:<24} : ok=18   changed=4    unreachable=0    failed=0" for one in well]
    if lost:
        recap.append(f"{lost:<24} : ok=3    changed=0    unreachable=1    failed=0")
    return "\n".join([*lines, "", f"PLAY RECAP {'*' * 72}", *recap, ""]).encode()


def many_labs() -> Core:
    """Return services over labs in every state; one of two servers is silent."""
    return _a_core(_here(LABS), _far(), FAR_LABS)


def own_labs() -> Core:
    """Return services over the labs of one person on one machine."""
    return _a_core(_here(tuple(replace(one, owner="mara") for one in LABS)), None, ())


def silent_labs() -> Core:
    """Return services whose only server does not answer, with labs as they were."""
    here = _here(())
    here.source = a_lab_source(
        mode=UpstreamState.ERROR, error="netlab status timed out after 20 s",
        advice="R looks again", as_of=_ago(minutes=12),
    )  # fmt: skip
    return _a_core(here, None, LABS[:9])


def no_labs() -> Core:
    """Return services without any lab."""
    return _a_core(_here(()), None, ())


def _here(labs: tuple[Lab, ...]) -> FakeLabProvider:
    provider = FakeLabProvider(*labs)
    provider.source = a_lab_source(as_of=_ago(seconds=12))
    for lab in labs:
        if lab.name in _DETAILS:
            provider.details[lab.id] = LabDetail(lab, *_DETAILS[lab.name])
    return provider


def _far() -> FakeLabProvider:
    provider = FakeLabProvider(upstream=FAR)
    provider.source = a_lab_source(
        provider=FAR, mode=UpstreamState.ERROR, error="unreachable", as_of=_ago(minutes=3),
    )  # fmt: skip
    return provider


def _a_core(here: FakeLabProvider, far: FakeLabProvider | None, known: tuple[Lab, ...]) -> Core:
    cache = MemoryLabCache()
    cache.held = {one.id: one for one in known}
    providers = [here] if far is None else [here, far]
    cache.answers = {one.upstream: one.source for one in providers}
    return Core(clock=FakeClock(NOW), logs=PretendLogs(), lab_providers=providers, lab_cache=cache)
