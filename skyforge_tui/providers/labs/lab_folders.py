"""Hands out labs that are files in a folder: as an archive of what they were made from and of."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

from skyforge_tui.domain.identity import LabId, native_of
from skyforge_tui.domain.lab_action import ExportedLab

ENDING: Final = ".tar.gz"


def folder_of_topology(lab_id: LabId) -> str:
    """Return the folder of a lab that is known by its topology only; empty for others.

    Labs that were not started have the path of their topology for an id.
    """
    native = native_of(lab_id)
    return str(PurePosixPath(native).parent) if native.startswith("/") else ""


def archive_of(name: str, content: bytes) -> ExportedLab:
    """Return an archive under a lab's name."""
    return ExportedLab(f"{name.replace('/', '_')}{ENDING}", content)
