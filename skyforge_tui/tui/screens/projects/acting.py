"""What can be done with the project under the cursor, or with its template."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from skyforge_tui.tui.commands import Command
from skyforge_tui.tui.filtering import FilteredPlace
from skyforge_tui.tui.presenters.project_needs import lacking

if TYPE_CHECKING:
    from skyforge_tui.domain.project import Project
    from skyforge_tui.domain.template import Template
    from skyforge_tui.services.projects import ProjectView
    from skyforge_tui.tui.widgets.resource_table import ResourceTable


class ProjectActing(FilteredPlace):
    """A place with a list of projects, and of the templates of one."""

    _views: dict[str, ProjectView]
    """By the key of their row."""
    _list: ResourceTable
    _templates: ResourceTable

    def lacks(self, command: Command) -> str:
        """Say what is missing under the cursor."""
        view = self._view()
        is_automated = view is not None and self.bridge.automates(view.project.id)
        if reason := lacking(command.id, view, is_automated=is_automated):
            return reason
        if command.id == "project.members" and view is not None:
            return self.bridge.lets_nobody_in(view.project)
        if command.id == "project.trust" and not self._untrusted():
            return (
                "all it declares is trusted" if view and view.templates else "it declares nothing"
            )
        return ""

    def look_at(self, thing_id: str) -> None:
        """Put the cursor on a project, where it is listed."""
        self._list.move_to_key(thing_id)

    def do_project_automation(self) -> None:
        """Go to what its server does by itself; of a template, to its counts."""
        if (project := self._project()) is not None:
            self.cockpit.open_automation(project, self._template())

    def do_project_sync(self) -> None:
        """Show what keeps the project from being in step with its manifest."""
        if (project := self._project()) is not None:
            self.cockpit.sync_project(project)

    def do_project_members(self) -> None:
        """Show who is what in it."""
        if (project := self._project()) is not None:
            self.cockpit.edit_people(project)

    def do_project_servers(self) -> None:
        """Show where its labs run."""
        if (project := self._project()) is not None:
            self.cockpit.choose_lab_servers(project)

    def do_project_deployments(self) -> None:
        """Show what the project has deployed."""
        if (project := self._project()) is not None:
            self.cockpit.show_deployments(project)

    def do_project_trust(self) -> None:
        """Ask whether to trust what is marked or under the cursor: templates, or whole projects."""
        self.cockpit.trust(self._untrusted())

    # What is under the cursor.

    def _view(self) -> ProjectView | None:
        return self._views.get(self._list.cursor_key or "")

    def _project(self) -> Project | None:
        view = self._view()
        return None if view is None else view.project

    def _template(self) -> Template | None:
        view = self._view()
        if view is None or self.table is not self._templates:
            return None
        key = self._templates.cursor_key
        return next((one for one in view.templates if one.id == key), None)

    def _untrusted(self) -> tuple[Template, ...]:
        """Return what is not trusted yet of what is marked, else of what is under the cursor."""
        view, template, marked = self._view(), self._template(), set(self.table.marked)
        some: Iterable[Template] = (template,) if template else view.templates if view else ()
        if marked and self.table is self._list:
            views = (one for key, one in self._views.items() if key in marked)
            some = (each for one in views for each in one.templates)
        elif marked and view is not None:
            some = (one for one in view.templates if one.id in marked)
        return tuple(one for one in some if not one.is_trusted)
