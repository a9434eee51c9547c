"""What is missing for what can be done with any thing: the thing itself, or a page of it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skyforge_tui.services.contract import Target


def missing(command_id: str, thing: Target) -> str:
    """Say why a command of any thing cannot be done with this one; empty when it can."""
    if command_id == "thing.browse":
        return _no_page(thing)
    is_about_thing = command_id in ("thing.yank", "thing.details")
    return "nothing here" if is_about_thing and thing is None else ""


def _no_page(thing: Target) -> str:
    """Say why a thing has no page on the web; empty when it may have one."""
    from skyforge_tui.domain.lab import Lab
    from skyforge_tui.domain.project import Project
    from skyforge_tui.domain.run import Run
    from skyforge_tui.domain.template import Template
    from skyforge_tui.services.artifact_views import Held

    match thing:
        case None:
            return "nothing here"
        case Project() | Template():
            return ""
        case Run():
            return f"run {thing.number} is on this machine and has no web page"
        case Lab(folder=folder) if folder:
            return ""
        case Lab():
            return f"{thing.name} is on this machine and has no web page"
        case Held():
            return "an artifact has no web page; y copies an address, where its store has some"
