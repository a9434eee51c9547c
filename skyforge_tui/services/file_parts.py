"""The part of the services that showing log files needs; it opens without anything being there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skyforge_tui.domain.notice import Notice
    from skyforge_tui.services.bus import Bus
    from skyforge_tui.services.files import FileService


@dataclass(frozen=True, slots=True)
class FileParts:
    """Log files alone: no project, no run."""

    files: FileService
    bus: Bus
    notices: tuple[Notice, ...] = ()
