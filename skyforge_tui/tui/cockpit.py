"""What screens may ask of the application they are part of."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from datetime import datetime
from typing import Any, Protocol

from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.lab import Lab
from skyforge_tui.domain.notice import Notice
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.run import Run
from skyforge_tui.domain.template import Template
from skyforge_tui.tui.bridge import Bridge
from skyforge_tui.tui.commands import Place
from skyforge_tui.tui.keymap import Hotkey, Keymap


class Stage(Protocol):
    """The application, as every screen may use it."""

    keymap: Keymap

    def now(self) -> datetime:
        """Return the time with this machine's offset."""
        ...

    def say(self, notice: Notice) -> None:
        """Show a notice on the screen in front."""
        ...

    def yank(self, what: str, text: str) -> None:
        """Copy text to the clipboard and say so."""
        ...


class Cockpit(Stage, Protocol):
    """The cockpit, as its places may use it."""

    bridge: Bridge
    profile: str
    attention: tuple[int, int]
    """How many things broke, and how many wait for a person."""

    def go(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run something beside the keys, whoever leaves; its failure becomes a notice."""
        ...

    def lead(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run what ends in something in front; input waits for that, or for its end."""
        ...

    def look_at_keys(self) -> None:
        """Hand on what waited for a screen to have what it shows."""
        ...

    def open_run(self, run_id: RunId, sought: str = "") -> None:
        """Go to a run's live output, to the last place where that names something, if it does."""
        ...

    def consider_questions(self) -> None:
        """Show what a server asks of the person, if one does."""
        ...

    def open_made(self, run: Run) -> None:
        """Go to what a run left among the artifacts."""
        ...

    def open_repository(self, project: Project) -> None:
        """Go into a project's repository."""
        ...

    def open_lab(self, lab: Lab) -> None:
        """Go to a lab's nodes."""
        ...

    def open_automation(self, project: Project, template: Template | None = None) -> None:
        """Go to what a project's server does by itself, and to the counts of a template."""
        ...

    def show_deployments(self, project: Project) -> None:
        """Show what a project has deployed."""
        ...

    def choose_lab_servers(self, project: Project) -> None:
        """Show where a project's labs run, and write what is chosen."""
        ...

    def sync_project(self, project: Project) -> None:
        """Show what keeps a project from being in step, and write it if that is wanted."""
        ...

    def edit_people(self, project: Project) -> None:
        """Show who is what in a project, and write what is changed of it."""
        ...

    def show_place(self, place: Place, wanted: str = "") -> None:
        """Go to a place, and look for something there."""
        ...

    def open_card(self, template: Template, answers: Mapping[str, str] | None = None) -> None:
        """Show a template's launch card, filled in with `answers`."""
        ...

    def open_hotkey(self, hotkey: Hotkey) -> None:
        """Show the card of what lies on a key of one's own."""
        ...

    def rerun(self, run_id: RunId) -> None:
        """Show the launch card of a run's template with the run's answers."""
        ...

    def stop_run(self, run: Run) -> None:
        """Ask whether to stop a run, and stop it."""
        ...

    def decide_on_run(self, run: Run, verb: str) -> None:
        """Ask whether to confirm or reject a run, and do it."""
        ...

    def answer_run(self, run: Run) -> None:
        """Ask for what a run asks for, and hand it over."""
        ...

    def trust(self, templates: tuple[Template, ...]) -> None:
        """Ask whether to trust what declares these templates, and remember it."""
        ...

    def do_thing_browse(self) -> None:
        """Open the page of what stands under the cursor."""
        ...

    def do_thing_yank(self) -> None:
        """Show what can be copied of what stands under the cursor."""
        ...
