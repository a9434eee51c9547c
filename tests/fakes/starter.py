"""A beginning that writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from skyforge_tui.domain.errors import Conflict
from skyforge_tui.domain.template import Source


class FakeStarter:
    """Writes nothing and remembers what it would have written; a workspace, too."""

    def __init__(self) -> None:
        self.config: Path | None = None
        self.config_roots: list[Path] = []
        self.samples: dict[Path, bool] = {}
        """Folder, and whether its topology runs in containers."""
        self.sources: tuple[Source, ...] = ()
        self.roots: tuple[Path, ...] = (Path("/srv"),)

    async def has_config(self) -> bool:
        """Say whether it was written."""
        return self.config is not None

    async def write_config(self, roots: Sequence[Path] = ()) -> Path:
        """Remember it."""
        if self.config is not None:
            raise Conflict(f"{self.config} is there already")
        self.config, self.config_roots = Path("/home/mara/.config/skyforge/config.toml"), [*roots]
        return self.config

    async def write_sample(self, folder: Path, *, with_containers: bool) -> tuple[Source, ...]:
        """Remember it."""
        if folder in self.samples:
            raise Conflict(f"{folder} is there already", advice="name another place")
        self.samples[folder] = with_containers
        return self.sources

    def look_in(self, roots: Sequence[Path]) -> None:
        """Look there."""
        self.roots = tuple(roots)
