"""The workspace can move to other folders while the program runs."""

from __future__ import annotations

from pathlib import Path

from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.providers.repositories.local import LocalRepositoryHost


async def test_other_folders_are_looked_through(tmp_path: Path) -> None:
    """After moving, only what lies in the new folders is listed and covered."""
    for name in ("old/fabric", "new/edge"):
        (tmp_path / name).mkdir(parents=True)
    host = LocalRepositoryHost([tmp_path / "old"], "ada")
    assert [one.slug for one in (await host.list_projects()).projects] == ["fabric"]
    before, after = (ProjectId(f"local:{tmp_path / one}") for one in ("old/fabric", "new/edge"))
    assert (host.covers(before), host.covers(after)) == (True, False)
    host.look_in([tmp_path / "new"])
    assert host.roots == (tmp_path / "new",)
    assert [one.slug for one in (await host.list_projects()).projects] == ["edge"]
    assert (host.covers(before), host.covers(after)) == (False, True)
