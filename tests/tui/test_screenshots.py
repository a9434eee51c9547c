"""The pictures in `screenshots/` are what the program draws; `--update-screenshots` draws them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pictures import plain_picture
from tests.tui.pretend_labs import own_labs
from tests.tui.scenes import LARGE, SCENES, Scene

FOLDER = Path(__file__).parents[2] / "screenshots"
PICTURES = {
    "projects": "projects-large",
    "runs": "runs-large",
    "run": "run-running-large",
    "launch": "card-large-dark",
    "labs": "labs-own",
    "lab": "lab-own",
    "artifacts": "artifacts-large",
    "attention": "attention-dark",
}
"""Picture to scene."""

_BY_NAME = {scene.name: scene for scene in SCENES}
_BY_NAME["card-large-dark"] = Scene("card-large-dark", _BY_NAME["card"].steps, LARGE)
_BY_NAME["attention-dark"] = Scene("attention-dark", _BY_NAME["attention"].steps, LARGE)
_BY_NAME["labs-own"] = Scene("labs-own", _BY_NAME["labs"].steps, LARGE, labs=own_labs)
_BY_NAME["lab-own"] = Scene("lab-own", _BY_NAME["lab-large"].steps, LARGE, labs=own_labs)


@pytest.mark.parametrize("name", PICTURES)
async def test_screenshot(name: str, request: pytest.FixtureRequest) -> None:
    """A picture in the README shows what the program draws today."""
    scene = _BY_NAME[PICTURES[name]]
    app = scene.app()
    async with app.run_test(size=scene.size) as pilot:
        await scene.play(pilot)
        drawn = plain_picture(app.export_screenshot(title="skyforge", simplify=True))
    path = FOLDER / f"{name}.svg"
    if request.config.getoption("--update-screenshots"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(drawn, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == drawn, "pytest --update-screenshots draws it anew"


def test_only_pictures_of_today() -> None:
    """No picture is left over from a program that is no more."""
    assert {one.name for one in FOLDER.iterdir()} == {f"{name}.svg" for name in PICTURES}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_fetch_nothing(name: str) -> None:
    """Looking at a picture asks no server for anything."""
    text = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert [
        one for one in ("@import", "@font-face", "url(http", "href=", "src=") if one in text
    ] == []
