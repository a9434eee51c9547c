"""Assembles what a newcomer meets: the look at this machine, and the first files.

The look works where nothing else does: with a broken configuration, on a full disk.
"""

from __future__ import annotations

from skyforge_tui.providers.machine.local import LocalMachine, Places
from skyforge_tui.providers.starter.local import LocalStarter
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.doctor import DoctorService
from skyforge_tui.settings.frame import FrameSettings
from skyforge_tui.settings.load import Loaded, load
from skyforge_tui.settings.sample import sample


def machine_of(loaded: Loaded) -> LocalMachine:
    """Return this machine, its places as configured."""
    settings = loaded.settings
    return LocalMachine(
        Places(
            config=loaded.config_path,
            state=settings.state_dir,
            cache=settings.cache_dir,
            complaints=tuple(str(one) for one in loaded.complaints),
        )
    )


def starter_of(frame: FrameSettings) -> LocalStarter:
    """Return what writes the first files, the configuration where it is looked for."""
    return LocalStarter(frame.config_path, sample)


def open_doctor(frame: FrameSettings) -> DoctorService:
    """Return the service that looks at this machine, without opening any other."""
    return DoctorService(machine_of(load(frame.config_path, frame.profile)), Access())
