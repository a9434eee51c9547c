"""Assembles what keeps projects in step with their manifests, and what says what needs care."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from skyforge_tui.providers.repositories.manifest import RepositoryManifests
from skyforge_tui.providers.repositories.secrets import ConfiguredSecrets, HostSecrets
from skyforge_tui.services.attention import AttentionService
from skyforge_tui.services.audit import AuditService
from skyforge_tui.services.blueprint_settling import BlueprintSettling
from skyforge_tui.services.deployment_ways import DeploymentWays
from skyforge_tui.services.deployments import DeploymentService
from skyforge_tui.services.founding import FoundingService
from skyforge_tui.services.lab_choice import LabChoiceService
from skyforge_tui.services.making import Workshop
from skyforge_tui.services.membership import MembershipService
from skyforge_tui.services.project_care import ProjectCareService
from skyforge_tui.services.record import Record
from skyforge_tui.services.removing import Removing
from skyforge_tui.services.standings import Standing
from skyforge_tui.store.audit import SqliteAuditBook
from skyforge_tui.store.claims import FileClaims
from skyforge_tui.store.mutes import SqliteMuteStore
from skyforge_tui.store.runs import SqliteRunCache
from skyforge_tui.store.seal import FileSealer
from skyforge_tui.store.sync_book import SqliteSyncBook

if TYPE_CHECKING:
    from skyforge_tui.ports.repository_host import RepositoryHost
    from skyforge_tui.ports.run_host import RunHost
    from skyforge_tui.providers.repositories.gitea.host import GiteaRepositoryHost
    from skyforge_tui.services.catalog import Catalog
    from skyforge_tui.services.health import HealthBoard
    from skyforge_tui.services.lab_index import LabIndex
    from skyforge_tui.services.lab_links import LabLinks
    from skyforge_tui.services.labs import LabService
    from skyforge_tui.services.runs import RunService
    from skyforge_tui.settings.model import Settings
    from skyforge_tui.wiring.assembly import Ground


def attention_of(
    ground: Ground, runs: RunService, labs: LabService, catalog: Catalog, health: HealthBoard
) -> AttentionService:
    """Return the service that knows what asks for attention."""
    mutes = SqliteMuteStore(ground.state)
    return AttentionService(
        runs, labs, catalog, health, ground.standings, mutes, ground.bus, ground.clock
    )


async def care_service(
    ground: Ground, hosts: Sequence[GiteaRepositoryHost], engines: Sequence[RunHost]
) -> ProjectCareService:
    """Return the service for these servers; how projects stood before is known from now on."""
    book, claims = SqliteSyncBook(ground.state), FileClaims(ground.frame.state_dir)
    manifests = [RepositoryManifests(one) for one in hosts]
    sealer, secrets = FileSealer(ground.frame.state_dir), _secrets_of(ground.loaded.settings)
    ground.standings.recall(
        {
            project_id: Standing(one.report, one.reported_at)
            for project_id, one in (await book.memories()).items()
            if one.report is not None and one.reported_at is not None
        }
    )
    return ProjectCareService(
        hosts, manifests, engines, book, sealer, secrets, claims, ground.access, ground.standings,
        record_of(ground), ground.bus, ground.clock,
    )  # fmt: skip


def _secrets_of(settings: Settings) -> ConfiguredSecrets:
    return ConfiguredSecrets(
        {
            name: HostSecrets(
                one.clone.username if one.clone else "",
                one.clone.password if one.clone else None,
                one.secrets,
            )
            for name, one in settings.gitea.items()
        }
    )


def founding_service(
    ground: Ground,
    gits: Sequence[GiteaRepositoryHost],
    here: RepositoryHost,
    engines: Sequence[RunHost],
    catalog: Catalog,
    care: ProjectCareService,
) -> FoundingService:
    """Return the service that makes projects on these servers, and adopts those kept `here`."""
    keepers = {one.upstream: one for one in gits}
    manifests = {one.upstream: RepositoryManifests(one) for one in (*gits, here)}
    secrets = _secrets_of(ground.loaded.settings)
    tools = Workshop(keepers, manifests, secrets, catalog, care, ground.access, ground.clock)
    runs = {one.upstream: one for one in engines}
    book, claims = SqliteSyncBook(ground.state), FileClaims(ground.frame.state_dir)
    known_runs = SqliteRunCache(ground.cache)
    removing = Removing(keepers, runs, book, secrets, known_runs, claims, ground.access)
    return FoundingService(tools, runs, removing, record_of(ground), ground.bus)


def record_of(ground: Ground) -> Record:
    """Return what writes down who did what."""
    return Record(SqliteAuditBook(ground.state), ground.access, ground.bus, ground.clock)


class AboutProjects(NamedTuple):
    """What else one may know and do of projects."""

    membership: MembershipService
    audit: AuditService
    deployments: DeploymentService
    blueprints: BlueprintSettling
    lab_choice: LabChoiceService


def about_projects(
    ground: Ground,
    gits: Sequence[GiteaRepositoryHost],
    here: RepositoryHost,
    engines: Sequence[RunHost],
    runs: RunService,
    labs: LabService,
    links: LabLinks,
    index: LabIndex,
) -> AboutProjects:
    """Return the services for who is in projects, what they deploy, and where their labs run."""
    access, book, record = ground.access, SqliteSyncBook(ground.state), record_of(ground)
    manifests = [RepositoryManifests(one) for one in (*gits, here)]
    ways = DeploymentWays(links.catalog, book)
    return AboutProjects(
        MembershipService(gits, manifests[: len(gits)], engines, book, access, record, ground.bus),
        AuditService(SqliteAuditBook(ground.state), access),
        DeploymentService(links.catalog, ways, runs, labs, links, record),
        BlueprintSettling(book, access, record),
        LabChoiceService(manifests, index, access, record, ground.bus),
    )
