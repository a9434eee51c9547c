"""Everything the services offer, in one hand: what the cockpit and the commands are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import Principal, upstream_of
from skyforge_tui.domain.lab import Lab
from skyforge_tui.domain.lab_action import LabAction
from skyforge_tui.domain.notice import Notice
from skyforge_tui.domain.permission import CHANGES_UPSTREAM, Permission
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.run import Run
from skyforge_tui.domain.template import Template
from skyforge_tui.services.artifact_views import Held
from skyforge_tui.services.authorization import YES, Access, Decision, Denied
from skyforge_tui.services.lab_homes import home_of

if TYPE_CHECKING:
    # Whoever shows things before any service is open needs the words only.
    from skyforge_tui.services.artifact_care import ArtifactCareService
    from skyforge_tui.services.artifact_folders import ArtifactFolderService
    from skyforge_tui.services.artifact_logs import ArtifactLogService
    from skyforge_tui.services.artifacts import ArtifactService
    from skyforge_tui.services.attention import AttentionService
    from skyforge_tui.services.audit import AuditService
    from skyforge_tui.services.automation import AutomationService
    from skyforge_tui.services.blueprint_settling import BlueprintSettling
    from skyforge_tui.services.bookmarks import BookmarkService
    from skyforge_tui.services.bus import Bus
    from skyforge_tui.services.catalog import Catalog
    from skyforge_tui.services.comparisons import ComparisonService
    from skyforge_tui.services.connections import ConnectionService
    from skyforge_tui.services.deployments import DeploymentService
    from skyforge_tui.services.doctor import DoctorService
    from skyforge_tui.services.founding import FoundingService
    from skyforge_tui.services.health import HealthBoard
    from skyforge_tui.services.held_runs import HeldRunsService
    from skyforge_tui.services.history import HistoryService
    from skyforge_tui.services.lab_actions import LabActionService
    from skyforge_tui.services.lab_choice import LabChoiceService
    from skyforge_tui.services.lab_index import LabIndex
    from skyforge_tui.services.lab_keeping import LabKeepingService
    from skyforge_tui.services.lab_links import LabLinks
    from skyforge_tui.services.labs import LabService
    from skyforge_tui.services.lineage import LineageService
    from skyforge_tui.services.membership import MembershipService
    from skyforge_tui.services.older_runs import OlderRunsService
    from skyforge_tui.services.pages import PageService
    from skyforge_tui.services.project_care import ProjectCareService
    from skyforge_tui.services.projects import ProjectService
    from skyforge_tui.services.repositories import RepositoryService
    from skyforge_tui.services.retention import RetentionService
    from skyforge_tui.services.runs import RunService
    from skyforge_tui.services.sign_in import SignInService
    from skyforge_tui.services.transfers import TransferService
    from skyforge_tui.services.views import ViewService
    from skyforge_tui.services.welcome import WelcomeService

Target = Project | Template | Run | Lab | Held | None
"""What a command acts on: what stands under the cursor."""


@dataclass(frozen=True, slots=True)
class Services:
    """The public contract."""

    projects: ProjectService
    repositories: RepositoryService
    project_care: ProjectCareService
    founding: FoundingService
    membership: MembershipService
    audit: AuditService
    deployments: DeploymentService
    lab_choice: LabChoiceService
    blueprints: BlueprintSettling
    runs: RunService
    older_runs: OlderRunsService
    bookmarks: BookmarkService
    artifacts: ArtifactService
    artifact_care: ArtifactCareService
    artifact_folders: ArtifactFolderService
    artifact_logs: ArtifactLogService
    lineage: LineageService
    transfers: TransferService
    automation: AutomationService
    comparisons: ComparisonService
    attention: AttentionService
    labs: LabService
    lab_actions: LabActionService
    lab_keeping: LabKeepingService
    lab_index: LabIndex
    lab_links: LabLinks
    retention: RetentionService
    held_runs: HeldRunsService
    history: HistoryService
    views: ViewService
    pages: PageService
    doctor: DoctorService
    welcome: WelcomeService
    connections: ConnectionService
    sign_in: SignInService
    access: Access
    bus: Bus
    health: HealthBoard
    catalog: Catalog
    run_upstreams: tuple[str, ...]
    """The names of the run engines."""
    notices: tuple[Notice, ...] = ()
    """What was found wrong while opening."""
    remembers: bool = True
    """Whether what is decided here, such as trust, outlives the program."""

    def may(self, principal: Principal, permission: Permission, target: Target) -> Decision:
        """Say from memory whether `principal` may now do this to `target`, and if not, why.

        Synchronous and safe to call from the UI thread; the services decide again when called.
        """
        match target:
            case Run():
                decision = self.access.decide(principal, permission, target.project_id)
                refusal = self._run_allows(permission, target) or self._answers(permission, target)
                return refusal or decision
            case Template():
                decision = self.access.decide(principal, permission, target.project_id)
                return self._answers(permission, target) or decision
            case Held():
                return self.access.decide(principal, permission, target.project_id)
            case Project():
                return self.access.decide(principal, permission, target.id)
            case Lab():
                return self._lab_allows(principal, permission, target)
            case None:
                return self.access.decide(principal, permission, None)

    def lab_can(self, lab: Lab, action: LabAction) -> str:
        """Say from memory why whatever runs a lab cannot do something itself; empty if it can.

        Synchronous and safe to call from the UI thread.
        """
        return self.lab_index.why_not(lab.provider, action)

    def may_act(self, principal: Principal, action: LabAction, lab: Lab) -> Decision:
        """Say from memory whether `principal` may have whatever runs a lab do something to it."""
        if reason := self.lab_can(lab, action):
            return Denied(reason)
        light = self.health.light(lab.provider)
        if light is not None and light.state is UpstreamState.ERROR:
            return Denied(f"{lab.provider} does not answer: {light.error}", "R tries it now")
        return self.access.decide(principal, action.permission, home_of(lab.provider))

    def _lab_allows(self, principal: Principal, permission: Permission, lab: Lab) -> Decision:
        """Say whether a lab may be used so: by itself, or by runs of the topology that makes it."""
        action = _DONE_BY.get(permission)
        if action is None and permission is not Permission.RUN_START:
            return self.access.decide(principal, permission, lab.project_id)
        if permission is Permission.RUN_START and not self.lab_can(lab, LabAction.START):
            return YES  # what can be done is listed, each with why it cannot
        template = self.lab_links.template_of(lab)
        if action is not None and not self.lab_can(lab, action):
            return self.may_act(principal, action, lab)
        if template is None:
            return Denied(
                f"no topology of this workspace makes {lab.name}",
                f"start skyforge in {lab.directory}" if lab.directory else "",
            )
        if permission not in _BY_RUNS:
            return Denied(f"{lab.kind} cannot {action.words}" if action else "it cannot be done")
        return self.access.decide(principal, Permission.RUN_START, template.project_id)

    def _answers(self, permission: Permission, target: Run | Template) -> Denied | None:
        """Say why nothing can be changed at an upstream that does not answer."""
        upstream = upstream_of(target.project_id)
        light = self.health.light(upstream)
        if permission not in CHANGES_UPSTREAM or light is None or light.kind == "workspace":
            return None
        if light.state is not UpstreamState.ERROR:
            return None
        return Denied(f"{upstream} does not answer: {light.error}", "R tries it now")

    def _run_allows(self, permission: Permission, run: Run) -> Denied | None:
        """Say why a run's own state forbids something."""
        if permission is Permission.RUN_STOP and run.state.is_final:
            return Denied(f"run {run.number} has ended already")
        if permission is Permission.RUN_CONFIRM and not run.waits_for_confirmation:
            return Denied(f"run {run.number} waits for no confirmation")
        if permission is Permission.RUN_ANSWER and not run.waits_for_input:
            return Denied(f"run {run.number} asks nothing")
        if permission is Permission.RUN_START and self.catalog.template(run.template_id) is None:
            return Denied(
                f"{run.template} is not in this workspace",
                f"start skyforge where {run.project or 'its project'} is",
            )
        return None


_DONE_BY = {
    Permission.LAB_START: LabAction.START,
    Permission.LAB_STOP: LabAction.STOP,
    Permission.LAB_WIPE: LabAction.WIPE,
    Permission.LAB_EDIT: LabAction.SAVE,
}
_BY_RUNS = frozenset({Permission.RUN_START, Permission.LAB_START, Permission.LAB_STOP})
"""What runs of a topology do for its lab."""
