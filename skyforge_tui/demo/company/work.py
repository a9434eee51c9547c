"""What the pretend company works on: four projects, their repositories and their machines."""

from __future__ import annotations

from skyforge_tui.demo.company import recipes
from skyforge_tui.demo.estate import Project, Repository
from skyforge_tui.demo.people import Role

_EVERYBODY = {
    "olga": Role.OWNER, "mika": Role.MANAGER, "rosa": Role.TASK_RUNNER, "gus": Role.GUEST,
    "tom": Role.MANAGER, "emma": Role.TASK_RUNNER,
}  # fmt: skip


def work() -> list[Project]:
    """Return all projects, without the history of their repositories."""
    return [
        Project(
            "edge-fabric",
            "Spines, leaves and the routers at the edge of two sites",
            dict(_EVERYBODY),
            [_git("edge-fabric", "main", "staging", "bgp-communities")],
            {
                "spines": _numbered("spine", 2),
                "leaves": _numbered("leaf", 6),
                "edges": ("edge-lyon", "edge-oslo"),
            },
            recipes.EDGE_FABRIC,
        ),
        Project(
            "campus",
            "Access switches and wireless of the offices",
            dict(_EVERYBODY),
            [_git("campus", "main"), _git("campus-wifi", "main", "next")],
            {"access": _numbered("acc", 12), "cores": _numbered("core", 2)},
            recipes.CAMPUS,
        ),
        Project(
            "cloud-landing",
            "Accounts, networks and gateways at the cloud providers",
            {"olga": Role.OWNER, "mika": Role.MANAGER, "gus": Role.GUEST},
            [_git("cloud-landing", "main")],
            {"gateways": ("gw-eu1", "gw-us1")},
            recipes.CLOUD_LANDING,
        ),
        Project(
            "lab-services",
            "Virtual labs for training and for trying things first",
            {"olga": Role.OWNER, "rosa": Role.OWNER, "gus": Role.GUEST, "tom": Role.GUEST},
            [_git("lab-services", "main"), _git("netlab-topologies", "main", "frr-ospf")],
            {"hypervisors": _numbered("hv", 3)},
            recipes.LAB_SERVICES,
        ),
    ]


def _git(name: str, *branches: str) -> Repository:
    return Repository(name, f"https://git.skyforge.example/net/{name}.git", branches)


def _numbered(prefix: str, count: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{number}" for number in range(1, count + 1))
