"""Every place and overlay as a picture; `pytest --snapshot-update` takes them anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.tui.scenes import SCENES, Scene


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_scene(scene: Scene, snap_compare: Callable[..., bool]) -> None:
    """A place looks as it did when its picture was last approved."""
    assert snap_compare(scene.app(), terminal_size=scene.size, run_before=scene.play)
